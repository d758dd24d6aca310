"""Puts recurring costs and their history under their workspace."""

from django.db import migrations

from accounts.tenancy import row_security, tenant_key, tenant_reference


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("metrics", "0022_recurring_costs")]

    operations = [
        row_security("metrics_recurringcost"),
        row_security("metrics_recurringcostevent"),
        tenant_key("metrics_recurringcost"),
        tenant_reference("metrics_recurringcost", "channel_id", "metrics_dimensionvalue"),
        tenant_reference("metrics_recurringcost", "campaign_id", "metrics_campaign"),
        tenant_reference(
            "metrics_cost", "recurring_id", "metrics_recurringcost", on_delete="CASCADE"
        ),
    ]
