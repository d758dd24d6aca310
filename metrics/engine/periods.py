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
    places = cube.places([Kind.KNOWN])
    lines = [cube.lines[n] for n in places.tolist()]
    first = [n for n, line in enumerate(lines) if not n or line.key != lines[n - 1].key]
    if not first:
        return {}
    feeds = np.array([line.feed for line in lines], np.int64)
    ledger, typed = (
        rules.owners.have(one, feeds)[:, :, None] for one in (rules.ledgers, rules.typed)
    )
    days = cube.cells[:, places].astype(np.int64)
    short = (days > 0) & (days < elapsed)
    delivered = short & ~ledger & ~typed & (feeds > 0)[:, None]
    listed, missing = (
        np.logical_or.reduceat(one, first, axis=1) for one in ((days > 0) & ledger, delivered)
    )
    found = (short[:, first] & ~listed) | missing
    return {lines[n].key: found[:, at] for at, n in enumerate(first) if not lines[n].feed}


def with_means(gaps_by_key: dict[str, Bools]) -> dict[str, Bools]:
    """A weighted mean has the gaps of its weight."""
    found = {key: one for key, one in gaps_by_key.items() if key in SUMS}
    found |= {key: found[weight] for key, weight in WEIGHTS.items() if weight in found}
    return found
