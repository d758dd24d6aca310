"""Campaigns in the administration go through their writer: plan, names, merges, history."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client

from accounts.scope import system_scope, workspace_scope
from metrics.costs import save_cost
from metrics.models import Campaign, CampaignName, Cost, DimensionValue, StaleSpan
from tests.admin.conftest import Enters, metric_id, sentences
from tests.cast import Cast

LIST = "/admin/metrics/campaign/"
SPRING = {
    "name": "Spring", "start": "2026-03-01", "end": "2026-03-31", "budget": "5 000,50",
    "names": "spring-sale\nSpring 26", "note": "",
}  # fmt: skip


def stored(name: str = "Spring") -> Campaign:
    with system_scope():
        return Campaign.objects.select_related("outcome").get(name=name)


def made(client: Client, **changes: Any) -> Campaign:
    response = client.post(f"{LIST}add/", SPRING | changes)
    assert response.status_code == 302, sentences(response)
    return stored(changes.get("name", "Spring"))


def named(campaign: Campaign) -> set[str]:
    with system_scope():
        return set(CampaignName.objects.filter(campaign=campaign).values_list("name", flat=True))


def test_its_plan_and_names_are_kept(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    campaign = made(client, outcome=metric_id("leads"), outcome_target="40")
    assert (campaign.budget, campaign.outcome_target) == (Decimal("5000.50"), 40)
    assert named(campaign) == {"Spring", "spring-sale", "Spring 26"}
    assert "spring-sale" in sentences(client.get(f"{LIST}{campaign.pk}/change/"))
    assert "Erin Example" in sentences(client.get(f"{LIST}{campaign.pk}/history/"))


def test_what_the_writer_refuses_stands_beside_its_field(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    made(client)
    for wrong, sentence in (
        ({"name": ""}, "This field is required"),
        ({"name": "Autumn", "names": "spring-sale"}, "is a name of the campaign"),
        ({"name": "Autumn", "names": "", "budget": "much"}, "Enter a number, like"),
        ({"name": "Autumn", "names": "", "outcome_target": "4"}, "Choose the metric"),
        ({"name": "Autumn", "names": "", "end": "2026-02-01"}, "must not be before"),
    ):
        assert sentence in sentences(client.post(f"{LIST}add/", SPRING | wrong)), wrong
    with system_scope():
        assert Campaign.objects.count() == 1


def test_costs_and_figures_follow_another_channel(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    campaign = made(client)
    with workspace_scope(cast.northwind.pk):
        email = DimensionValue.objects.get(workspace=cast.northwind, dimension=1, key="email")
        save_cost(
            cast.northwind, user=cast.erin, category="tools", amount=Decimal(10),
            start=date(2026, 3, 2), end=date(2026, 3, 2), campaign=campaign,
        )  # fmt: skip
        StaleSpan.objects.all().delete()
    moved = SPRING | {"channel": email.pk, "seen_version": 1}
    assert client.post(f"{LIST}{campaign.pk}/change/", moved).status_code == 302
    with system_scope():
        fact_channels = set(
            StaleSpan.objects.filter(metric__key="cost_tools").values_list("metric__key", flat=True)
        )
    assert fact_channels == {"cost_tools"}


def test_somebody_quicker_is_not_written_over(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    address = f"{LIST}{made(client).pk}/change/"
    assert client.post(address, SPRING | {"note": "one", "seen_version": 1}).status_code == 302
    late = client.post(address, SPRING | {"note": "two", "seen_version": 1})
    assert "changed this meanwhile" in sentences(late)
    assert stored().note == "one"


def test_a_former_name_still_finds_it(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    campaign = made(client)
    client.post(f"{LIST}{campaign.pk}/change/", SPRING | {"name": "Printemps", "seen_version": 1})
    assert "Spring" in named(stored("Printemps"))


def test_two_become_one_with_all_that_belongs_to_them(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    target, source = made(client), made(client, name="Sprnig", names="")
    with workspace_scope(cast.northwind.pk):
        save_cost(
            cast.northwind, user=cast.erin, category="tools", amount=Decimal(10),
            start=date(2026, 3, 2), end=date(2026, 3, 2), campaign=source,
        )  # fmt: skip
    address = f"{LIST}{source.pk}/merge/"
    assert "Sprnig" in sentences(client.get(address))
    assert client.post(address, {"into": ""}).status_code == 422
    assert client.post(address, {"into": target.pk}).status_code == 302
    assert "Sprnig" in named(stored())
    with system_scope():
        assert Cost.objects.get().campaign_id == target.pk
    assert client.post(address, {"into": target.pk}).status_code == 404


def test_names_from_files_are_reviewed(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    with workspace_scope(cast.northwind.pk):
        waits = Campaign.objects.create(workspace=cast.northwind, name="summer", key="summer")
    assert "summer" in sentences(client.get(LIST, {"review": "waiting"}))
    client.post(LIST, {"action": "keep", "_selected_action": [waits.pk]})
    assert "summer</a>" not in sentences(client.get(LIST, {"review": "waiting"}))
    assert "summer</a>" in sentences(client.get(LIST, {"review": "done"}))


def test_another_workspaces_campaign_cannot_be_reached(cast: Cast, enters: Enters) -> None:
    own = made(enters(cast.erin))
    with workspace_scope(cast.acme.pk):
        other = Campaign.objects.create(workspace=cast.acme, name="Theirs", key="theirs")
    erin = enters(cast.erin)
    assert erin.get(f"{LIST}{other.pk}/merge/").status_code == 404
    assert erin.post(f"{LIST}{own.pk}/merge/", {"into": other.pk}).status_code == 422
    assert erin.post(f"{LIST}{other.pk}/change/", SPRING).status_code == 404
    erin.post(LIST, {"action": "keep", "_selected_action": [other.pk]})
    assert named(other) == set()
    carl = enters(cast.carl)
    assert carl.get(f"{LIST}{own.pk}/merge/").status_code == 403
    assert carl.post(f"{LIST}{own.pk}/merge/", {"into": own.pk}).status_code == 403


def test_a_file_is_shown_and_then_written_by_the_one_writer(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    campaign = made(client)
    assert f"{LIST}import/" in sentences(client.get(LIST))
    assert client.post(f"{LIST}import/", {}).status_code == 422
    sent = {"workspace": cast.northwind.pk, "pasted": "campaign\tbudget\nspring-sale\t9\nNew\t1"}
    shown = client.post(f"{LIST}import/", sent)["Location"]
    assert "<del>" in sentences(client.get(shown))
    assert stored().budget == Decimal("5000.50")
    for _click in range(2):
        assert client.post(shown, {"action": "import"}).status_code == 302
    assert "1 campaign is new, 1 was changed." in sentences(client.get(shown))
    assert stored().budget == 9
    assert "Erin Example" in sentences(client.get(f"{LIST}{campaign.pk}/history/"))
    assert enters(cast.bob).get(shown).status_code == 404
    assert enters(cast.carl).get(f"{LIST}import/").status_code == 403
    assert enters(cast.carl).post(shown, {"action": "import"}).status_code == 404
    theirs = {**sent, "workspace": cast.acme.pk}
    assert enters(cast.erin).post(f"{LIST}import/", theirs).status_code == 422


def test_a_file_of_campaigns_is_no_import_of_figures(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    sent = {"workspace": cast.northwind.pk, "pasted": "campaign\tbudget\nNew\t1"}
    number = client.post(f"{LIST}import/", sent)["Location"].rstrip("/").rsplit("/", 1)[1]
    assert client.get(f"/admin/metrics/batch/{number}/change/").status_code == 404
    act = f"/admin/metrics/batch/{number}/act/"
    assert client.post(act, {"action": "import"}).status_code == 404
    client.post(f"{LIST}import/{number}/", {"action": "cancel"})
    assert client.get(f"{LIST}import/{number}/").status_code == 404
