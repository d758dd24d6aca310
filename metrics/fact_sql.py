# ruff: noqa: S608  what is put into the statements are names that stand in this file
"""The statements of the writer of facts.

PostgreSQL's, in full: COPY, upserts and updates that join are what make two hundred thousand
facts a matter of seconds. Every statement names the workspace.
"""

COLUMNS = (
    "metric_id", "day", "feed_id", "channel_id", "campaign_id", "device_id", "asset_id",
    "audience_id", '"end"',
)  # fmt: skip


def key_of(alias: str = "") -> str:
    """The columns of a fact's key, the workspace left out."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(prefix + column for column in COLUMNS)


def same(left: str, right: str) -> str:
    """Both rows are the same fact."""
    return " AND ".join(f"{left}.{column} = {right}.{column}" for column in COLUMNS)


def by_month(rows: str) -> str:
    """(metric, first day, last day, how many facts) for each month of the rows that are named."""
    return f"""
SELECT metric_id, min(day), max(last), sum(facts)::bigint FROM (
    SELECT metric_id, day, max("end") AS last, count(*) AS facts FROM {rows} GROUP BY metric_id, day
) days
GROUP BY metric_id, extract(year FROM day), extract(month FROM day)
"""


KEY = key_of()
CHANGE_COLUMNS = f"workspace_id, batch_id, {KEY}, old_value, old_batch_id, new_value"
OWN_CHANGES = "metrics_factchange c WHERE c.workspace_id = %(workspace)s AND c.batch_id = %(batch)s"
LATER_CHANGES = (
    "metrics_factchange later WHERE later.workspace_id = %(workspace)s"
    " AND later.old_batch_id = %(batch)s"
)

PATIENCE = (
    "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '300s';"
    " SET LOCAL work_mem = '48MB'"
)
LOCK = "SELECT pg_advisory_xact_lock(hashtext('metrics.facts'), %(workspace)s)"
TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('metrics.facts'), %(workspace)s)"

CREATE_STAGING = """
CREATE TEMPORARY TABLE staged_facts (
    metric_id bigint NOT NULL, day date NOT NULL, feed_id bigint NOT NULL,
    channel_id integer NOT NULL, campaign_id integer NOT NULL, device_id integer NOT NULL,
    asset_id integer NOT NULL, audience_id integer NOT NULL, "end" date NOT NULL,
    value numeric(30, 8) NOT NULL
) ON COMMIT DROP
"""
COPY = f"COPY staged_facts ({KEY}, value) FROM STDIN"
ANALYZE = "ANALYZE staged_facts"
DROP_STAGING = "DROP TABLE staged_facts"
FIND_DUPLICATE = f"SELECT {KEY} FROM staged_facts GROUP BY {KEY} HAVING count(*) > 1 LIMIT 1"
STAGED_SPANS = (
    'SELECT feed_id, metric_id, min(day), max(day), max("end") FROM staged_facts GROUP BY 1, 2'
)


def stored(alias: str, staged: str) -> str:
    """The stored fact of a staged one, sought only among the metrics and days that are staged."""
    return (
        f"metrics_fact {alias} ON {alias}.workspace_id = %(workspace)s"
        f" AND {alias}.metric_id = ANY(%(metrics)s)"
        f" AND {alias}.day BETWEEN %(first)s AND %(last)s AND {same(alias, staged)}"
    )


COUNT_KNOWN = f"""
SELECT count(*), count(*) FILTER (WHERE f.value <> s.value)
FROM staged_facts s JOIN {stored("f", "s")}
"""

HASHED = "SET LOCAL enable_nestloop = off"
UNHASHED = "SET LOCAL enable_nestloop = on"
"""Around joins of what one batch has written with what it writes: of rows that are this new the
planner knows nothing, takes them for a few, and compares each with each."""

REFRESH_CHANGES = f"""
{HASHED};
UPDATE metrics_factchange c SET new_value = s.value
FROM staged_facts s
WHERE c.workspace_id = %(workspace)s AND c.batch_id = %(batch)s AND {same("c", "s")};
{UNHASHED}
"""
"""What the batch changed before, it may change again: only its last value counts."""

KEEP_CHANGED = f"""
WITH differing AS MATERIALIZED (
    SELECT s.*, f.value AS old_value, f.batch_id AS old_batch_id
    FROM staged_facts s JOIN {stored("f", "s")}
    WHERE f.value <> s.value
)
INSERT INTO metrics_factchange ({CHANGE_COLUMNS})
SELECT %(workspace)s, %(batch)s, {KEY}, old_value, old_batch_id, value
FROM differing WHERE old_batch_id <> %(batch)s
"""
"""Images of the facts that are about to change."""

HAS_DELETIONS = """
SELECT EXISTS (
    SELECT FROM metrics_factchange
    WHERE workspace_id = %(workspace)s AND new_value IS NULL AND metric_id = ANY(%(metrics)s)
        AND day BETWEEN %(first)s AND %(last)s
)
"""

KEEP_RECREATED = f"""
INSERT INTO metrics_factchange ({CHANGE_COLUMNS})
SELECT DISTINCT ON ({key_of("s")})
    %(workspace)s, %(batch)s, {key_of("s")}, NULL, c.batch_id, s.value
FROM staged_facts s
JOIN metrics_factchange c
    ON c.workspace_id = %(workspace)s AND c.new_value IS NULL AND {same("c", "s")}
WHERE NOT EXISTS (
    SELECT FROM metrics_fact f WHERE f.workspace_id = %(workspace)s AND {same("f", "s")}
) AND NOT EXISTS (
    SELECT FROM metrics_factchange own
    WHERE own.workspace_id = %(workspace)s AND own.batch_id = %(batch)s AND {same("own", "s")}
)
ORDER BY {key_of("s")}, c.id DESC
"""
"""A fact made where an earlier batch deleted one lies on that deletion."""

FACT_COLUMNS = f"workspace_id, {KEY}, value, batch_id"
FACT_VALUES = f"%(workspace)s, {key_of('s')}, s.value, %(batch)s"

INSERT = f"""
WITH written AS (
    INSERT INTO metrics_fact AS f ({FACT_COLUMNS})
    SELECT {FACT_VALUES} FROM staged_facts s ORDER BY {key_of("s")}
    RETURNING f.metric_id, f.day, f."end"
)
{by_month("written")}
"""
"""Where no staged fact is stored yet: nobody else writes facts of the workspace meanwhile."""

UPSERT = f"""
WITH written AS (
    INSERT INTO metrics_fact AS f ({FACT_COLUMNS})
    SELECT {FACT_VALUES} FROM staged_facts s LEFT JOIN {stored("k", "s")}
    WHERE k.value IS DISTINCT FROM s.value
    ORDER BY {key_of("s")}
    ON CONFLICT (workspace_id, {KEY}) DO UPDATE
    SET value = excluded.value, batch_id = excluded.batch_id
    RETURNING f.metric_id, f.day, f."end"
)
{by_month("written")}
"""
"""Writes what is new or different; what is the same is neither written nor locked."""

REFRESH_DELETED = f"""
{HASHED};
UPDATE metrics_factchange c SET new_value = NULL
FROM staged_facts s
WHERE c.workspace_id = %(workspace)s AND c.batch_id = %(batch)s AND {same("c", "s")};
{UNHASHED}
"""
KEEP_DELETED = f"""
INSERT INTO metrics_factchange ({CHANGE_COLUMNS})
SELECT %(workspace)s, %(batch)s, {key_of("f")}, f.value, f.batch_id, NULL
FROM metrics_fact f JOIN staged_facts s ON {same("f", "s")}
WHERE f.workspace_id = %(workspace)s AND f.batch_id <> %(batch)s
"""
DELETE = f"""
WITH gone AS (
    DELETE FROM metrics_fact f USING staged_facts s
    WHERE f.workspace_id = %(workspace)s AND {same("f", "s")}
    RETURNING f.metric_id, f.day, f."end"
)
{by_month("gone")}
"""

COUNT_OVERWRITTEN = f"SELECT count(*) FROM {LATER_CHANGES}"

RESTORE = f"""
WITH written AS (
    INSERT INTO metrics_fact AS f (workspace_id, {KEY}, value, batch_id)
    SELECT workspace_id, {KEY}, old_value, old_batch_id FROM {OWN_CHANGES}
        AND c.old_value IS NOT NULL
        AND NOT EXISTS (SELECT FROM {LATER_CHANGES} AND {same("later", "c")})
        AND (c.campaign_id <= 0 OR EXISTS (
            SELECT FROM metrics_campaign p
            WHERE p.workspace_id = %(workspace)s AND p.id = c.campaign_id
        ))
    ON CONFLICT (workspace_id, {KEY}) DO UPDATE
    SET value = excluded.value, batch_id = excluded.batch_id
    RETURNING f.metric_id, f.day, f."end"
)
{by_month("written")}
"""
"""What the batch changed or deleted is as before, where nothing was laid on it.

Facts of a campaign that was merged away meanwhile have nothing to belong to.
"""

RELINK_CHANGED = f"""
UPDATE metrics_factchange later
SET old_value = c.old_value, old_batch_id = c.old_batch_id
FROM {OWN_CHANGES} AND {same("later", "c")}
    AND later.workspace_id = %(workspace)s AND later.old_batch_id = %(batch)s
"""
"""What lay on the batch now lies on what the batch lay on."""

RELINK_CREATED = """
UPDATE metrics_factchange SET old_value = NULL, old_batch_id = NULL
WHERE workspace_id = %(workspace)s AND old_batch_id = %(batch)s
"""
DELETE_OWN = f"""
WITH gone AS (
    DELETE FROM metrics_fact f WHERE f.workspace_id = %(workspace)s AND f.batch_id = %(batch)s
    RETURNING f.metric_id, f.day, f."end"
)
{by_month("gone")}
"""
FORGET_CHANGES = (
    "DELETE FROM metrics_factchange WHERE workspace_id = %(workspace)s AND batch_id = %(batch)s"
)
