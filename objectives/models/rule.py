"""An alert rule: what is watched, when it opens an alert, who is told."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Workspace
from accounts.public_ids import public_id
from metrics.models import Campaign, DimensionValue, Feed, Metric
from objectives.models.objective import Objective

MINIMUM_VOLUME = 30
"""Three of four is not 75 %: a relative rule is silent on fewer events than these."""


def rule_id() -> str:
    """A public id for an alert rule."""
    return public_id("rul")


class AlertRule(models.Model):
    """One sentence about an objective, a metric, a feed or a budget.

    What it is about and is empty means all of that kind: every objective, every golden KPI, every
    feed, every campaign with a budget. ``shipped`` rules are there from the first night on and can
    be switched off; all others are people's own. Written by objectives/alert_rules.py only.
    """

    class Kind(models.TextChoices):
        """What has to happen."""

        STATUS = "objective_status", _("An objective's status changes")
        ACHIEVED = "achieved", _("An objective is achieved")
        LEVEL = "level", _("A metric crosses a level")
        CHANGE = "change", _("A metric changes by more than a share")
        EXPECTED = "expected_range", _("A metric is outside its expected range")
        DRIFT = "drift", _("A metric drifts away from what it was to be")
        FEED_LATE = "feed_late", _("Figures are late")
        BUDGET = "budget", _("A budget is over its pace or spent")

    class Grain(models.TextChoices):
        """Over which periods a metric is looked at."""

        AUTO = "auto", _("the shortest that says something")
        DAY = "day", pgettext_lazy("rule", "day")
        WEEK = "week", pgettext_lazy("rule", "week")
        MONTH = "month", pgettext_lazy("rule", "month")
        QUARTER = "quarter", pgettext_lazy("rule", "quarter")

    class Side(models.TextChoices):
        """Which way."""

        BAD = "bad", _("the bad way")
        BELOW = "below", pgettext_lazy("rule", "below")
        ABOVE = "above", pgettext_lazy("rule", "above")
        EITHER = "either", _("either way")

    class Comparison(models.TextChoices):
        """What a change is measured against; days are compared with the same weekday."""

        PREVIOUS = "previous", _("the period before")
        YEAR = "year", _("the same period a year before")
        SMOOTHED = "smoothed", _("its smoothed mean")

    class Told(models.TextChoices):
        """Who gets a message beside what the page shows."""

        CONCERNED = "concerned", _("whom it concerns")
        AUTHOR = "author", _("who wrote the rule")
        EVERYBODY = "everybody", _("everybody who wants alerts")
        NOBODY = "nobody", _("nobody: only the page shows it")

    class Severity(models.TextChoices):
        """How loud its alerts are."""

        OFF = "off", _("Urgent")
        RISK = "risk", _("Warning")
        INFO = "info", _("For information")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="alert_rules")
    public_id = models.CharField(max_length=24, unique=True, default=rule_id, editable=False)
    kind = models.CharField(_("what happens"), max_length=20, choices=Kind)
    shipped = models.CharField(max_length=10, blank=True, editable=False)
    metric = models.ForeignKey(
        Metric, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("metric")
    )
    segment = models.ForeignKey(
        DimensionValue, models.CASCADE, null=True, blank=True, related_name="+"
    )
    campaign = models.ForeignKey(Campaign, models.CASCADE, null=True, blank=True, related_name="+")
    objective = models.ForeignKey(
        Objective, models.CASCADE, null=True, blank=True, related_name="rules"
    )
    feed = models.ForeignKey(Feed, models.CASCADE, null=True, blank=True, related_name="+")
    grain = models.CharField(_("periods"), max_length=7, choices=Grain, default=Grain.AUTO)
    side = models.CharField(_("which way"), max_length=6, choices=Side, default=Side.BAD)
    comparison = models.CharField(
        _("against"), max_length=8, choices=Comparison, default=Comparison.PREVIOUS
    )
    threshold = models.DecimalField(
        _("limit"),
        max_digits=24,
        decimal_places=8,
        null=True,
        blank=True,
        help_text=_("A level in the metric's unit, a share of 1 for changes, days for feeds."),
    )
    statuses = models.JSONField(default=list, blank=True)
    minimum_volume = models.PositiveIntegerField(
        _("events at least"),
        default=MINIMUM_VOLUME,
        validators=[MaxValueValidator(1_000_000)],
        help_text=_("A change or a range resting on fewer events opens nothing."),
    )
    severity = models.CharField(
        _("how loud"), max_length=4, choices=Severity, default=Severity.RISK
    )
    told = models.CharField(_("who is told"), max_length=9, choices=Told, default=Told.CONCERNED)
    is_on = models.BooleanField(_("on"), default=True)
    false_alarms = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("alert rule")
        verbose_name_plural = _("alert rules")
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "shipped"),
                condition=~models.Q(shipped=""),
                name="objectives_rule_one_of_each_shipped",
            ),
        )
        indexes = (models.Index(fields=("workspace", "kind"), name="objectives_rule_kind"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def limit(self) -> Decimal:
        """The threshold, zero where there is none."""
        return self.threshold or Decimal(0)


RULE_KINDS = AlertRule.Kind.values
"""Named for the API's description."""
