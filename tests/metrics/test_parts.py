"""Lists that leave out the rest never stand for the total of their days."""

from decimal import Decimal

import pytest

from accounts.models import Workspace
from metrics import series, snapshots
from metrics.counting import values_by_feed
from metrics.lineage import lineage
from metrics.models import Dimension, Metric
from metrics.periods import Grain
from metrics.resolution import EVERYTHING, NOT_SET, Segment
from tests.metrics.numbers import NOW, TODAY, Book, day

pytestmark = pytest.mark.django_db

START, END = day("2025-07-01"), day("2025-07-31")


def total(workspace: Workspace, key: str) -> Decimal | None:
    """What July comes to, for everything."""
    snapshots.refresh(workspace, today=TODAY, now=NOW)
    found = series.values(workspace, key, Grain.MONTH, START, END, today=TODAY)
    return found[0].value


def queries(book: Book) -> None:
    """A list of queries for one day: not set as a page, by its words as a segment."""
    feed, words = book.feed("Search Console"), book.value("kpi", Dimension.AUDIENCE)
    book.write(
        book.row("search_clicks", "2025-07-03", 4, feed=feed, asset=NOT_SET, audience=words),
        book.row("search_impressions", "2025-07-03", 90, feed=feed, asset=NOT_SET, audience=words),
        book.row("search_position", "2025-07-03", 2, feed=feed, asset=NOT_SET, audience=words),
    )


def test_queries_alone_are_no_total(inside: Workspace) -> None:
    queries(Book(inside))

    assert total(inside, "search_clicks") is None
    assert total(inside, "search_position") is None
    assert total(inside, "search_ctr") is None


def test_queries_are_read_by_segment_all_the_same(inside: Workspace) -> None:
    book = Book(inside)
    queries(book)
    snapshots.refresh(inside, today=TODAY, now=NOW)

    segment = Segment(Dimension.AUDIENCE, book.value("kpi", Dimension.AUDIENCE))
    found = lineage(
        inside, Metric.objects.get(workspace=inside, key="search_clicks"), segment,
        (START, END), today=TODAY,
    )  # fmt: skip

    assert found.of_facts == 4


def test_the_file_by_day_is_the_total_beside_them(inside: Workspace) -> None:
    book = Book(inside)
    queries(book)
    feed = book.feed("Search Console")
    book.write(
        book.row("search_clicks", "2025-07-03", 9, feed=feed),
        book.row("search_impressions", "2025-07-03", 200, feed=feed),
        book.row("search_position", "2025-07-03", 5, feed=feed),
    )

    assert total(inside, "search_clicks") == 9
    assert total(inside, "search_position") == 5


def test_a_day_of_which_only_a_part_is_known_is_a_gap(inside: Workspace) -> None:
    book = Book(inside)
    queries(book)
    feed = book.feed("Search Console")
    book.write(book.row("search_clicks", "2025-07-02", 9, feed=feed))
    metric = Metric.objects.get(workspace=inside, key="search_clicks")

    assert total(inside, "search_clicks") == 9
    found = lineage(inside, metric, EVERYTHING, (START, END), today=TODAY)
    assert found.is_incomplete
    assert any(gap.start <= day("2025-07-03") <= gap.end for gap in found.gaps)
    (counted,) = values_by_feed(inside, metric, START, END)
    assert counted.value == 9


def test_search_terms_never_stand_for_what_the_account_spent(inside: Workspace) -> None:
    book = Book(inside)
    feed, paid = book.feed("Google Ads"), book.value("paid_search")
    book.write(
        book.row(
            "cost_media", "2025-07-03", 4,
            feed=feed, channel=paid, asset=NOT_SET, audience=NOT_SET,
        )
    )  # fmt: skip
    assert total(inside, "cost_media") is None

    book.write(book.row("cost_media", "2025-07-03", 10, feed=feed, channel=paid))

    assert total(inside, "cost_media") == 10
