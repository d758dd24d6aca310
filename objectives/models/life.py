"""What people say of an objective while it runs, and what they learnt when it was over."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Workspace
from accounts.public_ids import public_id
from metrics.models.fact import VALUE_DIGITS
from objectives.models.objective import Objective


def check_in_id() -> str:
    """A public id for a check-in."""
    return public_id("chk")


def comment_id() -> str:
    """A public id for a comment."""
    return public_id("cmt")


class CheckIn(models.Model):
    """The owner's own view on a day, beside the computed status. Never changed afterwards."""

    class Confidence(models.TextChoices):
        """What the person expects."""

        ON_TRACK = "on_track", _("On track")
        AT_RISK = "at_risk", _("At risk")
        OFF_TRACK = "off_track", _("Off track")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    objective = models.ForeignKey(
        Objective, models.CASCADE, related_name="check_ins", db_index=False
    )
    public_id = models.CharField(max_length=24, unique=True, default=check_in_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    day = models.DateField()
    confidence = models.CharField(_("confidence"), max_length=9, choices=Confidence)
    value = models.DecimalField(_("value"), null=True, blank=True, **VALUE_DIGITS)
    changed = models.CharField(_("what changed"), max_length=1000, blank=True)
    next_step = models.CharField(_("next step"), max_length=500, blank=True)
    next_by = models.DateField(_("by"), null=True, blank=True)
    status = models.CharField(max_length=11, blank=True, help_text="The computed one at the time.")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(
                fields=("workspace", "objective", "-created_at"), name="objectives_check_ins"
            ),
        )

    def __str__(self) -> str:
        return f"{self.objective_id} {self.day}: {self.confidence}"


class Comment(models.Model):
    """A remark on an objective. Its author may take it back; the rest of the talk stays."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    objective = models.ForeignKey(
        Objective, models.CASCADE, related_name="comments", db_index=False
    )
    public_id = models.CharField(max_length=24, unique=True, default=comment_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    text = models.CharField(_("comment"), max_length=2000)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("created_at", "id")
        indexes = (
            models.Index(
                fields=("workspace", "objective", "created_at"), name="objectives_comments"
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]


class Review(models.Model):
    """What came of an objective, why, and what to do differently: one, which may be mended."""

    class Result(models.TextChoices):
        """What people make of the outcome."""

        MET = "met", pgettext_lazy("review", "Reached")
        PARTLY = "partly", pgettext_lazy("review", "Reached in part")
        MISSED = "missed", pgettext_lazy("review", "Not reached")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    objective = models.OneToOneField(Objective, models.CASCADE, related_name="review")
    result = models.CharField(_("result"), max_length=6, choices=Result)
    cause = models.CharField(_("cause"), max_length=1000)
    lesson = models.CharField(_("lesson"), max_length=1000)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reviewed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("closing review")
        verbose_name_plural = _("closing reviews")

    def __str__(self) -> str:
        return f"{self.objective_id}: {self.result}"
