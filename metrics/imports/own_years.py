"""Years that do not run from January to December, as tables name them.

"FY2025" is one of the workspace's own years, by its number. "2024-2025" and "Exercice 2024/25" say
in which two calendar years it begins and ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from metrics.imports.folding import fold

CALLED = (
    r"(?:fy|exercice|exo|fiscal year|annee fiscale|annee scolaire|annee|academic year|school year"
    r"|saison|season|geschaftsjahr|wirtschaftsjahr|gj|wj|ejercicio|esercizio|year)"
)
ONE = re.compile(
    r"(?:fy|exercice|exo|fiscal year|annee fiscale|geschaftsjahr|gj|ejercicio|esercizio)"
    r"\s*[-']?(\d{4}|\d{2})"
)
TWO = re.compile(rf"(?P<called>{CALLED})?\s*'?(\d{{4}}|\d{{2}})\s*[-/]\s*'?(\d{{4}}|\d{{2}})")
CENTURY, MONTHS = 100, 12


class OwnYear(NamedTuple):
    """A year by the calendar year in which it ends. `two`: the text says both of its years."""

    end: int
    two: bool


def own_year(text: str) -> OwnYear | None:
    """The year that a text names, None for anything else, a month such as "2010-11" as well."""
    plain = fold(text).strip(" '\".")
    if found := ONE.fullmatch(plain):
        return OwnYear(_year(found[1]), two=False)
    found = TWO.fullmatch(plain)
    if found is None or not _follow(found[2], found[3]):
        return None
    is_month = len(found[3]) < len("2010") and int(found[3]) <= MONTHS
    if not found["called"] and (len(found[2]) < len("2010") or is_month):
        return None
    return OwnYear(_year(found[2]) + 1, two=True)


def are_pairs(cells: Iterable[str]) -> bool:
    """Whether cells are all a year and the next: then "2010-11" is one, too, and no November."""
    found = [TWO.fullmatch(fold(cell)) for cell in cells if cell]
    pairs = [one for one in found if one and len(one[2]) == len("2010") and _follow(one[2], one[3])]
    return len(pairs) > 1 and len(pairs) == len(found)


def pair(text: str) -> OwnYear | None:
    """A year and the next where it is known that no month is meant."""
    found = TWO.fullmatch(fold(text))
    return OwnYear(_year(found[2]) + 1, two=True) if found and _follow(found[2], found[3]) else None


def _follow(first: str, second: str) -> bool:
    following = _year(first) + 1
    return int(second) in {following, following % CENTURY}


def _year(text: str) -> int:
    year = int(text)
    return year + 2000 if len(text) == len("25") else year
