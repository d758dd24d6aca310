"""Salesforce: a report or export of opportunities, its footer lines left out.

An opportunity on the day it is created; a new customer, revenue and the days it took on the close
date of what is closed and won. What is open on the day of the export is the pipeline.
"""

from __future__ import annotations

from metrics.imports.context import Context
from metrics.imports.crm_columns import AMOUNT_IN, ORIGIN
from metrics.imports.deals import DEAL_COLUMNS, deal_events, open_deals, say_what_is_missing
from metrics.imports.event_list import EventList
from metrics.imports.folding import header_key
from metrics.imports.layout import Layout, measure, text, when
from metrics.imports.reading import Document

EVENTS = EventList(
    columns=(
        text(
            "id", "opportunity id", "id d'opportunite", "id de l'opportunite", "opportunity-id",
            "id de oportunidad", "id opportunita", "case safe id", "18-digit id",
        ),
        text("id", "id", rank=1),
        text(
            "name", "opportunity name", "nom de l'opportunite", "opportunity-name",
            "name der opportunity", "nombre de la oportunidad", "nombre de oportunidad",
            "nome opportunita", "nome dell'opportunita",
        ),
        text("name", "name", rank=1),
        text(
            "stage", "stage", "stage name", "stagename", "opportunity stage", "etape", "phase",
            "etapa", "fase", "to stage", "vers l'etape",
        ),
        text("won", "won", "is won", "iswon", "gagne", "gagnee", "gewonnen", "ganada", "vinta"),
        text(
            "is_closed", "closed", "is closed", "isclosed", "ferme", "fermee", "geschlossen",
            "cerrada", "chiusa",
        ),
        text("type", "type", "opportunity type", "typ", "tipo"),
        when(
            "created", "created date", "createddate", "create date", "date de creation",
            "erstelldatum", "erstellungsdatum", "fecha de creacion", "data creazione",
            "data di creazione",
        ),
        when(
            "closed", "close date", "closedate", "date de cloture", "date de fermeture",
            "schlusstermin", "abschlussdatum", "fecha de cierre", "data chiusura",
            "data di chiusura",
        ),
        when(
            "changed", "last modified date", "lastmodifieddate", "stage change date",
            "last stage change date", "date de derniere modification", "last modified",
        ),
        measure("probability", "probability", "probabilite", "wahrscheinlichkeit"),
        measure("amount", "amount converted", "montant converti"),
        measure(
            "amount", "amount", "montant", "betrag", "importe", "importo", like=AMOUNT_IN, rank=1
        ),
        *ORIGIN,
    ),
    needs=frozenset({"name", "stage", "closed"}),
    entry_day="created",
    other_days=("closed", "won", "lost", "changed"),
    may_lack_days=True,
    identity=("id", "name+created", "name+closed"),
    scope="salesforce opportunity",
    events=deal_events,
    stocks=open_deals,
    notes=say_what_is_missing,
    by_column={**DEAL_COLUMNS, "closed": "new_customers", "amount": "revenue"},
)  # fmt: skip

NAMED_FOR_PROGRAMS = frozenset({"stagename", "closedate", "createddate", "iswon", "isclosed"})


def _recognise(document: Document, context: Context) -> float:
    """A plain "Name" is an opportunity's where the fields have their names for programs."""
    header = EVENTS.header_in(document)
    if header is None:
        return 0.0
    keys = {header_key(cell) for cell in header.cells}
    plain = "name" in keys and not any("opport" in key or "oportunidad" in key for key in keys)
    return SURE if not plain or len(keys & NAMED_FOR_PROGRAMS) > 1 else 0.0


SURE = 0.95

LAYOUT = Layout(
    key="salesforce_opportunities",
    feed="Salesforce",
    recognise=_recognise,
    columns=EVENTS.columns,
    events=EVENTS,
)
