"""Numbers as they were reported on a past day: today's, with later restatements rolled back."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from accounts.models import Workspace
from metrics.calculation import NO_DATA
from metrics.models import OwnBlock, Restatement, Snapshot
from metrics.models.snapshot import GRAIN_NUMBERS
from metrics.own_rows import late_moments
from metrics.periods import ONE_DAY, local_instant
from metrics.series import SeriesValue

Number = tuple[int, int, date, str]
"""Dimension, segment, the period's first day, metric."""
Row = tuple[int, int, date]


class Before(NamedTuple):
    """What was otherwise at the end of a day: the numbers that were restated since, with the first
    moment, and when the rows and the numbers came that were not there yet."""

    restated: dict[Number, tuple[datetime, Decimal]]
    rows: dict[Row, datetime]
    numbers: dict[Number, datetime]

    def value(self, row: Row, name: str, now: Decimal | None) -> Decimal | None:
        """A number as it stood: what came after that day and was restated later, was not there."""
        appeared = self.numbers.get((*row, name)) or self.rows.get(row)
        changed = self.restated.get((*row, name))
        if changed is not None and (appeared is None or changed[0] <= appeared):
            return changed[1]
        return now if appeared is None else None


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
    before = _before(workspace, key, list(found), day)
    return [_rolled_back(one, key, before, day) for one in found]


def _before(workspace: Workspace, key: str, found: Sequence[SeriesValue], day: date) -> Before:
    midnight = local_instant(day + ONE_DAY, time(0), workspace.time_zone)
    rows, numbers = _appeared_since(workspace, found, midnight)
    keys = {key}.union(*(one.inputs for one in found))
    return Before(_restated_since(workspace, keys, found, midnight), rows, numbers)


def _restated_since(
    workspace: Workspace, keys: Collection[str], found: Sequence[SeriesValue], midnight: datetime
) -> dict[Number, tuple[datetime, Decimal]]:
    """The first old value of each number of these metrics that was restated from then on."""
    rows = Restatement.objects.filter(
        workspace=workspace,
        metric_key__in=keys,
        grain=GRAIN_NUMBERS[found[0].period.grain],
        start__range=(found[0].period.start, found[-1].period.start),
        changed_at__gte=midnight,
    ).order_by("-changed_at", "-pk")
    return {
        (row.dimension, row.segment_id, row.start, row.metric_key): (row.changed_at, row.old_value)
        for row in rows
        if row.old_value is not None
    }


def _appeared_since(
    workspace: Workspace, found: Sequence[SeriesValue], midnight: datetime
) -> tuple[dict[Row, datetime], dict[Number, datetime]]:
    """The rows that appeared from then on, and the numbers that came late into others."""
    grain, dimensions = (
        GRAIN_NUMBERS[found[0].period.grain],
        {one.segment.dimension for one in found},
    )
    first, last = found[0].period.start, found[-1].period.start
    rows = Snapshot.objects.filter(
        Q(appeared_at__gte=midnight) | ~Q(late={}),
        workspace=workspace,
        grain=grain,
        start__range=(first, last),
        dimension__in=dimensions,
    )
    new: dict[Row, datetime] = {}
    late: dict[Number, datetime] = {}
    for dimension, segment, start, appeared_at, moments in rows.values_list(
        "dimension", "segment_id", "start", "appeared_at", "late"
    ):
        row = dimension, segment, start
        if appeared_at >= midnight:
            new[row] = appeared_at
        for key, moment in moments.items():
            late[*row, key] = datetime.fromisoformat(moment)
    blocks = OwnBlock.objects.filter(
        ~Q(late={}),
        workspace=workspace,
        grain=grain,
        year__range=(first.year, last.year),
        dimension__in=dimensions,
    )
    for dimension, segment, moments in blocks.values_list("dimension", "segment_id", "late"):
        for (start, key), moment in late_moments(moments):
            late[dimension, segment, start, key] = moment
    return new, {number: came for number, came in late.items() if came >= midnight}


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
