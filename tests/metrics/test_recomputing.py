"""However it is cut, whatever its size, whenever it comes: a recompute gives the same numbers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Workspace
from metrics import deriving, series, snapshots
from metrics.as_of import as_reported
from metrics.definition_checks import OwnDefinition
from metrics.definitions import change_definition, define
from metrics.engine import chunks, reading
from metrics.engine.facts import Facts
from metrics.models import Dimension, Metric, Restatement
from metrics.periods import Grain
from metrics.resolution import EVERYTHING, Segment
from tests.metrics.numbers import NOW, TODAY, Book, day

LATER = NOW + timedelta(days=3)


@pytest.fixture
def book(inside: Workspace) -> Book:
    return Book(inside)


def refresh(book: Book, now: datetime = NOW) -> snapshots.Refreshed:
    return snapshots.refresh(book.workspace, today=now.date(), now=now)


def full(book: Book) -> snapshots.Refreshed:
    return snapshots.recompute(book.workspace, today=TODAY, now=NOW, full=True)


def month(book: Book, key: str, start: str, segment: Segment = EVERYTHING) -> series.SeriesValue:
    (found,) = series.values(
        book.workspace, key, Grain.MONTH, day(start), day(start), today=TODAY, segment=segment
    )
    return found


def write_a_year(book: Book) -> None:
    """Facts of many months, breakdowns and kinds."""
    organic = book.channel("organic").segment_id
    page = book.value("landing", Dimension.ASSET)
    rows = []
    for number in range(0, 400, 9):
        when = str(day("2024-07-01") + timedelta(days=number))
        rows += [
            book.row("sessions", when, 100 + number),
            book.row("sessions", when, 40 + number, channel=organic),
            book.row("pageviews", when, 7 * number, asset=page),
            book.row("customers", when, 200 + number),
            book.row("lost_customers", when, 2),
            book.row("page_load_ms", when, 900 + number),
            book.row("cost_media", when, f"{number}.25", channel=organic),
        ]
    book.write(*rows, coverage=[book.covered("sqls", "2024-08-01", "2025-07-31")])


def test_a_month_at_a_time_gives_the_same(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    write_a_year(book)
    refresh(book)
    monkeypatch.setattr(chunks, "MOST_CELLS", 1)
    assert full(book).rows_written == 0


@pytest.mark.parametrize(
    ("months", "segments", "days", "at_once"),
    [(25, 17, 731, 25), (25, 425, 731, 1), (2, 425, 2, 2), (2, 1_250, 2, 1), (3, 50_000, 3, 1)],
)
def test_months_are_looked_at_together_as_far_as_memory_goes(
    months: int, segments: int, days: int, at_once: int
) -> None:
    assert chunks.months_at_once(months, segments, days=days) == at_once


def most_facts_at_once(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many facts each part of a recompute reads, from now on."""
    read: list[int] = []

    def counted(how: Callable[..., Facts]) -> Callable[..., Facts]:
        def reader(*arguments: Any, **options: Any) -> Facts:
            found = how(*arguments, **options)
            read.append(len(found))
            return found

        return reader

    for name in ("read_facts", "read_with_packed"):
        monkeypatch.setattr(reading, name, counted(getattr(reading, name)))
    return read


def test_so_many_facts_are_in_memory_at_once(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    write_a_year(book)
    refresh(book)
    read = most_facts_at_once(monkeypatch)
    full(book)
    monkeypatch.setattr(chunks, "MOST_FACTS", 60)
    assert full(book).rows_written == 0
    whole, *parts = read
    assert len(parts) >= whole // 60
    assert max(parts) < whole // 2


def test_a_change_of_many_days_is_read_in_parts(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_a_year(book)
    refresh(book)
    monkeypatch.setattr(chunks, "MOST_FACTS", 60)
    read = most_facts_at_once(monkeypatch)
    found = snapshots.recompute(book.workspace, today=TODAY, now=NOW, since=day("2024-07-01"))
    assert found.rows_written == 0
    assert len(read) > 1


def test_a_segment_at_a_time_gives_the_same(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    write_a_year(book)
    refresh(book)
    monkeypatch.setattr(deriving, "CELLS_A_BLOCK", 1)
    assert full(book).rows_written == 0


def test_numbers_past_64_bits_are_exact(book: Book) -> None:
    book.write(
        book.row("revenue", "2025-06-01", "9000000000000000000000.01"),
        book.row("revenue", "2025-06-20", "9000000000000000000000.02"),
    )
    refresh(book)
    assert month(book, "revenue", "2025-06-01").value == Decimal("18000000000000000000000.03")
    found = series.daily(book.workspace, "revenue", EVERYTHING, day("2025-06-01"), TODAY)
    assert found[day("2025-06-20")] == Decimal("9000000000000000000000.02")
    book.write(book.row("revenue", "2025-06-21", "0.001"))
    refresh(book)
    assert month(book, "revenue", "2025-06-01").value == Decimal("18000000000000000000000.031")
    assert full(book).rows_written == 0


def test_days_of_a_channel_are_read_from_blocks(book: Book) -> None:
    organic, email = book.channel("organic"), book.channel("email")
    book.write(
        book.row("leads", "2025-06-30", 4, channel=organic.segment_id),
        book.row("leads", "2025-07-01", 5, channel=email.segment_id),
        book.row("sessions", "2025-07-01", 50, channel=email.segment_id),
    )
    refresh(book)
    with CaptureQueriesContext(connection) as queries:
        found = series.values(
            book.workspace,
            "visit_to_lead_rate",
            Grain.DAY,
            day("2025-06-30"),
            day("2025-07-01"),
            today=TODAY,
            dimension=Dimension.CHANNEL,
        )
    assert len(queries) <= 1
    values = {(one.period.key, one.segment): one.value for one in found}
    assert values["2025-07-01", email] == Decimal("0.1")
    assert values["2025-06-30", email] is None


# Definitions


def own(formula: str) -> OwnDefinition:
    return OwnDefinition(
        name_en="Lead change", name_fr="", definition="", formula=formula, unit="count",
        direction="up",
    )  # fmt: skip


def test_a_changed_formula_reads_no_fact(book: Book) -> None:
    book.write(book.row("leads", "2025-05-03", 4), book.row("leads", "2025-06-03", 10))
    metric = define(
        book.workspace, key="lead_change", wanted=own("leads - prev(leads)"), user=None, now=NOW
    )
    refresh(book)
    assert month(book, "lead_change", "2025-06-01").value == 6
    change_definition(
        metric, wanted=own("2 * leads - prev(leads)"), user=None, now=LATER, reason="Twice"
    )
    with CaptureQueriesContext(connection) as queries:
        snapshots.refresh(book.workspace, today=TODAY, now=NOW)
    assert not [one for one in queries if "FROM metrics_coverage" in one["sql"]][1:]
    assert month(book, "lead_change", "2025-06-01").value == 16
    assert full(book).rows_written == 0


def test_a_changed_formula_restates_what_was_over(book: Book) -> None:
    book.write(book.row("leads", "2025-06-03", 10))
    metric = define(
        book.workspace, key="more_leads", wanted=own("leads + leads"), user=None, now=NOW
    )
    refresh(book)
    version = change_definition(
        metric, wanted=own("leads + leads + leads"), user=None, now=LATER, reason="Thrice"
    )
    refresh(book)
    found = Restatement.objects.get(grain=3, dimension=0, metric_key="more_leads")
    assert (found.old_value, found.new_value, found.definition) == (20, 30, version)


def test_a_new_metric_is_worked_out_where_facts_are_stored(book: Book) -> None:
    book.write(book.row("leads", "2025-06-03", 10))
    refresh(book)
    define(book.workspace, key="half_leads", wanted=own("leads / 2"), user=None, now=LATER)
    refresh(book)
    assert month(book, "half_leads", "2025-06-01").value == 5
    assert Metric.objects.filter(key="half_leads").exists()
    assert full(book).rows_written == 0


# As reported


def reported(book: Book, key: str, start: str, on: str) -> Decimal | None:
    (found,) = as_reported(book.workspace, key, [month(book, key, start)], day=day(on))
    return found.value


def test_what_came_late_was_unknown_before(book: Book) -> None:
    book.write(book.row("leads", "2025-06-03", 10))
    refresh(book)
    book.write(book.row("mqls", "2025-06-03", 4), book.row("leads", "2025-05-03", 7))
    refresh(book, LATER)
    today, then = str(LATER.date()), str(NOW.date())
    assert reported(book, "mqls", "2025-06-01", then) is None
    assert reported(book, "mqls", "2025-06-01", today) == 4
    assert reported(book, "lead_to_mql_rate", "2025-06-01", then) is None
    assert reported(book, "leads", "2025-06-01", then) == 10
    assert reported(book, "leads", "2025-05-01", then) is None
    assert reported(book, "leads", "2025-05-01", today) == 7


def test_before_the_first_figures_nothing_was_reported(book: Book) -> None:
    book.write(book.row("leads", "2025-06-03", 10))
    refresh(book)
    assert reported(book, "leads", "2025-06-01", "2025-07-15") is None


def test_a_late_figure_that_was_corrected_is_still_unknown_before(book: Book) -> None:
    book.write(book.row("leads", "2025-06-03", 10))
    refresh(book)
    book.write(book.row("mqls", "2025-06-03", 4))
    refresh(book, LATER)
    book.write(book.row("mqls", "2025-06-03", 5))
    much_later = datetime(2025, 9, 10, tzinfo=UTC)
    refresh(book, much_later)
    assert reported(book, "mqls", "2025-06-01", str(NOW.date())) is None
    assert reported(book, "mqls", "2025-06-01", str(LATER.date())) == 4
    assert reported(book, "mqls", "2025-06-01", str(much_later.date())) == 5


def test_a_figure_that_went_and_came_back_was_there_before(book: Book) -> None:
    row = book.row("mqls", "2025-06-03", 4)
    book.write(book.row("leads", "2025-06-03", 10), row)
    refresh(book)
    book.delete(row)
    refresh(book, LATER)
    book.write(row)
    refresh(book, LATER + timedelta(days=2))
    assert reported(book, "mqls", "2025-06-01", str(NOW.date())) == 4
    assert reported(book, "mqls", "2025-06-01", str(LATER.date())) is None
