"""Each letter, what it finds and what keeps an objective from starting."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from objectives.measure import Asked, Kind, Rollup
from objectives.smart import Letter, SmartInputs, SmartReport, can_start, check, has_cycle

D = Decimal
LEADS = Asked(kind=Kind.REACH, rollup=Rollup.SUM, target=D(1200))
FOLLOWERS = Asked(kind=Kind.REACH, rollup=Rollup.STOCK, target=D(8000), baseline=D(7000))
CPL = Asked(kind=Kind.REDUCE, rollup=Rollup.RATE, target=D(55), baseline=D(70), direction="down")
WHOLE = SmartInputs(
    day=date(2025, 12, 20),
    asked=LEADS,
    statement="Generate 1,200 MQLs",
    has_metric=True,
    has_owner=True,
    unit="count",
    last_delivered=date(2025, 12, 19),
    past=(D(980), D(700), D(1250)),
    goal="Grow in France",
    start=date(2026, 1, 1),
    end=date(2026, 3, 31),
)


def letter(name: str, **changes: Any) -> Letter:
    report = check(replace(WHOLE, **changes))
    return next(found for found in report.letters if found.letter == name)


def finding(name: str, **changes: Any) -> tuple[str, str]:
    found = letter(name, **changes)
    return found.state.value, found.code


def test_a_whole_objective_holds_every_letter() -> None:
    report = check(WHOLE)
    assert "".join(found.letter for found in report.letters) == "SMART"
    assert {found.state.value for found in report.letters} == {"ok"}
    assert can_start(report)


def test_an_empty_draft_is_checked_too() -> None:
    report = check(SmartInputs(day=date(2025, 12, 20), asked=None))
    assert [found.state.value for found in report.letters] == [
        "fail",
        "fail",
        "warn",
        "warn",
        "fail",
    ]
    assert not can_start(report)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"statement": " "}, ["statement"]),
        ({"has_metric": False, "has_owner": False}, ["metric", "owner"]),
    ],
)
def test_specific_names_what_is_missing(changes: dict[str, Any], missing: list[str]) -> None:
    found = letter("S", **changes)
    assert (found.state.value, found.params["missing"]) == ("fail", missing)


@pytest.mark.parametrize(
    ("paired", "expected"), [(False, ("warn", "vanity")), (True, ("ok", "specific"))]
)
def test_a_vanity_metric_needs_its_pair(paired: bool, expected: tuple[str, str]) -> None:
    assert finding("S", is_vanity=True, pair_is_targeted=paired) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("ok", "delivered")),
        ({"asked": None}, ("fail", "no_target")),
        ({"unit": ""}, ("fail", "no_unit")),
        ({"last_delivered": None}, ("fail", "never_delivered")),
        ({"last_delivered": date(2025, 12, 18)}, ("fail", "late")),
        ({"last_delivered": date(2025, 12, 18), "feed_delay_days": 1}, ("ok", "delivered")),
        ({"last_delivered": date(2025, 12, 13), "feed_rhythm_days": 7}, ("ok", "delivered")),
    ],
)
def test_measurable(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert finding("M", **changes) == expected


@pytest.mark.parametrize("high", [None, D(10), D(9)])
def test_a_band_needs_two_limits_in_order(high: Decimal | None) -> None:
    band = Asked(kind=Kind.BETWEEN, rollup=Rollup.RATE, target=D(10), target_high=high)
    assert finding("M", asked=band) == ("fail", "limits_crossed")


@pytest.mark.parametrize(
    ("asked", "past", "expected"),
    [
        (LEADS, (980, 700, 1250), ("ok", "within_history")),
        (LEADS, (980, 700, 600), ("warn", "beyond_best")),
        (LEADS, (799, 700, 600), ("warn", "reckless")),
        (LEADS, (1300, 1400, 1500), ("warn", "trivial")),
        (LEADS, (1300, 1400), ("ok", "within_history")),
        (LEADS, (), ("warn", "no_history")),
        (FOLLOWERS, (1100, 200, 300), ("ok", "within_history")),
        (FOLLOWERS, (700, 200, 300), ("warn", "beyond_best")),
        (CPL, (60, 54, 70), ("ok", "within_history")),
        (CPL, (60, 64, 70), ("warn", "beyond_best")),
        (CPL, (120, 130, 140), ("warn", "reckless")),
    ],
)
def test_achievable_by_history(
    asked: Asked, past: tuple[int, ...], expected: tuple[str, str]
) -> None:
    assert finding("A", asked=asked, past=tuple(map(D, past))) == expected


def test_achievable_shows_its_numbers() -> None:
    params = letter("A", past=(D(980), D(700), D(600))).params
    assert (params["best"], params["median"], params["spans"]) == ("980", "700", 3)
    assert D(str(params["change"])).quantize(D("0.001")) == D("0.224")


@pytest.mark.parametrize(
    ("chance", "expected"),
    [
        ("0.96", ("warn", "chance_trivial")),
        ("0.95", ("ok", "chance_fair")),
        ("0.05", ("ok", "chance_fair")),
        ("0.04", ("warn", "chance_reckless")),
    ],
)
def test_achievable_by_the_forecast(chance: str, expected: tuple[str, str]) -> None:
    assert finding("A", chance=D(chance)) == expected


def test_a_baseline_that_meets_the_target_is_told() -> None:
    assert finding("A", asked=replace(CPL, baseline=D(50))) == ("warn", "already_met")


def test_a_best_span_of_zero_has_no_relative_change() -> None:
    found = letter("A", past=(D(0), D(0)))
    assert (found.code, "change" in found.params) == ("reckless", False)


def test_a_stock_without_a_baseline_has_no_required_change() -> None:
    assert finding("A", asked=replace(FOLLOWERS, baseline=None)) == ("warn", "no_history")


@pytest.mark.parametrize(
    ("past", "expected"),
    [((12, 30), ("ok", "inside_before")), ((30, 40), ("warn", "never_inside"))],
)
def test_achievable_band(past: tuple[int, ...], expected: tuple[str, str]) -> None:
    band = Asked(kind=Kind.BETWEEN, rollup=Rollup.RATE, target=D(10), target_high=D(20))
    assert finding("A", asked=band, past=tuple(map(D, past))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"goal": "", "has_parent": True}, ("ok", "parent")),
        ({"goal": " "}, ("warn", "no_goal")),
        ({"has_cycle": True}, ("fail", "cycle")),
    ],
)
def test_relevant(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert finding("R", **changes) == expected


@pytest.mark.parametrize(
    ("end", "rhythm", "expected"),
    [
        (date(2026, 1, 2), 1, ("ok", "time_bound")),
        (date(2026, 1, 1), 1, ("fail", "too_short")),
        (date(2025, 12, 31), 1, ("fail", "end_before_start")),
        (date(2026, 1, 14), 7, ("ok", "time_bound")),
        (date(2026, 1, 13), 7, ("fail", "too_short")),
        (date(2026, 2, 28), 31, ("ok", "time_bound")),
        (date(2026, 1, 31), 31, ("fail", "too_short")),
        (None, 1, ("fail", "no_dates")),
    ],
)
def test_time_bound(end: date | None, rhythm: int, expected: tuple[str, str]) -> None:
    found = finding("T", end=end, feed_rhythm_days=rhythm)
    assert found == expected


@pytest.mark.parametrize(
    ("changes", "starts"),
    [
        ({"past": ()}, True),
        ({"goal": ""}, True),
        ({"has_owner": False}, False),
        ({"last_delivered": None}, False),
        ({"end": None}, False),
    ],
)
def test_only_s_m_and_t_keep_it_from_starting(changes: dict[str, Any], starts: bool) -> None:
    assert can_start(check(replace(WHOLE, **changes))) is starts


def test_the_report_is_stored_as_it_was() -> None:
    report = check(replace(WHOLE, has_owner=False))
    assert SmartReport.from_json(report.to_json()) == report


@pytest.mark.parametrize(
    ("parent_of", "cyclic"),
    [
        ({1: 2, 2: 3, 3: None}, False),
        ({1: 1}, True),
        ({1: 2, 2: 3, 3: 1}, True),
        ({1: 2, 2: 3, 3: 2}, True),
        ({}, False),
    ],
)
def test_cycles_among_parents(parent_of: dict[int, int | None], cyclic: bool) -> None:
    assert has_cycle(parent_of, 1) is cyclic
