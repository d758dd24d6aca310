"""The table in which figures are typed: what it shows, saves, refuses, and two people at once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User, Workspace
from metrics.entries import save_entry
from metrics.entry_grid import entry_grid
from metrics.models import DimensionValue, Entry, Fact, Metric, Snapshot, StaleSpan
from metrics.periods import Grain
from metrics.series import EVERYTHING, span_value
from metrics.setup import install_catalogue
from metrics.staleness import OPEN_END
from tests.cast import Cast, client_of

WEEK = (date(2024, 3, 4), date(2024, 3, 10))
TODAY = date(2024, 3, 20)
CELL = "leads.2024-03-04"
HERE = {"grain": "week", "until": "2024-03-10"}


def address(**query: Any) -> str:
    return reverse("data", args=["northwind"], query=HERE | query)


def save(client: Client, seen: str = "0:", **query: Any) -> HttpResponse:
    """Types into the cell of leads in the week of 4 March."""
    value = query.pop("value")
    response = client.post(address(), {CELL: value, f"seen.{CELL}": seen, **query})
    assert isinstance(response, HttpResponse)
    return response


def entered(workspace: Workspace, value: int = 70, user: User | None = None, **rest: Any) -> Entry:
    given = {
        "user": user,
        "metric": Metric.objects.get(workspace=workspace, key="leads"),
        "start": WEEK[0],
        "end": WEEK[1],
        "value": Decimal(value),
        "today": TODAY,
    }
    return save_entry(workspace, **(given | rest))


@pytest.fixture
def carl(cast: Cast) -> Client:
    """The browser of a contributor."""
    return client_of(cast.carl)


def test_a_contributor_types_a_week_and_it_shows_at_once(inside: Workspace, carl: Client) -> None:
    response = save(carl, value="70")
    assert response.status_code == 302
    entry = Entry.objects.get()
    assert (entry.start, entry.end, entry.value) == (*WEEK, Decimal(70))
    assert sum(fact.value for fact in Fact.objects.all()) == 70
    assert not StaleSpan.objects.exclude(end=OPEN_END)
    assert Snapshot.objects.filter(start=WEEK[0]).exists()
    page = carl.get(response["Location"]).content.decode()
    assert 'value="70"' in page
    assert 'value="1:70"' in page


def test_only_changed_cells_are_written(inside: Workspace, carl: Client) -> None:
    entered(inside)
    assert save(carl, value="70", seen="1:70").status_code == 302
    assert Entry.objects.get().version == 1


def test_an_emptied_cell_deletes_its_value(inside: Workspace, carl: Client) -> None:
    entered(inside)
    save(carl, value=" ", seen="1:70")
    assert not Entry.objects.exists()
    assert not Fact.objects.exists()


def test_numbers_are_read_in_the_readers_language(
    inside: Workspace, cast: Cast, carl: Client
) -> None:
    User.objects.filter(pk=cast.carl.pk).update(language="fr")
    cell = "revenue.2024-03-04"
    carl.post(address(), {cell: "1 234,50", f"seen.{cell}": "0:"})
    assert Entry.objects.get().value == Decimal("1234.50")
    assert 'value="1234,5"' in carl.get(address()).content.decode()


def test_a_wrong_number_keeps_everything_typed_and_saves_nothing(
    inside: Workspace, carl: Client
) -> None:
    other = "mqls.2024-03-04"
    response = save(carl, value="seventy", **{other: "12", f"seen.{other}": "0:"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="seventy"' in page
    assert 'value="12"' in page
    assert "Enter a number, like 1,234.5" in page
    assert not Entry.objects.exists()


def test_one_refused_cell_takes_back_the_others(inside: Workspace, carl: Client) -> None:
    entered(inside, start=date(2024, 3, 5), end=date(2024, 3, 5))
    other = "mqls.2024-03-04"
    response = save(carl, value="90", keep="1", **{other: "12", f"seen.{other}": "0:"})
    assert response.status_code == 422
    assert "There is a value for 2024-03-05" in response.content.decode()
    assert [entry.value for entry in Entry.objects.all()] == [70]


def test_two_people_see_both_values_and_the_second_decides(
    inside: Workspace, cast: Cast, carl: Client
) -> None:
    entered(inside, user=cast.erin)
    first = save(carl, value="69")
    page = first.content.decode()
    assert first.status_code == 409
    assert "Erin Example saved 70 at " in page
    assert "Yours: 69." in page
    assert 'value="69"' in page
    assert Entry.objects.get().value == 70
    assert save(carl, value="69").status_code == 409, "saving again is no decision"
    assert save(carl, value="69", **{f"take.{CELL}": "mine:1"}).status_code == 302
    assert Entry.objects.get().value == 69


def test_keeping_the_others_value_leaves_it(inside: Workspace, cast: Cast, carl: Client) -> None:
    entered(inside, user=cast.erin)
    assert save(carl, value="69", **{f"take.{CELL}": "theirs"}).status_code == 302
    assert Entry.objects.get().value == 70


def test_a_third_value_is_a_conflict_again(inside: Workspace, cast: Cast, carl: Client) -> None:
    entry = entered(inside, user=cast.erin)
    entered(inside, 72, user=cast.adam, entry=entry)
    response = save(carl, value="69", **{f"take.{CELL}": "mine:1"})
    assert response.status_code == 409
    assert Entry.objects.get().value == 72


def test_a_value_deleted_meanwhile_can_be_entered_again(inside: Workspace, carl: Client) -> None:
    response = save(carl, value="71", seen="1:70")
    assert response.status_code == 409
    assert "deleted meanwhile" in response.content.decode()
    save(carl, value="71")
    assert Entry.objects.get().value == 71


def test_an_unusual_value_is_asked_about_once(inside: Workspace, carl: Client) -> None:
    for day in range(5, 29):
        entered(inside, 10, start=date(2024, 2, day), end=date(2024, 2, day))
    response = save(carl, value="7000")
    assert response.status_code == 422
    assert 'name="keep"' in response.content.decode()
    assert save(carl, value="7000", keep="1").status_code == 302


def test_a_viewer_sees_values_and_may_not_save(inside: Workspace, cast: Cast) -> None:
    entered(inside)
    client = client_of(cast.vera)
    page = client.get(address()).content.decode()
    assert "70" in page
    assert CELL not in page
    assert save(client, value="1").status_code == 403
    assert Entry.objects.get().value == 70


def test_what_other_feeds_know_stands_beside_the_cell(inside: Workspace, carl: Client) -> None:
    entered(inside, start=WEEK[0], end=WEEK[0])
    other = "mqls.2024-03-04"
    carl.post(address(), {other: "5", f"seen.{other}": "0:"})  # recalculates
    page = carl.get(address()).content.decode()
    known = page.split(f'id="below-{CELL}"')[1].split("</div>")[0]
    assert "Known from all feeds:" in known
    assert "70" in known


def test_a_derived_metric_stands_for_what_it_is_made_from(inside: Workspace) -> None:
    grid = entry_grid(inside, grain=Grain.MONTH, until=TODAY, asked=["bounce_rate"], today=TODAY)
    rate, *parts = grid.rows[:3]
    assert (rate.metric.key, rate.cells, len(rate.values)) == ("bounce_rate", [], 6)
    assert [row.metric.key for row in parts] == ["bounces", "sessions"]


def test_costs_are_not_typed_here(inside: Workspace) -> None:
    grid = entry_grid(inside, grain=Grain.MONTH, until=TODAY, asked=["roi"], today=TODAY)
    keys = {row.metric.key for row in grid.rows if row.cells}
    assert "revenue" in keys
    assert not {key for key in keys if key.startswith("cost_")}


@pytest.mark.parametrize(
    "query",
    [
        {"grain": "century"},
        {"until": "2024-02-31"},
        {"until": "soon"},
        {"until": "0001-01-01"},
        {"metric": "unknown"},
    ],
)
def test_an_odd_address_shows_the_page(inside: Workspace, carl: Client, query: Any) -> None:
    assert carl.get(address(**query)).status_code == 200


def test_the_page_asks_the_database_as_often_for_many_values(
    inside: Workspace, carl: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    install_catalogue(inside)
    for key in ("leads", "mqls", "sessions", "revenue"):
        metric = Metric.objects.get(workspace=inside, key=key)
        entered(inside, metric=metric)
    carl.get(address())
    with django_assert_max_num_queries(40):
        carl.get(address())


@pytest.mark.parametrize(("meant", "leads"), [("total", 14), ("add", 84)])
def test_a_cell_asks_whether_its_number_is_the_total(
    inside: Workspace, carl: Client, meant: str, leads: int
) -> None:
    """70 leads came by e-mail that week; 14 more, or 14 in all?"""
    email = DimensionValue.objects.get(workspace=inside, dimension=1, key="email")
    entered(inside, channel=email)
    asked = save(carl, value="14", keep="1")
    assert asked.status_code == 422
    assert f'name="meant.{CELL}"' in asked.content.decode()
    assert Entry.objects.count() == 1
    response = save(carl, value="14", **{f"meant.{CELL}": meant})
    assert response.status_code == 302
    assert sorted(Entry.objects.values_list("value", flat=True)) == [14, 70]
    assert span_value(inside, "leads", EVERYTHING, *WEEK).value == leads
