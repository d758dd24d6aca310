"""Numbers of closed periods that changed after they were stored."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from metrics.engine.arrays import BigInts, Integers, SmallInts, Texts, array_cursor
from metrics.engine.owners import Owners, id_of, owner_at
from metrics.engine.parts import parts_of, written
from metrics.joint import Joint
from metrics.models import DefinitionVersion
from metrics.models.snapshot import GRAIN_NUMBERS
from metrics.periods import Grain, Period
from metrics.resolution import Segment
from metrics.staleness import Stale

RUNS_A_STATEMENT = 1_000
A_RUN = 4_000
"""The view of single restatements counts to 4 096 in each."""
NO_CAUSE = 0

INSERT = """
INSERT INTO metrics_restatedrun (workspace_id, grain, dimension, segment_id, metric_key, starts,
    old_values, new_values, batch_id, definition_id, changed_at)
SELECT workspace_id, grain, dimension, segment_id, metric_key, starts::date[],
    old_values::numeric[], new_values::numeric[], nullif(batch_id, 0), nullif(definition_id, 0),
    %(now)s::timestamptz
FROM unnest(%(workspace)s, %(grain)s, %(dimension)s, %(segment)s, %(key)s, %(starts)s, %(old)s,
    %(new)s, %(batch)s, %(definition)s)
    AS fresh (workspace_id, grain, dimension, segment_id, metric_key, starts, old_values,
        new_values, batch_id, definition_id)
"""


class Run(NamedTuple):
    """Of which grain, segment (by its code) and metric, and what caused it (0: nothing)."""

    grain: int
    dimension: int
    segment_id: int
    key: str
    batch_id: int
    definition_id: int


class Restated(NamedTuple):
    """A number that was another one: the day its period starts on, the old and the new one, in
    parts (`metrics.engine.parts`)."""

    start: date
    old_value: int
    new_value: int | None


class Touched(NamedTuple):
    """Days of a metric (None: of all) that a batch wrote."""

    span_id: int
    metric_key: str | None
    start: date
    end: date
    batch_id: int


class Restating:
    """Collects the restatements of one recompute and what caused each.

    `stale` says what was read of each workspace's stale spans; all were last computed on one day.

    A value that was not there before is late, not restated. The current and coming periods, and
    days, are expected to change; so is, once, a period that ended since the last recompute: what
    is stored of it was never the number of a closed period.
    """

    def __init__(self, rules: Joint, stale: Sequence[Stale], *, today: date, now: datetime) -> None:
        self._rules = rules
        self._now = now
        self.open_since = open_since(stale[0], today)
        """The first day that was not over when the stored values were computed, or is not now."""
        self._touched = [_touched(rules, one) for one in stale]
        self._definitions = _versions(rules, stale)
        self._causes: dict[tuple[int, str], int] = {}
        self._found: dict[Run, list[Restated]] = defaultdict(list)

    def compare(
        self,
        period: Period,
        segment: Segment,
        old: Mapping[str, Decimal],
        new: Mapping[str, Decimal],
    ) -> None:
        """Notes each metric of a closed period whose stored value is another one now."""
        for key, value in old.items():
            after = new.get(key)
            if after != value:
                new_value = None if after is None else parts_of(after)
                self.note(segment, key, [(period, parts_of(value), new_value)])

    def note(
        self, segment: Segment, key: str, changed: Iterable[tuple[Period, int, int | None]]
    ) -> None:
        """Notes that a metric's stored values of closed periods are other ones now, or none, in
        parts: what is the same to the last part is no restatement."""
        owner = owner_at(segment.segment_id)
        definition = self._definition(owner, key)
        touched = bool(self._touched[owner])
        runs: dict[tuple[Grain, int], list[Restated]] = defaultdict(list)
        for period, old, new in changed:
            if old != new:
                cause = self._cause(owner, period, key) if touched else NO_CAUSE
                runs[period.grain, cause].append(Restated(period.start, old, new))
        for (grain, cause), found in runs.items():
            self._found[Run(GRAIN_NUMBERS[grain], *segment, key, cause, definition)] += found

    def _cause(self, owner: int, period: Period, key: str) -> int:
        """The last batch that touched a base metric of this one in the period."""
        base = self._rules.formulas.base_of(key)
        for one in self._touched[owner]:
            inside = one.start <= period.end and one.end >= period.start
            if inside and (one.metric_key is None or one.metric_key in base):
                return one.batch_id
        return NO_CAUSE

    def _definition(self, owner: int, key: str) -> int:
        """The newest definition that this metric rests on and that changed since the last time."""
        changed = self._definitions[owner]
        if not changed or key not in self._rules.own:
            return NO_CAUSE
        if (owner, key) not in self._causes:
            resting = self._rules.formulas.only([key]).by_key.keys() & changed.keys()
            newest = max((changed[one] for one in resting), default=NO_CAUSE)
            self._causes[owner, key] = newest
        return self._causes[owner, key]

    def save(self) -> int:
        """Writes them, each run in the order of its periods; returns how many."""
        runs = [
            (run, ordered[first : first + A_RUN])
            for run, found in self._found.items()
            for ordered in [sorted(found, key=_start)]
            for first in range(0, len(ordered), A_RUN)
        ]
        for at in range(0, len(runs), RUNS_A_STATEMENT):
            _insert(self._rules.owners, runs[at : at + RUNS_A_STATEMENT], self._now)
        return sum(map(len, self._found.values()))


def _start(one: Restated) -> date:
    return one.start


def open_since(stale: Stale, today: date) -> date:
    """The first day that was not over when a workspace was last computed, or is not now."""
    return min(today, stale.opened.start) if stale.opened else today


def _touched(rules: Joint, stale: Stale) -> list[Touched]:
    found = [
        Touched(
            span.pk,
            rules.keys.get(span.metric_id, "") if span.metric_id else None,
            span.start,
            span.end,
            span.batch_id,
        )
        for span in stale.spans
        if span.batch_id is not None
    ]
    return sorted(found, reverse=True)


def _insert(owners: Owners, runs: Sequence[tuple[Run, list[Restated]]], now: datetime) -> None:
    """One array for each column, as rows of snapshots are sent; arrays in arrays are text."""
    grain, dimension, segment, key, batch, definition = zip(*(run for run, _ in runs), strict=True)
    codes = np.array(segment, np.int64)
    columns = [tuple(zip(*found, strict=True)) for _, found in runs]
    names = {
        "workspace": BigInts(owners.workspaces(codes)),
        "now": now,
        "grain": SmallInts(np.array(grain, np.int64)),
        "dimension": SmallInts(np.array(dimension, np.int64)),
        "segment": Integers(id_of(codes)),
        "key": Texts([one.encode() for one in key]),
        "starts": Texts([_array(",".join(map(str, one))) for one, _old, _new in columns]),
        "old": Texts([_array(written(one)) for _starts, one, _new in columns]),
        "new": Texts([_array(written(one)) for _starts, _old, one in columns]),
        "batch": BigInts(np.array(batch, np.int64)),
        "definition": BigInts(np.array(definition, np.int64)),
    }
    with array_cursor() as cursor:
        cursor.execute(INSERT, names)


def _array(elements: str) -> bytes:
    """As PostgreSQL writes an array."""
    return f"{{{elements}}}".encode()


def _versions(rules: Joint, stale: Sequence[Stale]) -> list[dict[str, int]]:
    """By workspace the last versions of the own metrics whose definition changed, by key."""
    found: list[dict[str, int]] = [{} for _one in stale]
    ids = {span.metric_id for one in stale for span in one.definitions}
    if not ids:
        return found
    versions = DefinitionVersion.objects.filter(
        workspace__in=rules.owners.listed, metric__in=ids
    ).order_by("number")
    place = {workspace: n for n, workspace in enumerate(rules.owners.ids)}
    for workspace, key, pk in versions.values_list("workspace_id", "metric__key", "pk"):
        found[place[workspace]][key] = pk
    return found
