"""Who was counted already: keyed hashes of people, deals and answers, and nothing else of them."""

from django.db import models

from accounts.models import Workspace
from metrics.models.fact import VALUE_DIGITS, Batch
from metrics.models.metric import Metric


class HashingKey(models.Model):
    """The secret under which a workspace's people are hashed, sealed with the instance's key.

    Without it a dump of the database does not tell whether a known address is in a list.
    """

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="+")
    sealed = models.TextField()


class CountedItem(models.Model):
    """One person, deal or answer that a list counted for a metric, on a day and in a place.

    ``who`` is a keyed hash. The newest row of a metric and hash holds; without a day it says that
    the item no longer counts. ``value`` is 1 for what is counted, else an amount or a number of
    days. Rows go with their batch, so that an undone list leaves those before it as they were.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="+", db_index=False)
    metric = models.ForeignKey(Metric, models.CASCADE, related_name="+", db_index=False)
    who = models.CharField(max_length=32)
    day = models.DateField(null=True)
    value = models.DecimalField(**VALUE_DIGITS)
    channel_id = models.IntegerField(default=0)
    campaign_id = models.IntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=("workspace", "who", "metric", "-id"), name="metrics_counted_who"),
            models.Index(fields=("workspace", "metric", "day"), name="metrics_counted_day"),
            models.Index(fields=("workspace", "batch"), name="metrics_counted_batch"),
        )
