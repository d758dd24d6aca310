"""The engine against the reference: random workspaces, cell by cell, in any order of changes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import Workspace
from metrics import snapshots
from metrics.catalogue import CATALOGUE
from metrics.coverage import CoveredSpan
from metrics.day_rows import Asked, derived_days
from metrics.fact_months import pack_months
from metrics.facts import FactRow, delete_facts, undo_batch, write_facts
from metrics.models import Batch, Campaign, Coverage, Dimension, Fact, Feed, Metric
from metrics.periods import Grain, Period
from metrics.resolution import Segment
from metrics.rollup import Row
from metrics.rules import BASE, DIMENSION_NAMES, calendar_of, read_rules
from metrics.snapshot_rows import load_between
from tests.metrics.numbers import Book
from tests.metrics.reference import Fact as ReferenceFact
from tests.metrics.reference import Reference

NOW = datetime(2025, 5, 1, tzinfo=UTC)
FIRST = date(2024, 1, 28)
OWN = {
    "more_leads": "leads - prev(leads)",
    "leads_lagged": "lag(leads, 10)",
    "customers_then": "start(customers)",
    "growth_before": "prev(traffic_growth)",
    "growth_gain": "traffic_growth - growth_before",
    "organic_cpl": 'cpl where channel = "organic"',
    "some_sessions": "coalesce(sessions, leads)",
}
KEYS = (
    "sessions", "leads", "mqls", "cost_media", "cost_staff", "customers", "lost_customers",
    "search_position", "search_impressions", "page_load_ms", "visitors", "pageviews", "customers",
    "sessions",
)  # fmt: skip
DAYS = (0, 1, 3, 33, 45, 46, 110, 363, 364, 366, 369, 400)
"""Days that meet: neighbours, a month's end, the end of a stock's carry, a year of 52 weeks."""
VALUES = (0, 1, 2, 3, 7, Decimal("10.25"), Decimal("0.5"), 40)


@dataclass(frozen=True)
class Drawn:
    """A fact before it is known which ids its names have."""

    key: int
    day: int
    feed: int
    channel: int
    campaign: int
    device: int
    asset: int
    value: int
    span: int


drawn = st.builds(
    Drawn,
    key=st.integers(0, len(KEYS) - 1),
    day=st.integers(0, len(DAYS) - 1),
    feed=st.integers(0, 3),
    channel=st.sampled_from((0, 0, 1, 2, -1)),
    campaign=st.sampled_from((0, 0, 0, 1, 2, -1)),
    device=st.sampled_from((0, 0, 0, 1, -1)),
    asset=st.sampled_from((0, 0, 0, 0, 1)),
    value=st.integers(0, len(VALUES) - 1),
    span=st.integers(0, 3),
)
batches = st.lists(drawn, min_size=20, max_size=40)
corrections = st.lists(drawn, min_size=1, max_size=4)
coverages = st.tuples(
    st.integers(0, len(KEYS) - 1), st.integers(0, 3), st.integers(0, 11), st.integers(0, 45)
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), corrections, st.lists(coverages, max_size=2)),
        st.tuples(st.just("delete"), st.integers(1, 5)),
        st.tuples(st.just("undo"), st.integers(0, 1)),
        st.tuples(st.just("wait"), st.integers(1, 60)),
        st.just(("pack",)),
    ),
    min_size=3,
    max_size=6,
)


class World:
    """A workspace with feeds, campaigns and metrics of its own, and random changes to it."""

    def __init__(self, book: Book, counting: bool) -> None:
        self.book = book
        self.workspace = book.workspace
        self.today = FIRST + timedelta(days=370)
        self.batches: list[Batch] = []
        for key, formula in OWN.items():
            Metric.objects.create(
                workspace=self.workspace, key=key, own_formula=formula, own_unit="count"
            )
        ledger = Feed.objects.get(workspace=self.workspace, kind=Feed.Kind.LEDGER)
        self.feeds = (book.typed, book.feed("One"), book.feed("Two"), ledger.pk)
        self.channels = (0, book.value("organic"), book.value("email"))
        self.campaigns = (0, self.campaign("spring", self.channels[1]), self.campaign("fall", None))
        self.device = book.value("desktop", Dimension.DEVICE)
        self.asset = book.value("landing", Dimension.ASSET)
        if counting:
            Metric.objects.filter(workspace=self.workspace, key__in=("leads", "customers")).update(
                counting_feed=self.feeds[1]
            )

    def campaign(self, key: str, channel: int | None) -> int:
        return Campaign.objects.create(
            workspace=self.workspace, name=key, key=key, channel_id=channel
        ).pk

    def row(self, one: Drawn) -> FactRow:
        key = KEYS[one.key]
        start = end = FIRST + timedelta(days=DAYS[one.day])
        if key == "visitors" and one.span:
            grain = (Grain.WEEK, Grain.MONTH, Grain.QUARTER)[one.span - 1]
            period = calendar_of(self.workspace).period_of(start, grain)
            start, end = period.start, period.end
        return FactRow(
            self.book.metrics[key],
            start,
            self.feeds[3] if key == "cost_staff" else self.feeds[min(one.feed, 2)],
            -1 if one.channel < 0 else self.channels[one.channel],
            -1 if one.campaign < 0 else self.campaigns[one.campaign],
            -1 if one.device < 0 else one.device and self.device,
            one.asset and self.asset,
            0,
            end,
            Decimal(VALUES[one.value]),
        )

    def write(self, drawn: list[Drawn], covered: list[tuple[int, int, int, int]]) -> None:
        rows = {row.key: row for row in map(self.row, drawn)}
        coverage = []
        for key, feed, day, length in covered:
            start = FIRST + timedelta(days=DAYS[day])
            end = start + timedelta(days=length)
            metric = self.book.metrics[KEYS[key]]
            coverage.append(CoveredSpan(self.feeds[feed], metric, start, end, zero_filled=True))
        batch = self.book.batch()
        write_facts(batch, rows=rows.values(), coverage=coverage)
        self.batches.append(batch)

    def delete(self, count: int) -> None:
        facts = Fact.objects.filter(workspace=self.workspace).order_by("-value", "day")[:count]
        keys = [FactRow(*_columns(fact)).key for fact in facts]
        delete_facts(self.book.batch(), keys=keys)

    def undo(self, place: int) -> None:
        if place < len(self.batches):
            undo_batch(self.batches.pop(place), user=None, now=NOW)

    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)

    def pack(self) -> None:
        pack_months(self.workspace, day=self.today)

    def refresh(self) -> snapshots.Refreshed:
        return snapshots.refresh(self.workspace, today=self.today, now=NOW)

    def reference(self) -> Reference:
        metrics = dict(Metric.objects.filter(workspace=self.workspace).values_list("pk", "key"))
        shipped = {key: one.formula for key, one in CATALOGUE.items() if one.formula}
        counting = Metric.objects.filter(workspace=self.workspace, counting_feed__isnull=False)
        facts = Fact.objects.filter(workspace=self.workspace)
        coverage = Coverage.objects.filter(workspace=self.workspace, zero_filled=True)
        feeds = Feed.objects.filter(workspace=self.workspace)
        return Reference(
            calendar=calendar_of(self.workspace),
            today=self.today,
            rollups={key: str(CATALOGUE[key].rollup) for key in BASE},
            weights={key: one.weight for key, one in CATALOGUE.items() if one.weight},
            formulas={**shipped, **OWN},
            facts=[
                ReferenceFact(
                    metrics[one.metric_id], one.feed_id, one.day, one.end, _dims(one), one.value
                )
                for one in facts
            ],
            covered=[(metrics[one.metric_id], one.feed_id, one.start, one.end) for one in coverage],
            kinds=dict(feeds.values_list("pk", "kind")),
            counting={one.key: one.counting_feed_id for one in counting if one.counting_feed_id},
            channel_of={self.campaigns[1]: self.channels[1]},
            channels={
                key: self.book.value(key)
                for key in ("organic", "email", "social", "direct", "referral", "paid_search",
                            "paid_social", "display")
            },
            parts={
                key: tuple(DIMENSION_NAMES[name] for name in one.listed_by)
                for key, one in CATALOGUE.items()
                if one.listed_by
            },
        )  # fmt: skip


def _dims(fact: Fact) -> tuple[int, int, int, int, int]:
    return (fact.channel_id, fact.campaign_id, fact.device_id, fact.asset_id, fact.audience_id)


def _columns(fact: Fact) -> tuple[Any, ...]:
    return fact.metric_id, fact.day, fact.feed_id, *_dims(fact), fact.end, fact.value


def stored(workspace: Workspace, period: Period) -> Mapping[Segment, Row]:
    """The rows of a period; of a day they are worked out from its block."""
    if period.grain is not Grain.DAY:
        found = load_between(workspace.pk, period.grain, period.start, period.start)
        return found.get(period.start, {})
    rules = read_rules(workspace)
    asked = Asked(workspace.pk, rules.calendar, rules.formulas, rules.named, BASE, None, None)
    return derived_days(asked, period.start, period.end).get(period.start, {})


def assert_same(world: World, period: Period, reference: Reference) -> None:
    """Every cell of every row of a period."""
    expected = {
        Segment(*segment): cells
        for segment, cells in reference.rows(period).items()
        if cells.values or cells.reasons
    }
    found = stored(world.workspace, period)
    assert found.keys() == expected.keys(), period
    for segment, cells in expected.items():
        row = found[segment]
        where = period.key, segment
        assert row.values.keys() == cells.values.keys(), where
        for key, value in cells.values.items():
            limit = abs(value) * Decimal("1e-16")
            assert abs(row.values[key] - value) <= limit, (*where, key)
        assert row.reasons == cells.reasons, where
        assert row.incomplete == cells.incomplete, where


def random_worlds(examples: int) -> settings:
    """So many of them: each takes seconds, and to shrink one many minutes."""
    return settings(
        max_examples=examples,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@contextmanager
def thrown_away() -> Iterator[None]:
    """What happens inside leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.slow
@random_worlds(10)
@given(
    first=batches,
    covered=st.lists(coverages, min_size=1, max_size=4),
    steps=steps,
    counting=st.booleans(),
    week_start=st.sampled_from((0, 5, 6)),
    fiscal_year_start=st.sampled_from((1, 1, 7)),
)
def test_the_engine_agrees_with_the_reference(
    inside: Workspace,
    first: list[Drawn],
    covered: list[tuple[int, int, int, int]],
    steps: list[tuple[object, ...]],
    counting: bool,
    week_start: int,
    fiscal_year_start: int,
) -> None:
    inside.week_start, inside.fiscal_year_start = week_start, fiscal_year_start
    with thrown_away():
        world = World(Book(inside), counting)
        world.write(first, covered)
        world.refresh()
        for name, *arguments in steps:
            getattr(world, str(name))(*arguments)
            world.refresh()
        reference = world.reference()
        days = {fact.day for fact in reference.facts} | {world.today}
        days |= {fact.end for fact in reference.facts}
        for day in sorted(days):
            for grain in Grain:
                assert_same(world, reference.calendar.period_of(day, grain), reference)
        assert world.refresh().rows_written == 0
        for _time in ("as they are", "packed"):
            full = snapshots.recompute(inside, today=world.today, now=NOW, full=True)
            assert (full.rows_written, full.restated) == (0, 0)
            world.pack()
