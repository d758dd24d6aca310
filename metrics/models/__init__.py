"""What the numbers are: metrics, feeds, facts, what people type, and the stored values."""

from metrics.models.campaign import Campaign, CampaignMerge, CampaignName
from metrics.models.counted import CountedItem, HashingKey
from metrics.models.definition import DefinitionVersion
from metrics.models.dimension import Dimension, DimensionValue
from metrics.models.entry import Cost, CostCategory, Entry, RecurringCost, Rhythm
from metrics.models.fact import Batch, Coverage, Fact, FactChange, FactMonth, StaleSpan
from metrics.models.feed import Feed, LearnedRhythm
from metrics.models.forecast import Forecast
from metrics.models.grid_choice import GridChoice
from metrics.models.metric import Metric
from metrics.models.snapshot import Block, BlockSpan, OwnBlock, RestatedRun, Restatement, Snapshot
from metrics.models.watching import WatchedFolder

__all__ = [
    "Batch",
    "Block",
    "BlockSpan",
    "Campaign",
    "CampaignMerge",
    "CampaignName",
    "Cost",
    "CostCategory",
    "CountedItem",
    "Coverage",
    "DefinitionVersion",
    "Dimension",
    "DimensionValue",
    "Entry",
    "Fact",
    "FactChange",
    "FactMonth",
    "Feed",
    "Forecast",
    "GridChoice",
    "HashingKey",
    "LearnedRhythm",
    "Metric",
    "OwnBlock",
    "RecurringCost",
    "RestatedRun",
    "Restatement",
    "Rhythm",
    "Snapshot",
    "StaleSpan",
    "WatchedFolder",
]
