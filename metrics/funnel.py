"""The funnel of a period: how many came to each step, which share went on, and how that changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import fmt
from accounts.models import Workspace
from metrics import series
from metrics.charts import ChartSpec, Series
from metrics.comparisons import SMALL_BASE
from metrics.models import Metric
from metrics.periods import Grain, Period
from metrics.rules import calendar_of
from metrics.sales_cycle import STAGES, AdjustedValue, adjusted_by, between, divided, sentence

CANDIDATES = (
    "search_impressions",
    "ad_impressions",
    "ad_clicks",
    "sessions",
    "conversions",
    "leads",
    "mqls",
    "sqls",
    "opportunities",
    "new_customers",
    "orders",
)
"""What can be a step, in the order of a funnel."""
LEAST_STEPS, MOST_STEPS = 2, 8
Values = Mapping[str, series.SpanValue | series.SeriesValue]


@dataclass(frozen=True, slots=True)
class Compared:
    """A number now, in the previous period and a year before; None where it is not known.

    The `small` ones are the events that the change rests on, where they are fewer than 30.
    """

    now: Decimal | None
    previous: Decimal | None
    year_ago: Decimal | None
    small_previous: int | None
    small_year_ago: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """How many came to a step, and the share of the step before that did; None for the first.

    `adjusted` is that share of those who came to the step before a stage's delay earlier.
    """

    key: str
    name: str
    count: Compared
    rate: Compared | None
    adjusted: AdjustedValue | None
    adjusted_text: str
    incomplete: bool


@dataclass(frozen=True, slots=True)
class Funnel:
    """The steps over `start` to `end`: of a period that is not over, its days before today.

    `previous` and `year_ago` are the days that are compared with, None where there are none;
    `through` is the share of the first step that came to the last.
    """

    start: date
    end: date
    partial: bool
    previous: tuple[date, date] | None
    year_ago: tuple[date, date] | None
    steps: list[Step]
    through: Decimal | None


def funnel(
    workspace: Workspace,
    period: Period,
    *,
    today: date,
    segment: series.Segment = series.EVERYTHING,
    keys: Sequence[str] = STAGES,
) -> Funnel | None:
    """The funnel of a period; None for one of which no day is over.

    Raises ValueError for fewer than 2 or more than 8 steps, and for a step that is no candidate.
    """
    check_steps(keys)
    days = min((today - period.start).days, period.length)
    if days < 1:
        return None
    calendar = calendar_of(workspace)
    spans = [
        _span(one, days, whole=days == period.length)
        for one in (period, calendar.previous(period), calendar.year_ago(period))
    ]
    counts = [_counts(workspace, keys, period.grain, span, segment, today) for span in spans]
    names = {one.key: one.name for one in Metric.objects.filter(workspace=workspace, key__in=keys)}
    start, end = spans[0] or (period.start, period.end)
    steps = []
    for before, key in zip([None, *keys], keys, strict=False):
        how = before and between(before, key)
        adjusted = how and adjusted_by(workspace, how, segment, start, end, today=today)
        steps.append(_step(key, before, names, counts, adjusted or None))
    return Funnel(
        start=start,
        end=end,
        partial=days < period.length,
        previous=spans[1],
        year_ago=spans[2],
        steps=steps,
        through=divided(steps[-1].count.now, steps[0].count.now)[0],
    )


def steps_of(keys: Sequence[str], counts: Sequence[Values], names: Mapping[str, str]) -> list[Step]:
    """The steps of any span from counts that were read: of now, of what is compared, and of a
    year before; an empty mapping where there is nothing. Nothing is cycle-adjusted.
    """
    pairs = zip([None, *keys], keys, strict=False)
    return [_step(key, before, names, counts, None) for before, key in pairs]


def check_steps(keys: Sequence[str]) -> None:
    """Raises ValueError with a sentence where these cannot be the steps of a funnel."""
    unknown = [key for key in keys if key not in CANDIDATES]
    if unknown:
        message = _("“%(key)s” cannot be a step. Choose from: %(steps)s.")
        raise ValueError(message % {"key": unknown[0], "steps": ", ".join(CANDIDATES)})
    if not LEAST_STEPS <= len(set(keys)) <= MOST_STEPS:
        message = _("A funnel has from %(least)s to %(most)s steps. Choose as many.")
        raise ValueError(message % {"least": LEAST_STEPS, "most": MOST_STEPS})


def _span(period: Period | None, days: int, *, whole: bool) -> tuple[date, date] | None:
    """The days of an earlier period that are compared: as many as of the one that runs."""
    if period is None:
        return None
    return (period.start, period.end) if whole else period.head(days)


def _counts(
    workspace: Workspace,
    keys: Sequence[str],
    grain: Grain,
    span: tuple[date, date] | None,
    segment: series.Segment,
    today: date,
) -> Values:
    """What each step came to: in one query for a whole period."""
    if span is None:
        return {}
    start, end = span
    whole = calendar_of(workspace).period_of(start, grain)
    if (whole.start, whole.end) == span:
        found = series.table(workspace, keys, grain, start, end, today=today, segment=segment)
        return {key: values[0] for key, values in found.items()}
    return {
        key: series.span_value(workspace, key, segment, start, end, today=today) for key in keys
    }


def _step(
    key: str,
    before: str | None,
    names: Mapping[str, str],
    counts: Sequence[Values],
    adjusted: AdjustedValue | None,
) -> Step:
    """A step beside the one `before`; `counts` are of now, the previous period, a year before."""
    now, previous, year_ago = (_value(found, key) for found in counts)
    return Step(
        key=key,
        name=names.get(key, key),
        count=Compared(now, previous, year_ago, _small(previous), _small(year_ago)),
        rate=None if before is None else _rate(key, before, counts),
        adjusted=adjusted,
        adjusted_text=sentence(adjusted, names, get_language() or "en") if adjusted else "",
        incomplete=counts[0][key].incomplete,
    )


def _rate(key: str, before: str, counts: Sequence[Values]) -> Compared:
    now, previous, year_ago = (
        divided(_value(found, key), _value(found, before))[0] for found in counts
    )
    below = [_value(found, before) for found in counts]
    return Compared(now, previous, year_ago, _small(below[0], below[1]), _small(below[0], below[2]))


def _value(found: Values, key: str) -> Decimal | None:
    return found[key].value if key in found else None


def _small(*bases: Decimal | None) -> int | None:
    """The smallest of the bases where that is fewer than 30 events."""
    least = min((base for base in bases if base is not None), default=None)
    return int(least) if least is not None and 0 < least < SMALL_BASE else None


def funnel_chart(found: Funnel, *, title: str, subtitle: str, name: str = "") -> ChartSpec:
    """The steps as bars, with those of the previous period; `name` is what the bars are of."""
    counts = [one.count.now for one in found.steps]
    drawn = [Series(name=name or _("This period"), role="actual", values=counts)]
    if found.previous is not None:
        earlier = [one.count.previous for one in found.steps]
        drawn.append(Series(name=_("Previous period"), role="previous", values=earlier))
    return ChartSpec(
        title=title,
        subtitle=subtitle,
        summary=_summary(found),
        kind="hbars",
        unit="count",
        grain="text",
        first_header=_("Step"),
        labels=[one.name for one in found.steps],
        series=drawn,
    )


def _summary(found: Funnel) -> str:
    """From the first step to the last, in one sentence."""
    first, last, language = found.steps[0], found.steps[-1], get_language() or "en"
    words = {
        "first": first.name,
        "first_count": fmt.metric_value(first.count.now, "count", "", language),
        "last": last.name,
        "last_count": fmt.metric_value(last.count.now, "count", "", language),
        "share": fmt.metric_value(found.through, "percent", "", language),
    }
    return _("%(first)s: %(first_count)s; %(last)s: %(last_count)s, that is %(share)s.") % words
