"""From pieces to cubes: every contribution finds its cell."""

from collections.abc import Iterable, Sequence

import numpy as np

from metrics.engine.contributions import Piece
from metrics.engine.cubes import (
    ADDITIVE,
    MOST,
    Cells,
    Cube,
    Cubes,
    Ints,
    Line,
    empty,
    segment_places,
    segments_axis,
)
from metrics.rollup import ALWAYS_SPLIT


def built(
    pieces: Sequence[Piece], lines: Sequence[Line], scales: Ints, width: int, owners: int
) -> Cubes:
    """The cubes of everything and of each dimension that pieces speak of, of so many workspaces.

    `lines` are what the pieces number, `scales` their decimals. Channel, campaign and device are
    there always: they have a "not set".
    """
    dtype = np.int64 if _magnitude(pieces) < MOST else object
    by_dimension: dict[int, list[Piece]] = {one: [] for one in (0, *sorted(ALWAYS_SPLIT))}
    for piece in pieces:
        by_dimension.setdefault(piece.dimension, []).append(piece)
    whole = _lines_in(by_dimension[0])
    additive = {one for one in whole if lines[one].kind in ADDITIVE}
    cubes: Cubes = {}
    for dimension in sorted(by_dimension):
        used = _lines_in(by_dimension[dimension])
        if dimension in ALWAYS_SPLIT:
            used |= additive
        several = by_dimension[dimension]
        cubes[dimension] = _cube(dimension, several, used, lines, scales, width, owners, dtype)
    return cubes


def _magnitude(pieces: Iterable[Piece]) -> float:
    return sum(float(np.abs(one.value).sum(dtype=np.float64)) for one in pieces)


def _lines_in(pieces: Iterable[Piece]) -> set[int]:
    return {one for piece in pieces for one in np.flatnonzero(np.bincount(piece.line)).tolist()}


def _cube(
    dimension: int,
    pieces: Sequence[Piece],
    used: set[int],
    lines: Sequence[Line],
    scales: Ints,
    width: int,
    owners: int,
    dtype: type,
) -> Cube:
    chosen = np.array(sorted(used, key=lambda place: lines[place]), np.int64)
    place_of = np.zeros(len(lines), np.int64)
    place_of[chosen] = np.arange(len(chosen))
    axis = segments_axis(dimension, [piece.segment for piece in pieces], owners)
    cube = empty(dimension, axis, [lines[one] for one in chosen], scales[chosen], width, dtype)
    cells, states = cube.cells.reshape(-1), cube.states.reshape(-1)
    for piece in pieces:
        rows = segment_places(axis, piece.segment, dimension)
        where = (rows * len(chosen) + place_of[piece.line]) * width + piece.column
        if piece.op == "add":
            np.add.at(cells, where, piece.value.astype(dtype, copy=False))
        elif piece.op == "set":
            cells[where] = piece.value
        else:
            _extreme(cells, where, piece)
        states[where] = piece.state
    return cube


def _extreme(cells: Cells, where: Ints, piece: Piece) -> None:
    """Keeps the lowest or the highest of the values for a cell: the last written one stays."""
    order = np.argsort(piece.value, kind="stable")
    if piece.op == "lowest":
        order = order[::-1]
    cells[where[order]] = piece.value[order]
