"""Restatements are checked once, and found by what caused them only where something did."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [
        ("accounts", "0005_idempotent_calls"),
        ("metrics", "0024_rows_in_few_bytes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="restatement",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="metrics.batch",
            ),
        ),
        migrations.AlterField(
            model_name="restatement",
            name="definition",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="metrics.definitionversion",
            ),
        ),
        migrations.AlterField(
            model_name="restatement",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="restatements",
                to="accounts.workspace",
            ),
        ),
        migrations.AddIndex(
            model_name="restatement",
            index=models.Index(
                condition=models.Q(("batch__isnull", False)),
                fields=["batch"],
                name="metrics_restated_by_batch",
            ),
        ),
        migrations.AddIndex(
            model_name="restatement",
            index=models.Index(
                condition=models.Q(("definition__isnull", False)),
                fields=["definition"],
                name="metrics_restated_by_version",
            ),
        ),
    ]
