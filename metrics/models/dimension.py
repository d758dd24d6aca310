"""The dimensions that facts are broken down by, and their values in a workspace."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace

NONE = 0
"""In a fact: not broken down by this dimension."""
NOT_SET = -1
"""In a fact: broken down by this dimension, but without a value ("not set")."""


class Dimension(models.IntegerChoices):
    """What a value can be split by; ``EVERYTHING`` is no split. Stored in snapshots."""

    EVERYTHING = 0, _("everything")
    CHANNEL = 1, _("channel")
    CAMPAIGN = 2, _("campaign")
    DEVICE = 3, _("device")
    ASSET = 4, _("page or asset")
    AUDIENCE = 5, _("audience segment")


class DimensionValue(models.Model):
    """A channel, device, page or audience segment of a workspace; campaigns are their own model.

    ``key`` is folded (lower case, no accents), ``label`` is as first seen. Shipped channels and
    devices have an empty label: their name comes from the catalogue in the reader's language.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="dimension_values")
    dimension = models.PositiveSmallIntegerField(_("dimension"), choices=Dimension)
    key = models.CharField(_("key"), max_length=300)
    label = models.CharField(_("name"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("dimension value")
        verbose_name_plural = _("channels, devices, pages and segments")
        ordering = ("workspace", "dimension", "key")
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "dimension", "key"), name="metrics_dimension_value_unique"
            ),
        )

    def __str__(self) -> str:
        return self.label or self.key
