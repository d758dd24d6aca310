"""The tables of a document: titles above, a header row, data rows, totals rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from metrics.imports.cells import Line, Lines
from metrics.imports.folding import fold
from metrics.imports.layout import Column, Kind
from metrics.imports.numbers import NotANumber, is_nothing, parse_number
from metrics.imports.reading import Document

TOTAL = re.compile(
    r"(?:(?:grand|sub|sous)[ -]?)?"
    r"(?:totals?|totaux|totale|totales|gesamt|gesamtsumme|gesamtergebnis|insgesamt|summe|suma|somme)"
    r"(?:\s+(?:general|generale|generaux|overall))?(?:\s*[:\-|].*)?"
)
MEAN = re.compile(
    r"(moyennes?|averages?|avg|mean|median|mediane?|ytd|cumul\w*|year to date|durchschnitt|promedio"
    r"|evolution|variation|var|ecart|delta)\b.*"
)
"""Rows and columns that are worked out from the others and are no sum of them."""
MEAN_ROW = re.compile(
    r"(moyennes?|averages?|avg|mean|median|mediane?|ytd|cumul|durchschnitt|promedio)"
    r"( (mensuelle|annuelle|hebdomadaire|monthly|weekly|per \w+|par \w+))?\s*[:.]?"
)
DASHED = frozenset({"", "-", "--", "---"})
MOST_TITLE_LINES = 40


@dataclass(slots=True)
class Table:
    """One table of a file: all text above it so far, its header and the rows below.

    `columns` says what each cell of the header stands for; rows that sum up others are kept
    apart in `totals`. `cut`: the file says that it shows only some of the rows.
    """

    titles: list[str]
    header: Line
    columns: list[Column | None]
    rows: list[Line] | Lines = field(default_factory=list)
    totals: list[Line] = field(default_factory=list)
    cut: bool = False

    def places(self, *kinds: Kind) -> list[tuple[int, Column]]:
        """(index, column) of the columns of these kinds, left to right."""
        return [
            (index, column)
            for index, column in enumerate(self.columns)
            if column is not None and column.kind in kinds
        ]

    def cells(self, index: int) -> list[str]:
        """The cells of one column, rows without it left out."""
        return self.lines.cells(index)

    @property
    def lines(self) -> Lines:
        """The rows as columns, in which each different cell is there once."""
        if not isinstance(self.rows, Lines):
            return Lines.of(self.rows)
        return self.rows

    def name_of(self, index: int) -> str:
        """The header of a column as the file writes it."""
        return self.header.cells[index] if index < len(self.header.cells) else ""


Resolve = Callable[[Sequence[str]], list[Column | None]]


def tables_of(document: Document, resolve: Resolve, *, comments: bool = False) -> list[Table]:
    """The tables of a document, cut at header rows and, where they occur, at "#" comments.

    After comments the next line is a header whatever it says, so that a table of unknown columns
    never leaks into the one above it.
    """
    cut = _Cutter(resolve, comments)
    for first, last in _runs(document.lines, comments=comments):
        if cut.current is not None and _is_data(document.lines[first:last], comments=comments):
            cut.end = last
            continue
        for place, line in enumerate(document.lines[first:last], start=first):
            cut.take(place, line)
    cut.close(document.lines)
    return cut.tables


ROWS_A_RUN = 4_096


def _runs(lines: Lines, *, comments: bool) -> Iterator[tuple[int, int]]:
    """(first, last + 1) of some thousand rows each; the first ones are few, for they hold heads."""
    first, size = 0, 64
    while first < len(lines):
        yield first, min(first + size, len(lines))
        first, size = first + size, ROWS_A_RUN


def _is_data(lines: Lines, *, comments: bool) -> bool:
    """Whether all rows are data below a header: in some column every cell starts with a digit."""
    if comments and any(text.startswith("#") for text in lines.different(0).values()):
        return False
    return any(
        all(text[:1].isdigit() for text in lines.different(index).values())
        for index in range(len(lines.store.words))
    )


@dataclass(slots=True)
class _Cutter:
    """Cuts a document into tables, row by row. `start` and `end` are the current one's rows."""

    resolve: Resolve
    comments: bool
    tables: list[Table] = field(default_factory=list)
    bounds: list[tuple[int, int]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    current: Table | None = None
    start: int = 0
    end: int = 0
    after_comment: bool = False

    def take(self, place: int, line: Line) -> None:
        """The next row: a comment, a header, data or a title."""
        if self.comments and line.cells[0].startswith("#"):
            self.titles.append(text_of(line))
            self._finish()
            self.after_comment = True
            return
        inside = self.current is not None
        columns = self.resolve(line.cells) if _may_be_header(line, inside=inside) else []
        if is_header(line, columns) or (self.after_comment and line.filled > 1):
            self._finish()
            self.current = Table(self.titles[-MOST_TITLE_LINES:], line, columns)
            self.start = self.end = place + 1
            self.after_comment = False
        elif inside:
            self.end = place + 1
        else:
            self.titles.append(text_of(line))

    def _finish(self) -> None:
        if self.current is not None:
            self.tables.append(self.current)
            self.bounds.append((self.start, self.end))
        self.current = None

    def close(self, lines: Lines) -> None:
        """Gives each table its rows."""
        self._finish()
        for table, (start, end) in zip(self.tables, self.bounds, strict=True):
            table.rows = lines[start:end]


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
    lines, width = table.lines, len(table.header.cells)
    totals = []
    for place in _suspects(lines, worded, named, width):
        line = lines[place]
        total = _says_total(table, line, worded, line.cells[width:]) or (
            _is_blank(line, named) and (dated or len(named) > 1 or _adds_up(table, line))
        )
        if total:
            table.totals.append(line)
            totals.append(place)
    table.rows = lines.without([*totals, *_means(lines, worded)])


def _means(lines: Lines, worded: list[int]) -> set[int]:
    """The places of rows that say in their first column that they are a mean or a change."""
    return (
        _places(lines, worded[0], lambda text: bool(MEAN_ROW.fullmatch(fold(text))))
        if worded
        else set()
    )


def _suspects(lines: Lines, worded: list[int], named: list[int], width: int) -> list[int]:
    """The places of rows with a word for a total somewhere, or without any name."""
    found: set[int] = set()
    for index in {*worded, *range(width, len(lines.store.words))}:
        found |= _places(lines, index, lambda text: bool(TOTAL.fullmatch(fold(text))))
    blank: set[int] | None = None
    for index in named:
        here = _places(lines, index, DASHED.__contains__)
        blank = here if blank is None else blank & here
        if not blank:
            break
    return sorted(found | (blank or set()))


def _places(lines: Lines, index: int, wanted: Callable[[str], bool]) -> set[int]:
    """The places of rows whose cell in a column is wanted; one that is not there is empty."""
    codes = {code for code, text in lines.different(index).items() if wanted(text)}
    if not codes:
        return set()
    return {place for place, code in enumerate(lines.codes(index)) if code in codes}


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
        own = parse_number(line.cells[index])
        cells = [cell for cell in table.cells(index) if not is_nothing(cell)]
        return own == sum(map(parse_number, cells)) - own > 0
    except NotANumber:
        return False
