"""The net confidence score and the week's check-ins on the home page."""

from datetime import date, timedelta

import pytest

from accounts.models import User
from objectives.life import Said, check_in
from objectives.models import Objective
from reports.confidence import TeamConfidence, team_confidence
from reports.first_steps import first_steps
from reports.progress import progress
from tests.cast import Cast, client_of
from tests.objectives.board import HALF_WAY, Board, at
from tests.pages import text

MONDAY = date(2026, 2, 9)  # HALF_WAY is the Sunday of its week


@pytest.fixture
def four(board: Board) -> list[Objective]:
    """Four objectives at work, judged."""
    board.figures("leads", 10)
    found = [board.objective("leads", 900 + number) for number in range(4)]
    board.judge()
    return found


def say(objective: Objective, confidence: str, day: date, user: User) -> None:
    check_in(objective, user=user, said=Said(confidence), day=day, now=at(day))


def told(board: Board) -> TeamConfidence:
    rows = progress(board.workspace, today=HALF_WAY).rows
    return team_confidence(board.workspace, rows, today=HALF_WAY)


def test_nobody_has_said_anything(board: Board, four: list[Objective]) -> None:
    assert told(board) == TeamConfidence(score=None, last_week=None, done=0, asked=4)


def test_the_latest_check_in_of_each_counts(
    board: Board, four: list[Objective], alice: User
) -> None:
    last_week = MONDAY - timedelta(days=2)
    say(four[0], "off_track", last_week, alice)
    say(four[1], "on_track", last_week, alice)
    say(four[0], "on_track", MONDAY, alice)
    say(four[2], "at_risk", HALF_WAY, alice)
    assert told(board) == TeamConfidence(score=67, last_week=0, done=2, asked=4)


def test_what_is_over_or_paused_is_not_asked(
    board: Board, four: list[Objective], alice: User
) -> None:
    say(four[0], "off_track", MONDAY, alice)
    Objective.objects.filter(pk=four[0].pk).update(state="paused")
    assert told(board) == TeamConfidence(score=None, last_week=None, done=0, asked=3)


def test_the_home_page_says_both(
    board: Board, four: list[Objective], alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(HALF_WAY))
    say(four[0], "on_track", MONDAY, alice)
    page = text(client_of(alice).get("/w/northwind/"))
    assert "Team confidence +100" in page
    assert "Check-ins this week: 1 of 4" in page


def test_a_first_check_in_is_a_first_step(board: Board, four: list[Objective], cast: Cast) -> None:
    member = board.workspace.memberships.get(user=cast.alice)

    def is_done() -> bool:
        (step,) = [
            one for one in first_steps(member, drafts=0, started=True) if "check-in" in one.title
        ]
        return step.done

    assert not is_done()
    say(four[0], "on_track", MONDAY, cast.alice)
    assert is_done()
