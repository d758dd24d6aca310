"""Values of many segments, metrics and days or periods at once.

A `Cube` has one dimension's segments × lines × columns. Its cells are integers, value × 10^scale
of the line, so that sums are exact: 64 bits where everything fits, Python's own integers where it
does not (`dtype=object`), with the same code.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from metrics.engine.owners import bases, id_of, owner_of
from metrics.rollup import ALWAYS_SPLIT, NOT_ADDITIVE, STALE, ZERO_DENOMINATOR
from metrics.rules import MEANS, STOCKS, SUMS

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Cells = npt.NDArray[Any]
States = npt.NDArray[np.uint8]

MOST = 4e18
"""What sums of 64 bits are trusted with."""


class State(IntEnum):
    """What a cell holds: nothing, a value, or why there is none."""

    ABSENT = 0
    VALUE = 1
    NOT_ADDITIVE = 2
    STALE = 3
    ZERO_DENOMINATOR = 4
    TOO_LARGE = 5
    NO_DATA = 6


REASONS: Mapping[int, str] = {
    State.NOT_ADDITIVE: NOT_ADDITIVE,
    State.STALE: STALE,
    State.ZERO_DENOMINATOR: ZERO_DENOMINATOR,
    State.TOO_LARGE: "too_large",
}


class Kind(IntEnum):
    """What a line is: how its cells add up.

    A weighted mean has four lines: Σ value × weight, Σ weight, and the lowest and the highest of
    the values that have no weight. `KNOWN` counts the days that a feed knows of a summed metric.
    """

    SUM = 1
    STOCK = 2
    UNIQUE = 3
    TOTAL = 4
    WEIGHT = 5
    LOWEST = 6
    HIGHEST = 7
    KNOWN = 8


ADDED = frozenset({Kind.SUM, Kind.TOTAL, Kind.WEIGHT, Kind.KNOWN})
ADDITIVE = frozenset({Kind.SUM, Kind.STOCK})
MEAN_KINDS = (Kind.TOTAL, Kind.WEIGHT, Kind.LOWEST, Kind.HIGHEST)


class Line(NamedTuple):
    """A row of numbers of one metric; `feed` says whose known days are counted, 0 anybody's."""

    key: str
    kind: Kind
    feed: int = 0


def kinds_of(key: str) -> tuple[Kind, ...]:
    """The lines that a base metric has."""
    if key in SUMS:
        return (Kind.SUM,)
    if key in STOCKS:
        return (Kind.STOCK,)
    return MEAN_KINDS if key in MEANS else (Kind.UNIQUE,)


@dataclass(slots=True)
class Cube:
    """One dimension. `segments` are codes (`metrics.engine.owners`): of everything one for each
    workspace; else each workspace's 0 (any segment without facts), each one's −1 ("not set"), and
    the named ones, sorted.
    """

    dimension: int
    segments: Ints
    lines: tuple[Line, ...]
    scales: Ints
    cells: Cells
    states: States

    def places(self, kinds: Iterable[Kind]) -> Ints:
        """The lines of these kinds."""
        wanted = frozenset(kinds)
        return np.array([n for n, one in enumerate(self.lines) if one.kind in wanted], np.int64)

    def place(self, line: Line) -> int | None:
        """Where a line is."""
        return self.lines.index(line) if line in self.lines else None

    @property
    def width(self) -> int:
        """How many columns it has."""
        return int(self.cells.shape[2])

    @property
    def owners(self) -> int:
        """How many workspaces it has."""
        return _owners_on(self.segments, self.dimension)

    @property
    def rest(self) -> slice:
        """The rows of any segment without facts, one a workspace."""
        return slice(0, self.owners)

    @property
    def unset(self) -> slice:
        """The rows of "not set", one a workspace."""
        return slice(self.owners, 2 * self.owners)

    @property
    def named(self) -> slice:
        """The rows of the named segments."""
        return slice(2 * self.owners, len(self.segments))

    def columns(self, chosen: slice | Ints) -> "Cube":
        """The same lines and segments with some of the columns."""
        cells, states = self.cells[:, :, chosen], self.states[:, :, chosen]
        return Cube(self.dimension, self.segments, self.lines, self.scales, cells, states)

    def of(self, keys: frozenset[str]) -> "Cube":
        """The lines of these metrics."""
        at = np.array([n for n, one in enumerate(self.lines) if one.key in keys], np.int64)
        lines = tuple(self.lines[n] for n in at.tolist())
        cells, states = self.cells[:, at], self.states[:, at]
        return Cube(self.dimension, self.segments, lines, self.scales[at], cells, states)


Cubes = dict[int, Cube]


def empty(
    dimension: int, segments: Ints, lines: Sequence[Line], scales: Ints, width: int, dtype: Any
) -> Cube:
    """A cube in which nothing is known."""
    shape = len(segments), len(lines), width
    cells = np.zeros(shape, dtype)
    return Cube(dimension, segments, tuple(lines), scales, cells, np.zeros(shape, np.uint8))


def segments_axis(dimension: int, codes: Iterable[Ints], owners: int) -> Ints:
    """The segments of a dimension that occur, in the order of the axis."""
    whole = bases(owners)
    if dimension == 0:
        return whole
    found = [one[id_of(one) > 0] for one in codes]
    named = np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)
    return np.concatenate([whole, whole - 1, named.astype(np.int64)])


def _owners_on(axis: Ints, dimension: int) -> int:
    return len(axis) if dimension == 0 else int(np.argmax(axis == -1))


def segment_places(axis: Ints, codes: Ints, dimension: int) -> Ints:
    """Where segments are on an axis that has them all."""
    owner = owner_of(codes)
    if dimension == 0:
        return owner
    owners = _owners_on(axis, dimension)
    named = 2 * owners
    places = np.searchsorted(axis[named:], codes) + named
    ids = id_of(codes)
    rest, unset = ids == 0, ids == -1
    places[rest] = owner[rest]
    places[unset] = owners + owner[unset]
    return places


class Part(NamedTuple):
    """Columns of a cube and the places where they go."""

    cube: Cube
    source: Ints
    target: Ints


def side_by_side(parts: Mapping[int, Sequence[Part]], width: int, owners: int) -> Cubes:
    """Columns of several cubes put together, on all of their segments and lines.

    Channel, campaign and device are there always, as where cubes are built. All are of the same
    workspaces, so many.
    """
    scales: dict[Line, int] = {}
    for several in parts.values():
        for part in several:
            for line, scale in zip(part.cube.lines, part.cube.scales.tolist(), strict=True):
                scales[line] = max(scale, scales.get(line, 0))
    dimensions = sorted({0, *ALWAYS_SPLIT, *parts})
    return {one: _joined(one, parts.get(one, ()), width, scales, owners) for one in dimensions}


def _joined(
    dimension: int, parts: Sequence[Part], width: int, scales: Mapping[Line, int], owners: int
) -> Cube:
    axis = segments_axis(dimension, [part.cube.segments for part in parts], owners)
    lines = sorted({line for part in parts for line in part.cube.lines})
    rescaled = [_rescaled(part.cube, scales) for part in parts]
    dtype = object if any(cells.dtype == object for cells in rescaled) else np.int64
    wanted = np.array([scales[line] for line in lines], np.int64)
    found = empty(dimension, axis, lines, wanted, width, dtype)
    at = {line: place for place, line in enumerate(lines)}
    for part, cells in zip(parts, rescaled, strict=True):
        rows: Any = segment_places(axis, part.cube.segments, dimension)
        into: Any = np.array([at[line] for line in part.cube.lines], np.int64)
        if len(into) == len(lines):
            into = slice(None)
        if len(rows) == len(axis):
            rows = slice(None)
        elif not isinstance(into, slice):
            rows = rows[:, None]
        for source, target in _stretches(part):
            found.cells[rows, into, target] = cells[:, :, source]
            found.states[rows, into, target] = part.cube.states[:, :, source]
    return found


def _stretches(part: Part) -> Iterable[tuple[slice, slice]]:
    """Columns that follow one another in both, as slices: that is copied much faster."""
    source, target = part.source, part.target
    breaks = (source[1:] - source[:-1] != 1) | (target[1:] - target[:-1] != 1)
    starts = [0, *(np.flatnonzero(breaks) + 1).tolist()]
    for first, last in pairwise([*starts, len(source)]):
        if first < last:
            a, b, length = int(source[first]), int(target[first]), last - first
            yield slice(a, a + length), slice(b, b + length)


def _rescaled(cube: Cube, scales: Mapping[Line, int]) -> Cells:
    """The cells with as many decimals as are wanted of each line."""
    more = [
        scales[line] - have for line, have in zip(cube.lines, cube.scales.tolist(), strict=True)
    ]
    cells = cube.cells
    finer = np.flatnonzero(more)
    if not finer.size:
        return cells
    largest = float(np.abs(cells[:, finer]).max(initial=0)) * 10.0 ** max(more)
    found = cells.astype(object if cells.dtype != object and largest > MOST else cells.dtype)
    for line in finer.tolist():
        found[:, line] *= 10 ** more[line]
    return found


def aggregated(cube: Cube, first: Ints, last: Ints, stock: Ints) -> Cube:
    """The columns added up over windows, both ends included.

    Sums add, lowest and highest are kept, a stock is what it is in the column `stock` (−1: in
    none); uniques that occur cannot be added.
    """
    cells = cube.cells
    if cells.dtype != object and _sum_of_sizes(cells) > MOST:
        cells = cells.astype(object)
    found = empty(cube.dimension, cube.segments, cube.lines, cube.scales, len(first), cells.dtype)
    _add(cube, cells, found, first, last + 1)
    _extremes(cube, found, first, last)
    stocks = cube.places([Kind.STOCK])
    known = np.flatnonzero(stock >= 0)
    if stocks.size and known.size:
        into, source = np.ix_(np.arange(len(cube.segments)), stocks, known), stock[known]
        found.cells[into] = cells[:, stocks[:, None], source]
        found.states[into] = cube.states[:, stocks[:, None], source]
    return found


def _sum_of_sizes(cells: Cells) -> float:
    """No sum of some of the cells is larger."""
    most = max(float(cells.max(initial=0)), -float(cells.min(initial=0)))
    return most * cells.size if most * cells.size <= MOST else float(np.abs(cells).sum(dtype=float))


def _add(cube: Cube, cells: Cells, found: Cube, first: Ints, after: Ints) -> None:
    """Sums, and where anything else than a stock is known.

    All lines are added, and those that are not to be set back after it: that is faster than to
    look the others up. So are sums over columns by `einsum`, and marks with the columns first.
    """
    by_column = np.ascontiguousarray(cube.states.transpose(2, 0, 1))
    for column, (start, end) in enumerate(zip(first.tolist(), after.tolist(), strict=True)):
        np.einsum("slc->sl", cells[:, :, start:end], out=found.cells[:, :, column])
        np.bitwise_or.reduce(by_column[start:end], axis=0, out=found.states[:, :, column])
    marks = np.zeros(len(cube.lines), np.uint8)
    marks[cube.places(ADDED)], marks[cube.places([Kind.UNIQUE])] = State.VALUE, State.NOT_ADDITIVE
    np.multiply(found.states != State.ABSENT, marks[:, None], out=found.states)
    for line in np.setdiff1d(np.arange(len(cube.lines)), cube.places(ADDED)).tolist():
        found.cells[:, line] = 0


def _extremes(cube: Cube, found: Cube, first: Ints, last: Ints) -> None:
    """The lowest and the highest values of each window."""
    for kind, keep, other in (
        (Kind.LOWEST, np.minimum, np.maximum),
        (Kind.HIGHEST, np.maximum, np.minimum),
    ):
        lines = cube.places([kind])
        present = cube.states[:, lines] == State.VALUE
        if not present.any():
            continue
        cells = cube.cells[:, lines]
        cells = np.where(present, cells, other.reduce(cells[present]))
        for column, (start, end) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
            if start <= end:
                seen = present[:, :, start : end + 1].any(axis=2)
                chosen = keep.reduce(cells[:, :, start : end + 1], axis=2)
                found.cells[:, lines, column] = np.where(seen, chosen, 0)
                found.states[:, lines, column] = seen
