"""A slow drift: the mean of four weeks beside what twelve weeks earlier let expect.

A fall of one per cent a week is never far from yesterday's value, so the range of the next value
(objectives/expected.py) follows it down. Standard library only; no clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log, sqrt
from statistics import median

from objectives.expected import LEAST_TAIL, TAIL_POWER, Point

WINDOW = 28
AHEAD = 84
YEAR = 364
LEAST_DRIFT_SCALE = 0.03
LEAST_DRIFT = 0.12
WEEKS_COUNT = 1.1
FEWEST_DRIFTS = 28


@dataclass(frozen=True, slots=True)
class Drifted:
    """The mean of the last four weeks beside what twelve weeks earlier let expect."""

    value: float
    expected: float
    score: float
    below: float
    above: float


def drift(points: Sequence[Point], number: int) -> Drifted | None:
    """How the four weeks up to `points[number]` stand: of days that follow each other.

    What is expected is the year before, times the growth over it that there was twelve weeks ago.
    How far that growth usually moves in twelve weeks is learnt from the weeks before. None
    where less than a year and four months of figures are known.
    """
    if number - YEAR - AHEAD - WINDOW < 0:
        return None
    sums = _Means(points[: number + 1])
    now, then = sums(number), sums(number - YEAR)
    growth = _growth(sums, number - AHEAD)
    if now is None or not then or growth is None:
        return None
    expected = then * exp(growth)
    moved = log(max(now, expected / 1000) / expected)
    usual = _usual_drift(sums, number)
    score = moved / usual
    if abs(moved) < LEAST_DRIFT:
        score = min(max(score, -LEAST_TAIL), LEAST_TAIL)
    chance = _drift_chance(abs(score))
    return Drifted(
        now,
        expected,
        score,
        below=chance if score < 0 else 1 - chance,
        above=chance if score > 0 else 1 - chance,
    )


def _drift_chance(score: float) -> float:
    if score <= LEAST_TAIL:
        return 0.5 - 0.45 * score / LEAST_TAIL
    return 0.05 * float((LEAST_TAIL / score) ** TAIL_POWER)


def _growth(sums: "_Means", number: int) -> float | None:
    """The logarithm of a window over the same weeks a year before."""
    now, then = sums(number), sums(number - YEAR)
    return log(now / then) if now and then else None


def _usual_drift(sums: "_Means", number: int) -> float:
    """What the growth over the year before usually moves by in twelve weeks.

    Learnt where there are figures enough, and never less than the weeks' own ups and downs do:
    a growth's move is four means of four weeks.
    """
    sizes = []
    for earlier in range(number - AHEAD, YEAR + AHEAD + WINDOW, -7):
        here, before = _growth(sums, earlier), _growth(sums, earlier - AHEAD)
        if here is not None and before is not None:
            sizes.append(abs(here - before))
    usual = 1.4826 * median(sizes) if len(sizes) * 7 >= FEWEST_DRIFTS else 0.0
    return max(usual, WEEKS_COUNT * sums.weekly(number), LEAST_DRIFT_SCALE)


class _Means:
    """Means of four weeks; unknown where more than a quarter of the days are."""

    def __init__(self, points: Sequence[Point]) -> None:
        self.sums, self.known = [0.0], [0]
        for point in points:
            self.sums.append(self.sums[-1] + (point.value or 0.0))
            self.known.append(self.known[-1] + (point.value is not None))

    def __call__(self, number: int) -> float | None:
        first = number - WINDOW + 1
        if first < 0:
            return None
        known = self.known[number + 1] - self.known[first]
        if known < WINDOW * 3 / 4:
            return None
        return (self.sums[number + 1] - self.sums[first]) / known

    def weekly(self, number: int) -> float:
        """How much a week is usually away from the one before, as a share."""
        weeks = [
            self.sums[last + 1] - self.sums[last - 6]
            for last in range(number, 6, -7)
            if self.known[last + 1] - self.known[last - 6] == 7
        ]
        moves = [abs(log(one / other)) for one, other in pairwise(weeks) if one > 0 and other > 0]
        return 1.4826 * median(moves) / sqrt(2) if moves else 0.5
