"""Check-ins, comments and closing reviews."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import objectives.models.life
from accounts.tenancy import row_security, tenant_key, tenant_reference


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_channels"),
        ("objectives", "0005_milestones_tenancy"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("met", "Reached"),
                            ("partly", "Reached in part"),
                            ("missed", "Not reached"),
                        ],
                        max_length=6,
                        verbose_name="result",
                    ),
                ),
                ("cause", models.CharField(max_length=1000, verbose_name="cause")),
                ("lesson", models.CharField(max_length=1000, verbose_name="lesson")),
                ("reviewed_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "objective",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="review",
                        to="objectives.objective",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "verbose_name": "closing review",
                "verbose_name_plural": "closing reviews",
            },
        ),
        migrations.CreateModel(
            name="CheckIn",
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
                        default=objectives.models.life.check_in_id,
                        editable=False,
                        max_length=24,
                        unique=True,
                    ),
                ),
                ("day", models.DateField()),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            ("on_track", "On track"),
                            ("at_risk", "At risk"),
                            ("off_track", "Off track"),
                        ],
                        max_length=9,
                        verbose_name="confidence",
                    ),
                ),
                (
                    "value",
                    models.DecimalField(
                        blank=True, decimal_places=8, max_digits=30, null=True, verbose_name="value"
                    ),
                ),
                (
                    "changed",
                    models.CharField(blank=True, max_length=1000, verbose_name="what changed"),
                ),
                (
                    "next_step",
                    models.CharField(blank=True, max_length=500, verbose_name="next step"),
                ),
                ("next_by", models.DateField(blank=True, null=True, verbose_name="by")),
                (
                    "status",
                    models.CharField(
                        blank=True, help_text="The computed one at the time.", max_length=11
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "objective",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="check_ins",
                        to="objectives.objective",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "verbose_name": "check-in",
                "verbose_name_plural": "check-ins",
                "ordering": ("-created_at", "-id"),
                "indexes": [
                    models.Index(
                        fields=["workspace", "objective", "-created_at"],
                        name="objectives_check_ins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
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
                        default=objectives.models.life.comment_id,
                        editable=False,
                        max_length=24,
                        unique=True,
                    ),
                ),
                ("text", models.CharField(max_length=2000, verbose_name="comment")),
                ("created_at", models.DateTimeField()),
                (
                    "objective",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="objectives.objective",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
                "ordering": ("created_at", "id"),
                "indexes": [
                    models.Index(
                        fields=["workspace", "objective", "created_at"], name="objectives_comments"
                    )
                ],
            },
        ),
        row_security("objectives_checkin"),
        tenant_key("objectives_checkin"),
        tenant_reference(
            "objectives_checkin", "objective_id", "objectives_objective", on_delete="CASCADE"
        ),
        row_security("objectives_comment"),
        tenant_key("objectives_comment"),
        tenant_reference(
            "objectives_comment", "objective_id", "objectives_objective", on_delete="CASCADE"
        ),
        row_security("objectives_review"),
        tenant_key("objectives_review"),
        tenant_reference(
            "objectives_review", "objective_id", "objectives_objective", on_delete="CASCADE"
        ),
    ]
