"""Puts the tables of this app under their workspace: row security and composite references."""

from django.db import migrations

from accounts.tenancy import row_security, tenant_key, tenant_reference

TABLES = (
    "campaign", "campaignevent", "dimensionvalue", "feed", "feedevent", "metric", "metricevent",
    "batch", "fact", "factchange", "coverage", "stalespan", "entry", "entryevent", "cost",
    "costevent", "snapshot", "restatement",
)  # fmt: skip
REFERENCED = ("campaign", "dimensionvalue", "feed", "metric", "batch")
REFERENCES = (
    ("campaign", "channel_id", "dimensionvalue"),
    ("metric", "counting_feed_id", "feed"),
    ("batch", "feed_id", "feed"),
    ("fact", "metric_id", "metric"),
    ("fact", "feed_id", "feed"),
    ("factchange", "batch_id", "batch"),
    ("coverage", "feed_id", "feed"),
    ("coverage", "metric_id", "metric"),
    ("coverage", "batch_id", "batch"),
    ("stalespan", "metric_id", "metric"),
    ("stalespan", "batch_id", "batch"),
    ("entry", "metric_id", "metric"),
    ("entry", "channel_id", "dimensionvalue"),
    ("entry", "campaign_id", "campaign"),
    ("entry", "device_id", "dimensionvalue"),
    ("cost", "channel_id", "dimensionvalue"),
    ("cost", "campaign_id", "campaign"),
    ("restatement", "batch_id", "batch"),
)


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
    ]
