"""Puts the versions of definitions under their workspace."""

from django.db import migrations

from accounts.tenancy import row_security, tenant_key, tenant_reference


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("metrics", "0003_definition_versions"), ("metrics", "0002_tenancy")]

    operations = [
        row_security("metrics_definitionversion"),
        tenant_key("metrics_definitionversion"),
        tenant_reference("metrics_definitionversion", "metric_id", "metrics_metric"),
        tenant_reference("metrics_restatement", "definition_id", "metrics_definitionversion"),
    ]
