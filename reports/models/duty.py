"""Who owes which typed number, how often, and by when."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Workspace
from accounts.public_ids import public_id
from metrics.models import Metric


def duty_id() -> str:
    """A public id for a duty."""
    return public_id("duty")


class Duty(models.Model):
    """A member types a metric's value for every period, some days after it ends at the latest."""

    class Rhythm(models.TextChoices):
        """How long a period is; the names of the grains."""

        DAY = "day", _("Every day")
        WEEK = "week", _("Every week")
        MONTH = "month", _("Every month")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    public_id = models.CharField(max_length=24, unique=True, default=duty_id, editable=False)
    metric = models.ForeignKey(Metric, models.CASCADE, related_name="duties")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="duties")
    rhythm = models.CharField(_("rhythm"), max_length=5, choices=Rhythm, default=Rhythm.MONTH)
    due_days = models.PositiveSmallIntegerField(
        _("days after the period's end"), default=5, validators=[MaxValueValidator(90)]
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "metric", "rhythm"), name="reports_duty_one_owner"
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric.name} · {self.membership.user}"
