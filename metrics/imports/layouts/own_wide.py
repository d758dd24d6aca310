"""The product's own wide file: a date, then one column for each metric, by key or by name.

Columns may also give a channel, a campaign, a device, a page or a segment. Dates that are all the
first of a month are months.
"""

from __future__ import annotations

from collections.abc import Sequence

from metrics.imports.context import Context
from metrics.imports.layout import Column, Kind, Layout
from metrics.imports.own import fitting, look_at_cells, own_columns
from metrics.imports.reading import Document
from metrics.imports.table import is_header

SEARCHED_LINES = 30


def _columns(header: Sequence[str], context: Context) -> list[Column | None]:
    return own_columns(header, context, long=False)


def _recognise(document: Document, context: Context) -> float:
    best = 0.0
    for line in document.lines[:SEARCHED_LINES]:
        columns = own_columns(line.cells, context, long=False, sure=True)
        if not is_header(line, columns):
            continue
        columns = fitting(columns, document.lines, line.number)
        kinds = [column.kind for column in columns if column]
        metrics = kinds.count(Kind.METRIC)
        if metrics and Kind.DATE in kinds:
            best = max(best, 0.7)
        elif metrics:
            best = max(best, 0.5)
    return best


LAYOUT = Layout(
    key="own_wide",
    feed="Imported files",
    recognise=_recognise,
    resolve=_columns,
    notice=look_at_cells,
    zero_filled=False,
    strict_rows=True,
)
