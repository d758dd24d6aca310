"""What a rule would have opened in the past twelve months, by the code that checks it at night.

Figures are taken as they were first known where that is kept (weeks and longer that were restated
later), and complete as late as their feeds usually are. Nothing is written.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from accounts.models import Workspace
from metrics.feeds import Deliveries, due_day
from metrics.models import Coverage, Feed, Restatement
from metrics.models.snapshot import GRAIN_NUMBERS
from metrics.periods import ONE_DAY, Grain, local_today
from objectives.causes import OVER_PACE, SPENT_ON, UNKNOWN, WORRYING, spent_by
from objectives.discoveries import alone
from objectives.holding import Replaying
from objectives.models import AlertRule, DailyResult, Status
from objectives.replay_budgets import past_spending
from objectives.rule_checks import Finding, Line, check
from objectives.watching import ABOUT_METRICS, Readings, Watched, read, watched_by

NIGHTS = 365
Kind = AlertRule.Kind


@dataclass(frozen=True)
class Opened:
    """An alert that the rule would have opened: when, until when, about what, by which numbers."""

    day: date
    closed: date | None
    about: str
    value: float | None = None
    compared: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Replay:
    """What a year of nights would have brought; `nights` is how many could be judged."""

    opened: tuple[Opened, ...]
    nights: int

    @property
    def a_year(self) -> int | None:
        """How many to expect a year; None where less than a month could be judged."""
        if self.nights < 28:
            return None
        return round(len(self.opened) * NIGHTS / self.nights)


def replay(workspace: Workspace, rule: AlertRule, *, today: date) -> Replay:
    """Checks the rule at each night of the past twelve months. Call in the workspace's scope."""
    if rule.kind in ABOUT_METRICS:
        return _of_metrics(workspace, rule, today=today)
    if rule.kind == Kind.FEED_LATE:
        return _of_feeds(workspace, rule, today=today)
    if rule.kind == Kind.BUDGET:
        return _of_budgets(workspace, rule, today=today)
    return _of_results(workspace, rule, today=today)


def _nights(today: date) -> list[date]:
    return [today - timedelta(days=number) for number in range(NIGHTS - 1, -1, -1)]


# Metrics


def _of_metrics(workspace: Workspace, rule: AlertRule, *, today: date) -> Replay:
    deliveries = Deliveries(workspace, today=today)
    others = AlertRule.objects.filter(
        workspace=workspace, is_on=True, kind__in=(Kind.EXPECTED, Kind.DRIFT)
    ).exclude(pk=rule.pk)
    watched = list(watched_by([rule], deliveries.metrics))
    beside = sum(1 for _one in watched_by(others.select_related("segment"), deliveries.metrics))
    limit = alone(len(watched) + beside)
    readings = read(
        workspace, watched, day=today, deliveries=deliveries, back=timedelta(days=NIGHTS)
    )
    opened: list[Opened] = []
    nights = 0
    for one in watched:
        line = readings.line(one)
        if line is None:
            continue
        line = _as_first_known(workspace, one, line)
        lag = _lag(deliveries, one)
        found, judged = _replayed(one, line, readings, lag=lag, limit=limit, today=today)
        opened += found
        nights = max(nights, judged)
    return Replay(tuple(sorted(opened, key=lambda one: one.day)), nights)


def _lag(deliveries: Deliveries, one: Watched) -> int:
    """How many days after a day its figures usually are complete."""
    delays = [feed.feed.delay_days for feed in deliveries.carrying(one.metric.key)]
    return max([1, *delays])


def _replayed(
    one: Watched, line: Line, readings: Readings, *, lag: int, limit: float, today: date
) -> tuple[list[Opened], int]:
    state, judged = Replaying(), 0
    ends = [value.period.end for value in line.values]
    known_to = readings.known_to[one.metric.key]
    findings: dict[int, Finding | None] = {}
    for night in _nights(today):
        day = min(night - timedelta(days=lag), known_to)
        number = bisect_right(ends, day) - 1
        if number < 0:
            continue
        if number not in findings:
            findings[number] = check(one.asked, line, number)
        finding = findings[number]
        if finding is None:
            continue
        judged += 1
        state.evaluated(night, number, opens=finding.opens(limit), holds=finding.holds)
    return [
        _opened(one, episode.opened, episode.closed, findings[episode.number])
        for episode in state.episodes
    ], judged


def _opened(one: Watched, opened: date, closed: date | None, finding: Finding | None) -> Opened:
    assert finding is not None
    return Opened(
        opened,
        closed,
        one.metric.name,
        finding.value,
        finding.compared,
        str(one.metric.definition.unit),
    )


def _as_first_known(workspace: Workspace, one: Watched, line: Line) -> Line:
    """The line with the values that were reported first; of days no history is kept."""
    if line.grain is Grain.DAY:
        return line
    rows = Restatement.objects.filter(
        workspace=workspace,
        metric_key=one.metric.key,
        dimension=one.segment.dimension,
        segment_id=one.segment.segment_id,
        grain=GRAIN_NUMBERS[line.grain],
        start__gte=line.values[0].period.start,
        old_value__isnull=False,
    ).order_by("-changed_at", "-pk")
    first = {row.start: row.old_value for row in rows if row.old_value is not None}
    if not first:
        return line
    values = [
        replace(value, value=float(first[value.period.start]))
        if value.period.start in first
        else value
        for value in line.values
    ]
    return replace(line, values=values)


# Feeds


def _of_feeds(workspace: Workspace, rule: AlertRule, *, today: date) -> Replay:
    feeds = Feed.objects.filter(workspace=workspace, is_active=True)
    if rule.feed_id is not None:
        feeds = feeds.filter(pk=rule.feed_id)
    opened: list[Opened] = []
    most = 0
    for feed in feeds:
        arrivals = _arrivals(workspace, feed)
        state, judged = Replaying(), 0
        for night in _nights(today):
            place = bisect_right(arrivals, (night, date.max)) - 1
            if place < 0:
                continue
            feed.last_data_day = arrivals[place][1]
            due = due_day(feed)
            if due is None:
                continue
            judged += 1
            late = (night - due).days > int(rule.limit)
            state.evaluated(night, place, opens=late, holds=late)
        most = max(most, judged)
        opened += [Opened(one.opened, one.closed, feed.name) for one in state.episodes]
    return Replay(tuple(sorted(opened, key=lambda one: one.day)), most)


def _arrivals(workspace: Workspace, feed: Feed) -> list[tuple[date, date]]:
    """When figures came, in the workspace's days, with the last day known from then on."""
    rows = (
        Coverage.objects.filter(workspace=workspace, feed=feed, batch__committed_at__isnull=False)
        .order_by("batch__committed_at")
        .values_list("batch__committed_at", "end")
    )
    found: list[tuple[date, date]] = []
    last = date.min
    for committed_at, end in rows:
        last = max(last, end)
        if committed_at is not None:
            found.append((local_today(committed_at, workspace.time_zone), last))
    return found


# Budgets


def _of_budgets(workspace: Workspace, rule: AlertRule, *, today: date) -> Replay:
    deliveries = Deliveries(workspace, today=today)
    known_to = deliveries.data_date(SPENT_ON)
    if known_to is None:
        return Replay((), 0)
    over = OVER_PACE if rule.threshold is None else rule.threshold
    opened: list[Opened] = []
    for campaign, rows in past_spending(
        workspace, campaign=rule.campaign, first=today - timedelta(days=NIGHTS), last=known_to
    ):
        state = Replaying()
        for night in _nights(today):
            day = min(night - ONE_DAY, known_to)
            if (
                campaign.start is None
                or campaign.end is None
                or not (campaign.start <= day <= campaign.end)
            ):
                continue
            one = spent_by(campaign, rows, known_to=day)
            holds = one.is_spent() or one.is_over_pace(over)
            state.evaluated(night, 0, opens=holds, holds=holds)
        opened += [Opened(one.opened, one.closed, campaign.name) for one in state.episodes]
    return Replay(tuple(sorted(opened, key=lambda one: one.day)), NIGHTS)


# Objectives


def _of_results(workspace: Workspace, rule: AlertRule, *, today: date) -> Replay:
    """By the statuses that the nights have stored."""
    found = DailyResult.objects.filter(
        workspace=workspace, day__gt=today - timedelta(days=NIGHTS), day__lte=today
    )
    if rule.objective_id is not None:
        found = found.filter(objective=rule.objective_id)
    rows = list(
        found.order_by("objective_id", "day").values_list(
            "objective_id", "objective__statement", "day", "status"
        )
    )
    opened = [
        Opened(episode, closed, statement)
        for statement, results in _by_objective(rows)
        for episode, closed in _episodes(rule, results)
    ]
    nights = len({day for _pk, _statement, day, _status in rows})
    return Replay(tuple(sorted(opened, key=lambda one: one.day)), nights)


def _by_objective(
    rows: Sequence[tuple[int, str, date, str]],
) -> Iterator[tuple[str, list[tuple[date, str]]]]:
    grouped: dict[int, tuple[str, list[tuple[date, str]]]] = {}
    for pk, statement, day, status in rows:
        grouped.setdefault(pk, (statement, []))[1].append((day, status))
    yield from grouped.values()


def _episodes(
    rule: AlertRule, results: Sequence[tuple[date, str]]
) -> Iterator[tuple[date, date | None]]:
    if rule.kind == Kind.ACHIEVED:
        first = next((day for day, status in results if status == Status.ACHIEVED), None)
        if first is not None:
            yield first, first
        return
    chosen, state = rule.statuses or list(WORRYING), Replaying()
    for number, (day, status) in enumerate(results):
        if status in UNKNOWN and status not in chosen:
            continue
        holds = status in chosen
        state.evaluated(day, number, opens=holds, holds=holds)
    for episode in state.episodes:
        yield episode.opened, episode.closed
