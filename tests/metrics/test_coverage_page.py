"""The page of coverage: what each period is known as, where it leads, and what it costs."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from metrics import snapshots
from metrics.coverage_page import CoverageRow, Known, Remedy, coverage_table
from metrics.entries import save_entry
from metrics.feeds import create_feed
from metrics.models import Feed, Metric
from metrics.periods import Grain
from metrics.setup import install_catalogue
from tests.cast import Cast, client_of
from tests.metrics.numbers import Book
from tests.pages import text

TODAY = date(2024, 3, 20)


def row(workspace: Workspace, key: str, feed: Feed | None = None) -> CoverageRow:
    """The line of one metric, by months, after a recompute."""
    snapshots.refresh(workspace, today=TODAY, now=timezone.now())
    table = coverage_table(workspace, grain=Grain.MONTH, until=TODAY, today=TODAY, feed=feed)
    return next(one for one in table.rows if one.metric.key == key)


def known(found: CoverageRow) -> list[Known]:
    """What January, February and March are known as."""
    return [cell.known for cell in found.cells[-3:]]


@pytest.fixture
def workspace(inside: Workspace) -> Workspace:
    """Northwind with the catalogue."""
    install_catalogue(inside)
    return inside


def brought(workspace: Workspace, feed: Feed, start: date, end: date) -> None:
    """Five sessions on each of these days."""
    book = Book(workspace)
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    rows = [book.row("sessions", day.isoformat(), 5, feed=feed.pk) for day in days]
    span = book.covered("sessions", start.isoformat(), end.isoformat(), feed.pk)
    book.write(*rows, coverage=[span])


def typed(workspace: Workspace, start: date, end: date, value: int) -> None:
    metric = Metric.objects.get(workspace=workspace, key="leads")
    save_entry(
        workspace,
        user=None,
        metric=metric,
        start=start,
        end=end,
        value=Decimal(value),
        today=TODAY,
    )


def test_a_typed_month_is_a_value_the_one_after_it_is_missing(workspace: Workspace) -> None:
    typed(workspace, date(2024, 1, 1), date(2024, 1, 31), 31)
    found = row(workspace, "leads")
    assert known(found) == [Known.VALUE, Known.MISSING, Known.DUE]
    assert found.cells[-3].value == 31
    assert found.remedy is Remedy.TYPE


def test_a_typed_zero_is_zero_not_missing(workspace: Workspace) -> None:
    typed(workspace, date(2024, 1, 1), date(2024, 1, 31), 0)
    assert known(row(workspace, "leads"))[0] is Known.ZERO


def test_a_month_with_unknown_days_is_provisional(workspace: Workspace) -> None:
    typed(workspace, date(2024, 1, 1), date(2024, 1, 7), 7)
    typed(workspace, date(2024, 2, 1), date(2024, 2, 29), 7)
    assert known(row(workspace, "leads"))[:2] == [Known.PROVISIONAL, Known.VALUE]


def test_what_a_feed_should_have_brought_is_late(workspace: Workspace) -> None:
    feed = create_feed(workspace, name="Site", rhythm=Feed.Rhythm.DAY)
    brought(workspace, feed, date(2024, 1, 1), date(2024, 2, 10))
    found = row(workspace, "sessions")
    assert known(found) == [Known.VALUE, Known.LATE, Known.LATE]
    assert found.remedy is Remedy.IMPORT


def test_what_a_feed_still_has_time_for_is_not_due(workspace: Workspace) -> None:
    feed = create_feed(workspace, name="Site", rhythm=Feed.Rhythm.MONTH, delay_days=5)
    brought(workspace, feed, date(2024, 1, 1), date(2024, 2, 29))
    assert known(row(workspace, "sessions")) == [Known.VALUE, Known.VALUE, Known.DUE]


def test_a_feed_alone_is_told_of_without_the_others(workspace: Workspace) -> None:
    site, shop = (create_feed(workspace, name=name) for name in ("Site", "Shop"))
    brought(workspace, site, date(2024, 1, 1), date(2024, 3, 19))
    brought(workspace, shop, date(2024, 1, 1), date(2024, 1, 31))
    assert known(row(workspace, "sessions", shop))[:2] == [Known.VALUE, Known.MISSING]


@pytest.fixture
def owner(cast: Cast) -> Client:
    return client_of(cast.alice)


def test_a_missing_value_leads_to_its_cell(workspace: Workspace, owner: Client) -> None:
    today = timezone.localdate()
    first = today.replace(day=1) - timedelta(days=120)
    typed_end = first + timedelta(days=3)
    metric = Metric.objects.get(workspace=workspace, key="leads")
    save_entry(
        workspace,
        user=None,
        metric=metric,
        start=first,
        end=typed_end,
        value=Decimal(3),
        today=today,
    )
    snapshots.refresh(workspace, today=today, now=timezone.now())
    page = owner.get(reverse("coverage", args=["northwind"])).content.decode()
    missing = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    assert f"metric=leads#leads.{missing.isoformat()}" in page


def test_a_reader_gets_no_link_to_type(workspace: Workspace, cast: Cast) -> None:
    page = client_of(cast.vera).get(reverse("coverage", args=["northwind"])).content.decode()
    assert "#leads." not in page
    assert "Coverage" in page


def test_the_whole_catalogue_over_thirteen_months_takes_few_queries(
    workspace: Workspace, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    feed = create_feed(workspace, name="Site", rhythm=Feed.Rhythm.DAY)
    brought(workspace, feed, date(2024, 1, 1), date(2024, 3, 19))
    snapshots.refresh(workspace, today=TODAY, now=timezone.now())
    with django_assert_max_num_queries(8):
        table = coverage_table(
            workspace, grain=Grain.MONTH, until=TODAY, today=TODAY, everything=True
        )
    assert len(table.rows) > 100
    assert {len(one.cells) for one in table.rows} == {13}


def test_nonsense_in_the_address_shows_the_page(workspace: Workspace, owner: Client) -> None:
    query = {"grain": "x", "until": "2024-99-99", "feed": "nobody", "all": "%"}
    response = owner.get(reverse("coverage", args=["northwind"], query=query))
    assert response.status_code == 200
    assert "What the words mean" in text(response) or "No figures yet" in text(response)
