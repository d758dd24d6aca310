"""Stripe: the export of payments. What was collected is revenue, less what was given back.

Payments that failed, were blocked or not captured bring nothing. Stripe's fees are no part of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from metrics.imports.context import Context
from metrics.imports.event_list import Event, EventList, Group, Listing, recognises
from metrics.imports.folding import fold
from metrics.imports.layout import Layout, currency, measure, text, when

NO = frozenset({"false", "faux", "non", "no"})
COLLECTED = ("paid", "succeeded", "refund", "paye", "rembours", "reussi", "disput", "litige")


def _events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    entry = rows[-1]
    status = fold(entry.words.get("status", "paid"))
    if fold(entry.words.get("captured", "")) in NO or not any(map(status.__contains__, COLLECTED)):
        return
    numbers = entry.numbers
    collected = numbers.get("amount", Decimal(0)) - numbers.get("refunded", Decimal(0))
    if collected:
        yield Event("revenue", entry.dates["created"], collected)


EVENTS = EventList(
    columns=(
        text("id", "id"),
        text("status", "status", "statut"),
        text("captured", "captured", "capture", "capturee"),
        when("created", "created date", "created", "date de creation"),
        measure("amount", "converted amount", "montant converti"),
        measure("amount", "amount", "montant", rank=1),
        measure("refunded", "converted amount refunded", "montant rembourse converti"),
        measure("refunded", "amount refunded", "montant rembourse", rank=1),
        currency("converted currency", "devise convertie"),
        currency("currency", "devise", rank=1),
    ),
    needs=frozenset({"id", "created", "amount", "refunded", "captured"}),
    or_needs=(frozenset({"created", "amount", "captured", "status"}),),
    entry_day="created",
    identity=("id",),
    scope="stripe payment",
    events=_events,
    speaks_for=("revenue",),
)

LAYOUT = Layout(
    key="stripe_payments",
    feed="Stripe",
    recognise=recognises(EVENTS, 0.96),
    columns=EVENTS.columns,
    events=EVENTS,
)
