"""Writes what differs: rows are compared with what is stored, byte by byte."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime

import numpy as np

from metrics.engine.facts import number_of
from metrics.engine.own_cells import BlockKey, OwnBlocks, Place, first_day, places_in, put_into
from metrics.engine.row_changes import own_changes
from metrics.engine.row_reading import said_of
from metrics.engine.rows import NO_ROWS, Rows
from metrics.joint import Joint
from metrics.models.snapshot import GRAIN_NUMBERS
from metrics.own_rows import save_own
from metrics.periods import Grain, Period
from metrics.resolution import Segment
from metrics.restating import Restating
from metrics.snapshot_rows import PeriodStarts, Stored, load_own_years, load_stored
from metrics.snapshot_writing import (
    AFTER_ALL,
    BEFORE_ALL,
    NOTHING_LATE,
    Bound,
    bound_at,
    drop_rows,
    insert_rows,
    merge_rows,
    update_rows,
)


class Storing:
    """The rows of some periods: those given are kept, all others of these periods are dropped.

    Closed periods are read before they are written: what they said otherwise is restated. The
    others are expected to change, and PostgreSQL compares them by itself.
    """

    def __init__(
        self, rules: Joint, periods: Sequence[Period], restating: Restating, *, now: datetime
    ) -> None:
        self._owners = rules.owners
        self._restating = restating
        self._now = now
        closed = [one for one in periods if one.end < restating.open_since]
        self._closed = {
            (int(GRAIN_NUMBERS[one.grain]), number_of(one.start)): one for one in closed
        }
        self._starts = starts_of(periods)
        self._own_before = load_own_years(rules.owners, self._starts) if rules.own else {}
        self._own: dict[BlockKey, bytes] = {}
        self._stored = load_stored(rules.owners, starts_of(closed))
        self._there = frozenset(self._stored)
        self._open = starts_of(one for one in periods if one.end >= restating.open_since)
        self._waiting: tuple[Rows, Segment] | None = None
        self._merged_to = BEFORE_ALL
        self.written = 0

    def keep(self, rows: Rows, last: Segment) -> None:
        """Writes those of the rows that are not stored just so, by code the next ones up to the
        last segment; the last ones, and own metrics, wait for the end."""
        self._own |= rows.own
        self._merge_waiting()
        closed = rows.places.end < number_of(self._restating.open_since)
        self._waiting = rows.at(np.flatnonzero(~closed)), last
        if closed.any():
            self._keep_closed(rows.at(np.flatnonzero(closed)))

    def _merge_waiting(self) -> None:
        if self._waiting is not None:
            rows, last = self._waiting
            self._merge(rows, bound_at(self._owners, last))

    def _merge(self, rows: Rows, last: Bound) -> None:
        """Makes these all open rows up to a segment, from where it was done before."""
        if self._open:
            self.written += merge_rows(
                self._owners,
                self._open,
                rows.places,
                rows.shipped,
                after=self._merged_to,
                last=last,
                now=self._now,
            )
        self._merged_to = last

    def _keep_closed(self, rows: Rows) -> None:
        if not self._stored:
            self._insert(rows)
            return
        at = rows.places
        columns = (one.tolist() for one in (at.grain, at.start, at.dimension, at.segment))
        before = [self._stored.pop(place, None) for place in zip(*columns, strict=True)]
        after = zip(at.end.tolist(), rows.shipped, strict=True)
        self._insert(rows.at(np.flatnonzero([former is None for former in before])))
        changed = [
            (n, former)
            for n, (former, latter) in enumerate(zip(before, after, strict=True))
            if former is not None and former != latter
        ]
        late = [self._compared(at.place(n), former, rows.shipped[n]) for n, former in changed]
        self._update(rows.at(np.array([n for n, _former in changed], np.int64)), late)

    def _insert(self, rows: Rows) -> None:
        insert_rows(self._owners, rows.places, rows.shipped, now=self._now)
        self.written += len(rows.shipped)

    def _update(self, rows: Rows, late: Sequence[bytes]) -> None:
        update_rows(self._owners, rows.places, rows.shipped, late, now=self._now)
        self.written += len(rows.shipped)

    def finish(self) -> None:
        """Deletes the rows of these periods that were not given; writes own metrics that differ."""
        for place, before in self._stored.items():
            self._compared(Place(*place), before, None)
        self.written += drop_rows(self._owners, list(self._stored))
        self._merge(self._waiting[0] if self._waiting else NO_ROWS, AFTER_ALL)
        if self._own or self._own_before:
            self._save_own()

    def _compared(self, place: Place, before: Stored, after: bytes | None) -> bytes:
        """Restates the values of a closed period that changed; returns which appeared late."""
        period = self._closed[place.grain, place.start]
        _end, shipped = before
        former = said_of(shipped).values
        values = said_of(after).values if after is not None else {}
        self._restating.compare(period, place.segment, former, values)
        return late_json(former, values, self._now)

    def _save_own(self) -> None:
        """Own metrics of other periods in the same blocks stay as they are."""
        starts = {
            int(GRAIN_NUMBERS[grain]): np.array([number_of(one) for one in several], np.int64)
            for grain, several in self._starts.items()
        }
        keys = self._own_before.keys() | self._own.keys()
        places = {
            (grain, year): places_in(starts[grain], year)
            for grain, year in {(key.grain, key.year) for key in keys}
        }
        after = {
            key: put_into(
                self._own_before.get(key, b""), self._own.get(key, b""), places[key.grain, key.year]
            )
            for key in keys
        }
        late: dict[Place, list[str]] = {}
        if self._closed:
            late = restate_own(self._own_before, after, self._closed.get, self._restating)
        self.written += save_own(
            self._owners,
            self._own_before,
            after,
            late={place: keys for place, keys in late.items() if place in self._there},
            now=self._now,
        )


def restate_own(
    before: OwnBlocks,
    after: OwnBlocks,
    period_at: Callable[[tuple[int, int]], Period | None],
    restating: Restating,
) -> dict[Place, list[str]]:
    """Restates what blocks say of closed periods otherwise now; returns what appeared late.

    `period_at` knows the periods that may differ, by grain as stored and number of the first day.
    """
    changed = [
        key for key in before.keys() | after.keys() if before.get(key, b"") != after.get(key, b"")
    ]
    found = own_changes(
        [before.get(one, b"") for one in changed], [after.get(one, b"") for one in changed]
    )
    firsts = [first_day(one.year) for one in changed]

    def closed(block: int, place: int) -> Period | None:
        period = period_at((changed[block].grain, firsts[block] + place))
        return period if period and period.end < restating.open_since else None

    for (block, key), several in found.restated.items():
        periods = [closed(block, one.place) for one in several]
        restating.note(
            changed[block].segment,
            key,
            [(one, *two[1:]) for one, two in zip(periods, several, strict=True) if one],
        )
    return {
        Place(changed[block].grain, firsts[block] + place, *changed[block].segment): keys
        for (block, place), keys in found.late.items()
        if closed(block, place) is not None
    }


def late_json(before: Collection[str], after: Iterable[str], now: datetime) -> bytes:
    """The metrics that had no value in a closed period and have one now, with the moment."""
    fresh = [key for key in after if key not in before]
    return json.dumps(dict.fromkeys(fresh, now.isoformat())).encode() if fresh else NOTHING_LATE


def starts_of(periods: Iterable[Period]) -> PeriodStarts:
    """The first days of periods by their grain."""
    found: dict[Grain, list[date]] = {}
    for one in periods:
        found.setdefault(one.grain, []).append(one.start)
    return found
