"""A changed formula: the workspace's own metrics anew, over stored rows, and no fact is read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

import numpy as np

from metrics.deriving import Deriving, without_cubes
from metrics.engine.day_store import DayStore
from metrics.engine.facts import day_of, number_of
from metrics.engine.row_cells import own_values
from metrics.engine.rows import own_written
from metrics.models.snapshot import GRAIN_NUMBERS
from metrics.periods import Grain, Period
from metrics.resolution import EVERYTHING, Segment, rest_of
from metrics.restating import Restating
from metrics.rules import BASE, Rules
from metrics.snapshot_rows import (
    NOTHING_LATE,
    Place,
    StoredRows,
    given_in,
    load_segments,
    save_own,
    stored_segments,
)
from metrics.storing import late_json

SEGMENTS_AT_ONCE = 64
GRAINS: Mapping[int, Grain] = {int(number): grain for grain, number in GRAIN_NUMBERS.items()}


class Redefining:
    """Works out all own metrics of a workspace in the periods that are stored."""

    def __init__(self, rules: Rules, restating: Restating, *, today: date, now: datetime) -> None:
        self._rules = replace(rules, formulas=rules.formulas.only(rules.own))
        self._restating = restating
        self._today = number_of(today)
        self._day = today
        self._now = now
        self._store = DayStore(rules.workspace_id)

    def everywhere(self) -> int:
        """Writes what differs; returns how many rows did."""
        segments = stored_segments(self._rules.workspace_id)
        return sum(
            self._of_segments(segments[first : first + SEGMENTS_AT_ONCE])
            for first in range(0, len(segments), SEGMENTS_AT_ONCE)
        )

    def _of_segments(self, segments: Sequence[Segment]) -> int:
        rules = self._rules
        keys = rules.formulas.read_in_place(rules.own)
        bases = BASE & frozenset().union(*(rules.formulas.base_of(key) for key in rules.own))
        around = {rest_of(one.dimension) for one in segments if one.dimension}
        around.add(EVERYTHING)
        if EVERYTHING in segments:
            named = set(rules.segments.values())
            around |= {one for each in named for one in (each, rest_of(each.dimension))}
        stored = load_segments(rules.workspace_id, {*segments, *around})
        periods = [
            rules.calendar.period_of(day_of(start), GRAINS[grain])
            for grain, start, dimension, _segment in sorted(stored)
            if not dimension
        ]
        deriving = Deriving(
            rules,
            without_cubes(periods),
            self._store,
            today=self._day,
            given=given_in(stored, bases),
            only=keys & rules.formulas.by_key.keys(),
        )
        return self._save(deriving, stored, frozenset(segments))

    def _save(self, deriving: Deriving, stored: StoredRows, wanted: frozenset[Segment]) -> int:
        """Writes the rows' own metrics that differ, and restates those of closed periods."""
        written = 0
        periods: dict[tuple[int, int], Period] = {}
        for table, own_periods, count in deriving.tables():
            places, own = own_written(table, own_periods, count)
            changed: list[int] = []
            late: list[bytes] = []
            rows = zip(*(column.tolist() for column in places), strict=True)
            for n, (grain, start, end, dimension, segment_id) in enumerate(rows):
                before = stored.get(Place(grain, start, dimension, segment_id))
                if before is None or before.own == own[n]:
                    continue
                segment = Segment(dimension, segment_id)
                if segment not in wanted:
                    continue
                changed.append(n)
                if end >= self._today:
                    late.append(NOTHING_LATE)
                    continue
                period = periods.get((grain, start))
                if period is None:
                    period = periods[grain, start] = self._period(grain, start)
                former, values = own_values(before.own), own_values(own[n])
                self._restating.compare(period, segment, former, values)
                late.append(late_json(former, values, self._now))
            chosen = places.at(np.array(changed, np.int64))
            save_own(
                self._rules.workspace_id, chosen, [own[n] for n in changed], late, now=self._now
            )
            written += len(changed)
        return written

    def _period(self, grain: int, start: int) -> Period:
        return self._rules.calendar.period_of(day_of(start), GRAINS[grain])
