"""Cells pasted from a spreadsheet: which go where, before anything is written.

A block goes from one cell to the right and down. Where it brings names of metrics in its first
column, or periods in its first row, each number goes to the cell of that name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts import fmt, fmt_dates
from accounts.models import Workspace
from accounts.typed_numbers import NumberError, parse_number
from metrics.entry_grid import Cell, Grid, GridRow, language
from metrics.grid_saving import check_cells
from metrics.imports.folding import fold
from metrics.periods import Grain, Period
from metrics.rules import calendar_of

MOST_CHARACTERS = 20_000
MOST_CELLS = 400
AROUND = timedelta(days=1100)
"""So far before and after the table a header may name periods."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """One pasted text, the cell that it goes to, and the number read from it."""

    cell: Cell
    value: Decimal | None
    before: str
    after: str

    @property
    def is_change(self) -> bool:
        """Whether saving it would change something; a text that is no number never does."""
        return not self.cell.error and not self.is_same

    @property
    def is_same(self) -> bool:
        """Whether the cell holds this number already."""
        return self.cell.entry is not None and self.cell.entry.value == self.value


@dataclass(slots=True)
class Block:
    """A pasted block: its cells, the texts that have no place here, and what to ask."""

    cells: list[Pasted] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def changes(self) -> list[Pasted]:
        """What saving it would change."""
        return [one for one in self.cells if one.is_change]

    @property
    def unread(self) -> list[Pasted]:
        """The texts that are no numbers."""
        return [one for one in self.cells if one.cell.error]

    @property
    def same(self) -> int:
        """How many cells hold their number already."""
        return sum(1 for one in self.cells if one.is_same and not one.cell.error)

    @property
    def ambiguous(self) -> Cell | None:
        """The first number that can be read in two ways."""
        return next((one.cell for one in self.cells if one.cell.asks_mark), None)

    @property
    def to_confirm(self) -> bool:
        """Whether some number looks wrong, and only that."""
        return any(one.cell.warnings and not one.cell.asks for one in self.changes)


def lay_out(workspace: Workspace, grid: Grid, *, text: str, at: str, mark: str = "") -> Block:
    """What a pasted text would put into the cells of the grid, read and checked; writes nothing.

    `at` is the name of the cell that it is pasted into, the first one where it is unknown.
    """
    if len(text) > MOST_CHARACTERS:
        return Block(problem=_("This is too much to paste at once. Import it as a file instead."))
    lines = [line.split("\t") for line in text.replace("\r\n", "\n").rstrip("\n").split("\n")]
    placed, lost = _placed(workspace, grid, lines, at)
    if not placed and not lost:
        return Block(problem=_("There is no number in what was pasted."))
    if len(placed) > MOST_CELLS:
        return Block(problem=_("This is too much to paste at once. Import it as a file instead."))
    for cell, raw in placed:
        cell.text = raw
    cells = [cell for cell, _raw in placed]
    checked = check_cells(workspace, cells, keep=False, mark=mark)
    values = {cell.name: value for cell, value in checked}
    return Block([_pasted(cell, values.get(cell.name)) for cell, _raw in placed], lost)


def _pasted(cell: Cell, value: Decimal | None) -> Pasted:
    unit, currency = str(cell.metric.definition.unit), cell.metric.workspace.currency
    stored = cell.entry.value if cell.entry else None
    return Pasted(
        cell,
        value,
        fmt.metric_value(stored, unit, currency, language()),
        cell.text if cell.error else fmt.metric_value(value, unit, currency, language()),
    )


def _placed(
    workspace: Workspace, grid: Grid, lines: list[list[str]], at: str
) -> tuple[list[tuple[Cell, str]], list[str]]:
    """Each text with its cell, and the texts that fall outside. Empty texts change nothing."""
    rows = [row for row in grid.rows if row.cells]
    first_row, first_column = _corner(rows, at)
    names, header, lines = _header(workspace, grid, lines)
    named = _named(rows, lines)
    columns = header or _from(grid, first_column - bool(named), lines)
    placed, lost = dict[str, tuple[Cell, str]](), list[str]()
    for down, line in enumerate(lines):
        row = named[down] if named else _row_at(rows, first_row + down)
        for across, raw in enumerate(line):
            place = columns[across] if across < len(columns) else None
            if not raw.strip() or (named and across == 0):
                continue
            if row is None or place is None:
                said = (line[0] if named else "", names[across] if across < len(names) else "")
                name = ", ".join(one.strip() for one in said if one.strip())
                lost.append(f"{raw.strip()} ({name})" if name else raw.strip())
            else:
                placed[row.cells[place].name] = (row.cells[place], raw.strip())
    return list(placed.values()), lost


def _corner(rows: list[GridRow], at: str) -> tuple[int, int]:
    for down, row in enumerate(rows):
        for across, cell in enumerate(row.cells):
            if cell.name == at:
                return down, across
    return 0, 0


def _row_at(rows: list[GridRow], place: int) -> GridRow | None:
    return rows[place] if place < len(rows) else None


def _named(rows: list[GridRow], lines: list[list[str]]) -> list[GridRow | None]:
    """The row that each line names in its first cell; empty where the block names none."""
    if (
        not lines
        or any(len(line) < 2 for line in lines)
        or any(_is_number(one[0]) for one in lines)
    ):
        return []
    known = {fold(row.metric.name): row for row in rows} | {row.metric.key: row for row in rows}
    found = [known.get(fold(line[0])) or known.get(line[0].strip()) for line in lines]
    return found if any(found) else []


def _header(
    workspace: Workspace, grid: Grid, lines: list[list[str]]
) -> tuple[list[str], list[int | None], list[list[str]]]:
    """If the first line names periods: its names, the place of each column, the lines below it.

    Numbers under a period that the table does not show go nowhere, rather than into another one.
    """
    if len(lines) < 2 or any(_is_number(one) for one in lines[0][1:]):
        return [], [], lines
    known = _period_names([(column.period, column.tick) for column in grid.columns])
    places = [known.get(fold(one)) for one in lines[0]]
    if any(place is not None for place in places) or _names_others(workspace, grid, lines[0]):
        return lines[0], places, lines[1:]
    return [], [], lines


def _names_others(workspace: Workspace, grid: Grid, header: list[str]) -> bool:
    """Whether a header names periods that the table could show, but does not."""
    if not any(any(map(str.isdigit, one)) for one in header):
        return False
    calendar, first, last = calendar_of(workspace), grid.columns[0], grid.columns[-1]
    start = first.period.start - AROUND
    around = calendar.periods(start, last.period.end + AROUND, grid.grain)
    names = _period_names([(one, "") for one in around])
    return any(fold(one) in names for one in header if one.strip())


def _from(grid: Grid, first: int, lines: list[list[str]]) -> list[int | None]:
    """The place of each column of a block that starts at one; None outside of the grid."""
    width = max((len(line) for line in lines), default=0)
    known = range(len(grid.columns))
    return [place if place in known else None for place in range(first, first + width)]


def _period_names(periods: Iterable[tuple[Period, str]]) -> Mapping[str, int]:
    """What a period may be called in a header: as here, by its first day, by its key."""
    names: dict[str, int] = {}
    for place, (period, tick) in enumerate(periods):
        day: date = period.start
        for name in (
            tick,
            day.isoformat(),
            day.strftime("%d/%m/%Y"),
            day.strftime("%m/%Y") if period.grain is Grain.MONTH else "",
            period.key,
            fmt_dates.period_label(day, period.grain, language()),
        ):
            if name:
                names.setdefault(fold(name), place)
    return names


def _is_number(text: str) -> bool:
    try:
        parse_number(text.strip().removesuffix("%"), language())
    except NumberError:
        return False
    return True
