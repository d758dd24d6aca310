from decimal import Decimal

import pytest

from metrics.imports.numbers import NotANumber, is_nothing, parse_number, parse_seconds, weigh
from metrics.imports.parsed import WorkspaceHints
from tests.metrics.imports.reading import TODAY, codes, read_text


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1 234,5", ",", "1234.5"),
        ("1\u202f234,5", ",", "1234.5"),
        ("1\u00a0234\u00a0567,89", ",", "1234567.89"),
        ("1'234.50", ".", "1234.50"),
        ("1’234.50", ".", "1234.50"),
        ("3,395.40", ".", "3395.40"),
        ("1.234.567,8", ",", "1234567.8"),
        ("1,23,456", ".", "123456"),
        ("€12.50", ".", "12.50"),
        ("12,50 €", ",", "12.50"),
        ("EUR 12.50", ".", "12.50"),
        ("1234EUR", ".", "1234"),
        ("-$1,050.25", ".", "-1050.25"),
        ("US$5", ".", "5"),
        ("12,3 %", ",", "0.123"),
        ("12.3%", ".", "0.123"),
        ("(123)", ".", "-123"),
        ("−5", ".", "-5"),
        ("- 5", ".", "-5"),
        ("+7", ".", "7"),
        (".5", ".", "0.5"),
        ("5.0E-4", ".", "0.00050"),
        ("0", ".", "0"),
        ("\u200e42", ".", "42"),
    ],
)
def test_numbers_as_they_are_written(cell: str, decimal: str, value: str) -> None:
    assert parse_number(cell, decimal) == Decimal(value)


@pytest.mark.parametrize(
    ("cell", "decimal"),
    [
        ("12,5", "."),
        ("12.5", ","),
        ("abc", "."),
        ("1.2.3", "."),
        ("1,2345", "."),
        ("12 leads", "."),
    ],
)
def test_what_is_no_number_in_its_column(cell: str, decimal: str) -> None:
    with pytest.raises(NotANumber):
        parse_number(cell, decimal)


@pytest.mark.parametrize(
    "cell",
    ["", "--", "–", " -- ", "n/a", "N/A", "(not set)", "< 10%", "< 10 %", "> 90 %", "nd", "-"],
)
def test_nothing_is_not_zero(cell: str) -> None:
    assert is_nothing(cell)


@pytest.mark.parametrize("cell", ["0", "0.00", "0 %", "-5", "(3)", "€0"])
def test_zero_is_a_value(cell: str) -> None:
    assert not is_nothing(cell)


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [
        (["1,234", "5.5"], "."),
        (["1,234", "5,5"], ","),
        (["1.234.567"], ","),
        (["1 234,567"], ","),
        (["0,125"], ","),
        (["1234,567"], ","),
        (["1,234", "12"], None),
        (["12", "1500"], None),
    ],
)
def test_a_column_proves_its_decimal_mark(cells: list[str], decimal: str | None) -> None:
    assert weigh(cells).decimal == decimal


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("83.5", "83.5"),
        ("00:01:23", "83"),
        ("1:05", "65"),
        ("1m 23s", "83"),
        ("1 h 2 min 3 s", "3723"),
    ],
)
def test_durations_become_seconds(cell: str, seconds: str) -> None:
    assert parse_seconds(cell) == Decimal(seconds)


def test_an_open_column_is_asked_about_once() -> None:
    result = read_text('date,cost_media\n2026-09-01,"1,234"\n2026-09-02,"2,345"\n')

    assert codes(result.questions) == ["number_format"]
    assert result.questions[0].samples == ("1,234", "2,345")
    assert result.questions[0].default == "1,234.5"
    assert not result.ready


@pytest.mark.parametrize(("answer", "total"), [("1,234.5", "3579"), ("1 234,5", "3.579")])
def test_the_answer_settles_an_open_column(answer: str, total: str) -> None:
    text = 'date,cost_media\n2026-09-01,"1,234"\n2026-09-02,"2,345"\n'

    result = read_text(text, number_format=answer)

    assert result.ready
    assert result.sums["cost_media"] == Decimal(total)


def test_another_column_of_the_file_answers_for_an_open_one() -> None:
    result = read_text('date,leads,cost_media\n2026-09-01,"1,234",12.50\n')

    assert result.ready
    assert result.sums["leads"] == 1234


def test_the_proposal_follows_the_workspace_s_language() -> None:
    french = WorkspaceHints(today=TODAY, language="fr")

    result = read_text('date,cost_media\n2026-09-01,"1,234"\n', workspace=french)

    assert result.questions[0].default == "1 234,5"


def test_a_point_before_thousands_in_a_semicolon_file_is_no_question() -> None:
    result = read_text("date;cost_media\n2026-09-01;1.234\n")

    assert result.ready
    assert result.sums["cost_media"] == 1234


def test_a_cell_against_its_column_is_an_error_with_an_example() -> None:
    result = read_text('date,cost_media\n2026-09-01,12.50\n2026-09-02,"12,5"\n2026-09-03,abc\n')

    assert [(problem.row, problem.found, problem.kind) for problem in result.errors] == [
        (3, "12,5", "number"),
        (4, "abc", "number"),
    ]
    assert result.errors[0].expected == "Enter a number, like 1,234.5."


@pytest.mark.parametrize(
    "cell", ["1e999999999", "9" * 400, "1E+17", "-12345678901234567890", "99999999999 Mds"]
)
def test_what_no_business_counts_is_no_number(cell: str) -> None:
    with pytest.raises(NotANumber):
        parse_number(cell)


def test_the_largest_numbers_stay_exact() -> None:
    assert parse_number("9999999999999999") == Decimal(9999999999999999)
    assert parse_number("0.0000000001") == Decimal("0.0000000001")
