"""Numbers as people type them."""

from decimal import Decimal

import pytest

from accounts.typed_numbers import NumberError, is_ambiguous, parse_metric_value, parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234,5", "1234.5"),
        ("1\u202f234,5", "1234.5"),
        ("1\u00a0234,50 €", "1234.50"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1'234.5", "1234.5"),
        ("1\u2019234", "1234"),
        ("1,234,567", "1234567"),
        ("12,5", "12.5"),
        ("0,123", "0.123"),
        (".5", "0.5"),
        ("5.", "5"),
        ("\u22123", "-3"),
        ("-€12.30", "-12.30"),
        ("+7", "7"),
        ("0", "0"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_both_notations_are_read_in_both_languages(text: str, value: str, lang: str) -> None:
    assert parse_number(text, lang) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "abc", "12 apples", "1,23,4", "1.2.3,4", "--2", "12 34", "1e5", "€", "٣", "-"],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(NumberError, match=r"^Enter a number, like 1,234\.5$"):
        parse_number(text, "en")


def test_a_very_long_text_is_refused() -> None:
    with pytest.raises(NumberError):
        parse_number("9" * 5000, "en")


def test_one_mark_before_three_digits_follows_the_language() -> None:
    assert is_ambiguous("1,234")
    assert parse_number("1,234", "en") == 1234
    assert parse_number("1,234", "fr") == Decimal("1.234")
    assert parse_number("1.234", "en") == Decimal("1.234")


def test_the_choice_for_a_column_decides() -> None:
    assert parse_number("1,234", "en", decimal_mark=",") == Decimal("1.234")
    assert parse_number("1,234", "fr", decimal_mark=".") == 1234


@pytest.mark.parametrize("text", ["0,123", "1,234.5", "12,5", "1 234,567", "1234,567"])
def test_what_can_be_read_in_one_way_only_is_not_ambiguous(text: str) -> None:
    assert not is_ambiguous(text)


@pytest.mark.parametrize("text", ["4.5", "4,5 %", "4.5%"])
def test_a_typed_rate_becomes_a_fraction(text: str) -> None:
    assert parse_metric_value(text, "percent", "en") == Decimal("0.045")


def test_other_units_are_taken_as_typed() -> None:
    assert parse_metric_value("4.5", "money", "en") == Decimal("4.5")


@pytest.mark.parametrize("text", ["$49", "49 $", "£49", "¥5", "-$3"])
def test_a_sign_of_another_currency_is_no_amount_of_this_one(text: str) -> None:
    assert parse_number(text, "en") in {49, 5, -3}
    with pytest.raises(NumberError, match="Amounts are in EUR here"):
        parse_number(text, "en", currency="EUR")
    with pytest.raises(NumberError, match="Amounts are in EUR here"):
        parse_metric_value(text, "money", "en", currency="EUR")


def test_the_workspaces_own_sign_may_stand_there() -> None:
    assert parse_number("€1,234.50", "en", currency="EUR") == Decimal("1234.5")
    assert parse_number("1 234,50 €", "fr", currency="EUR") == Decimal("1234.5")
    assert parse_number("$5", "en", currency="CAD") == 5
