"""The chart beside an objective that is being written: its past, the plan, the forecast.

Period by period, so that what the plan asks of a week stands beside what weeks have brought.
"""

from collections.abc import Sequence
from copy import copy
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Literal

from django.utils.translation import gettext as _

from accounts import fmt_dates
from metrics import series
from metrics.campaign_bands import campaign_bands
from metrics.charts import Annotation, ChartSpec, Series
from metrics.periods import ONE_DAY, Grain, Period
from metrics.rules import calendar_of
from objectives.drawing import segment_label
from objectives.evaluation import frozen_weights
from objectives.history import adds_from_the_start, asked_of, segment_of
from objectives.measure import Asked, Method, Rollup, opening_of
from objectives.models import Objective
from objectives.objectives import freeze_plan
from objectives.outlook import assumed, spreads
from objectives.pace import bent_share, expected_value
from objectives.presentation import value_format
from objectives.trial import Trial
from objectives.wording import lang

Values = list[Decimal | None]
DAYS_UP_TO, WEEKS_UP_TO = 27, 200
LEAST_PAST, MOST_PAST = timedelta(days=91), timedelta(days=400)
GRAINS: dict[Grain, Literal["day", "week", "month"]] = {
    Grain.DAY: "day",
    Grain.WEEK: "week",
    Grain.MONTH: "month",
}


def trial_chart(trial: Trial) -> ChartSpec | None:
    """History, pace line and forecast band; None while no metric is chosen or it has no figures."""
    objective, data_date = trial.whole, trial.feed.data_date
    if objective.metric is None or data_date is None:
        return None
    # Without a target there is nothing to draw of it, but still how the metric adds up.
    asked = asked_of(assumed(objective, day=data_date))
    assert asked is not None
    assert objective.start is not None
    assert objective.end is not None
    grain = _grain(objective, asked)
    periods = _periods(objective, grain)
    known = _known(trial, asked, periods, grain)
    plan = _plan(trial, asked, periods) if trial.objective.target is not None else []
    return ChartSpec(
        title=_title(trial, asked, grain, known, plan),
        subtitle=_subtitle(objective, grain),
        summary=_summary(trial, known, grain),
        kind="line",
        unit=str(objective.metric.definition.unit),
        currency=objective.workspace.currency,
        grain=GRAINS[grain],
        labels=[one.start for one in periods],
        series=[
            Series(name=_("Actual"), role="actual", values=known[0], partial=known[1]),
            *_plan_series(plan, objective),
            *_target_series(trial, asked, periods),
            *_band(trial, asked, periods),
        ],
        annotations=_today_mark(periods, data_date + ONE_DAY),
        bands=campaign_bands(
            objective.workspace, periods[0].start, periods[-1].end, segment=segment_of(objective)
        ),
        week_start=objective.workspace.week_start,
        fiscal_start=objective.workspace.fiscal_year_start,
    )


def _grain(objective: Objective, asked: Asked) -> Grain:
    assert objective.start is not None
    assert objective.end is not None
    days = (objective.end - objective.start).days
    if asked.rollup is Rollup.UNIQUE or days > WEEKS_UP_TO:
        return Grain.MONTH
    return Grain.DAY if days <= DAYS_UP_TO else Grain.WEEK


def _periods(objective: Objective, grain: Grain) -> list[Period]:
    """From as long before the start as the objective runs, and no less than a quarter."""
    assert objective.start is not None
    assert objective.end is not None
    length = min(max(objective.end - objective.start, LEAST_PAST), MOST_PAST)
    if grain is Grain.DAY:
        length = min(length, timedelta(days=60))
    return calendar_of(objective.workspace).periods(objective.start - length, objective.end, grain)


def _known(
    trial: Trial, asked: Asked, periods: Sequence[Period], grain: Grain
) -> tuple[Values, list[bool]]:
    """The values up to the last figures, and which of them are not whole."""
    objective, data_date = trial.whole, trial.feed.data_date
    assert objective.metric is not None
    assert data_date is not None
    found = series.values(
        objective.workspace,
        objective.metric.key,
        grain,
        periods[0].start,
        periods[-1].end,
        today=data_date + ONE_DAY,
        segment=segment_of(objective),
    )
    values: Values = [one.value if one.period.start <= data_date else None for one in found]
    return values, [
        value is not None and one.period.end > data_date
        for value, one in zip(values, found, strict=True)
    ]


def _plan(trial: Trial, asked: Asked, periods: Sequence[Period]) -> Values:
    """What the plan expects of each whole period of the span; empty where there is no line."""
    objective, opening = trial.whole, opening_of(asked)
    if opening is None or asked.method in (Method.PERIODS, Method.WHOLE):
        return []
    assert objective.start is not None
    assert objective.end is not None
    planned = copy(objective)
    freeze_plan(planned)
    weights = frozen_weights(planned)
    start, end = objective.start, objective.end

    def expected(day: date) -> Decimal:
        if day < start:
            return opening
        share = bent_share(
            weights,
            start,
            min(day, end),
            opening=opening,
            target=asked.target,
            milestones=trial.milestones,
        )
        return expected_value(opening, asked.target, share)

    adds = adds_from_the_start(asked)
    values: Values = []
    for one in periods:
        is_inside = start <= one.start and one.end <= end if adds else start <= one.end
        before = expected(one.start - ONE_DAY) if adds else Decimal(0)
        values.append(expected(one.end) - before if is_inside else None)
    return values


def _plan_series(plan: Values, objective: Objective) -> list[Series]:
    if not any(value is not None for value in plan):
        return []
    return [Series(name=_("Plan"), role="plan", values=plan, end_label=_("Plan"))]


def _target_series(trial: Trial, asked: Asked, periods: Sequence[Period]) -> list[Series]:
    """The target of a level over the objective's own days; a sum's is not one period's."""
    objective, target = trial.whole, trial.objective.target
    if target is None or adds_from_the_start(asked) or objective.start is None:
        return []
    write, start = value_format(objective, lang()), objective.start
    limits = [(_("Target"), target)]
    if objective.kind == "between" and objective.target_high is not None:
        limits = [(_("Lower limit"), target), (_("Upper limit"), objective.target_high)]
    return [
        Series(
            name=name,
            role="target",
            values=[value if one.end >= start else None for one in periods],
            end_label=f"{name} {write(value)}",
        )
        for name, value in limits
    ]


def _band(trial: Trial, asked: Asked, periods: Sequence[Period]) -> list[Series]:
    found = spreads(
        trial.whole,
        asked,
        periods,
        data_date=trial.feed.data_date,
        rhythm_days=trial.feed.rhythm_days,
    )
    if not any(found):
        return []
    lines = [[one[place] if one else None for one in found] for place in range(3)]
    return [
        Series(name=_("Forecast, low"), role="forecast_low", values=lines[0]),
        Series(name=_("Forecast"), role="forecast_median", values=lines[1]),
        Series(name=_("Forecast, high"), role="forecast_high", values=lines[2]),
    ]


def _today_mark(periods: Sequence[Period], today: date) -> list[Annotation]:
    if periods[0].start <= today <= periods[-1].end:
        return [Annotation(at=today, text=_("Today"), today=True)]
    return []


# Words


def _whole_periods(known: tuple[Values, list[bool]]) -> list[Decimal]:
    pairs = zip(*known, strict=True)
    return [value for value, is_partial in pairs if value is not None and not is_partial]


def _title(
    trial: Trial, asked: Asked, grain: Grain, known: tuple[Values, list[bool]], plan: Values
) -> str:
    """The message: what the plan asks of a period beside what the last ones brought."""
    objective, write = trial.whole, value_format(trial.whole, lang())
    assert objective.metric is not None
    past, asks = _whole_periods(known), [value for value in plan if value is not None]
    if trial.objective.target is None or not past:
        return _("%(metric)s so far") % {"metric": objective.metric.name}
    if not adds_from_the_start(asked) or not asks:
        words = {"now": write(past[-1]), "target": write(trial.objective.target)}
        return _("From %(now)s lately to %(target)s") % words
    words = {
        "plan": write(_short(sum(asks, Decimal(0)) / len(asks))),
        "lately": write(_short(median(past[-4:]))),
    }
    by_grain = {
        Grain.DAY: _("Asks for %(plan)s a day; lately it was %(lately)s"),
        Grain.WEEK: _("Asks for %(plan)s a week; lately it was %(lately)s"),
        Grain.MONTH: _("Asks for %(plan)s a month; lately it was %(lately)s"),
    }
    return by_grain[grain] % words


def _short(value: Decimal) -> Decimal:
    """Enough of a mean to compare by eye."""
    return value.quantize(Decimal(1)) if abs(value) >= 10 else value.quantize(Decimal("0.1"))


def _subtitle(objective: Objective, grain: Grain) -> str:
    assert objective.metric is not None
    assert objective.start is not None
    assert objective.end is not None
    words = {
        "metric": objective.metric.name,
        "segment": segment_label(objective),
        "span": fmt_dates.date_range(objective.start, objective.end, lang()),
    }
    by_grain = {
        Grain.DAY: _("%(metric)s by day, %(segment)s, %(span)s and before"),
        Grain.WEEK: _("%(metric)s by week, %(segment)s, %(span)s and before"),
        Grain.MONTH: _("%(metric)s by month, %(segment)s, %(span)s and before"),
    }
    return by_grain[grain] % words


def _summary(trial: Trial, known: tuple[Values, list[bool]], grain: Grain) -> str:
    past, write = _whole_periods(known), value_format(trial.whole, lang())
    if not past:
        return _("There are no figures of these days.")
    words = {
        "low": write(min(past)),
        "high": write(max(past)),
        "middle": write(median(past)),
    }
    by_grain = {
        Grain.DAY: _("Days so far: from %(low)s to %(high)s, the median is %(middle)s."),
        Grain.WEEK: _("Weeks so far: from %(low)s to %(high)s, the median is %(middle)s."),
        Grain.MONTH: _("Months so far: from %(low)s to %(high)s, the median is %(middle)s."),
    }
    return by_grain[grain] % words
