"""The queries that recomputing asks of facts and coverage, whatever their number of days."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from metrics.resolution import Dims

LONGEST_SPAN = timedelta(days=366)
"""Uniques are given for a year at most."""

FACTS = """
SELECT metric_id, feed_id, day, "end", trim_scale(value),
    channel_id, campaign_id, device_id, asset_id, audience_id
FROM metrics_fact
WHERE workspace_id = %(workspace)s AND metric_id = ANY(%(metrics)s)
    AND day BETWEEN %(start)s AND %(end)s
"""
OVERLAPPING = FACTS + ' AND "end" >= %(reaching)s'
OF_SPANS = """
SELECT f.metric_id, f.feed_id, f.day, f."end", trim_scale(f.value),
    f.channel_id, f.campaign_id, f.device_id, f.asset_id, f.audience_id
FROM unnest(%(starts)s::date[], %(ends)s::date[]) AS span (first, last)
JOIN metrics_fact f ON f.workspace_id = %(workspace)s AND f.metric_id = ANY(%(metrics)s)
    AND f.day = span.first AND f."end" = span.last
"""
FIRST_DAYS = """
SELECT metric.id, first.day
FROM unnest(%(metrics)s::bigint[], %(feeds)s::bigint[]) AS metric (id, counting_feed)
CROSS JOIN LATERAL (
    SELECT day FROM metrics_fact
    WHERE workspace_id = %(workspace)s AND metric_id = metric.id
        AND (metric.counting_feed = 0 OR feed_id = metric.counting_feed)
    ORDER BY day LIMIT 1
) AS first
"""
NEXT_DAY = """
SELECT min(day) FROM metrics_fact
WHERE workspace_id = %(workspace)s AND metric_id = %(metric)s AND day > %(after)s
"""
COVERED = """
SELECT metric_id, feed_id, lower(run), upper(run) - 1
FROM (
    SELECT metric_id, feed_id, range_agg(daterange(start, "end", '[]')) AS runs
    FROM metrics_coverage
    WHERE workspace_id = %(workspace)s AND zero_filled AND metric_id = ANY(%(metrics)s)
        AND start <= %(end)s AND "end" >= %(start)s
    GROUP BY metric_id, feed_id
) AS covered, unnest(runs) AS run
"""
DAYS_WITH_FACTS = """
SELECT metric_id, feed_id, lower(run), upper(run) - 1
FROM (
    SELECT metric_id, feed_id, range_agg(daterange(day, day, '[]')) AS runs
    FROM (
        SELECT DISTINCT metric_id, feed_id, day FROM metrics_fact
        WHERE workspace_id = %(workspace)s AND metric_id = ANY(%(metrics)s)
            AND day BETWEEN %(start)s AND %(end)s
    ) AS known
    GROUP BY metric_id, feed_id
) AS known, unnest(runs) AS run
"""
HORIZON = """
SELECT least(
        (SELECT min(day) FROM metrics_fact WHERE workspace_id = %(workspace)s),
        (SELECT min(start) FROM metrics_coverage WHERE workspace_id = %(workspace)s),
        (SELECT min(start) FROM metrics_snapshot WHERE workspace_id = %(workspace)s AND grain = 1)
    ), greatest(
        (SELECT max("end") FROM metrics_fact WHERE workspace_id = %(workspace)s),
        (SELECT max(start) FROM metrics_snapshot WHERE workspace_id = %(workspace)s AND grain = 1)
    )
"""


class FactRead(NamedTuple):
    """One fact as it is read."""

    metric_id: int
    feed_id: int
    day: date
    end: date
    value: Decimal
    dims: Dims


class Run(NamedTuple):
    """Days in a row, both ends included, that a feed knows for a metric."""

    metric_id: int
    feed_id: int
    start: date
    end: date


def _rows(sql: str, **names: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, names)
        return list(cursor.fetchall())


def _facts(sql: str, **names: Any) -> list[FactRead]:
    return [FactRead._make((*row[:5], row[5:])) for row in _rows(sql, **names)]


def facts_between(
    workspace_id: int, metric_ids: Iterable[int], start: date, end: date
) -> list[FactRead]:
    """The facts of these metrics that start on these days."""
    return _facts(FACTS, workspace=workspace_id, metrics=list(metric_ids), start=start, end=end)


def facts_overlapping(
    workspace_id: int, metric_ids: Iterable[int], start: date, end: date
) -> list[FactRead]:
    """The facts of these metrics whose span, a year at most, holds one of these days."""
    return _facts(
        OVERLAPPING,
        workspace=workspace_id,
        metrics=list(metric_ids),
        start=start - LONGEST_SPAN,
        end=end,
        reaching=start,
    )


def facts_of_spans(
    workspace_id: int, metric_ids: Iterable[int], spans: Iterable[tuple[date, date]]
) -> list[FactRead]:
    """The facts of these metrics for exactly these spans."""
    wanted = list(spans)
    return _facts(
        OF_SPANS,
        workspace=workspace_id,
        metrics=list(metric_ids),
        starts=[start for start, _end in wanted],
        ends=[end for _start, end in wanted],
    )


def first_days(workspace_id: int, counting: dict[int, int]) -> dict[int, date]:
    """The day of the first fact of each metric; `counting` gives the feed that counts, or 0."""
    rows = _rows(
        FIRST_DAYS,
        workspace=workspace_id,
        metrics=list(counting),
        feeds=list(counting.values()),
    )
    return dict(rows)


def next_day(workspace_id: int, metric_id: int, after: date) -> date | None:
    """The first day after this one that has a fact of the metric."""
    rows = _rows(NEXT_DAY, workspace=workspace_id, metric=metric_id, after=after)
    found: date | None = rows[0][0]
    return found


def covered_runs(workspace_id: int, metric_ids: Iterable[int], start: date, end: date) -> list[Run]:
    """Where a feed gives every row it has: a day inside without a row is zero."""
    rows = _rows(COVERED, workspace=workspace_id, metrics=list(metric_ids), start=start, end=end)
    return [Run(*row) for row in rows]


def runs_with_facts(
    workspace_id: int, metric_ids: Iterable[int], start: date, end: date
) -> list[Run]:
    """The days on which a feed has a fact of a metric."""
    rows = _rows(
        DAYS_WITH_FACTS, workspace=workspace_id, metrics=list(metric_ids), start=start, end=end
    )
    return [Run(*row) for row in rows]


def horizon(workspace_id: int) -> tuple[date | None, date | None]:
    """The first and the last day of which facts, coverage or snapshots say anything."""
    (found,) = _rows(HORIZON, workspace=workspace_id)
    return found[0], found[1]
