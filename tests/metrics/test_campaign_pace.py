"""A campaign against time, budget and outcome, by numbers worked out by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from metrics.campaign_pace import (
    Known,
    Phase,
    Plan,
    Verdict,
    around,
    phase_of,
    progress,
    time_gone,
    trend,
    verdict,
)

D = Decimal
START, END = date(2026, 3, 1), date(2026, 3, 20)
"""Twenty days."""
TODAY = date(2026, 3, 11)
"""Ten of them are over."""


def daily(amount: int, days: int, start: date = START) -> dict[date, Decimal]:
    return {start + timedelta(n): D(amount) for n in range(days)}


@pytest.mark.parametrize(
    ("start", "end", "phase"),
    [
        (None, None, Phase.UNDATED),
        (date(2026, 3, 12), None, Phase.PLANNED),
        (TODAY, END, Phase.RUNNING),
        (START, TODAY, Phase.RUNNING),
        (START, None, Phase.RUNNING),
        (None, END, Phase.RUNNING),
        (START, date(2026, 3, 10), Phase.OVER),
        (None, date(2026, 3, 10), Phase.OVER),
    ],
)
def test_phase(start: date | None, end: date | None, phase: Phase) -> None:
    assert phase_of(start, end, TODAY) is phase


@pytest.mark.parametrize(
    ("start", "end", "share"),
    [
        (START, END, D("0.5")),
        (START, date(2026, 3, 10), D(1)),
        (date(2026, 3, 12), END, D(0)),
        (START, None, None),
        (None, END, None),
    ],
)
def test_time_gone(start: date | None, end: date | None, share: Decimal | None) -> None:
    assert time_gone(start, end, TODAY) == share


def test_half_of_the_days_lead_to_twice_the_amount() -> None:
    found = progress(Plan(START, END, D(1000)), Known(daily(40, 10)), today=TODAY)
    assert (found.total, found.share) == (400, D("0.4"))
    assert (found.projected, found.projected_share) == (800, D("0.8"))


def test_what_was_spent_before_the_start_counts_once() -> None:
    early = {date(2026, 2, 20): D(100)}
    found = progress(Plan(START, END, D(1000)), Known(early | daily(40, 10)), today=TODAY)
    assert (found.total, found.projected) == (500, 900)


def test_days_to_come_are_not_spent_yet() -> None:
    found = progress(Plan(START, END, D(1000)), Known(daily(40, 20)), today=TODAY)
    assert (found.total, found.projected) == (400, 800)


def test_a_slow_feed_does_not_slow_the_pace() -> None:
    known = Known(daily(40, 8), last=date(2026, 3, 8))
    found = progress(Plan(START, END, D(1000)), known, today=TODAY)
    assert (found.total, found.projected) == (320, 800)


def test_figures_that_begin_late_are_projected_from_their_days() -> None:
    """Five days of 40 are known, ten are left: 200 and 400."""
    known = Known(daily(40, 5, date(2026, 3, 6)), first=date(2026, 3, 6))
    found = progress(Plan(START, END, D(1000)), known, today=TODAY)
    assert (found.projected, found.since) == (600, date(2026, 3, 6))


def test_a_campaign_older_than_the_data_has_a_pace() -> None:
    plan = Plan(date(2020, 1, 1), END, D(1000))
    known = Known(daily(40, 10), first=START)
    assert progress(plan, known, today=TODAY).projected == 800


@pytest.mark.parametrize("amount", [None, D(0)])
def test_no_budget_and_a_budget_of_zero_have_no_share(amount: Decimal | None) -> None:
    found = progress(Plan(START, END, amount), Known(daily(40, 10)), today=TODAY)
    assert (found.share, found.projected_share, found.projected) == (None, None, 800)


def test_no_figures_are_not_zero() -> None:
    found = progress(Plan(START, END, D(1000)), Known({}), today=TODAY, pauses=True)
    assert (found.total, found.share, found.projected, found.paused_since) == (None,) * 4


def test_zero_leads_are_zero() -> None:
    found = progress(Plan(START, END, D(120)), Known(daily(0, 10)), today=TODAY)
    assert (found.total, found.projected_share, found.paused_since) == (0, 0, None)


@pytest.mark.parametrize(("start", "end"), [(None, None), (START, None), (None, END)])
def test_without_its_days_there_is_no_pace(start: date | None, end: date | None) -> None:
    found = progress(Plan(start, end, D(1000)), Known(daily(40, 10)), today=TODAY)
    assert (found.share, found.projected) == (D("0.4"), None)


@pytest.mark.parametrize(("gone", "projected"), [(2, None), (3, 800)])
def test_the_first_days_tell_no_pace(gone: int, projected: int | None) -> None:
    today = START + timedelta(gone)
    found = progress(Plan(START, END), Known(daily(40, gone)), today=today)
    assert found.projected == projected


def test_a_campaign_that_is_over_is_not_projected() -> None:
    found = progress(Plan(START, END, D(1000)), Known(daily(40, 20)), today=date(2026, 4, 1))
    assert (found.share, found.projected) == (D("0.8"), None)


@pytest.mark.parametrize(
    ("last", "since"), [(date(2026, 3, 3), None), (date(2026, 3, 2), date(2026, 3, 2))]
)
def test_a_week_without_spending_pauses_the_pace(last: date, since: date | None) -> None:
    spent = daily(40, last.day)
    found = progress(Plan(START, END, D(1000)), Known(spent), today=TODAY, pauses=True)
    assert found.paused_since == since
    assert (found.projected is None) is (since is not None)


def test_days_of_zero_are_no_spending() -> None:
    spent = daily(40, 2) | daily(0, 8, date(2026, 3, 3))
    found = progress(Plan(START, END, D(1000)), Known(spent), today=TODAY, pauses=True)
    assert found.paused_since == date(2026, 3, 2)


def test_a_campaign_that_is_over_is_not_paused() -> None:
    known = Known(daily(40, 5))
    found = progress(Plan(START, END), known, today=date(2026, 4, 20), pauses=True)
    assert found.paused_since is None


@pytest.mark.parametrize(
    ("spent", "time", "found"),
    [
        ("0.5", "0.5", Verdict.ON_PACE),
        ("0.55", "0.5", Verdict.ON_PACE),
        ("0.45", "0.5", Verdict.ON_PACE),
        ("0.6", "0.5", Verdict.FAST),
        ("0.61", "0.5", Verdict.TOO_FAST),
        ("0.4", "0.5", Verdict.SLOW),
        ("0.39", "0.5", Verdict.TOO_SLOW),
        ("0", "0.5", Verdict.TOO_SLOW),
        ("0.5", "0", None),
        (None, "0.5", None),
        ("0.5", None, None),
    ],
)
def test_verdict(spent: str | None, time: str | None, found: Verdict | None) -> None:
    assert verdict(spent and D(spent), time and D(time)) is found  # type: ignore[arg-type]


def test_before_is_as_long_as_the_days_that_are_over() -> None:
    found = around(START, END, TODAY)
    assert found is not None
    assert found.before == (date(2026, 2, 19), date(2026, 2, 28))
    assert found.during == (START, date(2026, 3, 10))
    assert (found.after, found.after_whole) == (None, False)


def test_after_is_compared_once_it_is_as_long() -> None:
    early, whole = (around(START, END, day) for day in (date(2026, 3, 25), date(2026, 4, 10)))
    assert early is not None
    assert whole is not None
    assert (early.after, early.after_whole) == ((date(2026, 3, 21), date(2026, 3, 24)), False)
    assert (whole.after, whole.after_whole) == ((date(2026, 3, 21), date(2026, 4, 9)), True)
    assert early.before == whole.before == (date(2026, 2, 9), date(2026, 2, 28))


@pytest.mark.parametrize("start", [None, TODAY, date(2026, 3, 12)])
def test_nothing_is_compared_before_a_day_is_over(start: date | None) -> None:
    assert around(start, END, TODAY) is None


def test_what_was_spent_long_before_is_told_apart() -> None:
    spent = {date(2026, 1, 5): D(500), date(2026, 2, 20): D(100)} | daily(40, 10)
    since = date(2026, 1, 29)
    found = progress(Plan(START, END, D(1000)), Known(spent), today=TODAY, since=since)
    assert (found.total, found.projected, found.earlier) == (500, 900, 500)


# The trend


def test_a_short_trend_goes_day_by_day_to_the_last_known_one() -> None:
    known = Known({START: D(1), START + timedelta(2): D(3)}, last=date(2026, 3, 4))
    found = trend(Plan(START, END), known, today=TODAY)
    assert (found.values, found.is_weekly) == ((1, None, 3, None), False)


def test_a_long_trend_goes_by_the_last_weeks_of_the_campaign() -> None:
    start = END - timedelta(99)
    found = trend(Plan(start, END), Known(daily(2, 110, start)), today=END + timedelta(30))
    assert (found.values, found.is_weekly) == ((14,) * 12, True)
    five = trend(Plan(END - timedelta(37), END), Known(daily(2, 110, start)), today=END)
    assert five.values == (14,) * 5


def test_a_campaign_without_figures_or_days_to_tell_of_has_no_trend() -> None:
    assert trend(Plan(START, END), Known({}), today=TODAY).values == ()
    assert trend(Plan(TODAY, END), Known(daily(1, 5)), today=TODAY).values == ()
    assert trend(Plan(None, None), Known(daily(1, 5), START), today=TODAY).values != ()
