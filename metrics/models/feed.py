"""A named source of facts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace
from accounts.public_ids import public_id
from accounts.tracking import tracked


def feed_id() -> str:
    """A public id for a feed."""
    return public_id("feed")


@tracked
class Feed(models.Model):
    """Where facts come from, how often they arrive and how late they usually are."""

    class Kind(models.TextChoices):
        """How the facts get in."""

        MANUAL = "manual", _("Typed")
        FILE = "file", _("Files")
        LEDGER = "ledger", _("Cost ledger")
        API = "api", _("API")
        CONNECTOR = "connector", _("Connector")

    class Rhythm(models.TextChoices):
        """How often new values are expected."""

        DAY = "day", _("Every day")
        WEEK = "week", _("Every week")
        MONTH = "month", _("Every month")
        NONE = "none", _("Not expected regularly")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="feeds")
    public_id = models.CharField(max_length=24, unique=True, default=feed_id, editable=False)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.FILE)
    rhythm = models.CharField(_("rhythm"), max_length=5, choices=Rhythm, default=Rhythm.NONE)
    delay_days = models.PositiveSmallIntegerField(
        _("usual delay in days"),
        default=1,
        help_text=_("A day's values are complete this many days after it."),
    )
    skips_weekends = models.BooleanField(
        _("nothing comes on weekends"),
        default=False,
        db_default=False,
        help_text=_("What is due on a Saturday or Sunday is expected on Monday."),
    )
    learns = models.BooleanField(
        _("learned from its deliveries"),
        default=True,
        db_default=True,
        editable=False,
        help_text="False: a person said what is expected.",
    )
    is_active = models.BooleanField(_("in use"), default=True)
    last_data_day = models.DateField(_("figures to"), null=True, blank=True, editable=False)
    last_received_at = models.DateTimeField(_("last received"), null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        ordering = ("workspace", "name")
        constraints = (
            models.UniqueConstraint(fields=("workspace", "name"), name="metrics_feed_unique_name"),
        )

    def __str__(self) -> str:
        return self.name


class LearnedRhythm(models.Model):
    """What the deliveries of a feed say of its rhythm and delay; written by metrics/learning.py.

    ``kept`` of the ``seen`` deliveries came in time by it.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    feed = models.OneToOneField(Feed, models.CASCADE, related_name="learned")
    rhythm = models.CharField(max_length=5, choices=Feed.Rhythm)
    delay_days = models.PositiveSmallIntegerField()
    skips_weekends = models.BooleanField()
    kept = models.PositiveSmallIntegerField()
    seen = models.PositiveSmallIntegerField()
    learned_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.feed_id}: {self.rhythm} + {self.delay_days}"


FEED_RHYTHMS = Feed.Rhythm.values
"""As the description of the API names them."""
