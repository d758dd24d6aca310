"""The cards of Google Ads' overview that are no plain reports: hours, words, biggest changes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from metrics.imports.advertising import targets_of
from metrics.imports.context import Context
from metrics.imports.encoding import Unreadable
from metrics.imports.folding import fold
from metrics.imports.layout import Assigned, Kind, dimension
from metrics.imports.parsed import NOT_SET
from metrics.imports.table import Table

WEEKDAY = re.compile(
    r"(mon|tues?|wed(nes)?|thur?s?|fri|sat(ur)?|sun)(day)?s?|lundi|mardi|mercredi|jeudi|vendredi"
    r"|samedi|dimanche|(mon|diens|donners|frei|sams|sonn)tag|mittwoch|lunes|martes|miercoles"
    r"|jueves|viernes|sabado|domingo|(lune|marte|mercole|giove|vener)di|sabato|domenica"
)
COMPARED = re.compile(r"\((comparison|comparaison|vergleich|comparacion|confronto)\)")
KNOWN = re.compile(
    r"percent of known total|pourcentage du total connu|prozent der bekannten.*"
    r"|porcentaje del total conocido|percentuale del totale noto"
)
CHANGES = frozenset({"interactions", "interaktionen", "interacciones", "interazioni"})


def look_at_card(table: Table) -> None:
    """Sets the columns of such a card right. Raises Unreadable where its rows cannot be added."""
    _take_weekdays(table)
    _refuse_words(table)
    if is_card_of_changes(table) or is_of_known_people(table):
        spare = len(table.header.cells) - len(table.columns)
        table.columns = [*table.columns, *[None] * spare, dimension("part", read=_apart)]


def _take_weekdays(table: Table) -> None:
    """The card of days and hours has weekdays under "Day": no dates, and added up."""
    for index, column in table.places(Kind.DATE):
        if are_weekdays(table.cells(index)):
            table.columns[index] = dimension(f"weekday:{column.target}")


def are_weekdays(cells: Iterable[str]) -> bool:
    """Whether all that stands in these cells are names of weekdays."""
    days = {fold(cell) for cell in cells if cell}
    return bool(days) and all(WEEKDAY.fullmatch(day) for day in days)


def _refuse_words(table: Table) -> None:
    """The card of words counts a search once for each of its words."""
    if "word" in targets_of(table.columns):
        raise Unreadable(
            _(
                "This list counts each search once for each of its words, so that its rows add up "
                "to too much. Import the list of searches, or the campaigns."
            ),
            row=table.header.number,
            kind="layout",
        )


def is_card_of_changes(table: Table) -> bool:
    """Whether it compares ad groups, their interactions among the figures, as that card does."""
    keys = [fold(cell) for cell in table.header.cells]
    return any(key in CHANGES for key in keys) and any(
        COMPARED.search(key) and key.split(" (")[0] in CHANGES for key in keys
    )


def is_of_known_people(table: Table) -> bool:
    """Whether it counts only the people whose age and gender are known."""
    return any(KNOWN.fullmatch(fold(cell)) for cell in table.header.cells)


def _apart(cell: str, context: Context) -> Assigned:
    """Ad groups that changed the most, people who are known: never in the place of all."""
    return {"asset": NOT_SET, "audience": NOT_SET}
