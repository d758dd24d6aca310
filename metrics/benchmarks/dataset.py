"""Fills a scratch database with workspaces to measure: the same for the same arguments.

The facts are made inside PostgreSQL and go straight into their table, in the order of its key,
because the writer of facts is one of the things to be measured; what it would leave beside them
(batches, coverage, stale spans, the feeds' last days) is left by its own functions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from accounts.models import User, Workspace
from accounts.scope import workspace_scope
from accounts.workspaces import create_workspace
from metrics.benchmarks import dataset_sql
from metrics.benchmarks.plan import (
    CAMPAIGN_CHANNELS,
    CHANNELS,
    FEEDS,
    NOT_SET,
    PlannedFeed,
    Series,
    Shape,
    Split,
    campaigns_of,
    months_within,
)
from metrics.coverage import CoveredSpan, Days, feeds_received, mark_stale, record_coverage
from metrics.facts import Written, write_facts
from metrics.feeds import create_feed
from metrics.models import Batch, Campaign, Dimension, DimensionValue, Feed, Metric
from metrics.setup import install_catalogue, ledger_feed
from metrics.staging import FactRow

SLUG = "benchmark"
OWNER = "owner@benchmark.invalid"
NOTHING = 0

Spans = list[tuple[date, date]]


@dataclass(frozen=True, slots=True)
class Line:
    """One series of one segment, as the statement reads it."""

    series: Series
    metric_id: int
    feed_id: int
    channel_id: int
    campaign_id: int
    seed: int
    rhyme: int


@dataclass(frozen=True, slots=True)
class Places:
    """The ids that a workspace's facts carry."""

    metrics: dict[str, int]
    feeds: dict[str, int]
    channels: list[int]
    campaigns: list[tuple[int, int]]
    """Channel and campaign."""


def make_owner() -> User:
    """The person who owns every measured workspace; signs in by force only."""
    known = User.objects.filter(email=OWNER).first()
    return known or User.objects.create_user(OWNER, name="Benchmark")


def make_workspace(name: str, number: int, owner: User) -> Workspace:
    """The workspace with this number: catalogue, feeds and campaigns, no fact yet."""
    workspace = create_workspace(
        slug=f"{name}-{number:04}",
        name=f"{name.title()} {number:04}",
        currency="EUR",
        time_zone="Europe/Paris",
        language="en",
        owner=owner,
    )
    with workspace_scope(workspace.pk):
        install_catalogue(workspace)
        for planned in FEEDS:
            if planned.kind != Feed.Kind.LEDGER:
                create_feed(workspace, name=planned.name, rhythm=planned.rhythm)
        _add_campaigns(workspace, campaigns_of(number))
    return workspace


def _add_campaigns(workspace: Workspace, count: int) -> None:
    channels = _channels(workspace)
    keys = [CAMPAIGN_CHANNELS[place % len(CAMPAIGN_CHANNELS)] for place in range(count)]
    Campaign.objects.bulk_create(
        [
            Campaign(
                workspace=workspace,
                name=f"Campaign {place:02}",
                key=f"campaign {place:02}",
                channel_id=channels[key],
            )
            for place, key in enumerate(keys, start=1)
        ]
    )


def fill(workspace: Workspace, first: date, last: date, *, now: datetime) -> int:
    """Writes the facts of these days, and what the writer of facts leaves; returns how many."""
    places = _places(workspace)
    spans = [(day, day) for day in _days(first, last)], list(months_within(first, last))
    with connection.cursor() as cursor:
        cursor.execute(dataset_sql.PATIENCE)
        written = 0
        batches = {feed_id: _batch(workspace, feed_id, now) for feed_id in places.feeds.values()}
        for lines, chosen in zip(_lines(places), spans, strict=True):
            arguments = _arguments(workspace, lines, chosen) | {
                "workspace": workspace.pk,
                "batch_feeds": list(batches),
                "batches": [batch.pk for batch in batches.values()],
            }
            cursor.execute(dataset_sql.INSERT, arguments)
            written += cursor.rowcount
    for planned in FEEDS:
        _leave_word(batches[places.feeds[planned.name]], planned, places, first, last, now)
    return written


def write_day(workspace: Workspace, day: date, *, now: datetime) -> Written:
    """One more day through the writer of facts, feed by feed, as connectors deliver it."""
    places = _places(workspace)
    by_feed: dict[int, list[FactRow]] = {feed_id: [] for feed_id in places.feeds.values()}
    with connection.cursor() as cursor:
        cursor.execute(dataset_sql.MADE, _arguments(workspace, _lines(places)[0], [(day, day)]))
        for metric, start, feed, channel, campaign, end, value in cursor.fetchall():
            key = (metric, start, feed, channel, campaign, NOTHING, NOTHING, NOTHING, end)
            by_feed[feed].append(FactRow(*key, value=value))
    total = Written(0, 0, 0)
    for planned in FEEDS:
        feed_id = places.feeds[planned.name]
        done = write_facts(
            _batch(workspace, feed_id, now),
            rows=by_feed[feed_id],
            coverage=_coverage(planned, places, day, day) if by_feed[feed_id] else (),
        )
        total = Written(*(sum(pair) for pair in zip(total, done, strict=True)))
    return total


def _places(workspace: Workspace) -> Places:
    channels = _channels(workspace)
    feeds = dict(Feed.objects.filter(workspace=workspace).values_list("name", "pk"))
    feeds |= {one.name: ledger_feed(workspace).pk for one in FEEDS if one.kind == Feed.Kind.LEDGER}
    campaigns = Campaign.objects.filter(workspace=workspace).values_list("pk", "channel")
    return Places(
        metrics=dict(Metric.objects.filter(workspace=workspace).values_list("key", "pk")),
        feeds={one.name: feeds[one.name] for one in FEEDS},
        channels=[channels[key] for key in CHANNELS],
        campaigns=[
            (channel or NOT_SET, pk) for channel, pk in campaigns.values_list("channel", "pk")
        ],
    )


def _channels(workspace: Workspace) -> dict[str, int]:
    found = DimensionValue.objects.filter(workspace=workspace, dimension=Dimension.CHANNEL)
    return dict(found.values_list("key", "pk"))


def _lines(places: Places) -> tuple[list[Line], list[Line]]:
    """Every series of every segment: those with a value a day, those with one a month."""
    segments = {
        Split.NOTHING: [(NOTHING, NOTHING)],
        Split.CHANNEL: [(channel, NOTHING) for channel in places.channels],
        Split.CAMPAIGN: places.campaigns,
        Split.NOT_SET: [(NOT_SET, NOT_SET)],
    }
    found: tuple[list[Line], list[Line]] = ([], [])
    for feed in FEEDS:
        for series in feed.series:
            for place, (channel, campaign) in enumerate(segments[series.split]):
                seed = 1 + len(found[0]) + len(found[1])
                line = Line(
                    series=series,
                    metric_id=places.metrics[series.metric],
                    feed_id=places.feeds[feed.name],
                    channel_id=channel,
                    campaign_id=campaign,
                    seed=seed,
                    rhyme=1_000 * series.rhyme + place if series.rhyme else seed,
                )
                found[series.shape == Shape.UNIQUE].append(line)
    return found


def _arguments(workspace: Workspace, lines: list[Line], spans: Spans) -> dict[str, Any]:
    """What the statement takes. A workspace's noise depends on its place among all, not its id."""
    return {
        "number": int(workspace.slug.rpartition("-")[2]),
        "firsts": [first for first, _last in spans],
        "lasts": [last for _first, last in spans],
        "metrics": [one.metric_id for one in lines],
        "feeds": [one.feed_id for one in lines],
        "channels": [one.channel_id for one in lines],
        "campaigns": [one.campaign_id for one in lines],
        "levels": [one.series.level for one in lines],
        "shapes": [one.series.shape.value for one in lines],
        "presences": [one.series.per_mille for one in lines],
        "places": [one.series.places for one in lines],
        "weekdays": [one.series.weekday or 0 for one in lines],
        "seeds": [one.seed for one in lines],
        "rhymes": [one.rhyme for one in lines],
    }


def _batch(workspace: Workspace, feed_id: int, now: datetime) -> Batch:
    return Batch.objects.create(
        workspace=workspace,
        feed_id=feed_id,
        kind=Batch.Kind.API,
        state=Batch.State.COMMITTED,
        committed_at=now,
    )


def _coverage(planned: PlannedFeed, places: Places, first: date, last: date) -> list[CoveredSpan]:
    feed_id = places.feeds[planned.name]
    return [
        CoveredSpan(feed_id, places.metrics[one.metric], *span, planned.zero_filled)
        for one in planned.series
        for span in (months_within(first, last) if one.shape is Shape.UNIQUE else [(first, last)])
    ]


def _leave_word(
    batch: Batch, planned: PlannedFeed, places: Places, first: date, last: date, now: datetime
) -> None:
    """Coverage, stale spans and the feed's last day, as after `write_facts`."""
    spans = _coverage(planned, places, first, last)
    record_coverage(batch, spans, wrote=True)
    mark_stale(batch, {Days(span.metric_id, first, last) for span in spans})
    feeds_received(batch, spans, now)


def _days(first: date, last: date) -> Iterable[date]:
    return (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
