"""Formats, to the code point: U+202F groups in French, U+00A0 before %, € and units."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts import fmt, fmt_dates

D = Decimal


def amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        ("1234567.89", "1,234,567.89", "1\u202f234\u202f567,89"),
        ("0", "0", "0"),
        ("-1234", "-1,234", "-1\u202f234"),
        ("0.005", "0.01", "0,01"),
        ("2.50", "2.5", "2,5"),
        ("-0.001", "0", "0"),
    ],
)
def test_number(value: str, english: str, french: str) -> None:
    assert fmt.number(D(value), "en") == english
    assert fmt.number(D(value), "fr") == french


@pytest.mark.parametrize(
    ("fraction", "english", "french"),
    [
        ("0.123", "12.3%", "12,3\u00a0%"),
        ("0.12", "12%", "12\u00a0%"),
        ("1.256", "126%", "126\u00a0%"),
        ("0.0004", "0.04%", "0,04\u00a0%"),
        ("0", "0%", "0\u00a0%"),
        ("12.5", "1,250%", "1\u202f250\u00a0%"),
    ],
)
def test_percent(fraction: str, english: str, french: str) -> None:
    assert fmt.percent(D(fraction), "en") == english
    assert fmt.percent(D(fraction), "fr") == french


@pytest.mark.parametrize(
    ("fraction", "english", "french"),
    [
        ("0.123", "+12.3%", "+12,3\u00a0%"),
        ("-0.123", "-12.3%", "-12,3\u00a0%"),
        ("0", "0%", "0\u00a0%"),
    ],
)
def test_signed_percent(fraction: str, english: str, french: str) -> None:
    assert fmt.signed_percent(D(fraction), "en") == english
    assert fmt.signed_percent(D(fraction), "fr") == french


@pytest.mark.parametrize(
    ("difference", "english", "french"),
    [
        ("0.004", "+0.4\u00a0pp", "+0,4\u00a0pt"),
        ("-0.021", "-2.1\u00a0pp", "-2,1\u00a0pts"),
        ("0", "0\u00a0pp", "0\u00a0pt"),
    ],
)
def test_points(difference: str, english: str, french: str) -> None:
    assert fmt.points(D(difference), "en") == english
    assert fmt.points(D(difference), "fr") == french


@pytest.mark.parametrize(
    ("value", "currency", "english", "french"),
    [
        ("-1234.5", "EUR", "-€1,234.50", "-1\u202f234,50\u00a0€"),
        ("0", "EUR", "€0.00", "0,00\u00a0€"),
        ("12", "USD", "US$12.00", "12,00\u00a0$US"),
        ("1500", "JPY", "JP¥1,500", "1\u202f500\u00a0JPY"),
    ],
)
def test_money(value: str, currency: str, english: str, french: str) -> None:
    assert fmt.money(D(value), currency, "en") == english
    assert fmt.money(D(value), currency, "fr") == french


def test_money_in_tables_drops_decimals_from_a_thousand_up() -> None:
    assert fmt.money(D("1234.56"), "EUR", "en", table=True) == "€1,235"
    assert fmt.money(D("63.2"), "EUR", "fr", table=True) == "63,20\u00a0€"


def test_compact() -> None:
    assert fmt.compact(D("1234567"), "en") == "1.2M"
    assert fmt.compact(D("1234"), "fr") == "1,2\u00a0k"
    assert fmt.money(D("1234567"), "EUR", "fr", compact=True) == "1,2\u00a0M\u00a0€"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        ("4.25", "4.3\u00a0s"),
        ("45", "45\u00a0s"),
        ("83", "1\u00a0min\u00a023\u00a0s"),
        ("120", "2\u00a0min"),
        ("7500", "2\u00a0h\u00a005\u00a0min"),
        ("3599.7", "1\u00a0h"),
        ("-83", "-1\u00a0min\u00a023\u00a0s"),
    ],
)
def test_duration(seconds: str, text: str) -> None:
    assert fmt.duration(D(seconds), "en") == text


@pytest.mark.parametrize(
    ("unit", "value", "english", "french"),
    [
        ("count", "1204", "1,204", "1\u202f204"),
        ("people", "0", "0", "0"),
        ("pages", "2.349", "2.35", "2,35"),
        ("answers", "60", "60", "60"),
        ("money", "63.2", "€63.20", "63,20\u00a0€"),
        ("money_per_month", "12000", "€12,000/month", "12\u202f000\u00a0€/mois"),
        ("percent", "0.045", "4.5%", "4,5\u00a0%"),
        ("ratio", "5", "5", "5"),
        ("seconds", "83", "1\u00a0min\u00a023\u00a0s", "1\u00a0min\u00a023\u00a0s"),
        ("milliseconds", "1840", "1,840\u00a0ms", "1\u202f840\u00a0ms"),
        ("rank", "4.26", "4.26", "4,26"),
        ("hours", "1", "1\u00a0hour", "1\u00a0heure"),
        ("days", "42", "42\u00a0days", "42\u00a0jours"),
        ("months", "3", "3\u00a0months", "3\u00a0mois"),
        ("years", "3.25", "3.3\u00a0years", "3,3\u00a0ans"),
        ("points", "45", "45", "45"),
    ],
)
def test_metric_value_in_each_unit(unit: str, value: str, english: str, french: str) -> None:
    assert fmt.metric_value(D(value), unit, "EUR", "en") == english
    assert fmt.metric_value(D(value), unit, "EUR", "fr") == french


def test_no_value_is_a_dash() -> None:
    assert fmt.metric_value(None, "money", "EUR", "fr") == "\u2013"


@pytest.mark.parametrize(
    ("now", "before", "unit", "direction", "expected"),
    [
        ("69", "75", "count", "up", ("-8%", "8%", "▼", "bad")),
        ("55", "60", "money", "down", ("-8.3%", "8.3%", "▼", "good")),
        ("0.045", "0.041", "percent", "up", ("+0.4\u00a0pp", "0.4\u00a0pp", "▲", "good")),
        ("0.01", "0", "percent", "down", ("+1\u00a0pp", "1\u00a0pp", "▲", "bad")),
        ("45", "41", "points", "up", ("+4\u00a0pts", "4\u00a0pts", "▲", "good")),
        ("5", "0", "count", "up", ("new", "new", "▲", "good")),
        ("5", None, "count", "context", ("new", "new", "▲", "")),
        ("-10", "-20", "money", "up", ("+50%", "50%", "▲", "good")),
        ("7", "7", "count", "up", ("0%", "0%", "", "")),
        ("0", "0", "count", "up", ("0%", "0%", "", "")),
        (None, "7", "count", "up", ("\u2013", "\u2013", "", "")),
    ],
)
def test_change(
    now: str | None,
    before: str | None,
    unit: str,
    direction: str,
    expected: tuple[str, str, str, str],
) -> None:
    found = fmt.change(amount(now), amount(before), unit, direction, "en")
    assert (found.signed, found.size, found.arrow, found.verdict) == expected


def test_the_first_of_a_month_in_french() -> None:
    assert fmt_dates.date_long(date(2026, 3, 1), "fr") == "1er mars 2026"
    assert fmt_dates.date_long(date(2026, 3, 11), "fr") == "11 mars 2026"
    assert fmt_dates.date_short(date(2026, 1, 1), "fr") == "1er janv."
    assert fmt_dates.date_weekday(date(2026, 3, 1), "fr") == "dimanche 1er mars"


def test_dates_in_english() -> None:
    day = date(2026, 3, 8)
    assert fmt_dates.date_long(day, "en") == "8 March 2026"
    assert fmt_dates.date_short(day, "en") == "8 Mar"
    assert fmt_dates.date_short(day, "en", year=True) == "8 Mar 2026"
    assert fmt_dates.date_weekday(day, "en") == "Sunday 8 March"


@pytest.mark.parametrize(
    ("start", "end", "english", "french"),
    [
        ("2026-03-03", "2026-03-08", "3–8 March 2026", "3–8 mars 2026"),
        ("2026-03-01", "2026-03-08", "1–8 March 2026", "1er–8 mars 2026"),
        ("2026-02-23", "2026-03-01", "23 February–1 March 2026", "23 février–1er mars 2026"),
        (
            "2026-12-28",
            "2027-01-03",
            "28 December 2026–3 January 2027",
            "28 décembre 2026–3 janvier 2027",
        ),
        ("2026-03-08", "2026-03-08", "8 March 2026", "8 mars 2026"),
    ],
)
def test_date_range(start: str, end: str, english: str, french: str) -> None:
    span = (date.fromisoformat(start), date.fromisoformat(end))
    assert fmt_dates.date_range(*span, "en") == english
    assert fmt_dates.date_range(*span, "fr") == french


def test_weeks_are_iso() -> None:
    assert fmt_dates.week_label(date(2026, 3, 8), "en") == "week\u00a010 (2–8 March 2026)"
    assert fmt_dates.week_label(date(2026, 3, 2), "fr") == "semaine\u00a010 (2–8 mars 2026)"
    assert fmt_dates.week_label(date(2027, 1, 3), "en").startswith("week\u00a053 (28 December 2026")


def test_periods() -> None:
    assert fmt_dates.period_label(date(2026, 4, 1), "quarter", "fr") == "T2 2026"
    assert fmt_dates.period_label(date(2026, 2, 1), "month", "fr") == "février 2026"
    assert fmt_dates.period_tick(date(2026, 3, 2), "week", "en") == "W10"
    assert fmt_dates.period_tick(date(2026, 1, 1), "year", "en") == "2026"


def test_times_name_their_zone() -> None:
    at = datetime(2026, 3, 9, 5, 10, tzinfo=UTC)
    assert fmt_dates.time_label(at, "Europe/Paris", "en") == "06:10 (Paris time)"
    assert fmt_dates.time_label(at, "Europe/Paris", "fr") == "06:10 (heure de Paris)"
    assert fmt_dates.time_label(at, "Europe/Athens", "fr") == "07:10 (heure d’Athènes)"
    assert fmt_dates.datetime_label(at, "UTC", "en") == "9 March 2026, 05:10 (UTC)"


def test_plain_text_has_ordinary_spaces() -> None:
    assert fmt.plain_text("1\u202f234,50\u00a0€") == "1 234,50 €"


def test_a_change_too_small_to_show_is_no_movement() -> None:
    change = fmt.change(Decimal("0.10001"), Decimal("0.10002"), "percent", "up", "en")
    assert (change.arrow, change.verdict) == ("", "")
    assert change.signed == change.size


@pytest.mark.parametrize(
    ("start", "grain", "lang", "label"),
    [
        (date(2025, 7, 1), "year", "en", "FY\u00a02026"),
        (date(2025, 7, 1), "year", "fr", "Exercice\u00a02026"),
        (date(2025, 7, 1), "quarter", "en", "Q1 FY\u00a02026"),
        (date(2026, 4, 1), "quarter", "fr", "T4 exercice\u00a02026"),
        (date(2026, 4, 1), "month", "en", "April 2026"),
    ],
)
def test_fiscal_periods_are_named_after_the_year_they_end_in(
    start: date, grain: str, lang: str, label: str
) -> None:
    assert fmt_dates.period_label(start, grain, lang, fiscal_start=7) == label


def test_a_week_is_labelled_as_it_is_cut() -> None:
    sunday, saturday = date(2026, 3, 1), date(2026, 2, 28)
    assert (
        fmt_dates.period_label(sunday, "week", "en", week_start=6)
        == "week\u00a010 (1–7 March 2026)"
    )
    assert fmt_dates.week_label(saturday, "en", week_start=5).endswith(
        "10 (28 February–6 March 2026)"
    )
    assert fmt_dates.period_tick(sunday, "week", "en", week_start=6) == "W10"
