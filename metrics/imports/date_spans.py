"""Weeks, months, quarters, halves and years as spans of days."""

from collections.abc import Iterable
from datetime import date, timedelta

from metrics.imports.parsed import Span
from metrics.periods import last_of_month

ONE_DAY = timedelta(days=1)


def week_of(day: date) -> Span:
    """The seven days that start on `day`."""
    return Span(day, day + 6 * ONE_DAY)


def month_of(day: date) -> Span:
    """The calendar month of `day`."""
    return Span(day.replace(day=1), last_of_month(day))


def quarter_of(day: date) -> Span:
    """The calendar quarter of `day`."""
    first = 3 * ((day.month - 1) // 3) + 1
    return Span(date(day.year, first, 1), month_of(date(day.year, first + 2, 1)).end)


def half_of(year: int, half: int) -> Span:
    """The first or the second six months of a year."""
    if half == 1:
        return Span(date(year, 1, 1), date(year, 6, 30))
    return Span(date(year, 7, 1), date(year, 12, 31))


def year_of(day: date) -> Span:
    """The calendar year of `day`."""
    return Span(date(day.year, 1, 1), date(day.year, 12, 31))


def first_of_months(spans: Iterable[Span]) -> bool:
    """Whether every date is the first of its month, over two months or more: monthly figures."""
    days = {span.start for span in spans if span.start == span.end}
    return len(days) > 1 and all(day.day == 1 for day in days)
