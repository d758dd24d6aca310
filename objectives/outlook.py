"""Where an objective will probably end, and the chance that it reaches its target.

Every possible future of the stored forecasts (metrics/forecasts.py) is carried to the objective's
end and laid on what is known by the day that is judged: the sum so far and what comes, the last
value, both sides of a division together, each period that is still to close. How many of them meet
the target is the chance; objectives/chance.py counts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from django.db.models import Q

from accounts.models import Workspace
from metrics import forecasts, series
from metrics.feeds import Deliveries
from metrics.formula import parse
from metrics.formula_nodes import Binary, Value
from metrics.periods import ONE_DAY, Grain, Period
from metrics.rules import calendar_of
from objectives.chance import Outlook, outlook_of, spread_of
from objectives.delivery import feed_state
from objectives.history import (
    LAST_DAYS,
    adds_from_the_start,
    asked_of,
    period_grain,
    segment_of,
    span_of,
)
from objectives.measure import Asked, Method, Over, Rollup
from objectives.models import Objective, State

WEEKLY, MONTHLY = 7, 28
Span = tuple[date, date]
Spread = tuple[Decimal, Decimal, Decimal]
Totals = list[float]
"""What a span comes to in each possible future."""


# What the night has to foretell


def wanted_forecasts(
    workspace: Workspace, *, day: date, drafts_only: bool = False
) -> Iterator[forecasts.Wanted]:
    """The series that the workspace's objectives need on ``day``, drafts included.

    A draft that lacks a target or dates is foretold as if it had them: its writer looks at the
    forecast while deciding on both.
    """
    deliveries = Deliveries(workspace, today=day)
    is_draft = Q(state=State.DRAFT)
    found = Objective.objects.listed(workspace).filter(
        (is_draft & Q(metric__isnull=False, end=None)) | Q(end__gte=day),
        state__in=(State.DRAFT,) if drafts_only else (State.DRAFT, State.ACTIVE),
    )
    for stored in found.select_related("workspace", "campaign", "metric"):
        objective = assumed(stored, day=day) if stored.state == State.DRAFT else stored
        asked = asked_of(objective)
        if asked is None or objective.start is None or objective.end is None:
            continue
        rhythm = feed_state(objective, day=day, deliveries=deliveries).rhythm_days
        grain = grain_of(objective, asked, rhythm_days=rhythm)
        for key in _keys(objective, asked):
            yield forecasts.Wanted(key, segment_of(objective), grain, objective.end)


def assumed(objective: Objective, *, day: date) -> Objective:
    """The objective with dates, and a target to count from, where it has none yet.

    The quarter that runs, or the next one once a third of it is over.
    """
    found = copy(objective)
    if found.start is None or found.end is None:
        calendar = calendar_of(found.workspace)
        quarter = calendar.period_of(day, Grain.QUARTER)
        if (day - quarter.start).days * 3 > quarter.length:
            quarter = calendar.following(quarter)
        found.start, found.end = quarter.start, quarter.end
    if found.target is None:
        found.target = Decimal(0)
    return found


def grain_of(objective: Objective, asked: Asked, *, rhythm_days: int) -> Grain:
    """The periods that are foretold: as the feed brings them; people counted once, as judged."""
    if asked.rollup is Rollup.UNIQUE:
        return Grain.MONTH if period_grain(objective) is Grain.MONTH else Grain.WEEK
    if rhythm_days >= MONTHLY:
        return Grain.MONTH
    return Grain.WEEK if rhythm_days >= WEEKLY else Grain.DAY


def _keys(objective: Objective, asked: Asked) -> tuple[str, ...]:
    """The metric itself, or both sides of a plain division."""
    assert objective.metric is not None
    if asked.rollup is Rollup.RATE:
        sides = sides_of(objective.metric.definition.formula)
        if sides:
            return sides
    return (objective.metric.key,)


def sides_of(formula: str | None) -> tuple[str, str] | None:
    """Both metrics of "a / b"; None for any other formula."""
    match parse(formula) if formula else None:
        case Binary(operator="/", left=Value(operand=above), right=Value(operand=below)):
            plain = (str(above), str(below)) == (above.metric, below.metric)
            return (above.metric, below.metric) if plain else None
    return None


# One objective


def outlook(
    objective: Objective, asked: Asked, *, data_date: date | None, rhythm_days: int
) -> Outlook | None:
    """The objective's outlook by the figures up to ``data_date``.

    None where nothing is foretold, where the forecast was made for other days, or at the end.
    """
    if objective.end is None or data_date is None or data_date >= objective.end:
        return None
    futures = _Futures.read(objective, asked, rhythm_days)
    if futures is None or not futures.fits(data_date, objective.end):
        return None
    view = _View(objective, asked, futures, data_date)
    if asked.method is Method.PERIODS:
        return _of_periods(view)
    span = _last_span(objective, asked)
    return None if span is None else _of_span(view, span)


def spreads(
    objective: Objective,
    asked: Asked,
    periods: Sequence[Period],
    *,
    data_date: date | None,
    rhythm_days: int,
) -> list[Spread | None]:
    """Low, median and high of each period that is still to close; None where nothing is known."""
    if objective.end is None or data_date is None:
        return [None] * len(periods)
    futures = _Futures.read(objective, asked, rhythm_days)
    if futures is None or not futures.fits(data_date, objective.end):
        return [None] * len(periods)
    view, found = _View(objective, asked, futures, data_date), []
    for period in periods:
        is_ahead = data_date < period.end <= futures.periods[-1].end
        totals = _totals(view, (period.start, period.end)) if is_ahead else None
        found.append(spread_of(totals) if totals else None)
    return found


@dataclass(frozen=True)
class _Futures:
    """The periods ahead, and each side's possible futures in the same order."""

    periods: list[Period]
    sides: list[list[Any]]

    @classmethod
    def read(cls, objective: Objective, asked: Asked, rhythm_days: int) -> "_Futures | None":
        grain = grain_of(objective, asked, rhythm_days=rhythm_days)
        found = [
            forecasts.future(objective.workspace, key, segment_of(objective), grain)
            for key in _keys(objective, asked)
        ]
        told = [one for one in found if one is not None]
        if len(told) < len(found) or len({one.row.first for one in told}) != 1:
            return None
        shortest = min(told, key=lambda one: len(one.periods))
        if len({len(one.paths) for one in told}) != 1:
            return None
        return cls(shortest.periods, [one.paths for one in told])

    def fits(self, known_to: date, end: date) -> bool:
        """Whether the forecast goes on from what is known, and reaches the end."""
        first = self.periods[0]
        return first.start <= known_to + ONE_DAY <= first.end and self.periods[-1].end >= end


@dataclass(frozen=True)
class _View:
    """An objective with what is known of it and what may come."""

    objective: Objective
    asked: Asked
    futures: _Futures
    known_to: date

    def shares(self, span: Span) -> list[tuple[int, float]]:
        """The periods ahead that lie in a span, each with the share of its days that does."""
        first, last = max(span[0], self.known_to + ONE_DAY), span[1]
        found = []
        for place, period in enumerate(self.futures.periods):
            start = max(period.start, self.known_to + ONE_DAY)
            days = (min(last, period.end) - max(first, start)).days + 1
            if days > 0:
                found.append((place, days / period.length))
        return found

    def known(self, span: Span) -> series.SpanValue | None:
        """What the known days of a span come to; None where there are none."""
        if span[0] > self.known_to:
            return None
        return span_of(self.objective, span[0], min(span[1], self.known_to))


def _of_span(view: _View, span: Span) -> Outlook | None:
    """The value of one span at the end, against the target."""
    totals = _totals(view, span)
    if totals is None:
        return None
    asked, best = view.asked, totals
    if asked.method is Method.LINE and asked.rollup is Rollup.STOCK and not asked.hold:
        pick: Callable[[Iterable[float]], float] = min if asked.less_is_better else max
        places = [place for place, _share in view.shares((view.known_to, span[1]))]
        best = [pick(path[place] for place in places) for path in view.futures.sides[0]]
    sign = -1.0 if asked.less_is_better else 1.0
    margins = [sign * (value - float(asked.target)) for value in best]
    return outlook_of(totals, margins)


def _of_periods(view: _View) -> Outlook | None:
    """As many periods inside the limits as are asked for, of those that closed and those to come.

    In each future the open periods that have to be inside are its best ones: the worst of these is
    how far inside it ends.
    """
    objective, asked = view.objective, view.asked
    own = _own_periods(objective, asked)
    open_periods = [one for one in own if one.end > view.known_to]
    per_period = [_totals(view, (one.start, one.end)) for one in open_periods]
    known = [one for one in per_period if one is not None]
    if not known or len(known) < len(per_period):
        return None
    closed = [one for one in own if one.end <= view.known_to]
    values = [span_of(objective, one.start, one.end).value for one in closed]
    judged = [asked.met_by(value) for value in values if value is not None]
    required = ceil(asked.required_share * (len(judged) + len(known)))
    still = required - sum(judged)
    if still <= 0:
        return outlook_of(known[-1], [1.0] * len(known[0]))
    place = min(still, len(known)) - 1
    margins = [
        sorted((_inside(asked, totals[number]) for totals in known), reverse=True)[place]
        for number in range(len(known[0]))
    ]
    return outlook_of(known[-1], margins, lost=still > len(known))


def _inside(asked: Asked, value: float) -> float:
    """How far inside the limits a value is; below zero outside."""
    low, high = float(asked.target), asked.target_high
    if high is not None:
        return min(value - low, float(high) - value)
    return low - value if asked.less_is_better else value - low


def _own_periods(objective: Objective, asked: Asked) -> list[Period]:
    """The whole periods of the objective's span by which it is judged."""
    assert objective.start is not None
    assert objective.end is not None
    start, end = objective.start, objective.end
    grain = period_grain(objective)
    if asked.rollup is Rollup.UNIQUE:
        grain = grain_of(objective, asked, rhythm_days=1)
    found = calendar_of(objective.workspace).periods(start, end, grain)
    return [one for one in found if one.start >= start and one.end <= end]


def _last_span(objective: Objective, asked: Asked) -> Span | None:
    """The days whose value counts at the end, as `objectives.history` reads them on the day."""
    assert objective.start is not None
    assert objective.end is not None
    start, end = objective.start, objective.end
    if asked.rollup is Rollup.STOCK:
        return end, end
    if not adds_from_the_start(asked):
        if asked.rollup is Rollup.UNIQUE or asked.over is Over.PERIOD:
            periods = _own_periods(objective, asked)
            return (periods[-1].start, periods[-1].end) if periods else None
        if asked.over is Over.LAST28:
            return end - timedelta(days=LAST_DAYS - 1), end
    return start, end


def _totals(view: _View, span: Span) -> Totals | None:
    """What a span comes to in each future: known days and days to come together."""
    shares = view.shares(span)
    if not shares:
        return None
    rollup = view.asked.rollup
    if rollup in (Rollup.STOCK, Rollup.UNIQUE):
        place = shares[-1][0]
        return [path[place] for path in view.futures.sides[0]]
    sums = [
        [sum(path[place] * share for place, share in shares) for path in paths]
        for paths in view.futures.sides
    ]
    known = view.known(span)
    if rollup is Rollup.SUM:
        so_far = float(known.value) if known and known.value is not None else 0.0
        return [so_far + coming for coming in sums[0]]
    return _rates(view, span, shares, sums, known)


def _rates(
    view: _View,
    span: Span,
    shares: list[tuple[int, float]],
    sums: list[Totals],
    known: series.SpanValue | None,
) -> Totals | None:
    """Both sides added up and divided; a rate of its own as the mean of its days."""
    if len(sums) == 2:
        inputs: Mapping[str, Decimal | None] = known.inputs if known else {}
        so_far = [float(inputs.get(key) or 0) for key in _keys(view.objective, view.asked)]
        above, below = (
            [given + one for one in side] for given, side in zip(so_far, sums, strict=True)
        )
        if any(one <= 0 for one in below):
            return None
        return [one / other for one, other in zip(above, below, strict=True)]
    coming = sum(share for _place, share in shares)
    means = [one / coming for one in sums[0]]
    if known is None or known.value is None:
        return means
    days = (min(span[1], view.known_to) - span[0]).days + 1
    ahead = (span[1] - view.known_to).days
    return [(float(known.value) * days + one * ahead) / (days + ahead) for one in means]
