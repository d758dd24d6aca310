"""What is read for an objective: how its metric adds up, its periods, its past, its feeds."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from metrics.models import Metric
from objectives.delivery import FeedState, feed_state
from objectives.history import asked_of, closed_periods, observe, past_values, rollup_of
from objectives.judgement import Counts
from objectives.measure import Asked
from objectives.models import Objective
from tests.objectives.board import HALF_WAY, START, Board

ONE_DAY = timedelta(days=1)
EARLIER = START - ONE_DAY


def asked(objective: Objective) -> Asked:
    found = asked_of(objective)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("key", "rollup"),
    [
        ("leads", "sum"),
        ("followers", "stock"),
        ("visitors", "unique"),
        ("ctr", "rate"),
        ("marketing_cost", "sum"),
        ("organic_sessions", "sum"),
        ("cost_per_mql", "rate"),
        ("churn_rate", "rate"),
        ("page_load_ms", "rate"),
    ],
)
def test_how_a_metric_adds_up(key: str, rollup: str) -> None:
    assert rollup_of(Metric(key=key)) == rollup


@pytest.mark.parametrize(
    ("formula", "rollup"),
    [
        ("leads + mqls", "sum"),
        ("parts(cost_media, marketing_cost)", "sum"),
        ("leads - prev(leads)", "rate"),
        ("leads + followers", "rate"),
        ("leads / mqls", "rate"),
    ],
)
def test_how_a_metric_of_ones_own_adds_up(formula: str, rollup: str) -> None:
    assert rollup_of(Metric(key="own", own_formula=formula, own_unit="count")) == rollup


@pytest.mark.parametrize(
    ("start", "end", "judged_on", "keys"),
    [
        ("2026-01-01", "2026-03-31", "2026-02-28", ["2026-01", "2026-02"]),
        ("2026-01-15", "2026-03-31", "2026-02-27", []),
        ("2026-01-15", "2026-03-31", "2026-03-31", ["2026-02", "2026-03"]),
        ("2026-01-01", "2026-01-31", "2026-01-17", ["2026-W02"]),
        ("2026-01-01", "2026-01-31", "2026-02-28", ["2026-W02", "2026-W03", "2026-W04"]),
        ("2026-01-01", "2026-01-03", "2026-01-02", ["2026-01-01", "2026-01-02"]),
    ],
)
def test_the_periods_that_are_over(
    board: Board, start: str, end: str, judged_on: str, keys: list[str]
) -> None:
    objective = board.objective(
        "leads", 9, start=date.fromisoformat(start), end=date.fromisoformat(end)
    )
    found = closed_periods(objective, asked(objective), date.fromisoformat(judged_on))
    assert [period.key for period in found] == keys


def test_a_unique_metric_is_counted_over_weeks_where_months_are_not_known(board: Board) -> None:
    board.write(
        board.book.row("visitors", f"2026-01-{first:02d}", 90, to=f"2026-01-{first + 6:02d}")
        for first in (5, 12, 19)
    )
    board.compute(date(2026, 2, 2))
    objective = board.objective("visitors", 100)
    found = observe(objective, asked(objective), judged_on=date(2026, 1, 27))
    assert found.value == 90
    found = observe(objective, asked(objective), judged_on=date(2026, 1, 10))
    assert found.value is None


def test_the_numbers_behind_a_proportion(board: Board) -> None:
    board.figures("ad_clicks", 3)
    board.figures("ad_impressions", 84)
    board.compute(HALF_WAY)
    objective = board.objective("ctr", "0.05", over="last28", baseline="0.02")
    found = observe(objective, asked(objective), judged_on=HALF_WAY - ONE_DAY)
    assert found.counts == Counts(3 * 28, 84 * 28)


@pytest.mark.parametrize(
    ("wanted", "count", "values"),
    [
        ({}, 1, {900}),
        ({"end": START + 29 * ONE_DAY}, 4, {300}),
        ({"over": "last28"}, 4, {280}),
        ({"kind": "above"}, 4, {300, 310}),
        ({"kind": "above", "end": START + 29 * ONE_DAY}, 8, {70}),
    ],
)
def test_the_past_that_a_target_is_held_against(
    board: Board, wanted: dict[str, Any], count: int, values: set[int]
) -> None:
    board.figures("leads", 10, start=date(2025, 9, 1), end=EARLIER)
    board.compute(START)
    objective = board.objective("leads", 9, **wanted)
    found = past_values(objective, asked(objective), data_date=EARLIER)
    assert (len(found), set(found)) == (count, {Decimal(value) for value in values})


def test_the_past_ends_where_figures_are_missing(board: Board) -> None:
    board.figures("leads", 10, start=date(2025, 12, 1), end=EARLIER)
    board.figures("leads", 10, start=date(2025, 9, 1), end=date(2025, 11, 20))
    board.compute(START)
    objective = board.objective("leads", 9, end=START + 29 * ONE_DAY)
    found = past_values(objective, asked(objective), data_date=EARLIER)
    assert found == (Decimal(300),)


def test_the_past_of_an_objective_still_to_come_ends_with_the_figures(board: Board) -> None:
    board.figures("leads", lambda day: 10 if day.month == 12 else 0, start=date(2025, 12, 1))
    board.compute(HALF_WAY)
    objective = board.objective("leads", 9, start=date(2026, 6, 1), end=date(2026, 6, 30))
    found = past_values(objective, asked(objective), data_date=HALF_WAY - ONE_DAY)
    assert found == (Decimal(0), Decimal(150))


@pytest.mark.parametrize(
    ("rhythm", "day", "state"),
    [
        ("day", date(2026, 2, 15), FeedState(date(2026, 2, 14), 1, 0, 1, is_regular=True)),
        ("day", date(2026, 2, 20), FeedState(date(2026, 2, 14), 1, 4, 1, is_regular=True)),
        ("week", date(2026, 2, 24), FeedState(date(2026, 2, 14), 7, 2, 1, is_regular=True)),
        ("none", date(2026, 5, 1), FeedState(date(2026, 2, 14))),
    ],
)
def test_how_the_figures_arrive(board: Board, rhythm: str, day: date, state: FeedState) -> None:
    board.figures("leads", 10)
    board.feed.rhythm = rhythm
    board.feed.save()
    assert feed_state(board.objective("leads", 900), day=day) == state


def test_figures_that_never_came_are_late_from_the_start(board: Board) -> None:
    assert feed_state(board.objective("leads", 900), day=HALF_WAY) == FeedState(None, days_late=45)
