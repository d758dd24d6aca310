"""Long tables that hold several breakdowns of the same figures below each other.

"dimension_type, dimension_value, sessions" has the sessions once by channel, once by device, once
by country: added up they count several times. Each type is a table of its own.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

from metrics.imports.cells import Line, Lines
from metrics.imports.folding import fold
from metrics.imports.layout import Column, dimension
from metrics.imports.summed_rows import TOTAL
from metrics.imports.table import Table

Resolve = Callable[[Sequence[str]], list[Column | None]]
TYPE, VALUE = "breakdown_type", "breakdown_value"
COLUMNS = (
    dimension(
        TYPE, "dimension type", "dimension name", "breakdown type", "breakdown name",
        "breakdown", "type de dimension", "nom de la dimension", "dimensionstyp",
        "tipo de dimension", "tipo di dimensione",
    ),
    dimension(
        VALUE, "dimension value", "breakdown value", "valeur de dimension",
        "valeur de la dimension", "dimensionswert", "valor de dimension",
        "valor de la dimension", "valore dimensione",
    ),
)  # fmt: skip
NAMES = {"channel": "channel group", "channels": "channel group", "canal": "channel group",
         "kanal": "channel group", "source": "source / medium"}  # fmt: skip
"""Types under a shorter name than the columns of reports."""
ALL = frozenset({"", "all", "overall", "total", "none", "(none)", "tous", "tout", "site"})


def split_by_type(table: Table, resolve: Resolve) -> list[Table]:
    """A table for each type of breakdown; the table itself where it names no types."""
    places = {
        column.target: index
        for index, column in enumerate(table.columns)
        if column is not None and column.target in {TYPE, VALUE}
    }
    if len(places) < len(COLUMNS):
        return [table]
    lines = table.lines
    rows: dict[int, array[int]] = {code: array("I") for code in lines.different(places[TYPE])}
    for row, code in enumerate(lines.codes(places[TYPE])):
        rows[code].append(row)
    names = lines.different(places[TYPE])
    return [
        _of_one_type(table, names[code], lines.only(taken), places, resolve)
        for code, taken in rows.items()
    ]


def _of_one_type(
    table: Table, name: str, lines: Lines, places: dict[str, int], resolve: Resolve
) -> Table:
    """The rows of one type, their values under the type's name; without any for the whole."""
    whole = fold(name) in ALL or bool(TOTAL.fullmatch(fold(name)))
    left_out = {places[TYPE], places[VALUE]} if whole else {places[TYPE]}
    kept = [index for index in range(len(table.header.cells)) if index not in left_out]
    header = [
        NAMES.get(fold(name), name.replace("_", " "))
        if index == places[VALUE]
        else table.header.cells[index]
        for index in kept
    ]
    head = Line(table.header.number, header)
    there = [index for index in kept if index < len(lines.store.words)]
    beyond = range(len(table.header.cells), len(lines.store.words))
    return Table([*table.titles], head, resolve(header), lines.with_columns([*there, *beyond]))
