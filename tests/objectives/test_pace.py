"""Weights and shares, against numbers worked out by hand."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from objectives.pace import (
    Milestone,
    Weights,
    bent_share,
    elapsed_share,
    expected_value,
    pace_line,
    rounded,
    weights,
    year_earlier,
)

D = Decimal
Q1 = date(2026, 1, 1), date(2026, 3, 31)


def daily(start: date, end: date, amount: Callable[[date], int]) -> dict[date, Decimal]:
    days = ((start + timedelta(days=n)) for n in range((end - start).days + 1))
    return {day: D(amount(day)) for day in days}


def workweek(day: date) -> int:
    return 10 if day.weekday() < 5 else 2


def test_even_without_history() -> None:
    found = weights(*Q1, {})
    assert (found.kind, len(found.values), found.total) == ("even", 90, D(90))


def test_the_data_date_itself_lies_behind() -> None:
    found = weights(*Q1, {})
    share = elapsed_share(found, Q1[0], date(2026, 3, 8))
    assert share == D(67) / 90
    assert rounded(share).quantize(D("0.0001")) == D("0.7444")


@pytest.mark.parametrize(
    ("day", "share"),
    [
        (date(2025, 12, 31), D(0)),
        (date(2026, 3, 31), D(1)),
        (date(2026, 9, 1), D(1)),
    ],
)
def test_share_outside_the_span(day: date, share: Decimal) -> None:
    assert elapsed_share(weights(*Q1, {}), Q1[0], day) == share


def test_weekday_profile_of_the_eight_weeks_before() -> None:
    history = daily(date(2025, 11, 6), date(2025, 12, 31), workweek)
    found = weights(date(2026, 1, 5), date(2026, 1, 18), history)
    assert found.kind == "weekday"
    assert found.values == tuple(D(n) for n in [10, 10, 10, 10, 10, 2, 2] * 2)
    assert elapsed_share(found, date(2026, 1, 5), date(2026, 1, 9)) == D(50) / 108


def test_weekday_profile_looks_at_eight_weeks_only() -> None:
    old = daily(date(2025, 6, 1), date(2025, 11, 5), lambda day: 500)
    recent = daily(date(2025, 11, 6), date(2025, 12, 31), workweek)
    found = weights(date(2026, 1, 5), date(2026, 1, 11), old | recent, mode="weekday")
    assert found.values == tuple(D(n) for n in [10, 10, 10, 10, 10, 2, 2])


def test_weekday_profile_needs_every_weekday_four_times() -> None:
    three_weeks = daily(date(2025, 12, 11), date(2025, 12, 31), workweek)
    assert weights(*Q1, three_weeks).kind == "even"
    four_weeks = daily(date(2025, 12, 4), date(2025, 12, 31), workweek)
    assert weights(*Q1, four_weeks).kind == "weekday"


def test_history_after_the_start_is_not_looked_at_for_the_profile() -> None:
    history = daily(Q1[0], Q1[1], workweek)
    assert weights(*Q1, history).kind == "even"


def test_last_year_takes_the_same_iso_weeks() -> None:
    start, end = date(2026, 3, 2), date(2026, 3, 15)  # 2026-W10, W11
    history = daily(date(2025, 2, 1), date(2025, 4, 30), workweek)
    found = weights(start, end, history)
    assert found.kind == "last_year"
    assert found.values == tuple(D(n) for n in [10, 10, 10, 10, 10, 2, 2] * 2)


def test_last_year_is_the_mean_of_three_weeks() -> None:
    start = date(2026, 3, 2)  # a Monday; its partner is 3 March 2025
    history = {
        date(2025, 2, 24): D(6),
        date(2025, 3, 3): D(12),
        date(2025, 3, 10): D(3),
    }
    assert weights(start, start, history).values == (D(7),)


def test_last_year_has_no_day_above_five_medians() -> None:
    history = daily(date(2025, 1, 1), date(2025, 5, 31), lambda day: 10)
    history[date(2025, 3, 5)] = D(3000)
    found = weights(date(2026, 2, 2), date(2026, 4, 5), history)
    assert max(found.values) == 50
    assert sorted(found.values)[len(found.values) // 2] == 10


def test_mostly_empty_days_keep_their_events() -> None:
    def weekly(day: date) -> int:
        return 4 if day.weekday() == 1 else 0

    history = daily(date(2025, 1, 1), date(2025, 5, 31), weekly)
    found = weights(date(2026, 3, 2), date(2026, 3, 8), history)
    assert found.values == tuple(D(n) for n in [0, 4, 0, 0, 0, 0, 0])


@pytest.mark.parametrize(("known", "kind"), [(80, "last_year"), (79, "weekday")])
def test_last_year_needs_four_days_in_five(known: int, kind: str) -> None:
    start = date(2026, 2, 2)
    first = date(2025, 2, 3)  # the Monday of 2025-W06, as 2 February is of 2026-W06
    history = daily(first, first + timedelta(days=known - 1), lambda day: 5)
    assert weights(start, start + timedelta(days=99), history).kind == kind


def test_week_53_without_a_partner_leans_on_its_neighbours() -> None:
    assert year_earlier(date(2026, 12, 30)) is None
    history = daily(date(2025, 10, 1), date(2026, 1, 20), lambda day: 7)
    found = weights(date(2026, 11, 2), date(2027, 1, 3), history)
    assert found.kind == "last_year"
    assert set(found.values) == {D(7)}


def test_a_year_of_zeros_falls_back() -> None:
    history = daily(date(2025, 1, 1), date(2025, 4, 30), lambda day: 0)
    assert weights(*Q1, history).kind == "even"


def test_refunds_weigh_nothing() -> None:
    history = daily(
        date(2025, 11, 6), date(2025, 12, 31), lambda day: -5 if day.weekday() == 0 else 5
    )
    found = weights(date(2026, 1, 5), date(2026, 1, 11), history)
    assert found.values == (D(0), *[D(5)] * 6)


@pytest.mark.parametrize(
    ("mode", "kind"), [("even", "even"), ("weekday", "weekday"), ("auto", "last_year")]
)
def test_the_owner_may_choose_less(mode: str, kind: str) -> None:
    history = daily(date(2024, 12, 1), date(2025, 12, 31), workweek)
    assert weights(*Q1, history, mode=mode).kind == kind


def test_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="steep"):
        weights(*Q1, {}, mode="steep")


def test_end_before_start_is_refused() -> None:
    with pytest.raises(ValueError, match="ends on or after"):
        weights(Q1[1], Q1[0], {})


def test_working_days_only() -> None:
    found = weights(
        date(2026, 4, 30),
        date(2026, 5, 4),
        {},
        working_days=range(5),
        holidays=frozenset({date(2026, 5, 1)}),
    )
    assert found.values == (D(1), D(0), D(0), D(0), D(1))


def test_a_weekend_alone_keeps_its_days() -> None:
    found = weights(date(2026, 5, 2), date(2026, 5, 3), {}, working_days=range(5))
    assert found.values == (D(1), D(1))


def test_one_day() -> None:
    day = date(2026, 5, 2)
    assert elapsed_share(weights(day, day, {}), day, day) == 1


def test_leap_day_has_its_weight() -> None:
    found = weights(date(2028, 2, 1), date(2028, 2, 29), {})
    assert elapsed_share(found, date(2028, 2, 1), date(2028, 2, 28)) == D(28) / 29


def test_leap_day_finds_last_year() -> None:
    assert year_earlier(date(2028, 2, 29)) == date(2027, 3, 2)  # both the Tuesday of week 9


def test_a_clock_change_is_a_day_like_any_other() -> None:
    start = date(2026, 3, 28)
    found = weights(start, date(2026, 3, 30), {})
    assert elapsed_share(found, start, date(2026, 3, 29)) == D(2) / 3


def test_weights_are_stored_exactly() -> None:
    found = weights(date(2026, 3, 2), date(2026, 3, 2), {date(2025, 3, 3): D("0.1234567891234")})
    assert Weights.stored(found.kind, found.texts()) == found


@pytest.mark.parametrize(
    ("opening", "target", "share", "expected"),
    [
        (D(0), D(1200), D(1) / 3, D(400)),
        (D(7000), D(8000), D("0.5"), D(7500)),
        (D(70), D(55), D("0.2"), D(67)),
        (D(0), D(-300), D("0.5"), D(-150)),
        (D("0.021"), D("0.024"), D(1), D("0.024")),
    ],
)
def test_expected_value(
    opening: Decimal, target: Decimal, share: Decimal, expected: Decimal
) -> None:
    assert expected_value(opening, target, share) == expected


def test_expected_value_has_no_exponent() -> None:
    assert str(expected_value(D(0), D(1200), D(1))) == "1200"


START = date(2026, 1, 1)


def bent(day: date, *marks: Milestone, target: int = 100) -> Decimal:
    span = weights(START, date(2026, 1, 10), {})
    share = bent_share(span, START, day, opening=D(0), target=D(target), milestones=marks)
    return expected_value(D(0), D(target), share)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(2, 4), (5, 10), (6, 28), (10, 100), (12, 100)],
)
def test_milestones_bend_the_line_through_themselves(day: int, expected: int) -> None:
    assert bent(date(2026, 1, day), Milestone(date(2026, 1, 5), D(10))) == expected


def test_two_milestones_in_any_order() -> None:
    marks = Milestone(date(2026, 1, 8), D(90)), Milestone(date(2026, 1, 4), D(10))
    assert [bent(date(2026, 1, day), *marks) for day in (4, 6, 8, 9)] == [10, 50, 90, 95]


def test_milestones_outside_the_span_are_left_out() -> None:
    marks = Milestone(date(2025, 12, 1), D(50)), Milestone(date(2026, 1, 10), D(7))
    assert bent(date(2026, 1, 5), *marks) == 50


def test_milestones_bend_nothing_where_target_is_baseline() -> None:
    mark = Milestone(date(2026, 1, 5), D(10))
    assert bent(date(2026, 1, 5), mark, target=0) == 0


def test_between_weightless_milestones_days_count() -> None:
    span = Weights("weekday", (D(1), D(0), D(0), D(1)))
    marks = [Milestone(date(2026, 1, 1), D(10)), Milestone(date(2026, 1, 3), D(30))]
    share = bent_share(span, START, date(2026, 1, 2), opening=D(0), target=D(40), milestones=marks)
    assert expected_value(D(0), D(40), share) == 20


def test_pace_line_runs_from_the_first_day_to_the_target() -> None:
    span = weights(START, date(2026, 1, 4), {})
    line = pace_line(span, START, opening=D(0), target=D(8))
    assert line == [(date(2026, 1, day), D(2 * day)) for day in (1, 2, 3, 4)]


@given(
    length=st.integers(1, 400),
    amounts=st.lists(st.integers(0, 5000), min_size=500, max_size=500),
    mode=st.sampled_from(["auto", "even", "weekday", "last_year"]),
)
def test_shares_never_fall_and_end_at_one(length: int, amounts: list[int], mode: str) -> None:
    first = date(2024, 11, 1)
    history = {first + timedelta(days=n): D(amount) for n, amount in enumerate(amounts)}
    end = START + timedelta(days=length - 1)
    span = weights(START, end, history, mode=mode)
    shares = [elapsed_share(span, START, START + timedelta(days=n)) for n in range(length)]
    assert len(span.values) == length
    assert all(a <= b for a, b in pairwise(shares))
    assert (min(span.values) >= 0, shares[-1]) == (True, D(1))
