"""The workspace's own metrics are stored in blocks of years, which follow what happens to them."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Workspace
from metrics import series, snapshots
from metrics.as_of import as_reported
from metrics.definition_checks import OwnDefinition
from metrics.definitions import define, delete
from metrics.engine.facts import day_of
from metrics.engine.own_cells import own_entries
from metrics.models import Metric, OwnBlock, RestatedRun
from metrics.periods import Grain
from tests.metrics.numbers import NOW, TODAY, Book, day

LATER = NOW + timedelta(days=3)
WEEK, MONTH = 2, 3


@pytest.fixture
def book(inside: Workspace) -> Book:
    return Book(inside)


def refresh(book: Book, now: datetime = NOW) -> snapshots.Refreshed:
    return snapshots.refresh(book.workspace, today=now.date(), now=now)


def half_of(book: Book, key: str) -> Metric:
    wanted = OwnDefinition(
        name_en=f"Half the {key}", name_fr="", definition="", formula=f"{key} / 2", unit="count",
        direction="up",
    )  # fmt: skip
    return define(book.workspace, key=f"half_{key}", wanted=wanted, user=None, now=NOW)


def weeks(book: Book) -> list[int]:
    """The first days of the weeks that anything is said of."""
    found = OwnBlock.objects.filter(grain=WEEK, dimension=0).order_by("year")
    return sorted(start for one in found for start in own_entries(bytes(one.cells), one.year))


def test_weeks_that_begin_on_another_day_leave_none_behind(book: Book) -> None:
    half_of(book, "leads")
    book.write(book.row("leads", "2025-05-03", 4), book.row("leads", "2025-06-03", 10))
    refresh(book)
    before = weeks(book)
    book.workspace.week_start = 6
    book.workspace.save()
    snapshots.recompute(book.workspace, today=TODAY, now=NOW, full=True)
    assert {day_of(one).weekday() for one in before} == {0}
    assert {day_of(one).weekday() for one in weeks(book)} == {6}
    again = snapshots.recompute(book.workspace, today=TODAY, now=NOW, full=True)
    assert again.rows_written == 0


def test_nothing_is_left_of_the_last_own_metric(book: Book) -> None:
    metric = half_of(book, "leads")
    book.write(book.row("leads", "2025-06-03", 10))
    refresh(book)
    assert OwnBlock.objects.exists()
    delete(metric)
    assert refresh(book).rows_written
    assert not OwnBlock.objects.exists()
    assert refresh(book).rows_written == 0


def test_an_own_number_that_came_late_was_unknown_before(book: Book) -> None:
    half_of(book, "mqls")
    book.write(book.row("leads", "2025-06-03", 10))
    refresh(book)
    book.write(book.row("mqls", "2025-06-03", 4))
    refresh(book, LATER)
    start = day("2025-06-01")
    now = series.values(book.workspace, "half_mqls", Grain.MONTH, start, start, today=LATER.date())
    assert [one.value for one in now] == [2]
    then, today = (
        as_reported(book.workspace, "half_mqls", now, day=one)[0].value
        for one in (NOW.date(), LATER.date())
    )
    assert (then, today) == (None, 2)


def test_a_correction_restates_years_of_a_metric_in_one_row(book: Book) -> None:
    half_of(book, "leads")
    dates = [f"2025-{month:02}-03" for month in range(1, 7)]
    book.write(*(book.row("leads", one, 10) for one in dates))
    refresh(book)
    assert not RestatedRun.objects.exists()
    book.write(*(book.row("leads", one, 20) for one in dates))
    refresh(book, LATER)
    run = RestatedRun.objects.get(grain=MONTH, dimension=0, metric_key="half_leads")
    assert [str(one) for one in run.starts] == [f"{one[:-1]}1" for one in dates]
    assert (set(run.old_values), set(run.new_values)) == ({5}, {10})
    assert run.changed_at == datetime.fromtimestamp(LATER.timestamp(), UTC)
