"""Puts the tables of this app under their workspace: row security and composite references."""

from django.db import migrations

from accounts.tenancy import (
    guarded_references,
    held_workspace,
    row_security,
    tenant_key,
    tenant_reference,
)

TABLES = (
    "batch", "block", "campaign", "campaignevent", "campaignmerge", "campaignname", "cost",
    "costevent", "counteditem", "coverage", "definitionversion", "dimensionvalue", "entry",
    "entryevent", "fact", "factchange", "factmonth", "feed", "feedevent", "filerows", "forecast", "gridchoice",
    "hashingkey",
    "learnedrhythm", "metric", "metricevent", "ownblock", "recurringcost", "recurringcostevent",
    "restatedrun", "snapshot", "stalespan", "watchedfolder",
)  # fmt: skip
REFERENCED = (
    "batch", "campaign", "definitionversion", "dimensionvalue", "feed", "metric", "recurringcost",
)  # fmt: skip
REFERENCES = (
    ("batch", "feed_id", "feed"),
    ("campaign", "channel_id", "dimensionvalue"),
    ("campaign", "outcome_id", "metric"),
    ("cost", "campaign_id", "campaign"),
    ("cost", "channel_id", "dimensionvalue"),
    ("counteditem", "batch_id", "batch"),
    ("counteditem", "metric_id", "metric"),
    ("coverage", "batch_id", "batch"),
    ("coverage", "feed_id", "feed"),
    ("coverage", "metric_id", "metric"),
    ("definitionversion", "metric_id", "metric"),
    ("entry", "campaign_id", "campaign"),
    ("entry", "channel_id", "dimensionvalue"),
    ("entry", "device_id", "dimensionvalue"),
    ("entry", "metric_id", "metric"),
    ("filerows", "batch_id", "batch"),
    ("metric", "counting_feed_id", "feed"),
    ("recurringcost", "campaign_id", "campaign"),
    ("recurringcost", "channel_id", "dimensionvalue"),
    ("stalespan", "batch_id", "batch"),
    ("stalespan", "metric_id", "metric"),
)
OWNED = (
    ("campaignname", "campaign_id", "campaign"),
    ("cost", "recurring_id", "recurringcost"),
    ("learnedrhythm", "feed_id", "feed"),
    ("watchedfolder", "feed_id", "feed"),
)
"""Rows that go with what they point at."""
DIMENSIONS = {
    "channel_id": "metrics_dimensionvalue",
    "campaign_id": "metrics_campaign",
    "device_id": "metrics_dimensionvalue",
    "asset_id": "metrics_dimensionvalue",
    "audience_id": "metrics_dimensionvalue",
}
FACTS = {
    "workspace_id": "accounts_workspace",
    "metric_id": "metrics_metric",
    "feed_id": "metrics_feed",
    "batch_id": "metrics_batch",
    **DIMENSIONS,
}
RESTATEMENTS = {
    "workspace_id": "accounts_workspace",
    "batch_id": "metrics_batch",
    "definition_id": "metrics_definitionversion",
}
RESTATEMENTS_ONE_BY_ONE = """
CREATE VIEW metrics_restatement WITH (security_invoker = true) AS
SELECT run.id * 4096 + one.place AS id, run.workspace_id, run.grain, run.dimension,
    run.segment_id, one.start, run.metric_key, one.old_value, one.new_value, run.batch_id,
    run.definition_id, run.changed_at
FROM metrics_restatedrun run, unnest(run.starts, run.old_values, run.new_values)
    WITH ORDINALITY AS one (start, old_value, new_value, place)
"""
CHANGES = {"workspace_id": "accounts_workspace", "batch_id": "metrics_batch"}


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("metrics", "0001_initial"), ("accounts", "0002_tenancy")]

    operations = [
        *[row_security(f"metrics_{name}") for name in TABLES],
        *[tenant_key(f"metrics_{name}") for name in REFERENCED],
        *[
            tenant_reference(f"metrics_{table}", column, f"metrics_{target}")
            for table, column, target in REFERENCES
        ],
        *[
            tenant_reference(f"metrics_{table}", column, f"metrics_{target}", on_delete="CASCADE")
            for table, column, target in OWNED
        ],
        tenant_reference(
            "metrics_gridchoice", "membership_id", "accounts_membership", on_delete="CASCADE"
        ),
        guarded_references("metrics_fact", FACTS, optional=DIMENSIONS),
        guarded_references("metrics_factchange", CHANGES),
        guarded_references(
            "metrics_restatedrun", RESTATEMENTS, optional=("batch_id", "definition_id")
        ),
        migrations.RunSQL(RESTATEMENTS_ONE_BY_ONE, "DROP VIEW metrics_restatement"),
        held_workspace("metrics_snapshot"),
        held_workspace("metrics_block"),
        held_workspace("metrics_ownblock"),
    ]
