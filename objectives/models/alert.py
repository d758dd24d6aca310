"""An alert, one open event per cause; what became of it; whom it is told."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Workspace
from accounts.public_ids import public_id
from metrics.models import Campaign, Feed, Metric
from objectives.models.objective import Objective
from objectives.models.rule import AlertRule


def alert_id() -> str:
    """A public id for an alert."""
    return public_id("alr")


class Alert(models.Model):
    """Something that needs attention, open until its cause is gone for two evaluations."""

    class Kind(models.TextChoices):
        """The rule that opened it."""

        OBJECTIVE_STATUS = "objective_status", _("Objective's status")
        LEVEL = "level", _("Level crossed")
        CHANGE = "change", _("Large change")
        EXPECTED = "expected_range", _("Outside the expected range")
        DRIFT = "drift", _("Slow drift")
        FEED_LATE = "feed_late", _("Late figures")
        FILE_REFUSED = "file_refused", _("Refused file")
        BUDGET = "budget", _("Budget")
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
    rule = models.ForeignKey(
        AlertRule, models.SET_NULL, null=True, blank=True, related_name="alerts"
    )
    metric = models.ForeignKey(Metric, models.CASCADE, null=True, blank=True, related_name="+")
    campaign = models.ForeignKey(Campaign, models.CASCADE, null=True, blank=True, related_name="+")
    evidence = models.JSONField(default=dict, help_text="The numbers its text is made from.")
    opened_on = models.DateField()
    updated_on = models.DateField()
    judged_to = models.DateField(null=True, help_text="The last day of figures it was judged by.")
    weight = models.FloatField(default=0, help_text="How bad it is, within its severity.")
    clear_evaluations = models.PositiveSmallIntegerField(default=0)
    closed_on = models.DateField(null=True)
    closed_by_itself = models.BooleanField(default=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    close_reason = models.CharField(max_length=300, blank=True)
    is_false_alarm = models.BooleanField(default=False)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    snoozed_until = models.DateField(null=True)
    snoozed_weight = models.FloatField(
        null=True, help_text="Snoozed until it is worse than this; empty: until the date."
    )
    version = models.PositiveIntegerField(default=1)
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


ALERT_KINDS = Alert.Kind.values
"""Named for the API's description."""


class AlertAct(models.Model):
    """One line of an alert's history: what the night or a person did. Never changed."""

    class Kind(models.TextChoices):
        """What was done."""

        OPENED = "opened", _("Opened")
        WORSENED = "worsened", _("Got worse")
        CLEARED = "cleared", _("Closed by itself")
        ACKNOWLEDGED = "acknowledged", _("Taken care of")
        ASSIGNED = "assigned", _("Assigned")
        COMMENTED = "commented", _("Comment")
        SNOOZED = "snoozed", _("Snoozed")
        WOKEN = "woken", _("Opened again")
        ACCEPTED = "accepted", _("Deviation accepted")
        WITHDRAWN = "withdrawn", _("Acceptance ended")
        FALSE_ALARM = "false_alarm", _("False alarm")
        CLOSED = "closed", pgettext_lazy("alert act", "Closed")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="acts", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    note = models.CharField(max_length=1000, blank=True)
    params = models.JSONField(default=dict)
    day = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at", "id")
        indexes = (models.Index(fields=("workspace", "alert"), name="objectives_act_of_alert"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"


class AlertSeen(models.Model):
    """That a person has read an alert as it stood then; it is unread again once it gets worse."""

    pk = models.CompositePrimaryKey("workspace_id", "alert_id", "user_id")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="seen", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    severity = models.CharField(max_length=4, choices=Alert.Severity)


class AcceptedDeviation(models.Model):
    """A weaker target or level that people settle for until a day, and why.

    Until then what it is about is judged against it; afterwards it means nothing any more.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    cause = models.CharField(max_length=120)
    alert = models.ForeignKey(Alert, models.SET_NULL, null=True, related_name="deviations")
    objective = models.ForeignKey(Objective, models.CASCADE, null=True, related_name="deviations")
    target = models.DecimalField(max_digits=40, decimal_places=12)
    reason = models.CharField(max_length=300)
    until = models.DateField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    withdrawn_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("accepted deviation")
        verbose_name_plural = _("accepted deviations")
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "cause"),
                condition=models.Q(withdrawn_on=None),
                name="objectives_deviation_one_per_cause",
            ),
        )

    def __str__(self) -> str:
        return f"{self.cause} until {self.until}"


class AlertNotice(models.Model):
    """That one person is to be told of an alert: the outbox every channel delivers from.

    Written in the transaction that opens, worsens or closes the alert. ``due_at`` is after the
    person's quiet hours. Mail is one reader; another channel reads the same rows by ``channel``.
    """

    class Event(models.TextChoices):
        """What happened to the alert."""

        OPENED = "opened", _("Opened")
        WORSENED = "worsened", _("Got worse")
        CLOSED = "closed", pgettext_lazy("alert act", "Closed")

    class State(models.TextChoices):
        """waiting → sent, bundled (told in one mail with others) or skipped."""

        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        BUNDLED = "bundled", _("Sent with others")
        SKIPPED = "skipped", _("Skipped")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="notices")
    membership = models.ForeignKey(
        "accounts.Membership", models.CASCADE, null=True, related_name="+"
    )
    channel = models.CharField(max_length=20, default="mail")
    event = models.CharField(max_length=8, choices=Event)
    severity = models.CharField(max_length=4, choices=Alert.Severity)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=80, blank=True, help_text="Why it was skipped.")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "alert", "membership", "channel", "event", "severity"),
                nulls_distinct=False,
                name="objectives_notice_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("workspace", "due_at"),
                condition=models.Q(state="waiting"),
                name="objectives_notice_due",
            ),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.channel}"
