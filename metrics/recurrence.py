"""When something that recurs is due: pure calendar, no Django, no clock.

Occurrences follow each other without a gap: each lasts until the day before the next. They begin
on the day of the month of the first one, or on the last day of a month that is too short for it.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from metrics.periods import spread

MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""How many months an occurrence lasts, by rhythm."""
CENT = Decimal("0.01")


class Occurrence(NamedTuple):
    """One turn: its days, and what of the amount they bear."""

    start: date
    end: date
    amount: Decimal


def nth_start(first: date, rhythm: str, n: int) -> date:
    """The first day of an occurrence, counted from 0: 31 January, 28 February, 31 March, …"""
    months = first.year * 12 + first.month - 1 + n * MONTHS[rhythm]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def occurrences(
    first: date, rhythm: str, amount: Decimal, *, until: date, last: date | None = None
) -> Iterator[Occurrence]:
    """The occurrences that begin on or before `until`, oldest first.

    One that is cut short by the `last` day bears the share of the days that are left of it.
    """
    n = 0
    while True:
        start, following = nth_start(first, rhythm, n), nth_start(first, rhythm, n + 1)
        if start > until or (last is not None and start > last):
            return
        end = following - timedelta(days=1)
        if last is not None and last < end:
            yield Occurrence(start, last, share_until(amount, start, end, last))
            return
        yield Occurrence(start, end, amount)
        n += 1


def share_until(amount: Decimal, start: date, end: date, last: date) -> Decimal:
    """What the days up to the last bear of an amount that is spread over all of them."""
    days = spread(amount, start, end, quantum=CENT)
    return sum((share for day, share in days if day <= last), Decimal(0))


def next_start(first: date, rhythm: str, *, after: date) -> date:
    """The first day of the first occurrence that begins after a day."""
    n = 0
    while (start := nth_start(first, rhythm, n)) <= after:
        n += 1
    return start
