"""Puts the rows of files under their workspace."""

from django.db import migrations

from accounts.tenancy import row_security, tenant_reference


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("metrics", "0005_file_rows")]

    operations = [
        row_security("metrics_filerows"),
        tenant_reference("metrics_filerows", "batch_id", "metrics_batch"),
    ]
