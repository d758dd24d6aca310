"""What the numbers say of an objective: its value, its days, its past spans.

Everything an objective is judged by is read here, through metrics/series.py and metrics/feeds.py.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Workspace
from metrics import feeds, series
from metrics.catalogue import CATALOGUE
from metrics.catalogue.definition import Rollup as MetricRollup
from metrics.formula import Binary, Call, Node, Operand, Value, parse
from metrics.models import Dimension, Metric
from metrics.periods import Calendar, Grain, Period
from metrics.units import Unit
from objectives.judgement import Counts
from objectives.measure import Asked, JudgedPeriod, Kind, Over, Rollup
from objectives.models import Objective

PAST_SPANS = 8
"""How many earlier spans of the same length a target is compared with."""
LONGEST_LOOK_BACK = timedelta(days=3 * 366)


def segment_of(objective: Objective) -> series.Segment:
    """The slice of the metric that the objective is about."""
    if objective.campaign_id:
        return series.Segment(Dimension.CAMPAIGN, objective.campaign_id)
    if objective.channel_id:
        return series.Segment(Dimension.CHANNEL, objective.channel_id)
    return series.EVERYTHING


def rollup_of(metric: Metric) -> Rollup:
    """How the metric adds up, as an objective sees it.

    A formula that only adds up sums (marketing cost, organic sessions) is a sum itself; every
    other formula is a rate, so is a weighted mean.
    """
    definition = metric.definition
    match definition.rollup:
        case MetricRollup.SUM:
            return Rollup.SUM
        case MetricRollup.LAST:
            return Rollup.STOCK
        case MetricRollup.UNIQUE:
            return Rollup.UNIQUE
    if definition.formula and _adds_up(parse(definition.formula)):
        return Rollup.SUM
    return Rollup.RATE


def _adds_up(node: Node) -> bool:
    match node:
        case Value(operand=operand):
            return _is_plain_sum(operand)
        case Call(function="parts", arguments=arguments):
            return all(_adds_up(argument) for argument in arguments)
        case Binary(operator="+", left=left, right=right):
            return _adds_up(left) and _adds_up(right)
    return False


def _is_plain_sum(operand: Operand) -> bool:
    known = CATALOGUE.get(operand.metric)
    return operand.modifier is None and known is not None and known.rollup is MetricRollup.SUM


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
    )


def calendar_of(workspace: Workspace) -> Calendar:
    """The workspace's weeks and fiscal years."""
    return Calendar(week_start=workspace.week_start, fiscal_year_start=workspace.fiscal_year_start)


@dataclass(frozen=True)
class Observed:
    """What was read for one day's judgement."""

    value: Decimal | None
    first_reached: date | None = None
    periods: tuple[JudgedPeriod, ...] = ()
    counts: Counts | None = None


def observe(objective: Objective, asked: Asked, *, judged_on: date | None) -> Observed:
    """The value of a started objective at the day it is judged, and what belongs to it."""
    if judged_on is None or objective.metric is None or objective.start is None:
        return Observed(None)
    if asked.kind in (Kind.ABOVE, Kind.BELOW, Kind.BETWEEN):
        return _observe_periods(objective, asked, judged_on)
    if asked.rollup is Rollup.UNIQUE:
        periods = _closed_periods(objective, judged_on)
        return Observed(_span(objective, periods[-1]).value if periods else None)
    first = objective.start
    if asked.rollup is not Rollup.SUM and asked.over is Over.LAST28:
        first = judged_on - timedelta(days=27)
    found = _span(objective, Period(Grain.DAY, first, judged_on, ""))
    return Observed(
        found.value,
        first_reached=_first_reached(objective, asked, judged_on),
        counts=_counts(objective, found),
    )


def _span(objective: Objective, period: Period) -> series.SpanValue:
    assert objective.metric is not None
    return series.span_value(
        objective.workspace,
        objective.metric.key,
        segment_of(objective),
        period.start,
        period.end,
    )


def _closed_periods(objective: Objective, judged_on: date) -> list[Period]:
    """The whole periods of the span that are over: months of a long span, weeks, or days."""
    assert objective.start is not None and objective.end is not None
    calendar = calendar_of(objective.workspace)
    grain = period_grain(objective.start, objective.end)
    return [
        period
        for period in calendar.periods(objective.start, objective.end, grain)
        if period.start >= objective.start and period.end <= min(judged_on, objective.end)
    ]


def period_grain(start: date, end: date) -> Grain:
    """The periods that a span is judged by: months from 60 days on, weeks from 14, else days."""
    days = (end - start).days + 1
    if days >= 60:
        return Grain.MONTH
    return Grain.WEEK if days >= 14 else Grain.DAY


def _observe_periods(objective: Objective, asked: Asked, judged_on: date) -> Observed:
    judged = []
    last = None
    for period in _closed_periods(objective, judged_on):
        last = _span(objective, period).value
        if last is not None:
            judged.append(JudgedPeriod(period.key, last, asked.met_by(last)))
    assert objective.start is not None
    value = _span(objective, Period(Grain.DAY, objective.start, judged_on, "")).value
    return Observed(value if last is None else last, periods=tuple(judged))


def daily_of(objective: Objective, start: date, end: date) -> dict[date, Decimal]:
    """The known values of the objective's metric and segment, by day."""
    assert objective.metric is not None
    return series.daily(
        objective.workspace, objective.metric.key, segment_of(objective), start, end
    )


def _first_reached(objective: Objective, asked: Asked, judged_on: date) -> date | None:
    if asked.rollup not in (Rollup.SUM, Rollup.STOCK) or objective.start is None:
        return None
    total = Decimal(0)
    for day, value in sorted(daily_of(objective, objective.start, judged_on).items()):
        total = total + value if asked.rollup is Rollup.SUM else value
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
            above_value = found.inputs.get(str(above))
            below_value = found.inputs.get(str(below))
        case _:
            return None
    if above_value is None or below_value is None:
        return None
    if above_value % 1 or below_value % 1:
        return None
    return Counts(int(above_value), int(below_value))


def pace_history(objective: Objective, asked: Asked) -> dict[date, Decimal]:
    """The daily amounts that the plan's weights are taken from; none for a level."""
    if asked.rollup is not Rollup.SUM or objective.start is None or objective.end is None:
        return {}
    return daily_of(objective, objective.start - timedelta(days=400), objective.end)


def past_spans(objective: Objective, asked: Asked, *, data_date: date) -> tuple[Decimal, ...]:
    """Values of earlier spans of the same length, newest first; changes over them for a stock."""
    if objective.start is None or objective.end is None or objective.metric is None:
        return ()
    length = (objective.end - objective.start).days + 1
    first_end = min(objective.start - timedelta(days=1), data_date)
    found = []
    for number in range(PAST_SPANS):
        end = first_end - timedelta(days=number * length)
        if first_end - end > LONGEST_LOOK_BACK:
            break
        value = _past_value(objective, asked, end - timedelta(days=length - 1), end)
        if value is None:
            break
        found.append(value)
    return tuple(found)


def _past_value(objective: Objective, asked: Asked, start: date, end: date) -> Decimal | None:
    if asked.rollup is Rollup.STOCK:
        day_before = start - timedelta(days=1)
        before = _span(objective, Period(Grain.DAY, day_before, day_before, "")).value
        after = _span(objective, Period(Grain.DAY, start, end, "")).value
        return None if before is None or after is None else after - before
    found = _span(objective, Period(Grain.DAY, start, end, ""))
    return None if found.incomplete else found.value


@dataclass(frozen=True)
class FeedState:
    """How the feeds behind an objective stand on a day."""

    data_date: date | None
    rhythm_days: int
    days_late: int
    delay_days: int = 0


def feed_state(objective: Objective, *, day: date) -> FeedState:
    """The data date of the objective's metric, and how late the slowest of its feeds is."""
    if objective.metric is None:
        return FeedState(None, 1, 0)
    key = objective.metric.key
    carrying = feeds.carrying(objective.workspace, key, today=day)
    return FeedState(
        data_date=feeds.data_date(objective.workspace, key, today=day),
        rhythm_days=max((feed.rhythm_days for feed in carrying), default=1),
        days_late=max((feed.days_late for feed in carrying), default=0),
        delay_days=max((feed.feed.delay_days for feed in carrying), default=0),
    )
