"""Puts duties under their workspace."""

from django.db import migrations

from accounts.tenancy import row_security, tenant_reference


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("reports", "0003_duties")]

    operations = [
        row_security("reports_duty"),
        tenant_reference("reports_duty", "metric_id", "metrics_metric", on_delete="CASCADE"),
        tenant_reference(
            "reports_duty", "membership_id", "accounts_membership", on_delete="CASCADE"
        ),
    ]
