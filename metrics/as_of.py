"""Numbers as they were reported on a past day: today's, with later restatements rolled back."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from accounts.models import Workspace
from metrics.calculation import NO_DATA
from metrics.models import Restatement, Snapshot
from metrics.periods import ONE_DAY, local_instant
from metrics.series import SeriesValue
from metrics.snapshot_rows import GRAIN_NUMBERS

Number = tuple[int, int, date, str]
"""Dimension, segment, the period's first day, metric."""
Row = tuple[int, int, date]


class Before(NamedTuple):
    """What was otherwise at the end of a day: the numbers that were restated since, the rows and
    the numbers of rows that were not there yet."""

    values: dict[Number, Decimal]
    absent_rows: set[Row]
    absent: set[Number]

    def value(self, row: Row, name: str, now: Decimal | None) -> Decimal | None:
        """A number as it stood."""
        if (*row, name) in self.values:
            return self.values[*row, name]
        return None if row in self.absent_rows or (*row, name) in self.absent else now


def as_reported(
    workspace: Workspace, key: str, found: Collection[SeriesValue], *, day: date
) -> list[SeriesValue]:
    """The values of a metric as they stood at the end of `day`, their inputs too.

    Periods that had not begun have no value, nor have those whose figures came later. Of periods
    that were not over then, only what was restated after they closed, and what no figure had come
    for, is known to have been different.
    """
    if not found:
        return []
    before = _before(workspace, list(found), day)
    return [_rolled_back(one, key, before, day) for one in found]


def _before(workspace: Workspace, found: Sequence[SeriesValue], day: date) -> Before:
    midnight = local_instant(day + ONE_DAY, time(0), workspace.time_zone)
    absent_rows, absent = _appeared_since(workspace, found, midnight)
    return Before(_restated_since(workspace, found, midnight), absent_rows, absent)


def _restated_since(
    workspace: Workspace, found: Sequence[SeriesValue], midnight: datetime
) -> dict[Number, Decimal]:
    """The first old value of each number that was restated from then on."""
    rows = Restatement.objects.filter(
        workspace=workspace,
        grain=GRAIN_NUMBERS[found[0].period.grain],
        start__range=(found[0].period.start, found[-1].period.start),
        changed_at__gte=midnight,
    ).order_by("-changed_at", "-pk")
    return {
        (row.dimension, row.segment_id, row.start, row.metric_key): row.old_value
        for row in rows
        if row.old_value is not None
    }


def _appeared_since(
    workspace: Workspace, found: Sequence[SeriesValue], midnight: datetime
) -> tuple[set[Row], set[Number]]:
    """The rows that appeared from then on, and the numbers that came late into others."""
    rows = Snapshot.objects.filter(
        Q(appeared_at__gte=midnight) | ~Q(late={}),
        workspace=workspace,
        grain=GRAIN_NUMBERS[found[0].period.grain],
        start__range=(found[0].period.start, found[-1].period.start),
        dimension__in={one.segment.dimension for one in found},
    )
    new: set[Row] = set()
    late: set[Number] = set()
    for dimension, segment, start, appeared_at, moments in rows.values_list(
        "dimension", "segment_id", "start", "appeared_at", "late"
    ):
        row = dimension, segment, start
        if appeared_at >= midnight:
            new.add(row)
        late |= {
            (*row, key)
            for key, moment in moments.items()
            if datetime.fromisoformat(moment) >= midnight
        }
    return new, late


def _rolled_back(one: SeriesValue, key: str, before: Before, day: date) -> SeriesValue:
    if one.period.start > day:
        return replace(
            one, value=None, inputs=dict.fromkeys(one.inputs), partial=True, reason=NO_DATA
        )
    row = one.segment.dimension, one.segment.segment_id, one.period.start
    value = before.value(row, key, one.value)
    return replace(
        one,
        value=value,
        inputs={name: before.value(row, name, given) for name, given in one.inputs.items()},
        partial=one.period.end >= day,
        reason=None if value is not None else one.reason or NO_DATA,
    )
