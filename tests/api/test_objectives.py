"""Objectives and alerts: what was agreed, where it stands, what needs attention."""

import io
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from objectives.models import Alert, Objective
from tests.api.conftest import Ask, errors
from tests.objectives.board import HALF_WAY, Board, at


@pytest.fixture
def objective(board: Board) -> Objective:
    """900 leads, of which half are expected: 315 came."""
    board.figures("leads", 7)
    objective = board.objective("leads", 900, statement="900 leads", goal="Grow")
    board.night(HALF_WAY)
    return objective


def test_an_objective_as_it_was_agreed(ask: Ask, objective: Objective) -> None:
    answer = ask(f"objectives/{objective.public_id}/").json()
    assert {
        "statement": "900 leads",
        "metric": "leads",
        "kind": "reach",
        "target": "900",
        "baseline": None,
        "start": "2026-01-01",
        "end": "2026-03-31",
        "owner": "Alice Example",
        "parent": None,
        "goal": "Grow",
        "state": "active",
    }.items() <= answer.items()
    assert ask("objectives/").json()["results"] == [answer]


def test_a_list_leaves_archived_ones_out_and_their_address_stays(ask: Ask, board: Board) -> None:
    objective = board.objective("leads", 900)
    Objective.objects.filter(pk=objective.pk).update(archived_at=objective.created_at)
    assert ask("objectives/").json()["results"] == []
    assert ask(f"objectives/{objective.public_id}/").json()["archived_at"] is not None


def test_a_list_asks_as_much_for_many_as_for_one(ask: Ask, board: Board) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert ask("objectives/").status_code == 200
        return len(found)

    board.objective("leads", 900, parent=board.objective("leads", 100))
    ask("objectives/")  # notes the token's use
    few = queries()
    for number in range(5):
        board.objective("leads", 900 + number, parent=board.objective("leads", 100))
    assert queries() == few


def test_the_status_is_that_of_the_command(ask: Ask, objective: Objective) -> None:
    out = io.StringIO()
    call_command(
        "objective_status", objective.public_id, "--workspace", "northwind", "--json", stdout=out
    )
    answer = ask(f"objectives/{objective.public_id}/status/").json()
    assert [answer] == json.loads(out.getvalue())
    assert (answer["value"], answer["expected"], answer["status"]) == ("315", "450", "off_track")


def test_the_rule_speaks_the_requests_language(ask: Ask, objective: Objective) -> None:
    path = f"objectives/{objective.public_id}/status/"
    assert ask(path).json()["rule"] != ask(path, language="fr").json()["rule"]


def test_a_day_has_the_latest_result_up_to_it(ask: Ask, objective: Objective) -> None:
    path = f"objectives/{objective.public_id}/status/"
    assert ask(path, day="2026-03-01").json()["day"] == "2026-02-15"
    before = ask(path, day="2026-02-14")
    assert before.status_code == 404
    assert before.json()["detail"] == "No night has judged this objective by 2026-02-14."
    assert errors(ask(path, day="yesterday")) == {"day": "Write the day like 2026-03-08."}


def test_an_unknown_objective_is_not_found(ask: Ask) -> None:
    response = ask("objectives/obj_unknown/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_an_alert_has_its_words_and_its_objective(ask: Ask, objective: Objective) -> None:
    (alert,) = ask("alerts/").json()["results"]
    assert alert["objective"] == objective.public_id
    assert (alert["kind"], alert["severity"]) == ("objective_status", "off")
    assert "900 leads" in alert["title"]
    assert alert["sentences"][0].endswith("315 ÷ 450 = 0.70, under 0.75: off track.")
    assert alert["path"] == f"/w/northwind/objectives/{objective.public_id}/"
    assert alert["opened_on"] == "2026-02-15"


def test_alerts_of_one_folder(ask: Ask, objective: Objective) -> None:
    def count(show: str) -> int:
        return len(ask("alerts/", show=show).json()["results"])

    assert [count(show) for show in ("open", "snoozed", "closed")] == [1, 0, 0]
    Alert.objects.update(snoozed_until="2026-02-20")
    assert [count(show) for show in ("open", "snoozed", "closed")] == [0, 1, 0]
    Alert.objects.update(closed_on="2026-02-15")
    assert [count(show) for show in ("open", "snoozed", "closed")] == [0, 0, 1]
    assert set(errors(ask("alerts/", show="all"))) == {"show"}


# --- Pages --------------------------------------------------------------------------------------


def statements(answer: dict[str, Any]) -> list[str]:
    return [one["statement"] for one in answer["results"]]


def written(board: Board, number: int) -> None:
    """An objective that was created in this second of the morning."""
    objective = board.objective("leads", 900, statement=f"Number {number}")
    created_at = at(HALF_WAY) + timedelta(seconds=number)
    Objective.objects.filter(pk=objective.pk).update(created_at=created_at)


def test_pages_follow_each_other_while_rows_are_added(ask: Ask, board: Board) -> None:
    for number in range(5):
        written(board, number)
    first = ask("objectives/", page_size="2").json()
    assert statements(first) == ["Number 4", "Number 3"]
    written(board, 5)
    following = dict(parse_qsl(urlsplit(first["next"]).query))
    second = ask("objectives/", **following).json()
    assert statements(second) == ["Number 2", "Number 1"]
    assert statements(ask("objectives/").json())[0] == "Number 5"


@pytest.mark.parametrize("size", ["0", "501", "many", "9" * 5000])
def test_a_page_has_a_size(ask: Ask, size: str) -> None:
    assert set(errors(ask("objectives/", page_size=size))) == {"page_size"}


@pytest.mark.parametrize(
    "cursor", ["x", "é", "cD1hYmM=", "cD0yMDI2LTAxLTAx", "bz1tYW55", "cD0AAA=="]
)
def test_a_cursor_comes_from_a_page(ask: Ask, cursor: str) -> None:
    assert set(errors(ask("alerts/", cursor=cursor))) == {"cursor"}
