"""Currencies and time zones as people choose them from a list."""

from functools import cache

from babel import Locale
from babel.numbers import get_currency_name, get_territory_currencies
from django.utils import translation

from accounts.fmt import language
from accounts.timezones import known_timezones

_FIRST = ("EUR", "GBP", "USD", "CHF", "CAD")
_REGIONS = {
    *("Africa", "America", "Antarctica", "Arctic", "Asia"),
    *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
}


@cache
def currencies() -> frozenset[str]:
    """The ISO 4217 codes of money that is legal tender somewhere today."""
    territories = (str(code) for code in Locale("en").territories)
    return frozenset(
        str(code)
        for territory in territories
        if len(territory) == 2
        for code in get_territory_currencies(territory)
    )


@cache
def _named_currencies(lang: str) -> list[tuple[str, str]]:
    def named(code: str) -> tuple[str, str]:
        return code, f"{code} – {get_currency_name(code, locale=lang)}"

    rest = sorted(currencies() - set(_FIRST))
    return [named(code) for code in (*_FIRST, *rest)]


def currency_choices() -> list[tuple[str, str]]:
    """(code, "EUR – euro") in the active language, the likeliest first."""
    return _named_currencies(language(translation.get_language() or "en"))


@cache
def time_zone_choices() -> list[tuple[str, str]]:
    """(name, name) of the zones named after places, and UTC."""
    names = sorted(name for name in known_timezones() if name.partition("/")[0] in _REGIONS)
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]
