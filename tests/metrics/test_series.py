"""The reader of snapshots: series, tables, spans and comparisons."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Workspace
from metrics import series, snapshots
from metrics.models import Campaign, Dimension, Metric
from metrics.periods import Calendar, Grain
from metrics.resolution import EVERYTHING, NOT_SET, Segment
from metrics.segment_names import SegmentName, segments_of
from metrics.setup import ledger_feed
from tests.metrics.numbers import NOW, TODAY, Book, day


@pytest.fixture
def book(inside: Workspace) -> Book:
    return Book(inside)


def refresh(book: Book) -> None:
    snapshots.refresh(book.workspace, today=TODAY, now=NOW)


def months(book: Book, key: str, start: str, end: str, **options: Any) -> list[object]:
    """The values of months, None where there is none."""
    found = series.values(
        book.workspace, key, Grain.MONTH, day(start), day(end), today=TODAY, **options
    )
    return [one.value for one in found]


def span(
    book: Book, key: str, start: str, end: str, segment: Segment = EVERYTHING
) -> series.SpanValue:
    return series.span_value(book.workspace, key, segment, day(start), day(end))


def test_a_stock_of_a_span_that_goes_on_is_the_last_one_known(book: Book) -> None:
    """Days ahead that say something of another metric say nothing of it."""
    book.write(
        book.row("followers", "2025-08-12", 70),
        book.row("sessions", "2025-09-05", 3),
    )
    snapshots.refresh(book.workspace, today=TODAY, now=NOW)
    start, end = date(2025, 8, 14), date(2025, 9, 20)
    assert (
        series.span_value(book.workspace, "followers", EVERYTHING, start, end, today=TODAY).value
        == 70
    )
    book.write(book.row("followers", "2025-09-01", 90))
    snapshots.refresh(book.workspace, today=TODAY, now=NOW)
    assert (
        series.span_value(book.workspace, "followers", EVERYTHING, start, end, today=TODAY).value
        == 90
    )


def test_every_period_of_the_range_has_a_value_or_a_reason(book: Book) -> None:
    book.write(book.row("leads", "2025-05-01", 3), book.row("leads", "2025-07-20", 10))
    refresh(book)
    assert months(book, "leads", "2025-05-20", "2025-07-01") == [3, None, 10]


def test_a_breakdown_has_its_segments_in_every_period(book: Book) -> None:
    organic, email = book.channel("organic"), book.channel("email")
    book.write(
        book.row("leads", "2025-06-01", 3, channel=organic.segment_id),
        book.row("leads", "2025-07-01", 4, channel=email.segment_id),
        book.row("sessions", "2025-07-01", 4, channel=book.channel("social").segment_id),
    )
    refresh(book)
    found = series.values(
        book.workspace,
        "leads",
        Grain.MONTH,
        day("2025-06-01"),
        day("2025-07-31"),
        today=TODAY,
        dimension=Dimension.CHANNEL,
    )
    unknown = Segment(Dimension.CHANNEL, NOT_SET)
    assert [(one.period.key, one.segment, one.value) for one in found] == [
        ("2025-06", organic, 3),
        ("2025-06", email, None),
        ("2025-06", unknown, 0),
        ("2025-07", organic, None),
        ("2025-07", email, 4),
        ("2025-07", unknown, 0),
    ]


def test_a_segment_without_a_row_is_zero_where_silence_is(book: Book) -> None:
    covered = book.covered("leads", "2025-06-01", "2025-07-31")
    organic, email = book.channel("organic"), book.channel("email")
    book.write(book.row("leads", "2025-06-01", 3, channel=organic.segment_id), coverage=[covered])
    refresh(book)
    assert months(book, "leads", "2025-07-01", "2025-07-31", segment=organic) == [0]
    assert months(book, "leads", "2025-06-01", "2025-06-30", segment=email) == [0]


def test_a_table_of_twelve_metrics_takes_one_query(book: Book) -> None:
    book.write(book.row("leads", "2025-06-01", 3), book.row("sessions", "2025-06-01", 60))
    refresh(book)
    keys = (
        "leads", "sessions", "visit_to_lead_rate", "mqls", "sqls", "cpl", "cac", "revenue",
        "roi", "organic_sessions", "traffic_growth", "nps",
    )  # fmt: skip
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = series.table(
            book.workspace, keys, Grain.MONTH, date(2023, 9, 1), TODAY, today=TODAY
        )
    assert len(queries) == 1
    assert {len(values) for values in found.values()} == {24}
    assert found["visit_to_lead_rate"][-3].value == Decimal("0.05")


def test_days_with_a_value(book: Book) -> None:
    book.write(book.row("leads", "2025-06-01", 3), book.row("leads", "2025-06-03", 0))
    refresh(book)
    found = series.daily(book.workspace, "leads", EVERYTHING, day("2025-06-01"), day("2025-06-30"))
    assert found == {day("2025-06-01"): 3, day("2025-06-03"): 0}


def test_a_span_adds_its_days_and_applies_formulas_to_the_sums(book: Book) -> None:
    book.write(
        book.row("leads", "2025-06-20", 1),
        book.row("sessions", "2025-06-20", 10),
        book.row("leads", "2025-07-02", 90),
        book.row("sessions", "2025-07-02", 100),
        book.row("leads", "2025-07-09", 1),
    )
    refresh(book)
    found = span(book, "visit_to_lead_rate", "2025-06-20", "2025-07-02")
    assert found.value == Decimal("0.827272727272727273")
    assert found.inputs == {"leads": 91, "sessions": 110}
    assert found.incomplete


def test_a_span_that_is_a_period_is_read_as_stored(book: Book) -> None:
    book.write(book.row("visitors", "2025-06-01", 900, to="2025-06-30"))
    refresh(book)
    assert span(book, "visitors", "2025-06-01", "2025-06-30").value == 900
    assert span(book, "visitors", "2025-06-01", "2025-06-29").reason == "not_additive"


def test_a_span_has_the_last_stock(book: Book) -> None:
    book.write(book.row("customers", "2025-06-20", 200), book.row("customers", "2025-06-28", 210))
    refresh(book)
    assert span(book, "customers", "2025-06-03", "2025-06-27").value == 200
    assert span(book, "customers", "2025-05-03", "2025-06-02").reason == "no_data"


def test_a_span_weighs_its_means(book: Book) -> None:
    book.write(
        book.row("search_position", "2025-06-02", 2),
        book.row("search_impressions", "2025-06-02", 90),
        book.row("search_position", "2025-06-10", 10),
        book.row("search_impressions", "2025-06-10", 10),
    )
    refresh(book)
    assert span(book, "search_position", "2025-06-02", "2025-06-12").value == Decimal("2.8")


def test_a_span_of_one_channel(book: Book) -> None:
    organic = book.channel("organic")
    book.write(
        book.row("leads", "2025-06-02", 5, channel=organic.segment_id),
        book.row("leads", "2025-06-04", 9),
    )
    refresh(book)
    assert span(book, "leads", "2025-06-02", "2025-06-10", organic).value == 5
    unknown = Segment(Dimension.CHANNEL, NOT_SET)
    assert span(book, "leads", "2025-06-02", "2025-06-10", unknown).value == 9


def test_a_span_names_channels_and_looks_back(book: Book) -> None:
    organic = book.channel("organic")
    book.write(
        book.row("sessions", "2024-06-03", 40, channel=organic.segment_id),
        book.row("sessions", "2025-06-02", 50, channel=organic.segment_id),
        book.row("customers", "2025-06-01", 200),
        book.row("lost_customers", "2025-06-05", 9),
    )
    refresh(book)
    assert span(book, "organic_sessions", "2025-06-02", "2025-06-10").value == 50
    assert span(book, "traffic_growth", "2025-06-02", "2025-06-10").value == Decimal("0.25")
    assert span(book, "churn_rate", "2025-06-02", "2025-06-10").value == Decimal("0.045")


def test_costs_of_the_ledger_leave_no_gap_in_a_span(book: Book) -> None:
    ledger = ledger_feed(book.workspace).pk
    book.write(
        book.row("cost_media", "2025-06-03", 50, feed=ledger, channel=NOT_SET, campaign=NOT_SET)
    )
    refresh(book)
    assert not span(book, "cost_media", "2025-06-02", "2025-06-10").incomplete


def test_a_span_of_an_own_metric(book: Book) -> None:
    Metric.objects.create(
        workspace=book.workspace, key="half_leads", own_formula="leads / 2", own_unit="count"
    )
    book.write(book.row("leads", "2025-06-02", 5))
    refresh(book)
    assert span(book, "half_leads", "2025-06-02", "2025-06-10").value == Decimal("2.5")


def test_a_span_needs_a_day(book: Book) -> None:
    with pytest.raises(ValueError, match="ends on or after"):
        span(book, "leads", "2025-06-02", "2025-06-01")


def test_a_running_month_is_compared_like_for_like(book: Book) -> None:
    book.write(
        *[book.row("leads", f"2025-08-{number:02d}", 2) for number in range(1, 20)],
        *[book.row("leads", f"2025-07-{number:02d}", 1) for number in range(1, 32)],
        *[book.row("leads", f"2024-08-{number:02d}", 3) for number in range(1, 32)],
    )
    refresh(book)
    august = Calendar().parse("2025-08", Grain.MONTH)
    found = series.comparison(book.workspace, "leads", august, today=TODAY)
    assert found is not None
    assert found.previous is not None
    assert found.year_ago is not None
    assert (found.start, found.end) == (day("2025-08-01"), day("2025-08-19"))
    assert (found.now.value, found.previous.value, found.year_ago.value) == (38, 19, 57)


def test_a_closed_month_is_compared_with_whole_months(book: Book) -> None:
    book.write(book.row("leads", "2025-07-31", 5), book.row("leads", "2025-06-30", 4))
    refresh(book)
    july = Calendar().parse("2025-07", Grain.MONTH)
    found = series.comparison(book.workspace, "leads", july, today=TODAY)
    assert found is not None
    assert found.previous is not None
    assert found.year_ago is not None
    assert (found.now.value, found.previous.value, found.year_ago.value) == (5, 4, None)


def test_a_period_that_starts_today_has_nothing_to_compare(book: Book) -> None:
    today = Calendar().period_of(TODAY, Grain.DAY)
    assert series.comparison(book.workspace, "leads", today, today=TODAY) is None


def test_segments_are_named_in_the_reader_s_language(book: Book) -> None:
    social = book.channel("social").segment_id
    with translation.override("fr"):
        names = segments_of(book.workspace, Dimension.CHANNEL)
    assert names[social] == SegmentName("social", "Réseaux sociaux")
    assert names[NOT_SET].key == "not_set"


def test_campaigns_are_named_as_people_call_them(book: Book) -> None:
    campaign = Campaign.objects.create(workspace=book.workspace, name="Spring Sale", key="spring")
    names = segments_of(book.workspace, Dimension.CAMPAIGN)
    assert names[campaign.pk] == SegmentName("spring", "Spring Sale")
