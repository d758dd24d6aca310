"""Forecasts of series as they come: short, ragged, constant, empty, negative, huge."""

import math
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.forecasting import LEAST_POINTS, Forecast, forecast, moved_on
from metrics.forecasting.cleaning import clean, damped, filled
from metrics.forecasting.days import yearly

ROOT = Path(__file__).resolve().parents[2]
WEEK = [120.0, 130.0, 125.0, 118.0, 110.0, 40.0, 30.0]


def weekly(weeks: int, growth: float = 0.0) -> list[float]:
    """A daily series with a clear week, a little noise that is always the same, and growth."""
    days = range(7 * weeks)
    return [WEEK[day % 7] * (1 + growth * day) + 3 * math.sin(day * day) for day in days]


def found(values: Sequence[float | None], *, season: int = 7, horizon: int = 14) -> Forecast:
    told = forecast(values, season=season, horizon=horizon)
    assert told is not None
    return told


def test_the_same_series_has_the_same_forecast() -> None:
    one, two = found([*weekly(20)]), found([*weekly(20)])
    for name in ("median", "low", "high", "paths"):
        assert np.array_equal(getattr(one, name), getattr(two, name))


def test_a_week_is_seen_and_goes_on() -> None:
    told = found([*weekly(20)])
    assert told.season == 7
    assert told.median == pytest.approx(WEEK * 2, rel=0.15)
    assert told.mase is not None
    assert told.mase < 1


def test_a_series_without_a_week_has_none() -> None:
    told = found([100 + 9 * math.sin(day * day) for day in range(140)])
    assert told.season == 1
    assert np.ptp(told.median) < 10


def test_a_constant_stays() -> None:
    told = found([5.0] * 60)
    assert told.median == pytest.approx([5.0] * 14)
    assert told.low == pytest.approx(told.high)


def test_zeros_stay_zero() -> None:
    told = found([0.0] * 60)
    assert told.high == pytest.approx([0.0] * 14)


def test_rare_counts_are_never_below_zero() -> None:
    told = found([1.0 if day % 5 == 0 else 0.0 for day in range(90)])
    assert (told.low >= 0).all()
    assert (told.paths >= 0).all()
    assert told.high.max() > 0


def test_values_below_zero_are_forecast_too() -> None:
    told = found([value - 100 for value in weekly(12)])
    assert told.median.min() < 0


def test_huge_values_stay_finite() -> None:
    told = found([value * 1e15 for value in weekly(12)])
    assert np.isfinite(told.paths).all()


def test_gaps_are_filled_by_the_same_day_of_the_week_before() -> None:
    raw = np.array(weekly(6))
    raw[20] = np.nan
    assert filled(raw, 7)[20] == raw[13]


def test_the_time_before_a_series_began_does_not_count() -> None:
    cleaned = clean([*[None] * 10, *[0.0] * 40, *weekly(5)], 7)
    assert cleaned is not None
    assert cleaned.values.size == 35


def test_a_lone_outlier_is_damped_and_a_new_level_is_not() -> None:
    lone, level = np.array(weekly(20)), np.array(weekly(20))
    lone[60] = 5000
    level[70:] *= 3
    assert damped(lone, 7)[60] < 400
    assert damped(level, 7)[75:] == pytest.approx(level[75:])


@pytest.mark.parametrize("values", [[], [None] * 50, [1.0] * (LEAST_POINTS - 1)])
def test_too_little_history_has_no_forecast(values: list[float | None]) -> None:
    assert forecast(values, season=7, horizon=5) is None


def test_a_thin_history_has_a_plain_forecast() -> None:
    told = found([*weekly(2)][:10])
    assert told.method == "plain"
    assert (told.low < told.high).all()


def test_a_horizon_is_at_least_one_step() -> None:
    with pytest.raises(ValueError, match="one step ahead"):
        forecast(weekly(10), season=7, horizon=0)


def test_the_range_widens_with_the_distance() -> None:
    told = found([100 + 9 * math.sin(day * day) for day in range(140)], horizon=30)
    width = told.high - told.low
    assert width[-1] > width[0]


def test_a_day_later_the_errors_are_kept_and_the_middle_is_new() -> None:
    series = weekly(20)
    before = found([*series[:-1]], horizon=15)
    told = moved_on(series, season=7, horizon=14, before=before)
    assert told is not None
    assert told.median == pytest.approx(found([*series]).median)
    assert np.log(told.high / told.median) == pytest.approx(
        np.log(before.high / before.median)[:14]
    )


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.none() | st.floats(-1e9, 1e9, allow_nan=False, allow_subnormal=False),
        min_size=1,
        max_size=45,
    ),
    st.sampled_from([1, 4, 7, 12]),
)
def test_whatever_comes_the_range_holds_the_median(values: list[float | None], season: int) -> None:
    told = forecast(values, season=season, horizon=6)
    if told is None:
        return
    for numbers in (told.low, told.median, told.high, told.paths):
        assert np.isfinite(numbers).all()
    assert (told.low <= told.median).all()
    assert (told.median <= told.high).all()


def test_the_web_process_does_not_know_the_library() -> None:
    code = (
        "import sys, kpitracker.wsgi, django.urls; django.urls.get_resolver().url_patterns; "
        "print(sorted({'statsforecast', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def a_year(day: int) -> float:
    """High summers, low winters."""
    return 200 + 120 * math.sin(2 * math.pi * day / 364) + 4 * math.sin(day * day)


def test_days_follow_earlier_years_that_repeat_themselves() -> None:
    series = [a_year(day) for day in range(3 * 364 + 310)]
    told = found([*series], horizon=60)
    truth = [a_year(day) for day in range(len(series), len(series) + 60)]
    stays = np.mean(np.abs(np.array(truth) - series[-1]))
    assert np.mean(np.abs(told.median - truth)) < 0.6 * stays


def test_years_that_do_not_repeat_themselves_say_nothing() -> None:
    flat = np.array([4 * math.sin(day * day) for day in range(1200)])
    assert np.abs(yearly(flat, 30)).max() < 1
    assert not yearly(flat[:700], 30).any()
