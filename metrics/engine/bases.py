"""Base metrics as columns that formulas read: exact decimals, and why there is none."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from metrics.derive import STORED
from metrics.engine.cubes import Bools, Cells, Cubes, Ints, Kind, Line, State, States, kinds_of
from metrics.engine.formula_columns import Objects
from metrics.resolution import Segment

ROUNDED = np.frompyfunc(STORED.plus, 1, 1)


class Shown(NamedTuple):
    """A metric in all cells of a table: as it is kept, and as the next formula reads it.

    `reason` says why there is no value (0: no data), `unsure` which values have unknown days or
    parts inside, `weights` Σ value × weight and Σ weight of a weighted mean.
    """

    kept: Objects
    exact: Objects
    known: Bools
    reason: States
    unsure: Bools
    weights: tuple[Objects, Objects] | None = None


class Numbers(NamedTuple):
    """One line in all cells of a table."""

    cells: Cells
    states: States
    scale: int


def decimals(cells: Cells, scale: int) -> Objects:
    """Whole numbers with so many decimals, as exact numbers."""
    found = np.empty(len(cells), object)
    found[:] = list(map(Decimal, cells.tolist()))
    return np.asarray(found * Decimal((0, (1,), -scale)), object) if scale else found


def base_keys(cubes: Cubes) -> list[str]:
    """The base metrics of which the cubes say anything."""
    lines = {line for cube in cubes.values() for line in cube.lines}
    return sorted({line.key for line in lines if line.kind is not Kind.KNOWN})


def shown_bases(
    cubes: Cubes, segments: Sequence[Segment], gaps: Mapping[str, Bools]
) -> dict[str, Shown]:
    """All base metrics of these segments, cells in the order segment by segment."""
    rows = _rows_of(cubes, segments)
    found: dict[str, Shown] = {}
    for key in base_keys(cubes):
        lines = [_line(cubes, rows, Line(key, kind), len(segments)) for kind in kinds_of(key)]
        shown = _mean(lines) if len(lines) > 1 else _plain(lines[0])
        if key in gaps:
            unsure = np.tile(gaps[key], len(segments)) & shown.known
            shown = shown._replace(unsure=unsure)
        if shown.known.any() or shown.reason.any():
            found[key] = shown
    return found


def _rows_of(cubes: Cubes, segments: Sequence[Segment]) -> dict[int, tuple[Ints, Ints]]:
    """By dimension: which of the segments are its own, and their rows in its cube."""
    found: dict[int, tuple[Ints, Ints]] = {}
    for dimension, cube in cubes.items():
        at = {int(one): row for row, one in enumerate(cube.segments.tolist())}
        here = [
            (place, at[one.segment_id])
            for place, one in enumerate(segments)
            if one.dimension == dimension and one.segment_id in at
        ]
        if here:
            places, rows = zip(*here, strict=True)
            found[dimension] = np.array(places, np.int64), np.array(rows, np.int64)
    return found


def _line(cubes: Cubes, rows: Mapping[int, tuple[Ints, Ints]], line: Line, count: int) -> Numbers:
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
    return Numbers(cells.reshape(-1), states.reshape(-1), scale)


def _plain(line: Numbers) -> Shown:
    """A metric of one line: its values, or why there is none."""
    known = line.states == State.VALUE
    values = np.empty(len(known), object)
    values[known] = decimals(line.cells[known], line.scale)
    reason = np.where(known, np.uint8(0), line.states)
    return Shown(values, values, known, reason, np.zeros(len(known), bool))


def _mean(lines: Sequence[Numbers]) -> Shown:
    """A weighted mean from its four lines; values without weights count while they are equal."""
    total, weight, lowest, highest = lines
    weighted = (weight.states == State.VALUE) & (weight.cells != 0)
    plain = (lowest.states == State.VALUE) & ~weighted
    equal = plain & (lowest.cells == highest.cells)
    values = np.empty(len(weighted), object)
    over, under = np.empty(len(weighted), object), np.empty(len(weighted), object)
    over[weighted] = decimals(total.cells[weighted], total.scale)
    under[weighted] = decimals(weight.cells[weighted], weight.scale)
    if weighted.any():
        values[weighted] = over[weighted] / under[weighted]
    values[equal] = decimals(lowest.cells[equal], lowest.scale)
    kept = values.copy()
    if weighted.any():
        kept[weighted] = ROUNDED(values[weighted])
    reason = np.where(plain & ~equal, np.uint8(State.NOT_ADDITIVE), np.uint8(0))
    without = (weight.states == State.VALUE) & ~weighted & ~plain
    reason = np.where(without, np.uint8(State.ZERO_DENOMINATOR), reason)
    nothing = np.zeros(len(weighted), bool)
    return Shown(kept, values, weighted | equal, reason, nothing, (over, under))


def said(shown: Iterable[Shown], size: int) -> Bools:
    """Where any of several metrics has a value or a reason."""
    found = np.zeros(size, bool)
    for one in shown:
        found |= one.known | (one.reason != 0)
    return found
