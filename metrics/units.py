"""Units of metrics, and what they are called.

Standard library only. The words of both languages are here because sentences about formulas are
put together from them; `metrics.quantities` says what a formula makes of units.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from metrics.formula_nodes import Phrase


class Unit(StrEnum):
    """What a metric's values are counted in."""

    COUNT = "count"
    PEOPLE = "people"
    PAGES = "pages"
    ANSWERS = "answers"
    MONEY = "money"
    MONEY_PER_MONTH = "money_per_month"
    MILLISECONDS = "milliseconds"
    SECONDS = "seconds"
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    PERCENT = "percent"
    """A fraction: 0.045 is stored and calculated, 4.5 % is shown."""
    RATIO = "ratio"
    RANK = "rank"
    POINTS = "points"


UNIT_NAMES: Mapping[Unit, Phrase] = MappingProxyType(
    {
        Unit.COUNT: Phrase("number", "nombre"),
        Unit.PEOPLE: Phrase("number of people", "nombre de personnes"),
        Unit.PAGES: Phrase("number of pages", "nombre de pages"),
        Unit.ANSWERS: Phrase("number of answers", "nombre de réponses"),
        Unit.MONEY: Phrase("amount of money", "montant"),
        Unit.MONEY_PER_MONTH: Phrase("amount of money per month", "montant par mois"),
        Unit.MILLISECONDS: Phrase("milliseconds", "millisecondes"),
        Unit.SECONDS: Phrase("seconds", "secondes"),
        Unit.HOURS: Phrase("hours", "heures"),
        Unit.DAYS: Phrase("days", "jours"),
        Unit.MONTHS: Phrase("months", "mois"),
        Unit.YEARS: Phrase("years", "années"),
        Unit.PERCENT: Phrase("percentage", "pourcentage"),
        Unit.RATIO: Phrase("ratio", "ratio"),
        Unit.RANK: Phrase("rank", "rang"),
        Unit.POINTS: Phrase("points", "points"),
    }
)
"""What each unit is called where one is chosen or spoken of."""
