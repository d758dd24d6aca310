"""A changed formula: the workspace's own metrics anew, over stored rows, and no fact is read."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from metrics.deriving import Deriving, without_cubes
from metrics.engine.day_store import DayStore
from metrics.engine.facts import day_of
from metrics.engine.owners import base_of, rest_beside
from metrics.engine.rows import own_written
from metrics.joint import Joint, own_alone
from metrics.models.snapshot import GRAIN_NUMBERS
from metrics.own_rows import load_own, save_own
from metrics.periods import Grain, Period
from metrics.resolution import EVERYTHING, Segment
from metrics.restating import Restating
from metrics.rules import BASE
from metrics.snapshot_rows import load_segments, stored_segments
from metrics.storing import restate_own

ROWS_OF_SEGMENTS = 256
"""Segments whose rows of all periods are read at once: some 30 MB."""
GRAINS: Mapping[int, Grain] = {int(number): grain for grain, number in GRAIN_NUMBERS.items()}


class Redefining:
    """Works out all own metrics of some workspaces in the periods that are stored."""

    def __init__(self, rules: Joint, restating: Restating, *, today: date, now: datetime) -> None:
        self._rules = own_alone(rules)
        self._restating = restating
        self._day = today
        self._now = now
        self._store = DayStore(rules.owners)
        self._periods: dict[tuple[int, int], Period] = {}

    def everywhere(self) -> int:
        """Writes what differs; returns how many rows did."""
        if self._rules.segment_count <= ROWS_OF_SEGMENTS:
            return self._of_segments(None)
        segments = stored_segments(self._rules.owners)
        return sum(
            self._of_segments(segments[first : first + ROWS_OF_SEGMENTS])
            for first in range(0, len(segments), ROWS_OF_SEGMENTS)
        )

    def _of_segments(self, segments: Sequence[Segment] | None) -> int:
        """The same of these segments, or of all."""
        rules = self._rules
        keys = rules.formulas.read_in_place(rules.own)
        bases = BASE & frozenset().union(*(rules.formulas.base_of(key) for key in rules.own))
        read = None if segments is None else {*segments, *_around(rules, segments)}
        given = load_segments(rules.owners, read, bases)
        everything = given.at.dimension == 0
        starts = set(
            zip(
                given.at.grain[everything].tolist(),
                given.at.start[everything].tolist(),
                strict=True,
            )
        )
        periods = [self._period(grain, start) for grain, start in sorted(starts)]
        deriving = Deriving(
            rules,
            [without_cubes(periods, rules.owners)],
            self._store,
            today=self._day,
            given=[given],
            only=keys & rules.formulas.by_key.keys(),
        )
        return self._save(deriving, None if segments is None else frozenset(segments))

    def _save(self, deriving: Deriving, wanted: frozenset[Segment] | None) -> int:
        """Writes what the rows say of own metrics, and restates what closed periods said."""
        owners = self._rules.owners
        before = load_own(owners, segments=wanted)
        after = {
            key: cells
            for table, periods, count in deriving.tables()
            for key, cells in own_written(table, periods, count).items()
            if wanted is None or key.segment in wanted
        }
        late = restate_own(before, after, self._period_at, self._restating)
        return save_own(owners, before, after, late=late, now=self._now)

    def _period_at(self, at: tuple[int, int]) -> Period:
        return self._period(*at)

    def _period(self, grain: int, start: int) -> Period:
        period = self._periods.get((grain, start))
        if period is None:
            period = self._rules.calendar.period_of(day_of(start), GRAINS[grain])
            self._periods[grain, start] = period
        return period


def _around(rules: Joint, segments: Sequence[Segment]) -> set[Segment]:
    """What formulas of these segments read elsewhere, and everything, which says the periods."""
    found = {rest_beside(one) for one in segments if one.dimension}
    found |= {Segment(EVERYTHING.dimension, base_of(one.segment_id)) for one in segments}
    for whole in (one for one in segments if not one.dimension):
        named = rules.segments_named(whole)
        found |= {one for each in named for one in (each, rest_beside(each))}
    return found
