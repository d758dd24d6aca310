"""Which character parts the cells of a text file."""

import csv
import io
from collections import Counter

DELIMITERS = (",", ";", "\t", "|")


def detect_delimiter(sample: str) -> str:
    """The delimiter under which the most lines agree on a number of cells.

    Titles and comments above the table are one cell wide under any delimiter: they are left out
    of the count. A tie goes to the delimiter that finds more cells. `sample` is the first lines of
    a file: all of them are looked at.
    """
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        score = _agreement(sample, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _agreement(sample: str, delimiter: str) -> tuple[float, int]:
    """(share of lines that have the commonest width, that width); (0, 0) where all are one cell."""
    widths: Counter[int] = Counter()
    total = 0
    try:
        for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if not any(cells) or cells[0].lstrip().startswith("#"):
                continue
            total += 1
            if len(cells) > 1:
                widths[len(cells)] += 1
    except csv.Error:
        return (0.0, 0)
    if not widths:
        return (0.0, 0)
    width, number = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
    return (round(number / total, 2), width)
