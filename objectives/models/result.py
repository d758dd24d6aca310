"""What the night found: one result per objective and day, and a row per status change."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Workspace
from metrics.models.fact import Digits
from objectives.models.objective import Objective

NUMBER: Digits = {"max_digits": 40, "decimal_places": 12}


class Status(models.TextChoices):
    """Every status; objectives/status.py decides which."""

    DRAFT = "draft", _("Draft")
    NOT_STARTED = "not_started", _("Not started")
    TOO_EARLY = "too_early", _("Too early to tell")
    ON_TRACK = "on_track", _("On track")
    AT_RISK = "at_risk", _("At risk")
    OFF_TRACK = "off_track", _("Off track")
    ACHIEVED = "achieved", _("Achieved")
    MISSED = "missed", _("Missed")
    WAITING = "waiting", _("Waiting for the last figures")
    NO_DATA = "no_data", _("No recent data")
    PAUSED = "paused", pgettext_lazy("objective", "Paused")
    CANCELLED = "cancelled", pgettext_lazy("objective", "Cancelled")
    FAILED = "failed", _("Could not be calculated")


TOLD_STATUSES = [value for value in Status.values if value != Status.FAILED]
"""What programs are told: a result that failed has the status of the one before."""


class DailyResult(models.Model):
    """An objective's numbers and status on one day, with the rule that spoke."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    objective = models.ForeignKey(Objective, models.CASCADE, related_name="results")
    objective_version = models.PositiveIntegerField()
    day = models.DateField()
    data_date = models.DateField(null=True)
    status = models.CharField(max_length=11, choices=Status)
    shown_status = models.CharField(
        max_length=11,
        choices=Status,
        help_text="The last coloured status, shown greyed while there is no recent data.",
    )
    baseline = models.DecimalField(null=True, **NUMBER)
    target = models.DecimalField(null=True, **NUMBER)
    value = models.DecimalField(null=True, **NUMBER)
    expected = models.DecimalField(null=True, **NUMBER)
    pace_ratio = models.DecimalField(null=True, **NUMBER)
    progress = models.DecimalField(null=True, **NUMBER)
    elapsed = models.DecimalField(null=True, **NUMBER)
    pace = models.CharField(max_length=9, blank=True)
    chance = models.DecimalField(null=True, **NUMBER)
    forecast_low = models.DecimalField(null=True, **NUMBER)
    forecast_median = models.DecimalField(null=True, **NUMBER)
    forecast_high = models.DecimalField(null=True, **NUMBER)
    achieved_on = models.DateField(null=True)
    milestones = models.JSONField(
        default=list, help_text="Each milestone with its day, value, actual value and state."
    )
    rule = models.CharField(max_length=40)
    rule_params = models.JSONField(default=dict)
    inputs_hash = models.CharField(max_length=64)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "objective", "day"), name="objectives_result_one_a_day"
            ),
        )
        ordering = ("-day",)


class StatusChange(models.Model):
    """A status that became another: what alerts and digests read."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    objective = models.ForeignKey(Objective, models.CASCADE, related_name="status_changes")
    day = models.DateField()
    old = models.CharField(max_length=11, choices=Status, blank=True)
    new = models.CharField(max_length=11, choices=Status)
    rule = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)
    processed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "objective", "day"), name="objectives_change_one_a_day"
            ),
        )
        ordering = ("-day",)
