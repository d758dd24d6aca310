"""How sure it is that a file is a card of Google Ads' overview: few columns and no title."""

from __future__ import annotations

import re
from collections.abc import Sequence

from metrics.imports.advertising import targets_of
from metrics.imports.google_cards import are_weekdays
from metrics.imports.layout import Column, declared
from metrics.imports.reading import Document
from metrics.imports.signs import Signs, certainty

FIGURE = frozenset({"ad_impressions", "ad_clicks", "ad_conversions", "cost_media"})
HEADERS = (
    r"start hour|heure de debut|startstunde|hora de inicio|ora di inizio|location name"
    r"|nom de la zone geographique|standortname|nombre de la ubicacion"
    r"|percent of known total|pourcentage du total connu"
)
"""The headers of cards with one figure that no other tool writes so."""
MOST_COLUMNS_OF_A_CARD = 3
HOURS_OF_DAYS, OF_WEEKDAYS, SIGNED_COSTS = 0.6, 0.7, 0.78
SEARCHED_LINES = 30
SIGNED = re.compile(r"^[^\d\s.,-]{1,4}\s?\d|\d\s?[^\d\s.,%]{1,4}$")


def certainty_of_cards(document: Document, columns: Sequence[Column], report: Signs) -> float:
    """How sure it is, 0 to 1; `report` are the signs of the tool's reports."""
    hours = Signs(needs=(frozenset({"day"}), frozenset({"hour"}), FIGURE), alone=HOURS_OF_DAYS)
    known = frozenset({"hour", "location", "age", "gender"})
    others = Signs(needs=(known, FIGURE), headers=HEADERS, lacks=report.lacks)
    sure = max(certainty(document, columns, signs) for signs in (hours, others))
    if not sure and _is_of_weekdays(document, columns):
        return OF_WEEKDAYS
    if certainty(document, columns, report) == report.alone and _has_signed(document, columns):
        return SIGNED_COSTS
    return sure


def _has_signed(document: Document, known: Sequence[Column]) -> bool:
    """Whether each cost has its currency beside it, as the overview writes it: "€1,622.60"."""
    columns = declared(known, document.lines[0].cells)
    costs = [i for i, column in enumerate(columns) if column and column.target == "cost_media"]
    rows = document.lines[1:SEARCHED_LINES]
    cells = [line.cells[index] for line in rows for index in costs if index < len(line.cells)]
    return bool(cells) and all(SIGNED.search(cell) for cell in cells)


def _is_of_weekdays(document: Document, known: Sequence[Column]) -> bool:
    """Whether it is the card of days: weekdays and one figure."""
    if len(document.lines) < 2 or len(document.lines[0].cells) > MOST_COLUMNS_OF_A_CARD:
        return False
    targets = targets_of(declared(known, document.lines[0].cells))
    return "day" in targets and bool(targets & FIGURE) and are_weekdays(document.lines[1:].cells(0))
