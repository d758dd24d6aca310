"""What a value stands beside: smoothed, benchmark, small bases, weeks without a partner."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.fmt import plain_text
from accounts.models import Workspace
from metrics import series, snapshots
from metrics.catalogue import CATALOGUE
from metrics.comparisons import Beside, beside, small_base, smoothed_values, without_partner
from metrics.models import Metric
from metrics.periods import Calendar, Grain, Period
from metrics.series import EVERYTHING, SpanValue
from metrics.smoothing import mean, trailing
from tests.metrics.numbers import NOW, TODAY, Book

MONTHS = Calendar().periods(date(2025, 3, 1), date(2025, 7, 31), Grain.MONTH)


def days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(n) for n in range((end - start).days + 1))


def months(book: Book, key: str, *values: object) -> None:
    """A value on the last day of each month from March 2025 on."""
    pairs = zip(MONTHS, values, strict=False)
    book.write(*(book.row(key, one.end.isoformat(), value) for one, value in pairs))


def recompute(book: Book) -> None:
    snapshots.recompute(book.workspace, today=TODAY, now=NOW)


def smooth(workspace: Workspace, key: str, periods: list[Period] = MONTHS) -> list[Decimal | None]:
    return smoothed_values(workspace, key, EVERYTHING, periods, today=TODAY)


def test_a_trailing_mean_takes_its_own_value_and_those_before() -> None:
    values = [Decimal(n) for n in (3, 6, 9, 30)]
    assert trailing(values, 3) == [None, None, 6, 15]


def test_a_gap_stays_a_gap() -> None:
    values = [Decimal(3), None, Decimal(9), Decimal(9), Decimal(9)]
    assert trailing(values, 3) == [None, None, None, None, 9]


@given(st.lists(st.decimals(-1000, 1000, places=2), min_size=4, max_size=4))
def test_the_mean_of_what_is_all_the_same_is_that(values: list[Decimal]) -> None:
    assert mean([values[0]] * 4, 4) == values[0]
    assert min(values) <= (mean(values, 4) or Decimal(0)) <= max(values)


@pytest.mark.django_db
def test_a_sum_is_smoothed_over_three_months(inside: Workspace) -> None:
    book = Book(inside)
    months(book, "leads", 30, 60, 90, 30, 0)
    recompute(book)
    assert smooth(inside, "leads") == [None, None, 60, 60, 40]


@pytest.mark.django_db
def test_a_rate_is_the_ratio_of_the_sums_never_the_mean_of_rates(inside: Workspace) -> None:
    book = Book(inside)
    months(book, "leads", 10, 10, 100)
    months(book, "mqls", 1, 9, 50)
    recompute(book)
    assert smooth(inside, "lead_to_mql_rate")[2] == Decimal(60) / 120  # the mean is 0.5 too
    months(book, "mqls", 1, 9, 90)
    recompute(book)
    found = smooth(inside, "lead_to_mql_rate")[2]
    assert found is not None
    assert round(found, 6) == Decimal("0.833333")  # 100 / 120; the mean of the rates is 0.633


@pytest.mark.django_db
def test_a_rate_of_a_rate_is_taken_apart_to_its_sums(inside: Workspace) -> None:
    book = Book(inside)
    months(book, "customers", 100, 200, 300)
    months(book, "mrr", 1_000, 4_000, 9_000)
    months(book, "customer_lifetime_years", 2, 2, 2)
    recompute(book)
    found = smooth(inside, "clv")[2]
    assert found is not None
    assert round(found, 6) == 560  # Σ MRR / Σ customers = 23.33, × 12 × 2


@pytest.mark.django_db
def test_a_stock_is_smoothed_as_a_mean(inside: Workspace) -> None:
    book = Book(inside)
    months(book, "followers", 100, 200, 600)
    recompute(book)
    assert smooth(inside, "followers")[2] == 300


@pytest.mark.django_db
def test_a_weighted_mean_keeps_its_weights(inside: Workspace) -> None:
    book = Book(inside)
    months(book, "search_position", 2, 4, 8)
    months(book, "search_impressions", 100, 100, 200)
    recompute(book)
    assert smooth(inside, "search_position")[2] == Decimal("5.5")


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["visitors", "pages_per_visitor"])
def test_people_cannot_be_smoothed_and_the_page_says_so(inside: Workspace, key: str) -> None:
    book = Book(inside)
    book.write(
        *(book.row("visitors", one.start.isoformat(), 50, to=one.end.isoformat()) for one in MONTHS)
    )
    months(book, "pageviews", 10, 10, 10, 10, 10)
    recompute(book)
    assert smooth(inside, key) == [None] * 5
    assert any("no smoothed mean" in note for note in stands(inside, key).notes)


def stands(workspace: Workspace, key: str, compare: str = "none") -> Beside:
    """What a page of months shows beside the metric."""
    rows = series.values(workspace, key, Grain.MONTH, MONTHS[0].start, MONTHS[-1].end, today=TODAY)
    metric = Metric.objects.get(workspace=workspace, key=key)
    compared = series.comparison(workspace, key, rows[-1].period, today=TODAY)
    return beside(workspace, metric, rows, compared, smooth=True, compare=compare, today=TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "last", "text", "verdict"),
    [("leads", 90, "50% above", "good"), ("leads", 60, "the same", ""),
     ("lost_customers", 90, "50% above", "bad"), ("leads", 0, "100% below", "bad")],
)  # fmt: skip
def test_above_or_below_its_mean_in_words(
    inside: Workspace, key: str, last: int, text: str, verdict: str
) -> None:
    book = Book(inside)
    months(book, key, 60, 60, 60, 120 - last if last == 90 else 60, last)
    recompute(book)
    (found,) = stands(inside, key).against
    assert found.label == "Mean of 3 months"
    assert (found.text, found.verdict) == (text, verdict)


@pytest.mark.django_db
def test_a_running_month_is_not_smoothed(inside: Workspace) -> None:
    book = Book(inside)
    months(book, "leads", 30, 60, 90, 30, 0)
    book.write(book.row("leads", "2025-08-02", 500))
    recompute(book)
    periods = [*MONTHS, Calendar().period_of(TODAY, Grain.MONTH)]
    assert smooth(inside, "leads", periods)[-2:] == [40, None]


@pytest.mark.django_db
def test_the_bounce_rate_stands_beside_what_others_publish(inside: Workspace) -> None:
    book = Book(inside)
    months(book, "sessions", 100, 100, 100, 100, 100)
    months(book, "bounces", 50, 50, 50, 50, 50)
    recompute(book)
    found = stands(inside, "bounce_rate").against[-1]
    assert (found.label, found.verdict) == ("Published benchmark", "bad")
    assert plain_text(found.text) == "9 pp above"
    assert found.note.endswith("(SimilarWeb, quoted by DashThis)")


def known(value: object, **inputs: object) -> SpanValue:
    numbers = {name: Decimal(str(one)) for name, one in inputs.items()}
    return SpanValue(Decimal(str(value)), None, numbers, incomplete=False)


@pytest.mark.parametrize(
    ("key", "now", "before", "base"),
    [
        ("leads", known(12), known(29), 29),
        ("leads", known(12), known(30), None),
        ("leads", known(12), known(0), None),  # from nothing it is new
        ("cost_media", known(12), known(3), None),
        ("followers", known(12), known(3), None),
        ("bounce_rate", known(1, bounces=9, sessions=9), known(1, bounces=90, sessions=90), 9),
        ("cpl", known(9, marketing_cost=900, leads=100), known(9, leads=12), 12),
        ("nps", known(5), known(5, nps_promoters=9, nps_passives=1, nps_detractors=2), None),
        ("roi", known(1, marketing_cost=9), known(2, marketing_cost=9), None),
    ],
)
def test_a_change_from_fewer_than_30_events_rests_on_little(
    key: str, now: SpanValue, before: SpanValue, base: int | None
) -> None:
    assert small_base(CATALOGUE[key], now, before) == base


def test_the_smaller_of_the_two_denominators_counts() -> None:
    few = known(5, nps_promoters=9, nps_passives=1, nps_detractors=2)
    many = replace(
        few, inputs={name: (value or 0) * Decimal(10) for name, value in few.inputs.items()}
    )
    assert small_base(CATALOGUE["nps"], few, many) == 12
    assert small_base(CATALOGUE["nps"], many, few) == 12


def test_week_53_has_no_partner_and_that_is_said_once() -> None:
    weeks = Calendar().periods(date(2026, 12, 21), date(2027, 1, 10), Grain.WEEK)
    said = "Week 53 of 2026 has no partner in 2025: nothing is compared with it."
    assert without_partner(Calendar(), weeks) == [said]
    days_of_it = Calendar().periods(date(2026, 12, 28), date(2027, 1, 3), Grain.DAY)
    assert without_partner(Calendar(), days_of_it) == [said]
    months_of_it = Calendar().periods(date(2026, 12, 1), date(2027, 1, 3), Grain.MONTH)
    assert without_partner(Calendar(), months_of_it) == []
