"""A changed formula: the workspace's own metrics anew, over stored rows, and no fact is read."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice

from metrics.deriving import Deriving, without_cubes
from metrics.engine.day_store import DayStore
from metrics.engine.rows import own_said
from metrics.periods import Grain, Period
from metrics.resolution import EVERYTHING, Segment, rest_of
from metrics.restating import Restating
from metrics.rules import BASE, Rules
from metrics.snapshot_rows import (
    GRAIN_NUMBERS,
    OwnFresh,
    Place,
    load_given,
    load_own,
    save_own,
    stored_segments,
    stored_starts,
)
from metrics.storing import late_json, starts_of

ROWS_AT_ONCE = 10_000
GRAINS: Mapping[int, Grain] = {int(number): grain for grain, number in GRAIN_NUMBERS.items()}


class Redefining:
    """Works out all own metrics of a workspace in the periods that are stored."""

    def __init__(self, rules: Rules, restating: Restating, *, today: date, now: datetime) -> None:
        self._rules = replace(rules, formulas=rules.formulas.only(rules.own))
        self._restating = restating
        self._today = today
        self._now = now
        self._store = DayStore(rules.workspace_id)

    def everywhere(self) -> int:
        """Writes what differs; returns how many rows did."""
        workspace_id = self._rules.workspace_id
        periods = [
            self._rules.calendar.period_of(start, GRAINS[grain])
            for grain, start in stored_starts(workspace_id)
        ]
        if not periods:
            return 0
        size = max(ROWS_AT_ONCE // len(periods), 1)
        segments = iter(stored_segments(workspace_id))
        written = 0
        while chunk := list(islice(segments, size)):
            written += self._of_segments(periods, chunk)
        return written

    def _of_segments(self, periods: Sequence[Period], segments: Sequence[Segment]) -> int:
        rules = self._rules
        keys = rules.formulas.read_in_place(rules.own)
        bases = BASE & frozenset().union(*(rules.formulas.base_of(key) for key in rules.own))
        around = {rest_of(one.dimension) for one in segments if one.dimension}
        if EVERYTHING in segments:
            named = set(rules.segments.values())
            around |= {one for each in named for one in (each, rest_of(each.dimension))}
        given = load_given(
            rules.workspace_id, starts_of(periods), bases, segments={*segments, *around}
        )
        deriving = Deriving(
            rules,
            without_cubes(periods),
            self._store,
            today=self._today,
            given=given,
            only=keys & rules.formulas.by_key.keys(),
        )
        return self._save(deriving, given)

    def _save(self, deriving: Deriving, given: Iterable[Place]) -> int:
        """Writes the rows' own metrics that differ, and restates those of closed periods."""
        rules = self._rules
        stored = load_own(rules.workspace_id, list(given))
        fresh: list[OwnFresh] = []
        for table, rows in deriving.tables():
            for period, segment, said in own_said(table, deriving.periods, rows):
                place = Place(GRAIN_NUMBERS[period.grain], period.start, *segment)
                before = stored.get(place)
                fingerprint = said.fingerprint(period.end)
                if before is None or before.fingerprint == fingerprint:
                    continue
                late = "{}"
                if period.end < self._today:
                    former, values = json.loads(before.values), said.numbers()
                    self._restating.compare(period, segment, former, values)
                    late = late_json(former, values, self._now)
                fresh.append(OwnFresh(place, said, fingerprint, late))
        return save_own(rules.workspace_id, fresh, now=self._now)
