"""Alerts and their rules by API: acts, versions, refusals."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User, Workspace
from objectives.inbox import numbers_as_text
from objectives.models import Alert, AlertRule
from tests.api.conftest import errors, script
from tests.objectives.board import HALF_WAY, Board

BASE = "/api/v1/workspaces/northwind/"
LEVEL = {"kind": "level", "metric": "leads", "threshold": "50", "side": "below", "grain": "week"}


@pytest.fixture
def client(northwind: Workspace, erin: User) -> Client:
    return script(northwind, erin, scope="write")


@pytest.fixture
def alert(board: Board) -> Alert:
    board.figures("leads", 7)
    board.objective("leads", 900)
    board.night(HALF_WAY)
    return Alert.objects.get()


def send(client: Client, path: str, data: Any = None, method: str = "post", **headers: str) -> Any:
    return getattr(client, method)(
        f"{BASE}{path}", data or {}, content_type="application/json", headers=headers
    )


def test_acts_answer_with_the_alert_as_it_is_now(alert: Alert, client: Client) -> None:
    path = f"alerts/{alert.public_id}/"
    taken = send(client, f"{path}acknowledge/").json()
    assert taken["acknowledged_by"] == "Erin Example"
    snoozed = send(client, f"{path}snooze/", {"until": "2026-02-20"}).json()
    assert snoozed["snoozed_until"] == "2026-02-20"
    worse = send(client, f"{path}snooze/", {"until_worse": True}).json()
    assert (worse["snoozed_until"], worse["snoozed_until_worse"]) == (None, True)
    closed = send(client, f"{path}resolve/", {"note": "Seasonal"}).json()
    assert (closed["closed_on"], closed["close_reason"]) == ("2026-02-15", "Seasonal")
    assert set(errors(send(client, f"{path}resolve/"))) == {"detail"}


def test_a_day_gone_by_is_refused(alert: Alert, client: Client) -> None:
    response = send(client, f"alerts/{alert.public_id}/snooze/", {"until": "2026-02-15"})
    assert errors(response) == {"until": "Choose a day after today."}


def test_a_stale_act_is_refused(alert: Alert, client: Client) -> None:
    path = f"alerts/{alert.public_id}/"
    tag = client.get(f"{BASE}{path}")["ETag"]
    assert send(client, f"{path}acknowledge/", **{"If-Match": tag}).status_code == 200
    assert send(client, f"{path}resolve/", **{"If-Match": tag}).status_code == 412


def test_an_act_sent_twice_is_done_once(alert: Alert, client: Client) -> None:
    path, key = f"alerts/{alert.public_id}/comment/", {"Idempotency-Key": "one"}
    for _again in range(2):
        assert send(client, path, {"note": "Looked."}, **key).status_code == 200
    assert alert.acts.filter(kind="commented").count() == 1


def test_a_rule_is_written_read_changed_and_taken_away(board: Board, client: Client) -> None:
    made = send(client, "alert-rules/", LEVEL)
    assert made.status_code == 201
    rule = made.json()
    assert rule["sentence"] == "Leads: less than 50, in a week."
    path = f"alert-rules/{rule['id']}/"
    assert client.get(f"{BASE}alert-rules/").json()["results"][0]["id"] == rule["id"]
    assert send(client, path, {"threshold": "40"}, "patch").status_code == 428
    tag = {"If-Match": made["ETag"]}
    changed = send(client, path, {"threshold": "40"}, "patch", **tag)
    assert changed.json()["threshold"] == "40"
    assert send(client, path, {"threshold": "30"}, "patch", **tag).status_code == 412
    assert send(client, path, None, "delete", **{"If-Match": changed["ETag"]}).status_code == 204
    assert not AlertRule.objects.filter(kind="level").exists()


def test_what_is_wrong_is_said_by_field(board: Board, client: Client) -> None:
    wrong = send(client, "alert-rules/", {"kind": "level", "metric": "nothing"})
    assert errors(wrong) == {"metric": "The workspace has no “nothing”."}
    assert set(errors(send(client, "alert-rules/", {"kind": "level"}))) == {"metric", "threshold"}
    assert set(errors(send(client, "alert-rules/", {"kind": "magic"}))) == {"kind"}


def test_a_replay_stores_nothing(board: Board, client: Client) -> None:
    board.figures("leads", 7)
    board.compute(HALF_WAY)
    told = send(client, "alert-rules/replay/", LEVEL).json()
    assert len(told["opened"]) == 1
    assert not AlertRule.objects.filter(kind="level").exists()


def test_evidence_has_its_decimals_as_text() -> None:
    stored = {"value": 0.00001, "n": 84, "late": True, "points": [["2026-02", 12.5], [None, -3.0]]}
    assert numbers_as_text(stored) == {
        "value": "0.00001",
        "n": 84,
        "late": True,
        "points": [["2026-02", "12.5"], [None, "-3"]],
    }
