"""Puts the tables of this app under their workspace: row security and composite references."""

from django.db import migrations

from accounts.tenancy import row_security, tenant_key, tenant_reference

TABLES = (
    "accepteddeviation", "alert", "alertact", "alertnotice", "alertrule", "alertseen", "checkin",
    "comment", "dailyresult", "objective", "objectiveevent", "objectivemilestone",
    "objectiveversion", "review", "statuschange",
)  # fmt: skip
REFERENCED = ("alert", "alertrule", "checkin", "comment", "objective", "review")
REFERENCES = (
    ("accepteddeviation", "alert_id", "objectives_alert"),
    ("accepteddeviation", "objective_id", "objectives_objective"),
    ("alert", "campaign_id", "metrics_campaign"),
    ("alert", "feed_id", "metrics_feed"),
    ("alert", "metric_id", "metrics_metric"),
    ("alert", "objective_id", "objectives_objective"),
    ("alert", "rule_id", "objectives_alertrule"),
    ("alertact", "alert_id", "objectives_alert"),
    ("alertnotice", "alert_id", "objectives_alert"),
    ("alertnotice", "membership_id", "accounts_membership"),
    ("alertrule", "campaign_id", "metrics_campaign"),
    ("alertrule", "feed_id", "metrics_feed"),
    ("alertrule", "metric_id", "metrics_metric"),
    ("alertrule", "objective_id", "objectives_objective"),
    ("alertrule", "segment_id", "metrics_dimensionvalue"),
    ("alertseen", "alert_id", "objectives_alert"),
    ("dailyresult", "objective_id", "objectives_objective"),
    ("objective", "campaign_id", "metrics_campaign"),
    ("objective", "channel_id", "metrics_dimensionvalue"),
    ("objective", "device_id", "metrics_dimensionvalue"),
    ("objective", "metric_id", "metrics_metric"),
    ("objective", "parent_id", "objectives_objective"),
    ("objectiveversion", "objective_id", "objectives_objective"),
    ("statuschange", "objective_id", "objectives_objective"),
)
OF_OBJECTIVES = ("checkin", "comment", "objectivemilestone", "review")
"""Tables whose rows go with their objective."""


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("objectives", "0001_initial"), ("metrics", "0002_tenancy")]

    operations = [
        *[row_security(f"objectives_{name}") for name in TABLES],
        *[tenant_key(f"objectives_{name}") for name in REFERENCED],
        *[
            tenant_reference(f"objectives_{table}", column, target)
            for table, column, target in REFERENCES
        ],
        *[
            tenant_reference(
                f"objectives_{table}", "objective_id", "objectives_objective", on_delete="CASCADE"
            )
            for table in OF_OBJECTIVES
        ],
    ]
