"""The administration of the numbers: figures to enter, and what they are set up with."""

from metrics.admin.campaigns import CampaignAdmin
from metrics.admin.changes import CostChangeAdmin, EntryChangeAdmin
from metrics.admin.costs import CostAdmin
from metrics.admin.dimension_values import DimensionValueAdmin
from metrics.admin.entries import EntryAdmin
from metrics.admin.feeds import FeedAdmin
from metrics.admin.imports import BatchAdmin
from metrics.admin.metrics import MetricAdmin
from metrics.admin.recurring import RecurringCostAdmin

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
