"""What the night foretold: the next values of a metric, for what asks for them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Workspace
from metrics.models.dimension import Dimension
from metrics.models.snapshot import SnapshotGrain


class Forecast(models.Model):
    """The next values of one metric and segment, one a period from ``first`` on.

    ``median``, ``low`` and ``high`` (eight times in ten between them) have a value a period;
    ``paths`` holds possible futures, one after the other, as doubles (little-endian).
    ``fingerprint`` is what it was made from. ``tested_on`` is the day on which its errors were
    learnt: they are kept for a week. Written by metrics/forecasts.py only.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    metric_key = models.CharField(max_length=60)
    dimension = models.PositiveSmallIntegerField(choices=Dimension)
    segment_id = models.IntegerField()
    grain = models.PositiveSmallIntegerField(choices=SnapshotGrain)
    first = models.DateField()
    median = ArrayField(models.FloatField())
    low = ArrayField(models.FloatField())
    high = ArrayField(models.FloatField())
    paths = models.BinaryField()
    method = models.CharField(max_length=10)
    scale = models.CharField(max_length=10)
    season = models.PositiveSmallIntegerField()
    mase = models.FloatField(null=True)
    coverage = models.FloatField(null=True)
    tested_on = models.DateField()
    fingerprint = models.CharField(max_length=64)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "metric_key", "dimension", "segment_id", "grain"),
                name="metrics_forecast_one_a_series",
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric_key} from {self.first}"
