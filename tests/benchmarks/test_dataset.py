"""The measured data set: deterministic, and as the writer of facts would leave it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Workspace
from accounts.scope import system_scope, workspace_scope
from metrics.benchmarks import dataset
from metrics.benchmarks.plan import FACTS_A_DAY, FEEDS, Shape, days_for, months_within
from metrics.catalogue import CATALOGUE
from metrics.catalogue.definition import Rollup
from metrics.models import Campaign, Coverage, Fact, Feed, StaleSpan

FIRST, LAST = date(2026, 1, 1), date(2026, 2, 11)
ROLLUPS = {
    Shape.FLOW: Rollup.SUM,
    Shape.STOCK: Rollup.LAST,
    Shape.MEAN: Rollup.WEIGHTED_MEAN,
    Shape.UNIQUE: Rollup.UNIQUE,
}


def made(number: int, name: str = "benchmark") -> Workspace:
    with system_scope():
        return dataset.make_workspace(name, number, dataset.make_owner())


@pytest.fixture
def filled(db: None) -> Iterator[Workspace]:
    """A workspace with six weeks of facts, with the test running in its scope."""
    workspace = made(3)
    with workspace_scope(workspace.pk):
        dataset.fill(workspace, FIRST, LAST, now=timezone.now())
        yield workspace


def test_every_series_runs_as_its_metric_adds_up() -> None:
    planned = [one for feed in FEEDS for one in feed.series]
    assert {one.metric: ROLLUPS[one.shape] for one in planned} == {
        one.metric: CATALOGUE[one.metric].rollup for one in planned
    }


def test_a_hundred_thousand_facts_are_two_years_of_a_workspace() -> None:
    assert days_for(20_000_000, 200) == 730


def test_a_day_has_about_as_many_facts_as_the_plan_says(filled: Workspace) -> None:
    days = (LAST - FIRST).days + 1
    a_day = Fact.objects.filter(workspace=filled).count() / days
    assert a_day == pytest.approx(FACTS_A_DAY, rel=0.1)


def test_the_writer_of_facts_finds_nothing_to_change(filled: Workspace) -> None:
    day = FIRST + timedelta(days=20)
    there = Fact.objects.filter(workspace=filled, day=day, end=day).count()
    assert dataset.write_day(filled, day, now=timezone.now()) == (0, 0, there)


def test_a_further_day_is_new(filled: Workspace) -> None:
    written = dataset.write_day(filled, LAST + timedelta(days=1), now=timezone.now())
    assert written.created > FACTS_A_DAY / 2
    assert (written.changed, written.same) == (0, 0)


def values_of(workspace: Workspace) -> Counter[Any]:
    """What is known of it, by names: ids differ from one workspace to the next."""
    facts = Fact.objects.filter(workspace=workspace)
    return Counter(facts.values_list("metric__key", "day", "end", "feed__name", "value"))


def test_the_same_arguments_give_the_same_facts(filled: Workspace) -> None:
    twin = made(3, "twin")
    with workspace_scope(twin.pk):
        dataset.fill(twin, FIRST, LAST, now=timezone.now())
        found = values_of(twin)
    assert found == values_of(filled)


def test_uniques_are_given_for_whole_months_only(filled: Workspace) -> None:
    spans = Fact.objects.filter(workspace=filled, metric__key="visitors")
    assert list(spans.values_list("day", "end")) == [(date(2026, 1, 1), date(2026, 1, 31))]


def test_some_days_of_an_unreliable_feed_are_missing(filled: Workspace) -> None:
    with_posts = Fact.objects.filter(workspace=filled, metric__key="social_reactions")
    days = set(with_posts.values_list("day", flat=True))
    assert 0 < (LAST - FIRST).days + 1 - len(days) < 10


def test_a_mean_has_its_weight_on_the_same_days(filled: Workspace) -> None:
    facts = Fact.objects.filter(workspace=filled)
    means = facts.filter(metric__key="sales_cycle_days").values_list("day", "channel_id")
    weights = facts.filter(metric__key="new_customers").values_list("day", "channel_id")
    assert set(means)
    assert set(means) == set(weights)


def test_what_the_writer_leaves_beside_facts_is_there(filled: Workspace) -> None:
    feeds = Feed.objects.filter(workspace=filled, name__in=[one.name for one in FEEDS])
    assert set(feeds.values_list("last_data_day", flat=True)) == {LAST}
    covered = Coverage.objects.filter(workspace=filled, metric__key="leads").get()
    assert (covered.start, covered.end, covered.zero_filled) == (FIRST, LAST, True)
    stale = set(StaleSpan.objects.filter(workspace=filled).values_list("metric__key", flat=True))
    assert stale == {one.metric for feed in FEEDS for one in feed.series}


def test_values_are_those_of_a_company(filled: Workspace) -> None:
    facts = Fact.objects.filter(workspace=filled)
    assert Campaign.objects.filter(workspace=filled).count() == 9
    assert not facts.filter(value__lt=0).exists()
    assert facts.filter(metric__key="leads", value__gt=0).exists()
    assert facts.filter(metric__key="cost_media").exclude(value=Decimal(0)).exists()


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 1, 1), date(2026, 1, 31), [1]),
        (date(2026, 1, 2), date(2026, 2, 27), []),
        (date(2025, 12, 31), date(2026, 3, 1), [1, 2]),
    ],
)
def test_months_within(first: date, last: date, months: list[int]) -> None:
    assert [start.month for start, _end in months_within(first, last)] == months
