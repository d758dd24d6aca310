"""Days as columns, from what is being computed or from stored blocks."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from metrics.engine.block_rows import load_cubes
from metrics.engine.cubes import Cubes, Ints, Part, side_by_side
from metrics.engine.facts import day_of, number_of
from metrics.engine.owners import Owners
from metrics.models.snapshot import BlockSpan


class DayStore:
    """Finds the base metrics of any days of some workspaces."""

    def __init__(self, owners: Owners) -> None:
        self._owners = owners
        self._days = np.zeros(0, np.int64)
        self._cubes: Cubes = {}
        self._blocks: dict[tuple[date, frozenset[str] | None], Cubes] = {}

    def hold(self, days: Ints, cubes: Cubes) -> None:
        """Keeps days that were computed just now; their blocks are not read again."""
        self._days, self._cubes = days, cubes
        months = {day_of(one).replace(day=1) for one in days.tolist()}
        self._blocks = {one: cubes for one, cubes in self._blocks.items() if one[0] not in months}

    def columns(self, days: Sequence[int] | Ints, keys: frozenset[str] | None = None) -> Cubes:
        """One column for each of the days; with the lines of these metrics only, where given."""
        return side_by_side(self.parts(days, keys), len(days), len(self._owners))

    def parts(
        self, days: Sequence[int] | Ints, keys: frozenset[str] | None = None
    ) -> dict[int, list[Part]]:
        """The same, by where each column is taken from."""
        wanted = np.asarray(days, np.int64)
        place = np.minimum(np.searchsorted(self._days, wanted), max(len(self._days) - 1, 0))
        held = self._days[place] == wanted if len(self._days) else np.zeros(len(wanted), bool)
        found: dict[int, list[Part]] = defaultdict(list)
        if held.any():
            for dimension, cube in self._cubes.items():
                part = Part(
                    cube if keys is None else cube.of(keys), place[held], np.flatnonzero(held)
                )
                found[dimension].append(part)
        by_month: dict[date, list[int]] = defaultdict(list)
        for column in np.flatnonzero(~held).tolist():
            by_month[day_of(wanted[column]).replace(day=1)].append(column)
        self._load(by_month, keys)
        for month, columns in by_month.items():
            source = wanted[columns] - number_of(month)
            for dimension, cube in self._blocks[month, keys].items():
                found[dimension].append(Part(cube, source, np.array(columns, np.int64)))
        return found

    def _load(self, months: Iterable[date], keys: frozenset[str] | None) -> None:
        missing = [month for month in months if (month, keys) not in self._blocks]
        for month, cubes in load_cubes(self._owners, BlockSpan.DAYS, missing, keys).items():
            self._blocks[month, keys] = cubes
