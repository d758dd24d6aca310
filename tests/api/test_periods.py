"""Targets by month or quarter through the API: every period, or none."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import User, Workspace
from objectives.models import Objective, State
from objectives.period_targets import periods_below
from tests.api.conftest import Ask, errors, script
from tests.api.test_schema import schema, validator  # noqa: F401
from tests.cast import Cast
from tests.objectives.board import HALF_WAY, Board

ROOT = "/api/v1/workspaces/northwind/objectives/"
MONTHS = [f"2026-{month:02d}" for month in range(1, 13)]
EACH = [{"period": key, "target": "100"} for key in MONTHS]
TARGETS = {"grain": "month", "targets": EACH}
EVEN = {"grain": "month", "how": "even"}


@pytest.fixture
def yearly(board: Board) -> Objective:
    """1 200 leads in 2026; two a day so far."""
    board.figures("leads", 2, date(2025, 11, 1))
    board.compute(HALF_WAY)
    return board.objective("leads", 1200, start=date(2026, 1, 1), end=date(2026, 12, 31))


@pytest.fixture
def client(northwind: Workspace, alice: User) -> Client:
    return script(northwind, alice, "write")


def post(client: Client, objective: Objective, body: Any, **headers: str) -> Any:
    path = f"{ROOT}{objective.public_id}/"
    tag = headers.pop("tag", None) or client.get(path).headers.get("ETag", "")
    headers = {"If-Match": tag} | {name.replace("_", "-"): one for name, one in headers.items()}
    path += "periods/"
    return client.post(path, body, content_type="application/json", headers=headers)


def test_twelve_started_by_one_call(client: Client, yearly: Objective, ask: Ask) -> None:
    answer = post(client, yearly, TARGETS | {"start_now": True})
    assert answer.status_code == 201
    made = periods_below(yearly)
    assert [one.state for one in made] == [State.ACTIVE] * 12
    rows = answer.json()["periods"]
    assert [row["objective"] for row in rows] == [one.public_id for one in made]
    assert (rows[1]["start"], rows[1]["end"], rows[1]["target"]) == (
        "2026-02-01",
        "2026-02-28",
        "100",
    )
    listed = ask(f"objectives/{yearly.public_id}/periods/").json()["results"]
    assert {one["id"] for one in listed} == {one.public_id for one in made}
    assert {one["parent"] for one in listed} == {yearly.public_id}


def test_a_proposal_makes_nothing(client: Client, yearly: Objective) -> None:
    answer = post(client, yearly, {"grain": "quarter", "how": "even", "dry_run": True})
    assert answer.status_code == 200
    said = answer.json()
    assert (said["total"], said["difference"], said["adds_up"]) == ("1200", "0", True)
    assert [row["target"] for row in said["periods"]] == ["300"] * 4
    assert [row["objective"] for row in said["periods"]] == [None] * 4
    assert periods_below(yearly) == []


def test_a_proposal_that_follows_last_year_needs_its_figures(
    client: Client, yearly: Objective
) -> None:
    wrong = errors(post(client, yearly, {"grain": "month", "how": "last_year"}))
    assert wrong == {"how": "There are too few figures of last year."}


def test_rows_come_in_any_order(client: Client, yearly: Objective) -> None:
    last_first = [{"period": "2026-12", "target": "111"}, {"period": "2026-01", "target": "89"}]
    assert (
        post(client, yearly, {"grain": "month", "targets": last_first + EACH[1:11]}).json()["total"]
        == "1200"
    )
    found = periods_below(yearly)
    assert (found[0].target, found[11].target) == (89, 111)


def test_a_sum_that_differs_is_refused_until_it_is_meant(client: Client, yearly: Objective) -> None:
    body = {"grain": "month", "targets": [{"period": "2026-01", "target": "95"}, *EACH[1:]]}
    wrong = errors(post(client, yearly, body))
    assert wrong == {
        "targets": "They add up to 1195 and the target is 1200. Mend them, or send may_differ."
    }
    assert periods_below(yearly) == []
    answer = post(client, yearly, body | {"may_differ": True})
    assert (answer.status_code, answer.json()["difference"]) == (201, "-5")


def test_each_wrong_row_is_named(client: Client, yearly: Objective) -> None:
    rows = [*EACH[:11], {"period": "2027-01", "target": "100"}, {"period": "2026-01", "target": 1}]
    wrong = errors(post(client, yearly, {"grain": "month", "targets": rows}))
    assert wrong == {
        "targets.11.period": "“2027-01” is none of its periods, which go from 2026-01 to 2026-12.",
        "targets.12.period": "“2026-01” has a target already, in row 0.",
    }
    unread = [*EACH[:11], {"period": "2026-12", "target": "many"}]
    assert set(errors(post(client, yearly, {"grain": "month", "targets": unread}))) == {
        "targets.11.target"
    }
    short = errors(post(client, yearly, {"grain": "month", "targets": EACH[:10]}))
    assert short == {"targets": "Give a target for: 2026-11, 2026-12."}
    assert periods_below(yearly) == []


def test_rows_that_cannot_start_are_named_and_none_is_kept(client: Client, board: Board) -> None:
    silent = board.objective("orders", 1200, start=date(2026, 1, 1), end=date(2026, 12, 31))
    backwards = {"grain": "month", "targets": EACH[::-1], "start_now": True}
    wrong = errors(post(client, silent, backwards))
    assert set(wrong) == {f"targets.{number}" for number in range(12)}
    assert wrong["targets.11"].startswith("January 2026 cannot start: ")
    assert periods_below(silent) == []


def test_how_or_targets_and_a_grain_that_fits(client: Client, board: Board) -> None:
    short = board.objective("leads", 10, start=date(2026, 1, 1), end=date(2026, 1, 31))
    assert set(errors(post(client, short, EVEN | TARGETS))) == {"targets"}
    assert set(errors(post(client, short, {"grain": "week", "how": "even"}))) == {"grain"}
    assert "It cannot be split so" in errors(post(client, short, EVEN))["grain"]


def test_the_same_call_twice_makes_twelve(client: Client, yearly: Objective) -> None:
    first, again = (post(client, yearly, EVEN, Idempotency_Key="k") for _time in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    other = post(client, yearly, EVEN)
    assert (other.status_code, other["Content-Type"]) == (409, "application/problem+json")
    assert len(periods_below(yearly)) == 12


def test_it_is_based_on_the_objective_as_it_is_now(client: Client, yearly: Objective) -> None:
    tag = client.get(f"{ROOT}{yearly.public_id}/")["ETag"]
    Objective.objects.filter(pk=yearly.pk).update(target=1300, version=yearly.version + 1)
    assert post(client, yearly, EVEN, tag=tag).status_code == 412
    path = f"{ROOT}{yearly.public_id}/periods/"
    assert client.post(path, EVEN, content_type="application/json").status_code == 428
    assert periods_below(yearly) == []


def test_who_may_not_write_makes_nothing(
    yearly: Objective, northwind: Workspace, cast: Cast
) -> None:
    for user, scope in ((cast.carl, "write"), (cast.vera, "write"), (cast.alice, "read")):
        assert post(script(northwind, user, scope), yearly, EVEN).status_code == 403
    stranger = script(cast.acme, cast.bob, "write")
    assert post(stranger, yearly, EVEN, tag="*").status_code == 404
    there = f"/api/v1/workspaces/acme/objectives/{yearly.public_id}/periods/"
    headers = {"If-Match": "*"}
    answer = stranger.post(there, EVEN, content_type="application/json", headers=headers)
    assert answer.status_code == 404
    assert periods_below(yearly) == []


def test_the_answers_are_as_described(
    client: Client,
    yearly: Objective,
    schema: dict[str, Any],  # noqa: F811
) -> None:
    path = "objectives/{public_id}/periods/"
    asked = validator(schema, path, "200", "post")
    asked.validate(post(client, yearly, EVEN | {"dry_run": True}).json())
    validator(schema, path, "201", "post").validate(post(client, yearly, EVEN).json())
