"""Puts what was counted, and the keys of its hashes, under their workspace."""

from django.db import migrations

from accounts.tenancy import row_security, tenant_reference


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("metrics", "0008_counted_items")]

    operations = [
        row_security("metrics_hashingkey"),
        row_security("metrics_counteditem"),
        tenant_reference("metrics_counteditem", "batch_id", "metrics_batch"),
        tenant_reference("metrics_counteditem", "metric_id", "metrics_metric"),
    ]
