"""A SMART target on one metric and segment, between two dates."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace
from accounts.public_ids import public_id
from accounts.tracking import tracked
from metrics.models import Campaign, DimensionValue, Metric
from metrics.models.fact import VALUE_DIGITS


def objective_id() -> str:
    """A public id for an objective."""
    return public_id("obj")


class Kind(models.TextChoices):
    """What reaching the target means."""

    REACH = "reach", _("Reach at least")
    REDUCE = "reduce", _("Bring down to")
    ABOVE = "above", _("Stay above")
    BELOW = "below", _("Stay below")
    BETWEEN = "between", _("Stay between")
    CEILING = "ceiling", _("Spend at most")


class Over(models.TextChoices):
    """Which span of a rate or cost is compared with the target."""

    SPAN = "span", _("The whole span")
    LAST28 = "last28", _("The last 28 days")
    PERIOD = "period", _("Each period")


class Pace(models.TextChoices):
    """How the plan spreads over the days."""

    AUTO = "auto", _("Automatic")
    EVEN = "even", _("Evenly")
    WEEKDAY = "weekday", _("By weekday")
    LAST_YEAR = "last_year", _("Like last year")


class State(models.TextChoices):
    """What people set; the status is computed from it and the numbers."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Started")
    PAUSED = "paused", _("Paused")
    CANCELLED = "cancelled", _("Cancelled")


class ObjectiveQuerySet(models.QuerySet["Objective"]):
    """Objectives as the pages ask for them."""

    def listed(self, workspace: Workspace | int) -> "ObjectiveQuerySet":
        """The workspace's objectives that are not archived, with what a list shows."""
        return self.filter(workspace=workspace, archived_at=None).select_related(
            "metric", "owner", "channel", "device", "campaign"
        )

    def judged(self, workspace: Workspace) -> "ObjectiveQuerySet":
        """The objectives that the night judges."""
        return self.listed(workspace).exclude(state=State.DRAFT)

    def unjudged(self) -> "ObjectiveQuerySet":
        """Started objectives that no night has judged as they are now."""
        current = self.filter(archived_at=None).exclude(state=State.DRAFT)
        return current.exclude(results__objective_version=models.F("version"))


@tracked
class Objective(models.Model):
    """Statement, metric, segment, baseline, target, direction, dates, owner, parent or goal."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="objectives")
    public_id = models.CharField(max_length=24, unique=True, default=objective_id, editable=False)
    statement = models.CharField(_("statement"), max_length=200)
    metric = models.ForeignKey(
        Metric, models.PROTECT, null=True, blank=True, related_name="objectives"
    )
    channel = models.ForeignKey(
        DimensionValue, models.PROTECT, null=True, blank=True, related_name="+"
    )
    device = models.ForeignKey(
        DimensionValue, models.PROTECT, null=True, blank=True, related_name="+"
    )
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.REACH)
    over = models.CharField(_("judged over"), max_length=6, choices=Over, default=Over.SPAN)
    baseline = models.DecimalField(_("baseline"), null=True, blank=True, **VALUE_DIGITS)
    target = models.DecimalField(_("target"), null=True, blank=True, **VALUE_DIGITS)
    target_high = models.DecimalField(_("upper limit"), null=True, blank=True, **VALUE_DIGITS)
    stretch = models.DecimalField(
        _("stretch target"),
        null=True,
        blank=True,
        help_text=_("Better than the target; shown and reported, never judged."),
        **VALUE_DIGITS,
    )
    floor = models.DecimalField(
        _("floor"),
        null=True,
        blank=True,
        help_text=_("The least that is acceptable; shown and reported, never judged."),
        **VALUE_DIGITS,
    )
    required_share = models.DecimalField(
        _("share of periods that must be inside the limits"),
        max_digits=5,
        decimal_places=4,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(1))],
    )
    start = models.DateField(_("first day"), null=True, blank=True)
    end = models.DateField(_("last day"), null=True, blank=True)
    hold = models.BooleanField(_("must still hold on the last day"), default=False)
    pace = models.CharField(_("plan"), max_length=9, choices=Pace, default=Pace.AUTO)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="children"
    )
    is_period = models.BooleanField(
        default=False, editable=False, help_text="A month or a quarter of its parent's target."
    )
    goal = models.CharField(_("business goal"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    weights_kind = models.CharField(max_length=9, blank=True, editable=False)
    weights = models.JSONField(
        null=True,
        editable=False,
        help_text="Frozen at the start: a decimal string per day of the span.",
    )
    weights_days = models.CharField(
        max_length=20,
        blank=True,
        editable=False,
        help_text="The working days the weights were taken on, and whose holidays: 12345 FR.",
    )
    smart = models.JSONField(
        null=True, editable=False, help_text="The letters as they were judged at the start."
    )
    override_reason = models.CharField(_("why start all the same"), max_length=300, blank=True)
    started_at = models.DateTimeField(null=True, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ObjectiveQuerySet.as_manager()

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ("workspace", "end", "statement")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(start=None)
                | models.Q(end=None)
                | models.Q(end__gte=models.F("start")),
                name="objectives_dates_in_order",
                violation_error_message=_("The last day must not be before the first day."),
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft")
                | models.Q(
                    metric__isnull=False,
                    target__isnull=False,
                    start__isnull=False,
                    end__isnull=False,
                ),
                name="objectives_started_is_whole",
                violation_error_message=_(
                    "An objective needs a metric, a target and two dates before it starts."
                ),
            ),
        )

    def __str__(self) -> str:
        return self.statement


class ObjectiveVersion(models.Model):
    """The target, baseline and dates as they were agreed: who changed them, when and why."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    objective = models.ForeignKey(Objective, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    baseline = models.DecimalField(null=True, **VALUE_DIGITS)
    target = models.DecimalField(null=True, **VALUE_DIGITS)
    target_high = models.DecimalField(null=True, **VALUE_DIGITS)
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    milestones = models.JSONField(
        default=list, help_text="The milestones of the plan: a day and a decimal string each."
    )
    reason = models.CharField(max_length=300, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "objective", "number"), name="objectives_version_unique"
            ),
        )


class ObjectiveMilestone(models.Model):
    """A value that the plan passes through at the end of a day on the way to the target."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    objective = models.ForeignKey(Objective, models.CASCADE, related_name="milestones")
    day = models.DateField(_("day"))
    value = models.DecimalField(_("value"), **VALUE_DIGITS)

    class Meta:
        ordering = ("day",)
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "objective", "day"), name="objectives_milestone_one_a_day"
            ),
        )
