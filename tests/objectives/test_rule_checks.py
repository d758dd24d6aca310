"""Levels and changes by hand-computed numbers, and when alerts open and close. No database."""

from datetime import date, timedelta

import pytest

from metrics.periods import Calendar, Grain
from objectives.expected import Noise
from objectives.holding import Replaying
from objectives.rule_checks import Against, Asked, Asks, Line, Side, Value, check

CALENDAR = Calendar()


def line(
    values: list[float | None],
    *,
    grain: Grain = Grain.WEEK,
    noise: Noise = Noise.COUNT,
    events: list[float | None] | None = None,
    whole: bool = True,
    in_points: bool = False,
    last: date = date(2026, 3, 8),
) -> Line:
    period = CALENDAR.period_of(last, grain)
    periods = [period]
    while len(periods) < len(values):
        periods.append(CALENDAR.previous(periods[-1]))
    weights = events or values
    rows = [
        Value(one, value, weight, whole=value is not None)
        for one, value, weight in zip(reversed(periods), values, weights, strict=True)
    ]
    if not whole:
        rows[-1] = Value(rows[-1].period, rows[-1].value, rows[-1].events, whole=False)
    return Line(rows, CALENDAR, noise=noise, in_points=in_points)


def change(threshold: float, side: Side = Side.BELOW, **more: object) -> Asked:
    return Asked(Asks.CHANGE, side, threshold, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "side", "holds"),
    [(49, Side.BELOW, True), (50, Side.BELOW, False), (51, Side.ABOVE, True)],
)
def test_a_level_is_crossed_beyond_it_alone(value: float, side: Side, holds: bool) -> None:
    found = check(Asked(Asks.LEVEL, side, 50), line([60, value]), 1)
    assert found is not None
    assert found.holds is holds


def test_a_period_that_is_not_whole_fires_no_fall_but_may_be_over_a_level() -> None:
    partial = line([100, 20], whole=False)
    assert check(Asked(Asks.LEVEL, Side.BELOW, 50), partial, 1) is None
    assert check(change(0.2), partial, 1) is None
    over = check(Asked(Asks.LEVEL, Side.ABOVE, 10), partial, 1)
    assert over is not None
    assert over.holds


@pytest.mark.parametrize(("now", "holds"), [(79, True), (80, False), (130, False)])
def test_a_fall_by_more_than_a_fifth(now: float, holds: bool) -> None:
    found = check(change(0.2), line([100, now]), 1)
    assert found is not None
    assert found.holds is holds


def test_three_of_four_is_not_75_percent() -> None:
    assert check(change(0.2), line([29, 3]), 1) is None
    assert check(change(0.2), line([30, 3]), 1) is not None
    assert check(change(0.2, minimum_volume=2), line([4, 3]), 1) is not None


def test_a_rate_needs_enough_below_its_line_on_both_sides() -> None:
    rates = {"noise": Noise.SHARE, "in_points": True}
    assert check(change(0.02), line([0.10, 0.05], events=[400, 29], **rates), 1) is None  # type: ignore[arg-type]
    found = check(change(0.02), line([0.10, 0.05], events=[400, 300], **rates), 1)  # type: ignore[arg-type]
    assert found is not None
    assert found.change == pytest.approx(-0.05)


def test_from_nothing_there_is_no_change() -> None:
    assert check(change(0.2, minimum_volume=0), line([0, 50]), 1) is None


def test_days_are_compared_with_the_same_weekday() -> None:
    week = [100, 100, 100, 100, 100, 40, 40]
    days = line([*week, *week], grain=Grain.DAY)
    found = check(change(0.2), days, 12)
    assert found is not None
    assert found.compared == 40
    assert not found.holds


def test_a_year_before_is_the_same_iso_week() -> None:
    weeks = line([float(number) for number in range(100, 160)])
    found = check(change(0.2, Side.EITHER, against=Against.YEAR), weeks, 59)
    assert found is not None
    period = weeks.values[59].period
    partner = CALENDAR.year_ago(period)
    assert partner is not None
    assert found.compared == weeks.values[weeks.places[partner.start]].value


def test_the_smoothed_mean_of_a_rate_is_that_of_its_sums() -> None:
    rates = line(
        [0.10, 0.10, 0.10, 0.02],
        events=[100, 100, 100, 700],
        noise=Noise.SHARE,
        in_points=True,
    )
    found = check(change(0.02, against=Against.SMOOTHED), rates, 3)
    assert found is not None
    assert found.compared == pytest.approx((10 + 10 + 10 + 14) / 1000)


def test_an_alert_closes_at_the_second_clear_evaluation_and_does_not_flap() -> None:
    state, day = Replaying(), date(2026, 3, 1)
    for holds in (True, False, True, False, False, False, True):
        day += timedelta(days=1)
        state.evaluated(day, 0, opens=holds, holds=holds)
    assert [(one.opened.day, one.closed and one.closed.day) for one in state.episodes] == [
        (2, 6),
        (8, None),
    ]
