"""Stripe: the export of invoices. What was paid is revenue, without tax, on the invoice's day.

Invoices that are open, void or of zero bring nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from metrics.imports.context import Context
from metrics.imports.event_list import Event, EventList, Group, Listing, recognises
from metrics.imports.layout import Layout, currency, measure, text, when

CENT = Decimal("0.01")


def _events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    entry = rows[-1]
    paid = entry.numbers.get("paid", Decimal(0))
    if paid:
        yield Event("revenue", entry.dates["created"], _without_tax(paid, entry.numbers))


def _without_tax(paid: Decimal, numbers: dict[str, Decimal]) -> Decimal:
    tax, total = numbers.get("tax", Decimal(0)), numbers.get("total") or paid
    return (paid - tax * paid / total).quantize(CENT, rounding=ROUND_HALF_UP) if tax else paid


EVENTS = EventList(
    columns=(
        text("id", "id", "invoice id", "number", "invoice number", "numero", "id de facture"),
        when("created", "date", "created", "invoice date", "date de facturation", rank=1),
        when("created", "paid at", "finalized at", "payee le", "finalisee le"),
        measure("due", "amount due", "montant du"),
        measure("paid", "amount paid", "montant paye"),
        measure("tax", "tax", "taxe", "tva"),
        measure("total", "total"),
        currency("currency", "devise"),
    ),
    needs=frozenset({"id", "created", "due", "paid"}),
    entry_day="created",
    identity=("id",),
    scope="stripe invoice",
    events=_events,
    speaks_for=("revenue",),
)

LAYOUT = Layout(
    key="stripe_invoices",
    feed="Stripe",
    recognise=recognises(EVENTS, 0.95),
    columns=EVENTS.columns,
    events=EVENTS,
)
