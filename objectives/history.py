"""What the numbers say of an objective: its value, its days, its past spans.

Everything an objective is judged by is read here, through metrics/series.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from metrics import series
from metrics.catalogue import CATALOGUE
from metrics.catalogue.definition import MetricDefinition
from metrics.catalogue.definition import Rollup as MetricRollup
from metrics.formula import parse
from metrics.formula_nodes import Binary, Call, Node, Value
from metrics.models import Dimension, Metric
from metrics.periods import ONE_DAY, Grain, Period
from metrics.rules import calendar_of
from metrics.units import Unit
from objectives.judgement import Counts
from objectives.measure import Asked, JudgedPeriod, Kind, Method, Over, Rollup
from objectives.models import Objective

PAST_SPANS = 8
"""How many earlier spans of the same length a target is compared with."""
LONGEST_LOOK_BACK = timedelta(days=3 * 366)
PACE_LOOK_BACK = timedelta(days=400)
"""Last year's same weeks, and the week before them."""
LAST_DAYS = 28


def segment_of(objective: Objective) -> series.Segment:
    """The slice of the metric that the objective is about."""
    if objective.campaign_id:
        return series.Segment(Dimension.CAMPAIGN, objective.campaign_id)
    if objective.channel_id:
        return series.Segment(Dimension.CHANNEL, objective.channel_id)
    if objective.device_id:
        return series.Segment(Dimension.DEVICE, objective.device_id)
    return series.EVERYTHING


def rollup_of(metric: Metric) -> Rollup:
    """How the metric adds up, as an objective sees it.

    A formula that only adds sums up (marketing cost, organic sessions) is a sum itself; every other
    formula is a rate, and so is a weighted mean.
    """
    definition = metric.definition
    if _is_sum(definition):
        return Rollup.SUM
    if definition.rollup is MetricRollup.LAST:
        return Rollup.STOCK
    return Rollup.UNIQUE if definition.rollup is MetricRollup.UNIQUE else Rollup.RATE


def _is_sum(definition: MetricDefinition | None) -> bool:
    if definition is None:
        return False
    if definition.formula:
        return _adds_up(parse(definition.formula))
    return definition.rollup is MetricRollup.SUM


def _adds_up(node: Node) -> bool:
    match node:
        case Value(operand=operand):
            return operand.modifier is None and _is_sum(CATALOGUE.get(operand.metric))
        case Call(function="parts", arguments=arguments):
            return all(_adds_up(argument) for argument in arguments)
        case Binary(operator="+" | "-", left=left, right=right):
            return _adds_up(left) and _adds_up(right)
    return False


def asked_of(objective: Objective) -> Asked | None:
    """What the objective asks, for the pure modules; None while it has no metric or target."""
    if objective.metric is None or objective.target is None:
        return None
    return Asked(
        kind=Kind(objective.kind),
        rollup=rollup_of(objective.metric),
        target=objective.target,
        target_high=objective.target_high,
        baseline=objective.baseline,
        over=Over(objective.over),
        direction=str(objective.metric.definition.direction),
        hold=objective.hold,
        required_share=objective.required_share,
    )


def adds_from_the_start(asked: Asked) -> bool:
    """Whether the objective's value is a sum that begins with its first day."""
    return asked.method in (Method.CUMULATIVE, Method.BUDGET, Method.LIMIT)


# The value on the day that is judged


@dataclass(frozen=True)
class Observed:
    """What was read for one day's judgement."""

    value: Decimal | None
    first_reached: date | None = None
    periods: tuple[JudgedPeriod, ...] = ()
    counts: Counts | None = None


def observe(objective: Objective, asked: Asked, *, judged_on: date | None) -> Observed:
    """The value of an objective at the day it is judged, and what belongs to it."""
    if judged_on is None or objective.start is None or objective.end is None:
        return Observed(None)
    if asked.method is Method.PERIODS:
        return _observe_periods(objective, asked, judged_on)
    span = _observed_span(objective, asked, judged_on)
    if span is None:
        return Observed(None)
    found = span_of(objective, *span)
    return Observed(
        found.value,
        first_reached=_first_reached(objective, asked, judged_on),
        counts=_counts(objective, found),
    )


def _observed_span(objective: Objective, asked: Asked, judged_on: date) -> tuple[date, date] | None:
    """The days whose value is compared with the target."""
    assert objective.start is not None
    if asked.rollup is Rollup.STOCK:
        return judged_on, judged_on
    if not adds_from_the_start(asked):
        if asked.rollup is Rollup.UNIQUE or asked.over is Over.PERIOD:
            closed = closed_periods(objective, asked, judged_on)
            return (closed[-1].start, closed[-1].end) if closed else None
        if asked.over is Over.LAST28:
            return judged_on - (LAST_DAYS - 1) * ONE_DAY, judged_on
    return objective.start, judged_on


def span_of(objective: Objective, start: date, end: date) -> series.SpanValue:
    """What the objective's metric and segment come to over a span."""
    assert objective.metric is not None
    return series.span_value(
        objective.workspace, objective.metric.key, segment_of(objective), start, end
    )


def closed_periods(objective: Objective, asked: Asked, judged_on: date) -> list[Period]:
    """The whole periods of the objective's span that are over by ``judged_on``, in order.

    Months of a span of 60 days and more, weeks of two weeks and more, else days. People who come
    twice count once, so a unique metric is judged by the longest periods it was counted over.
    """
    if asked.rollup is not Rollup.UNIQUE:
        return _periods_inside(objective, period_grain(objective), judged_on)
    for grain in (Grain.MONTH, Grain.WEEK, Grain.DAY):
        inside = _periods_inside(objective, grain, judged_on)
        if any(span_of(objective, one.start, one.end).value is not None for one in inside[-2:]):
            return inside
    return []


def period_grain(objective: Objective) -> Grain:
    """The periods that an objective of this length is judged by."""
    if objective.start is None or objective.end is None:
        return Grain.MONTH
    days = (objective.end - objective.start).days + 1
    if days >= 60:
        return Grain.MONTH
    return Grain.WEEK if days >= 14 else Grain.DAY


def _periods_inside(objective: Objective, grain: Grain, judged_on: date) -> list[Period]:
    assert objective.start is not None
    assert objective.end is not None
    last = min(judged_on, objective.end)
    return [
        period
        for period in calendar_of(objective.workspace).periods(objective.start, last, grain)
        if period.start >= objective.start and period.end <= last
    ]


def _observe_periods(objective: Objective, asked: Asked, judged_on: date) -> Observed:
    """Each closed period that has a value; before the first, the value of the days so far."""
    values = [
        (period.key, span_of(objective, period.start, period.end).value)
        for period in closed_periods(objective, asked, judged_on)
    ]
    judged = tuple(
        JudgedPeriod(key, value, asked.met_by(value)) for key, value in values if value is not None
    )
    if judged:
        return Observed(judged[-1].value, periods=judged)
    assert objective.start is not None
    return Observed(span_of(objective, objective.start, judged_on).value)


def daily_of(objective: Objective, start: date, end: date) -> dict[date, Decimal]:
    """The known values of the objective's metric and segment, by day."""
    assert objective.metric is not None
    return series.daily(
        objective.workspace, objective.metric.key, segment_of(objective), start, end
    )


def _first_reached(objective: Objective, asked: Asked, judged_on: date) -> date | None:
    """The first day at the target; only of what counts as achieved at once, whatever follows."""
    is_level = asked.method is Method.LINE and asked.rollup is Rollup.STOCK
    if objective.start is None or not (is_level or asked.method is Method.CUMULATIVE):
        return None
    total = Decimal(0)
    for day, value in sorted(daily_of(objective, objective.start, judged_on).items()):
        total = value if is_level else total + value
        if asked.met_by(total):
            return day
    return None


def _counts(objective: Objective, found: series.SpanValue) -> Counts | None:
    """What a plain proportion was divided from: both sides counted, one divided by the other."""
    assert objective.metric is not None
    definition = objective.metric.definition
    if not definition.formula or definition.unit is not Unit.PERCENT:
        return None
    match parse(definition.formula):
        case Binary(operator="/", left=Value(operand=above), right=Value(operand=below)):
            sides = found.inputs.get(str(above)), found.inputs.get(str(below))
        case _:
            return None
    if any(side is None or side % 1 for side in sides):
        return None
    successes, trials = (int(side) for side in sides if side is not None)
    return Counts(successes, trials)


# The past


def pace_history(objective: Objective, asked: Asked) -> dict[date, Decimal]:
    """The daily amounts that the plan's weights are taken from; none for a level."""
    if objective.start is None or objective.end is None or not adds_from_the_start(asked):
        return {}
    return daily_of(objective, objective.start - PACE_LOOK_BACK, objective.end)


def past_values(objective: Objective, asked: Asked, *, data_date: date) -> tuple[Decimal, ...]:
    """Values of earlier spans, newest first, each to compare with the target as the objective's
    own value will be; the changes over such spans for a stock. Ends at the first unknown one.
    """
    if objective.start is None or objective.end is None or objective.metric is None:
        return ()
    found = []
    for start, end in _past_spans(objective, asked, min(objective.start - ONE_DAY, data_date)):
        value = _past_value(objective, asked, start, end)
        if value is None:
            break
        found.append(value)
    return tuple(found)


def _past_spans(objective: Objective, asked: Asked, last: date) -> Iterator[tuple[date, date]]:
    """Up to eight spans that end on ``last`` or before, newest first."""
    assert objective.start is not None
    assert objective.end is not None
    by_period = asked.method is Method.PERIODS or asked.over is Over.PERIOD
    if asked.rollup is Rollup.UNIQUE or (by_period and not adds_from_the_start(asked)):
        grain = Grain.MONTH if asked.rollup is Rollup.UNIQUE else period_grain(objective)
        calendar = calendar_of(objective.workspace)
        edges = calendar.periods(last - PAST_SPANS * timedelta(days=31), last, grain)
        whole = [period for period in edges if period.end <= last]
        yield from ((one.start, one.end) for one in reversed(whole[-PAST_SPANS:]))
        return
    length = (objective.end - objective.start).days + 1
    if asked.over is Over.LAST28 and not adds_from_the_start(asked):
        length = LAST_DAYS
    ends = (last - number * length * ONE_DAY for number in range(PAST_SPANS + 1))
    for end, before in pairwise(ends):
        if last - before > LONGEST_LOOK_BACK:
            return
        yield before + ONE_DAY, end


def _past_value(objective: Objective, asked: Asked, start: date, end: date) -> Decimal | None:
    if asked.rollup is Rollup.STOCK:
        before = span_of(objective, start - ONE_DAY, start - ONE_DAY).value
        after = span_of(objective, end, end).value
        return None if before is None or after is None else after - before
    found = span_of(objective, start, end)
    return None if found.incomplete else found.value
