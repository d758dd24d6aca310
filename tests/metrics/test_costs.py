"""The cost ledger: spread to the cent, added up by category, channel and campaign."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Workspace
from metrics.costs import delete_cost, follow_campaigns, save_cost
from metrics.imports.importing import import_file
from metrics.imports.parsed import ImportOptions
from metrics.models import Campaign, Cost, DimensionValue, Fact, Feed
from metrics.typed import Conflict

MARCH = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}


def spend(workspace: Workspace, amount: object, **rest: Any) -> Cost:
    given: dict[str, Any] = {
        "user": None,
        "category": "tools",
        "amount": Decimal(str(amount)),
        **MARCH,
    }
    return save_cost(workspace, **(given | rest))


def total(workspace: Workspace, key: str = "cost_tools") -> Decimal:
    found = Fact.objects.filter(workspace=workspace, metric__key=key)
    return sum((one.value for one in found), Decimal(0))


def channel(workspace: Workspace, key: str) -> DimensionValue:
    return DimensionValue.objects.get(workspace=workspace, dimension=1, key=key)


def test_a_line_is_spread_to_the_cent(inside: Workspace) -> None:
    spend(inside, "100.00")
    assert Fact.objects.count() == 31
    assert total(inside) == 100
    assert all(one.value == round(one.value, 2) for one in Fact.objects.all())


def test_facts_are_of_the_feed_costs_and_not_set(inside: Workspace) -> None:
    spend(inside, 100)
    fact = Fact.objects.all()[0]
    assert fact.feed == Feed.objects.get(name="Costs")
    assert (fact.channel_id, fact.campaign_id, fact.device_id) == (-1, -1, 0)


def test_lines_of_the_same_days_add_up(inside: Workspace) -> None:
    spend(inside, "100.00")
    spend(inside, "50.50", start=date(2026, 3, 31), end=date(2026, 4, 1))
    assert total(inside) == Decimal("150.50")
    assert Fact.objects.count() == 32


def test_categories_are_metrics_of_their_own(inside: Workspace) -> None:
    spend(inside, 100)
    spend(inside, 40, category="staff")
    assert total(inside) == 100
    assert total(inside, "cost_staff") == 40


def test_changing_a_line_rewrites_its_old_and_its_new_days(inside: Workspace) -> None:
    line = spend(inside, 100)
    spend(inside, 31)
    spend(inside, 60, cost=line, version=1, start=date(2026, 4, 1), end=date(2026, 4, 30))
    march = Fact.objects.filter(day__month=3)
    assert [int(one.value) for one in march] == [1] * 31
    assert total(inside) == 91


def test_changing_the_category_empties_the_former_one(inside: Workspace) -> None:
    line = spend(inside, 100)
    spend(inside, 100, cost=line, version=1, category="agency")
    assert total(inside) == 0
    assert total(inside, "cost_agency") == 100
    assert Fact.objects.count() == 31


def test_deleting_a_line_leaves_the_others(inside: Workspace) -> None:
    line = spend(inside, 100)
    spend(inside, 31)
    delete_cost(line, user=None)
    assert total(inside) == 31


def test_the_last_line_takes_its_facts_and_its_coverage_along(inside: Workspace) -> None:
    delete_cost(spend(inside, 100), user=None)
    assert not Fact.objects.exists()
    assert Feed.objects.get(name="Costs").last_data_day is None


def test_a_campaign_gives_its_channel(inside: Workspace) -> None:
    social = channel(inside, "paid_social")
    spring = Campaign.objects.create(workspace=inside, name="Spring", key="spring", channel=social)
    spend(inside, 10, campaign=spring)
    spend(inside, 5, campaign=spring, channel=social)
    spend(inside, 3, channel=social)
    assert set(Fact.objects.values_list("channel_id", "campaign_id")) == {
        (social.pk, spring.pk), (social.pk, -1)
    }  # fmt: skip
    assert total(inside) == 18


def test_an_older_version_is_a_conflict(inside: Workspace) -> None:
    line = spend(inside, 100)
    spend(inside, 90, cost=line, version=1)
    with pytest.raises(Conflict):
        spend(inside, 80, cost=line, version=1)
    assert total(inside) == 90


@pytest.mark.parametrize(
    ("rest", "field"),
    [
        ({"amount": -1}, "amount"),
        ({"amount": "1.234"}, "amount"),
        ({"category": "lunch"}, "category"),
        ({"end": date(2026, 2, 1)}, "end"),
    ],
)
def test_what_is_refused(inside: Workspace, rest: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        spend(inside, rest.pop("amount", 1), **rest)
    assert field in caught.value.message_dict
    assert not Fact.objects.exists()


def test_costs_follow_a_campaign_that_an_import_gives_a_channel(inside: Workspace) -> None:
    campaign = Campaign.objects.create(workspace=inside, name="Spring", key="spring")
    save_cost(
        inside, user=None, category="media", amount=Decimal(30), campaign=campaign,
        start=date(2025, 3, 1), end=date(2025, 3, 3),
    )  # fmt: skip
    import_file(
        inside,
        user=None,
        name="leads.csv",
        data=b"date,metric,channel,campaign,value\n2025-03-01,leads,email,Spring,4\n",
        options=ImportOptions(),
        today=date(2025, 4, 1),
        now=datetime(2025, 4, 1, tzinfo=UTC),
    )
    campaign.refresh_from_db()
    email = DimensionValue.objects.get(workspace=inside, dimension=1, key="email")
    assert campaign.channel == email
    costs = Fact.objects.filter(workspace=inside, metric__key="cost_media")
    assert set(costs.values_list("channel_id", "value")) == {(email.pk, Decimal(10))}


def test_a_cost_with_a_channel_of_its_own_stays_there(inside: Workspace) -> None:
    channels = {one.key: one for one in DimensionValue.objects.filter(workspace=inside)}
    campaign = Campaign.objects.create(workspace=inside, name="Spring", key="spring")
    for channel in (channels["display"], None):
        save_cost(
            inside, user=None, category="media", amount=Decimal(10), campaign=campaign,
            channel=channel, start=date(2025, 3, 1), end=date(2025, 3, 1),
        )  # fmt: skip
    Campaign.objects.filter(pk=campaign.pk).update(channel=channels["email"])
    assert follow_campaigns(inside, user=None, former={campaign.pk: None}) == 1
    found = Fact.objects.filter(workspace=inside, metric__key="cost_media")
    assert set(found.values_list("channel_id", flat=True)) == {
        channels["display"].pk,
        channels["email"].pk,
    }
