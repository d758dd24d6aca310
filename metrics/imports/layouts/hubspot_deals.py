"""HubSpot: the export of deals, with or without its columns for the history of stages.

An opportunity on the day a deal is created; a new customer, its revenue and the days it took on
the day it is won. Deals of existing business bring revenue and no new customer. What is open on
the day of the export is the pipeline.
"""

from __future__ import annotations

from metrics.imports.crm_columns import AMOUNT_IN, ORIGIN
from metrics.imports.deals import DEAL_COLUMNS, deal_events, open_deals, say_what_is_missing
from metrics.imports.event_list import EventList, recognises
from metrics.imports.layout import Layout, measure, text, when

EVENTS = EventList(
    columns=(
        text(
            "id", "record id", "deal id", "hs object id", "id de fiche d'informations",
            "id de l'enregistrement",
            "id de la transaction", "id d'enregistrement", "datensatz-id", "datensatz id",
            "id de registro", "id record", "id del record", "id",
        ),
        text(
            "name", "deal name", "dealname", "nom de la transaction", "nom du deal", "deal-name",
            "nombre del negocio", "nome trattativa", "nome della trattativa", "nome dell'affare",
        ),
        text(
            "stage", "deal stage", "dealstage", "phase de la transaction",
            "etape de la transaction",
            "phase du deal", "deal-phase", "etapa del negocio", "fase della trattativa",
            "fase dell'affare",
        ),
        text(
            "won", "is closed won", "is won", "hs is closed won", "est gagnee",
            "transaction gagnee",
        ),
        text("type", "deal type", "dealtype", "type de transaction", "deal-typ", "tipo de negocio"),
        when(
            "created", "create date", "created date", "createdate", "date de creation",
            "erstellungsdatum",
            "erstelldatum", "fecha de creacion", "data di creazione",
        ),
        when(
            "closed", "close date", "closed date", "closedate", "date de fermeture",
            "date de cloture",
            "abschlussdatum", "fecha de cierre", "data di chiusura",
        ),
        when("won", "closed won date", like=r"^date (entered|d'entree).*(closed won|gagnee?)"),
        when("lost", "closed lost date", like=r"^date (entered|d'entree).*(closed lost|perdue?)"),
        when(
            "changed", "last modified date", "hs lastmodifieddate",
            "date de derniere modification", "stage date",
            "date entered stage", "date entered current stage",
        ),
        measure(
            "amount", "amount in company currency", "amount in home currency",
            "montant dans la devise de l'entreprise",
            "importe en la moneda de la empresa", "betrag in unternehmenswahrung",
        ),
        measure(
            "amount", "amount", "montant", "betrag", "importe", "valor", "importo", like=AMOUNT_IN,
            rank=1,
        ),
        *ORIGIN,
    ),
    needs=frozenset({"name", "stage", "closed"}),
    entry_day="created",
    other_days=("closed", "won", "lost", "changed"),
    may_lack_days=True,
    identity=("id", "name+created", "name+closed"),
    scope="hubspot deal",
    events=deal_events,
    stocks=open_deals,
    notes=say_what_is_missing,
    by_column={**DEAL_COLUMNS, "closed": "new_customers", "amount": "revenue"},
)  # fmt: skip

LAYOUT = Layout(
    key="hubspot_deals",
    feed="HubSpot",
    recognise=recognises(EVENTS, 0.95),
    columns=EVENTS.columns,
    events=EVENTS,
)
