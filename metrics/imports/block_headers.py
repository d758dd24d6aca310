"""The headers of tables kept by hand: what stands across, and what groups it from above.

Two or more periods, metrics, channels or scenarios ("actual", "budget") side by side, right of the
labels, are a header. One with gaps, or whose words repeat, groups the columns of the one below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from metrics.imports.block_words import (
    AXES,
    CHANNEL,
    DERIVED,
    HAPPENED,
    METRIC,
    PERIOD,
    PLANNED,
    TOTALLED,
    Told,
    year_in,
)
from metrics.imports.cells import Line
from metrics.imports.folding import header_key
from metrics.imports.layout import Kind
from metrics.imports.roles import role_named

MOST_LABELS = 3
SCENARIO = frozenset({HAPPENED, PLANNED})


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

    @property
    def axes(self) -> set[str]:
        """What the columns say: periods, metrics, channels."""
        return {axis for one in self.columns.values() for axis in one}


@dataclass(frozen=True, slots=True)
class Headers:
    """Finds headers; `told` is what one cell says."""

    told: Callable[[str], Told]

    def columns(self, line: Line) -> dict[int, Told]:
        """What the columns of a header say: two or more of one axis, right of the labels."""
        told = {index: self.told(cell) for index, cell in enumerate(line.cells) if cell}
        for axis in AXES:
            places = [index for index, one in told.items() if axis in one and index]
            if len(places) < 2 or (axis == PERIOD and not _are_periods(line, places)):
                continue
            if found := _side_by_side(told, places):
                return found
        places = [index for index, one in told.items() if SCENARIO & one.keys() and index]
        return _side_by_side(told, places) if len(places) > 1 else {}

    def is_upper(
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
            lower = self.columns(below)
            grouping = len(lower) >= len(columns) and not any(
                METRIC in one for one in lower.values()
            )
        elif METRIC in axes:
            return False
        return not above and grouping

    def year_of_plans(self, line: Line) -> str:
        """The year of a header's plan ("Budget 2026"), in which the months beside it are."""
        plans = [cell for cell in line.cells if cell and PLANNED in self.told(cell)]
        years = set(map(year_in, plans))
        return years.pop() if len(years) == 1 else ""


def _side_by_side(told: Mapping[int, Told], places: Sequence[int]) -> dict[int, Told]:
    """The columns from the first of these on, where few of the others say something else."""
    rest = [i for i in told if i >= places[0] and i not in places]
    spare = [i for i in rest if {TOTALLED, DERIVED, PLANNED} & told[i].keys()]
    if places[0] > MOST_LABELS or len(rest) - len(spare) > len(places):
        return {}
    return {i: told[i] for i in sorted([*places, *spare])}


def joined(columns: Mapping[int, Told], above: Mapping[int, Told]) -> dict[int, Told]:
    """Columns with what groups them: a group holds until the next one begins."""
    found: dict[int, Told] = {}
    for index, told in columns.items():
        starts = [start for start in above if start <= index]
        found[index] = {**(above[max(starts)] if starts else {}), **told}
    return found


def are_groups(above: Mapping[int, Told]) -> bool:
    """Whether several channels group the columns."""
    return len({one.get(CHANNEL) for one in above.values()}) > 1


def notes_among(line: Line, first: int) -> frozenset[int]:
    """The columns of labels that only tell about the row: its unit, its source."""
    roles = {index: role_named(header_key(cell)) for index, cell in enumerate(line.cells[:first])}
    return frozenset(i for i, role in roles.items() if role is not None and role.kind is Kind.NOTE)


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
