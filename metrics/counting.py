"""Which feed counts for a metric, and where two breakdowns of one feed disagree.

Feeds add up, being different quantities, unless they measure the same thing: then the workspace
names the one that counts. A finer breakdown that adds up to more than its total makes "not set"
negative: both stay as they came, and the days are named.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from accounts.audit import Actor, record
from accounts.models import Workspace
from metrics import series
from metrics.catalogue.definition import Rollup
from metrics.day_rows import negative_days
from metrics.models import Feed, Metric
from metrics.resolution import EVERYTHING, NOT_SET, Segment, coarsest, may_be_whole
from metrics.rules import PARTS
from metrics.staleness import mark_metric_stale

MOST_NAMED = 5

SUMS_BY_FEED = """
SELECT feed_id, day, "end",
    (channel_id <> 0)::int + 2 * (campaign_id <> 0)::int + 4 * (device_id <> 0)::int
        + 8 * (asset_id <> 0)::int + 16 * (audience_id <> 0)::int AS mask,
    sum(value)
FROM metrics_fact
WHERE workspace_id = %(workspace)s AND metric_id = %(metric)s
    AND day BETWEEN %(start)s AND %(end)s
GROUP BY 1, 2, 3, 4
"""
"""What each breakdown of each feed comes to, by day."""


@dataclass(frozen=True, slots=True)
class FeedValue:
    """What one feed says of a metric over some days; None where it cannot be said in one number.

    `counts`: its figures are used.
    """

    feed: Feed
    value: Decimal | None
    counts: bool


@dataclass(frozen=True, slots=True)
class Excess:
    """A day on which the parts of a dimension add up to more than the total."""

    day: date
    parts: Decimal
    total: Decimal


def values_by_feed(
    workspace: Workspace,
    metric: Metric,
    start: date,
    end: date,
    *,
    feeds: Iterable[Feed] | None = None,
) -> list[FeedValue]:
    """The feeds that brought a base metric in these days, by name, with what each says.

    ``feeds`` are all of the workspace, for who has read them already.
    """
    names: dict[str, int | date] = {
        "workspace": workspace.pk,
        "metric": metric.pk,
        "start": start,
        "end": end,
    }
    found: dict[int, list[tuple[date, date, int, Decimal]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(SUMS_BY_FEED, names)
        for feed_id, *row in cursor.fetchall():
            found[feed_id].append((row[0], row[1], row[2], row[3]))
    if feeds is None:
        feeds = Feed.objects.filter(workspace=workspace)
    named = sorted((one for one in feeds if one.pk in found), key=lambda one: one.name)
    rollup, counting = metric.definition.rollup, metric.counting_feed_id
    return [
        FeedValue(
            feed,
            _value(rollup, found[feed.pk], start, end, PARTS.get(metric.key, 0)),
            counting in {None, feed.pk},
        )
        for feed in named
    ]


def _value(
    rollup: Rollup,
    rows: Iterable[tuple[date, date, int, Decimal]],
    start: date,
    end: date,
    part: int,
) -> Decimal | None:
    if rollup is Rollup.UNIQUE:
        exact = [value for day, last, mask, value in rows if (day, last, mask) == (start, end, 0)]
        return exact[0] if exact else None
    if rollup not in (Rollup.SUM, Rollup.LAST):
        return None
    totals: dict[date, dict[int, Decimal]] = defaultdict(dict)
    for day, _last, mask, value in rows:
        if may_be_whole(mask, part):
            totals[day][mask] = value
    if not totals:
        return None
    by_day = {day: views[coarsest(views)] for day, views in totals.items()}
    return by_day[max(by_day)] if rollup is Rollup.LAST else sum(by_day.values(), Decimal(0))


def choose_feed(metric: Metric, *, feed: Feed | None, by: Actor) -> bool:
    """Names the one feed that counts for a metric, or lets all of them add up again.

    Returns whether anything changed; the days of the metric are then to be computed anew. Raises
    ValueError for a feed of another workspace.
    """
    if feed is not None and feed.workspace_id != metric.workspace_id:
        raise ValueError("A metric counts by a feed of its own workspace.")
    with transaction.atomic():
        stored = Metric.objects.select_for_update().get(pk=metric.pk)
        before, after = stored.counting_feed_id, feed.pk if feed else None
        if before == after:
            return False
        former = stored.counting_feed
        stored.counting_feed = feed
        stored.save(update_fields=["counting_feed"])
        mark_metric_stale(stored)
        record(
            by,
            "metric.counting_feed_changed",
            workspace=stored.workspace,
            obj=stored,
            before={"feed": former.name if former else None},
            after={"feed": feed.name if feed else None},
        )
    return True


def excesses(
    workspace: Workspace, key: str, dimension: int, start: date, end: date
) -> list[Excess]:
    """The days on which a dimension's parts are more than the total, the newest five."""
    rest = Segment(dimension, NOT_SET)
    days = negative_days(workspace.pk, key, rest, start, end)[-MOST_NAMED:]
    if not days:
        return []
    rests, totals = (
        series.daily(workspace, key, one, days[0], days[-1]) for one in (rest, EVERYTHING)
    )
    return [
        Excess(day, totals[day] - rests[day], totals[day]) for day in days[::-1] if day in totals
    ]
