"""Nights that wait at the same time: one of them computes the figures of all."""

import json
import threading
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Workspace
from accounts.scope import system_scope, workspace_scope
from kpitracker import jobs
from kpitracker.handlers import HANDLERS
from kpitracker.models import Job
from kpitracker.neighbours import refresh_beside
from kpitracker.onboarding import open_workspace
from metrics import series, snapshots
from metrics.models import Metric, StaleSpan
from metrics.periods import Grain
from metrics.staleness import OPEN_END
from tests.cast import Cast
from tests.metrics.numbers import Book

BEFORE, DAY = date(2026, 3, 8), date(2026, 3, 9)
NOW = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)


def waiting(workspace: Workspace, day: date = DAY) -> Job:
    """The night of a workspace, due and not begun."""
    with system_scope():
        return Job.objects.create(
            kind="night",
            key=f"night:{workspace.pk}:{day}",
            workspace=workspace,
            day=day,
            run_after=timezone.now() - timedelta(minutes=1),
        )


def figures(workspace: Workspace, leads: int) -> None:
    """The figures of the day before, and what a day earlier was computed."""
    with workspace_scope(workspace.pk):
        snapshots.refresh(workspace, today=BEFORE, now=NOW)
        book = Book(workspace)
        book.write(book.row("leads", BEFORE.isoformat(), leads))


def computed_on(workspace: Workspace) -> date:
    with workspace_scope(workspace.pk):
        return StaleSpan.objects.get(workspace=workspace, end=OPEN_END).start


def leads(workspace: Workspace) -> object:
    with workspace_scope(workspace.pk):
        found = series.values(workspace, "leads", Grain.MONTH, BEFORE, BEFORE, today=DAY)
        return found[0].value


@pytest.fixture
def both(cast: Cast) -> tuple[Workspace, Workspace]:
    """Northwind and Acmé with a day's figures that nobody has looked at."""
    figures(cast.northwind, 7)
    figures(cast.acme, 11)
    return cast.northwind, cast.acme


@pytest.mark.django_db
def test_one_night_computes_those_that_wait_beside_it(both: tuple[Workspace, Workspace]) -> None:
    mine, other = both
    night, next_one = waiting(mine), waiting(other)
    assert jobs.run(night.pk, HANDLERS, now=NOW) == "done"
    assert [leads(mine), leads(other)] == [7, 11]
    assert computed_on(other) == DAY
    with system_scope():
        assert Job.objects.get(pk=next_one.pk).state == Job.State.QUEUED
    assert jobs.run(next_one.pk, HANDLERS, now=NOW) == "done"
    with system_scope():
        result = Job.objects.get(pk=next_one.pk).result
    assert result is not None
    assert result["snapshots"]["rows_written"] == 0


@pytest.mark.django_db
def test_a_neighbour_that_fails_harms_nobody(cast: Cast, both: tuple[Workspace, Workspace]) -> None:
    mine, other = both
    third = open_workspace(name="Third", owner=cast.alice)
    figures(third, 13)
    waiting(third)
    with workspace_scope(other.pk):
        for key, formula in (("one", "two"), ("two", "one")):
            Metric.objects.create(workspace=other, key=key, own_formula=formula, own_unit="count")
    night, broken = waiting(mine), waiting(other)
    assert jobs.run(night.pk, HANDLERS, now=NOW) == "done"
    assert [leads(mine), leads(third)] == [7, 13]
    assert [computed_on(third), computed_on(other)] == [DAY, BEFORE]
    assert jobs.run(broken.pk, HANDLERS, now=NOW) == "failed"


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["no night", "an earlier night", "computed already"])
def test_others_are_left_alone(both: tuple[Workspace, Workspace], why: str) -> None:
    mine, other = both
    waiting(mine)
    if why != "no night":
        waiting(other)
    if why == "an earlier night":
        waiting(other, BEFORE)
    if why == "computed already":
        with workspace_scope(other.pk):
            snapshots.refresh(other, today=DAY, now=NOW)
    before = computed_on(other)
    assert refresh_beside(mine, day=DAY, now=NOW).rows_written == 0
    assert computed_on(mine) == BEFORE
    assert computed_on(other) == before


@pytest.mark.django_db
def test_nights_run_by_hand_are_computed_together(both: tuple[Workspace, Workspace]) -> None:
    printed = StringIO()
    call_command("nightly", day=DAY.isoformat(), as_json=True, stdout=printed, stderr=StringIO())
    assert [leads(one) for one in both] == [7, 11]
    nights = json.loads(printed.getvalue())["nights"]
    assert [one["snapshots"]["rows_written"] for one in nights] == [0, 0]


@pytest.mark.django_db
def test_one_night_by_hand_computes_no_others(both: tuple[Workspace, Workspace]) -> None:
    mine, _other = both
    call_command(
        "nightly", day=DAY.isoformat(), workspace=mine.slug, stdout=StringIO(), stderr=StringIO()
    )
    assert leads(mine) == 7
    assert [computed_on(one) for one in both] == [DAY, BEFORE]


@pytest.mark.django_db(transaction=True)
def test_what_somebody_else_computes_is_left_to_them(both: tuple[Workspace, Workspace]) -> None:
    mine, other = both
    waiting(mine)
    waiting(other)
    held, done = threading.Event(), threading.Event()

    def compute() -> None:
        with workspace_scope(other.pk):
            assert snapshots.take_free([other.pk]) == [other.pk]
            held.set()
            done.wait(20)
        connection.close()

    thread = threading.Thread(target=compute)
    thread.start()
    try:
        assert held.wait(20)
        refresh_beside(mine, day=DAY, now=NOW)
    finally:
        done.set()
        thread.join()
    assert computed_on(mine) == DAY
    assert computed_on(other) == BEFORE
