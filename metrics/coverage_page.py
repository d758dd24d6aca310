"""What is known of each metric in each of the last periods, and what is missing or late."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import get_language

from accounts import fmt_dates
from accounts.models import Workspace
from metrics import series
from metrics.feeds import KEPT_BY_HAND, Deliveries, FeedFreshness
from metrics.models import Coverage, Feed, Metric
from metrics.periods import ONE_DAY, Grain, Period
from metrics.rules import LEDGER_KEYS, calendar_of

GRAINS = (Grain.WEEK, Grain.MONTH)
PERIODS_SHOWN = 13
PATIENCE = timedelta(days=1)
"""Where no feed with a rhythm brings a metric, a period's value is expected so long after it."""


class Known(StrEnum):
    """What is known of a metric in a period.

    ``late``: days that a feed should have brought by now are not there. ``provisional``: there is
    a value, and more is to come or some days are unknown. ``due``: the value is not expected yet.
    ``undefined``: the inputs are there and give no value, as with a rate of nothing.
    """

    VALUE = "value"
    ZERO = "zero"
    PROVISIONAL = "provisional"
    LATE = "late"
    MISSING = "missing"
    DUE = "due"
    UNDEFINED = "undefined"


WANTING = frozenset({Known.MISSING, Known.LATE})
"""What somebody should enter or import."""


class Remedy(StrEnum):
    """Where a missing value is brought in; the names of the pages."""

    TYPE = "data"
    IMPORT = "import_new"
    COST = "cost_new"
    LOOK = "metric"


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """One metric in one period; `value` is None where nothing is shown."""

    period: Period
    known: Known
    value: Decimal | None

    @property
    def is_wanting(self) -> bool:
        """Whether somebody should bring the value."""
        return self.known in WANTING


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One metric's cells, oldest first, and where its missing values are brought in."""

    metric: Metric
    unit: str
    last_day: date | None
    remedy: Remedy
    cells: list[CoverageCell]

    @property
    def wanting(self) -> int:
        """The number of its values that somebody should bring."""
        return sum(cell.is_wanting for cell in self.cells)


@dataclass(frozen=True, slots=True)
class CoverageTable:
    """Metrics by periods. `ticks` are the heads of the columns."""

    grain: Grain
    periods: list[Period]
    ticks: list[str]
    rows: list[CoverageRow]
    feeds: list[Feed]

    @property
    def wanting(self) -> int:
        """The number of values that somebody should bring."""
        return sum(row.wanting for row in self.rows)


def coverage_table(
    workspace: Workspace,
    *,
    grain: Grain,
    until: date,
    today: date,
    feed: Feed | None = None,
    everything: bool = False,
) -> CoverageTable:
    """The last periods up to the one that holds `until`.

    The metrics are those that a feed has brought or that are golden; `everything` adds the others,
    `feed` keeps the base metrics of one feed and tells of that feed alone.
    """
    calendar = calendar_of(workspace)
    periods = [calendar.period_of(min(until, today), grain)]
    while len(periods) < PERIODS_SHOWN:
        periods.append(calendar.previous(periods[-1]))
    periods.reverse()
    deliveries = Deliveries(workspace, today=today)
    metrics = _metrics(deliveries, feed=feed)
    days = _days_of(feed, periods) if feed else None
    found = series.table(
        workspace,
        [one.key for one in metrics],
        grain,
        periods[0].start,
        periods[-1].end,
        today=today,
    )
    return CoverageTable(
        grain=grain,
        periods=periods,
        ticks=[
            fmt_dates.period_tick(
                one.start, grain, get_language() or "en", week_start=workspace.week_start
            )
            for one in periods
        ],
        rows=[
            _row(one, found[one.key], deliveries, None if days is None else days.get(one.pk, set()))
            for one in metrics
            if everything or feed or _is_in_use(one, found[one.key], deliveries)
        ],
        feeds=sorted(deliveries.feeds, key=lambda one: one.name.casefold()),
    )


def _metrics(deliveries: Deliveries, *, feed: Feed | None) -> list[Metric]:
    """The metrics that may be shown, by name."""
    shown = [one for one in deliveries.metrics.values() if not one.is_hidden]
    if feed is not None:
        shown = [one for one in shown if feed.pk in deliveries.feeds_of(one.key)]
        shown = [one for one in shown if one.definition.formula is None]
    return sorted(shown, key=lambda one: one.name.casefold())


def _is_in_use(
    metric: Metric, values: Iterable[series.SeriesValue], deliveries: Deliveries
) -> bool:
    """Whether figures of a metric are kept here: golden, brought by a feed, or worked out."""
    if metric.golden_rank or any(one.value is not None for one in values):
        return True
    return metric.definition.formula is None and bool(deliveries.feeds_of(metric.key))


def _days_of(feed: Feed, periods: list[Period]) -> dict[int, set[date]]:
    """By metric: the days of these periods that a feed has spoken for."""
    first, last = periods[0].start, periods[-1].end
    spans = Coverage.objects.filter(
        workspace_id=feed.workspace_id, feed=feed, start__lte=last, end__gte=first
    )
    days: dict[int, set[date]] = {}
    for metric_id, start, end in spans.values_list("metric_id", "start", "end").distinct():
        day = max(start, first)
        known = days.setdefault(metric_id, set())
        while day <= min(end, last):
            known.add(day)
            day += ONE_DAY
    return days


def _row(
    metric: Metric,
    values: Collection[series.SeriesValue],
    deliveries: Deliveries,
    days: set[date] | None,
) -> CoverageRow:
    carrying = deliveries.carrying(metric.key)
    last_day = deliveries.data_date(metric.key)
    feeds = deliveries.feeds_of(metric.key)
    is_known = metric.definition.formula is None or any(one.value is not None for one in values)
    return CoverageRow(
        metric=metric,
        unit=str(metric.definition.unit),
        last_day=last_day if is_known else None,
        remedy=_remedy(metric, [one for one in deliveries.feeds if one.pk in feeds]),
        cells=[
            _cell(one, carrying, last_day=last_day, today=deliveries.today, days=days)
            for one in values
        ],
    )


def _remedy(metric: Metric, feeds: Collection[Feed]) -> Remedy:
    if metric.definition.formula is not None:
        return Remedy.LOOK
    if metric.key in LEDGER_KEYS:
        return Remedy.COST
    typed = all(feed.kind in KEPT_BY_HAND for feed in feeds)
    return Remedy.TYPE if typed else Remedy.IMPORT


def _cell(
    found: series.SeriesValue,
    carrying: Collection[FeedFreshness],
    *,
    last_day: date | None,
    today: date,
    days: set[date] | None,
) -> CoverageCell:
    """`days` are the known ones of one feed, where the table tells of that feed alone."""
    period, value, incomplete = found.period, found.value, found.incomplete
    if days is not None:
        over = [period.start + ONE_DAY * n for n in range(period.length)]
        over = [day for day in over if day < today]
        value = value if days.intersection(over) else None
        incomplete = not days.issuperset(over)
    explained = EXPLAINED.get(found.reason or "")
    if value is None and days is None and explained:
        return CoverageCell(period, explained, None)
    is_ahead = last_day is None or period.end > last_day
    known = _judge(
        value,
        partial=found.partial,
        incomplete=incomplete,
        late=is_ahead and any(one.is_late for one in carrying),
        awaited=is_ahead and _awaited(period, carrying, today),
    )
    return CoverageCell(period, known, value)


EXPLAINED: Mapping[str, Known] = {
    "zero_denominator": Known.UNDEFINED,
    "not_additive": Known.UNDEFINED,
    "stale": Known.PROVISIONAL,
}
"""What the reasons for a missing value say about what is known."""


def _awaited(period: Period, carrying: Collection[FeedFreshness], today: date) -> bool:
    """Whether figures of the period are still to come, and nobody is late with them."""
    if carrying:
        return not any(one.is_late for one in carrying)
    return today <= period.end + PATIENCE


def _judge(
    value: Decimal | None, *, partial: bool, incomplete: bool, late: bool, awaited: bool
) -> Known:
    if late:
        return Known.LATE
    if value is None:
        return Known.DUE if awaited or partial else Known.MISSING
    if partial or incomplete or awaited:
        return Known.PROVISIONAL
    return Known.VALUE if value else Known.ZERO
