"""The facts behind a value come to the value, on random workspaces, for every rule."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Workspace
from metrics import series
from metrics.catalogue.definition import Rollup
from metrics.lineage import Lineage, lineage
from metrics.models import Dimension, Fact, Metric
from metrics.periods import Grain
from metrics.resolution import EVERYTHING, Segment
from metrics.rules import BASE, calendar_of
from metrics.why_values import Span
from tests.metrics.numbers import Book
from tests.metrics.test_reference import (
    Drawn,
    World,
    batches,
    coverages,
    random_worlds,
    thrown_away,
)


def all_facts(world: World, metric: Metric, found: Lineage) -> Lineage:
    """The same with every page's facts added up, and checked against the number."""
    lines = list(found.lines)
    for page in range(2, found.pages + 1):
        more = lineage(
            world.workspace, metric, found.segment, found.span, today=world.today, page=page
        )
        lines += more.lines
    assert len(lines) == found.fact_count == len({one.fact for one in lines})
    if found.rollup == Rollup.WEIGHTED_MEAN and found.weight_sum:
        above = sum(one.fact.value * (one.fact.weight or 0) for one in lines)
        assert above == found.weighted_sum
        assert sum((one.fact.weight or 0) for one in lines) == found.weight_sum
    elif found.rollup in (Rollup.SUM, Rollup.LAST):
        total = sum(one.fact.value for one in lines) + (found.rest or 0)
        assert found.value is None or total == found.value, found
    return found


def explain(world: World, metric: Metric, segment: Segment, span: Span) -> None:
    found = lineage(world.workspace, metric, segment, span, today=world.today)
    where = metric.key, segment, span, found.value, found.of_facts, found.rest, found.reason
    assert found.agrees, where
    all_facts(world, metric, found)


@pytest.mark.slow
@random_worlds(6)
@given(
    first=batches,
    covered=st.lists(coverages, min_size=1, max_size=4),
    counting=st.booleans(),
    span=st.tuples(st.integers(0, 400), st.integers(0, 60)),
)
def test_the_shown_facts_add_up_to_the_number(
    inside: Workspace,
    first: list[Drawn],
    covered: list[tuple[int, int, int, int]],
    counting: bool,
    span: tuple[int, int],
) -> None:
    with thrown_away():
        world = World(Book(inside), counting)
        world.write(first, covered)
        world.refresh()
        calendar = calendar_of(inside)
        metrics = Metric.objects.filter(workspace=inside, key__in=BASE, facts__isnull=False)
        days = set(Fact.objects.filter(workspace=inside).values_list("day", flat=True))
        for metric in metrics.distinct():
            for day in sorted(days)[:: max(len(days) // 4, 1)]:
                for grain in (Grain.DAY, Grain.MONTH, Grain.QUARTER):
                    period = calendar.period_of(day, grain)
                    for segment in segments(world, metric.key, grain, period.start):
                        explain(world, metric, segment, (period.start, period.end))
            start = min(days) + timedelta(days=span[0])
            end = start + timedelta(days=span[1])
            explain(world, metric, EVERYTHING, (start, end))


def segments(world: World, key: str, grain: Grain, start: date) -> list[Segment]:
    """Everything, and each segment of three dimensions that has the metric in the period."""
    found = [EVERYTHING]
    for dimension in (Dimension.CHANNEL, Dimension.CAMPAIGN, Dimension.DEVICE):
        rows = series.values(
            world.workspace, key, grain, start, start, today=world.today, dimension=dimension
        )
        found += [row.segment for row in rows]
    return found
