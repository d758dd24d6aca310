"""Public holidays by country: which countries a workspace can choose from, and their days."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import holidays
from babel import Locale
from django.utils.translation import get_language
from django.utils.translation import gettext as _

COUNTRIES = (
    "FR", "AT", "AU", "BE", "CA", "CH", "CZ", "DE", "DK", "ES", "FI", "GB", "GR", "IE", "IT", "LU",
    "MA", "MC", "NL", "NO", "NZ", "PL", "PT", "RO", "SE", "TN", "US",
)  # fmt: skip
ALSACE_MOSELLE = "FR-57"
"""Good Friday and 26 December are holidays there too."""
_SUBDIVISIONS = {ALSACE_MOSELLE: ("FR", "57")}


def country_name(code: str) -> str:
    """The country in the active language."""
    if code == ALSACE_MOSELLE:
        return _("France (Alsace-Moselle)")
    territories = Locale.parse((get_language() or "en").replace("-", "_")).territories
    return str(territories.get(code, code))


def country_choices() -> list[tuple[str, str]]:
    """No country, France first, then the others by name."""
    others = sorted(((code, country_name(code)) for code in COUNTRIES[1:]), key=lambda one: one[1])
    france = [(code, country_name(code)) for code in ("FR", ALSACE_MOSELLE)]
    return [("", _("No country: holidays count as other days")), *france, *others]


def public_holidays(code: str, start: date, end: date) -> frozenset[date]:
    """The public holidays of a country from start to end; none without a country."""
    if not code:
        return frozenset()
    return frozenset(day for day in _of_years(code, start.year, end.year) if start <= day <= end)


@lru_cache(maxsize=64)
def _of_years(code: str, first: int, last: int) -> tuple[date, ...]:
    country, subdivision = _SUBDIVISIONS.get(code, (code, None))
    found: Iterator[date] = iter(
        holidays.country_holidays(country, subdiv=subdivision, years=range(first, last + 1))
    )
    return tuple(found)
