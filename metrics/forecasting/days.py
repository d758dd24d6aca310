"""What days know beyond a week: where they have been lately, and what earlier years did from here.

A year of days is too long a season for the models. Its shape is taken as it is: how the level went
on from the same day of earlier years (364 days apart, so that weekdays meet). How much of it comes
true is learnt from the series itself, at ends of which the answer is known, and leant towards
nothing: two years that look alike may do so by chance.
"""

import numpy as np

from metrics.forecasting.cleaning import Array

WEEK = 7
LATELY = 14
"""So many last days say where a series is now."""
YEAR = 364
YEARS = 4
WIDTH = 15
"""Days that are averaged for the shape of a year."""
LEVEL = 28
"""Days before its start that a stretch of a year is measured against."""
APART = 14
"""The days between two ends at which the shape is tried."""
FEWEST_TRIED = 13
LEANT = 0.7


def lately(scaled: Array, season: int, horizon: int) -> Array:
    """The mean of the last two weeks again: by weekday where there is a week, else as one level."""
    last = scaled[-LATELY:]
    if season == WEEK and last.size == LATELY:
        return np.resize(last.reshape(2, WEEK).mean(axis=0), horizon)
    return np.full(horizon, float(last.mean()))


def yearly(scaled: Array, horizon: int) -> Array:
    """By how much earlier years say that the level will move from where it is, day by day.

    Zeros for fewer than two years and a horizon, and where one year says little of another.
    """
    nothing = np.zeros(horizon)
    if scaled.size < 2 * YEAR + horizon + LEVEL:
        return nothing
    smooth = _smoothed(scaled)
    levels = np.convolve(scaled, np.ones(LEVEL) / LEVEL, "valid")
    told = _told(smooth, levels, scaled.size, horizon)
    share = _share_that_came_true(smooth, levels, scaled.size, horizon)
    return nothing if told is None else LEANT * share * told


def _smoothed(scaled: Array) -> Array:
    padded = np.pad(scaled, (WIDTH // 2, WIDTH - 1 - WIDTH // 2), mode="edge")
    smooth: Array = np.convolve(padded, np.ones(WIDTH) / WIDTH, "valid")
    return smooth


def _moved(smooth: Array, levels: Array, start: int, horizon: int) -> Array:
    """How a stretch lay against the level of the days before it."""
    level = float(levels[start - LEVEL])
    moved: Array = smooth[start : start + horizon] - level
    return moved


def _told(smooth: Array, levels: Array, end: int, horizon: int) -> Array | None:
    """What the years before ``end`` say on average; None where none of them is known."""
    starts = (end - number * YEAR for number in range(1, YEARS + 1))
    known = [one for one in starts if one >= LEVEL and one + horizon <= end]
    if not known:
        return None
    moves = np.array([_moved(smooth, levels, one, horizon) for one in known])
    return np.asarray(moves.mean(axis=0), dtype=np.float64)


def _share_that_came_true(smooth: Array, levels: Array, size: int, horizon: int) -> float:
    """The slope of what came on what was told, from 0 to 1, at ends of the last two years."""
    told, came = [], []
    first = max(YEAR + LEVEL, size - horizon - 2 * YEAR)
    for end in range(size - horizon, first, -APART):
        one = _told(smooth, levels, end, horizon)
        if one is not None:
            told.append(one)
            came.append(_moved(smooth, levels, end, horizon))
    if len(told) < FEWEST_TRIED:
        return 0.0
    x, y = np.array(told), np.array(came)
    size_of_told = float(np.sum(x * x))
    return float(np.clip(np.sum(x * y) / size_of_told, 0.0, 1.0)) if size_of_told > 0 else 0.0
