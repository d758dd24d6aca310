"""Tables as people keep them by hand: a block for each month, or months side by side.

"Janvier 2026" stands above a block whose rows are metrics and whose columns are channels, or the
other way round; or months are the columns and each row is a metric. Whatever the arrangement, each
figure has a metric, a period and perhaps a channel, which its column's header, its row's label or
the title above say. The figures are unfolded into one long table, which is then read as any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

from django.utils.translation import ngettext

from metrics.imports.block_words import (
    AXES,
    CHANNEL,
    DERIVED,
    METRIC,
    MONTH,
    OPEN,
    PERIOD,
    SIZE,
    TOTALLED,
    YEAR,
    Told,
    Words,
    resolved,
)
from metrics.imports.cells import Line, Lines
from metrics.imports.context import Context
from metrics.imports.dates import NAMED_MONTH
from metrics.imports.days import ask_year
from metrics.imports.folding import fold, header_key
from metrics.imports.guessing import alike, meant, shape_of
from metrics.imports.layout import Column, Kind, dimension, when
from metrics.imports.names import settle_words
from metrics.imports.numbers import is_nothing, is_number
from metrics.imports.reading import Document
from metrics.imports.roles import read_channel, role_named
from metrics.imports.table import Table
from metrics.imports.wording import listed

NO_YEAR = "????"
MOST_LABELS = 3
SEARCHED_LINES, SEARCHED_HEADERS = 120, 10
OTHER_ROLES = frozenset({"campaign", "device", "asset", "audience"})
LONG_COLUMNS: list[Column | None] = [
    when("day"),
    Column(Kind.METRIC_NAME, "metric"),
    Column(Kind.VALUE, "value"),
    dimension("channel", read=read_channel),
]
LONG_HEADER = ["period", "metric", "value", "channel"]

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
class Block:
    """A header and what its columns say, with the titles above it."""

    columns: dict[int, Told]
    title: Told
    notes: frozenset[int] = frozenset()
    by_month: bool = False
    """Whether years are across and months below each other: then a row's total is one of them."""

    @property
    def first(self) -> int:
        """The first column of figures; those before it hold labels."""
        return min(self.columns)


@dataclass(slots=True)
class Unfolder:
    """Goes through a document line by line and gathers its figures."""

    context: Context
    figures: list[Figure] = field(default_factory=list)
    arrangements: set[Arrangement] = field(default_factory=set)
    blocks: int = 0
    labels: dict[str, None] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    strangers: list[tuple[int, str]] = field(default_factory=list)
    year: str = ""
    grouped: bool = False
    words: Words = field(init=False)

    def __post_init__(self) -> None:
        self.words = Words(self.context)

    def unfold(self, document: Document, lines: Iterable[Line]) -> list[Figure]:
        """The figures of all blocks in these lines of a document."""
        title: dict[str, str] = {}
        block: Block | None = None
        above: dict[int, Told] = {}
        labels: dict[int, str] = {}
        asked = self.context.options.period
        self.year = str(asked.start.year) if asked else _year_in(document.name)
        for line, below in pairwise(chain(lines, [None])):
            if line is None:
                break
            if self._is_title(line):
                self._read_title(line, title)
                block, above, labels = None, {}, {}
                continue
            columns = self._columns(line)
            if columns and self._is_upper(line, columns, above, below):
                above = columns
            elif columns:
                block = Block(
                    self._joined(columns, above),
                    self._with_corner(line, columns, title),
                    _notes(line, min(columns)),
                )
                above, labels = {}, {}
                self.blocks += 1
            elif block is not None:
                self._read_row(line, block, labels)
        return self.figures

    def _told(self, text: str) -> Told:
        """What one cell says, a month without its year with the year that stands above."""
        told = self.words.meaning(text)
        if MONTH in told:
            return {PERIOD: f"{self.year or NO_YEAR}-{told[MONTH]}", MONTH: told[MONTH]}
        return told

    # Titles

    def _is_title(self, line: Line) -> bool:
        """One text alone, or repeated over merged cells."""
        texts = {cell for cell in line.cells if cell}
        text = next(iter(texts))
        return len(texts) == 1 and bool(YEAR.fullmatch(text) or not is_number(text))

    def _read_title(self, line: Line, title: dict[str, str]) -> None:
        text = next(cell for cell in line.cells if cell)
        self.year = _year_in(text) or self.year
        told = self._told(text) or _period_in(text)
        for axis in AXES:
            if axis in told:
                title[axis] = told[axis]

    def _with_corner(self, line: Line, columns: Mapping[int, Told], title: Told) -> Told:
        """The titles above, and what stands in the corner of the header ("Janvier 2026")."""
        said = dict(title)
        for cell in line.cells[: min(columns)]:
            told = self._told(cell)
            said |= {axis: words for axis, words in told.items() if axis in AXES}
        return said

    # Headers

    def _columns(self, line: Line) -> dict[int, Told]:
        """What the columns of a header say: two or more of one axis, right of the labels."""
        told = {index: self._told(cell) for index, cell in enumerate(line.cells) if cell}
        for axis in AXES:
            places = [index for index, one in told.items() if axis in one and index]
            if len(places) < 2 or (axis == PERIOD and not _are_periods(line, places)):
                continue
            rest = [i for i in told if i >= places[0] and i not in places]
            spare = [i for i in rest if TOTALLED in told[i] or DERIVED in told[i]]
            if places[0] <= MOST_LABELS and len(rest) - len(spare) <= len(places):
                return {i: told[i] for i in sorted([*places, *spare])}
        return {}

    def _is_upper(
        self,
        line: Line,
        columns: Mapping[int, Told],
        above: Mapping[int, Told],
        below: Line | None,
    ) -> bool:
        """Whether a header only groups the columns of the one below: channels, periods, metrics."""
        axes = {axis for told in columns.values() for axis in told}
        gaps = any(not line.cells[index] for index in range(min(columns), max(columns)))
        words = [tuple(told.values()) for told in columns.values()]
        grouping = gaps or len(set(words)) < len(words)
        if METRIC in axes and grouping and below is not None:
            lower = self._columns(below)
            grouping = len(lower) >= len(columns) and not any(
                METRIC in one for one in lower.values()
            )
        elif METRIC in axes:
            return False
        return not above and grouping

    def _joined(self, columns: Mapping[int, Told], above: Mapping[int, Told]) -> dict[int, Told]:
        """Columns with what groups them: a group holds until the next one begins."""
        self.grouped = self.grouped or len({one.get(CHANNEL) for one in above.values()}) > 1
        joined: dict[int, Told] = {}
        for index, told in columns.items():
            starts = [start for start in above if start <= index]
            joined[index] = {**(above[max(starts)] if starts else {}), **told}
        return joined

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
        metrics = [block.title, *block.columns.values()]
        periods = {axis for one in metrics for axis in one}
        if told or not {METRIC, PERIOD} <= periods:
            self.left_out.setdefault(label, DERIVED if told else "")
        else:
            self.strangers.append((line.number, label))

    def _counts(self, told: Told, block: Block, row: Told, index: int) -> bool:
        """Whether a figure is one: a total over channels is, a total over months is not."""
        if METRIC not in told or PERIOD not in told or DERIVED in told:
            return False
        axes = {axis for one in block.columns.values() for axis in one}
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


def _notes(line: Line, first: int) -> frozenset[int]:
    """The columns of labels that only tell about the row: its unit, its source."""
    roles = {index: role_named(header_key(cell)) for index, cell in enumerate(line.cells[:first])}
    return frozenset(i for i, role in roles.items() if role is not None and role.kind is Kind.NOTE)


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


def _are_periods(line: Line, places: Sequence[int]) -> bool:
    """Whether cells are headers that are periods, not figures that look like years."""
    cells = [line.cells[index] for index in places]
    different = list(dict.fromkeys(cells))
    times = len(cells) // len(different)
    again = len(different) > 1 and cells == different * times
    return again and not _is_figure_row(line, places)


def _is_figure_row(line: Line, places: Sequence[int]) -> bool:
    plain = [i for i, cell in enumerate(line.cells) if i and cell.isdecimal() and i not in places]
    return bool(plain)


def _period_in(text: str) -> Told:
    """The month that a longer title names ("Reporting – janvier 2026")."""
    found = NAMED_MONTH.search(fold(text))
    return {PERIOD: found.group().strip()} if found and YEAR.search(found.group()) else {}


def _year_in(text: str) -> str:
    found = YEAR.search(text)
    return found[1] if found else ""


def unfolded(document: Document, context: Context) -> list[Table]:
    """The figures of all blocks as one long table; asks for the year where none is written."""
    unfolder, figures = _settled(document, context)
    if any(one.period.startswith(NO_YEAR) for one in figures):
        ask_year(context)
    _say_left_out(unfolder, context)
    this_year = str(context.workspace.today.year)
    rows = [
        Line(one.line, [one.period.replace(NO_YEAR, this_year), one.metric, one.text, one.channel])
        for one in figures
    ]
    return [Table([], Line(1, LONG_HEADER), list(LONG_COLUMNS), Lines.of(rows))]


def _settled(document: Document, context: Context) -> tuple[Unfolder, list[Figure]]:
    """The figures of all blocks, once it is settled what their unknown labels stand for.

    What was said of labels in an earlier file with the same ones holds for this file too.
    """
    unfolder = Unfolder(context)
    figures = unfolder.unfold(document, document.lines)
    channels = Counter(label for _row, label in unfolder.strangers)
    metrics = dict.fromkeys((one for one, why in unfolder.left_out.items() if not why), 1)
    context.result.shape = shape_of([*channels, *metrics, *unfolder.labels])
    metrics = {one: 1 for one in metrics if _likely(one, context)}
    if not channels and not metrics:
        return unfolder, figures
    settle_words(channels, CHANNEL, "", context)
    settle_words(metrics, METRIC, "", context)
    unfolder = Unfolder(context)
    return unfolder, unfolder.unfold(document, document.lines)


def _likely(label: str, context: Context) -> bool:
    """Whether a label is likely to name a metric under another name."""
    return meant(label, context.vocabulary)[0] is not None or bool(alike(label, context)[0])


def certainty_of_blocks(document: Document, context: Context) -> float:
    """How sure it is that a document is laid out in blocks, 0 to 1."""
    unfolder = Unfolder(context)
    found = len(unfolder.unfold(document, document.lines[:SEARCHED_LINES]))
    if found < 2 or all(map(_is_plain, unfolder.arrangements)) or _has_other_roles(document):
        return 0.0
    return 0.99 if unfolder.grouped else 0.8


def _has_other_roles(document: Document) -> bool:
    """Whether rows are broken down by what blocks do not have: campaigns, pages, devices."""
    return any(
        (role := role_named(header_key(cell))) is not None and role.target in OTHER_ROLES
        for line in document.lines[:SEARCHED_HEADERS]
        for cell in line.cells
    )


def _is_plain(arrangement: Arrangement) -> bool:
    """Metrics above, and each row with its date: a wide table, which has a layout of its own."""
    columns, rows, title = arrangement
    return columns == {METRIC} and PERIOD in rows and CHANNEL not in title


def _say_left_out(unfolder: Unfolder, context: Context) -> None:
    """One sentence for the rows that are worked out, one for those that name nothing here."""
    derived = [label for label, reason in unfolder.left_out.items() if reason]
    strange = [label for label, reason in unfolder.left_out.items() if not reason]
    if derived:
        message = ngettext(
            "The row %(rows)s is left out: it is worked out from other metrics.",
            "The rows %(rows)s are left out: they are worked out from other metrics.",
            len(derived),
        )
        context.warn("row_left_out", message % {"rows": listed(derived)})
    if strange:
        message = ngettext(
            "The row %(rows)s is left out: it names no metric and no channel.",
            "The rows %(rows)s are left out: they name no metric and no channel.",
            len(strange),
        )
        context.warn("row_left_out", message % {"rows": listed(strange)})
