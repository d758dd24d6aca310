"""An objective as a chart: what happened against the plan and the target.

A sum grows day by day along its plan. A stock is a line of days. Everything else is a line of
periods, because a day's rate says little.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Literal

from django.utils.translation import gettext as _

from accounts import fmt, fmt_dates
from metrics import series
from metrics.campaign_bands import campaign_bands
from metrics.charts import Annotation, Band, ChartSpec, Series
from metrics.models import Campaign
from metrics.periods import Grain, Period
from metrics.segment_names import segment_name
from objectives.evaluation import frozen_weights
from objectives.history import (
    adds_from_the_start,
    asked_of,
    daily_of,
    period_grain,
    segment_of,
)
from objectives.measure import Asked, Method, Rollup, opening_of
from objectives.milestones import marks_of, milestones_of
from objectives.models import DailyResult, Objective, State, StatusChange
from objectives.outlook_shown import forecast_band
from objectives.pace import bent_share, days_of, expected_value, pace_line
from objectives.presentation import is_in_points, value_format
from objectives.wording import headline, lang, status_name

Values = list[Decimal | None]
COLOURED = ("on_track", "at_risk", "off_track", "achieved", "missed")
MOST_CHANGES = 3
"""More marks than these would write over each other."""
MOST_DAYS = 1500
"""A span that is longer is drawn by month."""


@dataclass
class Lines:
    """The points of a chart, one a label."""

    grain: Grain
    labels: list[date]
    actual: Values
    plan: Values = field(default_factory=list)
    partial: list[bool] = field(default_factory=list)


def objective_chart(
    objective: Objective,
    result: DailyResult | None,
    changes: Iterable[StatusChange],
    *,
    today: date,
    csv_url: str = "",
    accepted: Decimal | None = None,
) -> ChartSpec | None:
    """The chart of an objective; None while it has no metric, target or dates.

    ``accepted`` is a weaker target that people settle for at present.
    """
    asked = asked_of(objective)
    if asked is None or objective.metric is None:
        return None
    lines = objective_lines(objective, asked, result, today=today)
    if lines is None:
        return None
    return ChartSpec(
        title=chart_title(objective, result),
        subtitle=_subtitle(objective, lines.grain, asked),
        summary=_summary(objective, result),
        kind="cumulative" if adds_from_the_start(asked) else "line",
        unit=str(objective.metric.definition.unit),
        currency=objective.workspace.currency,
        grain=_GRAINS[lines.grain],
        labels=lines.labels,
        series=[
            *_series(objective, asked, lines, accepted),
            *_band(objective, asked, lines, result),
        ],
        annotations=[
            *_annotations(changes, lines),
            *_milestone_marks(objective, lines),
            *_today_mark(lines, today),
        ],
        bands=_campaigns(objective, lines),
        csv_url=csv_url,
    )


_GRAINS: dict[Grain, Literal["day", "week", "month", "quarter", "year"]] = {
    Grain.DAY: "day",
    Grain.WEEK: "week",
    Grain.MONTH: "month",
    Grain.QUARTER: "quarter",
    Grain.YEAR: "year",
}


def objective_lines(
    objective: Objective, asked: Asked, result: DailyResult | None, *, today: date
) -> Lines | None:
    """What to draw: actual values and, where there is one, the plan, label by label."""
    if objective.start is None or objective.end is None:
        return None
    is_short = (objective.end - objective.start).days < MOST_DAYS
    by_day = adds_from_the_start(asked) or asked.rollup is Rollup.STOCK
    if by_day and is_short and asked.method is not Method.PERIODS:
        return _daily_lines(objective, asked, known_to=_known_to(objective, result, today))
    return _period_lines(objective, asked, today=today)


def _known_to(objective: Objective, result: DailyResult | None, today: date) -> date:
    """The last day to draw figures of: complete ones only, as the status is judged."""
    assert objective.end is not None
    data_date = result.data_date if result else None
    return min(data_date or today, objective.end)


def _daily_lines(objective: Objective, asked: Asked, *, known_to: date) -> Lines:
    assert objective.start is not None
    assert objective.end is not None
    days = list(days_of(objective.start, objective.end))
    known = daily_of(objective, objective.start, known_to) if known_to >= objective.start else {}
    actual: Values = [known.get(day) for day in days]
    if adds_from_the_start(asked):
        actual = _running(days, known, known_to)
    return Lines(Grain.DAY, days, actual, _daily_plan(objective, asked))


def _running(days: Sequence[date], known: dict[date, Decimal], known_to: date) -> Values:
    """The sum so far by day, to the last known one; nothing before the first figures."""
    first = min(known, default=None)
    sums = accumulate(known.get(day, Decimal(0)) for day in days)
    return [
        total if first is not None and first <= day <= known_to else None
        for day, total in zip(days, sums, strict=True)
    ]


def _daily_plan(objective: Objective, asked: Asked) -> Values:
    opening = opening_of(asked)
    if opening is None or objective.start is None or asked.method is Method.WHOLE:
        return []
    plan = frozen_weights(objective)
    line = pace_line(
        plan,
        objective.start,
        opening=opening,
        target=asked.target,
        milestones=marks_of(objective),
    )
    return [value for _day, value in line]


def _period_lines(objective: Objective, asked: Asked, *, today: date) -> Lines:
    assert objective.metric is not None
    assert objective.start is not None
    assert objective.end is not None
    grain = _drawn_grain(objective, asked)
    found = series.values(
        objective.workspace,
        objective.metric.key,
        grain,
        objective.start,
        objective.end,
        today=today,
        segment=segment_of(objective),
    )
    return Lines(
        grain,
        labels=[one.period.start for one in found],
        actual=[None if one.period.start >= today else one.value for one in found],
        plan=_period_plan(objective, asked, [one.period for one in found]),
        partial=[one.partial for one in found],
    )


def _drawn_grain(objective: Objective, asked: Asked) -> Grain:
    """The periods that are judged; a rate that is judged otherwise is drawn by week."""
    if asked.method is Method.PERIODS or asked.rollup is Rollup.UNIQUE:
        return Grain.MONTH if asked.rollup is Rollup.UNIQUE else period_grain(objective)
    judged = period_grain(objective)
    return Grain.WEEK if judged is Grain.MONTH else Grain.DAY


def _period_plan(objective: Objective, asked: Asked, periods: list[Period]) -> Values:
    """The plan at the end of each period; none where only the target counts."""
    opening = opening_of(asked)
    if asked.method is not Method.LINE or opening is None or opening == asked.target:
        return []
    assert objective.start is not None
    weights, start, marks = frozen_weights(objective), objective.start, marks_of(objective)
    shares = [
        bent_share(weights, start, one.end, opening=opening, target=asked.target, milestones=marks)
        for one in periods
    ]
    return [expected_value(opening, asked.target, share) for share in shares]


def _series(
    objective: Objective, asked: Asked, lines: Lines, accepted: Decimal | None
) -> Iterable[Series]:
    write = value_format(objective, lang())
    last = next((value for value in reversed(lines.actual) if value is not None), None)
    yield Series(
        name=_("Actual"),
        role="actual",
        values=lines.actual,
        partial=lines.partial or None,
        end_label="" if last is None else write(last),
    )
    if lines.plan:
        yield Series(name=_("Plan"), role="plan", values=lines.plan, end_label=_("Plan"))
    settled = [] if accepted is None else [(_("Accepted for now"), accepted)]
    for name, value in [*_targets(asked), *settled, *_ambitions(objective)]:
        yield Series(
            name=name,
            role="target",
            values=[value] * len(lines.labels),
            end_label=f"{name} {write(value)}",
        )


def _band(
    objective: Objective, asked: Asked, lines: Lines, result: DailyResult | None
) -> list[Series]:
    """The forecast, in a chart of days."""
    is_daily = lines.grain is Grain.DAY and asked.method is not Method.PERIODS
    return forecast_band(objective, asked, result, lines.labels) if is_daily else []


def _targets(asked: Asked) -> list[tuple[str, Decimal]]:
    if asked.target_high is None:
        return [(_("Target"), asked.target)]
    return [(_("Lower limit"), asked.target), (_("Upper limit"), asked.target_high)]


def _ambitions(objective: Objective) -> list[tuple[str, Decimal]]:
    """The stretch target and the floor, as lines of their own."""
    given = ((_("Stretch target"), objective.stretch), (_("Floor"), objective.floor))
    return [(name, value) for name, value in given if value is not None]


def _milestone_marks(objective: Objective, lines: Lines) -> list[Annotation]:
    """The first milestones on their days, in a chart of days."""
    if lines.grain is not Grain.DAY or not lines.labels:
        return []
    write = value_format(objective, lang())
    shown = [one for one in milestones_of(objective) if one[0] in set(lines.labels)]
    return [
        Annotation(at=day, text=_("Milestone: %(value)s") % {"value": write(value)})
        for day, value in shown[:MOST_CHANGES]
    ]


def _annotations(changes: Iterable[StatusChange], lines: Lines) -> Iterable[Annotation]:
    """The latest changes from one coloured status to another, on their days."""
    told = [one for one in changes if one.old in COLOURED and one.new in COLOURED]
    for change in sorted(told, key=lambda one: one.day)[-MOST_CHANGES:]:
        if lines.labels and lines.labels[0] <= change.day:
            yield Annotation(at=change.day, text=status_name(change.new))


def _campaigns(objective: Objective, lines: Lines) -> list[Band]:
    """The campaigns of the objective's days that touch its segment."""
    if not lines.labels or objective.end is None:
        return []
    last = max(lines.labels[-1], objective.end)
    segment = segment_of(objective)
    return campaign_bands(objective.workspace, lines.labels[0], last, segment=segment)


def _today_mark(lines: Lines, today: date) -> list[Annotation]:
    if lines.grain is Grain.DAY and lines.labels and lines.labels[0] <= today <= lines.labels[-1]:
        return [Annotation(at=today, text=_("Today"), today=True)]
    return []


# Words


def chart_title(objective: Objective, result: DailyResult | None) -> str:
    """The message in ten words at most: "MQLs are 30% behind plan"."""
    name = objective.metric.name if objective.metric else objective.statement
    if result is None and objective.state == State.ACTIVE:
        return _("%(metric)s: not calculated yet") % {"metric": name}
    if result is None:
        return headline(name, objective.state, {}, value_format(objective, lang()))
    return headline(
        name,
        result.status,
        result.rule_params,
        value_format(objective, lang()),
        in_points=is_in_points(objective),
    )


def segment_label(objective: Objective) -> str:
    """What the objective is about: the channel, the campaign, or everything."""
    if isinstance(objective.campaign, Campaign):
        return objective.campaign.name
    value = objective.channel or objective.device
    return segment_name(value) if value else _("everything")


def _subtitle(objective: Objective, grain: Grain, asked: Asked) -> str:
    assert objective.metric is not None
    assert objective.start is not None
    assert objective.end is not None
    words = {
        "metric": objective.metric.name,
        "segment": segment_label(objective),
        "span": fmt_dates.date_range(objective.start, objective.end, lang()),
    }
    if adds_from_the_start(asked):
        return _("%(metric)s added up, %(segment)s, %(span)s") % words
    by_grain = {
        Grain.DAY: _("%(metric)s by day, %(segment)s, %(span)s"),
        Grain.WEEK: _("%(metric)s by week, %(segment)s, %(span)s"),
        Grain.MONTH: _("%(metric)s by month, %(segment)s, %(span)s"),
    }
    return by_grain[grain] % words


def _summary(objective: Objective, result: DailyResult | None) -> str:
    """One sentence with the numbers that the chart shows."""
    write = value_format(objective, lang())
    if result is None or result.value is None or result.data_date is None:
        return _("There are no figures of this objective's days yet.")
    words = {
        "value": write(result.value),
        "day": fmt_dates.date_long(result.data_date, lang()),
        "target": write(result.target) if result.target is not None else fmt.MISSING,
    }
    params = result.rule_params
    if params.get("over") == "last28" and params.get("rollup") == "rate":
        return _("%(value)s over the 28 days to %(day)s; the target is %(target)s.") % words
    if result.expected is None or result.expected == result.target:
        return _("%(value)s by %(day)s; the target is %(target)s.") % words
    words["plan"] = write(result.expected)
    return (
        _("%(value)s by %(day)s; the plan for that day was %(plan)s, the target is %(target)s.")
        % words
    )
