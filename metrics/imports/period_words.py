"""Texts that are nothing but a period: "October", "Octobre 2025", "Q3 2025", "2025"."""

from __future__ import annotations

from metrics.imports.dates import MONTHS, NotADate, parse_span
from metrics.imports.folding import fold
from metrics.imports.parsed import Span

DAYS_OF_A_MONTH = 28


def is_period(text: str) -> bool:
    """Whether a text is nothing but a month, with or without its year, a quarter or a year."""
    return month_named(text) is not None or long_span(text) is not None


def month_named(text: str) -> int | None:
    """The number of the month that a text is the name of, without a year."""
    return MONTHS.get(fold(text).strip(" .:"))


def long_span(text: str) -> Span | None:
    """The days that a text names, where they are a month or more."""
    try:
        span = parse_span(text.strip(" :"))
    except NotADate:
        return None
    return span if (span.end - span.start).days + 1 >= DAYS_OF_A_MONTH else None
