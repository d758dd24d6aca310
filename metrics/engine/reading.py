"""What a recompute asks of facts and coverage, whatever their number of days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from metrics.engine.arrays import Dates, array_cursor, ids
from metrics.engine.chunks import FEW_DAYS
from metrics.engine.days import Covered, Evidence
from metrics.engine.fact_reading import Source, read_with_packed
from metrics.engine.facts import day_of, number_of, read_facts
from metrics.joint import Joint
from metrics.rules import CARRY, MEANS, STOCKS, SUMS, UNIQUES, Rules

LONGEST_SPAN = 366
"""Uniques are given for a year at most."""

ADDED = """
FROM metrics_fact
WHERE workspace_id = ANY(%(workspaces)s) AND metric_id = ANY(%(added)s)
    AND day BETWEEN %(first)s AND %(last)s
"""
ONLY_DAYS = " AND day = ANY(%(days)s)"
CARRIED = """
FROM metrics_fact
WHERE workspace_id = ANY(%(workspaces)s) AND metric_id = ANY(%(stocks)s)
    AND day BETWEEN %(carried)s AND %(standing)s
"""
REACHING = """
    AND ("end" > day OR day BETWEEN %(first_seen)s AND %(last_seen)s)
"""
COUNTED = f"""
FROM metrics_fact
WHERE workspace_id = ANY(%(workspaces)s) AND metric_id = ANY(%(uniques)s)
    AND day BETWEEN %(counted)s AND %(until)s {REACHING}
"""
COVERED = """
SELECT metric_id, feed_id, lower(run), upper(run) - 1
FROM (
    SELECT metric_id, feed_id, range_agg(daterange(start, "end", '[]')) AS runs
    FROM metrics_coverage
    WHERE workspace_id = ANY(%(workspaces)s) AND zero_filled AND metric_id = ANY(%(metrics)s)
        AND start <= %(last)s AND "end" >= %(first)s
    GROUP BY metric_id, feed_id
) AS covered, unnest(runs) AS run
"""
FACTS_A_DAY = """
SELECT day, count(*) FROM metrics_fact
WHERE workspace_id = ANY(%(workspaces)s) AND metric_id = ANY(%(added)s)
    AND day BETWEEN %(first)s AND %(last)s
GROUP BY day
"""
FIRST_DAYS = """
SELECT metric.id, first.day
FROM unnest(%(workspaces)s, %(metrics)s, %(feeds)s)
    AS metric (workspace_id, id, counting_feed)
CROSS JOIN LATERAL (
    SELECT day FROM metrics_fact
    WHERE workspace_id = metric.workspace_id AND metric_id = metric.id
        AND (metric.counting_feed = 0 OR feed_id = metric.counting_feed)
    ORDER BY day LIMIT 1
) AS first
"""
NEXT_DAYS = """
SELECT next.day
FROM unnest(%(workspaces)s, %(metrics)s, %(feeds)s, %(afters)s)
    WITH ORDINALITY AS asked (workspace_id, metric_id, counting_feed, after, place)
LEFT JOIN LATERAL (
    SELECT day FROM metrics_fact
    WHERE workspace_id = asked.workspace_id AND metric_id = asked.metric_id AND day > asked.after
        AND (asked.counting_feed = 0 OR feed_id = asked.counting_feed)
    ORDER BY day LIMIT 1
) AS next ON true
ORDER BY place
"""
HORIZON = """
SELECT least(
        (SELECT min(first.day) FROM unnest(%(metrics)s) AS metric (id)
            CROSS JOIN LATERAL (
                SELECT day FROM metrics_fact
                WHERE workspace_id = %(workspace)s AND metric_id = metric.id
                ORDER BY day LIMIT 1
            ) AS first),
        (SELECT min(start) FROM metrics_coverage WHERE workspace_id = %(workspace)s),
        (SELECT min(start) FROM metrics_block WHERE workspace_id = %(workspace)s AND span = 1)
    ), greatest(
        (SELECT max(last.day) FROM unnest(%(metrics)s) AS metric (id)
            CROSS JOIN LATERAL (
                SELECT day FROM metrics_fact
                WHERE workspace_id = %(workspace)s AND metric_id = metric.id
                ORDER BY day DESC LIMIT 1
            ) AS last),
        (SELECT max("end") FROM metrics_fact
            WHERE workspace_id = %(workspace)s AND metric_id = ANY(%(uniques)s)),
        (SELECT max(start) + 30 FROM metrics_block WHERE workspace_id = %(workspace)s AND span = 1)
    )
"""
"""Metric by metric, so that the key's index finds the ends; only uniques reach past their day."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a recompute reads: the days to work out, those of all periods that hold them, the
    last day for which stocks are looked up, and the first day of the longest period."""

    days: Sequence[int]
    first: int
    last: int
    stocks_until: int
    uniques_since: int


def _rows(sql: str, **names: Any) -> list[Any]:
    with array_cursor() as cursor:
        cursor.execute(sql, names)
        return cursor.fetchall()


def metric_ids(rules: Joint | Rules, keys: frozenset[str]) -> list[int]:
    """The ids of these base metrics."""
    return [pk for pk, key in rules.keys.items() if key in keys]


def read_evidence(rules: Joint, reach: Reach, *, today: int, most: int | None = None) -> Evidence:
    """Everything that bears on some days. Raises TooManyFacts
    (`metrics.engine.facts`) where more than `most` of them add up."""
    first, last = reach.days[0], reach.days[-1]
    few = len(reach.days) <= FEW_DAYS
    added, stocks, uniques = (metric_ids(rules, keys) for keys in (SUMS | MEANS, STOCKS, UNIQUES))
    names: dict[str, Any] = {
        "workspaces": ids(rules.owners.listed),
        "added": ids(added),
        "stocks": ids(stocks),
        "uniques": ids(uniques),
        "first": day_of(first),
        "last": day_of(last),
        "days": Dates(np.array(reach.days, np.int64)),
        "carried": day_of(min(first, today) - CARRY.days),
        "standing": day_of(max(last, reach.stocks_until)),
        "counted": day_of(min(reach.first - LONGEST_SPAN, reach.uniques_since)),
        "until": day_of(reach.last),
        "first_seen": day_of(reach.first),
        "last_seen": day_of(reach.last),
    }
    if few:
        chosen = ADDED + (ONLY_DAYS if len(reach.days) <= last - first else "")
        facts = read_facts((chosen, CARRIED, COUNTED), names, most=(most, None, None))
    else:
        sources = (
            Source("added", added, names["first"], names["last"]),
            Source("stocks", stocks, names["carried"], names["standing"]),
            Source("uniques", uniques, names["counted"], names["until"], REACHING),
        )
        facts = read_with_packed(sources, rules.owners.listed, names, most=most)
    return Evidence(
        rules,
        facts,
        covered_runs(rules, first, last),
        first_days(rules),
        today,
    )


def facts_a_day(rules: Joint, first: int, last: int) -> dict[int, int]:
    """How many facts that add up there are on each day."""
    rows = _rows(
        FACTS_A_DAY,
        workspaces=ids(rules.owners.listed),
        added=ids(metric_ids(rules, SUMS | MEANS)),
        first=day_of(first),
        last=day_of(last),
    )
    return {number_of(day): count for day, count in rows}


def covered_runs(rules: Joint, first: int, last: int) -> list[Covered]:
    """Where a feed gives every row it has: a day inside without a row is zero."""
    rows = _rows(
        COVERED,
        workspaces=ids(rules.owners.listed),
        metrics=ids(metric_ids(rules, SUMS)),
        first=day_of(first),
        last=day_of(last),
    )
    return [
        Covered(metric, feed, number_of(start), number_of(end)) for metric, feed, start, end in rows
    ]


def first_days(rules: Joint) -> dict[tuple[int, str], int]:
    """The day of the first fact of each stock, of the feed that counts where one alone does, by
    the code of the workspace's whole and key."""
    asked = rules.metrics(STOCKS)
    rows = _rows(
        FIRST_DAYS,
        workspaces=ids(workspace for workspace, _metric in asked),
        metrics=ids(metric for _workspace, metric in asked),
        feeds=ids(rules.counting_feed(metric) for _workspace, metric in asked),
    )
    base = {metric: rules.owners.base(workspace) for workspace, metric in asked}
    return {(base[pk], rules.keys[pk]): number_of(day) for pk, day in rows}


class Asked(NamedTuple):
    """A metric's facts after a day: of this feed alone, or of all (0)."""

    workspace: int
    metric: int
    feed: int
    after: date


def next_days(asked: Sequence[Asked]) -> list[date | None]:
    """For each of these the first later day with a fact."""
    if not asked:
        return []
    workspaces, metrics, feeds, afters = zip(*asked, strict=True)
    rows = _rows(
        NEXT_DAYS,
        workspaces=ids(workspaces),
        metrics=ids(metrics),
        feeds=ids(feeds),
        afters=Dates(np.array([number_of(one) for one in afters], np.int64)),
    )
    return [day for (day,) in rows]


def horizon(rules: Rules) -> tuple[date | None, date | None]:
    """The first and the last day of which facts, coverage or blocks say anything."""
    ((first, last),) = _rows(
        HORIZON,
        workspace=rules.workspace_id,
        metrics=ids(rules.keys),
        uniques=ids(metric_ids(rules, UNIQUES)),
    )
    return first, last
