"""What follows from the cells of a day or period once all facts are in.

A segment of which only known zeros are said is like any other without facts; a segment with a
row is zero where the sources say so of all without facts; "not set" is what the total holds
beyond the named segments, also where that is negative.
"""

import numpy as np

from metrics.engine.cubes import (
    ADDITIVE,
    Bools,
    Cube,
    Cubes,
    Ints,
    Kind,
    State,
)
from metrics.engine.owners import by_owner, for_each, owner_of
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
    sums, named = _are_sums(cube), cube.named
    if named.start >= named.stop or not sums.any():
        return
    states, cells = cube.states[named], cube.cells[named]
    known = for_each(cube.states[cube.rest] == State.VALUE, owner_of(cube.segments[named]))
    present = states == State.VALUE
    said = np.where(sums, present & (~known | (cells != 0)), states != State.ABSENT)
    kept = present & said.any(axis=1)[:, None]
    states[:] = np.where(sums, kept, states)
    cells *= ~sums | kept


def _fill_known_zeros(cube: Cube) -> None:
    known = (cube.states[cube.rest] == State.VALUE) & _are_sums(cube)
    if known.any():
        shown = (cube.states != State.ABSENT).any(axis=1)
        cube.states |= shown[:, None] & for_each(known, owner_of(cube.segments))


def _are_sums(cube: Cube) -> Bools:
    """Which lines are sums, beside a column."""
    return np.array([line.kind is Kind.SUM for line in cube.lines], bool)[:, None]


def _set_remainders(cube: Cube, whole: Cube) -> None:
    lines = cube.places(ADDITIVE)
    at = {line: place for place, line in enumerate(whole.lines)}
    kept = np.array([n for n in lines.tolist() if cube.lines[n] in at], np.int64)
    if not kept.size:
        return
    totals = np.array([at[cube.lines[n]] for n in kept.tolist()], np.int64)
    left = whole.states[:, totals] == State.VALUE
    owner = owner_of(cube.segments[cube.named])
    if cube.dimension not in ALWAYS_SPLIT:
        left &= _any_of_owner(cube.states[:, kept] == State.VALUE, cube, owner)
    named = by_owner(np.add, cube.cells[cube.named, kept], owner, cube.owners)
    # Without a total (only a part is known) what the facts themselves call "not set" stays.
    beyond = whole.cells[:, totals] - named
    unset = cube.unset
    cube.cells[unset, kept] = np.where(left, beyond, cube.cells[unset, kept])
    cube.states[unset, kept] = np.where(left, State.VALUE, cube.states[unset, kept])


def _any_of_owner(said: Bools, cube: Cube, owner: Ints) -> Bools:
    """Where any segment of a workspace says something."""
    named = by_owner(np.logical_or, said[cube.named], owner, cube.owners)
    return np.asarray(named | said[cube.rest] | said[cube.unset])
