"""HubSpot: the export of contacts, counted by the days on which they reached each lifecycle stage.

With the "Became a … date" columns each stage has its own day. Without them the lifecycle stage
says how far a contact has come, and the day is that of the contact. Subscribers are no leads yet.
"""

from __future__ import annotations

from metrics.imports.crm_columns import ORIGIN
from metrics.imports.event_list import EventList, recognises
from metrics.imports.layout import Column, Layout, text, when
from metrics.imports.stages import lead_events

BECAME = r"^(became an? |est devenu |devenu |date (a laquelle|de passage|d'entree).*|date entered )"


def _became(metric: str, names: str) -> Column:
    """The day of a stage: "Became a lead date", "Date entered “Lead (Lifecycle Stage …)”"."""
    return when(metric, like=rf'{BECAME}["« ]*(un |une |en tant que |au stade )?({names})\b')


EVENTS = EventList(
    columns=(
        text("email", "email", "e-mail", "adresse e-mail", "adresse email", "email address"),
        text(
            "id", "record id", "contact id", "hs object id", "vid", "id de fiche d'informations",
            "id de l'enregistrement", "id d'enregistrement", "id du contact", "datensatz-id",
            "id de registro", "id record",
        ),
        text(
            "status", "lifecycle stage", "lifecyclestage", "etape du cycle de vie",
            "phase du cycle de vie",
            "lifecycle-phase", "lifecycle phase", "lebenszyklusphase", "etapa del ciclo de vida",
            "fase del ciclo di vita", "fase del ciclo de vida",
        ),
        when(
            "created", "create date", "created date", "createdate", "date de creation",
            "erstellungsdatum",
            "erstelldatum", "fecha de creacion", "data di creazione",
        ),
        when("changed", "lifecycle stage date", "date de l'etape du cycle de vie"),
        _became("mqls", r"mql|marketing qualified lead|lead (qualifie )?marketing( qualifie)?"),
        _became("sqls", r"sql|sales qualified lead|lead (qualifie )?(commercial|ventes)"),
        _became("opportunities", r"opportunity|opportunite"),
        _became("new_customers", r"customer|client"),
        _became("leads", r"lead"),
        *ORIGIN,
    ),
    needs=frozenset({"status", "created"}),
    entry_day="created",
    identity=("email", "id"),
    scope="hubspot contact",
    events=lead_events,
    by_column={
        "created": "leads", "mqls": "mqls", "sqls": "sqls", "opportunities": "opportunities",
        "new_customers": "new_customers",
    },
    first_only=True,
)  # fmt: skip

LAYOUT = Layout(
    key="hubspot_contacts",
    feed="HubSpot",
    recognise=recognises(EVENTS, 0.94),
    columns=EVENTS.columns,
    events=EVENTS,
)
