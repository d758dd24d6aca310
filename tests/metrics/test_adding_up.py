"""What pages and series say of how values add up: over time, over breakdowns, over feeds."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent, User, Workspace
from metrics import series, snapshots
from metrics.catalogue.definition import Rollup
from metrics.costs import save_cost
from metrics.counting import Excess, choose_feed, excesses, values_by_feed
from metrics.entries import save_entry
from metrics.metric_page import Choice, metric_page
from metrics.models import Dimension, Feed, Metric
from metrics.periods import Grain
from metrics.rules import SUMS
from metrics.series import EVERYTHING
from metrics.value_words import RULES, reason_sentence, rule_sentence
from tests.cast import Cast, client_of
from tests.metrics.numbers import NOW, TODAY, Book

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(inside: Workspace) -> Book:
    """Facts of Northwind."""
    return Book(inside)


def recompute(book: Book, today: date = TODAY) -> None:
    snapshots.recompute(book.workspace, today=today, now=NOW)


def metric(book: Book, key: str) -> Metric:
    return Metric.objects.get(workspace=book.workspace, key=key)


def only(book: Book, key: str, grain: Grain, day: str, today: date = TODAY) -> series.SeriesValue:
    at = date.fromisoformat(day)
    (found,) = series.values(book.workspace, key, grain, at, at, today=today)
    return found


# --- Rules in words -------------------------------------------------------------------------------


def test_every_rule_has_its_sentence() -> None:
    assert set(RULES) == set(Rollup)
    assert rule_sentence(Rollup.SUM) == "A period is the sum of its days."
    assert "at most 45 days" in rule_sentence(Rollup.LAST)


def test_people_of_a_week_are_not_available_and_why(book: Book) -> None:
    book.write(book.row("visitors", "2025-07-01", 500, to="2025-07-31"))
    recompute(book)
    assert only(book, "visitors", Grain.MONTH, "2025-07-31").value == 500
    week = only(book, "visitors", Grain.WEEK, "2025-07-14")
    assert (week.value, week.reason) == (None, "not_additive")
    assert reason_sentence(week.reason, Grain.WEEK).startswith("Not available by week")


def test_people_of_days_do_not_make_a_month(book: Book) -> None:
    book.write(*(book.row("visitors", f"2025-07-{day:02}", 10) for day in range(1, 32)))
    recompute(book)
    month = only(book, "visitors", Grain.MONTH, "2025-07-01")
    assert (month.value, month.reason) == (None, "not_additive")
    assert reason_sentence(month.reason, Grain.MONTH) == (
        "Not available by month: it counts people, who cannot be added up from shorter periods, "
        "and no value was given for exactly this one."
    )


def test_a_stock_is_carried_45_days_and_then_stale_with_a_sentence(book: Book) -> None:
    book.write(book.row("followers", "2025-06-01", 700))
    recompute(book)
    last = date(2025, 6, 1) + timedelta(45)
    assert only(book, "followers", Grain.DAY, last.isoformat()).value == 700
    after = only(book, "followers", Grain.DAY, (last + timedelta(1)).isoformat())
    assert (after.value, after.reason) == (None, "stale")
    assert reason_sentence("stale", Grain.DAY) == (
        "The last value is more than 45 days old, too old to stand for this period."
    )


def page(client: Client, key: str, **query: str) -> str:
    response = client.get(reverse("metric", args=["northwind", key]), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def erin(cast: Cast) -> Client:
    """The browser of an editor."""
    return client_of(cast.erin)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("leads", "A period is the sum of its days."),
        ("followers", "the last value known on or before its last day"),
        ("visitors", "Days are never added up."),
        ("search_position", "each weighted by how much it stands for"),
        ("cpl", "never as a mean of its days"),
    ],
)
def test_the_page_says_how_periods_come_from_days(
    book: Book, erin: Client, key: str, said: str
) -> None:
    assert said in page(erin, key)


def test_a_period_without_a_value_says_why_in_the_table(
    book: Book, erin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    book.write(
        book.row("visitors", "2025-07-01", 500, to="2025-07-31"),
        book.row("visitors", "2025-06-03", 5),
    )
    recompute(book)
    assert "Not available by month" in page(erin, "visitors", grain="month")


# --- Calendars ------------------------------------------------------------------------------------


def test_what_is_entered_for_a_span_adds_up_to_the_cent(book: Book, alice: User) -> None:
    save_cost(
        book.workspace, user=alice, category="staff", amount=Decimal("1000.01"),
        start=date(2024, 2, 1), end=date(2025, 1, 31),
    )  # fmt: skip
    recompute(book)
    days = series.daily(
        book.workspace, "cost_staff", EVERYTHING, date(2024, 2, 1), date(2025, 1, 31)
    )
    assert (len(days), sum(days.values())) == (366, Decimal("1000.01"))
    months = series.values(
        book.workspace, "cost_staff", Grain.MONTH, min(days), max(days), today=TODAY
    )
    assert sum(one.value or 0 for one in months) == Decimal("1000.01")


def test_a_leap_day_is_a_day_of_its_own(book: Book) -> None:
    book.write(*(book.row("leads", day, 1) for day in ("2024-02-28", "2024-02-29", "2024-03-01")))
    recompute(book)
    assert only(book, "leads", Grain.MONTH, "2024-02-29").value == 2
    assert only(book, "leads", Grain.WEEK, "2024-02-29").period.key == "2024-W09"
    assert only(book, "leads", Grain.WEEK, "2024-02-29").value == 3


def test_week_53_lies_in_two_years(book: Book) -> None:
    book.write(book.row("leads", "2020-12-31", 3), book.row("leads", "2021-01-03", 4))
    recompute(book)
    week = only(book, "leads", Grain.WEEK, "2021-01-01")
    assert (week.period.key, week.value) == ("2020-W53", 7)
    assert only(book, "leads", Grain.YEAR, "2021-01-01").value == 4


@pytest.mark.parametrize(("week_start", "expected"), [(0, 2), (5, 7), (6, 6)])
def test_a_week_starts_where_the_workspace_says(book: Book, week_start: int, expected: int) -> None:
    Workspace.objects.filter(pk=book.workspace.pk).update(week_start=week_start)
    book.workspace.refresh_from_db()
    # Saturday 12, Sunday 13, Monday 14 July
    book.write(
        book.row("leads", "2025-07-12", 1),
        book.row("leads", "2025-07-13", 4),
        book.row("leads", "2025-07-14", 2),
    )
    recompute(book)
    assert only(book, "leads", Grain.WEEK, "2025-07-14").value == expected


def test_days_of_a_clock_change_are_days_like_others(book: Book) -> None:
    save_entry(
        book.workspace, user=None, metric=metric(book, "leads"), value=Decimal(4),
        start=date(2025, 3, 29), end=date(2025, 4, 1), today=TODAY,
    )  # fmt: skip
    recompute(book)
    days = series.daily(book.workspace, "leads", EVERYTHING, date(2025, 3, 29), date(2025, 4, 1))
    assert list(days.values()) == [1, 1, 1, 1]


def test_fiscal_quarters_and_years_have_their_names_on_the_page(
    book: Book, erin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    Workspace.objects.filter(pk=book.workspace.pk).update(fiscal_year_start=7)
    book.workspace.refresh_from_db()
    book.write(book.row("leads", "2025-05-01", 9), book.row("leads", "2025-07-15", 3))
    recompute(book)
    assert "FY\xa02025" in page(erin, "leads", grain="year")
    quarters = page(erin, "leads", grain="quarter")
    assert "Q1 FY\xa02026" in quarters
    assert "Q4 FY\xa02025" in quarters


def test_a_running_period_is_marked_everywhere(
    book: Book, erin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    book.write(book.row("leads", "2025-08-15", 9))
    recompute(book)
    choice = Choice(Grain.MONTH, "none", EVERYTHING, Dimension.CHANNEL)
    spec = metric_page(book.workspace, metric(book, "leads"), choice, today=TODAY).spec
    assert list(spec.series[0].partial or ())[-1] is True
    text = page(erin, "leads", grain="month")
    assert "so far" in text
    assert "So far: the period is not over." in text


# --- Breakdowns -----------------------------------------------------------------------------------

FACTS = st.lists(
    st.tuples(
        st.integers(1, 3),  # day
        st.integers(0, 1),  # feed
        st.sampled_from([(), ("channel",), ("device",), ("channel", "device"), ("campaign",)]),
        st.integers(0, 1),  # which value of each
        st.integers(0, 40),
    ),
    max_size=14,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(facts=FACTS, key=st.sampled_from(["leads", "cost_media", "sessions"]))
def test_the_parts_and_not_set_add_up_to_the_total_whatever_came(
    book: Book, facts: list[tuple[int, int, tuple[str, ...], int, int]], key: str
) -> None:
    feeds = [book.feed("One"), book.feed("Two")]
    places = {
        "channel": [book.value("email"), book.value("organic")],
        "device": [book.value("desktop", Dimension.DEVICE), -1],
        "campaign": [-1, -1],
    }
    chosen = {}
    for day, feed, by, which, value in facts:
        place: dict[str, Any] = {name: places[name][which] for name in by}
        row = book.row(key, f"2025-07-{day:02}", value, feed=feeds[feed], **place)
        chosen[row.key] = row
    book.write(*chosen.values())
    recompute(book)
    assert key in SUMS
    for grain in (Grain.DAY, Grain.WEEK, Grain.MONTH):
        start, end = date(2025, 7, 1), date(2025, 7, 3)
        totals = series.values(book.workspace, key, grain, start, end, today=TODAY)
        for dimension in (Dimension.CHANNEL, Dimension.CAMPAIGN, Dimension.DEVICE):
            parts = series.values(
                book.workspace, key, grain, start, end, today=TODAY, dimension=dimension
            )
            for total in totals:
                if total.value is None:
                    continue
                found = [one.value for one in parts if one.period == total.period]
                assert sum(value for value in found if value is not None) == total.value
    book.delete(*chosen.values())


def test_parts_above_the_total_are_named_by_day_with_both_sums(book: Book) -> None:
    book.write(
        book.row("leads", "2025-07-10", 10),
        book.row("leads", "2025-07-10", 14, channel=book.value("email")),
        book.row("leads", "2025-07-11", 10),
        book.row("leads", "2025-07-11", 6, channel=book.value("email")),
    )
    recompute(book)
    found = excesses(
        book.workspace, "leads", Dimension.CHANNEL, date(2025, 7, 1), date(2025, 7, 31)
    )
    assert found == [Excess(date(2025, 7, 10), Decimal(14), Decimal(10))]


def test_the_page_warns_of_parts_above_the_total(
    book: Book, erin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    book.write(
        book.row("leads", "2025-07-10", 10),
        book.row("leads", "2025-07-10", 14, channel=book.value("email")),
    )
    recompute(book)
    text = page(erin, "leads")
    assert "10 July 2025: the parts are 14, the total is 10" in text
    assert "the parts are" not in page(erin, "leads", by="device")


# --- Feeds that measure the same thing ------------------------------------------------------------


@pytest.fixture
def twice(book: Book) -> Book:
    """Two analytics tools: one says 100 visits in all, the other 50 + 40 by channel."""
    book.write(
        book.row("sessions", "2025-07-10", 100, feed=book.feed("GA4")),
        book.row(
            "sessions", "2025-07-10", 50, feed=book.feed("Matomo"), channel=book.value("email")
        ),
        book.row(
            "sessions", "2025-07-10", 40, feed=book.feed("Matomo"), channel=book.value("direct")
        ),
    )
    recompute(book)
    return book


JULY = (date(2025, 7, 1), date(2025, 7, 31))


def test_each_feeds_own_value(twice: Book) -> None:
    found = values_by_feed(twice.workspace, metric(twice, "sessions"), *JULY)
    assert [(one.feed.name, one.value, one.counts) for one in found] == [
        ("GA4", 100, True),
        ("Matomo", 90, True),
    ]


def test_stocks_and_people_of_each_feed(book: Book) -> None:
    feed = book.feed("GA4")
    book.write(
        book.row("followers", "2025-07-03", 5, feed=feed),
        book.row("followers", "2025-07-10", 8, feed=feed),
        book.row("visitors", "2025-07-01", 70, to="2025-07-31", feed=feed),
        book.row("visitors", "2025-07-02", 7, feed=feed),
    )
    for key, value in (("followers", 8), ("visitors", 70)):
        (found,) = values_by_feed(book.workspace, metric(book, key), *JULY)
        assert found.value == value


def test_the_page_shows_both_and_warns_while_none_is_named(
    twice: Book, erin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    text = page(erin, "sessions")
    assert "Several feeds bring this metric" in text
    assert "Matomo: <b" in text
    choose_feed(
        metric(twice, "sessions"), feed=Feed.objects.get(name="GA4"), by=User.objects.first()
    )
    named = page(erin, "sessions")
    assert "Several feeds bring this metric" not in named
    assert "not counted" in named


def test_the_editor_names_the_feed_that_counts(
    twice: Book, erin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    feed = Feed.objects.get(name="Matomo")
    address = reverse("metric_feed", args=["northwind", "sessions"])
    assert erin.post(address, {"feed": feed.public_id}).status_code == 302
    assert only(twice, "sessions", Grain.MONTH, "2025-07-01").value == 90
    event = AuditEvent.objects.get(action="metric.counting_feed_changed")
    assert event.after == {"feed": "Matomo"}
    assert erin.post(address, {"feed": ""}).status_code == 302
    assert only(twice, "sessions", Grain.MONTH, "2025-07-01").value == 190


def test_naming_the_same_feed_again_changes_nothing(twice: Book, alice: User) -> None:
    sessions = metric(twice, "sessions")
    assert choose_feed(sessions, feed=Feed.objects.get(name="GA4"), by=alice)
    assert not choose_feed(sessions, feed=Feed.objects.get(name="GA4"), by=alice)


def test_a_feed_of_another_workspace_cannot_be_named(twice: Book, cast: Cast, erin: Client) -> None:
    address = reverse("metric_feed", args=["northwind", "sessions"])
    assert erin.post(address, {"feed": "feed_nowhere"}).status_code == 404
    foreign = Feed(workspace=cast.acme, name="Theirs")
    with pytest.raises(ValueError, match="own workspace"):
        choose_feed(metric(twice, "sessions"), feed=foreign, by=cast.alice)
