"""From days to weeks and months, from months to quarters and years."""

from typing import NamedTuple

import numpy as np

from metrics.engine.cubes import Bools, Cubes, Ints, Kind, aggregated
from metrics.engine.settling import settle
from metrics.joint import Joint
from metrics.rules import SUMS, WEIGHTS


class Windows(NamedTuple):
    """Columns to add up: from the first to the last, and where the stocks stand (−1: nowhere)."""

    first: Ints
    last: Ints
    stock: Ints


def added_up(cubes: Cubes, windows: Windows) -> Cubes:
    """The base metrics of the windows, "not set" and all."""
    found = {one: aggregated(cube, *windows) for one, cube in cubes.items()}
    settle(found)
    return found


def gaps(cubes: Cubes, elapsed: Ints, rules: Joint) -> dict[str, Bools]:
    """By summed metric: the workspaces and columns that have an unknown day among their `elapsed`
    ones.

    A day is known when any feed knows it. A feed that delivers by itself should moreover know
    every day, once it knows one of the period; what people type stands for itself, and the cost
    ledger lists all that there is.
    """
    cube = cubes[0]
    nothing = np.zeros((cube.owners, cube.width), bool)
    missing: dict[str, Bools] = {}
    listed: dict[str, Bools] = {}
    for place, line in enumerate(cube.lines):
        if line.kind is not Kind.KNOWN:
            continue
        days = cube.cells[:, place].astype(np.int64)
        if line.feed:
            ledger = rules.owners.have(rules.ledgers, line.feed)[:, None]
            typed = rules.owners.have(rules.typed, line.feed)[:, None]
            spent = (days > 0) & ledger
            short = (days > 0) & (days < elapsed) & ~ledger & ~typed
            listed[line.key] = listed.get(line.key, nothing) | spent
            missing[line.key] = missing.get(line.key, nothing) | short
    found: dict[str, Bools] = {}
    for place, line in enumerate(cube.lines):
        if line.kind is Kind.KNOWN and not line.feed:
            days = cube.cells[:, place].astype(np.int64)
            unknown = (days > 0) & (days < elapsed)
            unknown &= ~listed.get(line.key, nothing)
            found[line.key] = unknown | missing.get(line.key, nothing)
    return found


def with_means(gaps_by_key: dict[str, Bools]) -> dict[str, Bools]:
    """A weighted mean has the gaps of its weight."""
    found = {key: one for key, one in gaps_by_key.items() if key in SUMS}
    found |= {key: found[weight] for key, weight in WEIGHTS.items() if weight in found}
    return found
