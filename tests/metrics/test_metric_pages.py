"""The list of metrics and a metric's page: values, reasons, comparisons, segments, the file."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from accounts.models import User, Workspace
from metrics import snapshots
from metrics.facts import write_facts
from metrics.feeds import create_feed
from metrics.metric_list import shelves
from metrics.metric_page import Choice, metric_page
from metrics.models import Batch, Dimension, DimensionValue, Metric
from metrics.models.dimension import NONE
from metrics.periods import Grain, local_today
from metrics.series import EVERYTHING
from metrics.staging import FactRow
from tests.cast import Cast, client_of

# A Wednesday: on other days the running week has all of its days, or none of them.
NOW = datetime(2026, 3, 18, 9, tzinfo=UTC)


@pytest.fixture
def today(northwind: Workspace, monkeypatch: pytest.MonkeyPatch) -> date:
    """The workspace's day, as the pages see it."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return local_today(NOW, northwind.time_zone)


@pytest.fixture
def filled(inside: Workspace, today: date) -> Workspace:
    """Northwind with 100 days of leads and sessions by channel, and visitors of each day."""
    feed = create_feed(inside, name="GA4", rhythm="day")
    batch = Batch.objects.create(workspace=inside, feed=feed, kind=Batch.Kind.FILE)
    ids = dict(Metric.objects.filter(workspace=inside).values_list("key", "pk"))
    channels = DimensionValue.objects.filter(workspace=inside, dimension=Dimension.CHANNEL)
    days = [today - timedelta(days=n) for n in range(1, 101)]

    def row(key: str, day: date, value: int, channel: int = NONE) -> FactRow:
        return FactRow(ids[key], day, feed.pk, channel, 0, 0, 0, 0, day, Decimal(value))

    rows = [row("visitors", day, 80) for day in days]
    for place in channels.filter(key__in=["email", "organic"]):
        for key, value in (("leads", 2), ("sessions", 50)):
            rows += [row(key, day, value, place.pk) for day in days]
    write_facts(batch, rows=rows)
    snapshots.refresh(inside, today=today, now=timezone.now())
    return inside


@pytest.fixture
def vera(cast: Cast) -> Client:
    """The browser of a viewer."""
    return client_of(cast.vera)


def page(client: Client, name: str, *args: str, **query: str) -> str:
    response = client.get(reverse(name, args=["northwind", *args]), query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_shows_what_is_known_and_the_golden_ones(filled: Workspace, today: date) -> None:
    listed = {
        one.metric.key: one for shelf in shelves(filled, today=today) for one in shelf.metrics
    }
    assert listed["leads"].value is not None
    assert not listed["leads"].partial
    assert listed["revenue"].value is None  # golden
    assert "followers" not in listed


def test_the_whole_catalogue_and_a_search(filled: Workspace, vera: Client) -> None:
    assert "Followers" in page(vera, "metrics", all="1")
    found = page(vera, "metrics", q="followers")
    assert "Followers" in found
    assert "New customers" not in found
    assert "No metric matches" in page(vera, "metrics", q="zebra")


def test_a_metrics_page_has_its_chart_table_and_segments(filled: Workspace, vera: Client) -> None:
    text = page(vera, "metric", "leads")
    assert "<canvas" in text
    assert "Organic search" in text
    assert "50%" in text
    assert "against the same days of the period before" in text
    assert "Enter values" not in text


def test_the_page_of_one_channel(filled: Workspace, vera: Client) -> None:
    week = page(vera, "metric", "leads", channel="email", grain="week")
    assert ">14<" in week.replace(" ", "").replace("\n", "")


def test_people_are_never_added_up_and_the_page_says_why(filled: Workspace, vera: Client) -> None:
    assert "who cannot be added up" in page(vera, "metric", "visitors", grain="quarter")
    assert "<canvas" in page(vera, "metric", "visitors", grain="day")


def test_a_rate_is_shown_with_what_it_is_made_from(filled: Workspace, today: date) -> None:
    metric = Metric.objects.get(workspace=filled, key="visit_to_lead_rate")
    choice = Choice(Grain.WEEK, "previous", EVERYTHING, Dimension.CHANNEL)
    shown = metric_page(filled, metric, choice, today=today)
    whole = next(row for row in shown.rows if not row.partial)
    assert whole.value == Decimal(28) / Decimal(700)
    assert set(whole.inputs) == {"leads", "sessions"}
    assert all(line.share is None for line in shown.lines)
    assert shown.formula


def test_a_running_period_of_which_nothing_is_known_is_not_drawn(
    filled: Workspace, today: date
) -> None:
    metric = Metric.objects.get(workspace=filled, key="leads")
    choice = Choice(Grain.DAY, "none", EVERYTHING, Dimension.CHANNEL)
    spec = metric_page(filled, metric, choice, today=today).spec
    assert spec.labels[-1] == today - timedelta(days=1)


def test_a_metric_without_values_says_so(inside: Workspace, vera: Client, cast: Cast) -> None:
    assert "No values yet in these periods." in page(vera, "metric", "followers")
    assert "Enter values" in page(client_of(cast.carl), "metric", "followers")


def test_nothing_to_divide_by_is_a_reason(inside: Workspace, vera: Client) -> None:
    assert "No values to show" in page(vera, "metric", "cpl")


def test_costs_are_entered_in_their_ledger(inside: Workspace, cast: Cast) -> None:
    assert reverse("cost_new", args=["northwind"]) in page(
        client_of(cast.carl), "metric", "cost_media"
    )


@pytest.mark.parametrize(
    "query", [{"grain": "era"}, {"compare": "moon"}, {"by": "weather"}, {"grain": "year"}]
)
def test_an_odd_address_shows_the_page(filled: Workspace, vera: Client, query: Any) -> None:
    page(vera, "metric", "leads", **query)


def test_an_unknown_metric_or_channel_is_not_found(inside: Workspace, vera: Client) -> None:
    for path in ("metrics/unknown/", "metrics/leads/?channel=moon", "metrics/leads/?campaign=x"):
        assert vera.get(f"/w/northwind/{path}").status_code == 404


def exported(client: Client, **query: str) -> bytes:
    address = reverse("metric_export", args=["northwind", "visit_to_lead_rate"])
    content: bytes = client.get(address, {"grain": "day", **query}).getvalue()
    return content


def test_the_file_holds_machine_numbers(filled: Workspace, vera: Client) -> None:
    rows = list(csv.DictReader(StringIO(exported(vera).decode())))
    whole = [row for row in rows if row["visit_to_lead_rate"]]
    assert {row["visit_to_lead_rate"] for row in whole} == {"0.04"}
    assert rows[0]["start"] < rows[-1]["start"]


def test_the_file_is_written_for_excel_too(filled: Workspace, vera: Client) -> None:
    french = exported(vera, file="csv-fr").decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(french), delimiter=";"))
    assert {row["visit_to_lead_rate"] for row in rows} - {""} == {"0,04"}
    book = CalamineWorkbook.from_filelike(BytesIO(exported(vera, file="xlsx")))
    header, first, *_rest = book.get_sheet_by_index(0).to_python()
    assert header[:4] == ["period", "start", "end", "visit_to_lead_rate"]
    assert isinstance(first[1], date)


def test_names_are_in_the_readers_language(filled: Workspace, vera: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.vera.pk).update(language="fr")
    assert "Recherche naturelle" in page(vera, "metric", "leads")


def test_pages_ask_the_database_a_fixed_number_of_times(
    filled: Workspace, vera: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page(vera, "metrics")
    for most, name, *args in (
        (12, "metrics"),
        (21, "metric", "leads"),
        (19, "metric", "visit_to_lead_rate"),
    ):
        with django_assert_max_num_queries(most):
            page(vera, name, *args)
