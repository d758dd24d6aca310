"""StatCounter: the daily summary of a site's visits.

A unique visit is a visitor of that day; first-time and returning visits are the new and the
returning ones. They are people: of a day, and never added. Page loads are page views.
"""

from __future__ import annotations

from metrics.imports.context import Context
from metrics.imports.layout import Column, Layout, declared, metric, note, when
from metrics.imports.reading import Document

SEARCHED_LINES = 10

COLUMNS: tuple[Column, ...] = (
    when("day", "date"),
    metric("pageviews", "page loads", "page.loads", "page views", "page.views"),
    metric(
        "visitors", "unique visits", "unique.visits", "unique visitors", "unique.visitors"
    ),
    metric(
        "new_visitors", "first time visits", "first.time.visits", "first-time visits",
        "first time visitors",
    ),
    metric(
        "returning_visitors", "returning visits", "returning.visits", "returning visitors"
    ),
    note("row", "day", "day.of.week", "day of week"),
)  # fmt: skip


def _recognise(document: Document, context: Context) -> float:
    for line in document.lines[:SEARCHED_LINES]:
        found = {column.target for column in declared(COLUMNS, line.cells) if column}
        if {"day", "pageviews", "visitors", "new_visitors"} <= found:
            return 0.9
    return 0.0


LAYOUT = Layout(
    key="statcounter",
    feed="StatCounter",
    recognise=_recognise,
    columns=COLUMNS,
)
