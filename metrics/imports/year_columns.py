"""Columns that only together say a period: "sale_year", and "sale_month" from 1 to 12."""

from __future__ import annotations

import re
from collections.abc import Iterable

from metrics.imports.dates import MONTHS
from metrics.imports.folding import fold, header_key

YEAR = re.compile(r"(?:19|20)\d{2}(?:\.0)?")
YEARS = frozenset({"year", "annee", "an", "jahr", "ano", "anio", "anno", "yr"})
PARTS = {
    "month": (
        frozenset({"month", "mois", "monat", "mes", "mese"}),
        re.compile("|".join((r"(?:0?[1-9]|1[0-2])(?:\.0)?", *MONTHS))),
    ),
    "quarter": (
        frozenset({"quarter", "trimestre", "quartal", "qtr"}),
        re.compile(r"[qt]?[1-4](?:\.0)?"),
    ),
    "week": (
        frozenset({"week", "semaine", "woche", "kw", "semana", "settimana"}),
        re.compile(r"[wsk]{0,2}(?:0?[1-9]|[1-4]\d|5[0-3])(?:\.0)?"),
    ),
}


def holds_years(name: str, cells: Iterable[str]) -> bool:
    """Whether a column that is called a year's holds nothing but years."""
    return bool(YEARS & _words(name)) and _all(cells, YEAR)


def part_of_year(name: str, cells: Iterable[str]) -> str:
    """Which part of a year a column numbers: "month", "quarter" or "week"; "" for none."""
    listed = list(cells)
    for part, (names, shape) in PARTS.items():
        if names & _words(name) and _all(listed, shape):
            return part
    return ""


def _words(name: str) -> set[str]:
    return {*header_key(name).split()}


def _all(cells: Iterable[str], shape: re.Pattern[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(shape.fullmatch(fold(cell)) for cell in filled)
