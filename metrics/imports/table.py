"""The tables of a document: titles above, a header row, data rows, totals rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from metrics.imports.folding import fold
from metrics.imports.layout import Column, Kind
from metrics.imports.numbers import NotANumber, is_nothing, parse_number
from metrics.imports.reading import Document, Line

TOTAL = re.compile(
    r"(?:(?:grand|sub|sous)[ -]?)?"
    r"(?:totals?|totaux|totale|totales|gesamt|gesamtsumme|gesamtergebnis|insgesamt|summe|suma|somme)"
    r"(?:\s+(?:general|generale|generaux|overall))?(?:\s*[:\-|].*)?"
)
DASHED = frozenset({"", "-", "--", "---"})
MOST_TITLE_LINES = 40


@dataclass(slots=True)
class Table:
    """One table of a file: all text above it so far, its header and the rows below.

    `columns` says what each cell of the header stands for; rows that sum up others are kept
    apart in `totals`.
    """

    titles: list[str]
    header: Line
    columns: list[Column | None]
    rows: list[Line] = field(default_factory=list)
    totals: list[Line] = field(default_factory=list)

    def places(self, *kinds: Kind) -> list[tuple[int, Column]]:
        """(index, column) of the columns of these kinds, left to right."""
        return [
            (index, column)
            for index, column in enumerate(self.columns)
            if column is not None and column.kind in kinds
        ]

    def cells(self, index: int) -> list[str]:
        """The cells of one column, rows without it left out."""
        return [line.cells[index] for line in self.rows if index < len(line.cells)]

    def name_of(self, index: int) -> str:
        """The header of a column as the file writes it."""
        return self.header.cells[index] if index < len(self.header.cells) else ""


Resolve = Callable[[Sequence[str]], list[Column | None]]


def tables_of(document: Document, resolve: Resolve, *, comments: bool = False) -> list[Table]:
    """The tables of a document, cut at header rows and, where they occur, at "#" comments.

    After comments the next line is a header whatever it says, so that a table of unknown columns
    never leaks into the one above it.
    """
    tables: list[Table] = []
    titles: list[str] = []
    current: Table | None = None
    after_comment = False
    for line in document.lines:
        if comments and line.cells[0].startswith("#"):
            titles.append(text_of(line))
            current, after_comment = None, True
            continue
        columns = resolve(line.cells) if _may_be_header(line, inside=current is not None) else []
        if is_header(line, columns) or (after_comment and line.filled > 1):
            current = Table(titles[-MOST_TITLE_LINES:], line, columns)
            tables.append(current)
            after_comment = False
        elif current is not None:
            current.rows.append(line)
        else:
            titles.append(text_of(line))
    return tables


def text_of(line: Line) -> str:
    """A title or comment line as one text, its hash mark removed."""
    return " ".join(cell for cell in line.cells if cell).lstrip("#").strip()


def _may_be_header(line: Line, *, inside: bool) -> bool:
    """Header cells are words: a row with two numbers is data, below a header even with one."""
    if inside and any(cell[:1].isdigit() for cell in line.cells):
        return False
    numbers = sum(1 for cell in line.cells if cell[:1].isdigit() and _is_number(cell))
    return line.filled > 1 and numbers < 2


def _is_number(cell: str) -> bool:
    for decimal in (".", ","):
        try:
            parse_number(cell, decimal)
        except NotANumber:
            continue
        return True
    return False


def is_header(line: Line, columns: Sequence[Column | None]) -> bool:
    """Whether enough of a row's cells are known columns, a figure's among them."""
    known = [column for column in columns if column is not None]
    measured = [column for column in known if column.is_number]
    return len(known) >= 2 and bool(measured) and 2 * len(known) >= min(line.filled, 6)


def part_totals(table: Table) -> None:
    """Move the rows that sum up others from `rows` to `totals`."""
    named = [index for index, _c in table.places(Kind.DIMENSION, Kind.DATE, Kind.METRIC_NAME)]
    notes = [index for index, _c in table.places(Kind.NOTE) if not _numeric(table, index)]
    first = [] if table.columns[:1] and _counts(table.columns[0]) else [0]
    worded = sorted({*first, *named, *notes})
    dated = bool(table.places(Kind.DATE))
    kept: list[Line] = []
    for line in table.rows:
        beyond = line.cells[len(table.header.cells) :]
        total = _says_total(table, line, worded, beyond) or (
            _is_blank(line, named) and (dated or len(named) > 1 or _adds_up(table, line))
        )
        (table.totals if total else kept).append(line)
    table.rows = kept


def _counts(column: Column | None) -> bool:
    return column is not None and column.is_number


def _numeric(table: Table, index: int) -> bool:
    cells = [cell for cell in table.cells(index)[:50] if not is_nothing(cell)]
    return bool(cells) and sum(map(_is_number, cells)) > len(cells) / 2


def _says_total(table: Table, line: Line, worded: list[int], beyond: list[str]) -> bool:
    """Whether a row says that it is a sum where names stand, and names nothing else.

    A campaign called "Total: Energies" has a day, a type or a status beside its name. A totals
    row has "--" or nothing there, or repeats what it is the total of ("Total: Search … Search").
    "Grand total" may also stand beyond the last column.
    """
    if any(TOTAL.fullmatch(fold(cell)) for cell in beyond if cell):
        return True
    labels = [
        (index, label)
        for index in worded
        if index < len(line.cells) and (label := fold(line.cells[index])) not in DASHED
    ]
    if not labels or not TOTAL.fullmatch(labels[0][1]):
        return False
    of_what = re.split(r"[:\-|]", labels[0][1], maxsplit=1)[-1].strip()
    rest = [(index, label) for index, label in labels[1:] if not TOTAL.fullmatch(label)]
    if of_what and all(label in of_what or of_what in label for _index, label in rest):
        return True
    dates = {index for index, _column in table.places(Kind.DATE)}
    return bool(table.totals) and not any(index in dates for index, _label in rest)


def _is_blank(line: Line, named: list[int]) -> bool:
    """Whether nothing stands where the row should be named or dated."""
    cells = [line.cells[index] for index in named if index < len(line.cells)]
    return bool(cells) and all(cell in DASHED for cell in cells)


def _adds_up(table: Table, line: Line) -> bool:
    """Whether a row without a name is the sum of all others (a page may have no name, too)."""
    index = next((i for i, _c in table.places(Kind.METRIC)), None)
    if index is None or len(table.rows) < 3 or index >= len(line.cells):
        return False
    try:
        others = [
            parse_number(other.cells[index])
            for other in table.rows
            if other is not line and index < len(other.cells) and not is_nothing(other.cells[index])
        ]
        return parse_number(line.cells[index]) == sum(others) > 0
    except NotANumber:
        return False
