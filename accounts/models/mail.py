"""The outbox: a mail is a row first, written in the transaction that decides to send it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from accounts.models.workspace import Workspace
from accounts.public_ids import public_id


def mail_id() -> str:
    """A public id for a mail."""
    return public_id("mail")


class OutgoingMail(models.Model):
    """One mail to one person. ``key`` is unique, so that the same cause never sends twice."""

    class State(models.TextChoices):
        """queued → inflight → sent; or awaiting_retry, failed, skipped, uncertain."""

        QUEUED = "queued", _("Waiting")
        INFLIGHT = "inflight", _("Being sent")
        SENT = "sent", _("Sent")
        AWAITING_RETRY = "awaiting_retry", _("Will be tried again")
        FAILED = "failed", _("Failed")
        SKIPPED = "skipped", _("Skipped")
        UNCERTAIN = "uncertain", _("Perhaps sent")

    workspace = models.ForeignKey(Workspace, models.CASCADE, null=True, related_name="mails")
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    public_id = models.CharField(max_length=24, unique=True, default=mail_id, editable=False)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=160, unique=True)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    resend_if_stuck = models.BooleanField(
        default=False, help_text="Invitations and passwords: at least once. Digests: at most once."
    )
    state = models.CharField(max_length=14, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_after = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    inflight_since = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        ordering = ("-created_at",)
        indexes = (
            models.Index(
                fields=("state", "retry_after"),
                name="accounts_mail_due",
                condition=models.Q(state__in=("queued", "inflight", "awaiting_retry")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} → {self.to}"
