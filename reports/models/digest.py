"""One digest of one person for one week."""

from django.db import models

from accounts.models import Membership, OutgoingMail, Workspace


class DigestIssue(models.Model):
    """Made once per membership and week; the mail itself is in the outbox."""

    class State(models.TextChoices):
        """Whether it was handed to the outbox, or was too old when its turn came."""

        MADE = "made"
        SKIPPED = "skipped"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="digests")
    period_key = models.CharField(max_length=10)
    state = models.CharField(max_length=7, choices=State)
    mail = models.OneToOneField(OutgoingMail, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("membership", "period_key"), name="reports_digest_one_a_week"
            ),
        )
