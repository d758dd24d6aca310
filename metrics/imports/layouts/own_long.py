"""The product's own long file: a row for each value, with its date, metric and breakdowns.

`date, metric, value` and any of channel, campaign, device, asset, segment, currency, in English or
French. A blank dimension is "not broken down": a row without any is the day's total.
"""

from __future__ import annotations

from collections.abc import Sequence

from metrics.imports.context import Context
from metrics.imports.layout import Column, Kind, Layout
from metrics.imports.own import look_at_cells, own_columns
from metrics.imports.reading import Document
from metrics.imports.table import is_header

SEARCHED_LINES = 30


def _columns(header: Sequence[str], context: Context) -> list[Column | None]:
    return own_columns(header, context, long=True)


def _recognise(document: Document, context: Context) -> float:
    for line in document.lines[:SEARCHED_LINES]:
        columns = _columns(line.cells, context)
        kinds = {column.kind for column in columns if column}
        if {Kind.METRIC_NAME, Kind.VALUE} <= kinds and is_header(line, columns):
            return 0.95
    return 0.0


LAYOUT = Layout(
    key="own_long",
    feed="Imported files",
    recognise=_recognise,
    resolve=_columns,
    notice=look_at_cells,
    zero_filled=False,
    strict_rows=True,
)
