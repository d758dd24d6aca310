"""Writes what differs: rows are compared by their fingerprints, old values read only to restate."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from metrics.engine.rows import Written
from metrics.periods import Grain, Period
from metrics.restating import Restating
from metrics.snapshot_rows import (
    GRAIN_NUMBERS,
    Fresh,
    Place,
    Starts,
    drop_rows,
    load_fingerprints,
    load_former,
    save_rows,
)


class Storing:
    """The rows of some periods: those given are kept, all others of these periods are dropped."""

    def __init__(
        self,
        workspace_id: int,
        periods: Sequence[Period],
        restating: Restating,
        *,
        today: date,
        now: datetime,
    ) -> None:
        self._workspace_id = workspace_id
        self._restating = restating
        self._today = today
        self._now = now
        self._periods = {(int(GRAIN_NUMBERS[one.grain]), one.start): one for one in periods}
        self._stored = load_fingerprints(workspace_id, starts_of(periods))
        self.written = 0

    def keep(self, rows: Iterable[Written]) -> None:
        """Writes those of the rows that are not stored just so."""
        fresh: dict[Place, Written] = {}
        fingerprints: dict[Place, tuple[int, int]] = {}
        new: set[Place] = set()
        changed: list[Place] = []
        for row in rows:
            place = Place(GRAIN_NUMBERS[row.period.grain], row.period.start, *row.segment)
            before, after = self._stored.pop(place, None), row.fingerprints
            if before != after:
                fresh[place], fingerprints[place] = row, after
                if before is None:
                    new.add(place)
                elif row.period.end < self._today:
                    changed.append(place)
        late = self._compare(changed, fresh)
        placed = [
            Fresh(place, row, fingerprints[place], late.get(place, "{}"), place in new)
            for place, row in fresh.items()
        ]
        self.written += save_rows(self._workspace_id, placed, now=self._now)

    def drop_others(self) -> None:
        """Deletes the rows of these periods that were not given."""
        gone = list(self._stored)
        closed = [one for one in gone if self._period(one).end < self._today]
        self._compare(closed, {})
        self.written += drop_rows(self._workspace_id, gone)

    def _period(self, place: Place) -> Period:
        return self._periods[place.grain, place.start]

    def _compare(self, places: Sequence[Place], rows: dict[Place, Written]) -> dict[Place, str]:
        """Restates values of closed periods that changed; returns those that appeared late."""
        late: dict[Place, str] = {}
        for place, former in load_former(self._workspace_id, places).items():
            values = _values(rows[place]) if place in rows else {}
            self._restating.compare(self._period(place), place.segment, former, values)
            late[place] = late_json(former, values, self._now)
        return late


def late_json(before: Mapping[str, str], after: Iterable[str], now: datetime) -> str:
    """The metrics that had no value in a closed period and have one now, with the moment."""
    fresh = [key for key in after if key not in before]
    return json.dumps(dict.fromkeys(fresh, now.isoformat())) if fresh else "{}"


def _values(row: Written) -> dict[str, str]:
    return {**row.shipped.numbers(), **row.own.numbers()}


def starts_of(periods: Iterable[Period]) -> Starts:
    """The first days of periods by their grain."""
    found: dict[Grain, list[date]] = {}
    for one in periods:
        found.setdefault(one.grain, []).append(one.start)
    return found
