"""Feeds: up to which day a metric is complete, and when a feed is late."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Workspace
from metrics.costs import save_cost
from metrics.coverage import CoveredSpan
from metrics.facts import write_facts
from metrics.feeds import create_feed, data_date, freshness, latest_day
from metrics.models import Batch, Feed, Metric
from metrics.rhythm import guess_rhythm
from metrics.setup import manual_feed
from tests.cast import Cast, client_of
from tests.pages import text

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
TODAY = date(2026, 3, 20)
FIRST = date(2026, 1, 1)


def deliver(workspace: Workspace, feed: Feed, last: date, *keys: str) -> None:
    """The feed brings the metrics from the year's first day to `last`."""
    batch = Batch.objects.create(
        workspace=workspace, feed=feed, kind=Batch.Kind.FILE, committed_at=NOW
    )
    metrics = Metric.objects.filter(workspace=workspace, key__in=keys)
    write_facts(
        batch, rows=[], coverage=[CoveredSpan(feed.pk, one.pk, FIRST, last) for one in metrics]
    )


def a_feed(workspace: Workspace, name: str = "GA4", rhythm: str = "day") -> Feed:
    return create_feed(workspace, name=name, rhythm=rhythm)


def test_nothing_delivered_is_no_date(inside: Workspace) -> None:
    assert data_date(inside, "leads", today=TODAY) is None


def test_the_last_day_of_the_feed_counts(inside: Workspace) -> None:
    deliver(inside, a_feed(inside), date(2026, 3, 15), "leads")
    assert data_date(inside, "leads", today=TODAY) == date(2026, 3, 15)


@pytest.mark.parametrize(("delay", "expected"), [(0, 19), (1, 19), (3, 17)])
def test_never_today_and_never_before_the_usual_delay(
    inside: Workspace, delay: int, expected: int
) -> None:
    feed = create_feed(inside, name="GSC", rhythm="day", delay_days=delay)
    deliver(inside, feed, TODAY, "leads")
    assert data_date(inside, "leads", today=TODAY) == date(2026, 3, expected)


def test_the_slowest_feed_decides(inside: Workspace) -> None:
    deliver(inside, a_feed(inside, "Google Ads"), date(2026, 3, 18), "cost_media")
    deliver(inside, a_feed(inside, "LinkedIn", "month"), date(2026, 2, 28), "cost_media")
    assert data_date(inside, "cost_media", today=TODAY) == date(2026, 2, 28)


def test_a_feed_speaks_only_for_the_metrics_it_carries(inside: Workspace) -> None:
    feed = a_feed(inside)
    deliver(inside, feed, date(2026, 3, 18), "sessions")
    deliver(inside, feed, date(2026, 3, 10), "leads")
    assert data_date(inside, "sessions", today=TODAY) == date(2026, 3, 18)
    assert data_date(inside, "leads", today=TODAY) == date(2026, 3, 10)


def test_what_is_typed_holds_nothing_back(inside: Workspace) -> None:
    deliver(inside, a_feed(inside), date(2026, 3, 18), "leads")
    deliver(inside, manual_feed(inside), date(2026, 1, 5), "leads", "mqls")
    assert data_date(inside, "leads", today=TODAY) == date(2026, 3, 18)
    assert data_date(inside, "mqls", today=TODAY) == date(2026, 1, 5)


def test_a_feed_out_of_use_holds_nothing_back(inside: Workspace) -> None:
    old = a_feed(inside, "Old tool")
    deliver(inside, old, date(2026, 1, 31), "leads")
    deliver(inside, a_feed(inside), date(2026, 3, 18), "leads")
    Feed.objects.filter(pk=old.pk).update(is_active=False)
    assert data_date(inside, "leads", today=TODAY) == date(2026, 3, 18)


def test_the_feed_that_counts_is_asked_alone(inside: Workspace) -> None:
    counting = a_feed(inside, "GA4")
    deliver(inside, counting, date(2026, 3, 18), "sessions")
    deliver(inside, a_feed(inside, "Matomo"), date(2026, 2, 1), "sessions")
    Metric.objects.filter(workspace=inside, key="sessions").update(counting_feed=counting)
    assert data_date(inside, "sessions", today=TODAY) == date(2026, 3, 18)


def test_a_derived_metric_waits_for_its_operands_that_have_data(inside: Workspace) -> None:
    deliver(inside, a_feed(inside, "CRM"), date(2026, 3, 12), "leads")
    deliver(inside, a_feed(inside, "Google Ads"), date(2026, 3, 18), "cost_media")
    assert data_date(inside, "cpl", today=TODAY) == date(2026, 3, 12)


def test_another_workspace_has_no_part_in_it(inside: Workspace, acme: Workspace) -> None:
    deliver(inside, a_feed(inside), date(2026, 3, 15), "leads")
    assert data_date(acme, "leads", today=TODAY) is None


@pytest.mark.parametrize(
    ("rhythm", "last", "late", "silent"),
    [
        ("day", date(2026, 3, 18), 0, False),
        ("day", date(2026, 3, 17), 1, False),
        ("day", date(2026, 3, 16), 2, False),
        ("day", date(2026, 3, 15), 3, True),
        ("week", date(2026, 3, 12), 0, False),
        ("week", date(2026, 3, 8), 4, False),
        ("month", date(2026, 2, 28), 0, False),
        ("month", date(2026, 1, 31), 19, False),
        ("none", date(2025, 1, 1), 0, False),
    ],
)
def test_late_and_silent(
    inside: Workspace, rhythm: str, last: date, late: int, silent: bool
) -> None:
    feed = a_feed(inside, rhythm=rhythm)
    Feed.objects.filter(pk=feed.pk).update(last_data_day=last)
    fresh = {one.feed.name: one for one in freshness(inside, today=TODAY)}["GA4"]
    assert (fresh.days_late, fresh.is_late, fresh.is_silent) == (late, late > 0, silent)


def test_a_feed_that_never_brought_anything_is_not_late(inside: Workspace) -> None:
    a_feed(inside)
    assert not any(one.is_late for one in freshness(inside, today=TODAY))


@pytest.mark.parametrize(
    ("spans", "rhythm"),
    [
        ([(n, n) for n in (1, 2, 3, 4)], "day"),
        ([(n, n) for n in (1, 4, 5, 6, 9)], "day"),
        ([(n, n) for n in (1, 8, 15)], "week"),
        ([(1, 7), (8, 14)], "week"),
        ([(1, 31)], "month"),
        ([(5, 5)], "none"),
        ([], "none"),
    ],
)
def test_the_rhythm_is_read_from_the_days(spans: list[tuple[int, int]], rhythm: str) -> None:
    days = [(date(2026, 1, first), date(2026, 1, last)) for first, last in spans]
    assert guess_rhythm(days) == rhythm


def test_figures_of_a_cost_to_come_reach_to_today(inside: Workspace) -> None:
    save_cost(
        inside, user=None, category="tools", amount=Decimal(120),
        start=date(2026, 1, 1), end=date(2026, 12, 31),
    )  # fmt: skip
    today = date(2026, 3, 10)
    shown = {one.feed.name: one.last_day for one in freshness(inside, today=today)}
    assert shown["Costs"] == today


def test_figures_reach_the_latest_complete_day(inside: Workspace) -> None:
    assert latest_day(inside, today=TODAY) is None
    deliver(inside, manual_feed(inside), date(2026, 3, 19), "leads")
    assert latest_day(inside, today=TODAY) == date(2026, 3, 19)
    deliver(inside, a_feed(inside), date(2026, 3, 15), "leads")
    deliver(inside, a_feed(inside, "Ads", "week"), date(2026, 3, 8), "sessions")
    assert latest_day(inside, today=TODAY) == date(2026, 3, 15)


@pytest.mark.parametrize("page", ["metrics", "funnel", "cohorts", "costs", "campaigns", "alerts"])
def test_pages_say_to_which_day_their_figures_go(inside: Workspace, cast: Cast, page: str) -> None:
    deliver(inside, a_feed(inside), date(2026, 3, 15), "leads")
    shown = client_of(cast.vera).get(reverse(page, args=["northwind"]))
    assert "Figures to Sun" in text(shown)
