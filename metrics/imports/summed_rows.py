"""The rows of a table that sum up others: told apart by their words, or by what they lack."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from metrics.imports.cells import Line, Lines
from metrics.imports.folding import fold
from metrics.imports.layout import Column, Kind
from metrics.imports.numbers import NotANumber, is_nothing, is_number, parse_number
from metrics.imports.table import Table

TOTAL = re.compile(
    r"(?:(?:grand|sub|sous|year(?:ly)?|annual|quarter(?:ly)?|monthly|overall)[ -]?)?"
    r"(?:totals?|totaux|totale|totales|gesamt|gesamtsumme|gesamtergebnis|insgesamt|summe|suma|somme)"
    r"(?:\s+(?:general|generale|generaux|overall|annee|annuel|annual|year|20\d\d))?(?:\s*[:\-|].*)?"
)
MEAN = re.compile(
    r"(moyennes?|averages?|avg|mean|median|mediane?|ytd|cumul\w*|year to date|durchschnitt|promedio"
    r"|evolution|variations?|variances?|var|ecarts?|delta|abweichung|desviacion|scostamento"
    r"|attainment|achievement|atteinte|taux d'atteinte|taux de realisation|realisation)\b.*"
    r"|% (d'atteinte|atteint|achieved|of target|de l'objectif|objectif|realisation|budget).*"
)
"""Rows and columns that are worked out from the others and are no sum of them."""
MEAN_ROW = re.compile(
    r"(moyennes?|averages?|avg|mean|median|mediane?|ytd|cumul|durchschnitt|promedio)"
    r"( (mensuelle|annuelle|hebdomadaire|monthly|weekly|per \w+|par \w+))?\s*[:.]?"
)
DASHED = frozenset({"", "-", "--", "---"})


def part_totals(table: Table) -> None:
    """Move the rows that sum up others from `rows` to `totals`."""
    named = _named(table)
    notes = [index for index, _c in table.places(Kind.NOTE) if not _numeric(table, index)]
    first = [] if table.columns[:1] and _counts(table.columns[0]) else [0]
    worded = sorted({*first, *named, *notes})
    dated = bool(table.places(Kind.DATE))
    lines, width = table.lines, len(table.header.cells)
    totals = []
    suspects = _suspects(lines, worded, named, width)
    for place in suspects:
        line = lines[place]
        total = _says_total(table, line, worded, line.cells[width:]) or (
            _is_blank(line, named) and (dated or len(named) > 1 or _adds_up(table, line))
        )
        if total:
            table.totals.append(line)
            totals.append(place)
    parts = _same_totals(lines, set(suspects).difference(totals), worded, table.totals)
    table.aside += len(parts)
    table.rows = lines.without([*totals, *parts, *_means(lines, worded)])


def _named(table: Table) -> list[int]:
    """The columns that name or date a row; figures that are no metric are no names."""
    places = table.places(Kind.DIMENSION, Kind.DATE, Kind.METRIC_NAME)
    words = [i for i, column in places if not (column.folded and _numeric(table, i))]
    return words or [index for index, _column in places]


def drop_footers(table: Table) -> None:
    """Leave out the lines of words below the last row: who exported it, a copyright.

    Such a line holds one text, where no figure stands: nothing is lost with it.
    """
    numbers = {index for index, column in enumerate(table.columns) if _counts(column)}
    end = len(table.rows)
    while end and _is_note(table.rows[end - 1], numbers):
        end -= 1
    table.rows = table.lines.without(range(end, len(table.rows)))


def _is_note(line: Line, numbers: set[int]) -> bool:
    return line.filled == 1 and not any(
        index < len(line.cells) and line.cells[index] for index in numbers
    )


def _same_totals(
    lines: Lines, suspects: set[int], worded: list[int], totals: Sequence[Line]
) -> list[int]:
    """The places of rows that bear the words of a totals row where that one bears them.

    A report by device has each of its totals once for all devices, and once for each of them
    ("Computers, Total: Account"). They are no totals of the table: it is not checked by them.
    """
    known = {
        (index, label)
        for line in totals
        for index in worded
        if index < len(line.cells) and TOTAL.fullmatch(label := fold(line.cells[index]))
    }
    return [
        place
        for place in suspects
        if any(
            index < len(cells) and (index, fold(cells[index])) in known
            for cells in [lines[place].cells]
            for index in worded
        )
    ]


def _means(lines: Lines, worded: list[int]) -> set[int]:
    """The places of rows that say in their first column that they are a mean or a change."""
    return (
        _places(lines, worded[0], lambda text: bool(MEAN_ROW.fullmatch(fold(text))))
        if worded
        else set()
    )


def _suspects(lines: Lines, worded: list[int], named: list[int], width: int) -> list[int]:
    """The places of rows with a word for a total somewhere, or without any name."""
    found: set[int] = set()
    for index in {*worded, *range(width, len(lines.store.words))}:
        found |= _places(lines, index, lambda text: bool(TOTAL.fullmatch(fold(text))))
    blank: set[int] | None = None
    for index in named:
        here = _places(lines, index, DASHED.__contains__)
        blank = here if blank is None else blank & here
        if not blank:
            break
    return sorted(found | (blank or set()))


def _places(lines: Lines, index: int, wanted: Callable[[str], bool]) -> set[int]:
    """The places of rows whose cell in a column is wanted; one that is not there is empty."""
    codes = {code for code, text in lines.different(index).items() if wanted(text)}
    if not codes:
        return set()
    return {place for place, code in enumerate(lines.codes(index)) if code in codes}


def _counts(column: Column | None) -> bool:
    return column is not None and column.is_number


def _numeric(table: Table, index: int) -> bool:
    cells = [cell for cell in table.cells(index)[:50] if not is_nothing(cell)]
    return bool(cells) and sum(map(is_number, cells)) > len(cells) / 2


def _says_total(table: Table, line: Line, worded: list[int], beyond: list[str]) -> bool:
    """Whether a row says that it is a sum where names stand, and names nothing else.

    A campaign called "Total: Energies" has a day, a type or a status beside its name. A totals
    row has "--" or nothing there, or repeats what it is the total of ("Total: Search … Search").
    "Grand total" may also stand beyond the last column.
    """
    if any(TOTAL.fullmatch(fold(cell)) for cell in beyond if cell):
        return True
    labels = [
        (index, label)
        for index in worded
        if index < len(line.cells) and (label := fold(line.cells[index])) not in DASHED
    ]
    if not labels or not TOTAL.fullmatch(labels[0][1]):
        return False
    of_what = re.split(r"[:\-|]", labels[0][1], maxsplit=1)[-1].strip()
    rest = [(index, label) for index, label in labels[1:] if not TOTAL.fullmatch(label)]
    if of_what and all(label in of_what or of_what in label for _index, label in rest):
        return True
    dates = {index for index, _column in table.places(Kind.DATE)}
    return bool(table.totals) and not any(index in dates for index, _label in rest)


def _is_blank(line: Line, named: list[int]) -> bool:
    """Whether nothing stands where the row should be named or dated."""
    cells = [line.cells[index] for index in named if index < len(line.cells)]
    return bool(cells) and all(cell in DASHED for cell in cells)


def _adds_up(table: Table, line: Line) -> bool:
    """Whether a row without a name is the sum of all others (a page may have no name, too)."""
    index = next((i for i, _c in table.places(Kind.METRIC)), None)
    if index is None or len(table.rows) < 3 or index >= len(line.cells):
        return False
    try:
        own = parse_number(line.cells[index])
        cells = [cell for cell in table.cells(index) if not is_nothing(cell)]
        return own == sum(map(parse_number, cells)) - own > 0
    except NotANumber:
        return False
