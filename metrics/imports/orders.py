"""Orders of a shop or lines of invoices: how many, what they bring, and who buys first when.

An order is counted once, however many lines it has, on its day. Its revenue is its total, or what
its lines come to, less refunds. A return, which comes as an order below zero, takes its amount
from the revenue of its day and is no order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.imports.context import Context
from metrics.imports.event_list import Entry, Event, Group, Listing
from metrics.imports.folding import fold

ZERO = Decimal(0)
VOID = re.compile(
    r"cancel|annul|storn|void|fail|echou|expired|expire|refus|abandon|trash|draft|brouillon|declin"
    r"|incomplete|unpaid|impaye|pending payment|payment pending|wc-pending|attente de paiement"
    r"|zahlung ausstehend|unbezahlt|pendiente de pago|pago pendiente|in attesa di pagamento"
    r"|aguardando pagamento|deleted|supprime"
)
REFUNDED = re.compile(r"(?<!partially )(?<!partiellement )(refunded|rembourse|returned|retourne)")
RETURNING = re.compile(r"return|recurr|fidel|habitue|exist|ancien")

ORDER_COLUMNS: Mapping[str, str] = {"customer": "new_customers", "email": "new_customers"}
"""What a list of orders speaks for with its columns, even where nothing happened."""


def order_events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    """An order and its revenue, from all its lines."""
    if not counts(rows, listing):
        return
    day = day_of(rows)
    amount = amount_of(rows, listing)
    if amount > ZERO or (amount == ZERO and listing.has("total")):
        yield Event("orders", day)
    if amount:
        yield Event("revenue", day, amount)


def customer_events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    """Someone is a customer on the day of the first order that counts and is no return."""
    days = [
        row.dates["created"]
        for row in rows
        if counts([row], listing)
        and not RETURNING.search(fold(row.words.get("customer_type", "")))
        and (listing.has("total") or amount_of([row], listing) > ZERO)
    ]
    if days:
        yield Event("new_customers", min(days))


def say_what_counts(listing: Listing, context: Context) -> None:
    """Says which orders are left out, and whom the list takes for new."""
    left = {row.words.get("id", row.row) for row in listing.entries if not counts([row], listing)}
    if left:
        message = ngettext(
            "%(number)s order is cancelled, unpaid or refunded and is not counted.",
            "%(number)s orders are cancelled, unpaid or refunded and are not counted.",
            len(left),
        )
        context.warn("orders_left_out", message % {"number": len(left)})
    if listing.has("customer") or listing.has("email"):
        context.warn(
            "first_orders",
            _(
                "Someone counts as a new customer on the day of the first order in the lists "
                "that are imported. Import the oldest list too, or leave new customers to "
                "another feed."
            ),
        )


def counts(rows: Group, listing: Listing) -> bool:
    """Whether an order stands: neither cancelled nor, as far as the list says, given back."""
    status = fold(" ".join(row.words.get("status", "") for row in rows))
    if VOID.search(status) or any("canceled" in row.dates for row in rows):
        return False
    return listing.has("refunded") or not REFUNDED.search(status)


def day_of(rows: Group) -> date:
    """The day of an order: that of its first line."""
    return rows[0].dates["created"]


def amount_of(rows: Group, listing: Listing) -> Decimal:
    """What an order brings: its total where the list has one, else what its lines come to."""
    if listing.has("total"):
        totals = [row.numbers["total"] for row in rows if "total" in row.numbers]
        refunds = [row.numbers["refunded"] for row in rows if "refunded" in row.numbers]
        return (totals[0] if totals else ZERO) - (abs(refunds[0]) if refunds else ZERO)
    return sum(map(_line_amount, rows), ZERO)


def _line_amount(row: Entry) -> Decimal:
    if "amount" in row.numbers:
        return row.numbers["amount"] - abs(row.numbers.get("refunded", ZERO))
    return row.numbers.get("quantity", ZERO) * row.numbers.get("price", ZERO)
