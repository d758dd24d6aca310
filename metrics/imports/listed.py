"""Lists whose rows are counted: links to a site, keywords that it is found by.

A list holds no figure of the catalogue: its rows are one. It says at most on which day it was
made; else the day is asked, as a period.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.dates import NotADate, parse_day
from metrics.imports.folding import fold
from metrics.imports.layout import Column, Kind, metric, when
from metrics.imports.numbers import NotANumber, decimal_of, is_nothing, parse_number
from metrics.imports.reading import Line
from metrics.imports.table import Table
from metrics.imports.vocabulary import SUM

CUTS = frozenset({100, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 50_000, 100_000})
"""Numbers of rows at which plans and previews of tools cut their exports."""
TOP = 10
MOST_NAMELESS = 3
"""A table of fewer rows does not tell a total from a row without a name."""
NUMBER = r"(\d{1,3}(?:[ ,.']\d{3})+|\d+)"
PAGE = re.compile(
    r"(?:(?:showing|displaying|rows?|results?|lignes?|resultats?|affichage(?: de)?|zeilen|filas"
    rf"|righe)\W*)*{NUMBER} *(?:-|–|—|to|a|bis|al) *{NUMBER} *(?:of|sur|de|von|di|/) *{NUMBER}"
    r"(?: *(?:rows?|results?|entries|lignes?|resultats?|elements?))?"
)
"""Where a list was cut into pages, in the words of its foot."""
NO = frozenset({"", "false", "no", "non", "0", "-", "--", "nein", "n/a"})


def known_as(target: str, *names: str, like: str = "") -> Column:
    """A column whose cells a list is counted by."""
    return Column(Kind.NOTE, target, names, like)


def cells_of(table: Table, target: str) -> list[str]:
    """The cells of the column for a target, one for each row; none without such a column."""
    index = next((i for i, column in enumerate(table.columns) if _is(column, target)), None)
    if index is None:
        return []
    return [line.cells[index] if index < len(line.cells) else "" for line in table.rows]


def _is(column: Column | None, target: str) -> bool:
    return column is not None and column.target == target


def numbers_of(table: Table, target: str) -> list[Decimal]:
    """The numbers of a target's column; a cell without a number counts as none, 0."""
    return [_number(cell) for cell in cells_of(table, target)]


def _number(cell: str) -> Decimal:
    for mark in (".", ","):
        try:
            return Decimal(0) if is_nothing(cell) else parse_number(cell, mark)
        except NotANumber:
            continue
    return Decimal(0)


def present(table: Table, target: str) -> list[bool]:
    """For each row whether it stands: nothing says that it was lost."""
    cells = cells_of(table, target) or [""] * len(table.rows)
    return [fold(cell) in NO for cell in cells]


def hosts(addresses: Iterable[str]) -> set[str]:
    """The different hosts of addresses, "www." left out."""
    found = {
        (urlsplit(one if "//" in one else f"//{one}").hostname or "").removeprefix("www.")
        for one in addresses
    }
    return found - {""}


def top_keywords(keywords: Sequence[str], positions: Sequence[Decimal]) -> int:
    """How many different keywords the site is found by among the first ten results."""
    pairs = zip(keywords, positions, strict=True)
    return len({fold(keyword) for keyword, position in pairs if keyword and 0 < position <= TOP})


def latest_day(cells: Iterable[str], order: str) -> date | None:
    """The last day of a column of dates, None where it names none."""
    days = []
    for cell in dict.fromkeys(cells):
        try:
            days.append(parse_day(cell, order))
        except NotADate:
            continue
    return max(days, default=None)


def replace_by_counts(
    table: Table, counts: Mapping[str, int | Decimal], day: date | None, context: Context
) -> None:
    """Put one row with the counts in place of the list, on its day where it says one."""
    _say_cut(len(table.rows), context)
    number = table.rows[0].number if len(table.rows) else table.header.number
    dated = [day.isoformat()] if day else []
    table.columns = [*([when("day")] if day else []), *(metric(key) for key in counts)]
    table.header = Line(table.header.number, [*(["date"] if day else []), *counts])
    table.rows = [Line(number, [*dated, *(str(value) for value in counts.values())])]
    table.totals = []


def _say_cut(rows: int, context: Context) -> None:
    if rows in CUTS:
        context.result.part_only = True
        context.warn(
            "list_cut",
            _(
                "The list has exactly %(rows)s rows and may be cut there: what is counted in it is "
                "at least so many."
            )
            % {"rows": rows},
        )


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
    if table.totals or not named or len(table.rows) < MOST_NAMELESS or table.places(Kind.DATE):
        return
    first = table.rows[0]
    if any(first.cells[index : index + 1] not in ([], [""]) for index in named):
        return
    mark = decimal_of(context.result.number_format)
    more = [
        _sum(first.cells[index : index + 1], mark) * 2 - _sum(table.cells(index), mark)
        for index, column in table.places(Kind.METRIC)
        if context.vocabulary.get(column.target).rollup == SUM
    ]
    if more and all(one >= 0 for one in more) and any(one > 0 for one in more):
        table.totals.append(first)
        table.rows = table.lines.without([0])
        context.result.totals_skipped += 1


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
