"""Tables as people keep them by hand: a block for each month, or months side by side.

"Janvier 2026" stands above a block whose rows are metrics and whose columns are channels, or the
other way round; or months are the columns and each row is a metric. Whatever the arrangement, each
figure has a metric, a period and perhaps a channel, which its column's header, its row's label or
the title above say. What titles, headers or labels call a plan is no figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, pairwise

from metrics.imports.block_headers import (
    SCENARIO,
    Block,
    Headers,
    are_groups,
    joined,
    notes_among,
)
from metrics.imports.block_words import (
    AXES,
    CHANNEL,
    DERIVED,
    HAPPENED,
    METRIC,
    MONTH,
    OPEN,
    PERIOD,
    PLANNED,
    SIZE,
    TOTALLED,
    YEAR,
    Told,
    Words,
    is_year,
    period_in,
    resolved,
    year_in,
)
from metrics.imports.cells import Line
from metrics.imports.context import Context
from metrics.imports.numbers import is_nothing, is_number
from metrics.imports.reading import Document

NO_YEAR = "????"

Arrangement = tuple[frozenset[str], ...]
"""What the columns, the rows and the title of a block say."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a block, with what stands for it."""

    line: int
    text: str
    period: str
    metric: str
    channel: str


@dataclass(slots=True)
class Unfolder:
    """Goes through a document line by line and gathers its figures."""

    context: Context
    figures: list[Figure] = field(default_factory=list)
    arrangements: set[Arrangement] = field(default_factory=set)
    blocks: int = 0
    labels: dict[str, None] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    planned: dict[str, int] = field(default_factory=dict)
    """What the file calls plans, with how many numbers each has."""
    strangers: list[tuple[int, str]] = field(default_factory=list)
    year: str = ""
    grouped: bool = False
    words: Words = field(init=False)
    headers: Headers = field(init=False)

    def __post_init__(self) -> None:
        self.words = Words(self.context)
        self.headers = Headers(self._told)

    def unfold(self, document: Document, lines: Iterable[Line]) -> list[Figure]:
        """The figures of all blocks in these lines of a document."""
        title: dict[str, str] = {}
        block: Block | None = None
        above: dict[int, Told] = {}
        labels: dict[int, str] = {}
        asked = self.context.options.period
        self.year = str(asked.start.year) if asked else year_in(document.name)
        for line, below in pairwise(chain(lines, [None])):
            if line is None:
                break
            if self._is_title(line):
                self._read_title(line, title)
                block, above, labels = None, {}, {}
                continue
            self.year = self.headers.year_of_plans(line) or self.year
            columns = self.headers.columns(line)
            if columns and self.headers.is_upper(line, columns, above, below):
                above = columns
            elif columns:
                block = Block(
                    joined(columns, above),
                    self._with_corner(line, columns, title),
                    notes_among(line, min(columns)),
                )
                self.grouped = self.grouped or are_groups(above)
                above, labels = {}, {}
                self.blocks += 1
            elif block is not None:
                self._read_row(line, block, labels)
        return self.figures

    def _told(self, text: str) -> Told:
        """What one cell says, a month without its year with the year that stands above."""
        told = self.words.meaning(text)
        if MONTH in told:
            return {**told, PERIOD: f"{self.year or NO_YEAR}-{told[MONTH]}"}
        return told

    # Titles

    def _is_title(self, line: Line) -> bool:
        """One text alone, or repeated over merged cells."""
        texts = {cell for cell in line.cells if cell}
        text = next(iter(texts))
        return len(texts) == 1 and bool(YEAR.fullmatch(text) or not is_number(text))

    def _read_title(self, line: Line, title: dict[str, str]) -> None:
        text = next(cell for cell in line.cells if cell)
        self.year = year_in(text) or self.year
        told = self._told(text) or period_in(text)
        self._read_scenario(told, title, is_sheet=not line.number)
        for axis in AXES:
            if axis in told:
                title[axis] = told[axis]

    def _read_scenario(self, told: Told, title: dict[str, str], *, is_sheet: bool) -> None:
        """A plan's title holds until one of what happened, of another such period or sheet."""
        before, after = title.get(PERIOD, ""), told.get(PERIOD, "")
        alike = bool(before and after) and is_year(before) == is_year(after)
        if PLANNED in told:
            title[PLANNED] = told[PLANNED]
        elif HAPPENED in told or alike or is_sheet:
            title.pop(PLANNED, None)

    def _with_corner(self, line: Line, columns: Mapping[int, Told], title: Told) -> Told:
        """The titles above, and what stands in the corner of the header ("Janvier 2026")."""
        said = dict(title)
        for cell in line.cells[: min(columns)]:
            told = self._told(cell)
            said |= {axis: words for axis, words in told.items() if axis in AXES}
        return said

    # Rows

    def _read_row(self, line: Line, block: Block, labels: dict[int, str]) -> None:
        cells = {i: line.cells[i] for i in block.columns if i < len(line.cells) and line.cells[i]}
        if not cells or not any(map(is_number, cells.values())):
            return
        row = self._labels(line, block, labels)
        if row is None:
            return
        for index, cell in cells.items():
            told = _in_its_year({**block.title, **row, **block.columns[index]}, row, block, index)
            if plan := _plan(block.columns[index], row, block.title):
                self.planned[plan] = self.planned.get(plan, 0) + is_number(cell)
                continue
            if is_nothing(cell) or not self._counts(told, block, row, index):
                continue
            metric = resolved(told)
            if metric:
                text, channel = cell + told.get(SIZE, ""), told.get(CHANNEL, "")
                self.figures.append(Figure(line.number, text, told[PERIOD], metric, channel))
            else:
                self.left_out.setdefault(told[METRIC].removeprefix(OPEN), "")

    def _labels(self, line: Line, block: Block, labels: dict[int, str]) -> Told | None:
        """What the row's labels say; with several, one that is blank repeats the one above."""
        row: dict[str, str] = {}
        for index in range(block.first):
            if index in block.notes:
                continue
            cell = line.cells[index] if index < len(line.cells) else ""
            if not cell and block.first > 1 and index < block.first - 1:
                cell = labels.get(index, "")
            labels[index] = cell
            told = self._told(cell)
            if cell and (not told or DERIVED in told):
                self._leave_out(line, cell, block, told)
                return None
            row |= told
            if cell and METRIC in told:
                self.labels.setdefault(cell)
        return row or None

    def _leave_out(self, line: Line, label: str, block: Block, told: Told) -> None:
        """A row that is no metric is left out; one that should be a channel is to be mended."""
        if "" in {self.context.said(METRIC, label), self.context.said(CHANNEL, label)}:
            return
        if told or not {METRIC, PERIOD} <= block.axes | block.title.keys():
            self.left_out.setdefault(label, DERIVED if told else "")
        else:
            self.strangers.append((line.number, label))

    def _counts(self, told: Told, block: Block, row: Told, index: int) -> bool:
        """Whether a figure is one: a total over channels is, a total over months is not."""
        if METRIC not in told or PERIOD not in told or DERIVED in told:
            return False
        axes = block.axes
        totalled = TOTALLED in told
        if totalled and block.by_month:
            return False
        over = axes if TOTALLED in block.columns[index] else {CHANNEL}
        if totalled and CHANNEL not in over:
            return False
        if TOTALLED in row and ({METRIC, PERIOD} - axes - set(block.title)):
            return False
        self.arrangements.add(tuple(frozenset(one) & set(AXES) for one in (axes, row, block.title)))
        return True


def _in_its_year(told: dict[str, str], row: Told, block: Block, index: int) -> Told:
    """What stands for a figure, its month in the year that the other axis says."""
    column = block.columns[index]
    across, down = column.get(PERIOD, ""), row.get(PERIOD, "")
    if MONTH in row and YEAR.fullmatch(across):
        block.by_month = True
        return {**told, PERIOD: f"{across}-{row[MONTH]}"}
    if MONTH in column and YEAR.fullmatch(down):
        return {**told, PERIOD: f"{down}-{column[MONTH]}"}
    return told


def _plan(*told: Told) -> str:
    """What calls a figure a plan, "" where its column, its row or its title calls it real."""
    said = next((one for one in told if SCENARIO & one.keys()), {})
    return said.get(PLANNED, "")
