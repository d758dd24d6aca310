"""Lists whose rows are counted: links to a site, keywords that it is found by.

A list holds no figure of the catalogue: its rows are one. It says at most on which day it was
made; else the day is asked, as a period.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.dates import NotADate, parse_day
from metrics.imports.folding import fold
from metrics.imports.layout import Column, Kind, metric, when
from metrics.imports.numbers import NotANumber, is_nothing, parse_number
from metrics.imports.reading import Line
from metrics.imports.table import Table

CUTS = frozenset({100, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 50_000, 100_000})
"""Numbers of rows at which plans and previews of tools cut their exports."""
TOP = 10
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
