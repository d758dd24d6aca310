"""Channels to chats and programs, and the messages on their way there."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.models.channel
from accounts.tenancy import row_security, tenant_key, tenant_reference


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_working_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="Channel",
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
                        default=accounts.models.channel.channel_id,
                        editable=False,
                        max_length=24,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("slack", "Slack"),
                            ("teams", "Microsoft Teams"),
                            ("google_chat", "Google Chat"),
                            ("discord", "Discord"),
                            ("mattermost", "Mattermost"),
                            ("webhook", "Webhook, signed"),
                            ("other", "Another service"),
                        ],
                        max_length=12,
                        verbose_name="service",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("address", models.TextField(editable=False)),
                ("address_end", models.CharField(editable=False, max_length=4)),
                ("secret", models.TextField(blank=True, editable=False)),
                (
                    "wants",
                    models.CharField(
                        choices=[("all", "Every alert"), ("urgent", "Urgent alerts only")],
                        default="all",
                        max_length=6,
                        verbose_name="sends",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="switched on")),
                ("failures", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("paused_until", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="channels",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="channels",
                        to="accounts.workspace",
                    ),
                ),
            ],
            options={
                "verbose_name": "channel",
                "verbose_name_plural": "channels",
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="ChannelMessage",
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
                        default=accounts.models.channel.message_id,
                        editable=False,
                        max_length=24,
                        unique=True,
                    ),
                ),
                ("event", models.CharField(max_length=20)),
                ("key", models.CharField(max_length=160)),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("tone", models.CharField(default="info", max_length=8)),
                (
                    "payload",
                    models.JSONField(
                        default=dict, help_text="What a webhook's body holds as its data."
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("inflight", "Being sent"),
                            ("sent", "Sent"),
                            ("awaiting_retry", "Will be tried again"),
                            ("failed", "Failed"),
                            ("skipped", "Skipped"),
                            ("uncertain", "Perhaps sent"),
                        ],
                        default="queued",
                        max_length=14,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("inflight_since", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "status",
                    models.PositiveSmallIntegerField(help_text="The answer's status.", null=True),
                ),
                (
                    "error",
                    models.CharField(
                        blank=True, help_text="A code; see channel_words.", max_length=40
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="accounts.channel",
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
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ("-created_at", "-id"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("queued", "inflight", "awaiting_retry"))),
                        fields=["due_at"],
                        name="accounts_message_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "channel", "key"), name="accounts_message_once"
                    )
                ],
            },
        ),
        row_security("accounts_channel"),
        row_security("accounts_channelmessage"),
        tenant_key("accounts_channel"),
        tenant_key("accounts_channelmessage"),
        tenant_reference(
            "accounts_channelmessage", "channel_id", "accounts_channel", on_delete="CASCADE"
        ),
    ]
