"""What the facts of days say of segments: `metrics.resolution` for all facts at once.

Facts of one metric, feed and day form a group. Which breakdowns a group has is a number with one
bit per `mask_of`, its signature; there are few different ones, so that which breakdown to read by
each dimension is looked up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from metrics.engine.cubes import Bools, Cells, Ints, State
from metrics.resolution import (
    CAMPAIGN,
    CHANNEL,
    DIMENSIONS,
    NOT_SET,
    chosen_breakdowns,
    coarsest,
    may_be_whole,
)
from metrics.rollup import ALWAYS_SPLIT

WHOLE = 0
NOT_READ = 255
MASKS = 32
BITS = np.int64(1) << np.arange(MASKS)
WHOLES = np.array(
    [sum(1 << mask for mask in range(MASKS) if may_be_whole(mask, part)) for part in range(MASKS)],
    np.int64,
)
"""By the mask of what is only a part: the masks that may stand for the total, a bit for each."""
Masks = npt.NDArray[np.uint8]


class Piece(NamedTuple):
    """Values for cells of one dimension; `op` says what is done where several meet."""

    dimension: int
    op: str
    segment: Ints
    line: Ints
    column: Ints
    value: Cells
    state: int = State.VALUE


@dataclass(frozen=True, slots=True)
class Broken:
    """Facts as they are resolved: which line, feed and column they belong to.

    `base` is the code of the whole of each fact's workspace (`metrics.engine.owners`).
    """

    line: Ints
    feed: Ints
    column: Ints
    dims: Ints
    value: Cells
    base: Ints

    def where(self, chosen: Ints) -> "Broken":
        """Some of them."""
        return Broken(
            self.line[chosen],
            self.feed[chosen],
            self.column[chosen],
            self.dims.take(chosen, axis=1),
            self.value[chosen],
            self.base[chosen],
        )


def masks_of(dims: Ints) -> Masks:
    """Which dimensions each fact is broken down by, as `resolution.mask_of`."""
    found = np.zeros(dims.shape[1], np.uint8)
    for place, column in enumerate(dims):
        found |= (column != 0).view(np.uint8) << place
    return found


def readings(signatures: Ints) -> tuple[Ints, Masks]:
    """For each signature its place in a table, and the table: by dimension the mask to read.

    Above its masks a signature has the mask of what is only a part, 0 for nothing.
    """
    different = np.unique(signatures)
    places = np.searchsorted(different, signatures)
    table = np.full((len(different), 1 + len(DIMENSIONS)), NOT_READ, np.uint8)
    for place, signature in enumerate(different.tolist()):
        masks = [mask for mask in range(MASKS) if signature >> mask & 1]
        if masks:
            wholes = [mask for mask in masks if may_be_whole(mask, signature >> MASKS)]
            table[place, WHOLE] = coarsest(wholes) if wholes else NOT_READ
            for dimension, mask in chosen_breakdowns(masks).items():
                table[place, dimension] = mask
    return places, table


def channels_of(own: Ints, campaign: Ints, channel_of: Mapping[int, int]) -> Ints:
    """The channel of each fact: its own, or its campaign's, else "not set"."""
    if not channel_of:
        return np.where(own != 0, own, NOT_SET)
    known = np.array(sorted(channel_of), np.int64)
    channels = np.array([channel_of[one] for one in known.tolist()], np.int64)
    place = np.minimum(np.searchsorted(known, campaign), len(known) - 1)
    of_campaign = np.where(known[place] == campaign, channels[place], NOT_SET)
    return np.where(own != 0, own, of_campaign)


def segments_in(facts: Broken, chosen: Ints, dimension: int, channel_of: Mapping[int, int]) -> Ints:
    """The segment of a dimension that each of some facts belongs to."""
    base = facts.base[chosen]
    if dimension == WHOLE:
        return base
    of_dimension = facts.dims[dimension - 1][chosen]
    if dimension == CHANNEL:
        campaign = facts.dims[CAMPAIGN - 1][chosen]
        of_dimension = channels_of(of_dimension, campaign, channel_of)
    return np.asarray(of_dimension + base)


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of some facts: `pairs` are (line, feed), `bases` whose each is, `signature` by
    pair and column, `of_fact` where in it each fact's is; `part` by pair the mask of breakdowns
    that are only a part."""

    pairs: Ints
    bases: Ints
    of_fact: Ints
    signature: Ints
    mask: Masks
    part: Ints

    @property
    def have_total(self) -> Bools:
        """Which groups have a breakdown that may stand for the total."""
        return np.asarray((self.signature & WHOLES[self.part][:, None]) != 0)


def grouped(
    facts: Broken, pairs: Ints, bases: Ints, width: int, parts: Ints | None = None
) -> Groups:
    """Finds the groups of facts. `pairs` are the (line, feed) that there may be, sorted; `bases`
    says whose each is.

    `parts` has by line the mask of breakdowns that are only a part.
    """
    pair_of = np.searchsorted(pairs, pair_codes(facts.line, facts.feed))
    of_fact = pair_of * width + facts.column
    mask = masks_of(facts.dims)
    signature = np.zeros((len(pairs), width), np.int64)
    np.bitwise_or.at(signature.reshape(-1), of_fact, BITS[mask])
    part = np.zeros(len(pairs), np.int64) if parts is None else parts[pairs // FEEDS]
    return Groups(pairs, bases, of_fact, signature, mask, part)


FEEDS = 1 << 40


def pair_codes(line: Ints, feed: Ints) -> Ints:
    """One number for a line and a feed."""
    return line * FEEDS + feed


def added(
    facts: Broken,
    groups: Groups,
    complete: Bools,
    channel_of: Mapping[int, int],
) -> list[Piece]:
    """What facts that add up come to; `complete` marks the groups (pair, column) that list all
    there is: silence of a segment says zero there, in the dimensions that they are broken down by.
    """
    places, table = readings(groups.signature | (groups.part << MASKS)[:, None])
    places = places.reshape(groups.signature.shape)
    of_fact = places.reshape(-1)[groups.of_fact]
    pieces = []
    for dimension in (WHOLE, *DIMENSIONS):
        read = np.flatnonzero(table[:, dimension][of_fact] == groups.mask)
        if read.size:
            segment = segments_in(facts, read, dimension, channel_of)
            line, column, value = facts.line[read], facts.column[read], facts.value[read]
            pieces.append(Piece(dimension, "add", segment, line, column, value))
        if dimension != WHOLE:
            silent = complete & (table[places, dimension] != NOT_READ)
            pieces += _zeros(dimension, silent, groups)
    return pieces


def covered_days(groups: Groups, covered: Bools) -> list[Piece]:
    """Days that a feed covered without a single row are zero, in everything and in each segment."""
    silent = covered & (groups.signature == 0)
    return [
        piece for one in (WHOLE, *sorted(ALWAYS_SPLIT)) for piece in _zeros(one, silent, groups)
    ]


def _zeros(dimension: int, where: Bools, groups: Groups) -> list[Piece]:
    pair, column = np.nonzero(where)
    if not pair.size:
        return []
    zeros = np.zeros(len(pair), np.int64)
    line = (groups.pairs // FEEDS)[pair]
    return [Piece(dimension, "add", groups.bases[pair], line, column, zeros)]
