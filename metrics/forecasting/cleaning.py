"""A ragged series made fit for a model: gaps filled, the time before it began cut, outliers damped.

Values run from the oldest to the newest; None (or NaN) is unknown. Nothing here looks ahead of the
last value it is given, so a back-test cleans each of its starts anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Scale = Literal["log", "root", "plain"]

LEAST_POINTS = 8
"""Fewer known values than this say nothing about the next ones."""
LEAST_KNOWN = 0.3
"""A series with more gaps than this is no series."""
FAR = 6.0
"""A lone value so many robust deviations from its neighbours is an outlier."""
NEAR = 5
"""How many neighbours on both sides an outlier is told by: a shift that lasts longer is none."""
WIDTH_OF_MAD = 1.4826


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A series without gaps, and the scale on which it is modelled."""

    values: Array
    scale: Scale

    @property
    def scaled(self) -> Array:
        """The values on the model's scale."""
        return to_scale(self.values, self.scale)


def clean(values: Sequence[float | None] | Array, season: int) -> Cleaned | None:
    """The series from where it began, whole; None where too little of it is known."""
    raw = np.array([np.nan if one is None else one for one in values], dtype=np.float64)
    raw = _begun(np.where(np.isfinite(raw), raw, np.nan), season)
    known = np.isfinite(raw)
    if known.sum() < LEAST_POINTS or known.mean() < LEAST_KNOWN:
        return None
    whole = damped(filled(raw, season), season)
    return Cleaned(whole, scale_of(whole))


def scale_of(values: Array) -> Scale:
    """Logarithms of what is always above zero, roots of counts with zeros, else as it is."""
    if (values > 0).all():
        return "log"
    return "root" if (values >= 0).all() else "plain"


def to_scale(values: Array, scale: Scale) -> Array:
    """Values as the model sees them."""
    if scale == "log":
        return np.log(values)
    return np.sqrt(values) if scale == "root" else values


def from_scale(values: Array, scale: Scale) -> Array:
    """Back to the values people know; a count is never below zero."""
    if scale == "log":
        return np.exp(np.clip(values, -700.0, 700.0))
    return np.square(np.maximum(values, 0.0)) if scale == "root" else values


def _begun(raw: Array, season: int) -> Array:
    """Without what is unknown before the first value, and without a long run of zeros there."""
    known = np.flatnonzero(np.isfinite(raw))
    if not known.size:
        return raw[:0]
    raw = raw[known[0] : known[-1] + 1]
    alive = np.flatnonzero(np.isfinite(raw) & (raw != 0))
    if alive.size and alive[0] > season and raw.size - alive[0] >= LEAST_POINTS:
        return raw[alive[0] :]
    return raw


def filled(raw: Array, season: int) -> Array:
    """Each gap by the same place a season before where that is known, else by its neighbours."""
    places = np.arange(raw.size)
    known = np.isfinite(raw)
    straight = np.interp(places, places[known], raw[known])
    if season <= 1:
        return straight
    whole = raw.copy()
    for place in places[~known]:
        before = whole[place - season] if place >= season else np.nan
        whole[place] = before if np.isfinite(before) else straight[place]
    return whole


def damped(values: Array, season: int) -> Array:
    """Lone outliers brought back to the edge of what is usual around them.

    Each value is told by the median of those at its place in the seasons around it. The last
    season is left as it is: nobody knows yet whether it is a new level.
    """
    step = season if season > 1 and values.size >= 4 * season else 1
    if values.size < 2 * NEAR + 1:
        return values
    usual = _running_median(values, step)
    apart = values - usual
    width = WIDTH_OF_MAD * float(np.median(np.abs(apart)))
    if width <= 0:
        return values
    inside = usual + np.clip(apart, -FAR * width, FAR * width)
    inside[-max(step, 3) :] = values[-max(step, 3) :]
    return inside


def _running_median(values: Array, step: int) -> Array:
    """At each place the median of up to `NEAR` values on both sides, `step` apart."""
    shifts = [values]
    for number in range(1, NEAR + 1):
        back = np.full_like(values, np.nan)
        ahead = np.full_like(values, np.nan)
        distance = number * step
        if distance < values.size:
            back[distance:], ahead[:-distance] = values[:-distance], values[distance:]
        shifts += [back, ahead]
    return np.asarray(np.nanmedian(np.array(shifts), axis=0), dtype=np.float64)
