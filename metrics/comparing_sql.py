# ruff: noqa: S608  what is put into the statements are names that stand in this file
"""The statements that compare staged facts with stored ones."""

from metrics.fact_sql import key_of, same, stored

BREAKDOWN = (
    "(channel_id <> 0)::int + 2 * (campaign_id <> 0)::int + 4 * (device_id <> 0)::int"
    " + 8 * (asset_id <> 0)::int + 16 * (audience_id <> 0)::int"
)
"""By which dimensions a fact is broken down: one bit each, in the order of its key."""

DIFFERENCES = f"""
SELECT {key_of("s")}, f.value, s.value
FROM staged_facts s JOIN {stored("f", "s")}
WHERE f.value <> s.value
ORDER BY abs(s.value - f.value) / greatest(abs(f.value), 1) DESC, {key_of("s")}
LIMIT %(differences)s
"""
"""The largest changes first, measured against what is there."""

CREATE_VIEWS = f"""
CREATE TEMPORARY TABLE staged_views ON COMMIT DROP AS
SELECT metric_id, day, {BREAKDOWN} AS breakdown, sum(value) AS total, count(*) AS facts
FROM staged_facts WHERE metric_id = ANY(%(summed)s)
GROUP BY metric_id, day, breakdown
"""
"""What the staged facts of each day come to, breakdown by breakdown."""
DROP_VIEWS = "DROP TABLE staged_views"

COUNT_STORED = """
SELECT count(*) FROM metrics_fact
WHERE workspace_id = %(workspace)s AND feed_id = %(feed)s AND metric_id = ANY(%(metrics)s)
    AND day BETWEEN %(first)s AND %(last)s
"""

ADD_OTHERS = f"""
INSERT INTO staged_views
SELECT f.metric_id, f.day, {BREAKDOWN} AS breakdown, sum(f.value), count(*)
FROM (SELECT DISTINCT metric_id, day FROM staged_views) d
JOIN metrics_fact f ON f.workspace_id = %(workspace)s AND f.feed_id = %(feed)s
    AND f.metric_id = ANY(%(metrics)s) AND f.day BETWEEN %(first)s AND %(last)s
    AND f.metric_id = d.metric_id AND f.day = d.day
WHERE NOT EXISTS (SELECT FROM staged_facts s WHERE {same("f", "s")})
GROUP BY f.metric_id, f.day, breakdown
"""
"""Adds the stored facts of those days that stay as they are."""

SEVERAL_VIEWS = """
WITH views AS (
    SELECT metric_id, day, breakdown, sum(total) AS total, sum(facts)::bigint AS facts
    FROM staged_views GROUP BY metric_id, day, breakdown
), counted AS (
    SELECT *, count(*) OVER (PARTITION BY metric_id, day) AS number FROM views
)
SELECT metric_id, day, breakdown, total, facts FROM counted WHERE number > 1
ORDER BY metric_id, day, breakdown
"""
"""What each view of a day would come to, on the days that have several."""

MEAN_DAYS = f"""
WITH views AS (
    SELECT metric_id, breakdown, min(day) AS first_day, sum(total) / count(*) AS mean
    FROM staged_views GROUP BY metric_id, breakdown
), before AS (
    SELECT f.metric_id, {BREAKDOWN} AS breakdown, f.day, f.value
    FROM (SELECT metric_id, min(first_day) AS first_day FROM views GROUP BY metric_id) v
    JOIN metrics_fact f ON f.workspace_id = %(workspace)s AND f.feed_id = %(feed)s
        AND f.metric_id = v.metric_id
        AND f.day >= v.first_day - %(usual_days)s AND f.day < v.first_day
)
SELECT metric_id, max(mean), sum(value) / count(DISTINCT day), count(DISTINCT day)
FROM views JOIN before USING (metric_id, breakdown)
GROUP BY metric_id, breakdown
ORDER BY metric_id
"""
"""By metric and breakdown: the mean day in the file, the mean day before it, and of how many."""

COUNT_DAYS = "SELECT count(*) FROM (SELECT DISTINCT metric_id, day FROM staged_views) days"
"""On how many days the summed metrics have values, each metric's days counted."""
