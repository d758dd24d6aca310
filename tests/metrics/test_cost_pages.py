"""Typed values, costs and feeds in the browser: listed, added, changed, deleted."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Workspace
from metrics.cost_list import WantedCosts, totals_of, years_of
from metrics.costs import save_cost
from metrics.feeds import create_feed
from metrics.models import Campaign, Cost, DimensionValue, Entry, Fact, Feed, RecurringCost
from tests.cast import Cast, client_of

COST = {
    "category": "media",
    "supplier": "Print shop",
    "amount": "1,000.01",
    "start": "2024-06-01",
    "end": "2024-06-30",
}
VALUE = {"metric": "leads", "value": "12", "start": "2024-03-04"}


@pytest.fixture
def carl(cast: Cast) -> Client:
    """The browser of a contributor."""
    return client_of(cast.carl)


def url(name: str, *args: str) -> str:
    return reverse(name, args=["northwind", *args])


def a_cost(workspace: Workspace, **rest: Any) -> Cost:
    given = {
        "user": None,
        "category": "media",
        "amount": Decimal(100),
        "start": date(2024, 6, 1),
        "end": date(2024, 6, 10),
    }
    return save_cost(workspace, **(given | rest))


# --- Costs ---------------------------------------------------------------------------------------


def test_a_cost_is_added_and_spread_to_the_cent(inside: Workspace, carl: Client) -> None:
    assert carl.post(url("cost_new"), COST).status_code == 302
    assert Cost.objects.get().amount == Decimal("1000.01")
    assert sum(fact.value for fact in Fact.objects.all()) == Decimal("1000.01")
    page = carl.get(url("costs")).content.decode()
    assert "Print shop" in page
    assert "€1,000.01" in page


def test_a_cost_without_a_last_day_is_of_one_day(inside: Workspace, carl: Client) -> None:
    carl.post(url("cost_new"), COST | {"end": ""})
    assert Cost.objects.get().end == date(2024, 6, 1)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"amount": "much"}, "Enter a number, like 1,234.5"),
        ({"amount": "-5"}, "greater than or equal to 0"),
        ({"amount": "12.3456"}, "no more than 2 decimal places"),
        ({"amount": "$49"}, "Amounts are in EUR here"),
        ({"amount": "99999999999999999"}, "no more than 16 digits"),
        ({"start": "0001-01-01", "end": ""}, "Name a day from 1900 to 2199."),
        ({"end": "2099-01-01"}, "at most five years"),
        ({"category": ""}, "Choose a category."),
        ({"end": "2024-05-01"}, "The last day must not be before the first day."),
        ({"start": "31/02/2024"}, "This is not a date."),
        ({"channel": "elsewhere"}, "Choose one from the list."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    inside: Workspace, carl: Client, wrong: Any, sentence: str
) -> None:
    response = carl.post(url("cost_new"), COST | wrong)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "Print shop" in response.content.decode()
    assert not Cost.objects.exists()


def test_a_cost_of_a_channel_is_changed(inside: Workspace, carl: Client) -> None:
    cost = a_cost(inside)
    response = carl.post(
        url("cost_edit", cost.public_id), COST | {"channel": "email", "version": "1"}
    )
    assert response.status_code == 302
    cost.refresh_from_db()
    email = DimensionValue.objects.get(workspace=inside, dimension=1, key="email")
    assert (cost.channel, cost.supplier, cost.version) == (email, "Print shop", 2)


def test_an_older_version_is_refused_with_both(inside: Workspace, cast: Cast, carl: Client) -> None:
    cost = a_cost(inside)
    a_cost(inside, cost=cost, amount=Decimal(250), user=cast.erin)
    response = carl.post(url("cost_edit", cost.public_id), COST | {"version": "1"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Erin Example changed this meanwhile" in page
    assert "1,000.01" in page
    assert 'name="version" value="2"' in page
    assert Cost.objects.get().amount == 250


def test_a_cost_is_deleted_with_its_facts(inside: Workspace, carl: Client) -> None:
    cost = a_cost(inside)
    carl.post(url("cost_delete", cost.public_id), {"version": "1"})
    assert not Cost.objects.exists()
    assert not Fact.objects.exists()


def test_a_cost_changed_meanwhile_is_not_deleted(inside: Workspace, carl: Client) -> None:
    cost = a_cost(inside)
    a_cost(inside, cost=cost, amount=Decimal(250))
    carl.post(url("cost_delete", cost.public_id), {"version": "1"})
    assert Cost.objects.exists()


def test_totals_of_a_year_hold_only_its_days(inside: Workspace) -> None:
    a_cost(inside, start=date(2023, 12, 27), end=date(2024, 1, 5))
    a_cost(inside, category="tools", amount=Decimal(40))
    found = totals_of(inside, WantedCosts(year=2024), today=date(2024, 1, 4))
    totals = {one.label: (one.amount, one.share) for one in found.categories}
    assert totals == {
        "Media": (Decimal(50), Decimal(50) / 90),
        "Tools": (Decimal(40), Decimal(40) / 90),
    }
    assert (found.amount, found.ahead, found.spent) == (90, 60, 30)
    assert sum(amount for _month, amount in found.months) == 90
    assert years_of(inside) == [2024, 2023]


def test_the_ledger_is_filtered(inside: Workspace, carl: Client) -> None:
    a_cost(inside, supplier="Old agency", start=date(2022, 1, 1), end=date(2022, 1, 1))
    a_cost(inside, supplier="New agency")
    shown = carl.get(url("costs"), {"year": "2024"}).context["page_obj"]
    assert [one.supplier for one in shown] == ["New agency"]
    assert "No cost matches" in carl.get(url("costs"), {"category": "staff"}).content.decode()


def test_the_ledger_is_filtered_by_supplier_channel_and_campaign(
    inside: Workspace, carl: Client
) -> None:
    email = DimensionValue.objects.get(workspace=inside, dimension=1, key="email")
    fair = Campaign.objects.create(workspace=inside, name="Fair", key="fair", channel=email)
    a_cost(inside, supplier="Stand builder", campaign=fair)
    a_cost(inside, supplier="Other people")
    for query in (
        {"supplier": "Stand builder"},
        {"channel": "email"},
        {"campaign": fair.public_id},
    ):
        shown = carl.get(url("costs"), query).context["page_obj"]
        assert [one.supplier for one in shown] == ["Stand builder"], query


def test_a_deleted_cost_is_brought_back(inside: Workspace, carl: Client) -> None:
    cost = a_cost(inside, supplier="Print shop", amount=Decimal("1000.01"))
    carl.post(url("cost_delete", cost.public_id), {"version": "1"})
    assert "Bring it back" in carl.get(url("costs")).content.decode()
    carl.post(url("cost_restore"))
    again = Cost.objects.get()
    assert (again.supplier, again.amount, again.start) == ("Print shop", cost.amount, cost.start)
    assert sum(fact.value for fact in Fact.objects.all()) == cost.amount
    carl.post(url("cost_restore"))
    assert Cost.objects.count() == 1


def test_the_history_of_a_cost_is_on_its_page(inside: Workspace, carl: Client) -> None:
    cost = a_cost(inside)
    carl.post(url("cost_edit", cost.public_id), COST | {"version": "1"})
    page = carl.get(url("cost_edit", cost.public_id)).content.decode()
    assert "Carl Example" in page
    assert "<del>100</del> → 1,000.01" in page


MONTHLY = {
    "category": "tools", "supplier": "Acme", "amount": "100", "rhythm": "month",
    "start": "2024-01-31", "end": "2024-03-31",
}  # fmt: skip


def test_a_cost_that_comes_back_is_added_changed_and_deleted(
    inside: Workspace, carl: Client
) -> None:
    assert carl.post(url("cost_new"), MONTHLY).status_code == 302
    recurring = RecurringCost.objects.get()
    days = [(one.start.isoformat(), one.amount) for one in recurring.lines.order_by("start")]
    assert days[:2] == [("2024-01-31", Decimal(100)), ("2024-02-29", Decimal(100))]
    assert days[2] == ("2024-03-31", Decimal("3.33"))
    page = carl.get(url("costs")).content.decode()
    assert "What comes back" in page
    assert "Every month" in page
    line = recurring.lines.earliest("start")
    page_of_it = url("recurring_cost", recurring.public_id)
    assert carl.get(url("cost_edit", line.public_id)).headers["Location"] == page_of_it
    whole = MONTHLY | {"scope": "whole", "version": "1", "amount": "50"}
    assert carl.post(page_of_it, whole).status_code == 302
    assert recurring.lines.earliest("start").amount == 50
    assert carl.post(page_of_it, whole).status_code == 409
    later = whole | {"scope": "from", "from_day": "2024-02-29", "version": "2", "amount": "70"}
    assert carl.post(page_of_it, later).status_code == 302
    assert [one.amount for one in Cost.objects.order_by("start")][:2] == [50, 70]
    carl.post(url("recurring_delete", recurring.public_id))
    assert RecurringCost.objects.get().amount == 70
    carl.post(url("cost_restore"))
    assert {one.amount for one in RecurringCost.objects.all()} == {50, 70}


def test_a_change_from_a_day_on_needs_the_day(inside: Workspace, carl: Client) -> None:
    carl.post(url("cost_new"), MONTHLY)
    page_of_it = url("recurring_cost", RecurringCost.objects.get().public_id)
    wrong = MONTHLY | {"scope": "from", "from_day": "", "version": "1"}
    for day in ("", "2024-01-31"):
        assert carl.post(page_of_it, wrong | {"from_day": day}).status_code == 422


def test_an_empty_ledger_says_how_to_begin(inside: Workspace, carl: Client) -> None:
    page = carl.get(url("costs")).content.decode()
    assert "No costs yet" in page
    assert url("cost_new") in page


def test_a_viewer_reads_the_ledger_and_finds_nothing_to_press(
    inside: Workspace, cast: Cast
) -> None:
    cost = a_cost(inside)
    page = client_of(cast.vera).get(url("costs")).content.decode()
    assert "€100" in page
    assert cost.public_id not in page


# --- Typed values --------------------------------------------------------------------------------


def test_one_value_of_a_channel_is_added(inside: Workspace, carl: Client) -> None:
    response = carl.post(url("entry_new"), VALUE | {"channel": "email", "note": "the fair"})
    assert response.status_code == 302
    entry = Entry.objects.get()
    assert (entry.value, entry.end, entry.note) == (Decimal(12), date(2024, 3, 4), "the fair")
    assert entry.channel is not None
    assert entry.channel.key == "email"
    page = carl.get(url("entries")).content.decode()
    assert "the fair" in page
    assert "E-mail" in page


def test_a_derived_metric_is_not_offered(inside: Workspace, carl: Client) -> None:
    response = carl.post(url("entry_new"), VALUE | {"metric": "roi"})
    assert response.status_code == 422
    assert "Choose a metric from the list." in response.content.decode()


def test_a_typed_value_is_changed_and_deleted(inside: Workspace, carl: Client) -> None:
    carl.post(url("entry_new"), VALUE)
    entry = Entry.objects.get()
    carl.post(url("entry_edit", entry.public_id), VALUE | {"value": "15", "version": "1"})
    entry.refresh_from_db()
    assert (entry.value, entry.version) == (Decimal(15), 2)
    carl.post(url("entry_delete", entry.public_id), {"version": "1"})
    assert Entry.objects.exists()
    carl.post(url("entry_delete", entry.public_id), {"version": "2"})
    assert not Entry.objects.exists()


def test_an_older_version_of_a_value_is_refused(inside: Workspace, carl: Client) -> None:
    carl.post(url("entry_new"), VALUE)
    edit = url("entry_edit", Entry.objects.get().public_id)
    carl.post(edit, VALUE | {"value": "15", "version": "1"})
    response = carl.post(edit, VALUE | {"value": "16", "version": "1"})
    assert response.status_code == 409
    assert 'value="16"' in response.content.decode()
    assert Entry.objects.get().value == 15


# --- Feeds ---------------------------------------------------------------------------------------


def test_feeds_say_how_fresh_they_are(inside: Workspace, carl: Client) -> None:
    feed = create_feed(inside, name="GA4", rhythm="day")
    Feed.objects.filter(pk=feed.pk).update(last_data_day=date(2024, 1, 1))
    page = carl.get(url("feeds")).content.decode()
    assert "GA4" in page
    assert "days late" in page


def test_an_editor_changes_what_is_expected_of_a_feed(inside: Workspace, cast: Cast) -> None:
    feed = create_feed(inside, name="GA4")
    data = {"name": "Analytics", "rhythm": "week", "delay_days": "2"}
    response = client_of(cast.erin).post(url("feed_edit", feed.public_id), data)
    assert response.status_code == 302
    feed.refresh_from_db()
    assert (feed.name, feed.rhythm, feed.delay_days, feed.is_active) == (
        "Analytics",
        "week",
        2,
        False,
    )


def test_two_feeds_have_two_names(inside: Workspace, cast: Cast) -> None:
    create_feed(inside, name="GA4")
    feed = create_feed(inside, name="Ads")
    data = {"name": "ga4", "rhythm": "none", "delay_days": "1"}
    response = client_of(cast.erin).post(url("feed_edit", feed.public_id), data)
    assert response.status_code == 422
    assert "Another feed has this name" in response.content.decode()


def test_another_workspaces_objects_are_not_found(cast: Cast, inside: Workspace) -> None:
    cost, feed = a_cost(inside), create_feed(inside, name="GA4")
    bob = client_of(cast.bob)
    for name, pk in (("cost_edit", cost.public_id), ("feed_edit", feed.public_id)):
        assert bob.get(reverse(name, args=["acme", pk])).status_code == 404
        assert bob.post(reverse(name, args=["acme", pk]), COST).status_code == 404
