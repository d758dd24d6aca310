"""The tables of a document: titles above, a header row, data rows, totals rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from metrics.imports.cells import Line, Lines
from metrics.imports.layout import Column, Kind
from metrics.imports.numbers import is_number
from metrics.imports.period_words import is_period
from metrics.imports.plan_words import is_scenario
from metrics.imports.reading import Document

MOST_TITLE_LINES = 40
NAMED = re.compile(r"\d[\d/.]*\s+-\s+\d[\d/.]*\s+[^\W\d][^\d]*")
"""Two days and the name of the figure between them."""


@dataclass(slots=True)
class Table:
    """One table of a file: all text above it so far, its header and the rows below.

    `columns` says what each cell of the header stands for; rows that sum up others are kept
    apart in `totals`. `cut`: the file says that it shows only some of the rows. `aside`: how many
    rows sum up a part of the table, and are left out.
    """

    titles: list[str]
    header: Line
    columns: list[Column | None]
    rows: list[Line] | Lines = field(default_factory=list)
    totals: list[Line] = field(default_factory=list)
    cut: bool = False
    aside: int = 0

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


def tables_of(
    document: Document, resolve: Resolve, *, comments: bool = False, sheets: bool = False
) -> list[Table]:
    """The tables of a document, cut at header rows and, where they occur, at "#" comments.

    After comments the next line is a header whatever it says, so that a table of unknown columns
    never leaks into the one above it. With `sheets` each sheet has a table of its own; else those
    of one header are one table.
    """
    cut = _Cutter(resolve, comments, sheets)
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
        all(map(_is_figure, lines.different(index).values()))
        for index in range(len(lines.store.words))
    )


def _is_figure(text: str) -> bool:
    """Whether a cell begins with a digit and is no name: "8/1/25 - 8/30/25 Clicks" is one."""
    return text[:1].isdigit() and not NAMED.fullmatch(text)


@dataclass(slots=True)
class _Cutter:
    """Cuts a document into tables, row by row. `start` and `end` are the current one's rows."""

    resolve: Resolve
    comments: bool
    sheets: bool = False
    tables: list[Table] = field(default_factory=list)
    bounds: list[tuple[int, int]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    current: Table | None = None
    start: int = 0
    end: int = 0
    after_comment: bool = False
    lone: str = ""
    below_sheet: bool = False
    repeated: list[int] = field(default_factory=list)

    def take(self, place: int, line: Line) -> None:
        """The next row: a comment, a header, data or a title."""
        if self.comments and line.cells[0].startswith("#"):
            self.titles.append(text_of(line))
            self._finish()
            self.after_comment = True
            return
        if self._repeats_header(line):
            self.repeated += [place - 1, place] if self.below_sheet else [place]
            self.end = place + 1
            return
        inside = self.current is not None
        columns = self.resolve(line.cells) if _may_be_header(line, inside=inside) else []
        if is_header(line, columns) or (self.after_comment and line.filled > 1):
            self._take_title_from_rows(place)
            self._finish()
            self.current = Table(self.titles[-MOST_TITLE_LINES:], line, columns)
            self.start = self.end = place + 1
            self.after_comment = False
        elif inside:
            self.end = place + 1
        else:
            self.titles.append(text_of(line))
        self.lone = text_of(line) if line.filled == 1 else ""
        self.below_sheet = line.number == 0

    def _take_title_from_rows(self, place: int) -> None:
        """The line right above a header that holds one text is its title, and no row."""
        if self.current is not None and self.lone and self.end == place:
            self.titles.append(self.lone)
            self.end -= 1

    def _repeats_header(self, line: Line) -> bool:
        """Whether the table's header stands below itself: files that were put together have it.

        Below a line that names another table it is that one's own header.
        """
        if self.current is None or line.filled < 2 or self._begins_anew():
            return False
        return [*filter(None, line.cells)] == [*filter(None, self.current.header.cells)]

    def _begins_anew(self) -> bool:
        """Whether the line above names another table: a sheet, plans, a period no row names."""
        dated = self.current is not None and bool(self.current.places(Kind.DATE))
        return (
            (self.sheets and self.below_sheet)
            or is_scenario(self.lone) is not None
            or (not dated and is_period(self.lone))
        )

    def _finish(self) -> None:
        if self.current is not None:
            self.tables.append(self.current)
            self.bounds.append((self.start, self.end))
        self.current = None

    def close(self, lines: Lines) -> None:
        """Gives each table its rows."""
        self._finish()
        for table, (start, end) in zip(self.tables, self.bounds, strict=True):
            again = {place - start for place in self.repeated}
            table.rows = lines[start:end].without(again)


def text_of(line: Line) -> str:
    """A title or comment line as one text, its hash mark removed."""
    return " ".join(cell for cell in line.cells if cell).lstrip("#").strip()


def _may_be_header(line: Line, *, inside: bool) -> bool:
    """Header cells are words: a row with two numbers is data, below a header even with one."""
    if inside and any(map(_is_figure, line.cells)):
        return False
    numbers = sum(1 for cell in line.cells if cell[:1].isdigit() and is_number(cell))
    return line.filled > 1 and numbers < 2


def is_header(line: Line, columns: Sequence[Column | None]) -> bool:
    """Whether enough of a row's cells are known columns, a figure's among them."""
    known = [column for column in columns if column is not None]
    measured = [column for column in known if column.is_number]
    return len(known) >= 2 and bool(measured) and 2 * len(known) >= min(line.filled, 6)
