"""The models, and the only module that knows their library.

A series with a season is taken apart into trend and season (MSTL) with a damped exponential
smoothing of the trend, and forecast by Theta; both are averaged, which in trials was steadier than
either. The library is heavy (it brings pandas), so it is imported with the first fit: importing
this module is free, and processes that only read stored forecasts never pay.
"""

import warnings
from functools import cache
from typing import Any

import numpy as np

from metrics.forecasting.cleaning import Array

LEAST_SEASONS = 2
"""A season is told from so many of them, and a few points."""
BEYOND_SEASONS = 4
STRONG = 0.2
"""The least share of the detrended movement that a season has to explain."""
FEWEST_FITTED = 10


@cache
def _library() -> Any:
    from statsforecast import models  # noqa: PLC0415  (heavy: workers only)

    return models


def season_of(scaled: Array, season: int) -> int:
    """The season if the series shows it clearly, else 1."""
    if season <= 1 or scaled.size < LEAST_SEASONS * season + BEYOND_SEASONS:
        return 1
    left = season // 2
    padded = np.pad(scaled, (left, season - 1 - left), mode="edge")
    apart = scaled - np.convolve(padded, np.ones(season) / season, "valid")
    total = float(np.var(apart))
    if total <= 1e-12 * max(1.0, float(np.mean(np.square(scaled)))):
        return 1
    place = np.arange(apart.size) % season
    means = np.array([apart[place == one].mean() for one in range(season)])[place]
    return season if 1 - float(np.var(apart - means)) / total > STRONG else 1


def ahead(scaled: Array, season: int, horizon: int) -> Array:
    """The next `horizon` values on the model's scale; `season` is 1 where there is none.

    A model that fails or strays leaves the other; where both do, the series stays where it is.
    """
    if scaled.size < FEWEST_FITTED or float(np.ptp(scaled)) <= 1e-9 * (1 + abs(float(scaled[-1]))):
        return naive(scaled, season, horizon)
    found = [one for one in _fitted(scaled, season, horizon) if np.isfinite(one).all()]
    return np.mean(found, axis=0) if found else naive(scaled, season, horizon)


def naive(scaled: Array, season: int, horizon: int) -> Array:
    """The last season again, or the mean of the last few values."""
    if season > 1:
        return np.resize(scaled[-season:], horizon)
    return np.full(horizon, float(np.mean(scaled[-3:])))


def year_ago(scaled: Array, season: int, horizon: int) -> Array:
    """The last season again, moved by what its mean grew from the one before."""
    last, before = scaled[-season:], scaled[-2 * season : -season]
    return np.resize(last, horizon) + float(last.mean() - before.mean())


def _fitted(scaled: Array, season: int, horizon: int) -> list[Array]:
    models = _library()
    trend = models.AutoETS(model="AAN", damped=True)
    with_season = models.MSTL(season_length=[season], trend_forecaster=trend)
    candidates = (with_season if season > 1 else trend, models.Theta(season_length=season))
    found = []
    for model in candidates:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found.append(np.asarray(model.forecast(scaled, horizon)["mean"], dtype=np.float64))
        except (ArithmeticError, ValueError, IndexError, RuntimeError):
            continue
    return found
