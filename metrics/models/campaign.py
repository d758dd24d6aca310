"""A marketing action between two dates."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Workspace
from accounts.public_ids import public_id
from accounts.tracking import tracked


def campaign_id() -> str:
    """A public id for a campaign."""
    return public_id("cmp")


def merge_id() -> str:
    """A public id for a merge."""
    return public_id("mrg")


@tracked
class Campaign(models.Model):
    """A campaign that facts and costs can belong to. ``key`` is the name folded for matching."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="campaigns")
    public_id = models.CharField(max_length=24, unique=True, default=campaign_id, editable=False)
    name = models.CharField(_("name"), max_length=200)
    key = models.CharField(_("key"), max_length=200, editable=False)
    channel = models.ForeignKey(
        "metrics.DimensionValue",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"dimension": 1},
        verbose_name=_("channel"),
    )
    start = models.DateField(_("first day"), null=True, blank=True)
    end = models.DateField(_("last day"), null=True, blank=True)
    budget = models.DecimalField(
        _("budget"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("of a campaign", "owner"),
    )
    outcome = models.ForeignKey(
        "metrics.Metric",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("planned outcome"),
        help_text=_("What the campaign is to bring: a metric that adds up, such as leads."),
    )
    outcome_target = models.DecimalField(
        _("planned number"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("How much of it, over all of the campaign's days."),
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ("workspace", "-start", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "key"),
                name="metrics_campaign_unique_key",
                violation_error_message=_("A campaign with this name exists already."),
            ),
            models.CheckConstraint(
                condition=models.Q(start=None)
                | models.Q(end=None)
                | models.Q(end__gte=models.F("start")),
                name="metrics_campaign_dates_in_order",
                violation_error_message=_("The last day must not be before the first day."),
            ),
            models.CheckConstraint(
                condition=models.Q(outcome_target=None) | models.Q(outcome_target__gt=0),
                name="metrics_campaign_outcome_above_zero",
                violation_error_message=_("The planned number must be more than zero."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class CampaignName(models.Model):
    """A name under which files and links know a campaign, folded as ``Campaign.key`` is.

    The campaign's own name is here only where a person said that it is a campaign of its own.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="names")
    key = models.CharField(_("key"), max_length=200, editable=False)
    name = models.CharField(_("name"), max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("campaign's name")
        verbose_name_plural = _("campaigns' names")
        ordering = ("workspace", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "key"), name="metrics_campaign_name_unique_key"
            ),
        )

    def __str__(self) -> str:
        return self.name


class CampaignMerge(models.Model):
    """What a merge moved, kept for 30 days so that it can be undone.

    ``source_id`` and ``target_id`` are numbers, no references: the source is gone, and a target
    that is merged on comes back with its number when that merge is undone. Written by
    metrics/merging.py only.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    public_id = models.CharField(max_length=24, unique=True, default=merge_id, editable=False)
    source_id = models.BigIntegerField()
    source_public_id = models.CharField(max_length=24)
    source_name = models.CharField(max_length=200)
    target_id = models.BigIntegerField()
    kept = models.JSONField(default=dict)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("workspace", "target_id"), name="metrics_merge_by_target"),)

    def __str__(self) -> str:
        return self.source_name
