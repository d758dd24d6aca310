"""What a shared cost does to the figures: cost per lead, acquisition cost and ROI by channel."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Workspace
from metrics import series
from metrics.costs import save_cost
from metrics.models import Dimension
from metrics.periods import Grain
from metrics.refreshing import refresh
from metrics.rules import calendar_of
from metrics.series import Segment
from tests.metrics.numbers import NOW, TODAY, Book

JUNE = date(2025, 6, 1), date(2025, 6, 30)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("metric", "organic", "email"),
    [
        # 300 shared 20:10 by leads is 200 and 100, so the cost per lead is the same on both
        ("cpl", "10", "10"),
        # 200 for 4 customers, 100 for 1
        ("cac", "50", "100"),
        # 1,000 less 200 over 200, 50 less 100 over 100
        ("roi", "4", "-0.5"),
    ],
)
def test_a_shared_cost_is_in_the_rates_of_each_channel(
    inside: Workspace, metric: str, organic: str, email: str
) -> None:
    book, day = Book(inside), "2025-06-03"
    first, second = (book.channel(key).segment_id for key in ("organic", "email"))
    rows = []
    for key, one, other in (("leads", 20, 10), ("new_customers", 4, 1), ("revenue", 1000, 50)):
        rows += [book.row(key, day, one, channel=first), book.row(key, day, other, channel=second)]
    book.write(*rows)
    save_cost(
        book.workspace, user=None, category="tools", amount=Decimal(300), start=JUNE[0],
        end=JUNE[1], share_by="leads",
    )  # fmt: skip
    refresh(book.workspace, today=TODAY, now=NOW)
    june = calendar_of(book.workspace).period_of(JUNE[0], Grain.MONTH)
    for channel, expected in ((first, organic), (second, email)):
        [value] = series.table(
            book.workspace, [metric], Grain.MONTH, june.start, june.end, today=TODAY,
            segment=Segment(Dimension.CHANNEL, channel),
        )[metric]  # fmt: skip
        assert value.value == Decimal(expected)
