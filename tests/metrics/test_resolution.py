"""Breakdowns of one feed and day: which is the total, which speaks of a dimension."""

from collections.abc import Iterable, Mapping

import numpy as np
import pytest

from metrics import resolution
from metrics.engine.contributions import Broken, Piece, added, grouped, pair_codes
from metrics.engine.means import mean_pieces
from metrics.models import Dimension
from metrics.models.dimension import NONE, NOT_SET
from metrics.resolution import (
    ASSET,
    AUDIENCE,
    CAMPAIGN,
    CHANNEL,
    DEVICE,
    EVERYTHING,
    Dims,
    Segment,
    chosen_breakdowns,
    coarsest,
    mask_of,
)

ORGANIC, EMAIL, SPRING, PHONE = 11, 12, 21, 31
TOTAL: Dims = (0, 0, 0, 0, 0)


def at(channel: int = 0, campaign: int = 0, device: int = 0) -> Dims:
    return (channel, campaign, device, 0, 0)


def arrays(facts: Mapping[Dims, object]) -> Broken:
    """Facts of one line, feed and day."""
    count = len(facts)
    return Broken(
        np.zeros(count, np.int64),
        np.ones(count, np.int64),
        np.zeros(count, np.int64),
        np.array(list(facts), np.int64).reshape(-1, 5).T,
        np.array(list(facts.values()), np.int64),
        np.zeros(count, np.int64),
    )


def resolved(
    facts: Mapping[Dims, object],
    channel_of: Mapping[int, int] | None = None,
    *,
    complete: bool = False,
) -> dict[Segment, int]:
    """What one metric, feed and day come to; all facts there are, if they are `complete`."""
    broken = arrays(facts)
    pairs = np.unique(pair_codes(broken.line, broken.feed))
    groups = grouped(broken, pairs, np.zeros(len(pairs), np.int64), 1)
    pieces = added(broken, groups, np.full((1, 1), complete), channel_of or {})
    return summed(pieces)


def summed(pieces: Iterable[Piece]) -> dict[Segment, int]:
    found: dict[Segment, int] = {}
    for piece in pieces:
        for segment, value in zip(piece.segment.tolist(), piece.value.tolist(), strict=True):
            where = Segment(piece.dimension, segment)
            found[where] = found.get(where, 0) + value
    return found


def test_dimensions_are_numbered_as_they_are_stored() -> None:
    assert (CHANNEL, CAMPAIGN, DEVICE, ASSET, AUDIENCE) == (
        Dimension.CHANNEL,
        Dimension.CAMPAIGN,
        Dimension.DEVICE,
        Dimension.ASSET,
        Dimension.AUDIENCE,
    )
    assert (resolution.NONE, resolution.NOT_SET) == (NONE, NOT_SET)


def test_an_explicit_total_wins() -> None:
    assert resolved({TOTAL: 100, at(ORGANIC): 60, at(EMAIL): 30})[EVERYTHING] == 100


def test_without_a_total_the_coarsest_breakdown_is_added_up() -> None:
    found = resolved({at(ORGANIC): 60, at(EMAIL): 30, at(ORGANIC, device=PHONE): 1})
    assert found[EVERYTHING] == 90


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (at(ORGANIC), at(campaign=SPRING)),
        (at(campaign=SPRING), at(device=PHONE)),
        (at(device=PHONE), (0, 0, 0, 41, 0)),
        ((0, 0, 0, 41, 0), (0, 0, 0, 0, 51)),
        (at(ORGANIC, SPRING), at(ORGANIC, device=PHONE)),
        ((0, 0, 0, 0, 51), at(ORGANIC, SPRING)),
    ],
)
def test_the_order_of_breakdowns(one: Dims, other: Dims) -> None:
    assert coarsest([mask_of(other), mask_of(one)]) == mask_of(one)


def test_breakdowns_of_one_feed_are_not_added() -> None:
    found = resolved({at(ORGANIC): 60, at(device=PHONE): 55})
    assert found == {EVERYTHING: 60, Segment(CHANNEL, ORGANIC): 60, Segment(DEVICE, PHONE): 55}


def test_by_channel_the_coarsest_breakdown_with_a_channel_is_read() -> None:
    found = resolved({TOTAL: 100, at(ORGANIC): 60, at(ORGANIC, device=PHONE): 20})
    assert found[Segment(CHANNEL, ORGANIC)] == 60
    assert found[Segment(DEVICE, PHONE)] == 20


def test_a_campaign_says_its_channel() -> None:
    found = resolved({at(campaign=SPRING): 40, at(campaign=22): 2}, {SPRING: EMAIL})
    assert found[Segment(CHANNEL, EMAIL)] == 40
    assert found[Segment(CHANNEL, NOT_SET)] == 2
    assert found[Segment(CAMPAIGN, SPRING)] == 40


def test_the_channel_of_a_fact_counts_more_than_its_campaign_s() -> None:
    found = resolved({at(ORGANIC, SPRING): 40}, {SPRING: EMAIL})
    assert Segment(CHANNEL, EMAIL) not in found
    assert found[Segment(CHANNEL, ORGANIC)] == 40


def test_broken_down_but_unassigned_is_not_set() -> None:
    found = resolved({at(ORGANIC): 60, at(NOT_SET): 5})
    assert found[EVERYTHING] == 65
    assert found[Segment(CHANNEL, NOT_SET)] == 5


def test_which_breakdown_speaks_of_which_dimension() -> None:
    campaign, channel_device = mask_of(at(campaign=1)), mask_of(at(1, device=1))
    assert chosen_breakdowns([channel_device, campaign]) == {
        CHANNEL: campaign,
        CAMPAIGN: campaign,
        DEVICE: channel_device,
    }


def test_a_complete_list_says_zero_of_the_others() -> None:
    found = resolved({at(ORGANIC): 60}, complete=True)
    assert found[Segment(CHANNEL, NONE)] == 0
    assert Segment(DEVICE, NONE) not in found


def mean(
    values: Mapping[Dims, object], weights: Mapping[Dims, object]
) -> dict[tuple[Segment, int], int]:
    """By segment: the parts of a weighted mean (0 total, 1 weight, 2 lowest, 3 highest)."""
    pieces = mean_pieces(arrays(values), arrays(weights), {}, 1)
    return {
        (segment, part): value
        for part in range(4)
        for segment, value in summed(one for one in pieces if one.line[0] == part).items()
    }


def test_a_mean_is_weighted_by_the_same_breakdown() -> None:
    found = mean({at(ORGANIC): 2, at(EMAIL): 10}, {at(ORGANIC): 90, at(EMAIL): 10, TOTAL: 7})
    assert (found[EVERYTHING, 0], found[EVERYTHING, 1]) == (280, 100)
    assert found[Segment(CHANNEL, EMAIL), 0] == 100


def test_a_mean_passes_over_a_breakdown_without_weights() -> None:
    found = mean({TOTAL: 50, at(ORGANIC): 2, at(EMAIL): 10}, {at(ORGANIC): 90, at(EMAIL): 10})
    assert (found[EVERYTHING, 0], found[EVERYTHING, 1]) == (280, 100)
    assert (EVERYTHING, 2) not in found


def test_a_mean_without_any_weight_keeps_its_values_apart() -> None:
    assert mean({TOTAL: 12}, {}) == {(EVERYTHING, 2): 12, (EVERYTHING, 3): 12}


def test_a_part_that_is_not_weighed_is_left_out() -> None:
    found = mean({at(ORGANIC): 2, at(EMAIL): 10}, {at(ORGANIC): 90})
    assert (found[EVERYTHING, 0], found[EVERYTHING, 1]) == (180, 90)
    assert (Segment(CHANNEL, EMAIL), 1) not in found


def test_products_that_are_too_large_for_64_bits_are_exact() -> None:
    large = 10**12
    assert mean({TOTAL: large}, {TOTAL: large})[EVERYTHING, 0] == large * large
