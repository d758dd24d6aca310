"""Where people are told of alerts besides mail: chats and other programs, and what was sent."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.user import User
from accounts.models.workspace import Workspace
from accounts.public_ids import public_id


def channel_id() -> str:
    """A public id for a channel."""
    return public_id("chn")


def message_id() -> str:
    """A public id for a message."""
    return public_id("msg")


class Channel(models.Model):
    """One way to a chat or a program; of the workspace, or where it has a person, of them alone.

    The address is a secret (whoever knows it can write there) and so is the key of a webhook:
    both are kept sealed, and only the address's end is shown again.
    """

    class Kind(models.TextChoices):
        """Which service, and so in which shape a message is sent."""

        SLACK = "slack", "Slack"
        TEAMS = "teams", "Microsoft Teams"
        GOOGLE_CHAT = "google_chat", "Google Chat"
        DISCORD = "discord", "Discord"
        MATTERMOST = "mattermost", "Mattermost"
        WEBHOOK = "webhook", _("Webhook, signed")
        OTHER = "other", _("Another service")

    class Wants(models.TextChoices):
        """Which alerts go there."""

        ALL = "all", _("Every alert")
        URGENT = "urgent", _("Urgent alerts only")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="channels")
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="channels")
    public_id = models.CharField(max_length=24, unique=True, default=channel_id, editable=False)
    kind = models.CharField(_("service"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    address = models.TextField(editable=False)
    address_end = models.CharField(max_length=4, editable=False)
    secret = models.TextField(blank=True, editable=False)
    wants = models.CharField(_("sends"), max_length=6, choices=Wants, default=Wants.ALL)
    is_active = models.BooleanField(_("switched on"), default=True)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    paused_until = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class ChannelMessage(models.Model):
    """One message on its way to a channel. ``key`` is unique in it: one cause, one message."""

    class State(models.TextChoices):
        """queued → inflight → sent; or awaiting_retry, failed, skipped, uncertain."""

        QUEUED = "queued", _("Waiting")
        INFLIGHT = "inflight", _("Being sent")
        SENT = "sent", pgettext_lazy("message", "Sent")
        AWAITING_RETRY = "awaiting_retry", _("Will be tried again")
        FAILED = "failed", pgettext_lazy("message", "Failed")
        SKIPPED = "skipped", pgettext_lazy("message", "Skipped")
        UNCERTAIN = "uncertain", _("Perhaps sent")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="messages", db_index=False)
    public_id = models.CharField(max_length=24, unique=True, default=message_id, editable=False)
    event = models.CharField(max_length=20)
    key = models.CharField(max_length=160)
    title = models.CharField(max_length=200)
    text = models.TextField()
    tone = models.CharField(max_length=8, default="info")
    payload = models.JSONField(default=dict, help_text="What a webhook's body holds as its data.")
    state = models.CharField(max_length=14, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    inflight_since = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="The answer's status.")
    error = models.CharField(max_length=40, blank=True, help_text="A code; see channel_words.")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "channel", "key"), name="accounts_message_once"
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",),
                name="accounts_message_due",
                condition=models.Q(state__in=("queued", "inflight", "awaiting_retry")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.title}"
