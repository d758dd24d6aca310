"""Salesforce: a report or export of leads, counted on the day they are created.

A converted lead was accepted by sales: it is an SQL, on the day it was converted.
"""

from __future__ import annotations

from metrics.imports.crm_columns import ORIGIN
from metrics.imports.event_list import EventList, recognises
from metrics.imports.layout import Layout, text, when
from metrics.imports.stages import lead_events

EVENTS = EventList(
    columns=(
        text("email", "email", "e-mail", "adresse e-mail", "correo electronico"),
        text("id", "lead id", "id de piste", "id de la piste", "lead-id", "id de candidato"),
        text(
            "status", "lead status", "statut de la piste", "statut piste", "lead-status",
            "statut du lead", "estado del candidato", "estado del prospecto", "stato lead",
            "stato del lead",
        ),
        when(
            "created", "create date", "created date", "createddate", "date de creation",
            "erstelldatum", "erstellungsdatum", "fecha de creacion", "data creazione",
            "data di creazione",
        ),
        when(
            "sqls", "converted date", "converteddate", "conversion date", "date de conversion",
            "konvertierungsdatum", "fecha de conversion", "data di conversione",
        ),
        when("mqls", "mql date", "date mql", "marketing qualified date"),
        *ORIGIN,
    ),
    needs=frozenset({"status", "created"}),
    entry_day="created",
    identity=("email", "id"),
    scope="salesforce lead",
    events=lead_events,
    by_column={"created": "leads", "sqls": "sqls", "mqls": "mqls"},
    first_only=True,
)  # fmt: skip

LAYOUT = Layout(
    key="salesforce_leads",
    feed="Salesforce",
    recognise=recognises(EVENTS, 0.93),
    columns=EVENTS.columns,
    events=EVENTS,
)
