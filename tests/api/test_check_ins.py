"""Check-ins through the API."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User, Workspace
from objectives.models import CheckIn, Objective
from tests.api.conftest import Ask, errors, script
from tests.cast import Cast
from tests.objectives.board import HALF_WAY, Board

SAID = {
    "confidence": "at_risk",
    "value": "320.5",
    "changed": "One fair was called off.",
    "next_step": "Book another one.",
    "next_by": "2026-03-01",
}


@pytest.fixture
def objective(board: Board) -> Objective:
    """900 leads, of which half are expected: 315 came."""
    board.figures("leads", 7)
    objective = board.objective("leads", 900)
    board.night(HALF_WAY)
    return objective


def post(client: Client, objective: Objective, said: Any, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    path = f"/api/v1/workspaces/northwind/objectives/{objective.public_id}/check-ins/"
    return client.post(path, json.dumps(said), content_type="application/json", headers=headers)


def test_a_check_in_is_kept_with_the_status_of_the_time(
    ask: Ask, objective: Objective, northwind: Workspace, cast: Cast
) -> None:
    answer = post(script(northwind, cast.carl, "write"), objective, SAID)
    assert answer.status_code == 201
    assert (
        SAID | {"day": "2026-02-15", "status": "off_track", "user": "Carl Example"}
    ).items() <= answer.json().items()
    found = ask(f"objectives/{objective.public_id}/check-ins/").json()
    assert found["results"] == [answer.json()]


def test_lists_come_page_by_page_the_newest_first(
    ask: Ask, objective: Objective, northwind: Workspace, alice: User
) -> None:
    client = script(northwind, alice, "write")
    made = [
        post(client, objective, SAID | {"changed": f"Week {number}"}).json() for number in range(3)
    ]
    first = ask(f"objectives/{objective.public_id}/check-ins/", page_size="2").json()
    assert [one["changed"] for one in first["results"]] == ["Week 2", "Week 1"]
    assert first["next"]
    assert made[0]["changed"] == "Week 0"


def test_the_same_call_twice_is_one_check_in(
    objective: Objective, northwind: Workspace, alice: User
) -> None:
    client = script(northwind, alice, "write")
    first, again = (post(client, objective, SAID, key="k") for _time in range(2))
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert CheckIn.objects.count() == 1


def test_what_is_wrong_is_said_by_field(
    board: Board, objective: Objective, northwind: Workspace, alice: User
) -> None:
    client = script(northwind, alice, "write")
    wrong = errors(post(client, objective, {"confidence": "fine", "value": "many"}))
    assert set(wrong) == {"confidence", "value"}
    Objective.objects.filter(pk=objective.pk).update(state="draft")
    assert "A draft has no check-ins" in errors(post(client, objective, SAID))["detail"]
