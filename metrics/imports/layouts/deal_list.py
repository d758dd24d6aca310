"""Deals of any other CRM, or as a team keeps them: a name, a stage or status, an amount, two dates.

Read as the deals of the tools that have a layout of their own.
"""

from __future__ import annotations

from metrics.imports.context import Context
from metrics.imports.crm_columns import AMOUNT_IN, ORIGIN
from metrics.imports.deals import DEAL_COLUMNS, deal_events, open_deals, say_what_is_missing
from metrics.imports.event_list import EventList
from metrics.imports.layout import Layout, measure, text, when
from metrics.imports.reading import Document

EVENTS = EventList(
    columns=(
        text(
            "id", "id", "deal id", "dealid", "potential id", "potentialid", "opp id",
            "opportunity id", "reference", "ref", "ref.", "numero", "n°",
            "id opportunite", "id affaire", "id transaction",
        ),
        text(
            "name", "deal", "deal name", "potential name", "potential", "title", "opportunity",
            "opportunity name", "titre",
            "affaire", "nom de l'affaire", "opportunite", "nom de l'opportunite", "transaction",
            "projet", "libelle", "intitule", "devis", "account", "account name", "company",
            "societe", "entreprise", "client", "compte", "nom du compte", "customer",
            "company name", "geschaft", "oportunidad", "opportunita", "prospect",
        ),
        text("status", "status", "statut", "estado", "stato", "etat", "result", "resultat"),
        text(
            "stage", "stage", "deal stage", "etape", "phase", "pipeline stage", "etapa", "fase",
            "etape du pipeline",
        ),
        text("type", "type", "deal type", "type d'affaire"),
        text("renewal", "is renewal", "renewal", "existing customer", "is existing customer",
             "is existing business", "renouvellement", "est un renouvellement"),
        when(
            "created", "created", "created at", "created on", "create date", "created date",
            "creation date", "created time", "open date", "opened", "opened on",
            "date de creation", "cree le",
            "creee le", "date d'ouverture", "date de debut", "erstellt am", "erstellungsdatum",
            "fecha de creacion", "data di creazione", "date created", "engage date",
        ),
        when(
            "closed", "closed", "closed at", "closed on", "close date", "closed date",
            "closing date", "date closed", "expected close date", "won date", "date de cloture",
            "date de signature",
            "cloture le", "cloturee le", "signe le", "date de fermeture", "date de gain",
            "gagne le", "abschlussdatum", "fecha de cierre", "data di chiusura",
        ),
        when(
            "changed", "modified time", "updated", "updated at", "last modified", "modifie le",
            "mis a jour le",
        ),
        measure("probability", "probability", "probabilite"),
        measure(
            "amount", "amount", "value", "deal value", "deal amount", "montant", "montant ht",
            "valeur", "betrag", "wert", "importe", "valor", "importo", "revenue", "close value",
            "ca", "chiffre d'affaires", "ca signe",
            like=AMOUNT_IN,
        ),
        *ORIGIN,
    ),
    needs=frozenset({"closed"}),
    or_needs=(frozenset({"created", "stage", "amount"}),),
    entry_day="created",
    other_days=("closed", "won", "lost", "changed"),
    may_lack_days=True,
    identity=("id", "name+created", "name+closed"),
    scope="deal",
    events=deal_events,
    stocks=open_deals,
    notes=say_what_is_missing,
    by_column={**DEAL_COLUMNS, "closed": "new_customers", "amount": "revenue"},
)  # fmt: skip


def _recognise(document: Document, context: Context) -> float:
    """Deals with the day they close or are created, and their amount or how they stand."""
    header = EVENTS.header_in(document)
    found = EVENTS.targets_of(header.cells) if header else frozenset()
    if not {"id", "name"} & found:
        return 0.0
    if {"name", "created", "amount"} <= found:
        return 0.78
    return 0.75 if "stage" in found or ("status" in found and "amount" in found) else 0.0


LAYOUT = Layout(
    key="deal_list",
    feed="CRM",
    recognise=_recognise,
    columns=EVENTS.columns,
    events=EVENTS,
    strict_rows=True,
)
