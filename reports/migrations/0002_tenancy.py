"""Puts the tables of this app under their workspace: row security and composite references."""

from django.db import migrations

from accounts.tenancy import row_security, tenant_reference


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("reports", "0001_initial"), ("metrics", "0002_tenancy")]

    operations = [
        row_security("reports_digestissue"),
        row_security("reports_duty"),
        tenant_reference("reports_digestissue", "membership_id", "accounts_membership"),
        tenant_reference("reports_digestissue", "mail_id", "accounts_outgoingmail"),
        tenant_reference("reports_duty", "metric_id", "metrics_metric", on_delete="CASCADE"),
        tenant_reference(
            "reports_duty", "membership_id", "accounts_membership", on_delete="CASCADE"
        ),
    ]
