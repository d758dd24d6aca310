# ruff: noqa: S608  what is put into the statements are names that stand in this file
"""The statements that take a merge of two campaigns out of the pile of facts.

A merge laid the sum of two facts on the target's and deleted the source's. What was laid on the
sum since decides: another merge only added to it, so its own part stays; anything else wrote a
value that holds for both campaigns, so the source's fact is deleted by that one from now on.
"""

from metrics.fact_sql import COLUMNS, by_month, key_of, same

PLACE = tuple(column for column in COLUMNS if column != "campaign_id")
KEY = key_of()
MERGES = (
    "SELECT id FROM metrics_batch WHERE workspace_id = %(workspace)s AND kind = 'merge'"
    " AND state = 'committed'"
)
ON_TOP = f"lifted_facts l WHERE l.holder IN ({MERGES})"

LIFT = f"""
CREATE TEMPORARY TABLE lifted_facts ON COMMIT DROP AS
SELECT {key_of("layer")}, layer.value - coalesce(below.old_value, 0) AS delta, layer.holder
FROM (
    SELECT {KEY}, value, NULL::bigint AS holder FROM metrics_fact
    WHERE workspace_id = %(workspace)s AND batch_id = %(batch)s AND campaign_id = %(target)s
    UNION ALL
    SELECT {KEY}, old_value, batch_id FROM metrics_factchange
    WHERE workspace_id = %(workspace)s AND old_batch_id = %(batch)s AND campaign_id = %(target)s
        AND old_value IS NOT NULL
) layer
LEFT JOIN metrics_factchange below
    ON below.workspace_id = %(workspace)s AND below.batch_id = %(batch)s
    AND {same("below", "layer")}
"""
"""What the merge added to each of the target's facts, and the batch that lies on it, if any."""
DROP_LIFTED = "DROP TABLE lifted_facts"
HAS_MERGES_ON_TOP = f"SELECT EXISTS (SELECT FROM {ON_TOP})"

LOWER_CHANGE = f"""
UPDATE metrics_factchange c SET new_value = c.new_value - l.delta FROM {ON_TOP}
    AND c.workspace_id = %(workspace)s AND c.batch_id = l.holder AND {same("c", "l")}
"""
LOWER_ABOVE = f"""
UPDATE metrics_factchange c SET old_value = c.old_value - l.delta FROM {ON_TOP}
    AND c.workspace_id = %(workspace)s AND c.old_batch_id = l.holder AND {same("c", "l")}
"""
LOWER_FACT = f"""
WITH written AS (
    UPDATE metrics_fact f SET value = f.value - l.delta FROM {ON_TOP}
        AND f.workspace_id = %(workspace)s AND f.batch_id = l.holder AND {same("f", "l")}
    RETURNING f.metric_id, f.day, f."end"
)
{by_month("written")}
"""
CLIMB = f"""
UPDATE lifted_facts SET holder = (
    SELECT c.batch_id FROM metrics_factchange c
    WHERE c.workspace_id = %(workspace)s AND c.old_batch_id = lifted_facts.holder
        AND {same("c", "lifted_facts")}
)
WHERE holder IN ({MERGES})
"""
"""A merge on top gives back what was added below it; then what lies on that merge is looked at."""

HAND_OVER = f"""
UPDATE metrics_factchange c SET batch_id = l.holder FROM lifted_facts l
WHERE c.workspace_id = %(workspace)s AND c.batch_id = %(batch)s AND c.campaign_id = %(source)s
    AND c.new_value IS NULL AND c.old_value IS NOT NULL AND l.holder IS NOT NULL
    AND {" AND ".join(f"c.{column} = l.{column}" for column in PLACE)}
"""
"""Facts of the source whose sum was written over: undoing that batch brings them back."""

COUNT_RETURNING = """
SELECT count(*) FROM metrics_factchange
WHERE workspace_id = %(workspace)s AND batch_id = ANY(%(batches)s) AND campaign_id = %(source)s
    AND new_value IS NULL AND old_value IS NOT NULL
"""
