"""Who owes which typed number, and by when."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import reports.models.duty


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_idempotent_calls"),
        ("metrics", "0014_blocks_tenancy"),
        ("reports", "0002_tenancy"),
    ]

    operations = [
        migrations.CreateModel(
            name="Duty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=reports.models.duty.duty_id,
                        editable=False,
                        max_length=24,
                        unique=True,
                    ),
                ),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("day", "Every day"),
                            ("week", "Every week"),
                            ("month", "Every month"),
                        ],
                        default="month",
                        max_length=5,
                        verbose_name="rhythm",
                    ),
                ),
                (
                    "due_days",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[django.core.validators.MaxValueValidator(90)],
                        verbose_name="days after the period's end",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duties",
                        to="accounts.membership",
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duties",
                        to="metrics.metric",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "metric", "rhythm"), name="reports_duty_one_owner"
                    )
                ],
            },
        ),
    ]
