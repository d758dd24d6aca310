"""One cell saved by itself, what is asked about it, and the last save taken back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User, Workspace
from metrics import snapshots
from metrics.entries import save_entry
from metrics.imports.importing import import_file
from metrics.imports.parsed import ImportOptions
from metrics.models import DimensionValue, Entry, Fact, GridChoice, Metric
from reports.models import Duty
from tests.cast import Cast, client_of

CELL = "leads.2024-03-04"
WEEK = (date(2024, 3, 4), date(2024, 3, 10))
TODAY = date(2024, 3, 20)


@pytest.fixture
def carl(cast: Cast) -> Client:
    """The browser of a contributor."""
    return client_of(cast.carl)


def send(client: Client, value: str, seen: str = "0:", **more: str) -> HttpResponse:
    """Leaves the cell of leads in the week of 4 March with this text."""
    given = {"cell": CELL, "value": value, "seen": seen, "grain": "week", **more}
    response = client.post(reverse("grid_cell", args=["northwind"]), given)
    assert isinstance(response, HttpResponse)
    return response


def undo(client: Client) -> str:
    url = reverse("data", args=["northwind"]) + "?grain=week&until=2024-03-10"
    answer = client.post(reverse("grid_undo", args=["northwind"]), {"next": url}, follow=True)
    assert answer.redirect_chain == [(url, 302)]
    return answer.content.decode()


def entered(workspace: Workspace, value: int, user: User | None = None, **rest: Any) -> Entry:
    metric = Metric.objects.get(workspace=workspace, key="leads")
    given: dict[str, Any] = {"metric": metric, "start": WEEK[0], "end": WEEK[1], "today": TODAY}
    return save_entry(workspace, user=user, value=Decimal(value), **(given | rest))


def text(response: HttpResponse) -> str:
    return response.content.decode()


def test_a_cell_says_what_was_read_and_when_it_was_saved(inside: Workspace, carl: Client) -> None:
    response = send(carl, "1 234.5")
    assert response.status_code == 200
    assert Entry.objects.get().value == Decimal("1234.5")
    assert "1,234.5 saved " in text(response)
    assert 'data-seen="1:1234.5"' in text(response)


def test_a_text_that_is_no_number_is_kept_and_not_saved(inside: Workspace, carl: Client) -> None:
    response = send(carl, "seventy")
    assert response.status_code == 422
    assert "Enter a number, like 1,234.5" in text(response)
    assert not Entry.objects.exists()


@pytest.mark.parametrize(("mark", "value"), [(",", Decimal("1.234")), (".", Decimal(1234))])
def test_a_number_that_can_be_read_in_two_ways_is_asked_about(
    inside: Workspace, carl: Client, mark: str, value: Decimal
) -> None:
    asked = send(carl, "1,234")
    assert asked.status_code == 422
    assert f'data-mark="{mark}"' in text(asked)
    assert not Entry.objects.exists()
    assert send(carl, "1,234", decimal_mark=mark).status_code == 200
    assert Entry.objects.get().value == value


def test_an_unusual_value_is_asked_about_once(inside: Workspace, carl: Client) -> None:
    for day in range(5, 29):
        entered(inside, 10, start=date(2024, 2, day), end=date(2024, 2, day))
    asked = send(carl, "7000")
    assert asked.status_code == 422
    assert "7,000 is 100 times the usual. Keep it?" in text(asked)
    assert send(carl, "7000", keep="1").status_code == 200
    assert send(carl, "7100", seen="1:7000", keep="1").status_code == 200


def test_a_first_value_is_held_against_what_files_say(inside: Workspace, carl: Client) -> None:
    rows = "".join(f"2024-02-{day:02d},leads,10\n" for day in range(1, 29))
    import_file(
        inside, user=None, name="a.csv", data=f"date,metric,value\n{rows}".encode(),
        options=ImportOptions(), today=date(2024, 3, 20), now=timezone.now(),
    )  # fmt: skip
    snapshots.refresh(inside, today=date(2024, 3, 20), now=timezone.now())
    asked = send(carl, "7000")
    assert asked.status_code == 422
    assert "7,000 is 100 times the usual. Keep it?" in text(asked)
    assert send(carl, "70").status_code == 200


def test_a_conflict_shows_both_and_waits_for_a_decision(
    inside: Workspace, cast: Cast, carl: Client
) -> None:
    entered(inside, 72, cast.erin)
    response = send(carl, "69")
    assert response.status_code == 409
    assert "Erin Example saved 72 at " in text(response)
    assert "Yours: 69." in text(response)
    assert 'data-typed="72"' in text(response)
    assert Entry.objects.get().value == 72
    assert send(carl, "69", take="mine:1").status_code == 200
    assert Entry.objects.get().value == 69


def test_a_part_and_a_total_are_told_apart(inside: Workspace, carl: Client) -> None:
    email = DimensionValue.objects.get(workspace=inside, dimension=1, key="email")
    entered(inside, 70, channel=email)
    assert 'data-send="meant=add"' in text(send(carl, "14"))
    assert send(carl, "14", meant="add").status_code == 200
    assert Entry.objects.get(is_addition=True).value == 14


def test_the_rates_above_it_follow(inside: Workspace, carl: Client) -> None:
    entered(inside, 10, metric=Metric.objects.get(workspace=inside, key="bounces"))
    sessions = {"cell": "sessions.2024-03-04", "derived": "bounce_rate"}
    response = send(carl, "40", **sessions)
    assert 'data-derived-value="bounce_rate.2024-03-04">25%' in text(response)


@pytest.mark.parametrize(
    "cell", ["leads.2024-03-05", "leads.soon", "bounce_rate.2024-03-04", "leads.2999-01-07", ""]
)
def test_only_a_cell_of_the_table_can_be_saved(inside: Workspace, carl: Client, cell: str) -> None:
    response = send(carl, "5", cell=cell)
    assert response.status_code == 422
    assert response["Content-Type"].startswith("text/plain")
    assert not Entry.objects.exists()


def test_the_last_save_is_taken_back(inside: Workspace, carl: Client) -> None:
    send(carl, "70")
    send(carl, "80", seen="1:70")
    assert "1 value is as it was before." in undo(carl)
    assert Entry.objects.get().value == 70
    assert "as it was" not in undo(carl), "only the last one"


def test_a_new_value_taken_back_is_gone(inside: Workspace, carl: Client) -> None:
    send(carl, "70")
    undo(carl)
    assert not Entry.objects.exists()
    assert not Fact.objects.exists()


def test_an_emptied_value_comes_back_with_its_note(inside: Workspace, carl: Client) -> None:
    entered(inside, 70, note="From the fair")
    send(carl, "", seen="1:70")
    assert not Entry.objects.exists()
    undo(carl)
    assert [(one.value, one.note) for one in Entry.objects.all()] == [(70, "From the fair")]


def test_an_amount_that_was_added_is_taken_off_again(inside: Workspace, carl: Client) -> None:
    email = DimensionValue.objects.get(workspace=inside, dimension=1, key="email")
    entered(inside, 70, channel=email)
    send(carl, "14", meant="add")
    send(carl, "3", meant="add")
    undo(carl)
    assert Entry.objects.get(is_addition=True).value == 14


def test_what_somebody_changed_since_is_not_taken_back(
    inside: Workspace, cast: Cast, carl: Client
) -> None:
    send(carl, "70")
    entered(inside, 75, cast.erin, entry=Entry.objects.get())
    assert "Nothing was taken back" in undo(carl)
    assert Entry.objects.get().value == 75


def test_undo_goes_back_to_the_table_only(inside: Workspace, carl: Client) -> None:
    url = reverse("grid_undo", args=["northwind"])
    answer = carl.post(url, {"next": "//elsewhere.example/w/northwind/data/"})
    assert answer.headers["Location"] == reverse("data", args=["northwind"])


def rows(client: Client, move: str = "", **more: Any) -> None:
    client.post(reverse("grid_rows", args=["northwind"]), {"move": move, **more})


def shown(client: Client) -> list[str]:
    answer = client.get(reverse("data", args=["northwind"]))
    return [row.metric.key for row in answer.context["grid"].rows]


def test_a_member_chooses_and_orders_rows_for_themselves(
    inside: Workspace, cast: Cast, carl: Client
) -> None:
    others = shown(client_of(cast.erin))
    for key in set(others) - {"sqls", "leads"}:
        rows(carl, f"remove:{key}")
    rows(carl, "up:sqls")
    assert shown(carl) == ["sqls", "leads"]
    rows(carl, "up:leads")
    assert shown(carl) == ["leads", "sqls"]
    assert shown(client_of(cast.erin)) == others
    rows(carl, "default")
    assert not GridChoice.objects.exists()


def test_what_a_member_owes_comes_first(inside: Workspace, cast: Cast, carl: Client) -> None:
    member = Membership.objects.get(workspace=inside, user=cast.carl)
    metric = Metric.objects.get(workspace=inside, key="backlinks")
    Duty.objects.create(workspace=inside, metric=metric, membership=member)
    assert shown(carl)[0] == "backlinks"
    assert "backlinks" not in shown(client_of(cast.erin))
