"""The administration of the numbers: figures to enter, and what they are set up with."""

from metrics.admin.campaigns import CampaignAdmin, DimensionValueAdmin
from metrics.admin.changes import CostChangeAdmin, EntryChangeAdmin
from metrics.admin.costs import CostAdmin, RecurringCostAdmin
from metrics.admin.entries import EntryAdmin
from metrics.admin.feeds import FeedAdmin
from metrics.admin.imports import BatchAdmin
from metrics.admin.metrics import MetricAdmin

__all__ = [
    "BatchAdmin",
    "CampaignAdmin",
    "CostAdmin",
    "CostChangeAdmin",
    "DimensionValueAdmin",
    "EntryAdmin",
    "EntryChangeAdmin",
    "FeedAdmin",
    "MetricAdmin",
    "RecurringCostAdmin",
]
