"""Facts sent by scripts: all or nothing, once, and with what became of each row."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import IdempotentCall, User, Workspace
from accounts.scope import workspace_scope
from metrics.facts import undo_batch
from metrics.models import Batch, Campaign, Coverage, Fact, Feed
from metrics.periods import Grain
from metrics.series import values
from metrics.snapshots import refresh
from tests.api.conftest import errors, script
from tests.objectives.board import at

TODAY = date(2026, 2, 15)
Send = Callable[..., Any]


@pytest.fixture
def client(northwind: Workspace, erin: User) -> Client:
    return script(northwind, erin, "write")


@pytest.fixture
def send(client: Client, monkeypatch: pytest.MonkeyPatch) -> Send:
    """Sends rows under the feed "CRM"; gives the response."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(TODAY))

    def post(*rows: dict[str, Any], key: str = "", feed: str = "CRM", **more: Any) -> Any:
        return client.post(
            "/api/v1/workspaces/northwind/facts/",
            {"feed": feed, "facts": list(rows), **more},
            content_type="application/json",
            headers={"Idempotency-Key": key} if key else {},
        )

    return post


def leads(day: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"metric": "leads", "date": day, "value": value, **more}


def stored(workspace: Workspace) -> list[tuple[str, date, Decimal]]:
    with workspace_scope(workspace.pk):
        facts = Fact.objects.filter(workspace=workspace).order_by("metric__key", "day")
        return list(facts.values_list("metric__key", "day", "value"))


def count_of(workspace: Workspace) -> int:
    return len(stored(workspace))


def test_rows_are_written_and_each_is_answered(send: Send, northwind: Workspace) -> None:
    response = send(leads("2026-02-01", "12"), leads("2026-02-02", 7))
    assert response.status_code == 200
    assert response.json()["facts"] == {"new": 2, "changed": 0, "same": 0}
    assert response.json()["rows"] == ["new", "new"]
    again = send(leads("2026-02-01", "12"), leads("2026-02-02", "8"), leads("2026-02-03", 1))
    assert again.json()["rows"] == ["same", "changed", "new"]
    assert [value for _key, _day, value in stored(northwind)] == [12, 8, 1]


def test_the_feed_is_made_and_says_that_it_is_an_api(send: Send, northwind: Workspace) -> None:
    send(leads("2026-02-01", 1))
    with workspace_scope(northwind.pk):
        feed = Feed.objects.get(workspace=northwind, name="CRM")
        assert (feed.kind, feed.last_data_day) == (Feed.Kind.API, date(2026, 2, 1))
        assert Batch.objects.get(feed=feed).kind == Batch.Kind.API


def test_a_value_of_several_days_is_spread_to_the_cent(send: Send, northwind: Workspace) -> None:
    row = {"metric": "cost_tools", "from": "2026-01-01", "to": "2026-01-03", "value": "100"}
    assert send(row).json()["facts"]["new"] == 3
    shares = [value for _key, _day, value in stored(northwind)]
    assert sum(shares) == 100
    assert set(shares) == {Decimal("33.33"), Decimal("33.34")}


def test_it_is_on_the_pages_after_the_next_calculation(send: Send, northwind: Workspace) -> None:
    send(leads("2026-02-01", 12, channel="organic"), leads("2026-02-02", 7, channel="organic"))
    with workspace_scope(northwind.pk):
        refresh(northwind, today=TODAY, now=at(TODAY))
        found = values(
            northwind, "leads", Grain.MONTH, date(2026, 2, 1), date(2026, 2, 28), today=TODAY
        )
    assert [one.value for one in found] == [19]


def test_campaigns_are_made_and_channels_are_not(send: Send, northwind: Workspace) -> None:
    send(leads("2026-02-01", 2, campaign="Spring fair"))
    with workspace_scope(northwind.pk):
        assert Campaign.objects.filter(workspace=northwind, name="Spring fair").exists()
    refused = errors(send(leads("2026-02-01", 2, channel="carrier pigeon")))
    assert "carrier pigeon" in refused["facts.0.channel"]


def test_covered_days_without_a_row_are_zero(send: Send, northwind: Workspace) -> None:
    send(leads("2026-02-02", 3), covers={"from": "2026-02-01", "to": "2026-02-07"})
    with workspace_scope(northwind.pk):
        (covered,) = Coverage.objects.filter(workspace=northwind)
        assert (covered.start, covered.end, covered.zero_filled) == (
            date(2026, 2, 1),
            date(2026, 2, 7),
            True,
        )


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"metric": "leeds", "date": "2026-02-01", "value": 1}, "facts.1.metric"),
        ({"metric": "cpl", "date": "2026-02-01", "value": 1}, "facts.1.metric"),
        (leads("2026-02-30", 1), "facts.1.date"),
        (leads("2026-02-16", 1), "facts.1.date"),
        (leads("2026-02-01", -1), "facts.1.value"),
        (leads("2026-02-01", "NaN"), "facts.1.value"),
        (leads("2026-02-01", "1e40"), "facts.1.value"),
        (leads("2026-02-01", None), "facts.1.value"),
        ({"metric": "leads", "value": 1}, "facts.1.date"),
        ({"metric": "leads", "value": 1, "from": "2026-02-03", "to": "2026-02-01"}, "facts.1.to"),
        ({"metric": "leads", "value": 1, "date": "2026-02-01", "to": "2026-02-02"}, "facts.1.date"),
        (leads("2026-02-01", 1, device="fridge"), "facts.1.device"),
        (leads("2026-02-03", 2), "facts.1"),
    ],
)
def test_one_bad_row_leaves_everything_out(
    send: Send, northwind: Workspace, row: dict[str, Any], field: str
) -> None:
    assert field in errors(send(leads("2026-02-03", 1), row))
    assert stored(northwind) == []
    with workspace_scope(northwind.pk):
        assert not Batch.objects.filter(workspace=northwind).exists()
        assert not Feed.objects.filter(workspace=northwind, name="CRM").exists()


def test_every_bad_row_is_named(send: Send) -> None:
    found = errors(send(leads("x", 1), leads("2026-02-01", 1), leads("2026-02-02", "y")))
    assert set(found) == {"facts.0.date", "facts.2.value"}


def test_what_is_typed_by_hand_is_left_alone(send: Send) -> None:
    assert "feed" in errors(send(leads("2026-02-01", 1), feed="Manual entry"))


@pytest.mark.parametrize("count", [0, 10_001])
def test_a_call_holds_one_to_ten_thousand_rows(send: Send, count: int) -> None:
    assert "facts" in errors(send(*[leads("2026-02-01", 1)] * count))


@pytest.mark.parametrize("value", ["1_000", "1 000", "Infinity", "sNaN", True, [1], {"a": 1}, ""])
def test_a_number_is_what_programs_write(send: Send, northwind: Workspace, value: Any) -> None:
    assert "decimal point" in errors(send(leads("2026-02-01", value)))["facts.0.value"]
    assert stored(northwind) == []


def test_a_slip_in_a_fields_name_is_no_total(send: Send, northwind: Workspace) -> None:
    refused = errors(send(leads("2026-02-01", 1), leads("2026-02-02", 1, chanel="organic")))
    assert "channel" in refused["facts.1.chanel"]
    assert "covers" in errors(send(leads("2026-02-01", 1), cover={}))["cover"]
    assert stored(northwind) == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_json_that_is_none_is_refused(client: Client, number: str) -> None:
    fact = f'{{"metric": "leads", "date": "2026-02-01", "value": {number}}}'
    body = f'{{"feed": "CRM", "facts": [{fact}]}}'
    path = "/api/v1/workspaces/northwind/facts/"
    response = client.post(path, body, content_type="application/json")
    assert response.status_code == 400
    assert "JSON" in response.json()["detail"]


def test_json_that_never_ends_is_refused(client: Client) -> None:
    path = "/api/v1/workspaces/northwind/facts/"
    response = client.post(path, b"[" * 100_000, content_type="application/json")
    assert response.status_code == 400
    assert "nested too deeply" in response.json()["detail"]


def test_names_keep_their_letters(send: Send, northwind: Workspace) -> None:
    name = "Été 🎉 «soldes» — 50 %"
    assert send(leads("2026-02-01", 1, campaign=name), feed="Flux n° 1").status_code == 200
    with workspace_scope(northwind.pk):
        assert Campaign.objects.get(workspace=northwind).name == name


def test_ten_thousand_rows_are_one_call(send: Send, northwind: Workspace) -> None:
    rows = [leads("2026-02-01", n % 7 + 1, campaign=f"c{n}") for n in range(9_999)]
    assert "facts.9999.value" in errors(send(*rows, leads("2026-02-02", "many")))
    assert count_of(northwind) == 0
    whole = [*rows, leads("2026-02-02", 5)]
    assert send(*whole, key="night").json()["rows"] == ["new"] * 10_000
    changed = send(*rows, leads("2026-02-02", 6)).json()
    assert changed["facts"] == {"new": 0, "changed": 1, "same": 9_999}
    assert changed["rows"][-2:] == ["same", "changed"]
    assert send(*whole, key="night")["Idempotency-Replayed"] == "true"
    assert count_of(northwind) == 10_000


def test_a_call_that_is_too_large_is_refused_unread(client: Client) -> None:
    response = client.post(
        "/api/v1/workspaces/northwind/facts/",
        b" " * (8 * 1024 * 1024 + 1),
        content_type="application/json",
    )
    assert response.status_code == 413
    assert "in parts" in response.json()["detail"]


def test_the_same_key_writes_once(send: Send, northwind: Workspace) -> None:
    first = send(leads("2026-02-01", 5), key="monday")
    again = send(leads("2026-02-01", 5), key="monday")
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    with workspace_scope(northwind.pk):
        assert Batch.objects.filter(workspace=northwind).count() == 1


def test_the_same_key_for_another_call_is_a_mistake(send: Send, northwind: Workspace) -> None:
    send(leads("2026-02-01", 5), key="monday")
    assert send(leads("2026-02-01", 6), key="monday").status_code == 422
    assert [value for _key, _day, value in stored(northwind)] == [5]


def test_a_refused_call_may_be_mended_under_its_key(send: Send, northwind: Workspace) -> None:
    assert send(leads("2026-02-01", "five"), key="monday").status_code == 400
    assert send(leads("2026-02-01", 5), key="monday").status_code == 200
    assert count_of(northwind) == 1


def test_a_key_is_free_again_after_a_day(
    send: Send, northwind: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(leads("2026-02-01", 5), key="monday")
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(date(2026, 2, 17)))
    assert send(leads("2026-02-01", 6), key="monday").status_code == 200
    with workspace_scope(northwind.pk):
        assert IdempotentCall.objects.filter(workspace=northwind).count() == 1


def test_keys_of_two_tokens_are_two(send: Send, northwind: Workspace, alice: User) -> None:
    send(leads("2026-02-01", 5), key="monday")
    other = script(northwind, alice, "write").post(
        "/api/v1/workspaces/northwind/facts/",
        {"feed": "CRM", "facts": [leads("2026-02-01", 6)]},
        content_type="application/json",
        headers={"Idempotency-Key": "monday"},
    )
    assert other.json()["rows"] == ["changed"]


def test_a_call_can_be_undone(send: Send, northwind: Workspace, erin: User) -> None:
    send(leads("2026-02-01", 5))
    changed = send(leads("2026-02-01", 6)).json()["import_id"]
    with workspace_scope(northwind.pk):
        undo_batch(Batch.objects.get(public_id=changed), user=erin, now=at(TODAY))
    assert [value for _key, _day, value in stored(northwind)] == [5]
