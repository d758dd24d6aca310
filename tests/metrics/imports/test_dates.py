from datetime import date

import pytest

from metrics.imports.date_order import order_of
from metrics.imports.dates import NotADate, find_range, parse_day, parse_span, read_period
from metrics.imports.parsed import Span
from tests.metrics.imports.reading import TODAY, codes, read_text

FIRST = date(2026, 9, 1)


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-01", "20260901", "2026090114", "2026/09/01", "2026-09-01 09:15",
        "2026-09-01T00:00:00Z", "Sep 1, 2026", "September 1, 2026", "Tue, Sep 1, 2026",
        "1 sept. 2026", "1 septembre 2026", "1er septembre 2026", "mardi 1 septembre 2026",
        "mar. 1 sept. 2026", "1-Sep-2026", "1. September 2026", "01/09/2026", "1/9/26",
        "01.09.2026", "01/09/2026 00:00",
    ],
)  # fmt: skip
def test_one_day_in_many_spellings(text: str) -> None:
    assert parse_day(text, "dmy") == FIRST


def test_americans_put_the_month_first_but_not_before_a_dot() -> None:
    assert parse_day("09/01/2026", "mdy") == FIRST
    assert parse_day("01.09.2026", "mdy") == FIRST


@pytest.mark.parametrize("text", ["31/02/2026", "2026-13-01", "hello", "", "0001-01-01"])
def test_what_the_calendar_does_not_have(text: str) -> None:
    with pytest.raises(NotADate):
        parse_day(text, "dmy")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-09", "2026-09-01", "2026-09-30"),
        ("09/2026", "2026-09-01", "2026-09-30"),
        ("202609", "2026-09-01", "2026-09-30"),
        ("sept. 2026", "2026-09-01", "2026-09-30"),
        ("February 2028", "2028-02-01", "2028-02-29"),
        ("2026-W36", "2026-08-31", "2026-09-06"),
        ("S36 2026", "2026-08-31", "2026-09-06"),
        ("Semaine 36, 2026", "2026-08-31", "2026-09-06"),
        ("2026-W53", "2026-12-28", "2027-01-03"),
        ("2026-Q3", "2026-07-01", "2026-09-30"),
        ("T3 2026", "2026-07-01", "2026-09-30"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-09-07 - 2026-09-13", "2026-09-07", "2026-09-13"),
    ],
)
def test_periods_become_spans(text: str, start: str, end: str) -> None:
    assert parse_span(text) == Span(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    "text",
    [
        "September 1, 2026 - September 10, 2026", "Sep 1, 2026-Sep 10, 2026",
        "CAMPAIGN_PERFORMANCE_REPORT (Sep 1, 2026-Sep 10, 2026)",
        "1 septembre 2026 - 10 septembre 2026", "1 sept. 2026 – 10 sept. 2026",
        "Du 1er septembre 2026 au 10 septembre 2026", "1. September 2026 – 10. September 2026",
        "Sep 1 – Sep 10, 2026", "September 1 - 10, 2026", "1 - 10 sept. 2026",
        "du 1er au 10 septembre 2026", "2026-09-01 - 2026-09-10", "20260901-20260910",
        "01/09/2026 - 10/09/2026",
    ],
)  # fmt: skip
def test_the_line_of_dates_above_a_report(text: str) -> None:
    assert find_range(text) == Span(FIRST, date(2026, 9, 10))


@pytest.mark.parametrize("text", ["All time", "Campaign report", "Last 30 days", ""])
def test_a_title_without_dates(text: str) -> None:
    assert find_range(text) is None


def test_periods_of_a_command() -> None:
    assert read_period("2025-07") == Span(date(2025, 7, 1), date(2025, 7, 31))
    assert read_period("2025-07-01..2025-07-15") == Span(date(2025, 7, 1), date(2025, 7, 15))
    assert read_period("2025-07-15..2025-07-01") is None
    assert read_period("soon") is None


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["31/12/2026", "01/02/2026"], "dmy"),
        (["12/31/2026", "01/02/2026"], "mdy"),
        (["2026-09-01"], "ymd"),
        (["01.02.2026"], "dmy"),
        (["08/09/2026", "09/09/2026", "10/09/2026"], "dmy"),
        (["09/08/2026", "09/09/2026", "09/10/2026"], "mdy"),
        (["01/12/2026", "02/12/2026"], "mdy"),
        (["03/04/2026", "07/05/2026"], None),
        (["01/01/2026", "01/02/2026", "01/03/2026"], None),
    ],
)
def test_the_order_of_a_column(cells: list[str], order: str | None) -> None:
    assert order_of(cells, today=TODAY).order == order


def test_open_dates_are_asked_and_the_answer_used() -> None:
    text = "date,leads\n03/04/2026,1\n07/05/2026,2\n"

    asked = read_text(text)
    answered = read_text(text, date_order="mdy")

    assert codes(asked.questions) == ["date_order"]
    assert asked.questions[0].samples == ("03/04/2026", "07/05/2026")
    assert answered.ready
    assert [fact.start for fact in answered.facts] == [date(2026, 3, 4), date(2026, 7, 5)]


def test_a_french_file_writes_the_day_first() -> None:
    result = read_text("Date,Coût média\n03/04/2026,1\n07/05/2026,2\n")

    assert result.ready
    assert codes(result.warnings) == ["date_order"]
    assert result.facts[0].start == date(2026, 4, 3)


def test_a_day_that_is_not_in_the_calendar_says_how_to_write_it() -> None:
    result = read_text("date,leads\n31/02/2026,1\n15/03/2026,2\n")

    problem = result.errors[0]
    assert (problem.row, problem.column, problem.found) == (2, "date", "31/02/2026")
    assert problem.expected == "31/02/2026 is not a date. Use day/month/year."


def test_first_days_of_months_are_months() -> None:
    result = read_text("date,leads\n2026-01-01,10\n2026-02-01,20\n")

    assert codes(result.warnings) == ["monthly_rows"]
    assert [(fact.start, fact.end) for fact in result.facts] == [
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
    ]


def test_days_that_follow_one_another_are_days() -> None:
    result = read_text("date,leads\n2026-01-31,10\n2026-02-01,20\n")

    assert [fact.start for fact in result.facts] == [fact.end for fact in result.facts]


def test_a_row_may_give_its_first_and_last_day() -> None:
    result = read_text("start,end,metric,value\n2026-06-01,2026-06-30,cost_staff,4500\n")

    assert (result.facts[0].start, result.facts[0].end) == (date(2026, 6, 1), date(2026, 6, 30))


def test_figures_of_the_future_are_pointed_out() -> None:
    assert codes(read_text("date,leads\n2027-01-05,1\n").warnings) == ["future_dates"]
