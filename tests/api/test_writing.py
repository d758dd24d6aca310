"""The API writes feeds, campaigns, costs and imports: what holds for all, and for each."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User, Workspace
from accounts.scope import workspace_scope
from metrics.models import Batch, Campaign, Cost, Fact, Feed
from tests.api.conftest import errors, script

ROOT = "/api/v1/workspaces/northwind/"
LONG = "date,metric,value\n2026-03-01,leads,4\n2026-03-02,leads,5\n"
UNCLEAR = "date,metric,value\n03/04/2024,leads,4\n05/06/2024,leads,5\n"
COST = {"category": "tools", "amount": "90.00", "start": "2026-03-01", "end": "2026-03-31"}

RECURS = {"category": "tools", "amount": "90.00", "rhythm": "quarter", "start": "2026-01-01"}


@pytest.fixture
def client(northwind: Workspace, erin: User) -> Client:
    """An editor's script."""
    return script(northwind, erin, "write")


def post(client: Client, path: str, body: Any, **headers: str) -> Any:
    return client.post(ROOT + path, body, content_type="application/json", headers=headers)


def patch(client: Client, path: str, body: Any, **headers: str) -> Any:
    return client.patch(ROOT + path, body, content_type="application/json", headers=headers)


def upload(client: Client, text: str, key: str = "", **fields: str) -> Any:
    file = SimpleUploadedFile("leads.csv", text.encode())
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"{ROOT}imports/", {"file": file, **fields}, headers=headers)


MADE = [
    ("feeds/", {"name": "CRM", "rhythm": "week", "delay_days": 2}, {"name": "Our CRM"}),
    ("campaigns/", {"name": "Été 2026", "channel": "organic"}, {"budget": "500.00"}),
    ("costs/", COST, {"amount": "120.00"}),
    ("recurring-costs/", RECURS, {"amount": "120.00"}),
]


@pytest.mark.parametrize(("path", "made", "changed"), MADE)
def test_made_read_changed_and_listed(
    client: Client, path: str, made: dict[str, Any], changed: dict[str, Any]
) -> None:
    new = post(client, path, made)
    assert new.status_code == 201
    one = path + new.json()["id"] + "/"
    read = client.get(ROOT + one)
    assert read.json() == new.json()
    assert read["ETag"] == new["ETag"]
    after = patch(client, one, changed, **{"If-Match": read["ETag"]})
    assert after.status_code == 200
    assert after.json() != read.json()
    assert after["ETag"] != read["ETag"]
    listed = {row["id"]: row for row in client.get(ROOT + path).json()["results"]}
    assert listed[after.json()["id"]] == after.json()
    whole = client.get(ROOT + path + after.json()["id"] + "/")
    again = patch(client, f"{path}{after.json()['id']}/", whole.json(), **{"If-Match": "*"})
    assert again.status_code == 200, again.json()  # what was read may be sent back whole


@pytest.mark.parametrize(("path", "made", "changed"), MADE)
def test_of_two_who_change_one_is_told(
    client: Client, path: str, made: dict[str, Any], changed: dict[str, Any]
) -> None:
    new = post(client, path, made)
    one = path + new.json()["id"] + "/"
    assert patch(client, one, changed, **{"If-Match": new["ETag"]}).status_code == 200
    stale = patch(client, one, changed, **{"If-Match": new["ETag"]})
    assert (stale.status_code, stale["Content-Type"]) == (412, "application/problem+json")
    assert patch(client, one, changed).status_code == 428


@pytest.mark.parametrize(("path", "made", "changed"), MADE)
def test_a_call_sent_twice_makes_one(
    client: Client, path: str, made: dict[str, Any], changed: dict[str, Any]
) -> None:
    first, again = (post(client, path, made, **{"Idempotency-Key": "k"}) for _n in range(2))
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    other = post(client, path, made | changed, **{"Idempotency-Key": "k"})
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("feeds/", {"rhythm": "yearly", "delay_days": 100}, {"name", "rhythm", "delay_days"}),
        ("campaigns/", {"name": "X", "channel": "nowhere", "owner": "bob@example.com"},
         {"channel", "owner"}),
        ("campaigns/", {"name": "X", "start": "2026-03-02", "end": "2026-03-01"}, {"__all__"}),
        ("costs/", {"category": "toys", "amount": "-1"}, {"category", "amount", "start"}),
        ("costs/", COST | {"campaign": "cmp_unknown"}, {"campaign"}),
        ("costs/", COST | {"chanel": "organic"}, {"chanel"}),
        ("campaigns/", {"name": "Spring", "buget": "5"}, {"buget"}),
        ("feeds/", {"name": "CRM", "delay": 2}, {"delay"}),
        ("costs/", COST | {"end": "2026-02-01"}, {"end"}),
        ("costs/", COST | {"share_by": "leads", "channel": "organic"}, {"share_by"}),
        ("recurring-costs/", {"rhythm": "week"}, {"category", "amount", "rhythm", "start"}),
        ("recurring-costs/", RECURS | {"last": "2025-12-31"}, {"end"}),
        ("recurring-costs/", RECURS | {"channel": "nowhere"}, {"channel"}),
    ],
)  # fmt: skip
def test_a_refusal_names_each_field(
    client: Client, path: str, body: dict[str, Any], fields: set[str]
) -> None:
    assert set(errors(post(client, path, body))) == fields


def test_a_feed_of_this_name_is_there(client: Client) -> None:
    assert post(client, "feeds/", {"name": "CRM"}).status_code == 201
    assert set(errors(post(client, "feeds/", {"name": "crm"}))) == {"name"}


def test_setting_the_rhythm_ends_learning_it(client: Client, northwind: Workspace) -> None:
    new = post(client, "feeds/", {"name": "CRM"})
    assert new.json()["is_learned"]
    one = f"feeds/{new.json()['id']}/"
    after = patch(client, one, {"rhythm": "week"}, **{"If-Match": new["ETag"]})
    assert not after.json()["is_learned"]
    with workspace_scope(northwind.pk):
        assert Feed.objects.get(name="CRM").rhythm == "week"


def test_a_campaign_is_known_by_one_name(client: Client) -> None:
    assert post(client, "campaigns/", {"name": "Été 2026"}).status_code == 201
    assert set(errors(post(client, "campaigns/", {"name": "ete  2026"}))) == {"name"}


def test_costs_follow_their_campaigns_channel(client: Client, northwind: Workspace) -> None:
    campaign = post(client, "campaigns/", {"name": "Spring", "channel": "organic"})
    post(client, "costs/", COST | {"campaign": campaign.json()["id"]})
    one = f"campaigns/{campaign.json()['id']}/"
    patch(client, one, {"channel": "email"}, **{"If-Match": campaign["ETag"]})
    with workspace_scope(northwind.pk):
        assert Campaign.objects.get().channel is not None
        channels = set(Fact.objects.values_list("channel_id", flat=True))
        assert channels == {Campaign.objects.get().channel_id}


def test_a_cost_is_spread_and_taken_back(client: Client, northwind: Workspace) -> None:
    new = post(client, "costs/", COST)
    one = f"{ROOT}costs/{new.json()['id']}/"
    with workspace_scope(northwind.pk):
        assert sum(fact.value for fact in Fact.objects.all()) == Decimal("90.00")
    assert client.delete(one, headers={"If-Match": '"other"'}).status_code == 412
    assert client.delete(one, headers={"If-Match": new["ETag"]}).status_code == 204
    with workspace_scope(northwind.pk):
        assert not Fact.objects.exists()
        assert not Cost.objects.exists()


def test_costs_come_in_pages(client: Client) -> None:
    for month in (1, 2, 3):
        day = f"2026-0{month}-01"
        post(client, "costs/", COST | {"start": day, "end": day})
    found, url = [], f"{ROOT}costs/?page_size=2&category=tools&year=2026"
    while url:
        page = client.get(url).json()
        found += [row["start"] for row in page["results"]]
        url = page["next"]
    assert found == ["2026-03-01", "2026-02-01", "2026-01-01"]


def test_a_contributor_writes_costs_and_nothing_else(northwind: Workspace, cast: Any) -> None:
    carl = script(northwind, cast.carl, "write")
    assert post(carl, "costs/", COST).status_code == 201
    assert post(carl, "campaigns/", {"name": "X"}).status_code == 403
    assert upload(carl, LONG).status_code == 403


def test_a_file_is_imported_looked_at_and_undone(client: Client, northwind: Workspace) -> None:
    new = upload(client, LONG, feed="CRM")
    assert new.status_code == 201
    shown = new.json()
    assert (shown["state"], shown["feed"], shown["facts"]["new"]) == ("committed", "CRM", 2)
    assert shown["metrics"] == {"leads": "9"}
    one = f"{ROOT}imports/{shown['id']}/"
    assert client.get(one).json() == shown
    assert client.get(f"{ROOT}imports/").json()["results"] == [shown]
    for _again in range(2):
        assert client.post(f"{one}undo/").json()["state"] == "undone"
    with workspace_scope(northwind.pk):
        assert not Fact.objects.exists()


def test_a_dry_run_keeps_nothing(client: Client, northwind: Workspace) -> None:
    tried = upload(client, LONG, dry_run="true")
    assert (tried.status_code, tried.json()["state"], tried.json()["id"]) == (200, "dry_run", None)
    assert tried.json()["facts"]["new"] == 2
    with workspace_scope(northwind.pk):
        assert not Batch.objects.exists()


def test_each_row_that_is_wrong_is_named(client: Client) -> None:
    broken = LONG.replace("2026-03-02", "2026-02-31")
    for dry_run in ("true", "false"):
        assert list(errors(upload(client, broken, dry_run=dry_run))) == ["file.3.date"]
    assert upload(client, broken, partial="true").json()["facts"]["new"] == 1


def test_a_question_is_a_field_and_its_answer_too(client: Client) -> None:
    assert list(errors(upload(client, UNCLEAR))) == ["date_order"]
    assert upload(client, UNCLEAR, date_order="dmy").status_code == 201


def test_a_file_sent_twice_is_imported_once(client: Client) -> None:
    first, again = (upload(client, LONG, key="k") for _n in range(2))
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert upload(client, LONG + "2026-03-03,leads,1\n", key="k").status_code == 422


def test_a_call_without_a_file_and_too_large_a_file(client: Client, settings: Any) -> None:
    assert list(errors(client.post(f"{ROOT}imports/", {"feed": "CRM"}))) == ["file"]
    settings.IMPORT_MAX_MEGABYTES = 1
    assert list(errors(upload(client, "x" * (1024 * 1024 + 1)))) == ["file"]
    both = upload(client, LONG, covers_from="2026-03-01")
    assert list(errors(both)) == ["covers_to"]
