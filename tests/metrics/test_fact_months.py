"""Packed months say what the facts say, are read instead of them, and go when they change."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from django.db import connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Workspace
from kpitracker.nightly import run_night
from metrics import fact_months, fact_sql, series, snapshots
from metrics.engine import chunks, reading
from metrics.engine.fact_reading import read_with_packed
from metrics.engine.facts import Facts, TooManyFacts, read_facts
from metrics.engine.packed_facts import packed, unpacked
from metrics.fact_months import OF_MONTH, pack_months, stale_months
from metrics.facts import undo_batch
from metrics.models import Fact, FactMonth
from metrics.periods import Grain
from tests.metrics.numbers import NOW, TODAY, Book

MAY, JUNE, JULY, AUGUST = (date(2025, month, 1) for month in (5, 6, 7, 8))
NUMBERS = st.one_of(
    st.integers(-(10**12), 10**12),
    st.integers(-5, 5).map(lambda one: one * 10**8),
    st.sampled_from((2**63 - 1, -(2**63))),
)
LARGE = st.integers(-(10**30), 10**30)


def facts_of(rows: Sequence[tuple[int, ...]], *, value: type = np.int64) -> Facts:
    """Facts from rows of numbers: nine of the key, and the value."""
    table = np.array([row[:9] for row in rows], np.int64).reshape(-1, 9).T
    values: npt.NDArray[Any] = np.array([row[9] for row in rows], value)
    return Facts(table[0], table[1], table[2], table[2] + table[3], table[4:9], values)


def said(facts: Facts) -> list[tuple[int, ...]]:
    """The facts by row."""
    columns = (facts.metric, facts.feed, facts.day, facts.end, *facts.dims, facts.value)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def rows_with(values: st.SearchStrategy[int]) -> st.SearchStrategy[list[tuple[int, ...]]]:
    """Rows of a month: small ids and large ones, breakdowns that all have and that few have."""
    ids = st.one_of(st.integers(0, 300), st.integers(0, 2**40))
    places = st.one_of(st.just(0), st.integers(-1, 70_000))
    return st.lists(
        st.tuples(ids, ids, st.integers(9_000, 9_031), st.integers(0, 400), *[places] * 5, values),
        max_size=6,
    )


@given(st.lists(rows_with(NUMBERS), max_size=4))
def test_unpacked_is_what_was_packed(months: list[list[tuple[int, ...]]]) -> None:
    several = [facts_of(rows) for rows in months]
    found = unpacked([packed(one) for one in several])
    assert said(found) == [row for one in several for row in said(one)]
    assert found.value.dtype == np.int64


@given(rows_with(NUMBERS), rows_with(LARGE))
def test_so_are_numbers_of_more_than_64_bits(
    plain: list[tuple[int, ...]], large: list[tuple[int, ...]]
) -> None:
    several = [facts_of(plain), facts_of(large, value=object)]
    found = unpacked([packed(one) for one in several])
    assert said(found) == [row for one in several for row in said(one)]


def test_a_fact_of_a_month_takes_a_few_bytes() -> None:
    rows = [
        (80 + n % 40, 7 + n % 4, 9_000 + n % 31, 0, 300 + n % 8, n % 60, 0, 0, 0, n * 10**6)
        for n in range(4_000)
    ]
    assert len(packed(facts_of(rows))) < 10 * len(rows)


@pytest.fixture
def book(inside: Workspace) -> Book:
    """Leads of May to August by channel; nothing is packed yet."""
    found = Book(inside)
    email, organic = found.value("email"), found.value("organic")
    found.write(
        *(
            found.row("leads", f"2025-{month:02}-{day:02}", 10 * month + day, channel=channel)
            for month in (5, 6, 7, 8)
            for day in (1, 9, 15)
            for channel in (email, organic)
        ),
        found.row("customers", "2025-06-30", 40),
        found.row("visitors", "2025-06-01", 900, to="2025-06-30"),
        found.row("cost_media", "2025-07-03", "12.34"),
    )
    return found


def content_of(month: FactMonth) -> bytes:
    """What is packed of it."""
    assert month.content is not None
    return bytes(month.content)


def months(workspace: Workspace) -> dict[date, bool]:
    """The months that have facts, and whether each is packed."""
    found = FactMonth.objects.filter(workspace=workspace).order_by("month")
    return {one.month: bool(one.content) for one in found}


def test_months_are_packed_a_week_after_they_ended(book: Book, inside: Workspace) -> None:
    assert months(inside) == {MAY: False, JUNE: False, JULY: False, AUGUST: False}
    assert pack_months(inside, day=date(2025, 8, 7)) == 2
    assert months(inside) == {MAY: True, JUNE: True, JULY: False, AUGUST: False}
    assert pack_months(inside, day=date(2025, 8, 8)) == 1
    assert pack_months(inside, day=TODAY) == 0
    assert months(inside) == {MAY: True, JUNE: True, JULY: True, AUGUST: False}
    june = FactMonth.objects.get(workspace=inside, month=JUNE)
    assert (june.facts, content_of(june)[:1]) == (8, b"\x08")


def test_a_night_packs_them(book: Book, inside: Workspace) -> None:
    run_night(inside, day=TODAY, now=NOW)
    assert months(inside) == {MAY: True, JUNE: True, JULY: True, AUGUST: False}


CHANGES: dict[str, Callable[[Book], object]] = {
    "a new fact": lambda book: book.write(book.row("leads", "2025-06-20", 1)),
    "another value": lambda book: book.write(
        book.row("leads", "2025-06-09", 1, channel=book.value("email"))
    ),
    "a deleted fact": lambda book: book.delete(
        book.row("leads", "2025-06-09", 0, channel=book.value("email"))
    ),
    "rows changed by hand": lambda book: Fact.objects.filter(
        workspace=book.workspace, day=date(2025, 6, 9)
    ).update(value=3),
    "rows deleted by hand": lambda book: Fact.objects.filter(
        workspace=book.workspace, day=date(2025, 6, 9)
    ).delete(),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_a_month_takes_its_copy_away_and_no_other(
    book: Book, inside: Workspace, name: str
) -> None:
    pack_months(inside, day=TODAY)
    CHANGES[name](book)
    assert months(inside) == {MAY: True, JUNE: False, JULY: True, AUGUST: False}
    assert pack_months(inside, day=TODAY) == 1
    assert_packed_as_stored(inside)


def test_a_fact_that_moves_takes_the_copies_of_both_months_away(
    book: Book, inside: Workspace
) -> None:
    pack_months(inside, day=TODAY)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE metrics_fact SET day = '2025-05-30' WHERE \"end\" = '2025-06-30'")
    assert months(inside) == {MAY: False, JUNE: False, JULY: True, AUGUST: False}


def test_an_undo_and_the_same_file_again(book: Book, inside: Workspace) -> None:
    later = book.write(book.row("leads", "2025-05-20", 1), book.row("leads", "2025-07-20", 2))
    pack_months(inside, day=TODAY)
    book.write(book.row("leads", "2025-05-20", 1))
    assert months(inside)[MAY]
    undo_batch(later, user=None, now=NOW)
    assert months(inside) == {MAY: False, JUNE: True, JULY: False, AUGUST: False}


def assert_packed_as_stored(workspace: Workspace) -> None:
    """Every packed month is what is packed of its rows now."""
    for one in FactMonth.objects.filter(workspace=workspace, content__isnull=False):
        last = (one.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        names = {"workspace": workspace.pk, "month": one.month, "last": last}
        rows = read_facts([OF_MONTH], names, most=[None])
        assert said(unpacked([content_of(one)])) == said(rows)
        assert one.facts == len(rows) == Fact.objects.filter(day__range=(one.month, last)).count()


def leads(workspace: Workspace) -> list[Decimal | None]:
    """Leads of May to August, as stored."""
    found = series.values(workspace, "leads", Grain.MONTH, MAY, AUGUST, today=TODAY)
    return [one.value for one in found]


def recompute(workspace: Workspace) -> snapshots.Refreshed:
    return snapshots.recompute(workspace, today=TODAY, now=NOW, full=True)


def test_a_full_recompute_reads_packed_months_instead_of_rows(
    book: Book, inside: Workspace
) -> None:
    recompute(inside)
    before = leads(inside)
    pack_months(inside, day=TODAY)
    assert stale_months(inside) == []
    assert recompute(inside).rows_written == 0
    june = FactMonth.objects.filter(workspace=inside, month=JUNE)
    facts = unpacked([content_of(june.get())])
    facts.value *= 2
    june.update(content=packed(facts))
    assert stale_months(inside) == [JUNE]
    recompute(inside)
    assert before[1] is not None
    assert leads(inside) == [before[0], 2 * before[1], *before[2:]]


def test_a_month_that_is_looked_at_in_part_is_read_from_its_rows(
    book: Book, inside: Workspace
) -> None:
    recompute(inside)
    pack_months(inside, day=TODAY)
    may = FactMonth.objects.filter(workspace=inside, month=MAY)
    facts = unpacked([content_of(may.get())])
    facts.value *= 2
    may.update(content=packed(facts))
    found = snapshots.recompute(inside, today=TODAY, now=NOW, since=date(2025, 5, 10))
    assert found.days > 64
    assert found.rows_written == 0


def test_packed_months_count_among_the_facts_that_fit_into_memory(
    book: Book, inside: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    recompute(inside)
    pack_months(inside, day=TODAY)
    refused: list[int | None] = []

    def watched(*arguments: Any, most: int | None) -> Facts:
        try:
            return read_with_packed(*arguments, most=most)
        except TooManyFacts:
            refused.append(most)
            raise

    monkeypatch.setattr(reading, "read_with_packed", watched)
    monkeypatch.setattr(chunks, "MOST_FACTS", 20)
    assert recompute(inside).rows_written == 0
    assert refused == [20]  # 21 are packed, 6 are in rows


def test_a_month_with_too_many_facts_stays_in_its_rows(
    book: Book, inside: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    recompute(inside)
    monkeypatch.setattr(fact_months, "MOST_FACTS", 7)
    assert pack_months(inside, day=TODAY) == 3
    assert months(inside) == {MAY: True, JUNE: False, JULY: True, AUGUST: False}
    assert pack_months(inside, day=TODAY) == 0
    assert recompute(inside).rows_written == 0


def test_values_of_more_than_64_bits_are_packed_too(book: Book, inside: Workspace) -> None:
    book.write(book.row("revenue", "2025-06-01", "9000000000000000000000.01"))
    recompute(inside)
    pack_months(inside, day=TODAY)
    assert_packed_as_stored(inside)
    assert recompute(inside).rows_written == 0


@pytest.mark.django_db(databases=["default", "owner"])
def test_nothing_is_packed_while_somebody_writes(inside: Workspace) -> None:
    FactMonth.objects.create(workspace=inside, month=MAY)
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute(fact_sql.LOCK, {"workspace": inside.pk})
        assert pack_months(inside, day=TODAY) == 0
        transaction.set_rollback(True, using="owner")
    assert pack_months(inside, day=TODAY) == 1
