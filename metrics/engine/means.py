"""Weighted means of days: each value with the fact that weighs it."""

from collections.abc import Mapping, Sequence

import numpy as np

from metrics.engine.contributions import (
    BITS,
    MASKS,
    NOT_READ,
    Broken,
    Piece,
    masks_of,
    pair_codes,
    readings,
    segments_in,
)
from metrics.engine.cubes import MOST, Bools, Cells, Ints
from metrics.resolution import DIMENSIONS

MOST_CODES = 1 << 62


def packed(columns: Sequence[Ints]) -> Ints:
    """One number for each row: rows that are alike have the same."""
    code, size = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        if not (column != column[:1]).any():
            continue
        different, place = np.unique(column, return_inverse=True)
        if size * (len(different) + 1) >= MOST_CODES:
            code = np.unique(code, return_inverse=True)[1].astype(np.int64)
            size = int(code.max(initial=0)) + 1
        code = code * len(different) + place
        size *= len(different) + 1
    return code


def weights_of(values: Broken, weights: Broken) -> tuple[Bools, Cells]:
    """Which values have a weight (the fact of exactly their feed, day and breakdown), and it.

    `line` of both is the mean's, so that each finds its own weights only.
    """
    both = [
        np.concatenate([one, other])
        for one, other in (
            (values.line, weights.line),
            (values.feed, weights.feed),
            (values.column, weights.column),
            *zip(values.dims, weights.dims, strict=True),
        )
    ]
    codes = packed(both)
    mine, theirs = codes[: len(values.line)], codes[len(values.line) :]
    if not theirs.size:
        return np.zeros(len(mine), bool), np.zeros(len(mine), weights.value.dtype)
    order = np.argsort(theirs)
    place = np.minimum(np.searchsorted(theirs[order], mine), len(theirs) - 1)
    found = order[place]
    known = theirs[found] == mine
    return known, np.where(known, weights.value[found], 0)


def mean_pieces(
    values: Broken,
    weights: Broken,
    channel_of: Mapping[int, int],
    width: int,
    part: int = 0,
) -> list[Piece]:
    """The parts of weighted means; a value's `line` is that of its total, the others follow it.

    Breakdowns without any weight are read only where there is no other. `part` is the mask of
    breakdowns that are only a part.
    """
    if not len(values.line):
        return []
    known, weight = weights_of(values, weights)
    pairs, pair_of = np.unique(pair_codes(values.line, values.feed), return_inverse=True)
    group = pair_of * width + values.column
    mask = masks_of(values.dims)
    bit = BITS[mask]
    weighted = np.zeros(len(pairs) * width, np.int64)
    np.bitwise_or.at(weighted, group[known], bit[known])
    without = (weighted[group] & bit) == 0
    plain = np.zeros(len(pairs) * width, np.int64)
    np.bitwise_or.at(plain, group[without], bit[without])
    first, second = (readings(one | part << MASKS) for one in (weighted, plain))
    total = _products(values.value, weight)
    pieces: list[Piece] = []
    for dimension in range(len(DIMENSIONS) + 1):
        by_weight = first[1][:, dimension][first[0][group]]
        by_value = second[1][:, dimension][second[0][group]]
        read = known & (by_weight == mask)
        pieces += _parts(
            values, read, dimension, channel_of, (("add", 0, total), ("add", 1, weight))
        )
        read = without & (by_weight == NOT_READ) & (by_value == mask)
        extremes = (("lowest", 2, values.value), ("highest", 3, values.value))
        pieces += _parts(values, read, dimension, channel_of, extremes)
    return pieces


def _products(value: Cells, weight: Cells) -> Cells:
    largest = float(np.abs(value).max(initial=0)) * float(np.abs(weight).max(initial=0))
    if largest > MOST:
        return np.asarray(value.astype(object) * weight.astype(object))
    return np.asarray(value * weight)


def _parts(
    values: Broken,
    read: Bools,
    dimension: int,
    channel_of: Mapping[int, int],
    parts: Sequence[tuple[str, int, Cells]],
) -> list[Piece]:
    chosen = np.flatnonzero(read)
    if not chosen.size:
        return []
    segment = segments_in(values, chosen, dimension, channel_of)
    line, column = values.line[chosen], values.column[chosen]
    return [
        Piece(dimension, op, segment, line + after, column, amount[chosen])
        for op, after, amount in parts
    ]
