"""The days that a workspace works on: what is left out, what is stored, how it is said."""

from datetime import date

import pytest
from django.utils.translation import override

from accounts.public_holidays import country_choices, public_holidays
from objectives.working_days import WorkingDays

MAY = (date(2026, 5, 1), date(2026, 5, 31))


def test_french_holidays_of_may() -> None:
    assert sorted(day.day for day in public_holidays("FR", *MAY)) == [1, 8, 14, 25]


def test_alsace_has_good_friday() -> None:
    april = (date(2026, 4, 1), date(2026, 4, 30))
    found = {code: public_holidays(code, *april) for code in ("FR", "FR-57")}
    assert found["FR-57"] - found["FR"] == {date(2026, 4, 3)}


def test_no_country_has_no_holidays() -> None:
    assert public_holidays("", *MAY) == frozenset()


def test_every_country_is_known() -> None:
    for code, _name in country_choices()[1:]:
        assert public_holidays(code, date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("digits", "country", "stored"),
    [("1234567", "", ""), ("12345", "", "12345"), ("124", "FR-57", "124 FR-57"),
     ("1234567", "FR", "1234567 FR")],
)  # fmt: skip
def test_stored_days_are_read_back(digits: str, country: str, stored: str) -> None:
    days = WorkingDays(digits, country)
    assert (days.stored, WorkingDays.read(stored)) == (stored, days)


@pytest.mark.parametrize(
    ("language", "days", "sentence"),
    [
        ("en", WorkingDays(), ""),
        ("en", WorkingDays("12345"), "Working days: Monday to Friday."),
        ("en", WorkingDays("124"), "Working days: Monday, Tuesday, Thursday."),
        ("fr", WorkingDays("12345", "FR"),
         "Jours ouvrés\N{NO-BREAK SPACE}: du lundi au vendredi, hors jours fériés (France)."),
    ],
)  # fmt: skip
def test_the_days_in_words(language: str, days: WorkingDays, sentence: str) -> None:
    with override(language):
        assert days.sentence() == sentence
