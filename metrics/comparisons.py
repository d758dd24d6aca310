"""What a value stands beside: an earlier one, its smoothed mean, its benchmark, its cycle-adjusted
twin; and whether a comparison rests on enough to mean anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import fmt
from accounts.models import Workspace
from metrics import series
from metrics.catalogue import CATALOGUE
from metrics.catalogue.definition import Benchmark, MetricDefinition, Rollup
from metrics.formula import parse
from metrics.formula_nodes import Binary, Call, Node, Value, operands_in_order
from metrics.models import Metric
from metrics.periods import ONE_DAY, Calendar, Grain, Period
from metrics.read_rows import formulas_for
from metrics.rules import UNIQUES, WEIGHTS, calendar_of
from metrics.sales_cycle import (
    ADJUSTED,
    AdjustedValue,
    adjusted_series,
    adjusted_value,
    earlier_words,
    sentence,
)
from metrics.smoothing import WINDOWS, Kinds, Point, can_be_smoothed, needed, smoothed
from metrics.units import Unit

SMALL_BASE = 30
"""A change from fewer events than these says little: it is shown without an arrow."""
EVENT_UNITS = frozenset({Unit.COUNT, Unit.PEOPLE, Unit.ANSWERS, Unit.PAGES})
COUNTED = frozenset(
    key
    for key, one in CATALOGUE.items()
    if one.rollup in (Rollup.SUM, Rollup.UNIQUE) and one.unit in EVENT_UNITS
)
"""The base metrics whose values are numbers of events."""
KINDS = Kinds(WEIGHTS, UNIQUES)


# --- Small bases ---------------------------------------------------------------------------------


def small_base(
    definition: MetricDefinition,
    now: series.SpanValue | series.SeriesValue,
    before: series.SpanValue | series.SeriesValue | None,
) -> int | None:
    """The number of events where a comparison rests on fewer than 30; None where it does not.

    Of a count that is the earlier value, of what is divided by a count the smaller of the two.
    None also for what is no number of events: money, stocks, means.
    """
    if before is None or now.value is None or before.value is None:
        return None
    base = events_behind(definition, before)
    if definition.formula and _denominator(parse(definition.formula)) is not None:
        here = events_behind(definition, now)
        base = min(here, base) if here is not None and base is not None else None
    return int(base) if base is not None and 0 < base < SMALL_BASE else None


def events_behind(
    definition: MetricDefinition, found: series.SpanValue | series.SeriesValue
) -> Decimal | None:
    """How many events a value rests on: what was counted, or what was divided by."""
    if not definition.formula:
        return found.value if definition.key in COUNTED else None
    node = parse(definition.formula)
    below = _denominator(node)
    if not _adds_events(below or node):
        return None
    if below is None:
        return found.value
    parts = [found.inputs.get(str(operand)) for operand in operands_in_order(below)]
    return sum((part for part in parts if part is not None), Decimal(0))


def _denominator(node: Node) -> Node | None:
    """What a formula divides by in the end; None where it does not."""
    return node.right if isinstance(node, Binary) and node.operator == "/" else None


def _adds_events(node: Node) -> bool:
    """Whether a formula adds up numbers of events, and does nothing else."""
    match node:
        case Value(operand=operand):
            return operand.modifier is None and operand.metric in COUNTED
        case Binary(operator="+", left=left, right=right):
            return _adds_events(left) and _adds_events(right)
        case Call(function="parts", arguments=arguments):
            return all(map(_adds_events, arguments))
    return False


# --- Smoothed ------------------------------------------------------------------------------------


def smoothed_values(
    workspace: Workspace,
    key: str,
    segment: series.Segment,
    periods: Sequence[Period],
    *,
    today: date,
) -> list[Decimal | None]:
    """The trailing means of consecutive periods; a period that is not over has none."""
    formulas = formulas_for(workspace, [key])
    if not periods or not can_be_smoothed(key, formulas, KINDS):
        return [None] * len(periods)
    calendar, first = calendar_of(workspace), periods[0]
    grain, lead = first.grain, WINDOWS[first.grain] - 1
    for _period in range(lead):
        first = calendar.previous(first)
    found = series.table(
        workspace,
        needed(key, formulas),
        grain,
        first.start,
        periods[-1].end,
        today=today,
        segment=segment,
    )
    points = {
        name: [Point(one.value, one.inputs) for one in values] for name, values in found.items()
    }
    means = smoothed(key, points, formulas, KINDS, grain)[lead:]
    return [
        None if period.end >= today else value for period, value in zip(periods, means, strict=True)
    ]


def smoothed_name(grain: Grain) -> str:
    """What the line of trailing means is called."""
    names = {
        Grain.DAY: _("Mean of %(n)s days"),
        Grain.WEEK: _("Mean of %(n)s weeks"),
        Grain.MONTH: _("Mean of %(n)s months"),
        Grain.QUARTER: _("Mean of %(n)s quarters"),
        Grain.YEAR: _("Mean of %(n)s years"),
    }
    return names[grain] % {"n": WINDOWS[grain]}


# --- Beside a page's newest value ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Against:
    """A value against another: what that other is, and where the value stands in words."""

    label: str
    text: str
    verdict: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the newest value of a metric's page stands beside; empty lists and None for nothing.

    `smoothed` and `adjusted` are the chart's lines. `notes` say what could not be compared.
    """

    against: list[Against]
    smoothed: list[Decimal | None] | None
    adjusted: list[Decimal | None] | None
    adjusted_now: AdjustedValue | None
    adjusted_name: str
    adjusted_text: str
    small_previous: int | None
    small_year: int | None
    notes: list[str]


def beside(
    workspace: Workspace,
    metric: Metric,
    rows: Sequence[series.SeriesValue],
    compared: series.Comparison | None,
    *,
    smooth: bool,
    compare: str,
    today: date,
) -> Beside:
    """Reads what the page of a metric shows beside its values; `rows` are those of the chart."""
    definition, newest = metric.definition, _newest(rows)
    periods, segment = [row.period for row in rows], rows[0].segment
    means = (
        smoothed_values(workspace, metric.key, segment, periods, today=today) if smooth else None
    )
    line, now = _adjusted(workspace, metric.key, segment, rows, today=today)
    against = [
        *(_against_mean(workspace, definition, rows, means) if means else ()),
        *(_against_benchmark(workspace, definition, newest) if newest else ()),
    ]
    then = compared and (compared.previous, compared.year_ago)
    small = [small_base(definition, compared.now, one) for one in then] if compared and then else []
    return Beside(
        against=against,
        smoothed=means if means and any(one is not None for one in means) else None,
        adjusted=line,
        adjusted_now=now,
        adjusted_name=_adjusted_name(now),
        adjusted_text=_adjusted_text(workspace, now),
        small_previous=small[0] if small else None,
        small_year=small[1] if small else None,
        notes=_notes(workspace, metric, periods, smooth=smooth, compare=compare),
    )


def _newest(rows: Sequence[series.SeriesValue]) -> series.SeriesValue | None:
    return next((row for row in reversed(rows) if row.value is not None), None)


def _adjusted(
    workspace: Workspace,
    key: str,
    segment: series.Segment,
    rows: Sequence[series.SeriesValue],
    *,
    today: date,
) -> tuple[list[Decimal | None] | None, AdjustedValue | None]:
    """The line of cycle-adjusted values, and the newest of them with all that it is made of."""
    newest = _newest(rows)
    if key not in ADJUSTED or newest is None:
        return None, None
    start, end = newest.period.start, min(newest.period.end, today - ONE_DAY)
    if end < start:
        return None, None
    now = adjusted_value(workspace, key, segment, start, end, today=today)
    if now is None:
        return None, None
    periods = [row.period for row in rows]
    return adjusted_series(workspace, key, segment, periods, today=today), now


def _adjusted_name(now: AdjustedValue | None) -> str:
    if now is None:
        return ""
    return _("Cycle-adjusted (%(earlier)s)") % {"earlier": earlier_words(now.days)}


def _adjusted_text(workspace: Workspace, now: AdjustedValue | None) -> str:
    if now is None:
        return ""
    how = now.how
    found = Metric.objects.filter(workspace=workspace, key__in=[how.above, how.below])
    return sentence(now, {one.key: one.name for one in found}, _language())


def _against_mean(
    workspace: Workspace,
    definition: MetricDefinition,
    rows: Sequence[series.SeriesValue],
    means: Sequence[Decimal | None],
) -> list[Against]:
    """The newest whole period against its own smoothed value."""
    pairs = [
        (row, mean)
        for row, mean in zip(rows, means, strict=True)
        if row.value is not None and mean is not None
    ]
    if not pairs:
        return []
    row, mean = pairs[-1]
    note = fmt.metric_value(mean, str(definition.unit), workspace.currency, _language())
    return [_standing(definition, smoothed_name(row.period.grain), row.value, mean, note)]


def _against_benchmark(
    workspace: Workspace, definition: MetricDefinition, newest: series.SeriesValue
) -> list[Against]:
    """The newest value against what others have published."""
    published: Benchmark | None = definition.benchmark
    if published is None:
        return []
    note = f"{published.text(_language())} ({published.source})"
    return [_standing(definition, _("Published benchmark"), newest.value, published.value, note)]


def _standing(
    definition: MetricDefinition,
    label: str,
    value: Decimal | None,
    other: Decimal,
    note: str,
) -> Against:
    """Above, below or at the other value, by how much, and whether that is good."""
    change = fmt.change(value, other, str(definition.unit), str(definition.direction), _language())
    words = {"▲": _("%(size)s above"), "▼": _("%(size)s below"), "": _("the same")}
    text = words[change.arrow]
    if change.arrow:
        text = text % {"size": change.size}
    return Against(label, text, change.verdict, note)


def _notes(
    workspace: Workspace, metric: Metric, periods: Sequence[Period], *, smooth: bool, compare: str
) -> list[str]:
    """What cannot be compared, and why."""
    notes = []
    if smooth and not can_be_smoothed(metric.key, formulas_for(workspace, [metric.key]), KINDS):
        notes.append(
            _(
                "This metric counts people, who may come back in the next period: it has no "
                "smoothed mean."
            )
        )
    if compare == "year":
        notes += without_partner(calendar_of(workspace), periods)
    return notes


def without_partner(calendar: Calendar, periods: Sequence[Period]) -> list[str]:
    """A sentence for each week 53 among the periods that the year before does not have."""
    weeks = {
        calendar.period_of(one.start, Grain.WEEK).key
        for one in periods
        if one.grain in (Grain.DAY, Grain.WEEK) and calendar.year_ago(one) is None
    }
    return [
        _("Week %(week)s of %(year)s has no partner in %(before)s: nothing is compared with it.")
        % {"week": int(week), "year": year, "before": int(year) - 1}
        for year, week in (key.split("-W") for key in sorted(weeks))
    ]


def _language() -> str:
    return get_language() or "en"
