"""Forecasts of real public series that no setting was fitted to, against seasonal naive.

`forecast_series.json` holds them with source and licence. Each is forecast from several earlier
ends, so that no stretch is foretold twice and daily series are tried in every season. The error is
scaled as usual (MASE: by the mean step from one season to the next), and is compared with that of
"the same as a season ago".
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import fmean, median
from time import process_time
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from metrics.benchmarks.bench import Bench
from metrics.benchmarks.figures import Figure
from metrics.forecasting import Forecast, forecast, moved_on

SERIES = Path(__file__).with_name("forecast_series.json")
NAMES = {7: "daily", 52: "weekly", 12: "monthly", 4: "quarterly"}
HORIZONS = {7: 30, 52: 13, 12: 12, 4: 4}
ENDS = {7: (12, 67), 52: (8, 13), 12: (4, 12), 4: (6, 4)}
"""How many ends, and how far apart; days by a number that is no multiple of a week."""
NAIVE = 1.0
"""The most that an error may be of seasonal naive's."""
COVERED = 80.0
MOST_OFF = 5.0
MOST_MS = 150.0


class PublicSeries(TypedDict):
    """A series with where it is from."""

    name: str
    season: int
    source: str
    licence: str
    values: list[float]


@dataclass
class Tried:
    """What the forecasts of one frequency came to: errors by series, shares inside, seconds."""

    ours: list[float] = field(default_factory=list)
    naive: list[float] = field(default_factory=list)
    inside: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)


@cache
def public_series() -> list[PublicSeries]:
    """All of them."""
    found: list[PublicSeries] = json.loads(SERIES.read_text(encoding="utf-8"))
    return found


def measure(bench: Bench) -> list[Figure]:
    """Errors, coverage and time, by frequency. Needs no data of the benchmark's workspaces."""
    figures = []
    for season, name in NAMES.items():
        bench.say(f"Forecasting {name} series…")
        tried = Tried()
        for one in public_series():
            if one["season"] == season:
                _try(np.array(one["values"], dtype=np.float64), season, tried)
        figures += _figures(name, tried)
    return figures


def _try(values: NDArray[np.float64], season: int, tried: Tried) -> None:
    """One series, forecast from each of its ends."""
    horizon, (count, apart) = HORIZONS[season], ENDS[season]
    rows = []
    for number in range(count):
        end = values.size - horizon - apart * number
        seen, truth = values[:end], values[end : end + horizon]
        begun = process_time()
        told = forecast(seen, season=season, horizon=horizon)
        tried.seconds.append(process_time() - begun)
        if told is None:
            raise ValueError("A series of the benchmark is too short.")
        rows.append(_scored(seen, truth, told, season))
    tried.again.append(_moved_on(values, season, horizon))
    ours, naive, inside = (fmean(row[place] for row in rows) for place in range(3))
    tried.ours.append(ours)
    tried.naive.append(naive)
    tried.inside.append(inside)


def _scored(
    seen: NDArray[np.float64], truth: NDArray[np.float64], told: Forecast, season: int
) -> tuple[float, float, float]:
    """MASE of ours and of seasonal naive, and the share of values inside the range."""
    scale = float(np.mean(np.abs(seen[season:] - seen[:-season])))
    naive = np.resize(seen[-season:], truth.size)
    inside = (truth >= told.low) & (truth <= told.high)
    return (
        float(np.mean(np.abs(told.median - truth))) / scale,
        float(np.mean(np.abs(naive - truth))) / scale,
        float(np.mean(inside)),
    )


def _moved_on(values: NDArray[np.float64], season: int, horizon: int) -> float:
    """Seconds for the next night's forecast, which keeps the errors learnt the night before."""
    before = forecast(values[:-1], season=season, horizon=horizon)
    if before is None:
        raise ValueError("A series of the benchmark is too short.")
    begun = process_time()
    moved_on(values, season=season, horizon=horizon, before=before)
    return process_time() - begun


def _figures(name: str, tried: Tried) -> list[Figure]:
    covered = 100 * fmean(tried.inside)
    head = f"forecast.{name}"
    return [
        Figure.against(head, fmean(tried.ours), "MASE", limit=fmean(tried.naive), goal=NAIVE),
        Figure(f"{head}.coverage", covered, "% inside the 80% range"),
        Figure(f"{head}.off", abs(covered - COVERED), "points from 80%", goal=MOST_OFF),
        Figure(f"{head}.ms", 1000 * _a_night(tried), "ms a series and night", goal=MOST_MS),
        Figure(f"{head}.first", 1000 * median(tried.seconds), "ms with the weekly back-test"),
    ]


def _a_night(tried: Tried) -> float:
    """Seconds a night: one in seven learns its errors anew, six keep them."""
    return (median(tried.seconds) + 6 * median(tried.again)) / 7
