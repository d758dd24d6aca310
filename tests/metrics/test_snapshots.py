"""Snapshots: from written facts to stored values, on a real database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Workspace
from metrics import series, snapshots
from metrics.facts import undo_batch
from metrics.models import (
    Block,
    Campaign,
    Dimension,
    Fact,
    Feed,
    Metric,
    Restatement,
    Snapshot,
    StaleSpan,
)
from metrics.periods import Grain
from metrics.resolution import EVERYTHING, NOT_SET, Segment
from metrics.rules import calendar_of
from metrics.setup import ledger_feed
from metrics.staleness import is_behind
from tests.metrics.numbers import NOW, TODAY, Book, day

NOT_SET_CHANNEL = Segment(Dimension.CHANNEL, NOT_SET)


@pytest.fixture
def book(inside: Workspace) -> Book:
    return Book(inside)


def refresh(book: Book, today: date = TODAY) -> snapshots.Refreshed:
    return snapshots.refresh(book.workspace, today=today, now=NOW)


def grain_of(period: str) -> Grain:
    if "W" in period:
        return Grain.WEEK
    if "Q" in period:
        return Grain.QUARTER
    return {4: Grain.YEAR, 7: Grain.MONTH, 10: Grain.DAY}[len(period)]


def value_of(
    book: Book, key: str, period: str, segment: Segment = EVERYTHING, today: date = TODAY
) -> series.SeriesValue:
    """The value of the period with this key."""
    grain = grain_of(period)
    one = calendar_of(book.workspace).parse(period, grain)
    (found,) = series.values(
        book.workspace, key, grain, one.start, one.end, today=today, segment=segment
    )
    return found


def number(book: Book, key: str, period: str, segment: Segment = EVERYTHING) -> Decimal | None:
    return value_of(book, key, period, segment).value


# Over time


def test_a_sum_adds_its_days(book: Book) -> None:
    book.write(book.row("leads", "2025-07-01", 3), book.row("leads", "2025-07-31", 4))
    refresh(book)
    for period, expected in (
        ("2025-07-01", 3),
        ("2025-W31", 4),
        ("2025-07", 7),
        ("2025-Q3", 7),
        ("2025", 7),
    ):
        assert number(book, "leads", period) == expected


def test_a_day_without_a_fact_is_unknown_not_zero(book: Book) -> None:
    book.write(book.row("leads", "2025-07-01", 3), book.row("leads", "2025-07-03", 4))
    refresh(book)
    found = value_of(book, "leads", "2025-07-02")
    assert (found.value, found.reason) == (None, "no_data")
    assert value_of(book, "leads", "2025-07").incomplete


def test_a_covered_day_without_a_row_is_zero(book: Book) -> None:
    covered = book.covered("sqls", "2025-07-01", "2025-07-31")
    book.write(book.row("mqls", "2025-07-02", 8), coverage=[covered])
    refresh(book)
    assert number(book, "sqls", "2025-07-20") == 0
    assert not value_of(book, "sqls", "2025-07").incomplete
    assert number(book, "mql_to_sql_rate", "2025-07") == 0
    assert number(book, "sqls", "2025-06") is None


def test_coverage_of_days_to_come_is_not_zero_yet(book: Book) -> None:
    book.write(coverage=[book.covered("leads", "2025-08-01", "2025-08-31")])
    refresh(book)
    assert number(book, "leads", "2025-08-20") == 0
    assert number(book, "leads", "2025-08-21") is None
    refresh(book, TODAY + timedelta(days=1))
    assert number(book, "leads", "2025-08-21") == 0


def test_a_stock_is_its_last_value(book: Book) -> None:
    book.write(book.row("customers", "2025-06-30", 200), book.row("customers", "2025-07-10", 230))
    refresh(book)
    assert number(book, "customers", "2025-06") == 200
    assert number(book, "customers", "2025-07") == 230
    assert number(book, "customers", "2025-07-09") == 200
    assert number(book, "customers", "2025-Q2") == 200


def test_a_stock_is_carried_for_45_days_and_then_stale(book: Book) -> None:
    book.write(book.row("customers", "2025-06-01", 200))
    refresh(book)
    assert number(book, "customers", "2025-07-16") == 200
    found = value_of(book, "customers", "2025-07-17")
    assert (found.value, found.reason) == (None, "stale")
    assert value_of(book, "arpa", "2025-07-17").reason == "no_data"
    assert value_of(book, "customers", "2025-07").reason == "stale"
    assert value_of(book, "customers", "2025-05").reason == "no_data"


def test_a_running_period_has_the_last_stock_known(book: Book) -> None:
    book.write(book.row("mrr", "2025-08-10", 5_000))
    refresh(book)
    found = value_of(book, "mrr", "2025")
    assert (found.value, found.partial) == (5_000, True)


def test_stocks_of_several_channels_are_carried_one_by_one(book: Book) -> None:
    social, email = book.channel("social"), book.channel("email")
    book.write(
        book.row("followers", "2025-07-01", 100, channel=social.segment_id),
        book.row("followers", "2025-07-20", 40, channel=email.segment_id),
    )
    refresh(book)
    assert number(book, "followers", "2025-07") == 140
    assert number(book, "followers", "2025-07", social) == 100


def test_a_unique_is_only_what_was_counted_over_the_period(book: Book) -> None:
    book.write(
        book.row("visitors", "2025-07-01", 900, to="2025-07-31"),
        book.row("visitors", "2025-07-02", 40),
        book.row("pageviews", "2025-07-02", 1_800),
    )
    refresh(book)
    assert number(book, "visitors", "2025-07") == 900
    assert number(book, "visitors", "2025-07-02") == 40
    assert number(book, "pages_per_visitor", "2025-07") == 2
    for period in ("2025-07-03", "2025-W27", "2025-Q3", "2025"):
        assert value_of(book, "visitors", period).reason == "not_additive"
    assert value_of(book, "pages_per_visitor", "2025").reason == "not_additive"
    assert value_of(book, "visitors", "2025-06").reason == "no_data"


def test_two_feeds_count_the_same_people(book: Book) -> None:
    ga4, matomo = book.feed("GA4"), book.feed("Matomo")
    book.write(
        book.row("visitors", "2025-07-01", 900, to="2025-07-31", feed=ga4),
        book.row("visitors", "2025-07-01", 950, to="2025-07-31", feed=matomo),
    )
    refresh(book)
    assert value_of(book, "visitors", "2025-07").reason == "not_additive"
    Metric.objects.filter(key="visitors").update(counting_feed=ga4)
    snapshots.recompute(book.workspace, today=TODAY, now=NOW, full=True)
    assert number(book, "visitors", "2025-07") == 900


def test_one_mean_without_a_weight_stands_beside_others_of_more_decimals(book: Book) -> None:
    """Equal is equal, to however many places the lowest and the highest of a period are kept."""
    mobile = book.value("mobile", Dimension.DEVICE)
    book.write(
        book.row("search_position", "2025-01-25", "0.5"),
        book.row("search_position", "2025-01-31", 40, device=mobile),
        book.row("search_position", "2025-03-03", 40),
    )
    refresh(book)
    found = value_of(book, "search_position", "2025-Q1", Segment(Dimension.DEVICE, mobile))
    assert found.value == 40


def test_a_weighted_mean_is_not_the_mean_of_its_days(book: Book) -> None:
    book.write(
        book.row("search_position", "2025-07-01", 2),
        book.row("search_impressions", "2025-07-01", 90),
        book.row("search_position", "2025-07-02", 10),
        book.row("search_impressions", "2025-07-02", 10),
    )
    refresh(book)
    found = value_of(book, "search_position", "2025")
    assert found.value == Decimal("2.8")
    assert found.inputs == {"search_impressions": 100}


def test_growth_compares_with_the_same_weekday_a_year_ago(book: Book) -> None:
    book.write(book.row("sessions", "2024-07-03", 100), book.row("sessions", "2025-07-02", 150))
    refresh(book)
    found = value_of(book, "traffic_growth", "2025-07-02")
    assert found.value == Decimal("0.5")
    assert found.inputs == {"sessions": 150, "year_ago(sessions)": 100}
    assert number(book, "traffic_growth", "2025-07") == Decimal("0.5")


def test_a_fiscal_year_starts_when_the_workspace_says(book: Book) -> None:
    book.workspace.fiscal_year_start = 7
    book.workspace.save()
    book.write(book.row("leads", "2025-06-30", 1), book.row("leads", "2025-07-01", 10))
    refresh(book)
    assert number(book, "leads", "2025") == 1
    assert number(book, "leads", "2026") == 10
    assert number(book, "leads", "2026-Q1") == 10


# Over breakdowns


def test_not_set_makes_the_channels_add_up_to_the_total(book: Book) -> None:
    organic = book.channel("organic")
    book.write(
        book.row("sessions", "2025-07-01", 100),
        book.row("sessions", "2025-07-01", 70, channel=organic.segment_id),
    )
    refresh(book)
    assert number(book, "sessions", "2025-07") == 100
    assert number(book, "sessions", "2025-07", organic) == 70
    assert number(book, "sessions", "2025-07", NOT_SET_CHANNEL) == 30


def test_feeds_add_up(book: Book) -> None:
    google, linkedin = book.feed("Google Ads"), book.feed("LinkedIn Ads")
    search = book.channel("paid_search")
    book.write(
        book.row("cost_media", "2025-07-01", "10.10", feed=google, channel=search.segment_id),
        book.row("cost_media", "2025-07-01", "5.05", feed=linkedin),
    )
    refresh(book)
    assert number(book, "cost_media", "2025-07") == Decimal("15.15")
    assert number(book, "cost_media", "2025-07", search) == Decimal("10.10")
    assert number(book, "cost_media", "2025-07", NOT_SET_CHANNEL) == Decimal("5.05")


def test_where_two_feeds_measure_the_same_one_counts(book: Book) -> None:
    ga4, matomo = book.feed("GA4"), book.feed("Matomo")
    Metric.objects.filter(key="sessions").update(counting_feed=matomo)
    book.write(
        book.row("sessions", "2025-07-01", 100, feed=ga4),
        book.row("sessions", "2025-07-01", 90, feed=matomo),
    )
    refresh(book)
    assert number(book, "sessions", "2025-07") == 90


def test_a_campaign_gives_its_channel(book: Book) -> None:
    email = book.channel("email")
    campaign = Campaign.objects.create(
        workspace=book.workspace, name="Spring", key="spring", channel_id=email.segment_id
    )
    book.write(book.row("leads", "2025-07-01", 12, campaign=campaign.pk))
    refresh(book)
    assert number(book, "leads", "2025-07", email) == 12
    assert number(book, "leads", "2025-07", Segment(Dimension.CAMPAIGN, campaign.pk)) == 12


def test_devices_are_another_view_of_the_same_sessions(book: Book) -> None:
    phone = Segment(Dimension.DEVICE, book.value("smartphone", Dimension.DEVICE))
    organic = book.channel("organic")
    book.write(
        book.row("sessions", "2025-07-01", 60, device=phone.segment_id),
        book.row("sessions", "2025-07-01", 100, channel=organic.segment_id),
    )
    refresh(book)
    assert number(book, "sessions", "2025-07") == 100
    assert number(book, "sessions", "2025-07", phone) == 60


def test_a_channel_s_traffic_is_a_metric_of_everything(book: Book) -> None:
    organic, display = book.channel("organic"), book.channel("display")
    book.write(
        book.row("sessions", "2025-07-01", 60, channel=organic.segment_id),
        book.row("sessions", "2025-07-01", 9, channel=display.segment_id),
    )
    refresh(book)
    assert number(book, "organic_sessions", "2025-07") == 60
    paid = value_of(book, "paid_sessions", "2025-07")
    assert (paid.value, paid.incomplete) == (9, True)
    assert paid.inputs['sessions where channel = "paid_social"'] is None


def test_a_channel_without_a_row_is_zero_where_the_source_gives_every_row(book: Book) -> None:
    organic = book.channel("organic")
    covered = book.covered("sessions", "2025-07-01", "2025-07-31")
    book.write(
        book.row("sessions", "2025-07-01", 60, channel=organic.segment_id), coverage=[covered]
    )
    refresh(book)
    assert number(book, "sessions", "2025-07", book.channel("display")) == 0
    paid = value_of(book, "paid_sessions", "2025-07")
    assert (paid.value, paid.incomplete) == (0, False)


def test_a_cost_without_a_channel_belongs_to_everything_only(book: Book) -> None:
    ledger, social = ledger_feed(book.workspace).pk, book.channel("social")
    book.write(
        book.row("cost_staff", "2025-07-01", 900, feed=ledger, channel=NOT_SET, campaign=NOT_SET),
        book.row(
            "cost_media",
            "2025-07-01",
            100,
            feed=ledger,
            channel=social.segment_id,
            campaign=NOT_SET,
        ),
        book.row("leads", "2025-07-01", 20, channel=social.segment_id),
        book.row("leads", "2025-07-01", 50),
    )
    refresh(book)
    assert number(book, "cpl", "2025-07") == 20
    assert number(book, "cpl", "2025-07", social) == 5
    assert number(book, "cost_staff", "2025-07", social) == 0


# Incomplete


def test_a_feed_that_stops_in_the_middle_leaves_the_month_incomplete(book: Book) -> None:
    google, linkedin = book.feed("Google Ads"), book.feed("LinkedIn Ads")
    days = [f"2025-07-{number:02d}" for number in range(1, 32)]
    rows = [book.row("cost_media", one, 1, feed=google) for one in days]
    book.write(*rows)
    refresh(book)
    assert not value_of(book, "cost_media", "2025-07").incomplete
    book.write(*[book.row("cost_media", one, 1, feed=linkedin) for one in days[:15]])
    refresh(book)
    found = value_of(book, "cost_media", "2025-07")
    assert (found.value, found.incomplete) == (46, True)


def test_what_is_typed_on_top_does_not_make_a_month_incomplete(book: Book) -> None:
    crm = book.feed("CRM")
    covered = book.covered("leads", "2025-07-01", "2025-07-31", feed=crm)
    book.write(book.row("leads", "2025-07-09", 30, feed=crm), coverage=[covered])
    book.write(book.row("leads", "2025-07-12", 5))
    refresh(book)
    found = value_of(book, "leads", "2025-07")
    assert (found.value, found.incomplete) == (35, False)


def test_days_to_come_are_not_missed(book: Book) -> None:
    book.write(*[book.row("leads", f"2025-08-{number:02d}", 1) for number in range(1, 20)])
    refresh(book)
    found = value_of(book, "leads", "2025-08")
    assert (found.partial, found.incomplete) == (True, False)


def test_the_ledger_lists_all_that_there_is(book: Book) -> None:
    ledger = ledger_feed(book.workspace).pk
    book.write(
        book.row("cost_tools", "2025-04-03", 50, feed=ledger, channel=NOT_SET, campaign=NOT_SET)
    )
    refresh(book)
    assert not value_of(book, "cost_tools", "2025-Q2").incomplete


# Again, late, corrected


def test_a_second_run_writes_nothing(book: Book) -> None:
    book.write(book.row("leads", "2025-07-01", 3), book.row("customers", "2025-07-01", 3))
    assert refresh(book).rows_written > 0
    assert refresh(book) == snapshots.Refreshed()


def test_only_the_days_that_changed_are_looked_at(book: Book) -> None:
    book.write(*[book.row("leads", f"2025-07-{number:02d}", 1) for number in range(1, 32)])
    refresh(book)
    book.write(book.row("leads", "2025-07-05", 9))
    assert refresh(book).days == 1
    assert number(book, "leads", "2025-07") == 39


@pytest.mark.parametrize("when", ["2025-07-01", str(TODAY)], ids=["closed", "running"])
def test_a_deleted_fact_takes_its_rows_with_it(book: Book, when: str) -> None:
    row = book.row("leads", when, 3)
    book.write(row)
    refresh(book)
    book.delete(row)
    refresh(book)
    assert not Snapshot.objects.exists()
    assert not Block.objects.exists()


def test_undoing_an_import_gives_the_former_numbers(book: Book) -> None:
    book.write(book.row("leads", "2025-07-01", 3))
    second = book.write(book.row("leads", "2025-07-01", 8), book.row("leads", "2025-07-02", 1))
    refresh(book)
    undo_batch(second, user=None, now=NOW)
    refresh(book)
    assert number(book, "leads", "2025-07") == 3


def test_a_corrected_stock_is_carried_forward_again(book: Book) -> None:
    book.write(
        book.row("customers", "2025-05-31", 200), book.row("lost_customers", "2025-06-10", 9)
    )
    refresh(book)
    book.write(book.row("customers", "2025-05-31", 180))
    refresh(book)
    assert number(book, "customers", "2025-06") == 180
    assert number(book, "churn_rate", "2025-06") == Decimal("0.05")


def test_a_correction_reaches_what_looks_back_at_it(book: Book) -> None:
    book.write(book.row("sessions", "2024-07-03", 100), book.row("sessions", "2025-07-02", 150))
    refresh(book)
    book.write(book.row("sessions", "2024-07-03", 50))
    refresh(book)
    assert number(book, "traffic_growth", "2025-07") == 2
    assert number(book, "traffic_growth", "2025") == 2


def test_days_pass(book: Book) -> None:
    book.write(book.row("customers", "2025-07-01", 200))
    refresh(book)
    later = TODAY + timedelta(days=3)
    refresh(book, later)
    assert value_of(book, "customers", "2025-08-23", today=later).reason == "stale"
    full = snapshots.recompute(book.workspace, today=later, now=NOW, full=True)
    assert full.rows_written == 0


def test_what_is_behind_is_known(book: Book) -> None:
    assert is_behind(book.workspace, today=TODAY)
    refresh(book)
    assert not is_behind(book.workspace, today=TODAY)
    assert is_behind(book.workspace, today=TODAY + timedelta(days=1))
    book.write(book.row("leads", "2025-07-01", 3))
    assert is_behind(book.workspace, today=TODAY)


def test_the_spans_that_were_read_are_taken_away(book: Book) -> None:
    book.write(book.row("leads", "2025-07-01", 3))
    refresh(book)
    opened = StaleSpan.objects.get()
    assert (opened.start, opened.end, opened.metric_id) == (TODAY, date.max, None)


def test_since_recomputes_the_days_from_then_on(book: Book) -> None:
    book.write(book.row("leads", "2025-07-01", 3), book.row("leads", "2025-07-20", 3))
    refresh(book)
    Fact.objects.update(value=10)
    snapshots.recompute(book.workspace, today=TODAY, now=NOW, since=day("2025-07-10"))
    assert number(book, "leads", "2025-07-20") == 10
    assert number(book, "leads", "2025-07-01") == 3
    assert number(book, "leads", "2025-07") == 13


def test_weeks_that_start_on_another_day_replace_the_former_ones(book: Book) -> None:
    book.write(book.row("leads", "2025-07-06", 3), book.row("leads", "2025-07-07", 4))
    refresh(book)
    book.workspace.week_start = 6
    book.workspace.save()
    snapshots.recompute(book.workspace, today=TODAY, now=NOW, full=True)
    assert number(book, "leads", "2025-W28") == 7
    weeks = Snapshot.objects.filter(grain=2, dimension=0)
    assert [row.start for row in weeks] == [day("2025-07-06")]


def test_an_own_metric_is_calculated_like_the_others(book: Book) -> None:
    Metric.objects.create(
        workspace=book.workspace,
        key="lead_change",
        own_formula="leads - prev(leads)",
        own_unit="count",
    )
    book.write(book.row("leads", "2025-06-01", 3), book.row("leads", "2025-07-20", 10))
    refresh(book)
    found = value_of(book, "lead_change", "2025-07")
    assert (found.value, found.inputs) == (7, {"leads": 10, "prev(leads)": 3})


def test_a_lag_reads_the_same_span_some_days_before(book: Book) -> None:
    Metric.objects.create(
        workspace=book.workspace,
        key="late_rate",
        own_formula="sqls / lag(mqls, 30)",
        own_unit="percent",
    )
    book.write(book.row("mqls", "2025-06-05", 20), book.row("sqls", "2025-07-20", 5))
    refresh(book)
    assert number(book, "late_rate", "2025-07") == Decimal("0.25")


# Restatements


def test_a_closed_period_that_changes_is_restated(book: Book) -> None:
    book.write(book.row("leads", "2025-03-03", 212))
    refresh(book)
    batch = book.write(book.row("leads", "2025-03-03", 205))
    assert refresh(book).restated == Restatement.objects.count()
    month = Restatement.objects.get(grain=3, dimension=0, metric_key="leads")
    assert (month.start, month.old_value, month.new_value) == (day("2025-03-01"), 212, 205)
    assert (month.batch, month.changed_at) == (batch, NOW)


def test_a_running_period_is_not_restated(book: Book) -> None:
    book.write(book.row("leads", "2025-08-19", 212))
    refresh(book)
    book.write(book.row("leads", "2025-08-19", 205))
    assert refresh(book).restated == 0


def test_a_period_that_has_ended_since_is_restated_only_once_it_was_shown_as_over(
    book: Book,
) -> None:
    ended, then = date(2025, 9, 1), datetime(2025, 9, 1, 3, tzinfo=UTC)
    book.write(book.row("leads", "2025-08-19", 212))
    refresh(book)
    book.write(book.row("leads", "2025-08-30", 10))
    assert snapshots.refresh(book.workspace, today=ended, now=then).restated == 0
    assert number(book, "leads", "2025-08") == 222
    book.write(book.row("leads", "2025-08-30", 11))
    assert snapshots.refresh(book.workspace, today=ended, now=then).restated
    month = Restatement.objects.get(grain=3, dimension=0, metric_key="leads")
    assert (month.old_value, month.new_value) == (222, 223)


def test_a_value_that_was_not_there_is_late_not_restated(book: Book) -> None:
    book.write(book.row("leads", "2025-03-03", 212))
    refresh(book)
    book.write(book.row("mqls", "2025-03-03", 20))
    assert refresh(book).restated == 0


def test_a_value_that_is_gone_is_restated(book: Book) -> None:
    row = book.row("leads", "2025-03-03", 212)
    book.write(row)
    refresh(book)
    book.delete(row)
    refresh(book)
    assert Restatement.objects.get(grain=3, dimension=0).new_value is None


# Apart


@pytest.mark.parametrize("table", ["metrics_snapshot", "metrics_block"])
def test_a_workspace_with_stored_values_cannot_go_without_them(book: Book, table: str) -> None:
    book.write(book.row("leads", "2025-07-01", 3))
    refresh(book)

    def delete_and_check() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS {table}_keeps IMMEDIATE")
            cursor.execute("DELETE FROM accounts_workspace WHERE id = %s", [book.workspace.pk])

    with pytest.raises(IntegrityError, match="still pointed at"):
        delete_and_check()


def test_nothing_is_stored_for_a_workspace_that_is_gone(book: Book) -> None:
    book.write(book.row("leads", "2025-07-01", 3))
    gone = Workspace(pk=book.workspace.pk + 1_000_000)
    with pytest.raises(Workspace.DoesNotExist):
        snapshots.refresh(gone, today=TODAY, now=NOW)


def test_another_workspace_s_facts_are_not_touched(book: Book, acme: Workspace) -> None:
    book.write(book.row("leads", "2025-07-01", 3))
    refresh(book)
    assert not Snapshot.objects.exclude(workspace=book.workspace).exists()
    assert Feed.objects.filter(workspace=acme).count() == 0
