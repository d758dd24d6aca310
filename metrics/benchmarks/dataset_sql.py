# ruff: noqa: S608  what is put into the statements are expressions that stand in this file
"""The statements that make the facts of measured workspaces, inside PostgreSQL."""

MIX = "((({0}) * 2654435761) & 4294967295)"
"""Spreads numbers that follow one another over 32 bits, on every machine alike."""
SCATTER = MIX.format(f"{MIX.format('{0}')} >> 7")
MADE = f"""
SELECT line.metric_id, days.day, line.feed_id, line.channel_id, line.campaign_id, days.last,
    round((CASE line.shape
        WHEN 'stock' THEN line.level * (100000 + (days.number - 9000) * 40 + noise.of_value %% 900)
        WHEN 'mean' THEN line.level * (80000 + noise.of_value %% 40000)
        ELSE line.level * (CASE WHEN extract(isodow FROM days.day) > 5 THEN 40 ELSE 100 END)
            * (600 + noise.of_value %% 800)
    END)::numeric / 100000, line.places) AS value
FROM unnest(%(metrics)s::bigint[], %(feeds)s::bigint[], %(channels)s::int[],
        %(campaigns)s::int[], %(levels)s::bigint[], %(shapes)s::text[], %(presences)s::int[],
        %(places)s::int[], %(weekdays)s::int[], %(seeds)s::bigint[], %(rhymes)s::bigint[])
    AS line (metric_id, feed_id, channel_id, campaign_id, level, shape, presence, places,
        weekday, seed, rhyme)
CROSS JOIN (
    SELECT first AS day, last, first - date '2000-01-01' AS number
    FROM unnest(%(firsts)s::date[], %(lasts)s::date[]) AS span (first, last)
) AS days
CROSS JOIN LATERAL (
    SELECT {SCATTER.format("%(number)s * 7919 + line.seed * 104729 + days.number")} AS of_value,
        {SCATTER.format("%(number)s * 15485 + line.rhyme * 104729 + days.number")} AS of_day
) AS noise
WHERE noise.of_day %% 1000 < line.presence
    AND (line.weekday = 0 OR line.weekday = extract(isodow FROM days.day))
"""
INSERT = f"""
INSERT INTO metrics_fact (workspace_id, metric_id, day, feed_id, channel_id, campaign_id,
    device_id, asset_id, audience_id, "end", value, batch_id)
SELECT %(workspace)s, made.metric_id, made.day, made.feed_id, made.channel_id, made.campaign_id,
    0, 0, 0, made.last, made.value, batch.id
FROM ({MADE}) AS made
JOIN unnest(%(batch_feeds)s::bigint[], %(batches)s::bigint[]) AS batch (feed_id, id)
    USING (feed_id)
ORDER BY made.metric_id, made.day, made.feed_id, made.channel_id, made.campaign_id
"""
PATIENCE = "SET LOCAL statement_timeout = 0"
