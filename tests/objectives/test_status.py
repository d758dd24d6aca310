"""The order of statuses, the thresholds, and every trap, worked out by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from objectives.judgement import Counts, Inputs, Previous, State, Status, Thresholds, judged_day
from objectives.levels import wilson
from objectives.measure import Asked, JudgedPeriod, Kind, Over, Rollup
from objectives.pace import elapsed_share, weights
from objectives.status import judge, weakest

D = Decimal
START, END = date(2026, 1, 1), date(2026, 3, 31)
Amount = Decimal | int | str
LEADS = Asked(kind=Kind.REACH, rollup=Rollup.SUM, target=D(900))
BUDGET = Asked(kind=Kind.CEILING, rollup=Rollup.SUM, target=D(9000))
FOLLOWERS = Asked(kind=Kind.REACH, rollup=Rollup.STOCK, target=D(8000), baseline=D(7000))
CTR = Asked(kind=Kind.REACH, rollup=Rollup.RATE, target=D("0.024"))
CPL_28 = Asked(
    kind=Kind.REDUCE,
    rollup=Rollup.RATE,
    over=Over.LAST28,
    target=D(55),
    baseline=D(70),
    direction="down",
)
ABOVE = Asked(kind=Kind.ABOVE, rollup=Rollup.RATE, target=D("0.02"))


def seen(
    asked: Asked,
    value: Amount | None = None,
    *,
    start: date = START,
    end: date = END,
    day: date = date(2026, 2, 14),
    data_date: date | None = None,
    **more: Any,
) -> Inputs:
    """Inputs on 14 February (E = 45/90 = 0.5) with its figures in and the plan spread evenly."""
    data_date = data_date or day
    judged = judged_day(start, end, day, data_date)
    return Inputs(
        asked=asked,
        start=start,
        end=end,
        day=day,
        data_date=data_date,
        share=elapsed_share(weights(start, end, {}), start, judged) if judged else D(0),
        value=None if value is None else D(value),
        **more,
    )


def status_of(asked: Asked, value: Amount | None = None, **more: Any) -> str:
    return judge(seen(asked, value, **more)).status.value


def before(shown: str, pace: str | None = None, data_date: date = date(2026, 2, 13)) -> Previous:
    return Previous(Status(shown), Status(pace or shown), data_date)


# --- The pace of each kind --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "value", "status"),
    [
        (LEADS, 405, "on_track"),
        (LEADS, 404, "at_risk"),
        (LEADS, "337.5", "at_risk"),
        (LEADS, 337, "off_track"),
        (BUDGET, 4050, "on_track"),
        (BUDGET, 4950, "on_track"),
        (BUDGET, 4951, "at_risk"),
        (BUDGET, 4049, "at_risk"),
        (BUDGET, 3600, "at_risk"),
        (BUDGET, 5400, "at_risk"),
        (BUDGET, 3599, "off_track"),
        (BUDGET, 5401, "off_track"),
        (FOLLOWERS, 7450, "on_track"),
        (FOLLOWERS, 7449, "at_risk"),
        (FOLLOWERS, 7374, "off_track"),
        (FOLLOWERS, 6900, "off_track"),
        (CPL_28, "63.25", "on_track"),
        (CPL_28, "63.26", "at_risk"),
        (CPL_28, 65, "off_track"),
        (CPL_28, 54, "on_track"),
        (CTR, "0.024", "on_track"),
        (CTR, "0.0239", "at_risk"),
        (CTR, "0.0216", "at_risk"),
        (CTR, "0.0215", "off_track"),
    ],
)
def test_pace(asked: Asked, value: Amount | None, status: str) -> None:
    assert status_of(asked, value) == status


@pytest.mark.parametrize(("inside", "status"), [(9, "on_track"), (8, "at_risk"), (7, "off_track")])
def test_pace_of_periods(inside: int, status: str) -> None:
    periods = tuple(JudgedPeriod(str(n), D("0.02"), n < inside) for n in range(10))
    assert status_of(ABOVE, periods=periods) == status


def test_the_wireframe() -> None:
    asked = replace(LEADS, target=D(1200))
    found = judge(seen(asked, 624, day=date(2026, 3, 8)))
    assert found.status is Status.OFF_TRACK
    assert found.numbers.expected is not None
    assert found.numbers.ratio is not None
    assert found.needed_per_day is not None
    assert found.numbers.expected.quantize(D(1)) == 893
    assert found.numbers.ratio.quantize(D("0.01")) == D("0.70")
    assert found.elapsed.quantize(D("0.001")) == D("0.744")
    assert found.needed_per_day.quantize(D("0.1")) == D("25.0")
    assert found.rule.code == "ratio"


def test_thresholds_are_the_workspaces() -> None:
    strict = Thresholds(on_pace=D("0.95"), at_risk=D("0.85"))
    assert judge(seen(LEADS, 405), strict).status is Status.AT_RISK


# --- The order --------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["draft", "paused", "cancelled"])
def test_what_is_set_comes_first(state: str) -> None:
    found = judge(seen(LEADS, 900, state=State(state)))
    assert (found.status.value, found.rule.code) == (state, "as_set")


def test_start_in_the_future() -> None:
    found = judge(seen(LEADS, day=date(2025, 12, 31)))
    assert (found.status, found.elapsed, found.data_date) == (Status.NOT_STARTED, D(0), None)


def test_first_day_without_figures_yet() -> None:
    assert status_of(LEADS, day=START, data_date=date(2025, 12, 30)) == "too_early"


def test_no_figures_ever() -> None:
    assert judge(replace(seen(LEADS), data_date=None)).status is Status.TOO_EARLY


def test_a_sum_is_achieved_at_any_time() -> None:
    found = judge(seen(LEADS, 900, first_reached=date(2026, 2, 10)))
    assert (found.status, found.achieved_on) == ("achieved", date(2026, 2, 10))


def test_without_a_first_day_the_data_date_stands() -> None:
    assert judge(seen(LEADS, 901)).achieved_on == date(2026, 2, 14)


def test_a_stock_that_fell_back_stays_achieved() -> None:
    assert status_of(FOLLOWERS, 7900, first_reached=date(2026, 2, 10)) == "achieved"


def test_a_stock_to_hold_is_achieved_on_the_last_day_only() -> None:
    hold = replace(FOLLOWERS, hold=True)
    assert status_of(hold, 8100, first_reached=date(2026, 2, 10)) == "on_track"
    assert status_of(hold, 8000, day=END) == "achieved"
    assert status_of(hold, 7999, day=END, first_reached=date(2026, 2, 10)) == "missed"


@pytest.mark.parametrize(
    ("asked", "value", "status"),
    [
        (BUDGET, 9000, "achieved"),
        (BUDGET, 9001, "missed"),
        (LEADS, 899, "missed"),
        (FOLLOWERS, 7999, "missed"),
        (CPL_28, 55, "achieved"),
        (CPL_28, "55.01", "missed"),
        (CTR, "0.024", "achieved"),
        (CTR, "0.0239", "missed"),
    ],
)
def test_at_the_end(asked: Asked, value: Amount | None, status: str) -> None:
    assert status_of(asked, value, day=END) == status
    assert status_of(asked, value, day=date(2026, 5, 1)) == status


@pytest.mark.parametrize(("inside", "status"), [(4, "achieved"), (3, "missed")])
def test_every_period_at_the_end(inside: int, status: str) -> None:
    periods = tuple(JudgedPeriod(str(n), D("0.02"), n < inside) for n in range(4))
    assert status_of(ABOVE, day=END, periods=periods) == status


def test_a_rate_met_on_the_way_is_not_achieved_yet() -> None:
    assert status_of(CPL_28, 50) == "on_track"


def test_an_exceeded_ceiling_is_missed_at_once() -> None:
    found = judge(seen(BUDGET, 9001))
    assert (found.status, found.rule.code) == ("missed", "exceeded")


def test_missed_says_how_much() -> None:
    assert judge(seen(LEADS, 837, day=END)).numbers.attainment == D("0.93")


def test_after_the_end_the_last_figures_are_waited_for() -> None:
    found = judge(
        seen(LEADS, 880, day=date(2026, 4, 2), data_date=date(2026, 3, 30), feed_days_late=9)
    )
    assert (found.status, found.rule.code) == ("waiting", "waiting")


def test_late_figures_can_still_achieve_after_the_end() -> None:
    late = seen(LEADS, 905, day=date(2026, 4, 2), data_date=date(2026, 3, 30))
    assert judge(late).status == "achieved"


def test_a_silent_feed_is_no_data_and_keeps_the_last_status() -> None:
    found = judge(
        seen(LEADS, 405, feed_rhythm_days=7, feed_days_late=15, previous=before("at_risk"))
    )
    assert (found.status, found.shown_status) == ("no_data", "at_risk")


def test_twice_the_rhythm_is_not_silent_yet() -> None:
    assert status_of(LEADS, 405, feed_rhythm_days=7, feed_days_late=14) == "on_track"


@pytest.mark.parametrize(
    ("end", "day", "status"),
    [
        (date(2026, 3, 31), date(2026, 1, 13), "too_early"),  # 13 of 90 days, 13.5 asked
        (date(2026, 3, 31), date(2026, 1, 14), "off_track"),
        (date(2026, 1, 30), date(2026, 1, 6), "too_early"),  # 6 of 30 days, 7 asked
        (date(2026, 1, 30), date(2026, 1, 7), "off_track"),
        (date(2026, 1, 7), date(2026, 1, 6), "too_early"),
        (date(2026, 1, 7), date(2026, 1, 7), "missed"),
    ],
)
def test_too_early(end: date, day: date, status: str) -> None:
    assert status_of(LEADS, 1, end=end, day=day) == status


def test_too_early_is_counted_to_the_data_date() -> None:
    assert status_of(LEADS, 1, day=date(2026, 1, 20), data_date=date(2026, 1, 10)) == "too_early"


# --- Traps ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "value", "status", "code"),
    [
        (replace(FOLLOWERS, baseline=None), 7500, "too_early", "no_baseline"),
        (ABOVE, None, "too_early", "no_period"),
        (LEADS, None, "no_data", "no_value"),
        (CTR, None, "no_data", "no_value"),
        (replace(LEADS, target=D(0)), 5, "on_track", "at_target"),
        (replace(LEADS, target=D(0)), -5, "off_track", "at_target"),
        (replace(LEADS, target=D(-900)), -400, "on_track", "ratio"),
        (replace(LEADS, target=D(-900)), -600, "off_track", "ratio"),
        (replace(BUDGET, target=D(0)), 0, "on_track", "at_target"),
        (replace(BUDGET, target=D(0)), 1, "missed", "exceeded"),
        (replace(FOLLOWERS, target=D(7000)), 7000, "achieved", "reached"),
        (replace(FOLLOWERS, target=D(7000)), 6900, "at_risk", "gap"),
        (replace(FOLLOWERS, target=D(7000), hold=True), 7000, "on_track", "gap"),
        (replace(FOLLOWERS, target=D(6000), hold=True), 6900, "on_track", "gap"),
        (replace(FOLLOWERS, target=D(0), baseline=D(0), hold=True), 0, "on_track", "at_target"),
        (replace(FOLLOWERS, target=D(100), baseline=D(0)), 45, "on_track", "ratio"),
        (replace(FOLLOWERS, target=D(-50), baseline=D(-100)), -80, "at_risk", "ratio"),
        (replace(CTR, target=D(0), kind=Kind.REDUCE), "0.01", "off_track", "at_target"),
    ],
)
def test_denominators_of_zero(asked: Asked, value: Amount | None, status: str, code: str) -> None:
    found = judge(seen(asked, value))
    assert (found.status, found.rule.code) == (status, code)


@pytest.mark.parametrize("asked", [LEADS, BUDGET, FOLLOWERS])
def test_a_plan_that_expects_nothing_yet(asked: Asked) -> None:
    quiet = replace(seen(asked, 7000 if asked is FOLLOWERS else 0), share=D(0))
    found = judge(quiet)
    assert (found.status, found.rule.code) == ("too_early", "nothing_expected")


def test_nothing_to_divide_by_at_the_end_is_neither_met_nor_missed() -> None:
    assert status_of(CTR, None, day=END) == "no_data"
    assert status_of(ABOVE, None, day=END) == "no_data"


def test_a_negative_target_is_not_met_before_anything_happened() -> None:
    asked = replace(LEADS, target=D(-900))
    assert status_of(asked, 0) == "on_track"
    assert status_of(asked, -900, day=END) == "achieved"


@pytest.mark.parametrize(
    ("day", "value", "status"),
    [(30, None, "not_started"), (31, 900, "achieved"), (31, 899, "missed"), (31, None, "no_data")],
)
def test_one_day_objective(day: int, value: Amount | None, status: str) -> None:
    only = date(2026, 1, 31)
    assert status_of(LEADS, value, start=only, end=only, day=date(2026, 1, day)) == status


def test_one_day_objective_waits_for_its_figures() -> None:
    only = date(2026, 1, 31)
    early = date(2026, 1, 30)
    assert status_of(LEADS, None, start=only, end=only, day=only, data_date=early) == "too_early"
    later = date(2026, 2, 1)
    assert status_of(LEADS, None, start=only, end=only, day=later, data_date=early) == "waiting"


def test_leap_day_counts() -> None:
    found = judge(
        seen(LEADS, 450, start=date(2028, 2, 1), end=date(2028, 3, 1), day=date(2028, 2, 29))
    )
    assert found.elapsed == (D(29) / 30).quantize(D("1e-20"))
    assert found.numbers.expected == 870


def test_clock_change_counts_days_not_hours() -> None:
    found = judge(
        seen(LEADS, 810, start=date(2026, 3, 25), end=date(2026, 4, 3), day=date(2026, 3, 31))
    )
    assert (found.numbers.expected, found.elapsed) == (D(630), D("0.7"))


def test_end_moved_before_the_data_date() -> None:
    found = judge(seen(LEADS, 700, end=date(2026, 1, 31)))
    assert (found.status, found.data_date) == ("missed", date(2026, 1, 31))
    assert (found.elapsed, found.numbers.expected) == (D(1), D(900))


def test_target_changed_midway_is_judged_afresh() -> None:
    was_off = before("off_track")
    changed = replace(LEADS, target=D(800))
    assert judge(seen(changed, 362, previous=was_off)).status is Status.AT_RISK
    assert judge(seen(changed, 362, previous=None)).status is Status.ON_TRACK


def test_a_data_date_after_the_day_is_not_looked_at() -> None:
    assert judged_day(START, END, date(2026, 2, 1), date(2026, 2, 9)) == date(2026, 2, 1)


# --- Hysteresis -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "pace", "value", "status"),
    [
        ("on_track", "on_track", 404, "at_risk"),  # worse at once
        ("on_track", "on_track", 1, "off_track"),
        ("at_risk", "at_risk", 413, "at_risk"),  # 0.918: passes the limit, not by 0.02
        ("at_risk", "at_risk", 414, "on_track"),  # 0.92
        ("at_risk", "on_track", 405, "on_track"),  # holds for the second data date
        ("off_track", "off_track", 346, "off_track"),  # 0.769
        ("off_track", "off_track", 347, "at_risk"),  # 0.771
        ("off_track", "off_track", 406, "at_risk"),  # 0.902: clears at risk only
        ("off_track", "at_risk", 406, "at_risk"),
        ("off_track", "off_track", 450, "on_track"),
        ("too_early", None, 405, "on_track"),
    ],
)
def test_hysteresis(shown: str, pace: str | None, value: Amount | None, status: str) -> None:
    previous = Previous(Status(shown), Status(pace) if pace else None, date(2026, 2, 13))
    assert status_of(LEADS, value, previous=previous) == status


def test_the_same_data_date_twice_does_not_hold() -> None:
    previous = before("at_risk", "on_track", data_date=date(2026, 2, 14))
    assert status_of(LEADS, 405, previous=previous) == "at_risk"


def test_what_the_pace_said_is_kept_for_tomorrow() -> None:
    found = judge(seen(LEADS, 405, previous=before("at_risk")))
    assert (found.status, found.pace_status) == ("at_risk", "on_track")
    tomorrow = Previous(found.shown_status, found.pace_status, found.data_date)
    assert status_of(LEADS, 414, day=date(2026, 2, 15), previous=tomorrow) == "on_track"


@pytest.mark.parametrize(("value", "status"), [(4900, "at_risk"), (4860, "on_track")])
def test_hysteresis_of_a_budget(value: Amount | None, status: str) -> None:
    assert status_of(BUDGET, value, previous=before("at_risk")) == status


@pytest.mark.parametrize(("value", "status"), [("0.0241", "at_risk"), ("0.0245", "on_track")])
def test_hysteresis_of_a_gap(value: Amount | None, status: str) -> None:
    assert status_of(CTR, value, previous=before("at_risk")) == status


def test_after_no_data_the_last_status_still_binds() -> None:
    silent = judge(seen(LEADS, 405, feed_days_late=9, previous=before("at_risk")))
    back = Previous(silent.shown_status, silent.pace_status, silent.data_date)
    assert status_of(LEADS, 415, day=date(2026, 2, 15), previous=back) == "at_risk"


# --- Small numbers and the forecast -----------------------------------------------------------


def test_wilson_interval() -> None:
    interval = wilson(Counts(1, 84))
    assert interval is not None
    low, high = (bound.quantize(D("0.0001")) for bound in interval)
    assert (low, high) == (D("0.0027"), D("0.0516"))


@pytest.mark.parametrize("counts", [Counts(0, 0), Counts(3, 2), Counts(-1, 5)])
def test_wilson_needs_a_proportion(counts: Counts) -> None:
    assert wilson(counts) is None


def test_small_numbers_are_at_risk_only() -> None:
    found = judge(seen(CTR, D(1) / 84, counts=Counts(1, 84)))
    assert (found.status, found.small_numbers) == ("at_risk", 84)


def test_large_numbers_are_off_track() -> None:
    found = judge(seen(CTR, D(100) / 8400, counts=Counts(100, 8400)))
    assert (found.status, found.small_numbers) == ("off_track", None)


@pytest.mark.parametrize(
    ("value", "chance", "status", "by_forecast"),
    [
        (450, "0.29", "at_risk", True),
        (450, "0.30", "on_track", False),
        (450, None, "on_track", False),
        (340, "0.99", "at_risk", False),
        (100, "0.01", "off_track", False),
    ],
)
def test_forecast_only_ever_warns(
    value: Amount | None, chance: str | None, status: str, by_forecast: bool
) -> None:
    found = judge(seen(LEADS, value, chance=None if chance is None else D(chance)))
    assert (found.status, found.by_forecast) == (status, by_forecast)


# --- Parents and what is stored ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("children", "parent"),
    [
        (["on_track", "off_track", "at_risk"], "off_track"),
        (["achieved", "on_track"], "on_track"),
        (["paused", "on_track", "cancelled", "draft"], "on_track"),
        (["missed", "on_track"], "missed"),
        (["paused"], None),
        ([], None),
    ],
)
def test_a_parent_is_as_its_weakest_child(children: list[str], parent: str | None) -> None:
    assert weakest(Status(child) for child in children) == parent


def test_the_rule_is_plain_json_and_complete() -> None:
    params = judge(seen(LEADS, 337)).rule.params
    assert all(isinstance(param, str | int) for param in params.values())
    assert params["value"] == "337"
    assert params["expected"] == "450"
    assert params["data_date"] == "2026-02-14"
    assert (params["on_limit"], params["risk_limit"]) == ("0.90", "0.75")
    assert params["pace_status"] == "off_track"


# --- Measures after the fact --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 14), "too_early"),
        (date(2026, 4, 2), "too_early"),  # past the end: neither achieved nor missed
        (date(2026, 5, 30), "too_early"),
        (date(2026, 5, 31), "achieved"),
    ],
)
def test_a_return_is_too_early_to_conclude_before_its_cycle(day: date, expected: str) -> None:
    ripe = date(2026, 5, 31)
    found = judge(seen(CTR, 1, day=day, data_date=day, matures_on=ripe))
    assert found.status == expected
    assert (found.rule.code == "immature") is (day < ripe)


def test_what_is_paused_is_not_too_early() -> None:
    found = seen(CTR, 1, state=State.PAUSED, matures_on=date(2026, 5, 31))
    assert judge(found).status == "paused"
