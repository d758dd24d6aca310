"""What objectives ask of a metric, on its page. It is the morning of 15 February 2026."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from metrics.models import Dimension, DimensionValue
from metrics.periods import Calendar, Grain
from metrics.resolution import EVERYTHING, Segment
from objectives.targets import Targets, targets_on
from tests.cast import Cast, client_of
from tests.objectives.board import HALF_WAY, Board, at
from tests.pages import text

LEADS = "/w/northwind/metrics/leads/"


@pytest.fixture(autouse=True)
def _this_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(HALF_WAY))


@pytest.fixture
def viewer(cast: Cast) -> Client:
    return client_of(cast.vera)


def targets(board: Board, key: str, segment: Segment = EVERYTHING) -> Targets:
    periods = Calendar().periods(date(2025, 12, 1), date(2026, 4, 1), Grain.MONTH)
    return targets_on(board.workspace, board.metric(key), segment, periods, today=HALF_WAY)


def test_a_sum_draws_what_its_plan_asks_of_whole_periods(board: Board) -> None:
    board.objective("leads", 900)  # 90 days, 10 a day
    (line,) = targets(board, "leads").lines
    assert line.role == "plan"
    # December and April are not inside; January has 31 days, February 28, March 31.
    assert line.values == [None, Decimal(310), Decimal(280), Decimal(310), None]


def test_a_period_that_reaches_out_of_the_dates_has_no_plan(board: Board) -> None:
    board.objective("leads", 900, end=date(2026, 3, 30))
    (line,) = targets(board, "leads").lines
    assert line.values[3] is None


def test_a_rate_draws_its_level_over_its_dates(board: Board) -> None:
    board.objective("lead_to_mql_rate", "0.25", baseline="0.2")
    (line,) = targets(board, "lead_to_mql_rate").lines
    assert line.role == "target"
    assert line.values == [None, *[Decimal("0.25")] * 3, None]


def test_a_corridor_draws_both_limits(board: Board) -> None:
    board.objective("lead_to_mql_rate", "0.2", target_high="0.3", kind="between", over="period")
    levels = [line.values[2] for line in targets(board, "lead_to_mql_rate").lines]
    assert levels == [Decimal("0.2"), Decimal("0.3")]


def test_only_running_objectives_of_the_same_slice_count(board: Board) -> None:
    email = DimensionValue.objects.get(workspace=board.workspace, key="email")
    board.objective("leads", 900, channel=email)
    board.objective("leads", 900, start=date(2026, 2, 20), end=date(2026, 3, 31))
    board.objective("leads", 900, start=date(2026, 1, 1), end=HALF_WAY - timedelta(days=1))
    assert targets(board, "leads").rows == []
    segment = Segment(Dimension.CHANNEL, email.pk)
    assert len(targets(board, "leads", segment=segment).rows) == 1


def test_the_page_names_the_objective_with_its_status(board: Board, viewer: Client) -> None:
    board.figures("leads", 10)
    board.objective("leads", 900, statement="Leads on plan")
    board.night(HALF_WAY)
    page = text(viewer.get(LEADS, {"grain": "month"}))
    assert "Objectives on this metric" in page
    assert "Leads on plan" in page
    assert "On track" in page
    assert "450 of 900" in page


def test_a_page_without_objectives_says_nothing_of_them(board: Board, viewer: Client) -> None:
    board.figures("leads", 10)
    board.compute(HALF_WAY)
    assert "Objectives on this metric" not in text(viewer.get(LEADS))
