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

from accounts.etags import etag
from accounts.models import User, Workspace
from objectives.models import Alert, Objective
from objectives.presentation import objective_json
from tests.api.conftest import Ask, errors, script
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


# Writing


@pytest.fixture
def write(northwind: Workspace, erin: User) -> Ask:
    """Writes below Northwind with an editor's token."""
    client = script(northwind, erin, "write")

    def send(method: str, path: str, body: dict[str, Any], **headers: str) -> Any:
        address = f"/api/v1/workspaces/northwind/{path}"
        given = {"Accept-Language": "en"} | headers
        return getattr(client, method)(
            address, json.dumps(body), content_type="application/json", headers=given
        )

    return send


BODY = {
    "statement": "900 leads",
    "metric": "leads",
    "target": "900",
    "start": "2026-01-01",
    "end": "2026-03-31",
    "owner": "alice@example.com",
    "pace": "even",
    "milestones": [{"day": "2026-01-31", "value": "700"}],
}


def test_an_objective_is_written(board: Board, write: Ask) -> None:
    answer = write("post", "objectives/", BODY)
    found = answer.json()
    assert (answer.status_code, "ETag" in answer) == (201, True)
    assert (found["state"], found["target"], found["milestones"]) == (
        "draft",
        "900",
        [{"day": "2026-01-31", "value": "700"}],
    )


def test_it_starts_at_once_or_nothing_is_kept(board: Board, write: Ask) -> None:
    assert (
        "No figures"
        in errors(write("post", "objectives/", BODY | {"start_now": True}))["start_now"]
    )
    assert not Objective.objects.exists()
    board.figures("leads", 7)
    board.compute(HALF_WAY)
    answer = write("post", "objectives/", BODY | {"start_now": True})
    assert answer.json()["state"] == "active"


def test_the_same_call_again_writes_nothing(board: Board, write: Ask) -> None:
    ids = {
        write("post", "objectives/", BODY, **{"Idempotency-Key": "one"}).json()["id"]
        for _time in range(2)
    }
    assert (len(ids), Objective.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"metric": "nothing"}, "metric"),
        ({"owner": "bob@example.com"}, "owner"),
        ({"parent": "obj_nothing"}, "parent"),
        ({"channel": "tablet"}, "channel"),
        ({"end": "2025-01-01"}, "end"),
        ({"kind": "between"}, "target_high"),
        ({"stretch": "1"}, "stretch"),
        ({"milestones": [{"day": "2027-01-01", "value": "1"}]}, "milestones"),
        ({"target": "many"}, "target"),
    ],
)
def test_what_is_wrong_has_an_entry(
    board: Board, write: Ask, changes: dict[str, Any], field: str
) -> None:
    found = errors(write("post", "objectives/", BODY | changes))
    assert field in found or "__all__" in found


def test_a_change_says_which_version_it_changes(objective: Objective, write: Ask) -> None:
    path, change = f"objectives/{objective.public_id}/", {"target": "1000", "reason": "More"}
    assert write("patch", path, change).status_code == 428
    assert write("patch", path, change, **{"If-Match": '"other"'}).status_code == 412
    answer = write("patch", path, change, **{"If-Match": tag(objective)})
    assert (answer.status_code, answer["ETag"] != tag(objective)) == (200, True)
    assert (answer.json()["target"], answer.json()["goal"]) == ("1000", "Grow")


def tag(objective: Objective) -> str:
    return etag(objective_json(objective))


def test_a_change_of_the_agreement_needs_a_reason(objective: Objective, write: Ask) -> None:
    path, match = f"objectives/{objective.public_id}/", {"If-Match": tag(objective)}
    assert "reason" in errors(write("patch", path, {"target": "1000"}, **match))


def test_the_address_reads_its_version(ask: Ask, objective: Objective) -> None:
    assert ask(f"objectives/{objective.public_id}/")["ETag"] == tag(objective)
