"""Checks what facts point at once for each statement, and more of it than foreign keys did."""

import django.db.models.deletion
from django.db import migrations, models

from accounts.tenancy import guarded_references, tenant_reference

FACTS = {
    "workspace_id": "accounts_workspace",
    "metric_id": "metrics_metric",
    "feed_id": "metrics_feed",
    "batch_id": "metrics_batch",
    "channel_id": "metrics_dimensionvalue",
    "campaign_id": "metrics_campaign",
    "device_id": "metrics_dimensionvalue",
    "asset_id": "metrics_dimensionvalue",
    "audience_id": "metrics_dimensionvalue",
}
DIMENSIONS = ("channel_id", "campaign_id", "device_id", "asset_id", "audience_id")
CHANGES = {"workspace_id": "accounts_workspace", "batch_id": "metrics_batch"}
REPLACED = (("fact", "metric_id", "metric"), ("fact", "feed_id", "feed"),
            ("factchange", "batch_id", "batch"))  # fmt: skip


def dropped(table: str, column: str, target: str) -> migrations.RunSQL:
    """The composite foreign key goes."""
    made = tenant_reference(f"metrics_{table}", column, f"metrics_{target}")
    return migrations.RunSQL(sql=made.reverse_sql, reverse_sql=made.sql)


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("metrics", "0006_file_rows_tenancy")]

    operations = [
        migrations.AlterField(
            model_name="fact",
            name="workspace",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="facts",
                to="accounts.workspace",
            ),
        ),
        migrations.AlterField(
            model_name="factchange",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="changes",
                to="metrics.batch",
            ),
        ),
        migrations.AlterField(
            model_name="factchange",
            name="workspace",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.workspace",
            ),
        ),
        *[dropped(*one) for one in REPLACED],
        guarded_references("metrics_fact", FACTS, optional=DIMENSIONS),
        guarded_references("metrics_factchange", CHANGES),
    ]
