"""Workspaces that are worked out together come to what each comes to by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Workspace
from accounts.scope import system_scope
from kpitracker.onboarding import open_workspace
from metrics import deriving, series, snapshots
from metrics.models import Dimension, Metric, Snapshot
from metrics.periods import Grain
from metrics.staleness import mark_metric_stale
from tests.cast import Cast
from tests.metrics.numbers import Book
from tests.metrics.test_reference import (
    NOW,
    VALUES,
    Drawn,
    World,
    batches,
    coverages,
    random_worlds,
    steps,
    thrown_away,
)

DAY = date(2025, 3, 10)
CHANNELS = frozenset({"direct", "email", "social"})
TABLES: Mapping[str, str] = {
    "metrics_snapshot": 'grain, dimension, segment_id, start, "end", cells, late, appeared_at',
    "metrics_block": "span, dimension, segment_id, start, cells",
    "metrics_ownblock": "grain, dimension, segment_id, year, cells, late",
    "metrics_restatedrun": "grain, dimension, segment_id, metric_key, starts, old_values, "
    "new_values, batch_id, definition_id",
    "metrics_stalespan": 'metric_id, start, "end", batch_id',
}


@pytest.fixture
def three(cast: Cast) -> Iterator[list[Workspace]]:
    """Three workspaces of one company, the test running in the scope of all."""
    with system_scope():
        yield [
            open_workspace(
                name=f"Client {number}",
                language="en",
                currency="EUR",
                time_zone="Europe/Paris",
                owner=cast.alice,
            )
            for number in range(3)
        ]


def everything_stored(workspace: Workspace) -> dict[str, list[Any]]:
    """All rows that a recompute writes, but for the moments."""
    found = {}
    with connection.cursor() as cursor:
        for table, columns in TABLES.items():
            cursor.execute(f"SELECT {columns} FROM {table} WHERE workspace_id = %s", [workspace.pk])
            found[table] = sorted(map(repr, map(_plain, cursor.fetchall())))
    return found


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(bytes(one) if isinstance(one, memoryview) else one for one in row)


def another(place: int, drawn: list[Drawn]) -> list[Drawn]:
    """Facts of the same metrics and days with other values, in other segments."""
    return [
        replace(
            one,
            value=(one.value + place) % len(VALUES),
            channel=(one.channel + 2 + place) % 4 - 1,
            campaign=(one.campaign + 2 + 2 * place) % 4 - 1,
            feed=(one.feed + place) % 3,
        )
        for one in drawn
    ]


def redefine(world: World) -> None:
    """Another formula of a metric that another one reads."""
    for key, formula in (("growth_before", "prev(leads) / 3"), ("own_share", "leads / sessions")):
        metric, _new = Metric.objects.update_or_create(
            workspace=world.workspace,
            key=key,
            defaults={"own_formula": formula, "own_unit": "count"},
        )
        mark_metric_stale(metric)


@pytest.mark.slow
@random_worlds(4)
@given(
    first=batches,
    covered=st.lists(coverages, min_size=1, max_size=4),
    steps=steps,
    counting=st.integers(0, 2),
)
def test_together_is_the_same_as_each_alone(
    three: list[Workspace],
    first: list[Drawn],
    covered: list[tuple[int, int, int, int]],
    steps: list[tuple[Any, ...]],
    counting: int,
) -> None:
    with thrown_away():
        worlds = [World(Book(one), place == counting) for place, one in enumerate(three)]
        for name, *arguments in [("write", first, covered), *steps, ("redefine",)]:
            for place, world in enumerate(worlds):
                if name == "write":
                    world.write(another(place, arguments[0]), arguments[1])
                elif name == "redefine":
                    redefine(world)
                else:
                    getattr(world, name)(*arguments)
            today = worlds[0].today
            with thrown_away():
                for one in three:
                    snapshots.refresh(one, today=today, now=NOW)
                alone = [everything_stored(one) for one in three]
            snapshots.refresh_together(three, today=today, now=NOW)
            for one, expected in zip(three, alone, strict=True):
                found = everything_stored(one)
                for table, rows in expected.items():
                    assert found[table] == rows, table
        again = snapshots.refresh_together(three, today=worlds[0].today, now=NOW)
        assert (again.rows_written, again.restated) == (0, 0)


def yesterday(workspace: Workspace, leads: int) -> None:
    """A day's leads by channel; the day before was computed."""
    snapshots.refresh(workspace, today=DAY - timedelta(days=1), now=NOW)
    book = Book(workspace)
    book.write(
        book.row("leads", "2025-03-09", leads, channel=book.value("email")),
        book.row("sessions", "2025-03-09", 10 * leads, channel=book.value("organic")),
    )


def test_a_day_of_three_asks_hardly_more_than_that_of_one(three: list[Workspace]) -> None:
    for place, one in enumerate(three):
        yesterday(one, place + 1)
    with thrown_away(), CaptureQueriesContext(connection) as alone:
        snapshots.refresh(three[0], today=DAY, now=NOW)
    with CaptureQueriesContext(connection) as together:
        done = snapshots.refresh_together(three, today=DAY, now=NOW)
    assert done.rows_written > 0
    assert len(together) <= len(alone) + 2
    found = [
        series.values(one, "leads", Grain.MONTH, DAY, DAY, today=DAY)[0].value for one in three
    ]
    assert found == [1, 2, 3]


@pytest.mark.parametrize("size", [1, deriving.CELLS_A_BLOCK], ids=["one by one", "at once"])
@pytest.mark.parametrize("channel", ["direct", "email", "social"])
@pytest.mark.parametrize("place", [0, 2])
def test_a_segment_without_facts_leaves_a_running_period_and_the_others_stay(
    three: list[Workspace], monkeypatch: pytest.MonkeyPatch, place: int, channel: str, size: int
) -> None:
    books = [Book(one) for one in three]
    rows = [
        {key: book.row("leads", "2025-03-09", 5, channel=book.value(key)) for key in CHANNELS}
        for book in books
    ]
    for book, each in zip(books, rows, strict=True):
        book.write(*each.values())
    snapshots.refresh_together(three, today=DAY, now=NOW)
    before = [everything_stored(one) for one in three]
    books[place].delete(rows[place][channel])
    monkeypatch.setattr(deriving, "CELLS_A_BLOCK", size)
    snapshots.refresh_together(three, today=DAY, now=NOW)
    for number, (one, stored) in enumerate(zip(three, before, strict=True)):
        of_channels = Snapshot.objects.filter(
            workspace=one, dimension=Dimension.CHANNEL, segment_id__gt=0
        )
        left = set(of_channels.values_list("segment_id", flat=True))
        gone = {channel} if number == place else set()
        assert left == {books[number].value(key) for key in CHANNELS - gone}
        if not gone:
            assert everything_stored(one) == stored


def waits_for_the_disk() -> bool:
    """Whether this transaction's commit waits as the server's settings say."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT source FROM pg_settings WHERE name = 'synchronous_commit'")
        return bool(cursor.fetchone()[0] != "session")


def test_only_a_night_s_figures_need_not_be_on_disk_at_once(three: list[Workspace]) -> None:
    yesterday(three[0], 1)
    snapshots.refresh(three[0], today=DAY, now=NOW)
    assert waits_for_the_disk()
    snapshots.refresh_together(three, today=DAY, now=NOW)
    assert not waits_for_the_disk()


def test_those_that_differ_are_worked_out_apart(three: list[Workspace]) -> None:
    three[1].fiscal_year_start = 4
    three[1].save()
    Metric.objects.create(
        workspace=three[2], key="own", own_formula="leads / sessions", own_unit="ratio"
    )
    for place, one in enumerate(three):
        yesterday(one, place + 1)
    with thrown_away():
        for one in three:
            snapshots.refresh(one, today=DAY, now=NOW)
        alone = [everything_stored(one) for one in three]
    snapshots.refresh_together(three, today=DAY, now=NOW)
    assert [everything_stored(one) for one in three] == alone


def test_all_or_none(three: list[Workspace]) -> None:
    for place, one in enumerate(three):
        yesterday(one, place + 1)
    before = [everything_stored(one) for one in three]
    gone = Workspace(pk=three[2].pk + 1000)
    with transaction.atomic(), pytest.raises(Workspace.DoesNotExist):
        snapshots.refresh_together([*three, gone], today=DAY, now=NOW)
    assert [everything_stored(one) for one in three] == before
