# ruff: noqa: S608  what is put into the statements are pieces that stand in this file
"""Which facts a value is made of, asked of the database: totals by feed, and a page of them.

A day of one feed is resolved as `metrics.resolution` says, whose tables are passed in: by mask of
broken-down dimensions, how coarse it is and which dimensions it speaks of. Whatever the number of
facts, one statement adds them up and one gives a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db import connection

from metrics.catalogue.definition import Rollup
from metrics.resolution import COARSENESS, SPLITS, Segment, may_be_whole

LONGEST_SPAN = timedelta(days=366)
"""What is counted once is given for a year at most."""

MASK = """(f.channel_id <> 0)::int + (f.campaign_id <> 0)::int * 2 + (f.device_id <> 0)::int * 4
        + (f.asset_id <> 0)::int * 8 + (f.audience_id <> 0)::int * 16"""
FACTS = f"""
SELECT f.feed_id, f.day, f."end", f.value, f.batch_id,
    f.channel_id, f.campaign_id, f.device_id, f.asset_id, f.audience_id,
    {MASK} AS mask,
    %(counting)s = 0 OR f.feed_id = %(counting)s AS counts,
    CASE %(dimension)s
        WHEN 0 THEN 0
        WHEN 1 THEN CASE
            WHEN f.channel_id <> 0 THEN f.channel_id ELSE coalesce(c.channel_id, -1) END
        WHEN 2 THEN f.campaign_id
        WHEN 3 THEN f.device_id
        WHEN 4 THEN f.asset_id
        ELSE f.audience_id
    END AS segment_id
"""
FROM_FACTS = """
FROM metrics_fact f
LEFT JOIN metrics_campaign c
    ON c.workspace_id = f.workspace_id AND c.id = f.campaign_id AND %(dimension)s = 1
"""
OF_DAYS = """
WHERE f.workspace_id = %(workspace)s AND f.metric_id = %(metric)s
    AND f.day BETWEEN %(start)s AND %(end)s
"""
WITHOUT_WEIGHT = ", NULL::numeric AS weight"
CHOSEN = """
    (speaks.of_it AND f.counts AND f.segment_id = %(segment)s AND speaks.place = best.place)
"""
SPEAKS = """
speaks AS (
    SELECT ordinality - 1 AS mask, place, of_it
    FROM unnest(%(coarseness)s::int[], %(speaking)s::boolean[])
        WITH ORDINALITY AS tables (place, of_it, ordinality)
)
"""
SUMMED = f"""
WITH {SPEAKS}, facts AS ({FACTS} {WITHOUT_WEIGHT} {FROM_FACTS} {OF_DAYS}),
best AS (
    SELECT feed_id, day, min(place) AS place FROM facts JOIN speaks USING (mask)
    WHERE of_it GROUP BY feed_id, day
),
lines AS (
    SELECT f.*, coalesce({CHOSEN}, false) AS used
    FROM facts f JOIN speaks USING (mask) LEFT JOIN best USING (feed_id, day)
)
"""
STOOD = f"""
WITH {SPEAKS}, facts AS (
    SELECT DISTINCT ON (f.feed_id, f.channel_id, f.campaign_id, f.device_id, f.asset_id,
        f.audience_id) * FROM ({FACTS} {WITHOUT_WEIGHT} {FROM_FACTS} {OF_DAYS}) AS f
    ORDER BY f.feed_id, f.channel_id, f.campaign_id, f.device_id, f.asset_id, f.audience_id,
        f.day DESC
),
best AS (
    SELECT feed_id, min(place) AS place FROM facts JOIN speaks USING (mask)
    WHERE of_it GROUP BY feed_id
),
lines AS (
    SELECT f.*, coalesce({CHOSEN}, false) AS used
    FROM facts f JOIN speaks USING (mask) LEFT JOIN best USING (feed_id)
)
"""
COUNTED_ONCE = f"""
WITH facts AS (
    {FACTS} {WITHOUT_WEIGHT} {FROM_FACTS}
    WHERE f.workspace_id = %(workspace)s AND f.metric_id = %(metric)s
        AND f.day BETWEEN %(start)s - {LONGEST_SPAN.days} AND %(end)s AND f."end" >= %(start)s
),
lines AS (
    SELECT *, counts AND day = %(start)s AND "end" = %(end)s AND mask = %(only_mask)s
        AND segment_id = %(segment)s AS used
    FROM facts
)
"""
WEIGHED = f"""
WITH {SPEAKS}, facts AS (
    {FACTS}, w.value AS weight {FROM_FACTS}
    LEFT JOIN metrics_fact w ON w.workspace_id = f.workspace_id AND w.metric_id = %(weight)s
        AND w.day = f.day AND w.feed_id = f.feed_id AND w.channel_id = f.channel_id
        AND w.campaign_id = f.campaign_id AND w.device_id = f.device_id
        AND w.asset_id = f.asset_id AND w.audience_id = f.audience_id
    {OF_DAYS}
),
views AS (
    SELECT feed_id, day, mask, bool_or(weight IS NOT NULL) AS weighted
    FROM facts GROUP BY feed_id, day, mask
),
best AS (
    SELECT feed_id, day, min(place) FILTER (WHERE weighted) AS with_weight,
        min(place) FILTER (WHERE NOT weighted) AS without
    FROM views JOIN speaks USING (mask) WHERE of_it GROUP BY feed_id, day
),
lines AS (
    SELECT f.*, coalesce(
        speaks.of_it AND f.counts AND f.segment_id = %(segment)s
        AND CASE WHEN best.with_weight IS NULL
            THEN speaks.place = best.without AND NOT %(weighted_only)s
            ELSE speaks.place = best.with_weight AND f.weight IS NOT NULL END, false) AS used
    FROM facts f JOIN speaks USING (mask) LEFT JOIN best USING (feed_id, day)
)
"""
STATEMENTS: Mapping[str, str] = MappingProxyType(
    {
        Rollup.SUM: SUMMED,
        Rollup.LAST: STOOD,
        Rollup.UNIQUE: COUNTED_ONCE,
        Rollup.WEIGHTED_MEAN: WEIGHED,
    }
)
TOTALS = """
SELECT coalesce(feed_id, 0), coalesce(mask, 0), coalesce(counts, true), count(*),
    count(*) FILTER (WHERE used),
    trim_scale(coalesce(sum(value) FILTER (WHERE used), 0)),
    trim_scale(coalesce(sum(value * weight) FILTER (WHERE used), 0)),
    trim_scale(coalesce(sum(weight) FILTER (WHERE used), 0)),
    count(DISTINCT day) FILTER (WHERE used),
    min(day) FILTER (WHERE used), max(day) FILTER (WHERE used),
    trim_scale(min(value) FILTER (WHERE used)), trim_scale(max(value) FILTER (WHERE used))
FROM lines GROUP BY GROUPING SETS ((feed_id, mask, counts), ())
ORDER BY feed_id IS NOT NULL, count(*) FILTER (WHERE used) DESC, feed_id, mask
"""
PAGE = """
SELECT feed_id, day, "end", trim_scale(value), trim_scale(weight), batch_id,
    channel_id, campaign_id, device_id, asset_id, audience_id
FROM lines WHERE used
ORDER BY day DESC, feed_id, channel_id, campaign_id, device_id, asset_id, audience_id
LIMIT %(limit)s OFFSET %(offset)s
"""
GAPS = f"""
SELECT feed_id, lower(gap), upper(gap) - 1
FROM (
    SELECT feed_id, unnest(
        datemultirange(daterange(%(start)s, %(end)s, '[]')) - range_agg(known)) AS gap
    FROM (
        SELECT DISTINCT feed_id, daterange(day, day, '[]') AS known FROM metrics_fact f
        WHERE workspace_id = %(workspace)s AND metric_id = %(metric)s
            AND day BETWEEN %(start)s AND %(end)s
            AND (%(part)s = 0 OR ({MASK}) & %(part)s <> %(part)s)
        UNION ALL
        SELECT feed_id, daterange(start, "end", '[]') FROM metrics_coverage
        WHERE workspace_id = %(workspace)s AND metric_id = %(metric)s AND zero_filled
            AND start <= %(end)s AND "end" >= %(start)s
    ) AS days
    WHERE %(counting)s = 0 OR feed_id = %(counting)s
    GROUP BY GROUPING SETS ((feed_id), ())
    HAVING count(*) > 0
) AS unknown
ORDER BY feed_id NULLS FIRST, gap
"""


class FeedTotal(NamedTuple):
    """What one feed's facts of one breakdown come to, `used` of `facts` of them.

    The first total is that of all of them, of feed 0. `weighted` is Σ value × weight and `weight`
    Σ weight of a weighted mean; 0 otherwise.
    """

    feed_id: int
    mask: int
    counts: bool
    facts: int
    used: int
    total: Decimal
    weighted: Decimal
    weight: Decimal
    days: int
    first: date | None
    last: date | None
    least: Decimal | None
    largest: Decimal | None


class FactLine(NamedTuple):
    """One fact that a value is made of."""

    feed_id: int
    day: date
    end: date
    value: Decimal
    weight: Decimal | None
    batch_id: int
    channel_id: int
    campaign_id: int
    device_id: int
    asset_id: int
    audience_id: int

    @property
    def dims(self) -> tuple[int, int, int, int, int]:
        """Its channel, campaign, device, page and audience segment."""
        return self.channel_id, self.campaign_id, self.device_id, self.asset_id, self.audience_id


class Gap(NamedTuple):
    """Days that a feed does not know; of no feed: that no feed knows."""

    feed_id: int | None
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Behind:
    """The facts behind one value of a metric without a formula.

    `start` and `end` are the days whose facts are read: of a stock those that a value may be
    carried from. `weighted_only`: some values have a weight, so that those without do not count.
    `part` is the mask of breakdowns that are only a part.
    """

    workspace_id: int
    metric_id: int
    rollup: str
    segment: Segment
    start: date
    end: date
    counting: int = 0
    weight_id: int = 0
    weighted_only: bool = False
    part: int = 0

    def totals(self) -> list[FeedTotal]:
        """All together, then by feed and breakdown, those that are used first."""
        return [FeedTotal(*row) for row in self._rows(STATEMENTS[self.rollup] + TOTALS)]

    def page(self, limit: int, offset: int) -> list[FactLine]:
        """Some of the facts that are used, the newest first."""
        rows = self._rows(STATEMENTS[self.rollup] + PAGE, limit=limit, offset=offset)
        return [FactLine(*row) for row in rows]

    def gaps(self) -> list[Gap]:
        """The days that are not known: to no feed first, then by feed."""
        return [Gap(*row) for row in self._rows(GAPS)]

    def _rows(self, sql: str, **more: Any) -> list[Any]:
        names: dict[str, Any] = {
            "workspace": self.workspace_id,
            "metric": self.metric_id,
            "weight": self.weight_id,
            "weighted_only": self.weighted_only,
            "start": self.start,
            "end": self.end,
            "counting": self.counting,
            "dimension": self.segment.dimension,
            "segment": self.segment.segment_id,
            "only_mask": 1 << (self.segment.dimension - 1) if self.segment.dimension else 0,
            "coarseness": list(COARSENESS),
            "speaking": [self._speaks(mask) for mask in range(len(SPLITS))],
            "part": self.part,
        }
        with connection.cursor() as cursor:
            cursor.execute(sql, names | more)
            return list(cursor.fetchall())

    def _speaks(self, mask: int) -> bool:
        """Whether facts that are broken down so may be read for the segment."""
        dimension = self.segment.dimension
        return dimension in SPLITS[mask] if dimension else may_be_whole(mask, self.part)
