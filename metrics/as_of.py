"""Numbers as they were reported on a past day: today's, with later restatements rolled back."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

from accounts.models import Workspace
from metrics.models import Restatement
from metrics.periods import ONE_DAY, local_instant
from metrics.series import SeriesValue
from metrics.snapshot_rows import GRAIN_NUMBERS

Place = tuple[int, int, date, str]
"""Dimension, segment, the period's first day, metric."""


def as_reported(
    workspace: Workspace, key: str, found: Collection[SeriesValue], *, day: date
) -> list[SeriesValue]:
    """The values of a metric as they stood at the end of `day`, their inputs too.

    Periods that had not begun have no value. Of periods that were not over then, only what was
    restated after they closed is known to have been different.
    """
    old = _values_before(workspace, found, day)
    return [_rolled_back(one, key, old, day) for one in found]


def _values_before(
    workspace: Workspace, found: Iterable[SeriesValue], day: date
) -> dict[Place, Decimal]:
    """The first old value of each number that was restated after that day."""
    values = list(found)
    if not values:
        return {}
    midnight: datetime = local_instant(day + ONE_DAY, time(0), workspace.time_zone)
    rows = Restatement.objects.filter(
        workspace=workspace,
        grain=GRAIN_NUMBERS[values[0].period.grain],
        start__range=(values[0].period.start, values[-1].period.start),
        changed_at__gte=midnight,
    ).order_by("-changed_at", "-pk")
    return {
        (row.dimension, row.segment_id, row.start, row.metric_key): row.old_value
        for row in rows
        if row.old_value is not None
    }


def _rolled_back(one: SeriesValue, key: str, old: dict[Place, Decimal], day: date) -> SeriesValue:
    if one.period.start > day:
        return replace(
            one, value=None, inputs=dict.fromkeys(one.inputs), partial=True, reason="no_data"
        )
    place = one.segment.dimension, one.segment.segment_id, one.period.start
    value = old.get((*place, key), one.value)
    return replace(
        one,
        value=value,
        inputs={name: old.get((*place, name), given) for name, given in one.inputs.items()},
        partial=one.period.end >= day,
        reason=one.reason if value is None else None,
    )
