"""Tables with a second header row above their own: one dimension's values across the columns.

An exploration with "Device category" in its columns writes the devices above the figures. Such a
table is turned back into a long one, with a column for the dimension.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from metrics.imports.cells import Line, Lines
from metrics.imports.folding import fold, header_key
from metrics.imports.layout import Column
from metrics.imports.summed_rows import TOTAL
from metrics.imports.table import Table

Resolve = Callable[[Sequence[str]], list[Column | None]]


def unpivoted(tables: Sequence[Table], resolve: Resolve) -> list[Table]:
    """The tables, those below a header row of values turned into long ones."""
    found: list[Table] = []
    above: Table | None = None
    for table in tables:
        long = _long(above.header, table, resolve) if above is not None else None
        if long is not None and found:
            found.pop()
        found.append(long or table)
        above = table if not len(table.rows) else None
    return found


def _long(above: Line, table: Table, resolve: Resolve) -> Table | None:
    """The table with a row for each value that the line above names, None where it names none."""
    names = table.header.cells
    keys = [header_key(name) for name in names]
    columns = resolve(names)
    first = next((i for i, one in enumerate(columns) if one is not None and one.is_number), 0)
    pivot = next((cell for cell in reversed(above.cells[:first]) if cell), "")
    figures = list(dict.fromkeys(names[first:]))
    if not first or not pivot or len(set(keys[first:])) == len(keys[first:]):
        return None
    values = _spread(above.cells[first:], len(names) - first)
    header = [*names[:first], pivot, *figures]
    rows = [
        Line(line.number, [*line.cells[:first], value, *cells])
        for line in table.rows
        for value, cells in _by_value(line, first, values, names, figures)
        if value or _is_total(line, first, len(names))
    ]
    return Table(table.titles, Line(table.header.number, header), resolve(header), Lines.of(rows))


def _spread(cells: Sequence[str], width: int) -> list[str]:
    """The value above each column; one that is written once stands for those to its right."""
    padded = [*cells, *[""] * width][:width]
    spread: list[str] = []
    for cell in padded:
        spread.append(cell or (spread[-1] if spread else ""))
    return spread


def _by_value(
    line: Line, first: int, values: Sequence[str], names: Sequence[str], figures: Sequence[str]
) -> list[tuple[str, list[str]]]:
    """(value, its figures) for each value; "" for the columns that sum up all values.

    A totals row keeps only those, so that it is still one.
    """
    found: dict[str, dict[str, str]] = {}
    is_total = _is_total(line, first, len(names))
    for index, value in enumerate(values, start=first):
        name = "" if TOTAL.fullmatch(fold(value)) else value
        if index < len(line.cells) and (not is_total or not name):
            found.setdefault(name, {})[names[index]] = line.cells[index]
    return [(name, [by.get(one, "") for one in figures]) for name, by in found.items()]


def _is_total(line: Line, first: int, width: int) -> bool:
    """Whether a row sums up all others: it names nothing, or says so at either end."""
    named = [fold(cell) for cell in line.cells[:first] if cell]
    beyond = [fold(cell) for cell in line.cells[width:] if cell]
    return not named or any(TOTAL.fullmatch(one) for one in [*named[:1], *beyond])
