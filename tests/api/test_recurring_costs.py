"""Costs that come back, through the API: their lines follow, what was spent stays."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User, Workspace
from accounts.scope import workspace_scope
from metrics.models import Cost, Fact, RecurringCost
from tests.api.conftest import errors, script
from tests.cast import Cast
from tests.objectives.board import at

PATH = "/api/v1/workspaces/northwind/recurring-costs/"
TERMS = {"category": "tools", "amount": "100.00", "rhythm": "month", "start": "2026-01-01"}


@pytest.fixture
def client(northwind: Workspace, erin: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    """An editor's script on 9 March 2026."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(date(2026, 3, 9)))
    return script(northwind, erin, "write")


def added(client: Client, **changes: Any) -> Any:
    response = client.post(PATH, TERMS | changes, content_type="application/json")
    assert response.status_code == 201, response.json()
    return response


def change(client: Client, cost: Any, body: dict[str, Any], tag: str = "") -> Any:
    headers = {"If-Match": tag or cost["ETag"]}
    address = f"{PATH}{cost.json()['id']}/"
    return client.patch(address, body, content_type="application/json", headers=headers)


def lines(workspace: Workspace) -> list[Decimal]:
    with workspace_scope(workspace.pk):
        return list(Cost.objects.order_by("start").values_list("amount", flat=True))


def test_the_turns_that_began_are_in_the_ledger(client: Client, northwind: Workspace) -> None:
    shown = added(client).json()
    assert (shown["next"], shown["last"], shown["version"]) == ("2026-04-01", None, 1)
    assert lines(northwind) == [100, 100, 100]
    with workspace_scope(northwind.pk):
        assert sum(fact.value for fact in Fact.objects.all()) == 300


def test_a_change_from_a_day_on_leaves_what_was_spent(client: Client, northwind: Workspace) -> None:
    cost = added(client)
    changed = change(client, cost, {"amount": "150", "from_day": "2026-03-01"})
    assert changed.status_code == 200
    assert (changed.json()["start"], changed.json()["amount"]) == ("2026-03-01", "150")
    assert changed.json()["id"] != cost.json()["id"]
    assert client.get(f"{PATH}{cost.json()['id']}/").json()["last"] == "2026-02-28"
    assert lines(northwind) == [100, 100, 150]


def test_a_change_of_the_whole_changes_every_line(client: Client, northwind: Workspace) -> None:
    assert change(client, added(client), {"amount": "80"}).json()["version"] == 2
    assert lines(northwind) == [80, 80, 80]


def test_a_last_day_ends_it(client: Client, northwind: Workspace) -> None:
    ended = change(client, added(client), {"last": "2026-02-28"})
    assert (ended.json()["last"], ended.json()["next"]) == ("2026-02-28", None)
    assert lines(northwind) == [100, 100]
    going_on = change(client, ended, {"last": None})
    assert going_on.json()["next"] == "2026-04-01"


def test_deleting_takes_its_lines_along(client: Client, northwind: Workspace) -> None:
    cost = added(client)
    address = f"{PATH}{cost.json()['id']}/"
    assert client.delete(address, headers={"If-Match": '"other"'}).status_code == 412
    assert client.delete(address, headers={"If-Match": cost["ETag"]}).status_code == 204
    assert lines(northwind) == []
    with workspace_scope(northwind.pk):
        assert not Fact.objects.exists()


def test_a_change_that_cannot_be_says_why(client: Client) -> None:
    cost = added(client)
    early = errors(change(client, cost, {"from_day": "2026-01-01"}))
    assert early == {"from_day": "Choose a day after the first one, or change the whole cost."}
    both = {"from_day": "2026-03-01", "start": "2026-02-01"}
    assert set(errors(change(client, cost, both))) == {"start"}
    assert set(errors(change(client, cost, {"campaign": "cmp_unknown"}))) == {"campaign"}


def test_a_call_of_one_name_makes_one(client: Client, northwind: Workspace) -> None:
    for _n in range(2):
        client.post(
            PATH, TERMS, content_type="application/json", headers={"Idempotency-Key": "once"}
        )
    assert lines(northwind) == [100, 100, 100]


def test_it_takes_the_scope_to_write_and_stays_in_its_workspace(client: Client, cast: Cast) -> None:
    cost = added(client)
    reads = script(cast.northwind, cast.erin, "read")
    assert reads.get(PATH).json()["results"][0]["id"] == cost.json()["id"]
    assert reads.post(PATH, TERMS, content_type="application/json").status_code == 403
    assert change(reads, cost, {"amount": "1"}).status_code == 403
    vera = script(cast.northwind, cast.vera, "write")
    assert vera.post(PATH, TERMS, content_type="application/json").status_code == 403
    bob = script(cast.acme, cast.bob, "write")
    elsewhere = PATH.replace("northwind", cast.acme.slug) + f"{cost.json()['id']}/"
    assert bob.get(elsewhere).status_code == 404
    assert bob.delete(elsewhere, headers={"If-Match": "*"}).status_code == 404
    with workspace_scope(cast.northwind.pk):
        assert RecurringCost.objects.get().amount == 100
