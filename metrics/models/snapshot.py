"""The stored values that pages, mails and the API read."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace
from metrics.models.dimension import Dimension


class SnapshotGrain(models.IntegerChoices):
    """The grains, as stored."""

    DAY = 1, _("day")
    WEEK = 2, _("week")
    MONTH = 3, _("month")
    QUARTER = 4, _("quarter")
    YEAR = 5, _("year")


class Snapshot(models.Model):
    """All values of one segment over one period, base and derived.

    ``values``: metric key → decimal string, only what has a value. ``reasons``: metric key → why
    there is none (``zero_denominator``, ``not_additive``, ``stale``; absent: ``no_data``).
    ``incomplete``: keys with unknown days or parts inside. ``weights``: for weighted means,
    metric key → [Σ value × weight, Σ weight]. The inputs of a derived value are the other values
    of the same row; those of another period (``start(x)``, ``year_ago(x)``) are in ``inputs``.
    ``own``: all of this of the metrics that the workspace defines itself.

    ``late``: metric key → when a value first appeared in a period that was over, where the row
    was there before; ``appeared_at``: when the row itself did. The fingerprints are of all the
    rest, one of shipped metrics and one of own ones: rows are compared by them. Days have no rows
    here but blocks. Written by metrics/snapshots.py only.
    """

    pk = models.CompositePrimaryKey("workspace_id", "grain", "dimension", "segment_id", "start")
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="snapshots", db_index=False
    )
    grain = models.PositiveSmallIntegerField(choices=SnapshotGrain)
    dimension = models.PositiveSmallIntegerField(choices=Dimension)
    segment_id = models.IntegerField(help_text="0 for everything, −1 for “not set”.")
    start = models.DateField()
    end = models.DateField()
    values = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict)
    incomplete = models.JSONField(default=list)
    weights = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)
    own = models.JSONField(default=dict)
    late = models.JSONField(default=dict)
    fingerprint = models.BigIntegerField(default=0)
    own_fingerprint = models.BigIntegerField(default=0)
    appeared_at = models.DateTimeField(default=timezone.now)
    computed_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("workspace", "grain", "start"), name="metrics_snap_span"),)


class BlockSpan(models.IntegerChoices):
    """What the columns of a block are."""

    DAYS = 1, _("days of a month")
    MONTHS = 2, _("months of a year")


class Block(models.Model):
    """Base metrics of one segment on every day of a month, or in every month of a calendar year.

    ``cells`` is described in metrics/engine/blocks.py. Days have no other rows: formulas are
    worked out where a day is read. Written by metrics/snapshots.py only.
    """

    pk = models.CompositePrimaryKey("workspace_id", "span", "dimension", "segment_id", "start")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="blocks", db_index=False)
    span = models.PositiveSmallIntegerField(choices=BlockSpan)
    dimension = models.PositiveSmallIntegerField(choices=Dimension)
    segment_id = models.IntegerField(help_text="0 for everything, −1 for “not set”.")
    start = models.DateField()
    cells = models.BinaryField()

    class Meta:
        indexes = (models.Index(fields=("workspace", "span", "start"), name="metrics_block_span"),)


class Restatement(models.Model):
    """A closed period's stored value that changed later: old, new, when and by which cause."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="restatements")
    grain = models.PositiveSmallIntegerField(choices=SnapshotGrain)
    dimension = models.PositiveSmallIntegerField(choices=Dimension)
    segment_id = models.IntegerField()
    start = models.DateField()
    metric_key = models.CharField(max_length=60)
    old_value = models.DecimalField(max_digits=40, decimal_places=12, null=True)
    new_value = models.DecimalField(max_digits=40, decimal_places=12, null=True)
    batch = models.ForeignKey("metrics.Batch", models.SET_NULL, null=True, related_name="+")
    definition = models.ForeignKey(
        "metrics.DefinitionVersion", models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(
                fields=("workspace", "metric_key", "grain", "start"), name="metrics_restated"
            ),
        )
