"""What follows from the cells of a day or period once all facts are in.

A segment of which only known zeros are said is like any other without facts; a segment with a
row is zero where the sources say so of all without facts; "not set" is what the total holds
beyond the named segments, also where that is negative.
"""

import numpy as np

from metrics.engine.cubes import (
    ADDITIVE,
    NAMED,
    REST,
    UNSET,
    Bools,
    Cube,
    Cubes,
    Kind,
    State,
)
from metrics.rollup import ALWAYS_SPLIT


def settle(cubes: Cubes) -> None:
    """Brings the dimensions of all columns in order, in place."""
    whole = cubes[0]
    for dimension, cube in cubes.items():
        if dimension:
            _drop_silent(cube)
            _fill_known_zeros(cube)
            _set_remainders(cube, whole)


def exists(cube: Cube) -> Bools:
    """Which segments have a row in which columns: those with a value or a reason."""
    shown = np.array([line.kind is not Kind.KNOWN for line in cube.lines], bool)
    states = cube.states if shown.all() else cube.states[:, shown]
    return np.asarray((states != State.ABSENT).any(axis=1))


def _drop_silent(cube: Cube) -> None:
    sums = cube.places([Kind.SUM])
    if len(cube.segments) <= NAMED or not sums.size:
        return
    present = cube.states[NAMED:, sums] == State.VALUE
    known = cube.states[REST, sums] == State.VALUE
    said = present & (~known | (cube.cells[NAMED:, sums] != 0))
    others = np.setdiff1d(np.arange(len(cube.lines)), sums)
    loud = said.any(axis=1) | (cube.states[NAMED:, others] != State.ABSENT).any(axis=1)
    kept = present & loud[:, None, :]
    cube.states[NAMED:, sums] = kept
    cube.cells[NAMED:, sums] *= kept


def _fill_known_zeros(cube: Cube) -> None:
    sums = cube.places([Kind.SUM])
    known = cube.states[REST, sums] == State.VALUE
    if known.any():
        shown = (cube.states != State.ABSENT).any(axis=1)
        cube.states[:, sums] |= shown[:, None, :] & known[None, :, :]


def _set_remainders(cube: Cube, whole: Cube) -> None:
    lines = cube.places(ADDITIVE)
    at = {line: place for place, line in enumerate(whole.lines)}
    kept = np.array([n for n in lines.tolist() if cube.lines[n] in at], np.int64)
    if not kept.size:
        return
    totals = np.array([at[cube.lines[n]] for n in kept.tolist()], np.int64)
    left = whole.states[0, totals] == State.VALUE
    if cube.dimension not in ALWAYS_SPLIT:
        left &= (cube.states[:, kept] == State.VALUE).any(axis=0)
    named = cube.cells[NAMED:, kept].sum(axis=0)
    # Without a total (only a part is known) what the facts themselves call "not set" stays.
    beyond = whole.cells[0, totals] - named
    cube.cells[UNSET, kept] = np.where(left, beyond, cube.cells[UNSET, kept])
    cube.states[UNSET, kept] = np.where(left, State.VALUE, cube.states[UNSET, kept])
