"""A list of customers: one row each, with the day on which they came and nothing of their orders.

Counted into new customers by day, channel and campaign. A customer counts once, on the earliest
day that any list of the feed knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from metrics.imports.context import Context
from metrics.imports.crm_columns import ORIGIN
from metrics.imports.event_list import Event, EventList, Group, Listing
from metrics.imports.folding import header_key
from metrics.imports.layout import Layout, text, when
from metrics.imports.layouts.subscription_list import EVENTS as SUBSCRIBERS
from metrics.imports.reading import Document


def _events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    days = [row.dates["created"] for row in rows if "created" in row.dates]
    if days:
        yield Event("new_customers", min(days))


EVENTS = EventList(
    columns=(
        text(
            "customer", "customer id", "customerid", "customer number", "customer no",
            "customer unique id", "client id", "id client", "code client", "numero client",
            "n° client", "no client", "reference client", "kundennummer", "kunden-id", "kunden id",
            "id cliente", "codigo de cliente", "numero de cliente", "codice cliente", "cust id",
        ),
        when(
            "created", "signup date", "sign up date", "sign-up date", "registration date",
            "registered at", "registered on", "registered", "registration", "join date", "joined",
            "joined at", "joined on", "date joined", "customer since", "onboarding date",
            "acquisition date", "account created", "account creation date", "created at",
            "created on", "creation date", "date created", "first order date", "first order",
            "first purchase date", "first purchase", "dt customer", "date d'inscription",
            "date inscription", "inscrit le", "client depuis", "date de creation", "cree le",
            "date d'adhesion", "date de premiere commande", "date premiere commande",
            "premiere commande", "premier achat", "date de premier achat", "kunde seit",
            "registrierungsdatum", "erste bestellung", "fecha de registro", "fecha de alta",
            "cliente desde", "data di registrazione", "data de cadastro",
        ),
        *ORIGIN,
    ),
    needs=frozenset({"customer", "created"}),
    entry_day="created",
    may_lack_days=True,
    identity=("customer",),
    scope="customer",
    events=_events,
    by_column={"created": "new_customers"},
    speaks_for=("new_customers",),
    first_only=True,
)  # fmt: skip
OF_ORDERS = frozenset(
    {
        "order id", "orderid", "order number", "order date", "invoice", "invoice id", "quantity",
        "qty", "unit price", "order status", "product", "product id", "product name", "sku",
        "ticket id", "event type", "lead status", "lead id", "deal stage", "opportunity id",
        "payment method", "transaction id", "session id", "review id", "score",
    }
)  # fmt: skip
"""Headers of lists in which a customer may stand many times, for something else."""
GENERIC = frozenset(
    {
        "created at", "created on", "creation date", "date created", "date de creation", "cree le",
        "registered", "registration",
    }
)  # fmt: skip
"""Names for the day on which a row was made, whatever it is about."""


CONTACTS = frozenset({"email", "e-mail", "email address", "courriel", "adresse e-mail"})
SUBSCRIPTIONS = frozenset({"amount", "ended", "churned", "subscription"})


def _recognise(document: Document, context: Context) -> float:
    """Numbers of customers and the day on which each came, and nothing of what they did."""
    header = EVENTS.header_in(document)
    if header is None or OF_ORDERS & set(map(header_key, header.cells)):
        return 0.0
    columns = EVENTS.columns_of(header.cells)
    if SUBSCRIPTIONS & SUBSCRIBERS.targets_of(header.cells):
        return 0.0
    day = next(i for i, one in enumerate(columns) if one and one.target == "created")
    keys = set(map(header_key, header.cells))
    if header_key(header.cells[day]) in GENERIC and not CONTACTS & keys:
        return 0.0
    index = next(i for i, one in enumerate(columns) if one and one.target == "customer")
    below = [line.cells for line in document.lines[:200] if line.number > header.number]
    who = [cells[index] for cells in below if index < len(cells) and cells[index]]
    return 0.78 if who and len(set(who)) > 0.9 * len(who) else 0.0


LAYOUT = Layout(
    key="customer_list",
    feed="Customers",
    recognise=_recognise,
    columns=EVENTS.columns,
    events=EVENTS,
    strict_rows=True,
)
