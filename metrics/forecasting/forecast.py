"""A forecast with whole futures: how wrong the models were before is how wrong they may be again.

The models are fitted again at earlier ends of the series (rolling origins). Each of those errors,
turned both ways, laid on today's forecast is one possible future: a path. Any question about the
future (a sum, a last value, a mean of 28 days) is asked of all paths. Errors grow with the
distance t as t**growth; both are learnt from all origins together and leant on what is usual, since
one series has few. Nothing is drawn at random: the same series always has the same forecast.

The back-test is nine tenths of the work and its answer hardly moves from one day to the next:
`moved_on` fits the series anew and keeps the errors that an earlier forecast has learnt.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from metrics.forecasting.cleaning import Array, Cleaned, Scale, clean, from_scale, to_scale
from metrics.forecasting.days import LATELY, WEEK, lately, yearly
from metrics.forecasting.models import ahead, naive, season_of, year_ago

Method = Literal["models", "plain"]
ORIGINS = 8
FEWEST_ORIGINS = 3
LATEST = {7: 365, 52: 208, 12: 144, 4: 80}
"""How much of a long series the models see, by season: older behaviour says little."""
LATEST_OTHERWISE = 365
YEARS = (12, 4)
"""The seasons that are a year of few steps."""
USUAL_GROWTH = 0.4
GROWTH_COUNTS = 4.0
"""How many origins the usual growth weighs as much as."""
GROWTHS = (0.05, 0.9)
FEW = 1.0
"""Ranges are wider by this over the number of origins."""
LOW, HIGH = 10.0, 90.0
SHORTEST = 12


@dataclass(frozen=True, slots=True)
class Forecast:
    """The next values, one a step: the median, and a range that holds eight times in ten.

    `paths` are possible futures, a row each. `mase` is the models' past error against that of
    "the same as a season ago", `coverage` the share of past values inside such a range; None
    where the series is too short to tell.
    """

    median: Array
    low: Array
    high: Array
    paths: Array
    method: Method
    season: int
    mase: float | None
    coverage: float | None
    scale: Scale


@dataclass(frozen=True, slots=True)
class _Errors:
    """Past errors by origin and distance on the model's scale, divided by distance**growth."""

    scaled: Array
    growth: float


def forecast(
    values: Sequence[float | None] | Array, *, season: int, horizon: int
) -> Forecast | None:
    """The next `horizon` values after the last known one; None for too little history.

    `season` is the number of steps after which the calendar repeats itself: 7 for days, 52 for
    weeks, 12 for months, 4 for quarters; 1 for none. Raises ValueError for a horizon under 1.
    """
    if horizon < 1:
        raise ValueError("A forecast looks at least one step ahead.")
    cleaned = clean(values, season)
    if cleaned is None:
        return None
    length = _tested_length(cleaned.values.size, season, horizon)
    errors = _back_test(cleaned, season, length)
    if errors is None or len(errors) < FEWEST_ORIGINS:
        return _plain(cleaned, horizon)
    middle, used = _middle(cleaned.scaled, season, horizon)
    return _with_errors(cleaned, middle, errors, used, season)


def moved_on(
    values: Sequence[float | None] | Array, *, season: int, horizon: int, before: Forecast
) -> Forecast | None:
    """The forecast of a series that has grown since, with the errors learnt for the one `before`.

    From nothing where they do not fit any more: it was a plain one, was shorter than `horizon`,
    or the series is modelled on another scale by now. None for too little history.
    """
    cleaned = clean(values, season)
    is_fit = before.method == "models" and before.median.size >= horizon
    if cleaned is None or not is_fit or before.scale != cleaned.scale:
        return forecast(values, season=season, horizon=horizon)
    middle, used = _middle(cleaned.scaled, season, horizon)
    old = to_scale(before.median[:horizon], before.scale)

    def moved(values: Array) -> Array:
        apart = to_scale(values[..., :horizon], before.scale) - old
        return _bounded(middle + np.nan_to_num(apart), cleaned)

    return replace(
        before,
        median=_bounded(middle, cleaned),
        low=moved(before.low),
        high=moved(before.high),
        paths=moved(before.paths),
        season=used,
    )


def _middle(whole: Array, season: int, horizon: int) -> tuple[Array, int]:
    """The next values on the model's scale, and the season that was seen in them.

    Months and quarters lie half-way between what the models say and the year before with its
    growth; days half-way to where they have been lately, and they follow earlier years as far as
    those repeat themselves.
    """
    seen = whole[-LATEST.get(season, LATEST_OTHERWISE) :]
    used = season_of(seen, season)
    told = ahead(seen, used, horizon)
    if season in YEARS and seen.size >= 2 * season:
        told = (told + year_ago(seen, season, horizon)) / 2
    if season == WEEK and seen.size >= LATELY:
        told = (told + lately(seen, used, horizon)) / 2 + yearly(whole, horizon)
    return told, used


def _tested_length(size: int, season: int, horizon: int) -> int:
    """How far the back-test looks: as the forecast does, or as the history allows."""
    return max(1, min(horizon, size // 5, 2 * LATEST.get(season, LATEST_OTHERWISE)))


def _back_test(cleaned: Cleaned, season: int, length: int) -> Array | None:
    """Errors at earlier ends, a row each, NaN where the truth is not known yet."""
    whole = cleaned.scaled
    step = max(1, length // 3)
    first = max(SHORTEST, min(2 * season + 4, whole.size // 2))
    rows = []
    for number in range(1, ORIGINS + 1):
        origin = whole.size - step * number
        if origin < first:
            break
        told, _season = _middle(whole[:origin], season, length)
        truth = whole[origin : origin + length]
        row = np.full(length, np.nan)
        row[: truth.size] = truth - told[: truth.size]
        rows.append(row)
    return np.array(rows) if rows else None


def _with_errors(cleaned: Cleaned, middle: Array, rows: Array, used: int, season: int) -> Forecast:
    errors = _learnt(rows)
    distance = np.arange(1, middle.size + 1, dtype=np.float64) ** errors.growth
    wider = 1 + FEW / len(rows)
    known = np.abs(errors.scaled[np.isfinite(errors.scaled)])
    width = float(np.quantile(known, 0.8)) * wider
    bounds = [_bounded(middle + sign * width * distance, cleaned) for sign in (-1, 0, 1)]
    return Forecast(
        median=bounds[1],
        low=bounds[0],
        high=bounds[2],
        paths=_bounded(_paths(middle, errors, distance, wider), cleaned),
        method="models",
        season=used,
        mase=_mase(cleaned, rows, season),
        coverage=float(np.mean(known <= width)),
        scale=cleaned.scale,
    )


def _learnt(rows: Array) -> _Errors:
    """The errors' growth with the distance, and the errors without it."""
    sizes = np.nanmean(np.abs(rows), axis=0)
    steps = np.arange(1, rows.shape[1] + 1, dtype=np.float64)
    usable = np.isfinite(sizes) & (sizes > 0)
    growth = USUAL_GROWTH
    if usable.sum() > 3:
        found = float(np.polyfit(np.log(steps[usable]), np.log(sizes[usable]), 1)[0])
        weight = len(rows) / (len(rows) + GROWTH_COUNTS)
        growth = weight * found + (1 - weight) * USUAL_GROWTH
    growth = float(np.clip(growth, *GROWTHS))
    return _Errors(rows / steps**growth, growth)


def _paths(middle: Array, errors: _Errors, distance: Array, wider: float) -> Array:
    """Each origin's errors both ways; where they end, they begin again, grown with the distance."""
    futures = []
    for row in errors.scaled:
        known = row[np.isfinite(row)]
        if known.size:
            apart = np.resize(known, middle.size) * distance * wider
            futures += [middle + apart, middle - apart]
    return np.array(futures)


def _bounded(scaled: Array, cleaned: Cleaned) -> Array:
    """Back on the series' own scale, at most a thousand times as far out as it ever was."""
    most = 1000 * max(float(np.max(np.abs(cleaned.values))), 1e-12)
    return np.clip(from_scale(scaled, cleaned.scale), -most, most)


def _mase(cleaned: Cleaned, rows: Array, season: int) -> float | None:
    """The back-test's mean error on the model's scale over that of the same a season ago."""
    whole = cleaned.scaled
    lag = season if whole.size > 2 * season else 1
    usual = float(np.mean(np.abs(whole[lag:] - whole[:-lag])))
    return float(np.nanmean(np.abs(rows))) / usual if usual > 0 else None


def _plain(cleaned: Cleaned, horizon: int) -> Forecast:
    """For a thin history: where it is now, and as wide as its steps were so far."""
    whole = cleaned.scaled
    middle = naive(whole, 1, horizon)
    apart = whole - np.median(whole)
    spread = max(float(np.std(np.diff(whole))), float(np.std(apart)))
    distance = np.arange(1, horizon + 1, dtype=np.float64) ** USUAL_GROWTH
    quantiles = np.array([-1.8, -1.3, -0.9, -0.55, -0.2, 0.2, 0.55, 0.9, 1.3, 1.8])
    futures = middle + np.outer(quantiles * spread, distance)
    low, high = (middle + sign * 1.4 * spread * distance for sign in (-1, 1))
    return Forecast(
        median=_bounded(middle, cleaned),
        low=_bounded(low, cleaned),
        high=_bounded(high, cleaned),
        paths=_bounded(futures, cleaned),
        method="plain",
        season=1,
        mase=None,
        coverage=None,
        scale=cleaned.scale,
    )
