# ruff: noqa: S608  what is put into the statements are names that stand in this file
"""Another feed that seems to measure what a file brings: the two would be added, and count twice.

Figures of different feeds add up, which is right for two platforms and wrong for two tools that
look at one thing. Nothing here decides; it finds what a person should look at before saying which
feed counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import chain
from typing import Any

from accounts.models import Workspace
from metrics.comparing_sql import BREAKDOWN
from metrics.models import Feed, Metric
from metrics.staging import Staging

ONE_OF_A_KIND = frozenset(
    {
        "sessions", "visitors", "new_visitors", "returning_visitors", "pageviews", "bounces",
        "exits", "session_seconds", "page_seconds", "search_impressions", "search_clicks",
        "keywords_top10", "backlinks", "referring_domains", "toxic_backlinks", "gross_revenue",
        "customers", "mrr",
    }
)  # fmt: skip
"""Metrics of the site and of the company as a whole, which two feeds rarely share out."""
NEAR = Decimal(2)
"""Two tools that look at one site differ by less than this factor."""
LEAST_SAME = 3
MEDIA = "cost_media"
Names = dict[str, Any]
"""What the statements call things: the workspace, the feed, the days."""


class Likeness(StrEnum):
    """Why two feeds seem to measure one thing."""

    NEAR = "near"
    """Much the same on the same days, of something that there is only once."""
    SAME = "same"
    """The very same values at the same places."""
    LEDGER = "ledger"
    """What was spent on media, typed as a cost for the same campaigns or channels."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """A metric that another feed brings too: on how many days, or how many same values."""

    metric_id: int
    feed: str
    likeness: Likeness
    number: int
    first: date
    last: date


OTHERS = """
FROM metrics_fact f
WHERE f.workspace_id = %(workspace)s AND f.feed_id <> %(feed)s
    AND f.metric_id = ANY(%(asked)s) AND f.day BETWEEN %(first)s AND %(last)s
"""

SHARED = f"""
WITH views AS (
    SELECT metric_id, day, {BREAKDOWN} AS breakdown, sum(value) AS total
    FROM staged_facts WHERE metric_id = ANY(%(asked)s) GROUP BY 1, 2, 3
), here AS (
    SELECT metric_id, day, max(total) AS total FROM views GROUP BY 1, 2
), other_views AS (
    SELECT f.feed_id, f.metric_id, f.day, {BREAKDOWN} AS breakdown, sum(f.value) AS total
    {OTHERS} GROUP BY 1, 2, 3, 4
), there AS (
    SELECT feed_id, metric_id, day, max(total) AS total FROM other_views GROUP BY 1, 2, 3
)
SELECT there.metric_id, there.feed_id, sum(here.total), sum(there.total),
    count(*), min(day), max(day)
FROM here JOIN there USING (metric_id, day)
GROUP BY 1, 2 ORDER BY 1, 2
"""
"""By metric and other feed: what both come to on the days that both have."""

SAME = f"""
WITH others AS (SELECT f.* {OTHERS})
SELECT f.metric_id, f.feed_id, count(*),
    count(*) FILTER (WHERE f.value = s.value AND s.value <> 0),
    min(s.day) FILTER (WHERE f.value = s.value), max(s.day) FILTER (WHERE f.value = s.value)
FROM staged_facts s JOIN others f ON (
    f.metric_id, f.day, f.channel_id, f.campaign_id, f.device_id, f.asset_id, f.audience_id,
    f."end"
) = (
    s.metric_id, s.day, s.channel_id, s.campaign_id, s.device_id, s.asset_id, s.audience_id,
    s."end"
)
GROUP BY 1, 2 ORDER BY 1, 2
"""
"""By metric and other feed: at how many places both have a value, and the same one."""

IN_LEDGER = f"""
WITH others AS (SELECT f.day, f.channel_id, f.campaign_id, f.feed_id, f.metric_id {OTHERS})
SELECT f.metric_id, f.feed_id, count(DISTINCT s.day), min(s.day), max(s.day)
FROM (SELECT DISTINCT metric_id, day, channel_id, campaign_id FROM staged_facts) s
JOIN others f ON f.metric_id = s.metric_id AND f.day = s.day AND (
    (f.campaign_id > 0 AND f.campaign_id = s.campaign_id)
    OR (f.campaign_id <= 0 AND f.channel_id > 0 AND f.channel_id = s.channel_id)
)
GROUP BY 1, 2 ORDER BY 1, 2
"""
"""By ledger: the days with a cost for a campaign of the file, or for a channel of it."""


def overlaps(
    staged: Staging, workspace: Workspace, *, feed_id: int, keys: Mapping[int, str]
) -> list[Overlap]:
    """What other feeds bring as well, where nobody has said which feed counts.

    One entry for each metric and feed, the surest likeness of it.
    """
    undecided = Metric.objects.filter(workspace=workspace, pk__in=keys, counting_feed=None)
    asked = sorted(undecided.values_list("pk", flat=True))
    if not asked or not staged.count:
        return []
    names = staged.names(workspace.pk) | {"feed": feed_id}
    feeds = {one.pk: one for one in Feed.objects.filter(workspace=workspace)}
    found: dict[tuple[str, str], Overlap] = {}
    for overlap in chain(
        _same(staged, names, asked, feeds),
        _in_ledger(staged, names, [pk for pk in asked if keys[pk] == MEDIA], feeds),
        _near(staged, names, [pk for pk in asked if keys[pk] in ONE_OF_A_KIND], feeds),
    ):
        found.setdefault((keys[overlap.metric_id], overlap.feed), overlap)
    return [found[place] for place in sorted(found)]


def _same(
    staged: Staging, names: Names, asked: list[int], feeds: Mapping[int, Feed]
) -> Iterator[Overlap]:
    staged.cursor.execute(SAME, names | {"asked": asked})
    for metric_id, other, common, same, first, last in staged.cursor.fetchall():
        if same >= LEAST_SAME and same * 2 >= common:
            yield Overlap(metric_id, feeds[other].name, Likeness.SAME, same, first, last)


def _in_ledger(
    staged: Staging, names: Names, media: list[int], feeds: Mapping[int, Feed]
) -> Iterator[Overlap]:
    ledgers = {pk for pk, feed in feeds.items() if feed.kind == Feed.Kind.LEDGER}
    if not ledgers or not media:
        return
    staged.cursor.execute(IN_LEDGER, names | {"asked": media})
    for metric_id, other, days, first, last in staged.cursor.fetchall():
        if other in ledgers:
            yield Overlap(metric_id, feeds[other].name, Likeness.LEDGER, days, first, last)


def _near(
    staged: Staging, names: Names, single: list[int], feeds: Mapping[int, Feed]
) -> Iterator[Overlap]:
    if not single:
        return
    staged.cursor.execute(SHARED, names | {"asked": single})
    for metric_id, other, here, there, days, first, last in staged.cursor.fetchall():
        if here > 0 and there > 0 and max(here, there) <= NEAR * min(here, there):
            yield Overlap(metric_id, feeds[other].name, Likeness.NEAR, days, first, last)
