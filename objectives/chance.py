"""The chance of reaching a target, from possible futures. Standard library only; no clock.

There are few futures (some twenty), so each stands for a bell of its neighbours: the chance moves
smoothly with the target and is neither 0 nor 1 because none of twenty went there.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist, quantiles, stdev

SURE = Decimal("0.001")
"""A chance is never nearer to 0 or 1 than this, unless it is settled."""
PLACES = Decimal("0.0001")


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """Where an objective ends: eight times in ten between low and high; the chance is 0…1."""

    low: Decimal
    median: Decimal
    high: Decimal
    chance: Decimal


def outlook_of(ends: Sequence[float], margins: Sequence[float], *, lost: bool = False) -> Outlook:
    """From each future's value at the end, and by how much it meets the target (below 0: not).

    ``lost``: the target cannot be met any more, whatever comes. Raises ValueError for fewer than
    two futures.
    """
    low, median, high = spread_of(ends)
    return Outlook(
        low=low,
        median=median,
        high=high,
        chance=Decimal(0) if lost else chance(margins),
    )


def chance(margins: Sequence[float]) -> Decimal:
    """The share of the futures, each smoothed by its neighbours, that are at zero or above."""
    width = _width(margins)
    if width <= 0:
        met = sum(margin >= 0 for margin in margins) / len(margins)
        return Decimal(str(met))
    bell = NormalDist()
    share = sum(bell.cdf(margin / width) for margin in margins) / len(margins)
    return min(max(Decimal(str(share)).quantize(PLACES), SURE), 1 - SURE)


def _width(margins: Sequence[float]) -> float:
    """Silverman's rule: narrower bells for more futures."""
    return 0.9 * stdev(margins) / math.pow(len(margins), 0.2)


def spread_of(values: Sequence[float]) -> tuple[Decimal, Decimal, Decimal]:
    """The first, the fifth and the ninth tenth of a value's possible futures."""
    cuts = quantiles(values, n=10, method="inclusive")
    return _decimal(cuts[0]), _decimal(cuts[4]), _decimal(cuts[8])


def _decimal(number: float) -> Decimal:
    """To ten digits: more would pretend to know."""
    return Decimal(f"{number:.10g}")
