"""The calendar of owed numbers: a month by weeks, each number on its day, leading to its cells."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Workspace
from metrics.entries import save_entry
from metrics.models import Metric
from metrics.setup import install_catalogue
from reports.models import Duty
from reports.owed import OwedNumber, add_duty
from reports.owed_calendar import month_of
from tests.cast import Cast, client_of
from tests.pages import text

TODAY = date(2024, 2, 10)


@pytest.fixture
def workspace(inside: Workspace) -> Workspace:
    install_catalogue(inside)
    return inside


def a_duty(workspace: Workspace, cast: Cast, rhythm: str, due_days: int) -> Duty:
    """Carl owes the leads since the new year."""
    made = add_duty(
        workspace,
        metric=Metric.objects.get(workspace=workspace, key="leads"),
        membership=Membership.objects.get(workspace=workspace, user=cast.carl),
        rhythm=rhythm,
        due_days=due_days,
    )
    assert made is not None
    Duty.objects.filter(pk=made.pk).update(created_at=datetime(2024, 1, 1, 9, tzinfo=UTC))
    return made


def due(workspace: Workspace, day: date, today: date = TODAY) -> list[OwedNumber]:
    month = month_of(workspace, day=day, today=today)
    return [one for week in month.weeks for found in week for one in found.numbers]


def test_a_month_is_whole_weeks(workspace: Workspace) -> None:
    month = month_of(workspace, day=TODAY, today=TODAY)
    days = [day.day for week in month.weeks for day in week]
    assert (days[0], days[-1]) == (date(2024, 1, 29), date(2024, 3, 3))
    assert [day.day for week in month.weeks for day in week if day.is_today] == [TODAY]
    assert month.is_empty


def test_each_number_stands_on_its_day(workspace: Workspace, cast: Cast) -> None:
    a_duty(workspace, cast, "month", 5)
    (one,) = due(workspace, TODAY)
    assert (one.due, one.period.start, one.is_late) == (date(2024, 2, 5), date(2024, 1, 1), True)


def test_months_to_come_are_filled_too(workspace: Workspace, cast: Cast) -> None:
    a_duty(workspace, cast, "month", 5)
    (one,) = due(workspace, date(2024, 8, 1))
    assert (one.due, one.is_owed) == (date(2024, 8, 5), False)


def test_every_week_of_a_month(workspace: Workspace, cast: Cast) -> None:
    a_duty(workspace, cast, "week", 2)
    assert [one.due.day for one in due(workspace, TODAY)] == [6, 13, 20, 27]


def test_a_delay_longer_than_the_period(workspace: Workspace, cast: Cast) -> None:
    a_duty(workspace, cast, "month", 45)
    (one,) = due(workspace, date(2024, 3, 1))
    assert (one.period.start, one.due) == (date(2024, 1, 1), date(2024, 3, 16))


def test_nothing_before_somebody_was_asked(workspace: Workspace, cast: Cast) -> None:
    a_duty(workspace, cast, "month", 5)
    assert due(workspace, date(2023, 12, 1)) == []


def test_what_is_typed_is_marked(workspace: Workspace, cast: Cast) -> None:
    a_duty(workspace, cast, "month", 5)
    save_entry(
        workspace,
        user=None,
        metric=Metric.objects.get(workspace=workspace, key="leads"),
        start=date(2024, 1, 1),
        end=date(2024, 1, 31),
        value=Decimal(31),
        today=TODAY,
    )
    assert [one.is_done for one in due(workspace, TODAY)] == [True]


@pytest.fixture
def client(cast: Cast) -> Client:
    return client_of(cast.carl)


def address(month: str = "") -> str:
    return f"{reverse('owed_calendar', args=['northwind'])}?month={month}"


def test_the_page_leads_to_exactly_the_cells(
    workspace: Workspace, cast: Cast, client: Client
) -> None:
    a_duty(workspace, cast, "month", 5)
    shown = text(client.get(address("2024-02")))
    assert "February 2024" in shown
    assert "only=1&amp;metric=leads#leads.2024-01-01" in shown
    assert "month=2024-01" in shown
    assert "month=2024-03" in shown


@pytest.mark.parametrize("month", ["", "nonsense", "2024-13", "0001-01", "9999-12"])
def test_any_month_can_be_asked_for(workspace: Workspace, client: Client, month: str) -> None:
    assert client.get(address(month)).status_code == 200


def test_it_is_read_only(client: Client) -> None:
    assert client.post(address()).status_code == 405


def test_strangers_find_nothing(cast: Cast) -> None:
    assert client_of(cast.bob).get(address()).status_code == 404
