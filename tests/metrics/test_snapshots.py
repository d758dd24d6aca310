"""Snapshots: from written facts to stored values, on a real database."""

from decimal import Decimal

import pytest

from accounts.models import Workspace
from metrics import series, snapshots
from metrics.periods import Grain
from metrics.resolution import EVERYTHING, Segment
from tests.metrics.numbers import NOW, TODAY, Book, day


@pytest.fixture
def book(inside: Workspace) -> Book:
    return Book(inside)


def refresh(book: Book, today: str | None = None) -> snapshots.Refreshed:
    return snapshots.refresh(book.workspace, today=day(today) if today else TODAY, now=NOW)


def value_of(
    book: Book, key: str, period: str, segment: Segment = EVERYTHING, today: str | None = None
) -> series.SeriesValue:
    """The value of the period with this key."""
    calendar = series.calendar_of(book.workspace)
    grain = {4: Grain.YEAR, 10: Grain.DAY}.get(len(period)) or (
        Grain.WEEK if "W" in period else Grain.QUARTER if "Q" in period else Grain.MONTH
    )
    one = calendar.parse(period, grain)
    now = day(today) if today else TODAY
    (found,) = series.values(
        book.workspace, key, grain, one.start, one.end, today=now, segment=segment
    )
    return found


def test_a_sum_adds_its_days(book: Book) -> None:
    book.write(book.row("leads", "2025-07-01", 3), book.row("leads", "2025-07-31", 4))
    refresh(book)
    assert value_of(book, "leads", "2025-07").value == 7
    assert value_of(book, "leads", "2025-Q3").value == 7
    assert value_of(book, "leads", "2025").value == 7
    assert value_of(book, "leads", "2025-W31").value == 4


def test_a_rate_is_the_ratio_of_sums(book: Book) -> None:
    book.write(
        book.row("ad_clicks", "2025-07-01", 1),
        book.row("ad_impressions", "2025-07-01", 10),
        book.row("ad_clicks", "2025-07-02", 90),
        book.row("ad_impressions", "2025-07-02", 100),
    )
    refresh(book)
    found = value_of(book, "ctr", "2025-07")
    assert found.value == Decimal("0.827272727272727273")
    assert found.inputs == {"ad_clicks": 91, "ad_impressions": 110}
