"""Facts, the batches that brought them, and what each batch changed.

Keys are NOT NULL columns under one plain constraint (0 where a fact is not broken down), so that
an upsert finds its row; the key starts with the workspace, so that the table can be divided.
"""

from typing import TypedDict

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace
from accounts.public_ids import public_id
from metrics.models.feed import Feed
from metrics.models.metric import Metric


class Digits(TypedDict):
    """How many digits a decimal column keeps."""

    max_digits: int
    decimal_places: int


VALUE_DIGITS: Digits = {"max_digits": 30, "decimal_places": 8}


def batch_id() -> str:
    """A public id for a batch."""
    return public_id("imp")


class Batch(models.Model):
    """Facts that came together: a file, a save by hand, a call of the API. Can be undone."""

    class Kind(models.TextChoices):
        """How the batch came in."""

        FILE = "file", _("File")
        ENTRY = "entry", _("Typed")
        COST = "cost", _("Cost")
        API = "api", _("API")
        DEMO = "demo", _("Sample data")
        MERGE = "merge", _("Merged campaigns")
        PLAN = "plan", _("Campaigns")

    class State(models.TextChoices):
        """Read and shown; then written, perhaps undone; or refused."""

        PREVIEW = "preview", _("To be confirmed")
        COMMITTED = "committed", _("Imported")
        UNDONE = "undone", _("Undone")
        FAILED = "failed", _("Refused")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="batches")
    public_id = models.CharField(max_length=24, unique=True, default=batch_id, editable=False)
    feed = models.ForeignKey(Feed, models.PROTECT, null=True, related_name="batches")
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PREVIEW)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    is_from_folder = models.BooleanField(
        default=False, db_default=False, help_text="Whether a watched folder brought the file."
    )
    settled_at = models.DateTimeField(
        null=True, help_text="When somebody said that a refused file needs nothing more."
    )
    file_name = models.CharField(_("file"), max_length=255, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    content = models.BinaryField(
        null=True, editable=False, help_text="The file between its preview and its import."
    )
    layout = models.CharField(max_length=40, blank=True)
    options = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    created = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    same = models.PositiveIntegerField(_("unchanged"), default=0)
    created_at = models.DateTimeField(_("received"), auto_now_add=True)
    committed_at = models.DateTimeField(_("imported"), null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-created_at",)
        indexes = (models.Index(fields=("workspace", "-created_at"), name="metrics_batch_by_ws"),)

    def __str__(self) -> str:
        return self.file_name or self.get_kind_display()


class Fact(models.Model):
    """One value of one base metric, from one feed, for one day (or a span that can't be split).

    ``day`` = ``end`` but for uniques, which keep the span they were counted over. Dimensions hold
    the id of their value, 0 for "not broken down", −1 for "not set". Written by metrics/facts.py
    only. What a fact points at is checked statement by statement, not row by row
    (`accounts.tenancy.guarded_references`).
    """

    pk = models.CompositePrimaryKey(
        "workspace_id",
        "metric_id",
        "day",
        "feed_id",
        "channel_id",
        "campaign_id",
        "device_id",
        "asset_id",
        "audience_id",
        "end",
    )
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="facts", db_index=False, db_constraint=False
    )
    metric = models.ForeignKey(
        Metric, models.CASCADE, related_name="facts", db_index=False, db_constraint=False
    )
    day = models.DateField()
    feed = models.ForeignKey(
        Feed, models.CASCADE, related_name="facts", db_index=False, db_constraint=False
    )
    channel_id = models.IntegerField(default=0)
    campaign_id = models.IntegerField(default=0)
    device_id = models.IntegerField(default=0)
    asset_id = models.IntegerField(default=0)
    audience_id = models.IntegerField(default=0)
    end = models.DateField()
    value = models.DecimalField(**VALUE_DIGITS)
    batch = models.ForeignKey(
        Batch, models.DO_NOTHING, related_name="facts", db_index=False, db_constraint=False
    )

    class Meta:
        indexes = (models.Index(fields=("workspace", "batch"), name="metrics_fact_by_batch"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(end__gte=models.F("day")), name="metrics_fact_span_in_order"
            ),
        )


class FactMonth(models.Model):
    """A month in which a workspace has facts, and all of them once more, in a few bytes each.

    So that a full recompute need not read every fact (`metrics.engine.packed_facts`). ``content``
    is NULL while the month's facts change — a trigger on their table sees to it, whoever changes
    them — and empty where they are too many. Written by metrics/fact_months.py and that trigger.
    """

    pk = models.CompositePrimaryKey("workspace_id", "month")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    month = models.DateField(help_text="Its first day.")
    facts = models.PositiveIntegerField(null=True, help_text="How many are packed.")
    content = models.BinaryField(null=True, editable=False)


class FactChange(models.Model):
    """What a batch wrote over: enough to put back exactly what was there.

    ``new_value`` is NULL where the batch deleted the fact. A fact that a batch made where there was
    none has no row here (the fact names its batch), unless an earlier batch had deleted it: then
    ``old_value`` is NULL and ``old_batch_id`` names that one. Rows are kept for 30 days.
    """

    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    batch = models.ForeignKey(
        Batch, models.CASCADE, related_name="changes", db_index=False, db_constraint=False
    )
    metric_id = models.BigIntegerField()
    day = models.DateField()
    feed_id = models.BigIntegerField()
    channel_id = models.IntegerField()
    campaign_id = models.IntegerField()
    device_id = models.IntegerField()
    asset_id = models.IntegerField()
    audience_id = models.IntegerField()
    end = models.DateField()
    old_value = models.DecimalField(null=True, **VALUE_DIGITS)
    old_batch_id = models.BigIntegerField(null=True)
    new_value = models.DecimalField(null=True, **VALUE_DIGITS)

    class Meta:
        indexes = (
            models.Index(fields=("workspace", "batch"), name="metrics_change_by_batch"),
            models.Index(
                fields=("workspace", "old_batch_id"),
                name="metrics_change_by_old",
                condition=models.Q(old_batch_id__isnull=False),
            ),
            models.Index(
                fields=("workspace", "metric_id", "day"),
                name="metrics_change_deleted",
                condition=models.Q(new_value__isnull=True),
            ),
        )


class FileRows(models.Model):
    """Which row of a batch's file each value came from, compressed.

    Written by metrics/file_rows.py only, once, with the batch.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    batch = models.OneToOneField(Batch, models.CASCADE, related_name="file_rows")
    packed = models.BinaryField(editable=False)


class Coverage(models.Model):
    """The span that a batch covered for a metric of a feed.

    ``zero_filled``: the source gives every row it has, so a covered day without one is zero.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    feed = models.ForeignKey(Feed, models.CASCADE, related_name="coverage", db_index=False)
    metric = models.ForeignKey(Metric, models.CASCADE, related_name="coverage", db_index=False)
    start = models.DateField()
    end = models.DateField()
    zero_filled = models.BooleanField(default=False)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="coverage")

    class Meta:
        indexes = (
            models.Index(
                fields=("workspace", "metric", "feed", "start"), name="metrics_coverage_lookup"
            ),
        )


class StaleSpan(models.Model):
    """Days of a metric whose snapshots are behind the facts: rows left for the next recompute."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="stale_spans")
    metric = models.ForeignKey(
        Metric, models.CASCADE, null=True, related_name="+", help_text="NULL: every metric."
    )
    start = models.DateField()
    end = models.DateField()
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
