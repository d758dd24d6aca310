"""Which days and periods a recompute has to look at again.

The writer of facts leaves a StaleSpan for the days that it touched. A recompute reads them, adds
the days that pass by themselves, and finds the periods that hold those days and those whose
formulas look back at them. One row per workspace with an open end marks the first day that was
not over when it was last computed: from there on, days have to be looked at again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Max, Min

from accounts.models import Workspace
from metrics.engine.reading import Asked, horizon, next_days
from metrics.formula_nodes import Modifier
from metrics.joint import Joint
from metrics.models import Fact, Metric, Snapshot, StaleSpan
from metrics.periods import ONE_DAY, Calendar, Grain, Period
from metrics.rules import BASE, CARRY, STOCKS, Rules

OPEN_END = date.max
DAYS_IN_A_WEEK = 7
WHOLE_WEEKS_OF_A_YEAR = (357, 364, 371)
FORGET = "DELETE FROM metrics_stalespan WHERE workspace_id = ANY(%s) AND id = ANY(%s)"

Periods = dict[Grain, set[Period]]


class Span(NamedTuple):
    """A stale span as it is read: the metric's id and key are None where all are meant."""

    pk: int
    workspace_id: int
    metric_id: int | None
    metric_key: str | None
    start: date
    end: date
    batch_id: int | None


class Stale(NamedTuple):
    """What was read of the stale spans: of facts, and of own metrics whose definition changed.

    `opened` is the first day that was not over, if known.
    """

    spans: list[Span]
    definitions: list[Span]
    opened: Span | None

    def is_behind(self, today: date) -> bool:
        """Whether facts changed, or a day passed, since snapshots were last computed."""
        changed = self.spans or self.definitions
        return bool(changed) or self.opened is None or self.opened.start != today


def read_stale(workspace: Workspace) -> Stale:
    """The stale spans that are there now; later ones are left to the next recompute."""
    return read_stale_of([workspace])[0]


def read_stale_of(workspaces: Sequence[Workspace]) -> list[Stale]:
    """The stale spans of each."""
    ids = [one.pk for one in workspaces]
    found = StaleSpan.objects.filter(workspace__in=ids).order_by("pk")
    columns = ("pk", "workspace", "metric", "metric__key", "start", "end", "batch")
    rows: dict[int, list[Span]] = defaultdict(list)
    for row in map(Span._make, found.values_list(*columns)):
        rows[row.workspace_id].append(row)
    return [_stale(rows[one]) for one in ids]


def _stale(rows: Iterable[Span]) -> Stale:
    found = Stale([], [], None)
    for row in rows:
        if row.end == OPEN_END:
            found = found if found.opened else found._replace(opened=row)
        elif row.metric_key is None or row.metric_key in BASE:
            found.spans.append(row)
        else:
            found.definitions.append(row)
    return found


def forget_stale(workspaces: Sequence[Workspace], stale: Sequence[Stale], *, today: date) -> None:
    """Takes away the spans that were read of each, and marks today as the first day that is not
    over."""
    ids = [row.pk for one in stale for row in (*one.spans, *one.definitions)]
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(FORGET, [[one.pk for one in workspaces], ids])
    opened: list[Span] = []
    for workspace, one in zip(workspaces, stale, strict=True):
        if one.opened is None:
            StaleSpan.objects.create(workspace=workspace, start=today, end=OPEN_END)
        elif one.opened.start != today:
            opened.append(one.opened)
    if opened:
        rows = StaleSpan.objects.filter(
            workspace__in=[one.workspace_id for one in opened], pk__in=[one.pk for one in opened]
        )
        rows.update(start=today)


def mark_metric_stale(metric: Metric) -> None:
    """Leaves word that a metric is to be computed anew.

    For all the days it has facts for; for a derived one, in all periods that are stored.
    """
    if metric.key in BASE:
        found = Fact.objects.filter(workspace=metric.workspace_id, metric=metric)
        days = found.aggregate(start=Min("day"), end=Max("end"))
    else:
        stored = Snapshot.objects.filter(workspace=metric.workspace_id, dimension=0)
        days = stored.aggregate(start=Min("start"), end=Max("end"))
    if days["start"] is not None:
        StaleSpan.objects.create(workspace_id=metric.workspace_id, metric=metric, **days)


def is_behind(workspace: Workspace, *, today: date) -> bool:
    """Whether facts changed, or a day passed, since snapshots were last computed."""
    return read_stale(workspace).is_behind(today)


def of_earlier_days(workspace_ids: Collection[int], *, today: date) -> list[int]:
    """Those of the workspaces that were last computed on an earlier day."""
    opened = StaleSpan.objects.filter(workspace__in=workspace_ids, end=OPEN_END, start__lt=today)
    return list(opened.values_list("workspace_id", flat=True))


def extent(rules: Rules, *, today: date) -> set[date]:
    """Every day that facts, coverage or snapshots say anything about."""
    first, last = horizon(rules)
    return set() if first is None else set(_days(first, max(today, last or today)))


def stale_days(several: Sequence[tuple[Rules, Stale]], *, today: date) -> list[set[date]]:
    """By workspace the days whose rows may differ from what is stored, where anything was ever.

    Today is among them only once: later on the same day, nothing but its facts can change it.
    """
    found: list[set[date]] = []
    stocks: list[tuple[int, Span]] = []
    for place, (rules, stale) in enumerate(several):
        days: set[date] = set()
        if stale.opened is not None and stale.opened.start != today:
            days.update(_days(min(stale.opened.start, today), max(stale.opened.start, today)))
        for span in stale.spans:
            if span.metric_id is None:
                days.update(_days(span.start, max(span.end, today)))
            elif rules.keys.get(span.metric_id) in STOCKS:
                stocks.append((place, span))
            else:
                days.update(_days(span.start, span.end))
        found.append(days)
    following = next_days([_asked(several[place][0], span) for place, span in stocks])
    for (place, span), after in zip(stocks, following, strict=True):
        found[place].update(_days(span.start, _carried_to(span, after, today)))
    return found


def _asked(rules: Rules, span: Span) -> Asked:
    metric = span.metric_id or 0
    feed = rules.counting.get(rules.keys[metric], 0)
    return Asked(rules.workspace_id, metric, feed, span.end)


def _carried_to(span: Span, after: date | None, today: date) -> date:
    """How far a stock's span has an effect: its value is carried forward.

    It is also missed: without it, the days up to the next value may be stale or not.
    """
    carried = max(span.end + CARRY, after or today)
    return max(span.end, min(carried, today))


def _days(start: date, end: date) -> Iterable[date]:
    return (start + timedelta(days=place) for place in range((end - start).days + 1))


def periods_of(days: Iterable[date], calendar: Calendar) -> Periods:
    """The periods of every grain that hold one of the days."""
    found: Periods = {grain: set() for grain in Grain}
    chosen = set(days)
    found[Grain.DAY] = {calendar.period_of(day, Grain.DAY) for day in chosen}
    weekday = calendar.week_start
    weeks = {day - timedelta((day.weekday() - weekday) % DAYS_IN_A_WEEK) for day in chosen}
    found[Grain.WEEK] = {calendar.period_of(day, Grain.WEEK) for day in weeks}
    months = {day.replace(day=1) for day in chosen}
    for grain in (Grain.MONTH, Grain.QUARTER, Grain.YEAR):
        found[grain] = {calendar.period_of(day, grain) for day in months}
    return found


def dependents(base: Periods, rules: Joint) -> Periods:
    """The periods whose formulas may read a value of these, and are not among them.

    What reads a period that reads these has to wait for it, also where it is one of these.
    """
    calendar = rules.calendar
    found: Periods = {grain: set() for grain in Grain}
    frontier = base
    for step in range(rules.formulas.depth):
        fresh: Periods = {grain: set() for grain in Grain}
        for modifier, days in rules.formulas.shifts:
            for period in _looking_back(frontier, modifier, days, calendar):
                if step or period not in base[period.grain]:
                    fresh[period.grain].add(period)
        for grain, periods in fresh.items():
            found[grain] |= periods
        frontier = fresh
    return found


def _looking_back(
    periods: Periods, modifier: Modifier, days: int, calendar: Calendar
) -> Iterable[Period]:
    """The periods that read these through one modifier."""
    if modifier is Modifier.START:
        for day in periods[Grain.DAY]:
            after = day.end + ONE_DAY
            held = (calendar.period_of(after, grain) for grain in Grain)
            yield from (period for period in held if period.start == after)
    elif modifier is Modifier.LAG:
        for day in periods[Grain.DAY]:
            yield from (calendar.period_of(day.end + timedelta(days), grain) for grain in Grain)
    elif modifier is Modifier.PREV:
        yield from (calendar.following(one) for group in periods.values() for one in group)
    else:
        for group in periods.values():
            for period in group:
                yield from _a_year_later(period, calendar)


def _a_year_later(period: Period, calendar: Calendar) -> Iterable[Period]:
    """The periods whose partner of a year ago this one is."""
    if period.grain in (Grain.DAY, Grain.WEEK):
        offsets: Iterable[int] = WHOLE_WEEKS_OF_A_YEAR
    else:
        offsets = (366,)
    for offset in offsets:
        later = calendar.period_of(period.start + timedelta(days=offset), period.grain)
        if calendar.year_ago(later) == period:
            yield later
