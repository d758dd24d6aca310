"""What each channel brought to an objective."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from metrics import series
from metrics.models import Dimension
from metrics.periods import Grain
from metrics.segment_names import segments_of
from objectives.history import rollup_of
from objectives.measure import Rollup
from objectives.models import Objective


@dataclass(frozen=True)
class Share:
    """What one channel brought: its value and, for a sum, its part of the whole."""

    name: str
    value: Decimal
    share: Decimal | None


def by_channel(objective: Objective, *, until: date) -> list[Share]:
    """What each channel brought from the start on, most first; empty for an objective on one."""
    if objective.metric is None or objective.start is None or until < objective.start:
        return []
    if objective.channel_id or objective.device_id or objective.campaign_id:
        return []
    names = segments_of(objective.workspace, Dimension.CHANNEL)
    values = _channel_values(objective, objective.start, until)
    total = sum(values.values(), Decimal(0))
    adds = adds_up(objective)
    shares = [
        Share(names[pk].label, value, value / total if adds and total else None)
        for pk, value in values.items()
        if pk in names and (value or not adds)
    ]
    return sorted(shares, key=lambda one: one.value, reverse=True)


def adds_up(objective: Objective) -> bool:
    """Whether the channels' values add up to the objective's."""
    return objective.metric is not None and rollup_of(objective.metric) is Rollup.SUM


def _channel_values(objective: Objective, start: date, until: date) -> dict[int, Decimal]:
    assert objective.metric is not None
    found = series.values(
        objective.workspace,
        objective.metric.key,
        Grain.DAY,
        start,
        until,
        today=until,
        dimension=Dimension.CHANNEL,
    )
    if adds_up(objective):
        return _sums(found)
    segments = {one.segment for one in found if one.value is not None}
    values = {
        segment.segment_id: series.span_value(
            objective.workspace, objective.metric.key, segment, start, until
        ).value
        for segment in segments
    }
    return {pk: value for pk, value in values.items() if value is not None}


def _sums(found: list[series.SeriesValue]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for one in found:
        if one.value is not None:
            place = one.segment.segment_id
            sums[place] = sums.get(place, Decimal(0)) + one.value
    return sums
