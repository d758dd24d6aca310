"""A weaker target that is accepted for a while, as its page shows it; lessons where they help."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import User
from objectives import alert_life
from objectives.life import review
from objectives.models import Alert, Objective
from tests.cast import client_of
from tests.objectives.board import HALF_WAY, Board, at
from tests.pages import text


@pytest.fixture
def objective(board: Board, alice: User, monkeypatch: pytest.MonkeyPatch) -> Objective:
    """900 leads, two a day; 200 are accepted for ten days."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(HALF_WAY))
    board.figures("leads", 2)
    found = board.objective("leads", 900, statement="900 leads")
    board.night(HALF_WAY)
    alert_life.accept(
        Alert.objects.get(objective=found, closed_on=None),
        target=Decimal(200),
        reason="A fair was called off",
        until=HALF_WAY + timedelta(days=10),
        user=alice,
        day=HALF_WAY,
        now=at(HALF_WAY),
    )
    return found


def test_it_stands_on_the_page_and_in_the_chart(objective: Objective, alice: User) -> None:
    page = client_of(alice).get(f"/w/northwind/objectives/{objective.public_id}/")
    assert "Until 25 February 2026, 200 is accepted: “A fair was called off”." in text(page)
    lines = {one.name: one.values[0] for one in page.context["chart"].series if one.values}
    assert lines["Accepted for now"] == 200
    assert lines["Target"] == 900


def test_the_day_after_it_is_gone_by_itself(
    objective: Objective, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = HALF_WAY + timedelta(days=11)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(later))
    page = client_of(alice).get(f"/w/northwind/objectives/{objective.public_id}/")
    assert "A fair was called off" not in text(page).split("History")[0]
    assert "Accepted for now" not in [one.name for one in page.context["chart"].series]


def test_what_was_learnt_stands_at_the_step_of_the_target(
    objective: Objective, board: Board, alice: User
) -> None:
    words = {"result": "missed", "cause": "No fair.", "lesson": "Book two fairs a quarter."}
    review(objective, user=alice, version=0, now=at(HALF_WAY), **words)
    draft = board.objective("leads", 950)
    Objective.objects.filter(pk=draft.pk).update(state="draft")
    steps = f"/w/northwind/objectives/{draft.public_id}/steps"
    client = client_of(alice)
    assert "Book two fairs a quarter." in text(client.get(f"{steps}/achievable/"))
    assert "Book two fairs a quarter." not in text(client.get(f"{steps}/time/"))
