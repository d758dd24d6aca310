"""The period of a table that has no dates, where tables of a tool are stacked month by month.

Teams paste each month's report below the last and write the month beside or above its header:
"September | Campaign | Cost", or "Octobre 2025" alone on the line before.
"""

from __future__ import annotations

from datetime import date

from metrics.imports.context import Context
from metrics.imports.date_spans import month_of
from metrics.imports.days import ask_year
from metrics.imports.layout import Kind
from metrics.imports.name_days import year_in_name
from metrics.imports.parsed import Span
from metrics.imports.period_words import is_period, long_span, month_named
from metrics.imports.table import Table


def period_over(table: Table, context: Context) -> Span | None:
    """The month, quarter or year that the header's one spare cell or the line above it names."""
    if table.places(Kind.DATE):
        return None
    spare = [
        cell
        for index, cell in enumerate(table.header.cells)
        if cell and (index >= len(table.columns) or table.columns[index] is None)
    ]
    beside = [cell for cell in spare if is_period(cell)]
    for text in [*(beside if len(beside) == 1 else []), *table.titles[-1:]]:
        if (span := _named(text, context)) is not None:
            return span
    return None


def _named(text: str, context: Context) -> Span | None:
    month = month_named(text)
    if month is None:
        return long_span(text)
    asked = context.options.period
    if asked is not None:
        return month_of(date(asked.start.year + (month < asked.start.month), month, 1))
    year = year_in_name(context.name)
    if year is None:
        ask_year(context)
    return month_of(date(year or context.workspace.today.year, month, 1))
