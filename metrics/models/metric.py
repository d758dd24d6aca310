"""A workspace's metrics: one row per shipped metric, and the workspace's own."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace
from accounts.tracking import tracked
from metrics.catalogue import CATALOGUE
from metrics.catalogue.definition import Direction, MetricDefinition, Rollup
from metrics.units import Unit

ROLLUP_WORDS = {
    Rollup.SUM: _("adds up"),
    Rollup.LAST: _("last known value"),
    Rollup.UNIQUE: _("never added up"),
    Rollup.WEIGHTED_MEAN: _("weighted mean"),
    Rollup.FORMULA: _("calculated"),
}


@tracked
class Metric(models.Model):
    """A metric as one workspace uses it.

    A shipped metric's definition comes from the catalogue by ``key`` and its own columns stay
    empty; a metric of the workspace's own is derived and carries its definition here.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="metrics")
    key = models.SlugField(_("key"), max_length=60)
    golden_rank = models.PositiveSmallIntegerField(
        _("place among the golden KPIs"),
        null=True,
        blank=True,
        help_text=_("1 comes first; at most 7 metrics of a workspace are golden."),
    )
    is_hidden = models.BooleanField(_("hidden from lists"), default=False)
    rule_text = models.TextField(
        _("what counts"),
        blank=True,
        help_text=_("For example what makes a lead marketing-qualified here."),
    )
    counting_feed = models.ForeignKey(
        "metrics.Feed",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("the feed that counts"),
        help_text=_("Where two feeds measure the same thing, the one whose values are used."),
    )
    is_default_variant = models.BooleanField(
        _("the one proposed among its variants"),
        default=False,
        help_text=_("Where several metrics answer the same question, the one shown first."),
    )
    own_name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    own_name_fr = models.CharField(_("name in French"), max_length=120, blank=True)
    own_definition = models.TextField(_("definition"), blank=True)
    own_formula = models.CharField(_("formula"), max_length=500, blank=True)
    own_unit = models.CharField(_("unit"), max_length=20, blank=True)
    own_direction = models.CharField(_("direction"), max_length=7, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("metric")
        verbose_name_plural = _("metrics")
        ordering = ("workspace", "golden_rank", "key")
        constraints = (
            models.UniqueConstraint(fields=("workspace", "key"), name="metrics_metric_unique_key"),
            models.CheckConstraint(
                condition=models.Q(golden_rank=None) | models.Q(golden_rank__range=(1, 7)),
                name="metrics_metric_golden_rank",
                violation_error_message=_("Choose a place from 1 to 7 among the golden KPIs."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_own(self) -> bool:
        """Whether the workspace defined this metric itself."""
        return self.key not in CATALOGUE

    @property
    def definition(self) -> MetricDefinition:
        """What the metric means: the catalogue's entry, or one made from the row's own columns."""
        shipped = CATALOGUE.get(self.key)
        if shipped is not None:
            return shipped
        return MetricDefinition(
            key=self.key,
            name_en=self.own_name_en or self.own_name_fr or self.key,
            name_fr=self.own_name_fr or self.own_name_en or self.key,
            definition_en=self.own_definition,
            definition_fr=self.own_definition,
            unit=Unit(self.own_unit),
            direction=Direction(self.own_direction or "context"),
            family="own",
            formula=self.own_formula,
        )

    @property
    def rollup_words(self) -> str:
        """How the metric adds up over time, in a few words."""
        return str(ROLLUP_WORDS[self.definition.rollup])

    @property
    def name(self) -> str:
        """The name in the active language."""
        return self.definition.name(get_language() or "en")
