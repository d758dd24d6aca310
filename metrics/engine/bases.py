"""Base metrics as columns that formulas read: exact numbers, and why there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from metrics.engine.cubes import Bools, Cells, Cubes, Ints, Kind, Line, State, States, kinds_of
from metrics.engine.exact import (
    Decimals,
    Kept,
    Numbers,
    Ratio,
    Whole,
    applied,
    decimals,
    kept,
    nothing,
    put,
    spread,
)
from metrics.engine.owners import owner_of
from metrics.resolution import Segment
from metrics.rules import MEANS


class Weights(NamedTuple):
    """Σ value × weight and Σ weight of a weighted mean, where they are known."""

    over: Kept
    under: Kept
    known: Bools


@dataclass(slots=True)
class Shown:
    """A metric in all cells of a table: as it is kept, and as the next formula reads it.

    `reason` says why there is no value (0: no data), `unsure` which values have unknown days or
    parts inside. `exact` is None where that is the same as what is kept.
    """

    kept: Kept
    known: Bools
    reason: States
    unsure: Bools
    exact: Numbers | None = None
    weights: Weights | None = None

    @classmethod
    def empty(cls, size: int) -> "Shown":
        """Nothing is known yet."""
        nowhere = np.zeros(size, bool)
        return cls(nothing(size), nowhere, np.zeros(size, np.uint8), nowhere.copy())

    @property
    def says_anything(self) -> bool:
        """Whether there is a value anywhere, or a reason for none."""
        return bool(self.known.any() or self.reason.any())

    def exactly(self, cells: Ints) -> Numbers:
        """What a formula of the same cells reads."""
        if self.weights is None:
            return (self.exact or self.kept).at(cells)
        over, under, known = self.weights
        weighted, over, under = known[cells], over.at(cells), under.at(cells)
        if isinstance(over, Whole) and isinstance(under, Whole) and weighted.all():
            return Ratio(over, under)
        values = self.kept.decimals(cells)
        values[weighted] = applied(np.divide, weighted, over, under).values[weighted]
        return Decimals(values)

    def put(self, cells: Ints, numbers: Kept) -> None:
        """Writes numbers into cells."""
        if self.known.any():
            self.kept = put(self.kept, cells, numbers)
        else:
            self.kept = spread(numbers, cells, len(self.known))
        self.known[cells] = True

    def put_weights(self, cells: Ints, over: Kept, under: Kept) -> None:
        """Writes the two sums of a weighted mean that are known beforehand."""
        size = len(self.known)
        before = self.weights or Weights(nothing(size), nothing(size), np.zeros(size, bool))
        before.known[cells] = True
        self.weights = Weights(
            put(before.over, cells, over), put(before.under, cells, under), before.known
        )


class Row(NamedTuple):
    """One line in all cells of a table."""

    cells: Cells
    states: States
    scale: int


def base_keys(cubes: Cubes) -> list[str]:
    """The base metrics of which the cubes say anything."""
    lines = {line for cube in cubes.values() for line in cube.lines}
    return sorted({line.key for line in lines if line.kind is not Kind.KNOWN})


def shown_bases(
    cubes: Cubes, segments: Sequence[Segment], gaps: Mapping[str, Bools]
) -> dict[str, Shown]:
    """All base metrics of these segments, cells in the order segment by segment.

    `gaps` say of each workspace's columns which have unknown days.
    """
    rows = rows_of(cubes, segments)
    keys = base_keys(cubes)
    means = [key for key in keys if key in MEANS]
    found = _plain_of([key for key in keys if key not in MEANS], cubes, rows, len(segments))
    for key in means:
        lines = [_line(cubes, rows, Line(key, kind), len(segments)) for kind in kinds_of(key)]
        found[key] = _mean(lines)
    owner = owner_of(np.array([one.segment_id for one in segments], np.int64))
    for key, shown in found.items():
        if key in gaps:
            shown.unsure = gaps[key][owner].reshape(-1) & shown.known
    return {key: one for key, one in sorted(found.items()) if one.says_anything}


def _plain_of(
    keys: Sequence[str], cubes: Cubes, rows: Mapping[int, tuple[Ints, Ints]], count: int
) -> dict[str, Shown]:
    """Metrics of one line each, in all cells at once."""
    if not keys:
        return {}
    if any(cube.cells.dtype == object for cube in cubes.values()):
        lines = {key: _line(cubes, rows, Line(key, kinds_of(key)[0]), count) for key in keys}
        return {key: _plain(line) for key, line in lines.items()}
    shape = len(keys), count, cubes[0].width
    cells, states = np.zeros(shape, np.int64), np.zeros(shape, np.uint8)
    scales: dict[str, int] = {}
    wanted = {Line(key, kinds_of(key)[0]): place for place, key in enumerate(keys)}
    for dimension, (places, sources) in rows.items():
        cube = cubes[dimension]
        here = [n for n, line in enumerate(cube.lines) if line in wanted]
        into = np.ix_(np.array([wanted[cube.lines[n]] for n in here], np.int64), places)
        source = np.ix_(sources, np.array(here, np.int64))
        cells[into] = cube.cells[source].transpose(1, 0, 2)
        states[into] = cube.states[source].transpose(1, 0, 2)
        scales |= {cube.lines[n].key: int(cube.scales[n]) for n in here}
    numbers, said = cells.reshape(len(keys), -1), states.reshape(len(keys), -1)
    known = said == State.VALUE
    reasons = said * ~known
    unsure = np.zeros(known.shape, bool)
    return {
        key: Shown(Whole(numbers[n], scales.get(key, 0)), known[n], reasons[n], unsure[n])
        for n, key in enumerate(keys)
    }


def rows_of(cubes: Cubes, segments: Sequence[Segment]) -> dict[int, tuple[Ints, Ints]]:
    """By dimension: which of the segments are its own, and their rows in its cube."""
    dimensions, codes = np.array(segments, np.int64).reshape(-1, 2).T
    found: dict[int, tuple[Ints, Ints]] = {}
    for dimension, cube in cubes.items():
        places = np.flatnonzero(dimensions == dimension)
        order = np.argsort(cube.segments)
        after = np.searchsorted(cube.segments, codes[places], sorter=order)
        rows = order[np.minimum(after, len(order) - 1)]
        known = cube.segments[rows] == codes[places]
        if known.any():
            found[dimension] = places[known], rows[known]
    return found


def _line(cubes: Cubes, rows: Mapping[int, tuple[Ints, Ints]], line: Line, count: int) -> Row:
    width = cubes[0].width
    dtype = object if any(cube.cells.dtype == object for cube in cubes.values()) else np.int64
    cells = np.zeros((count, width), dtype)
    states = np.zeros((count, width), np.uint8)
    scale = 0
    for dimension, (places, sources) in rows.items():
        cube = cubes[dimension]
        at = cube.place(line)
        if at is not None:
            cells[places] = cube.cells[sources, at]
            states[places] = cube.states[sources, at]
            scale = int(cube.scales[at])
    return Row(cells.reshape(-1), states.reshape(-1), scale)


def _numbers(row: Row, known: Bools) -> Whole | Decimals:
    """The numbers of a line: past 64 bits, as objects."""
    if row.cells.dtype != object:
        return Whole(row.cells, row.scale)
    values = np.empty(len(known), object)
    values[known] = decimals(row.cells[known], row.scale)
    return Decimals(values)


def _plain(line: Row) -> Shown:
    """A metric of one line: its values, or why there is none."""
    known = line.states == State.VALUE
    reason = np.where(known, np.uint8(0), line.states)
    return Shown(_numbers(line, known), known, reason, np.zeros(len(known), bool))


def _mean(lines: Sequence[Row]) -> Shown:
    """A weighted mean from its four lines; values without weights count while they are equal."""
    total, weight, lowest, highest = lines
    weighted = (weight.states == State.VALUE) & (weight.cells != 0).astype(bool)
    plain = (lowest.states == State.VALUE) & ~weighted
    equal = plain & _same(lowest, highest)
    weights = Weights(_numbers(total, weighted), _numbers(weight, weighted), weighted)
    found = Shown.empty(len(weighted))
    if weighted.any():
        found.weights = weights
        places = np.flatnonzero(weighted)
        ratio = _ratio(weights, weighted).at(places)
        found.put(places, kept(ratio, np.ones(len(places), bool), exact=False))
    if equal.any():
        places = np.flatnonzero(equal)
        found.put(places, _numbers(lowest, equal).at(places))
    reason = np.where(plain & ~equal, np.uint8(State.NOT_ADDITIVE), np.uint8(0))
    without = (weight.states == State.VALUE) & ~weighted & ~plain
    found.reason = np.where(without, np.uint8(State.ZERO_DENOMINATOR), reason)
    return found


def _same(one: Row, other: Row) -> Bools:
    """Where two lines say the same number, each written to its own decimal places."""
    if one.scale == other.scale:
        return np.asarray(one.cells == other.cells, bool)
    places = max(one.scale, other.scale)
    left, right = (row.cells.astype(object) * 10 ** (places - row.scale) for row in (one, other))
    return np.asarray(left == right, bool)


def _ratio(weights: Weights, weighted: Bools) -> Numbers:
    over, under = weights.over, weights.under
    if isinstance(over, Whole) and isinstance(under, Whole):
        return Ratio(over, Whole(np.where(weighted, under.cells, 1), under.scale))
    return applied(np.divide, weighted, over, under)
