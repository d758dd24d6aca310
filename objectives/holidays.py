"""The days that alerts do not judge: the public holidays of where a workspace is, and bridges."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel.core import get_global

from accounts.models import Workspace
from accounts.public_holidays import public_holidays
from objectives.expected import quiet_days

LANGUAGE_COUNTRIES = {"fr": "FR"}
"""Where a time zone names no country, the language may."""


@dataclass(frozen=True)
class Quiet:
    """The days nobody judges, and whether any holidays are known at all."""

    days: AbstractSet[date]
    is_known: bool


def country_of(workspace: Workspace) -> str:
    """The country that was chosen, else that of the time zone or the language; empty for none."""
    if workspace.holiday_country:
        return workspace.holiday_country
    found = get_global("zone_territories").get(workspace.time_zone, "")
    is_country = len(found) == 2 and found.isalpha() and found != "ZZ"
    return found if is_country else LANGUAGE_COUNTRIES.get(workspace.language, "")


def quiet_in(workspace: Workspace, first: date, last: date) -> Quiet:
    """The holidays and bridge days between two days."""
    country = country_of(workspace)
    try:
        days = days_of_country(country, first.year, last.year) if country else None
    except NotImplementedError:  # the library does not know the country
        days = None
    return Quiet(days or frozenset(), is_known=days is not None)


@lru_cache(maxsize=64)
def days_of_country(
    country: str, first: int, last: int, *, bridges: bool = True
) -> frozenset[date]:
    """A country's public holidays in some years. Raises NotImplementedError for an unknown one."""
    found = public_holidays(country, date(first, 1, 1), date(last, 12, 31))
    return quiet_days(found) if bridges else found
