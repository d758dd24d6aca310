# ruff: noqa: S608  what is put into the statements are names that stand in this file
"""The statements that compare staged facts with stored ones."""

from metrics.fact_sql import KEY, key_of, same

BREAKDOWN = (
    "channel_id <> 0 AS by_channel, campaign_id <> 0 AS by_campaign, device_id <> 0 AS by_device,"
    " asset_id <> 0 AS by_asset, audience_id <> 0 AS by_audience"
)
VIEW = "by_channel, by_campaign, by_device, by_asset, by_audience"
STORED = "JOIN metrics_fact f ON f.workspace_id = %(workspace)s"

COUNT_KNOWN = f"""
SELECT count(*), count(*) FILTER (WHERE f.value <> s.value)
FROM staged_facts s {STORED} AND {same("f", "s")}
"""

DIFFERENCES = f"""
SELECT {key_of("s")}, f.value, s.value
FROM staged_facts s {STORED} AND {same("f", "s")}
WHERE f.value <> s.value
ORDER BY abs(s.value - f.value) / greatest(abs(f.value), 1) DESC, {key_of("s")}
LIMIT %(differences)s
"""
"""The largest changes first, measured against what is there."""

SUMS_BY_BREAKDOWN = f"""
WITH days AS (
    SELECT DISTINCT metric_id, day FROM staged_facts WHERE metric_id = ANY(%(summed)s)
), after AS (
    SELECT {KEY}, value FROM staged_facts WHERE metric_id = ANY(%(summed)s)
    UNION ALL
    SELECT {key_of("f")}, f.value FROM days d
    JOIN metrics_fact f ON f.workspace_id = %(workspace)s AND f.feed_id = %(feed)s
        AND f.metric_id = d.metric_id AND f.day = d.day
    WHERE NOT EXISTS (SELECT FROM staged_facts s WHERE {same("f", "s")})
), views AS (
    SELECT metric_id, day, {BREAKDOWN}, sum(value) AS total, count(*) AS facts FROM after
    GROUP BY metric_id, day, {VIEW}
), counted AS (
    SELECT *, count(*) OVER (PARTITION BY metric_id, day) AS number FROM views
)
SELECT metric_id, day, {VIEW}, total, facts FROM counted WHERE number > 1 ORDER BY metric_id, day
"""
"""What each view of a day would come to, on the days that have several."""

MEAN_DAYS = f"""
WITH views AS (
    SELECT metric_id, {BREAKDOWN}, min(day) AS first_day, sum(value) / count(DISTINCT day) AS mean
    FROM staged_facts WHERE metric_id = ANY(%(summed)s) GROUP BY metric_id, {VIEW}
), before AS (
    SELECT f.metric_id, {BREAKDOWN}, f.day, f.value
    FROM (SELECT metric_id, min(first_day) AS first_day FROM views GROUP BY metric_id) v
    JOIN metrics_fact f ON f.workspace_id = %(workspace)s AND f.feed_id = %(feed)s
        AND f.metric_id = v.metric_id
        AND f.day >= v.first_day - %(usual_days)s AND f.day < v.first_day
)
SELECT metric_id, max(mean), sum(value) / count(DISTINCT day), count(DISTINCT day)
FROM views JOIN before USING (metric_id, {VIEW})
GROUP BY metric_id, {VIEW}
ORDER BY metric_id
"""
"""By metric and breakdown: the mean day in the file, the mean day before it, and of how many."""

COUNT_DAYS = """
SELECT count(*) FROM (
    SELECT DISTINCT metric_id, day FROM staged_facts WHERE metric_id = ANY(%(summed)s)
) days
"""
"""On how many days the summed metrics have values, each metric's days counted."""
