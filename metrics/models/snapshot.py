"""The stored values that pages, mails and the API read."""

from collections.abc import Mapping

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace
from metrics.models.dimension import Dimension
from metrics.periods import Grain


class SnapshotGrain(models.IntegerChoices):
    """The grains, as stored."""

    DAY = 1, _("day")
    WEEK = 2, _("week")
    MONTH = 3, _("month")
    QUARTER = 4, _("quarter")
    YEAR = 5, _("year")


GRAIN_NUMBERS: Mapping[Grain, SnapshotGrain] = {
    Grain.DAY: SnapshotGrain.DAY,
    Grain.WEEK: SnapshotGrain.WEEK,
    Grain.MONTH: SnapshotGrain.MONTH,
    Grain.QUARTER: SnapshotGrain.QUARTER,
    Grain.YEAR: SnapshotGrain.YEAR,
}


EVERY_DIMENSION: list[int] = list(Dimension.values)
IN_EVERY_DIMENSION = f" AND dimension IN {tuple(Dimension.values)}"
"""Excludes nothing: with it, the keys below find a period's rows where they stand together; no
PostgreSQL before 18 passes over a column of a key by itself."""


class Snapshot(models.Model):
    """All values of one segment over one period, base and derived.

    ``cells`` is described in metrics/engine/row_cells.py: the values of shipped metrics with which
    of them have unknown days or parts inside, why others have none, the two sums of weighted
    means, and what formulas read of other periods (``start(x)``, ``year_ago(x)``). The other
    inputs of a derived value are values of the same row. `OwnBlock` has the metrics that the
    workspace defines itself.

    ``late``: metric key → when a value first appeared in a period that was over, where the row
    was there before; ``appeared_at``: when the row itself did. Days have no rows here but blocks.
    Written by metrics/snapshots.py only.
    """

    pk = models.CompositePrimaryKey("workspace_id", "grain", "dimension", "start", "segment_id")
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="snapshots", db_index=False, db_constraint=False
    )
    grain = models.PositiveSmallIntegerField(choices=SnapshotGrain)
    dimension = models.PositiveSmallIntegerField(choices=Dimension)
    segment_id = models.IntegerField(help_text="0 for everything, −1 for “not set”.")
    start = models.DateField()
    end = models.DateField()
    cells = models.BinaryField()
    late = models.JSONField(default=dict)
    appeared_at = models.DateTimeField(default=timezone.now)
    computed_at = models.DateTimeField()


class OwnBlock(models.Model):
    """The workspace's own metrics of one segment in all periods of a grain that start in a year.

    ``cells`` is described in metrics/own_rows.py. ``late``: a period's first day and a metric's
    key → when a value first appeared in that period, which was over, where the snapshot was there
    before. Written by metrics/snapshots.py only.
    """

    pk = models.CompositePrimaryKey("workspace_id", "grain", "dimension", "year", "segment_id")
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    grain = models.PositiveSmallIntegerField(choices=SnapshotGrain)
    dimension = models.PositiveSmallIntegerField(choices=Dimension)
    segment_id = models.IntegerField(help_text="0 for everything, −1 for “not set”.")
    year = models.PositiveSmallIntegerField()
    cells = models.BinaryField()
    late = models.JSONField(default=dict)


class BlockSpan(models.IntegerChoices):
    """What the columns of a block are."""

    DAYS = 1, _("days of a month")
    MONTHS = 2, _("months of a year")


class Block(models.Model):
    """Base metrics of one segment on every day of a month, or in every month of a calendar year.

    ``cells`` is described in metrics/engine/blocks.py. Days have no other rows: formulas are
    worked out where a day is read. Written by metrics/snapshots.py only.
    """

    pk = models.CompositePrimaryKey("workspace_id", "span", "dimension", "start", "segment_id")
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="blocks", db_index=False, db_constraint=False
    )
    span = models.PositiveSmallIntegerField(choices=BlockSpan)
    dimension = models.PositiveSmallIntegerField(choices=Dimension)
    segment_id = models.IntegerField(help_text="0 for everything, −1 for “not set”.")
    start = models.DateField()
    cells = models.BinaryField()


class RestatedRun(models.Model):
    """Closed periods' stored values of one metric and segment that changed by one cause at once.

    The three arrays go together: a period's first day, what was stored, what is (none: nothing).
    A changed formula restates years of a metric in every segment, which are a few rows here.
    Written by metrics/restating.py only, read as `Restatement`. That the causes are the
    workspace's own is checked once a statement (`accounts.tenancy`).
    """

    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    grain = models.PositiveSmallIntegerField(choices=SnapshotGrain)
    dimension = models.PositiveSmallIntegerField(choices=Dimension)
    segment_id = models.IntegerField()
    metric_key = models.CharField(max_length=60)
    starts = ArrayField(models.DateField())
    old_values = ArrayField(models.DecimalField(max_digits=40, decimal_places=12, null=True))
    new_values = ArrayField(models.DecimalField(max_digits=40, decimal_places=12, null=True))
    batch = models.ForeignKey(
        "metrics.Batch",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    definition = models.ForeignKey(
        "metrics.DefinitionVersion",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    changed_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(
                fields=("workspace", "metric_key", "grain", "dimension", "segment_id"),
                name="metrics_restated",
            ),
            models.Index(
                fields=("batch",),
                name="metrics_restated_by_batch",
                condition=models.Q(batch__isnull=False),
            ),
            models.Index(
                fields=("definition",),
                name="metrics_restated_by_version",
                condition=models.Q(definition__isnull=False),
            ),
        )


class Restatement(models.Model):
    """A closed period's stored value that changed later: old, new, when and by which cause.

    Each period of a `RestatedRun` is one: a view, for reading only.
    """

    workspace = models.ForeignKey(Workspace, models.DO_NOTHING, related_name="+")
    grain = models.PositiveSmallIntegerField(choices=SnapshotGrain)
    dimension = models.PositiveSmallIntegerField(choices=Dimension)
    segment_id = models.IntegerField()
    start = models.DateField()
    metric_key = models.CharField(max_length=60)
    old_value = models.DecimalField(max_digits=40, decimal_places=12, null=True)
    new_value = models.DecimalField(max_digits=40, decimal_places=12, null=True)
    batch = models.ForeignKey("metrics.Batch", models.DO_NOTHING, null=True, related_name="+")
    definition = models.ForeignKey(
        "metrics.DefinitionVersion", models.DO_NOTHING, null=True, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        managed = False
