"""Calendars, keys of periods, spreading over days and local days."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.periods import (
    Calendar,
    Grain,
    Period,
    PeriodError,
    local_instant,
    local_today,
    spread,
)

ISO = Calendar()
days = st.dates(date(1970, 1, 1), date(2150, 12, 31))
calendars = st.builds(Calendar, week_start=st.integers(0, 6), fiscal_year_start=st.integers(1, 12))
grains = st.sampled_from(list(Grain))


@pytest.mark.parametrize(
    ("grain", "key", "start", "end"),
    [
        (Grain.DAY, "2025-07-14", date(2025, 7, 14), date(2025, 7, 14)),
        (Grain.WEEK, "2025-W29", date(2025, 7, 14), date(2025, 7, 20)),
        (Grain.MONTH, "2025-07", date(2025, 7, 1), date(2025, 7, 31)),
        (Grain.QUARTER, "2025-Q3", date(2025, 7, 1), date(2025, 9, 30)),
        (Grain.YEAR, "2025", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_day_lies_in_one_period_of_each_grain(
    grain: Grain, key: str, start: date, end: date
) -> None:
    assert ISO.period_of(date(2025, 7, 14), grain) == Period(grain, start, end, key)


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2024, 12, 30), "2025-W01"),
        (date(2026, 12, 28), "2026-W53"),
    ],
)
def test_a_week_belongs_to_its_iso_year(day: date, key: str) -> None:
    assert ISO.period_of(day, Grain.WEEK).key == key


def test_a_leap_february_ends_on_the_29th() -> None:
    assert ISO.parse("2028-02", Grain.MONTH).end == date(2028, 2, 29)


@given(calendars, grains, days)
def test_a_key_names_the_period_it_came_from(calendar: Calendar, grain: Grain, day: date) -> None:
    period = calendar.period_of(day, grain)
    assert day in period
    assert calendar.parse(period.key, grain) == period


@given(calendars, grains, days)
def test_periods_follow_each_other_without_gap(calendar: Calendar, grain: Grain, day: date) -> None:
    period = calendar.period_of(day, grain)
    before = calendar.previous(period)
    assert before.end + timedelta(days=1) == period.start
    assert calendar.following(before) == period
    assert before.key < period.key


def test_periods_of_a_span_are_those_that_share_a_day_with_it() -> None:
    found = ISO.periods(date(2026, 12, 27), date(2027, 1, 4), Grain.WEEK)
    assert [period.key for period in found] == ["2026-W52", "2026-W53", "2027-W01"]


def test_an_empty_span_has_no_period() -> None:
    assert ISO.periods(date(2026, 1, 2), date(2026, 1, 1), Grain.DAY) == []


@pytest.mark.parametrize(
    ("grain", "key", "ago"),
    [
        (Grain.DAY, "2026-03-09", "2025-03-10"),  # Monday of week 11 both times
        (Grain.WEEK, "2026-W11", "2025-W11"),
        (Grain.MONTH, "2024-02", "2023-02"),
        (Grain.QUARTER, "2026-Q1", "2025-Q1"),
        (Grain.YEAR, "2026", "2025"),
    ],
)
def test_the_same_period_a_year_ago(grain: Grain, key: str, ago: str) -> None:
    partner = ISO.year_ago(ISO.parse(key, grain))
    assert partner is not None
    assert partner.key == ago


@pytest.mark.parametrize("key", ["2026-W53", "2020-W53"])
def test_a_week_53_has_no_partner(key: str) -> None:
    assert ISO.year_ago(ISO.parse(key, Grain.WEEK)) is None


def test_a_day_of_week_53_has_no_partner() -> None:
    assert ISO.year_ago(ISO.parse("2026-12-31", Grain.DAY)) is None


@given(calendars, days)
def test_days_a_year_ago_fill_the_week_a_year_ago(calendar: Calendar, day: date) -> None:
    week = calendar.period_of(day, Grain.WEEK)
    partner = calendar.year_ago(week)
    found = [calendar.year_ago(one) for one in calendar.periods(week.start, week.end, Grain.DAY)]
    if partner is None:
        assert found == [None] * 7
    else:
        assert found == calendar.periods(partner.start, partner.end, Grain.DAY)


def test_a_sunday_week_takes_the_number_of_the_iso_week_it_mostly_is() -> None:
    week = Calendar(week_start=6).period_of(date(2026, 1, 1), Grain.WEEK)
    assert (week.start, week.end, week.key) == (date(2025, 12, 28), date(2026, 1, 3), "2026-W01")


@pytest.mark.parametrize(
    ("day", "quarter", "year"),
    [
        (date(2025, 6, 30), "2025-Q4", "2025"),
        (date(2025, 7, 1), "2026-Q1", "2026"),
        (date(2026, 1, 1), "2026-Q3", "2026"),
    ],
)
def test_a_fiscal_year_is_named_after_the_year_it_ends_in(
    day: date, quarter: str, year: str
) -> None:
    fiscal = Calendar(fiscal_year_start=7)
    assert fiscal.period_of(day, Grain.QUARTER).key == quarter
    assert fiscal.period_of(day, Grain.YEAR).key == year
    assert fiscal.period_of(day, Grain.MONTH).key == f"{day:%Y-%m}"


def test_a_fiscal_year_spans_two_calendar_years() -> None:
    period = Calendar(fiscal_year_start=4).parse("2026", Grain.YEAR)
    assert (period.start, period.end) == (date(2025, 4, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("key", "grain"),
    [
        ("2025-02-29", Grain.DAY),
        ("2025-W53", Grain.WEEK),
        ("2025-W00", Grain.WEEK),
        ("2025-13", Grain.MONTH),
        ("2025-Q5", Grain.QUARTER),
        ("2025-Q0", Grain.QUARTER),
        ("٢٠٢٥", Grain.YEAR),
        ("9999", Grain.YEAR),
        ("0000-01-01", Grain.DAY),
        ("2025-07\n", Grain.MONTH),
        ("", Grain.DAY),
    ],
)
def test_a_key_that_names_no_period_is_refused(key: str, grain: Grain) -> None:
    with pytest.raises(PeriodError) as caught:
        ISO.parse(key, grain)
    assert "Write it like" in str(caught.value)
    assert caught.value.message % caught.value.params == str(caught.value)


@pytest.mark.parametrize("arguments", [{"week_start": 7}, {"fiscal_year_start": 0}])
def test_a_calendar_refuses_what_no_calendar_has(arguments: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="is a number from"):
        Calendar(**arguments)


@pytest.mark.parametrize(("asked", "last"), [(0, 1), (9, 9), (40, 28)])
def test_the_head_of_a_period_has_as_many_days_as_asked(asked: int, last: int) -> None:
    february = ISO.parse("2025-02", Grain.MONTH)
    assert february.head(asked) == (date(2025, 2, 1), date(2025, 2, last))


amounts = st.decimals(
    min_value=Decimal("-1e12"), max_value=Decimal("1e12"), allow_nan=False, places=4
)


@given(amounts, days, st.integers(0, 800), st.sampled_from(["0.01", "1", "0.5"]))
def test_a_spread_adds_up_to_its_total_to_the_last_digit(
    total: Decimal, start: date, more: int, quantum: str
) -> None:
    shares = spread(total, start, start + timedelta(days=more), quantum=Decimal(quantum))
    assert sum(value for _, value in shares) == total
    assert len(shares) == more + 1
    body = [value for _, value in shares[:-1]] or [Decimal(0)]
    assert max(body) - min(body) <= Decimal(quantum)
    assert all(value % Decimal(quantum) == 0 for value in body)


def test_a_salary_spreads_over_june_to_the_cent() -> None:
    shares = spread(
        Decimal("3000.10"), date(2026, 6, 1), date(2026, 6, 30), quantum=Decimal("0.01")
    )
    assert {value for _, value in shares} == {Decimal("100.00"), Decimal("100.01")}
    assert sum(value for _, value in shares) == Decimal("3000.10")


def test_a_count_spreads_in_whole_numbers() -> None:
    shares = spread(Decimal(10), date(2026, 6, 1), date(2026, 6, 4), quantum=Decimal(1))
    assert [value for _, value in shares] == [2, 3, 2, 3]


def test_a_refund_spreads_as_its_amount_does() -> None:
    span = (date(2026, 6, 1), date(2026, 6, 7))
    refund = spread(Decimal("-10.05"), *span, quantum=Decimal("0.01"))
    amount = spread(Decimal("10.05"), *span, quantum=Decimal("0.01"))
    assert [-value for _, value in refund] == [value for _, value in amount]


def test_what_is_smaller_than_the_quantum_stays_on_the_last_day() -> None:
    shares = spread(Decimal("4.005"), date(2026, 6, 1), date(2026, 6, 2), quantum=Decimal("0.01"))
    assert [value for _, value in shares] == [Decimal("2.00"), Decimal("2.005")]


@pytest.mark.parametrize("total", ["NaN", "Infinity", "1E+400000", "1E-400000"])
def test_a_total_that_is_no_plain_number_is_refused(total: str) -> None:
    with pytest.raises(ValueError, match="30 digits"):
        spread(Decimal(total), date(2026, 6, 1), date(2026, 6, 2), quantum=Decimal(1))


def test_an_empty_span_is_refused() -> None:
    with pytest.raises(ValueError, match="on or after"):
        spread(Decimal(1), date(2026, 6, 2), date(2026, 6, 1), quantum=Decimal(1))


@pytest.mark.parametrize(
    ("tz", "day"),
    [("Europe/Paris", date(2026, 7, 15)), ("America/Montreal", date(2026, 7, 14))],
)
def test_today_is_the_zone_s_own(tz: str, day: date) -> None:
    assert local_today(datetime(2026, 7, 14, 22, 30, tzinfo=UTC), tz) == day


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_today(datetime(2026, 7, 14, 22, 30), "UTC")


@pytest.mark.parametrize(
    ("day", "at", "tz", "instant"),
    [
        (date(2026, 7, 14), time(0), "Europe/Paris", datetime(2026, 7, 13, 22, tzinfo=UTC)),
        # 02:30 does not exist: the clock goes from 02:00 to 03:00, at 01:00 UTC.
        (date(2026, 3, 29), time(2, 30), "Europe/Paris", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        # 02:30 comes twice: the first, still in summer time.
        (
            date(2026, 10, 25),
            time(2, 30),
            "Europe/Paris",
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        ),
        # Midnight itself is skipped in Santiago.
        (date(2026, 9, 6), time(0), "America/Santiago", datetime(2026, 9, 6, 4, tzinfo=UTC)),
        # Samoa had no 30 December 2011 at all.
        (date(2011, 12, 30), time(12), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_one_instant(day: date, at: time, tz: str, instant: datetime) -> None:
    assert local_instant(day, at, tz) == instant
