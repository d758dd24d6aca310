"""Customers of a subscription, as a team or a billing tool keeps them: one row a customer.

With days: new customers when they subscribe, lost customers when they leave, customers and
recurring revenue as stocks. Without any day, only with who has left: the period is asked; all
rows are customers before it, those who have left are lost in it, the others stay at its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.crm_columns import ORIGIN
from metrics.imports.event_list import Entry, Event, EventList, Group, Listing, Stock
from metrics.imports.folding import fold
from metrics.imports.layout import Layout, measure, text, when
from metrics.imports.reading import Document
from metrics.imports.subscriptions import subscription_events, subscription_stocks

LEFT = frozenset(
    {
        "yes", "true", "1", "1.0", "oui", "vrai", "churned", "churn", "attrited customer", "left",
        "lost", "resilie", "parti", "perdu", "cancelled", "canceled", "inactive", "si", "ja",
    }
)  # fmt: skip


def has_left(entry: Entry) -> bool:
    """Whether a customer is said to have left."""
    return fold(entry.words.get("churned", "")) in LEFT


def _events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    if "until" in rows[0].dates:
        if has_left(rows[-1]):
            yield Event("lost_customers", rows[0].dates["created"])
        return
    known = [row for row in rows if not has_left(row) or "ended" in row.dates]
    if len(known) < len(rows):
        context.warn(
            "left_without_day",
            _("Customers who have left and whose last day is missing are not counted."),
        )
    yield from subscription_events(known, listing, context)


def _stocks(groups: Sequence[Group], listing: Listing, context: Context) -> Iterator[Stock]:
    if groups and "until" in groups[0][0].dates:
        yield from _before_and_after([rows[-1] for rows in groups], listing)
    elif listing.has("ended") or listing.has("churned"):
        known = [
            [row for row in rows if not has_left(row) or "ended" in row.dates] for rows in groups
        ]
        for one in subscription_stocks(known, listing, context):
            if one.metric == "customers" or listing.has("amount"):
                yield one


def _before_and_after(customers: Sequence[Entry], listing: Listing) -> Iterator[Stock]:
    """Customers and what they pay a month, on the day before the period and at its end."""
    first, last = customers[0].dates["created"], customers[0].dates["until"]
    staying = [one for one in customers if not has_left(one)]
    for day, there in ((first - timedelta(days=1), customers), (last, staying)):
        yield Stock("customers", day, Decimal(len(there)))
        if listing.has("amount"):
            paid = (one.numbers.get("amount", Decimal(0)) for one in there)
            yield Stock("mrr", day, sum(paid, Decimal(0)))


EVENTS = EventList(
    columns=(
        text(
            "customer", "customer id", "customerid", "customer", "customer number", "account id",
            "account", "user id", "client id", "client", "id client", "code client",
            "company id", "organization id", "organisation id", "tenant id", "id entreprise",
            "subscriber id", "clientnum", "n° client", "abonne", "id abonne",
        ),
        text("subscription", "subscription id", "id abonnement"),
        text("email", "email", "e-mail", "customer email", "adresse e-mail"),
        text(
            "churned", "churn", "churned", "is churn", "is churned", "churn flag", "churn label",
            "exited", "attrition flag", "attrition", "resilie", "a resilie", "parti",
            "customer status", "has churned",
        ),
        when(
            "created", "signup date", "sign up date", "sign-up date", "start date",
            "subscription start", "subscription start date", "subscription date", "joined",
            "join date", "date joined", "date de souscription", "date d'inscription",
            "date d'abonnement", "date de debut", "activation date", "contract start",
            "customer since", "client depuis", "date d'adhesion",
        ),
        when(
            "ended", "churn date", "churned at", "cancel date", "cancellation date",
            "cancelled at", "canceled at", "end date", "subscription end",
            "subscription end date", "date de resiliation", "date d'annulation", "date de fin",
            "date de depart", "contract end", "resilie le",
        ),
        measure(
            "amount", "monthly revenue", "monthly charges", "monthlycharges", "monthly charge",
            "mrr", "initial mrr", "current mrr", "monthly price", "monthly fee",
            "monthly amount", "prix mensuel",
            "montant mensuel", "abonnement mensuel", "mensualite", "mrr amount", "revenu mensuel",
        ),
        *ORIGIN,
    ),
    needs=frozenset({"customer"}),
    entry_day="created",
    identity=("customer",),
    scope="subscriber",
    events=_events,
    stocks=_stocks,
    by_column={"created": "new_customers", "ended": "lost_customers"},
)  # fmt: skip


def _recognise(document: Document, context: Context) -> float:
    """Customers and whether or when they left; or when they came and what they pay a month."""
    header = EVENTS.header_in(document)
    if header is None:
        return 0.0
    found = EVENTS.targets_of(header.cells)
    if "churned" in found or {"created", "ended"} <= found:
        return 0.8 if {"created", "amount"} & found else 0.6
    return 0.76 if {"created", "amount"} <= found else 0.0


LAYOUT = Layout(
    key="subscription_list",
    feed="Subscriptions",
    recognise=_recognise,
    columns=EVENTS.columns,
    events=EVENTS,
    strict_rows=True,
)
