"""The expected range: what is unlikely, what is learnt, what is never judged. No database."""

import math
import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from objectives.discoveries import NIGHTLY_BOUND, alone, discoveries
from objectives.drift import drift
from objectives.expected import DAYS, Judged, Noise, Point, judge_series, quiet_days

FIRST = date(2024, 1, 1)
WEEK = (1.1, 1.15, 1.1, 1.1, 0.95, 0.5, 0.45)
UNLIKELY = 0.0005


def days(
    change: Callable[[int, float], float] = lambda _n, mean: mean,
    *,
    count: int = 500,
    level: float = 800,
    seed: int = 1,
) -> list[Point]:
    """A series with a weekday profile, a yearly season and noise; `change` plants something."""
    chance, points = random.Random(seed), []
    for number in range(count):
        day = FIRST + timedelta(days=number)
        mean = level * WEEK[day.weekday()] * (1 + 0.2 * math.cos(number / 58))
        mean = change(number, mean)
        value = max(0, round(chance.gauss(mean, math.sqrt(mean + (0.06 * mean) ** 2))))
        points.append(Point(day, float(value)))
    return points


def judged(points: list[Point], **more: frozenset[date]) -> list[Judged | None]:
    return judge_series(points, DAYS, noise=Noise.COUNT, **more).judged


def low(found: list[Judged | None], first: int = 0) -> list[int]:
    """Which values are so far below that they would open an alert."""
    return [n for n, one in enumerate(found) if n >= first and one and one.below < UNLIKELY]


def test_plain_noise_with_weeks_and_seasons_is_never_far_below() -> None:
    assert [low(judged(days(seed=seed))) for seed in range(4)] == [[]] * 4


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_a_broken_tag_is_seen_on_its_first_day_and_stays_outside(share: float) -> None:
    points = days(lambda n, mean: mean * share if 450 <= n < 460 else mean)
    found = judged(points)
    assert low(found)[0] == 450
    assert all(one is not None and one.below <= 0.1 for one in found[450:460])
    assert low(found, 460) == []


def test_after_a_spike_nothing_is_too_low() -> None:
    points = days(lambda n, mean: mean * 2.5 if 450 <= n < 456 else mean)
    found = judged(points)
    assert all(one is not None and one.above < UNLIKELY for one in found[450:456])
    assert low(found) == []


def test_a_new_level_becomes_the_usual_one() -> None:
    points = days(lambda n, mean: mean * 0.5 if n >= 420 else mean)
    assert low(judged(points), 465) == []


def test_holidays_and_bridge_days_are_not_judged() -> None:
    holiday = FIRST + timedelta(days=451)  # Thursday 27 March 2025
    points = days(lambda n, mean: mean * 0.3 if n in (451, 452) else mean)
    quiet = quiet_days(frozenset({holiday}))
    assert holiday.weekday() == 3
    assert quiet == {holiday, holiday + timedelta(days=1)}
    found = judged(points, quiet=quiet)
    assert found[451] is None
    assert found[452] is None
    assert low(found) == []


def test_a_dip_that_the_year_before_had_too_is_no_news() -> None:
    points = days(lambda n, mean: mean * 0.3 if n in (90, 455) else mean, count=600)
    found = judged(points)
    assert found[455] is None


def test_an_unknown_day_is_neither_judged_nor_a_zero() -> None:
    points = days()
    points[450] = Point(points[450].start, None)
    found = judged(points)
    assert found[450] is None
    assert low(found) == []


def test_nothing_is_said_of_a_short_or_empty_series() -> None:
    assert [one for one in judged(days(count=35)) if one] == []
    assert judged([Point(FIRST, None)]) == [None]
    assert judged([]) == []


def test_small_numbers_are_never_unlikely() -> None:
    points = days(lambda n, mean: mean / 2 if n == 450 else mean, level=6)
    assert low(judged(points)) == []


# Slow drifts


def test_a_slow_decline_is_a_drift_and_no_single_day_is() -> None:
    points = days(lambda n, mean: mean * (1 - 0.4 * min(1, max(0, n - 520) / 150)), count=731)
    assert low(judged(points), 520) == []
    drifts = [n for n in range(490, 731) if (one := drift(points, n)) and one.below < UNLIKELY]
    assert drifts
    assert 520 < drifts[0] < 620


@pytest.mark.parametrize("seed", range(3))
def test_growth_over_the_year_before_is_no_drift(seed: int) -> None:
    points = days(lambda n, mean: mean * (1 + 0.3 * n / 365), count=731, seed=seed)
    assert [n for n in range(490, 731) if (one := drift(points, n)) and one.below < UNLIKELY] == []


def test_a_drift_takes_more_than_a_year_of_figures() -> None:
    assert drift(days(count=400), 399) is None


# Many at once


def test_one_unlikely_value_among_many_usual_ones_is_told() -> None:
    chances = dict.fromkeys(range(50), 0.5) | {99: alone(51) / 2}
    assert discoveries(chances) == {99}


def test_what_is_only_a_little_unlikely_is_not_told_among_many() -> None:
    chances = dict.fromkeys(range(50), 0.5) | {99: 0.001}
    assert discoveries(chances) == set()
    assert discoveries({99: 0.001}) == {99}


def test_several_unlikely_values_help_each_other() -> None:
    count = 20
    limit = alone(count)
    chances = dict.fromkeys(range(2), limit * 2) | dict.fromkeys(range(2, count), 0.9)
    assert discoveries(chances) == {0, 1}


def test_where_nothing_happens_a_week_has_at_most_its_share_of_false_alerts() -> None:
    """By the definition of the bound: 20 000 nights of 12 series without any event."""
    chance = random.Random(7)
    nights = 20_000
    false = sum(
        bool(discoveries({number: chance.random() for number in range(12)}))
        for _night in range(nights)
    )
    assert false / nights <= NIGHTLY_BOUND


def test_nothing_watched_is_nothing_found() -> None:
    assert discoveries({}) == set()
