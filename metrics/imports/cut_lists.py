"""Lists that are only the first rows of something: never to be taken for the whole of it.

A page of a list says so in its foot, a report of the first so many rows by a total that is more
than they come to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.folding import fold
from metrics.imports.layout import Kind
from metrics.imports.numbers import NotANumber, decimal_of, is_nothing, parse_number
from metrics.imports.reading import Line
from metrics.imports.table import Table
from metrics.imports.vocabulary import SUM

LEAST_ROWS = 3
"""A table of fewer rows does not tell a total from a row without a name."""
NUMBER = r"(\d{1,3}(?:[ ,.']\d{3})+|\d+)"
PAGE = re.compile(
    r"(?:(?:showing|displaying|rows?|results?|lignes?|resultats?|affichage(?: de)?|zeilen|filas"
    rf"|righe)\W*)*{NUMBER} *(?:-|–|—|to|a|bis|al) *{NUMBER} *(?:of|sur|de|von|di|/) *{NUMBER}"
    r"(?: *(?:rows?|results?|entries|lignes?|resultats?|elements?))?"
)
"""Where a list was cut into pages, in the words of its foot."""


def set_pages_aside(table: Table, context: Context) -> None:
    """Leave out lines like "1 - 10 of 240", and note that such a table is a part of its list."""
    texts = {place: " ".join(cell for cell in line.cells if cell)
             for place, line in _sparse_rows(table)}  # fmt: skip
    pages = {place: found for place, text in texts.items() if (found := shown_of(text))}
    above = [found for title in table.titles if (found := shown_of(title))]
    if pages:
        table.rows = table.lines.without(sorted(pages))
    for shown, of in [*pages.values(), *above]:
        if shown < of:
            table.cut = True
            context.warn(
                "list_cut",
                _(
                    "The file shows %(shown)s of %(of)s rows: they are imported as a part and "
                    "never taken for the whole."
                )
                % {"shown": shown, "of": of},
            )


def _sparse_rows(table: Table) -> list[tuple[int, Line]]:
    """The rows with words in their first column and nothing beside, where such lines stand."""
    wide = len(table.header.cells) > 1
    marked = {code for code, text in table.lines.different(0).items() if PAGE.search(fold(text))}
    if not wide or not marked:
        return []
    codes = table.lines.codes(0)
    rows = [(place, table.lines[place]) for place, code in enumerate(codes) if code in marked]
    return [(place, line) for place, line in rows if not any(line.cells[1:])]


def shown_of(text: str) -> tuple[int, int] | None:
    """How many rows of how many a line says that it shows: (10, 240) of "Rows 1 - 10 of 240"."""
    found = PAGE.fullmatch(fold(text).strip("# .()"))
    if found is None:
        return None
    first, last, of = (int(re.sub(r"\D", "", part)) for part in found.groups())
    return (last - first + 1, of) if 0 < first <= last <= of else None


def set_larger_row_aside(table: Table, context: Context) -> None:
    """Take a first row without a name for the whole where it is more than all others together.

    Reports of the first so many rows have their total there, and no word for it.
    """
    named = [index for index, _column in table.places(Kind.DIMENSION)]
    if table.totals or not named or len(table.rows) < LEAST_ROWS or table.places(Kind.DATE):
        return
    first = table.rows[0]
    if any(first.cells[index : index + 1] not in ([], [""]) for index in named):
        return
    more = _beyond_others(table, 0, context)
    if more and all(one >= 0 for one in more) and any(one > 0 for one in more):
        table.totals.append(first)
        table.rows = table.lines.without([0])
        context.result.totals_skipped += 1


def is_sum_of_others(table: Table, place: int, context: Context) -> bool:
    """Whether a row's figures are just what all other rows add up to."""
    beyond = _beyond_others(table, place, context)
    return len(table.rows) >= LEAST_ROWS and bool(beyond) and not any(beyond)


def _beyond_others(table: Table, place: int, context: Context) -> list[Decimal]:
    """By how much each of a row's figures is more than all other rows together."""
    mark = decimal_of(context.result.number_format)
    row = table.rows[place]
    return [
        _sum(row.cells[index : index + 1], mark) * 2 - _sum(table.cells(index), mark)
        for index, column in table.places(Kind.METRIC)
        if context.vocabulary.get(column.target).rollup == SUM
    ]


def falls_short(table: Table, context: Context) -> bool:
    """Whether the rows are fewer than the table's own total sums up: a list of the first ten."""
    mark = decimal_of(context.result.number_format)
    for index, column in table.places(Kind.METRIC):
        if context.vocabulary.get(column.target).rollup == SUM:
            rows = _sum(table.cells(index), mark)
            stated = [_sum(line.cells[index : index + 1], mark) for line in table.totals]
            return bool(rows) and bool(stated) and rows < min(stated)
    return False


def _sum(cells: Iterable[str], mark: str) -> Decimal:
    total = Decimal(0)
    for cell in cells:
        try:
            total += Decimal(0) if is_nothing(cell) else parse_number(cell, mark)
        except NotANumber:
            continue
    return total
