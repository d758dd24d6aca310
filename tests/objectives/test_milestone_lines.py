"""Milestones as they are typed or pasted."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from objectives.milestone_lines import as_lines, read_lines

FEBRUARY = date(2026, 2, 28)


@pytest.mark.parametrize(
    ("language", "unit", "text"),
    [
        ("en", "count", "2026-02-28 = 1,700.5"),
        ("en", "count", "2026-02-28\t1700.5"),
        ("fr", "count", "28/02/2026\t1 700,5"),
        ("fr", "count", "\n2026-02-28 : 1700,5\n"),
        ("fr", "percent", "2026-02-28 = 170050 %"),
    ],
)
def test_a_day_and_a_value_a_line(language: str, unit: str, text: str) -> None:
    with override(language):
        assert read_lines(text, unit) == ((FEBRUARY, Decimal("1700.5")),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-02-28", "Line 1: Write a day and a value"),
        ("\n2026-02-30 = 7", "Line 2: 2026-02-30 is no day."),
        ("28/02/2026 = 7", "Line 1: 28/02/2026 is no day."),
        ("2026-02-28 = many", "Line 1: "),
    ],
)
def test_each_wrong_line_is_named(text: str, words: str) -> None:
    with override("en"), pytest.raises(ValidationError) as caught:
        read_lines(text, "count")
    assert words in caught.value.messages[0]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("unit", ["count", "percent"])
def test_what_is_shown_is_read_back(language: str, unit: str) -> None:
    milestones = ((FEBRUARY, Decimal("0.045")), (date(2026, 3, 1), Decimal(-12)))
    with override(language):
        assert read_lines(as_lines(milestones, unit), unit) == milestones
