"""An alert: one open event per cause."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace
from accounts.public_ids import public_id
from metrics.models import Feed
from objectives.models.objective import Objective


def alert_id() -> str:
    """A public id for an alert."""
    return public_id("alr")


class Alert(models.Model):
    """Something that needs attention, open until its cause is gone for two evaluations."""

    class Kind(models.TextChoices):
        """The rule that opened it."""

        OBJECTIVE_STATUS = "objective_status", _("Objective's status")
        FEED_LATE = "feed_late", _("Late figures")
        NIGHT_FAILED = "night_failed", _("Calculation failed")

    class Severity(models.TextChoices):
        """How loud: drawn as icon, word and colour."""

        OFF = "off", _("Urgent")
        RISK = "risk", _("Warning")
        INFO = "info", _("For information")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="alerts")
    public_id = models.CharField(max_length=24, unique=True, default=alert_id, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    cause = models.CharField(max_length=120, help_text="What makes it one: kind and object.")
    severity = models.CharField(max_length=4, choices=Severity)
    objective = models.ForeignKey(
        Objective, models.CASCADE, null=True, blank=True, related_name="alerts"
    )
    feed = models.ForeignKey(Feed, models.CASCADE, null=True, blank=True, related_name="alerts")
    evidence = models.JSONField(default=dict, help_text="The numbers its text is made from.")
    opened_on = models.DateField()
    updated_on = models.DateField()
    clear_evaluations = models.PositiveSmallIntegerField(default=0)
    closed_on = models.DateField(null=True)
    closed_by_itself = models.BooleanField(default=False)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    snoozed_until = models.DateField(null=True)
    mailed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("-opened_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "cause"),
                condition=models.Q(closed_on=None),
                name="objectives_alert_one_open_per_cause",
            ),
        )

    def __str__(self) -> str:
        return self.cause
