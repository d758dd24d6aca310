"""Pipedrive: the export of deals, with its headers as "Deal - Title" or plain.

An opportunity on the day a deal is added; a new customer, its value and the days it took on the
day it is won. What is open on the day of the export is the pipeline. How a deal came into the tool
("Source origin": typed in, by the API) is no channel.
"""

from __future__ import annotations

from metrics.imports.crm_columns import ORIGIN, read_campaign, read_source
from metrics.imports.deals import DEAL_COLUMNS, deal_events, open_deals
from metrics.imports.event_list import EventList, recognises
from metrics.imports.layout import Layout, currency, dimension, measure, note, text, when

DEAL = r"^(deal|affaire|transaction|geschaft|trato|negocio|affare)( -)? "

EVENTS = EventList(
    columns=(
        text("id", "id", like=rf"{DEAL}id$"),
        text(
            "name", "title", "titre", "titel", "titulo", "titolo",
            like=rf"{DEAL}(title|titre|titel|titulo|titolo)$",
        ),
        text(
            "status", "status", "statut", "estado", "stato",
            like=rf"{DEAL}(status|statut|estado|stato)$",
        ),
        text(
            "stage", "stage", "etape", "phase", "etapa", "fase",
            like=rf"{DEAL}(stage|etape|phase|etapa|fase)$",
        ),
        when(
            "created", "add time",
            like=rf"{DEAL}(deal created|created|add time|created on|affaire creee|date de creation"
            r"|date d'ajout|creation|creee?( le)?|geschaft erstellt|erstellt( am)?|deal erstellt"
            r"|trato creado|creado|affare creato|creato)$",
        ),
        when(
            "won", "won time", "date de gain", "gewonnen am", "ganado el",
            like=rf"{DEAL}(won time|won on|gagnee? le|date (du|de) gain|gewonnen am|ganado el)",
        ),
        when(
            "lost", "lost time", "date de perte", "verloren am", "perdido el",
            like=rf"{DEAL}(lost time|lost on|perdue? le|date de(?: la)? perte|verloren am)",
        ),
        when(
            "closed",
            like=rf"{DEAL}(deal closed on|closed on|close time|cloturee? le|date de cloture"
            r"|fermee? le|geschaft abgeschlossen am|abgeschlossen am|trato cerrado el|cerrado el"
            r"|affare chiuso il|chiuso il)",
        ),
        when(
            "changed", "update time", "heure de mise a jour", "last stage change",
            like=rf"{DEAL}(update time|last stage change|heure de mise a jour"
            r"|derniere modification.*)$",
        ),
        measure(
            "amount", "value", "valeur", "wert", "valor", "valore",
            like=rf"{DEAL}(value|valeur|wert|valor|valore)$",
        ),
        currency(
            "deal - currency", "affaire - devise", "geschaft - wahrung", "trato - divisa",
            "deal - currency of value", "affaire - devise de valeur", "currency of value",
            "devise de valeur",
        ),
        dimension(
            "channel",
            like=rf"{DEAL}(source channel|channel|source|canal source|canal d'origine|canal)$",
            read=read_source,
        ),
        note(
            "origin", "source origin", "origine", "ursprung", "origen",
            like=rf"{DEAL}(source origin|origin|origine|ursprung|origen)$",
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
