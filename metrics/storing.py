"""Writes what differs: rows are compared with what is stored, byte by byte."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

import numpy as np

from metrics.engine.facts import number_of
from metrics.engine.row_reading import said_of
from metrics.engine.rows import Rows
from metrics.models.snapshot import GRAIN_NUMBERS
from metrics.periods import Grain, Period
from metrics.restating import Restating
from metrics.snapshot_rows import (
    NOTHING_LATE,
    Place,
    Starts,
    Stored,
    drop_rows,
    load_stored,
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
        now: datetime,
    ) -> None:
        self._workspace_id = workspace_id
        self._restating = restating
        self._now = now
        self._periods = {
            (int(GRAIN_NUMBERS[one.grain]), number_of(one.start)): one for one in periods
        }
        self._stored = load_stored(workspace_id, starts_of(periods))
        self.written = 0

    def keep(self, rows: Rows) -> None:
        """Writes those of the rows that are not stored just so."""
        if not self._stored:
            self._write_new(rows, range(len(rows.places)))
            return
        new: list[int] = []
        changed: list[int] = []
        late: list[bytes] = []
        places = zip(*(column.tolist() for column in rows.places), strict=True)
        for n, (grain, start, end, dimension, segment) in enumerate(places):
            place = Place(grain, start, dimension, segment)
            before = self._stored.pop(place, None)
            after = Stored(end, rows.shipped[n], rows.own[n])
            if before is None:
                new.append(n)
            elif before != after:
                changed.append(n)
                late.append(self._compared(place, before, after))
        self._write_new(rows, new)
        self._write(rows, changed, late)

    def _write_new(self, rows: Rows, which: Sequence[int]) -> None:
        self._write(rows, which, None)

    def _write(self, rows: Rows, which: Sequence[int], late: Sequence[bytes] | None) -> None:
        save_rows(
            self._workspace_id,
            rows.places.at(np.array(which, np.int64)),
            [rows.shipped[n] for n in which],
            [rows.own[n] for n in which],
            now=self._now,
            late=late,
        )
        self.written += len(which)

    def drop_others(self) -> None:
        """Deletes the rows of these periods that were not given."""
        for place, before in self._stored.items():
            self._compared(place, before, None)
        self.written += drop_rows(self._workspace_id, list(self._stored))

    def _compared(self, place: Place, before: Stored, after: Stored | None) -> bytes:
        """Restates the values of a closed period that changed; returns which appeared late."""
        period = self._periods[place.grain, place.start]
        if period.end >= self._restating.open_since:
            return NOTHING_LATE
        former = said_of(before.shipped, before.own).values
        values = said_of(after.shipped, after.own).values if after else {}
        self._restating.compare(period, place.segment, former, values)
        return late_json(former, values, self._now)


def late_json(before: Collection[str], after: Iterable[str], now: datetime) -> bytes:
    """The metrics that had no value in a closed period and have one now, with the moment."""
    fresh = [key for key in after if key not in before]
    return json.dumps(dict.fromkeys(fresh, now.isoformat())).encode() if fresh else NOTHING_LATE


def starts_of(periods: Iterable[Period]) -> Starts:
    """The first days of periods by their grain."""
    found: dict[Grain, list[date]] = {}
    for one in periods:
        found.setdefault(one.grain, []).append(one.start)
    return found
