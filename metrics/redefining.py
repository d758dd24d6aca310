"""A changed formula: the workspace's own metrics anew, over stored rows, and no fact is read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

import numpy as np

from metrics.deriving import Deriving, without_cubes
from metrics.engine.day_store import DayStore
from metrics.engine.facts import day_of, number_of
from metrics.engine.row_changes import own_changes
from metrics.engine.rows import Places, own_written
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
        self._open_since = number_of(restating.open_since)
        self._day = today
        self._now = now
        self._store = DayStore(rules.workspace_id)
        self._periods: dict[tuple[int, int], Period] = {}

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
            self._period(grain, start)
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
        for table, own_periods, count in deriving.tables():
            places, own = own_written(table, own_periods, count)
            changed: list[int] = []
            former: list[bytes] = []
            rows = zip(*(column.tolist() for column in places), strict=True)
            for n, (grain, start, _end, dimension, segment_id) in enumerate(rows):
                before = stored.get(Place(grain, start, dimension, segment_id))
                if before is None or before.own == own[n]:
                    continue
                if (dimension, segment_id) in wanted:
                    changed.append(n)
                    former.append(before.own)
            chosen = places.at(np.array(changed, np.int64))
            values = [own[n] for n in changed]
            late = self._compared(chosen, former, values)
            save_own(self._rules.workspace_id, chosen, values, late, now=self._now)
            written += len(changed)
        return written

    def _compared(
        self, places: Places, former: Sequence[bytes], values: Sequence[bytes]
    ) -> list[bytes]:
        """Restates values of closed periods that changed; returns by row which appeared late."""
        closed = np.flatnonzero(places.end < self._open_since).tolist()
        found = own_changes([former[n] for n in closed], [values[n] for n in closed])
        grain, start, _end, dimension, segment_id = (column.tolist() for column in places)
        for row, key, before, after in found.restated:
            n = closed[row]
            period = self._period(grain[n], start[n])
            segment = Segment(dimension[n], segment_id[n])
            self._restating.note(period, segment, key, before, after)
        late = [NOTHING_LATE] * len(former)
        for row, keys in found.late.items():
            late[closed[row]] = late_json((), keys, self._now)
        return late

    def _period(self, grain: int, start: int) -> Period:
        period = self._periods.get((grain, start))
        if period is None:
            period = self._rules.calendar.period_of(day_of(start), GRAINS[grain])
            self._periods[grain, start] = period
        return period
