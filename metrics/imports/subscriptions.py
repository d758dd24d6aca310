"""Subscriptions: from when to when each is paid for, and what a month of it brings.

New customers on the day their first subscription is paid for, lost customers on the day their
last one ends. Monthly recurring revenue and customers are stocks, worked out for the end of each
month and each day on which they change, from every subscription's start, end and present price.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from metrics.imports.context import Context
from metrics.imports.date_spans import month_of
from metrics.imports.event_list import Entry, Event, Group, Listing, Stock
from metrics.imports.folding import fold

ONE_DAY = timedelta(days=1)
CENT = Decimal("0.01")
NEVER_PAID = frozenset({"incomplete", "incomplete_expired", "trialing", "en essai"})
MONTHS = {
    "day": Decimal(12) / Decimal(365),
    "week": Decimal(12) / Decimal(52),
    "month": Decimal(1),
    "quarter": Decimal(3),
    "year": Decimal(12),
}
UNITS = re.compile(r"(day|jour|week|semaine|quarter|trimestre|month|mois|year|annual|an\b|annee)")
ENGLISH = {
    "jour": "day", "semaine": "week", "trimestre": "quarter", "mois": "month", "annual": "year",
    "an": "year", "annee": "year",
}  # fmt: skip


class Paid(NamedTuple):
    """A subscription while it is paid: its first day, the day it ends or None, a month's price."""

    start: date
    end: date | None
    monthly: Decimal

    def holds(self, day: date) -> bool:
        """Whether it is running at the end of a day."""
        return self.start <= day and (self.end is None or day < self.end)


def _months(interval: str) -> Decimal:
    """How many months one price pays for: "month", "year", "3 months", "every 6 months"."""
    folded = fold(interval)
    found = UNITS.search(folded)
    unit = ENGLISH.get(found[1], found[1]) if found else "month"
    number = re.search(r"\d+", folded)
    return MONTHS[unit] * int(number[0] if number else 1)


def _paid(entry: Entry) -> Paid | None:
    if fold(entry.words.get("status", "")) in NEVER_PAID:
        return None
    start = entry.dates.get("started") or entry.dates["created"]
    start = max(start, entry.dates.get("trial_end", start))
    end = entry.dates.get("ended")
    if end is None and fold(entry.words.get("status", "")) in {"canceled", "cancelled", "annule"}:
        end = entry.dates.get("canceled", start)
    if end is not None and (end < start or (end == start and "status" in entry.words)):
        return None
    price = entry.numbers.get("amount", Decimal(0)) * entry.numbers.get("quantity", Decimal(1))
    return Paid(start, end, price / _months(entry.words.get("interval", "")))


def _all_paid(rows: Group) -> list[Paid]:
    return sorted(filter(None, map(_paid, rows)), key=lambda one: one.start)


def _joined(paid: Sequence[Paid]) -> list[Paid]:
    """A customer's subscriptions as runs without a gap; a change of plan is none."""
    runs: list[Paid] = []
    for one in paid:
        before = runs[-1] if runs else None
        if before is None or (before.end is not None and one.start > before.end + ONE_DAY):
            runs.append(one)
        else:
            end = None if before.end is None or one.end is None else max(before.end, one.end)
            runs[-1] = before._replace(end=end)
    return runs


def subscription_events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    """When a customer came, and each time that nothing of theirs was left running."""
    runs = _joined(_all_paid(rows))
    if runs:
        yield Event("new_customers", runs[0].start)
    for run in runs:
        if run.end is not None and run.end <= context.workspace.today:
            yield Event("lost_customers", run.end)


def subscription_stocks(
    groups: Sequence[Group], listing: Listing, context: Context
) -> Iterator[Stock]:
    """Customers and recurring revenue on each day that changes them, and at each month's end."""
    by_customer = [_all_paid(rows) for rows in groups]
    paid = [one for listed in by_customer for one in listed]
    if not paid or listing.as_of is None:
        return
    revenue = _changes((one, one.monthly) for one in paid)
    customers = _changes((run, Decimal(1)) for listed in by_customer for run in _joined(listed))
    days = {*revenue, *customers, *_month_ends(min(revenue), listing.as_of), listing.as_of}
    mrr = active = Decimal(0)
    for day in sorted(day for day in days if day <= listing.as_of):
        mrr += revenue.get(day, 0)
        active += customers.get(day, 0)
        yield Stock("mrr", day, mrr.quantize(CENT, rounding=ROUND_HALF_UP))
        yield Stock("customers", day, active)


def _changes(running: Iterable[tuple[Paid, Decimal]]) -> dict[date, Decimal]:
    """By how much a stock changes on each day: what starts is added, what ends is taken off."""
    changes: dict[date, Decimal] = defaultdict(Decimal)
    for one, value in running:
        changes[one.start] += value
        if one.end is not None:
            changes[one.end] -= value
    return changes


def _month_ends(first: date, last: date) -> Iterator[date]:
    day = month_of(first).end
    while day <= last:
        yield day
        day = month_of(day + ONE_DAY).end
