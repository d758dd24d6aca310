"""Costs shared over channels: by another metric, month by month, to the cent, and followed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import Workspace
from metrics import series
from metrics.cost_sharing import shared_months
from metrics.costs import delete_cost, save_cost, share_anew
from metrics.entries import save_entry
from metrics.models import Campaign, Cost, Dimension, DimensionValue, Fact, Metric
from metrics.periods import Grain
from metrics.refreshing import recompute, refresh
from metrics.resolution import EVERYTHING, Segment
from metrics.segment_names import segments_of
from tests.cast import Cast, client_of

TODAY = date(2026, 5, 20)
NOW = datetime(2026, 5, 20, 9, tzinfo=UTC)
MARCH = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}


def channel(workspace: Workspace, key: str) -> DimensionValue:
    return DimensionValue.objects.get(workspace=workspace, dimension=Dimension.CHANNEL, key=key)


def visits(workspace: Workspace, month: int, **by_channel: int) -> None:
    """Sessions of each channel, on the 15th of a month of 2026."""
    day = date(2026, month, 15)
    for key, count in by_channel.items():
        save_entry(
            workspace,
            user=None,
            today=TODAY,
            metric=Metric.objects.get(workspace=workspace, key="sessions"),
            value=Decimal(count),
            start=day,
            end=day,
            channel=channel(workspace, key),
        )
    refresh(workspace, today=TODAY, now=NOW)


def spend(workspace: Workspace, amount: str = "100.00", **rest: Any) -> Cost:
    given: dict[str, Any] = {
        "user": None,
        "category": "staff",
        "amount": Decimal(amount),
        "share_by": "sessions",
        **MARCH,
    }
    cost = save_cost(workspace, **(given | rest))
    refresh(workspace, today=TODAY, now=NOW)
    return cost


def borne(workspace: Workspace, month: int = 3) -> dict[str, Decimal]:
    """The staff cost of each channel in a month, by its facts."""
    names = segments_of(workspace, Dimension.CHANNEL)
    sums: dict[str, Decimal] = {}
    for one in Fact.objects.filter(metric__key="cost_staff", day__month=month):
        key = names[one.channel_id].key
        sums[key] = sums.get(key, Decimal(0)) + one.value
    return sums


def test_channels_bear_a_cost_in_proportion(inside: Workspace) -> None:
    visits(inside, 3, organic=600, email=400)
    spend(inside)
    assert borne(inside) == {"organic": 60, "email": 40}


def test_a_recompute_shares_costs_as_a_night_does(inside: Workspace) -> None:
    visits(inside, 3, organic=600, email=400)
    spend(inside)
    Fact.objects.filter(metric__key="sessions", value=400).update(value=200)
    recompute(inside, today=TODAY, now=NOW, full=True)
    assert borne(inside) == {"organic": 75, "email": 25}
    email = Segment(Dimension.CHANNEL, channel(inside, "email").pk)
    start, end = MARCH["start"], MARCH["end"]
    found = series.values(inside, "cost_staff", Grain.MONTH, start, end, today=TODAY, segment=email)
    assert found[0].value == 25
    assert recompute(inside, today=TODAY, now=NOW, full=True).rows_written == 0


def test_the_parts_add_up_to_the_cent(inside: Workspace) -> None:
    visits(inside, 3, organic=1, email=1, social=1)
    spend(inside, "100.00")
    parts = borne(inside)
    assert sorted(parts.values()) == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]


def test_each_month_is_shared_as_its_own_figures_are(inside: Workspace) -> None:
    visits(inside, 3, organic=10)
    visits(inside, 4, email=10)
    spend(inside, "61.00", end=date(2026, 4, 30))
    assert borne(inside, 3) == {"organic": 31}
    assert borne(inside, 4) == {"email": 30}


def test_a_month_without_figures_has_no_channel(inside: Workspace) -> None:
    spend(inside)
    assert borne(inside) == {"not_set": 100}


def test_late_figures_move_the_shares(inside: Workspace) -> None:
    cost = spend(inside)
    visits(inside, 3, organic=600)
    assert borne(inside) == {"organic": 100}
    visits(inside, 3, email=200)
    assert borne(inside) == {"organic": 75, "email": 25}
    cost.refresh_from_db()
    assert cost.version == 1


def test_sharing_again_without_a_change_writes_nothing(inside: Workspace) -> None:
    visits(inside, 3, organic=600, email=400)
    spend(inside)
    assert share_anew(inside) == 0
    assert refresh(inside, today=TODAY, now=NOW).rows_written == 0


def test_stored_values_have_the_shares_and_an_unchanged_total(inside: Workspace) -> None:
    visits(inside, 3, organic=600, email=400)
    spend(inside)
    first, last = MARCH["start"], MARCH["end"]
    organic = Segment(Dimension.CHANNEL, channel(inside, "organic").pk)
    for segment, amount in ((EVERYTHING, 100), (organic, 60)):
        (month,) = series.values(
            inside, "cost_staff", Grain.MONTH, first, last, today=TODAY, segment=segment
        )
        assert month.value == amount


def test_a_shared_cost_is_added_to_what_the_channel_has(inside: Workspace) -> None:
    visits(inside, 3, organic=1)
    spend(inside, "31.00", share_by="", channel=channel(inside, "organic"))
    spend(inside)
    assert borne(inside) == {"organic": 131}


def test_sharing_no_more_takes_the_shares_back(inside: Workspace) -> None:
    visits(inside, 3, organic=600, email=400)
    cost = spend(inside)
    spend(inside, cost=cost, version=1, share_by="")
    assert borne(inside) == {"not_set": 100}


def test_deleting_a_shared_cost_leaves_nothing(inside: Workspace) -> None:
    visits(inside, 3, organic=600, email=400)
    delete_cost(spend(inside), user=None)
    assert borne(inside) == {}


def test_a_cost_of_a_channel_is_not_shared(inside: Workspace) -> None:
    with pytest.raises(ValidationError, match="has a channel"):
        spend(inside, channel=channel(inside, "organic"))


def test_a_campaign_without_a_channel_is_shared_within_it(inside: Workspace) -> None:
    visits(inside, 3, organic=1, email=1)
    campaign = Campaign.objects.create(workspace=inside, key="fair", name="Fair")
    spend(inside, campaign=campaign)
    assert borne(inside) == {"organic": 50, "email": 50}
    assert set(
        Fact.objects.filter(metric__key="cost_staff").values_list("campaign_id", flat=True)
    ) == {campaign.pk}


def test_costs_are_not_shared_by_costs_or_levels(inside: Workspace) -> None:
    for key in ("cost_media", "followers", "nothing"):
        with pytest.raises(ValidationError, match="Choose a metric"):
            spend(inside, share_by=key)


def test_the_split_is_told_month_by_month(inside: Workspace) -> None:
    visits(inside, 3, organic=1, email=3)
    (month,) = shared_months(inside, spend(inside))
    assert month.parts == [("E-mail", Decimal("75.00")), ("Organic search", Decimal("25.00"))]


def test_a_cost_is_shared_on_its_page(inside: Workspace, cast: Cast) -> None:
    visits(inside, 3, organic=1, email=3)
    carl = client_of(cast.carl)
    _add_shared(carl)
    page = carl.get(reverse("cost_edit", args=["northwind", Cost.objects.get().public_id]))
    assert "Shared over channels" in page.content.decode()
    assert "€75.00" in page.content.decode()
    assert "shared over channels" in carl.get(reverse("costs", args=["northwind"])).content.decode()


def test_the_page_says_why_a_cost_cannot_be_shared(inside: Workspace, cast: Cast) -> None:
    response = _add_shared(client_of(cast.carl), channel="organic", status=422)
    assert "Leave out the channel" in response
    assert not Cost.objects.exists()


def _add_shared(client: Client, *, status: int = 302, **more: str) -> str:
    given = {
        "category": "staff",
        "amount": "100",
        "start": "2026-03-01",
        "end": "2026-03-31",
        "share_by": "sessions",
    }
    response = client.post(reverse("cost_new", args=["northwind"]), given | more)
    assert response.status_code == status
    return response.content.decode()
