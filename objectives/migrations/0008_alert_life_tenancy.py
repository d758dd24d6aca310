"""Puts rules, and what becomes of alerts, under their workspace."""

from django.db import migrations

from accounts.tenancy import row_security, tenant_key, tenant_reference

TABLES = ("alertrule", "alertact", "alertseen", "accepteddeviation", "alertnotice")
REFERENCES = (
    ("alertrule", "metric_id", "metrics_metric"),
    ("alertrule", "segment_id", "metrics_dimensionvalue"),
    ("alertrule", "campaign_id", "metrics_campaign"),
    ("alertrule", "objective_id", "objectives_objective"),
    ("alertrule", "feed_id", "metrics_feed"),
    ("alert", "rule_id", "objectives_alertrule"),
    ("alert", "metric_id", "metrics_metric"),
    ("alert", "campaign_id", "metrics_campaign"),
    ("alertact", "alert_id", "objectives_alert"),
    ("alertseen", "alert_id", "objectives_alert"),
    ("accepteddeviation", "alert_id", "objectives_alert"),
    ("accepteddeviation", "objective_id", "objectives_objective"),
    ("alertnotice", "alert_id", "objectives_alert"),
    ("alertnotice", "membership_id", "accounts_membership"),
)


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("objectives", "0007_alert_life"), ("accounts", "0009_alert_life")]

    operations = [
        *[row_security(f"objectives_{name}") for name in TABLES],
        tenant_key("objectives_alert"),
        tenant_key("objectives_alertrule"),
        *[
            tenant_reference(f"objectives_{table}", column, target)
            for table, column, target in REFERENCES
        ],
    ]
