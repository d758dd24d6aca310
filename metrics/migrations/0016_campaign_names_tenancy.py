"""Puts the names of campaigns under their workspace."""

from django.db import migrations

from accounts.tenancy import row_security, tenant_reference


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("metrics", "0015_campaign_names")]

    operations = [
        row_security("metrics_campaignname"),
        tenant_reference(
            "metrics_campaignname", "campaign_id", "metrics_campaign", on_delete="CASCADE"
        ),
    ]
