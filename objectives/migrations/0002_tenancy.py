"""Puts the tables of this app under their workspace: row security and composite references."""

from django.db import migrations

from accounts.tenancy import row_security, tenant_key, tenant_reference

TABLES = (
    "objective",
    "objectiveevent",
    "objectiveversion",
    "dailyresult",
    "statuschange",
    "alert",
)
REFERENCES = (
    ("objective", "metric_id", "metrics_metric"),
    ("objective", "channel_id", "metrics_dimensionvalue"),
    ("objective", "campaign_id", "metrics_campaign"),
    ("objective", "parent_id", "objectives_objective"),
    ("objectiveversion", "objective_id", "objectives_objective"),
    ("dailyresult", "objective_id", "objectives_objective"),
    ("statuschange", "objective_id", "objectives_objective"),
    ("alert", "objective_id", "objectives_objective"),
    ("alert", "feed_id", "metrics_feed"),
)


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("objectives", "0001_initial"), ("metrics", "0002_tenancy")]

    operations = [
        *[row_security(f"objectives_{name}") for name in TABLES],
        tenant_key("objectives_objective"),
        *[
            tenant_reference(f"objectives_{table}", column, target)
            for table, column, target in REFERENCES
        ],
    ]
