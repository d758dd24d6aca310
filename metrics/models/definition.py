"""What a metric meant, and since when."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace
from metrics.models.metric import Metric


class DefinitionVersion(models.Model):
    """A definition as it holds from one moment on, and what it was before: who, when and why.

    An own metric has a version from its beginning; a shipped one from the first time that the
    workspace stated what counts. Empty before: there was nothing. Written by
    metrics/definitions.py only, and never changed.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    metric = models.ForeignKey(Metric, models.CASCADE, related_name="definition_versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateTimeField(_("valid from"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(_("why"), max_length=300, blank=True)
    formula_before = models.CharField(max_length=500, blank=True)
    formula = models.CharField(_("formula"), max_length=500, blank=True)
    unit_before = models.CharField(max_length=20, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    rule_text_before = models.TextField(blank=True)
    rule_text = models.TextField(_("what counts"), blank=True)

    class Meta:
        verbose_name = _("version of a definition")
        verbose_name_plural = _("versions of definitions")
        ordering = ("metric", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "metric", "number"), name="metrics_definition_unique_number"
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric.key} {self.number}"

    @property
    def is_change(self) -> bool:
        """Whether there was a definition before it."""
        return bool(self.formula_before or self.rule_text_before)
