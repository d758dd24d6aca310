"""What the facts of one day say: breakdowns of one feed are views of one quantity, feeds add up.

Standard library only; `metrics.engine.contributions` does the same for all facts at once. A fact
carries the ids of its channel, campaign, device, asset and audience segment: 0 where it is not
broken down by that dimension, −1 where it is but has no value. Facts of one feed, metric and day
that are broken down alike are one *breakdown*; breakdowns are never added to each other.

- The total is the coarsest breakdown: the one with the fewest dimensions, channel before campaign
  before device before asset before audience segment where two have as many. Of some metrics,
  sources only list a part by page or by search term (the catalogue's `listed_by`): such a
  breakdown is never the total, and a day that has no other has none.
- By a dimension, it is the coarsest breakdown that has the dimension. A fact with a campaign but
  no channel takes its campaign's.
"""

from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

CHANNEL, CAMPAIGN, DEVICE, ASSET, AUDIENCE = DIMENSIONS = (1, 2, 3, 4, 5)
NONE = 0
NOT_SET = -1

Dims = tuple[int, int, int, int, int]
"""Channel, campaign, device, asset and audience segment of a fact."""


class Segment(NamedTuple):
    """A slice that is shown: everything, or one value of one dimension.

    `segment_id` is −1 for what no value of the dimension holds ("not set"), and 0 for any value
    that has no facts of its own in the period (see `rest_of`).
    """

    dimension: int
    segment_id: int


EVERYTHING = Segment(0, 0)


def rest_of(dimension: int) -> Segment:
    """The stand-in for every value of a dimension that has no facts of its own in a period.

    Where a feed gives every row it has, such a value is known to be zero; this segment says so.
    """
    return Segment(dimension, NONE)


def mask_of(dims: Dims) -> int:
    """Which dimensions a fact is broken down by, one bit each: channel 1, campaign 2, device 4…"""
    channel, campaign, device, asset, audience = dims
    return (
        (channel != 0)
        | (campaign != 0) << 1
        | (device != 0) << 2
        | (asset != 0) << 3
        | (audience != 0) << 4
    )


def _coarseness() -> tuple[int, ...]:
    """The place of each mask, coarsest first."""
    ordered = [
        sum(1 << (dimension - 1) for dimension in chosen)
        for count in range(len(DIMENSIONS) + 1)
        for chosen in combinations(DIMENSIONS, count)
    ]
    return tuple(ordered.index(mask) for mask in range(len(ordered)))


COARSENESS = _coarseness()
SPLITS: tuple[tuple[int, ...], ...] = tuple(
    tuple(
        dimension
        for dimension in DIMENSIONS
        if mask & (0b11 if dimension == CHANNEL else 1 << (dimension - 1))
    )
    for mask in range(len(COARSENESS))
)
"""By mask: the dimensions that a breakdown can be read by. A campaign says its channel too."""


def may_be_whole(mask: int, part: int) -> bool:
    """Whether a breakdown may be the total: not where it has all dimensions of `part`.

    `part` is a mask; 0 where a metric's breakdowns all hold everything.
    """
    return not part or mask & part != part


def coarsest(masks: Iterable[int]) -> int:
    """The mask of the breakdown that is the total."""
    return min(masks, key=COARSENESS.__getitem__)


def chosen_breakdowns(masks: Iterable[int]) -> dict[int, int]:
    """The mask to read by each dimension that any breakdown has."""
    chosen: dict[int, int] = {}
    for mask in sorted(masks, key=COARSENESS.__getitem__):
        for dimension in SPLITS[mask]:
            chosen.setdefault(dimension, mask)
    return chosen


class Mean(NamedTuple):
    """A part of a weighted mean: Σ value × weight, Σ weight, and values that have no weight."""

    total: Decimal
    weight: Decimal
    plain: frozenset[Decimal] = frozenset()

    def joined(self, other: "Mean") -> "Mean":
        """Both parts together."""
        return Mean(self.total + other.total, self.weight + other.weight, self.plain | other.plain)
