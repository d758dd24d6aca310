"""What people type: values of metrics and costs. The one writer turns them into facts."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace
from accounts.public_ids import public_id
from accounts.tracking import tracked
from metrics.models.campaign import Campaign
from metrics.models.dimension import DimensionValue
from metrics.models.fact import VALUE_DIGITS
from metrics.models.metric import Metric


def entry_id() -> str:
    """A public id for an entry."""
    return public_id("val")


def cost_id() -> str:
    """A public id for a cost."""
    return public_id("cost")


class Spanned(models.Model):
    """Something for a day or a longer span, perhaps of one channel and campaign."""

    start = models.DateField(_("first day"))
    end = models.DateField(
        _("last day"), help_text=_("The same as the first day for the value of one day.")
    )
    channel = models.ForeignKey(
        DimensionValue,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"dimension": 1},
        verbose_name=_("channel"),
    )
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("campaign"),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("entered by"),
    )
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


@tracked
class Entry(Spanned):
    """A value of a base metric typed by a person, for a day, a span or a month."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="entries")
    public_id = models.CharField(max_length=24, unique=True, default=entry_id, editable=False)
    metric = models.ForeignKey(
        Metric, models.PROTECT, related_name="entries", verbose_name=_("metric")
    )
    value = models.DecimalField(_("value"), **VALUE_DIGITS)
    device = models.ForeignKey(
        DimensionValue,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"dimension": 3},
        verbose_name=_("device"),
    )
    is_addition = models.BooleanField(
        _("added to what is there"),
        default=False,
        editable=False,
        help_text=_("An amount to add, not the total of its days and place."),
    )

    class Meta:
        verbose_name = _("value")
        verbose_name_plural = _("values")
        ordering = ("-start", "metric")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(end__gte=models.F("start")),
                name="metrics_entry_span_in_order",
                violation_error_message=_("The last day must not be before the first day."),
            ),
            models.UniqueConstraint(
                fields=(
                    "workspace",
                    "metric",
                    "start",
                    "end",
                    "channel",
                    "campaign",
                    "device",
                    "is_addition",
                ),
                nulls_distinct=False,
                name="metrics_entry_unique",
                violation_error_message=_(
                    "This value is entered already. Change the existing one instead."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric.name} {self.start:%Y-%m-%d}"


class CostCategory(models.TextChoices):
    """The six parts of the marketing cost; each is the metric ``cost_<category>``."""

    MEDIA = "media", _("Media")
    CREATIVE = "creative", _("Creative")
    STAFF = "staff", _("Staff")
    TOOLS = "tools", _("Tools")
    AGENCY = "agency", _("Agency")
    OTHER = "other", _("Other")


def recurring_id() -> str:
    """A public id for a recurring cost."""
    return public_id("rec")


class Rhythm(models.TextChoices):
    """How often something recurs."""

    MONTH = "month", _("Every month")
    QUARTER = "quarter", _("Every quarter")
    YEAR = "year", _("Every year")


@tracked
class RecurringCost(models.Model):
    """A cost that comes back: the same amount every month, quarter or year from its first day on.

    Each turn becomes a line of the ledger once its first day has come, never before.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="recurring_costs")
    public_id = models.CharField(max_length=24, unique=True, default=recurring_id, editable=False)
    category = models.CharField(_("category"), max_length=8, choices=CostCategory)
    supplier = models.CharField(_("supplier"), max_length=120, blank=True)
    amount = models.DecimalField(
        _("amount"), max_digits=16, decimal_places=2, validators=[MinValueValidator(0)]
    )
    rhythm = models.CharField(_("rhythm"), max_length=7, choices=Rhythm)
    start = models.DateField(_("first day"))
    last = models.DateField(_("last day"), null=True, blank=True)
    channel = models.ForeignKey(
        DimensionValue,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"dimension": 1},
        verbose_name=_("channel"),
    )
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("campaign"),
    )
    share_by = models.CharField(_("shared over channels by"), max_length=64, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("entered by"),
    )
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("recurring cost")
        verbose_name_plural = _("recurring costs")
        ordering = ("category", "supplier", "start")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(last=None) | models.Q(last__gte=models.F("start")),
                name="metrics_recurringcost_in_order",
                violation_error_message=_("The last day must not be before the first day."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.supplier}".strip()


@tracked
class Cost(Spanned):
    """A line of the cost ledger; spread over its days to the cent."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="costs")
    public_id = models.CharField(max_length=24, unique=True, default=cost_id, editable=False)
    category = models.CharField(_("category"), max_length=8, choices=CostCategory)
    supplier = models.CharField(_("supplier"), max_length=120, blank=True)
    amount = models.DecimalField(
        _("amount"),
        max_digits=16,
        decimal_places=2,
        validators=[MinValueValidator(0)],
        help_text=_("In the workspace's currency, without tax."),
    )
    share_by = models.CharField(
        _("shared over channels by"),
        max_length=64,
        blank=True,
        help_text=_("The key of a metric. Empty: not shared."),
    )
    shares = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="What each channel bears: first day, last day, channel, amount.",
    )
    recurring = models.ForeignKey(
        RecurringCost,
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="lines",
        verbose_name=_("recurring cost"),
    )

    class Meta:
        verbose_name = _("cost")
        verbose_name_plural = _("costs")
        ordering = ("-start", "category")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(end__gte=models.F("start")),
                name="metrics_cost_span_in_order",
                violation_error_message=_("The last day must not be before the first day."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.start:%Y-%m-%d}"
