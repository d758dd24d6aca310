"""Rows that a page has read already: the same values without another query."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from metrics import series, snapshots
from metrics.models import Dimension
from metrics.periods import Calendar, Grain
from metrics.read_rows import ahead
from metrics.resolution import EVERYTHING, Segment
from tests.metrics.numbers import NOW, TODAY, Book, day

MONTHS = [Calendar().period_of(day(f"2025-0{n}-01"), Grain.MONTH) for n in (4, 6, 7)]
JUNE_AND_JULY = day("2025-06-01"), day("2025-07-31")


@pytest.fixture
def book(inside: Workspace) -> Book:
    book = Book(inside)
    organic, email = (book.channel(key).segment_id for key in ("organic", "email"))
    for month, amount in ((4, 3), (6, 4), (7, 10)):
        for channel, more in ((organic, 0), (email, 2)):
            start = f"2025-0{month}-01"
            book.write(
                book.row("leads", start, amount + more, channel=channel),
                book.row("sessions", start, 10 * amount, channel=channel),
            )
    snapshots.refresh(book.workspace, today=TODAY, now=NOW)
    return book


@pytest.mark.parametrize("key", ["leads", "visit_to_lead_rate"])
def test_values_are_those_of_the_database_without_asking_it(
    book: Book, key: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    email = book.channel("email")
    for segment in (EVERYTHING, email):
        read = ahead(book.workspace, [key], MONTHS, segment=segment)
        expected = series.values(
            book.workspace, key, Grain.MONTH, *JUNE_AND_JULY, today=TODAY, segment=segment
        )
        with django_assert_num_queries(0):
            found = series.values(
                book.workspace, key, Grain.MONTH, *JUNE_AND_JULY, today=TODAY, segment=segment,
                read=read,
            )  # fmt: skip
            table = series.table(
                book.workspace, [key], Grain.MONTH, *JUNE_AND_JULY, today=TODAY, segment=segment,
                read=read,
            )  # fmt: skip
        assert found == expected
        assert table == {key: expected}
        assert any(one.value for one in found)


def test_a_breakdown_is_read_ahead_too(
    book: Book, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    channels = Dimension.CHANNEL
    asked = (book.workspace, "leads", Grain.MONTH, *JUNE_AND_JULY)
    expected = series.values(*asked, today=TODAY, dimension=channels)
    read = ahead(book.workspace, ["leads"], MONTHS, dimension=channels)
    with django_assert_num_queries(0):
        assert series.values(*asked, today=TODAY, dimension=channels, read=read) == expected
    assert len({one.segment for one in expected}) == 3  # "not set" is one


@pytest.mark.parametrize(
    ("key", "start", "segment"),
    [
        ("leads", "2025-05-01", EVERYTHING),  # a month that was left out
        ("sessions", "2025-06-01", EVERYTHING),  # another metric
        ("leads", "2025-06-01", Segment(Dimension.CHANNEL, 1)),  # another segment
    ],
)
def test_what_was_not_read_is_asked_for(
    book: Book,
    key: str,
    start: str,
    segment: Segment,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    read = ahead(book.workspace, ["leads"], MONTHS, segment=EVERYTHING)
    asked = (book.workspace, key, Grain.MONTH, day(start), JUNE_AND_JULY[1])
    expected = series.values(*asked, today=TODAY, segment=segment)
    with django_assert_num_queries(1):
        found = series.values(*asked, today=TODAY, segment=segment, read=read)
    assert found == expected


def test_rows_handed_out_twice_stay_as_they_are(book: Book) -> None:
    read = ahead(book.workspace, ["leads", "visit_to_lead_rate"], MONTHS, segment=EVERYTHING)

    def july() -> series.SeriesValue:
        span = MONTHS[2].start, MONTHS[2].end
        table = series.table(book.workspace, ["leads"], Grain.MONTH, *span, today=TODAY, read=read)
        return table["leads"][0]

    first = july()
    series.values(
        book.workspace, "visit_to_lead_rate", Grain.MONTH, *JUNE_AND_JULY, today=TODAY, read=read
    )
    assert july() == first
    assert first.value == 22
    assert ahead(book.workspace, ["leads"], [], segment=EVERYTHING) == []
