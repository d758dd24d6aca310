"""A campaign's page: pace, before and after, funnel, costs, ROI, objectives, names.

Spring webinar runs from 1 to 20 March 2026 with a budget of 1,000 and a plan of 100 leads: each
day it costs 40 and brings 3 leads and 30 visits; on 11 March ten of its twenty days are over.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from metrics import snapshots
from metrics.models import Campaign, Metric
from tests.cast import Cast, client_of
from tests.metrics.numbers import Book
from tests.objectives.board import Board
from tests.pages import text

START, END = date(2026, 3, 1), date(2026, 3, 20)
TODAY = date(2026, 3, 11)


def set_clock(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def spring(inside: Workspace) -> Campaign:
    return Campaign.objects.create(
        workspace=inside,
        name="Spring webinar",
        key="spring webinar",
        start=START,
        end=END,
        budget=1000,
        outcome=Metric.objects.get(workspace=inside, key="leads"),
        outcome_target=100,
    )


def fill(campaign: Campaign, days: int, amounts: dict[str, int], today: date = TODAY) -> None:
    book = Book(campaign.workspace)
    feed = book.feed("Ads")
    wanted = [(START + timedelta(n)).isoformat() for n in range(days)]
    book.write(
        *(
            book.row(key, day, amount, feed=feed, campaign=campaign.pk)
            for key, amount in amounts.items()
            for day in wanted
        )
    )
    now = datetime(today.year, today.month, today.day, 3, tzinfo=UTC)
    snapshots.refresh(campaign.workspace, today=today, now=now)


@pytest.fixture
def running(spring: Campaign, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    set_clock(monkeypatch, TODAY)
    fill(spring, 10, {"cost_media": 40, "leads": 3, "sessions": 30})
    return spring


@pytest.fixture
def vera(cast: Cast) -> Client:
    return client_of(cast.vera)


def page(client: Client, campaign: Campaign, **query: str) -> str:
    address = reverse("campaign", args=["northwind", campaign.public_id])
    response = client.get(address, query)
    assert response.status_code == 200
    return text(response)


def test_budget_and_outcome_against_time(running: Campaign, vera: Client) -> None:
    shown = page(vera, running)
    assert "At this pace: 80% of the budget and 60% of the plan (Leads)." in shown
    assert "40% of the budget spent, 50% of the days gone" in shown
    assert "€400.00 of €1,000" in shown
    assert "9 days left" in shown


def test_what_a_lead_cost(running: Campaign, vera: Client) -> None:
    """400 over 30 leads; of MQLs there are none."""
    shown = page(vera, running)
    assert "€13.33" in shown


def test_zero_leads_cost_nothing_that_could_be_told(
    spring: Campaign, vera: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, TODAY)
    fill(spring, 10, {"cost_media": 40, "leads": 0})
    shown = page(vera, spring)
    assert "At this pace: 80% of the budget and 0% of the plan (Leads)." in shown
    assert "∞" not in shown


def test_spending_that_stands_still(
    spring: Campaign, vera: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, TODAY)
    fill(spring, 2, {"cost_media": 40})
    shown = page(vera, spring)
    assert "No spend since 2 March 2026 – pacing paused." in shown
    assert "of the budget and" not in shown


def test_a_campaign_of_which_nothing_is_known(
    spring: Campaign, vera: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, TODAY)
    shown = page(vera, spring)
    assert "No figures of this campaign are known yet." in shown
    assert "No visits, leads or customers of this campaign are known." in shown


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"start": None, "end": None}, "Without its first and last day there is no pace."),
        ({"end": None}, "Without its last day there is no pace."),
        ({"budget": 0, "outcome": None, "outcome_target": None}, "A budget of zero has no pace."),
        ({"start": date(2026, 3, 30), "end": date(2026, 4, 2)}, "begins in 19 days"),
    ],
)
def test_why_there_is_no_pace(
    running: Campaign, vera: Client, more: dict[str, Any], said: str
) -> None:
    Campaign.objects.filter(pk=running.pk).update(**more)
    assert said in page(vera, running)


def test_roi_waits_for_the_sales_cycle(
    spring: Campaign, vera: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leads take 30 days to become customers: from 20 March to 19 April, and a day for figures."""
    Workspace.objects.filter(pk=spring.workspace_id).update(
        days_to_mql=10, days_to_sql=10, days_to_customer=10
    )
    fill(spring, 20, {"cost_media": 40, "revenue": 100}, date(2026, 4, 25))
    set_clock(monkeypatch, date(2026, 4, 19))
    early = page(vera, spring)
    assert "It is too early to conclude" in early
    assert "from 20 April 2026 on" in early
    assert "Sales cycle until 20 April 2026" in early
    assert ">ROI<" not in early
    set_clock(monkeypatch, date(2026, 4, 20))
    late = page(vera, spring)
    assert ">ROI<" in late
    assert "150%" in late
    assert "too early" not in late


def test_before_and_during(
    running: Campaign, vera: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ten days before brought 20 leads to everything, the ten days of the campaign 50."""
    book = Book(running.workspace)
    feed = book.feed("Website")
    days = [(START + timedelta(n)).isoformat() for n in range(-10, 10)]
    book.write(
        *(book.row("leads", day, 2 if n < 10 else 5, feed=feed) for n, day in enumerate(days))
    )
    Metric.objects.filter(workspace=running.workspace, key="leads").update(counting_feed=None)
    now = datetime(2026, 3, 11, 3, tzinfo=UTC)
    snapshots.refresh(running.workspace, today=TODAY, now=now)
    shown = page(vera, running, of="all")
    assert "Before: 19–28 February 2026. During: 1–10 March 2026, as many days." in shown
    assert "Leads around the campaign" in shown


def test_what_it_brought_to_objectives(
    board: Board, spring: Campaign, vera: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, TODAY)
    board.objective("leads", 60, statement="Sixty leads", start=START, end=END)
    board.objective("leads", 60, statement="Earlier", start=date(2026, 1, 1), end=date(2026, 2, 1))
    fill(spring, 10, {"leads": 3})
    board.judge(TODAY)
    shown = page(vera, spring)
    assert "Sixty leads" in shown
    assert "Earlier" not in shown
    assert "100%" in shown


def test_another_workspace_has_no_such_page(running: Campaign, cast: Cast) -> None:
    address = reverse("campaign", args=["acme", running.public_id])
    assert client_of(cast.bob).get(address).status_code == 404


def test_queries_do_not_grow(
    running: Campaign,
    board: Board,
    vera: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(6):
        board.objective("leads", 60, statement=f"Goal {number}", start=START, end=END)
        Campaign.objects.create(
            workspace=running.workspace, name=f"Other {number}", key=f"other {number}", start=START
        )
    board.judge(TODAY)
    page(vera, running)
    with django_assert_max_num_queries(60):
        page(vera, running)


def test_the_list_and_the_home_page(running: Campaign, board: Board, vera: Client) -> None:
    listed = text(vera.get(reverse("campaigns", args=["northwind"])))
    assert "At this pace: 80% of the budget and 60% of the plan (Leads)." in listed
    over = text(vera.get(reverse("campaigns", args=["northwind"]), {"phase": "over"}))
    assert "No campaign matches" in over
    board.objective("leads", 60, statement="Sixty leads", start=START, end=END)
    home = text(vera.get(reverse("progress", args=["northwind"])))
    assert "Campaigns running <small>1</small>" in home
    assert "9 days left" in home


def test_a_metric_and_an_objective_show_the_campaign(
    running: Campaign, board: Board, vera: Client
) -> None:
    objective = board.objective("leads", 60, statement="Sixty leads", start=START, end=END)
    link = reverse("campaign", args=["northwind", running.public_id])
    for address in (
        reverse("metric", args=["northwind", "leads"]),
        reverse("objective", args=["northwind", objective.public_id]),
    ):
        shown = text(vera.get(address))
        assert "Campaigns in these days" in shown
        assert link in shown


def test_names_that_look_like_it_are_to_be_reviewed(running: Campaign, cast: Cast) -> None:
    Campaign.objects.create(
        workspace=running.workspace, name="spring_webinar", key="spring_webinar"
    )
    shown = page(client_of(cast.erin), running)
    assert "utm_campaign = Spring webinar" in shown
    assert "30 rows matched." in shown
    assert "“spring_webinar”" in shown
