"""Keeps what a campaign plans within its workspace."""

from django.db import migrations

from accounts.tenancy import tenant_reference


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("metrics", "0026_campaign_plans")]

    operations = [tenant_reference("metrics_campaign", "outcome_id", "metrics_metric")]
