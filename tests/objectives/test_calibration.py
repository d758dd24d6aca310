"""How good the chances have been: every number counted by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from objectives.calibration import Bucket, calibration
from objectives.models import DailyResult, Objective
from objectives.views.calibration import line_of
from tests.objectives.board import END, HALF_WAY, Board, at

D = Decimal
ONE_DAY = timedelta(days=1)
AFTER = END + ONE_DAY


def result(board: Board, objective: Objective, day: date, status: str, **more: object) -> None:
    DailyResult.objects.create(
        workspace=board.workspace,
        objective=objective,
        objective_version=1,
        day=day,
        status=status,
        shown_status=status,
        rule="ratio",
        inputs_hash="",
        computed_at=at(day),
        **more,
    )


def ended(board: Board, chance: str, *, met: bool) -> Objective:
    """An objective that was given a chance half-way, and its end."""
    objective = board.objective("leads", 900)
    result(board, objective, HALF_WAY, "on_track", chance=D(chance), elapsed=D("0.5"))
    result(board, objective, AFTER, "achieved" if met else "missed")
    return objective


def counts(board: Board, day: date = AFTER) -> list[tuple[int, int]]:
    return [(one.count, one.met) for one in calibration(board.workspace, day=day)]


def test_each_objective_counts_once_in_its_bucket(board: Board) -> None:
    for chance, met in (("0.7", True), ("0.8", True), ("0.61", False), ("0.1", False), ("1", True)):
        ended(board, chance, met=met)
    assert counts(board) == [(1, 0), (0, 0), (0, 0), (3, 2), (1, 1)]
    bucket = calibration(board.workspace, day=AFTER)[3]
    assert bucket.expected == pytest.approx((D("0.7") + D("0.8") + D("0.61")) / 3)
    assert bucket.met_share == D(2) / 3


def test_the_first_chance_from_the_middle_on_counts(board: Board) -> None:
    objective = ended(board, "0.7", met=True)
    early, late = HALF_WAY - 20 * ONE_DAY, HALF_WAY + 20 * ONE_DAY
    result(board, objective, early, "at_risk", chance=D("0.1"), elapsed=D("0.3"))
    result(board, objective, late, "on_track", chance=D("0.95"), elapsed=D("0.8"))
    assert counts(board)[3] == (1, 1)
    assert sum(count for count, _met in counts(board)) == 1


def test_what_still_runs_or_waits_does_not_count(board: Board) -> None:
    objective = board.objective("leads", 900)
    result(board, objective, HALF_WAY, "on_track", chance=D("0.7"), elapsed=D("0.5"))
    assert counts(board, HALF_WAY)[3] == (0, 0)
    result(board, objective, AFTER, "waiting")
    assert counts(board)[3] == (0, 0)


def test_no_chance_at_all_is_in_the_lowest_bucket(board: Board) -> None:
    ended(board, "0", met=False)
    assert counts(board)[0] == (1, 0)


def test_the_page_says_it_in_a_sentence() -> None:
    line = line_of(Bucket(D("0.6"), D("0.8"), count=12, met=8, expected=D("0.71")))
    assert line.sentence == "12 objectives were given 60% to 80%, 8 were met."
    assert (line.expected, line.share, line.is_small) == ("71%", "67%", False)


def test_the_page_without_any_is_honest(board: Board, alice: User, client: Client) -> None:
    client.force_login(alice)
    page = client.get(reverse("chances", args=[board.workspace.slug]))
    assert "No objective with a chance has ended yet" in page.content.decode()


def test_the_page_shows_the_buckets(board: Board, alice: User, client: Client) -> None:
    ended(board, "0.7", met=True)
    dates = {"start": date(2025, 10, 1), "end": date(2025, 12, 31)}
    Objective.objects.filter(workspace=board.workspace).update(**dates)
    DailyResult.objects.filter(day=AFTER).update(day=date(2026, 1, 2))
    DailyResult.objects.filter(day=HALF_WAY).update(day=date(2025, 11, 15))
    client.force_login(alice)
    page = client.get(reverse("chances", args=[board.workspace.slug])).content.decode()
    assert "1 objective was given 60% to 80%, 1 was met." in page
    assert "Too few to conclude from." in page
