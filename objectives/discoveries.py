"""How many false discoveries many rules at once may make: bounded, and said.

With a hundred series watched each night, one of them is far out by chance alone. Benjamini and
Yekutieli (2001) choose how unlikely a value must be so that, whatever the series have to do with
each other, the expected share of false ones among all that are told is at most the bound; where
nothing at all has happened, that is the chance of telling anything. A night has a seventh of the
week's bound. Standard library only.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

WEEKLY_BOUND = 0.1
"""In a week in which nothing happened: at most one chance in ten of any such alert."""
NIGHTLY_BOUND = WEEKLY_BOUND / 7
K = TypeVar("K", bound=Hashable)


def discoveries(chances: Mapping[K, float], *, bound: float = NIGHTLY_BOUND) -> set[K]:
    """Those whose chance is so small that they count as found."""
    count = len(chances)
    if not count:
        return set()
    penalty = sum(1 / number for number in range(1, count + 1))
    ordered = sorted(chances.items(), key=lambda one: one[1])
    passing = [
        place
        for place, (_key, chance) in enumerate(ordered, start=1)
        if chance <= bound * place / (count * penalty)
    ]
    return {key for key, _chance in ordered[: max(passing, default=0)]}


def alone(count: int, *, bound: float = NIGHTLY_BOUND) -> float:
    """How unlikely one value among `count` watched series must be when all others are usual."""
    return bound / (count * sum(1 / number for number in range(1, count + 1))) if count else bound
