"""Pipedrive: the export of deals, with its headers as "Deal - Title" or plain.

An opportunity on the day a deal is added; a new customer, its value and the days it took on the
day it is won. What is open on the day of the export is the pipeline.
"""

from __future__ import annotations

from metrics.imports.crm_columns import ORIGIN, read_campaign, read_source
from metrics.imports.deals import DEAL_COLUMNS, deal_events, open_deals
from metrics.imports.event_list import EventList, recognises
from metrics.imports.layout import Layout, currency, dimension, measure, text, when

DEAL = r"^(deal|affaire|transaction|geschaft|trato|negocio|affare)( -)? "

EVENTS = EventList(
    columns=(
        text("id", like=rf"{DEAL}id$"),
        text("name", like=rf"{DEAL}(title|titre|titel|titulo|titolo)$"),
        text("status", like=rf"{DEAL}(status|statut|estado|stato)$"),
        text("stage", like=rf"{DEAL}(stage|etape|phase|etapa|fase)$"),
        when(
            "created",
            like=rf"{DEAL}(deal created|created|add time|created on|affaire creee|date de creation"
            r"|date d'ajout|creation|creee? le|geschaft erstellt|deal erstellt|trato creado|creado"
            r"|affare creato|creato)$",
        ),
        when("won", like=rf"{DEAL}(won time|won on|gagnee? le|date du gain|gewonnen am|ganado el)"),
        when("lost", like=rf"{DEAL}(lost time|lost on|perdue? le|date de la? perte|verloren am)"),
        when(
            "closed",
            like=rf"{DEAL}(deal closed on|closed on|close time|cloturee? le|date de cloture"
            r"|geschaft abgeschlossen am|trato cerrado el|cerrado el|affare chiuso il)",
        ),
        when("changed", like=rf"{DEAL}(update time|last stage change|derniere modification.*)$"),
        measure("amount", like=rf"{DEAL}(value|valeur|wert|valor|valore)$"),
        currency(
            "deal - currency", "affaire - devise", "geschaft - wahrung", "trato - divisa",
            "deal - currency of value", "affaire - devise de valeur",
        ),
        dimension(
            "channel",
            like=rf"{DEAL}(source channel|channel|source|canal source|canal|source origin)$",
            read=read_source,
        ),
        dimension("campaign", like=rf"{DEAL}(campaign|campagne|kampagne)$", read=read_campaign),
        *ORIGIN,
    ),
    needs=frozenset({"name", "status", "created"}),
    entry_day="created",
    other_days=("closed", "won", "lost", "changed"),
    may_lack_days=True,
    identity=("id", "name+created"),
    scope="pipedrive deal",
    events=deal_events,
    stocks=open_deals,
    by_column={
        **DEAL_COLUMNS, "won": "new_customers", "closed": "new_customers", "amount": "revenue",
    },
)  # fmt: skip

LAYOUT = Layout(
    key="pipedrive_deals",
    feed="Pipedrive",
    recognise=recognises(EVENTS, 0.95),
    columns=EVENTS.columns,
    events=EVENTS,
)
