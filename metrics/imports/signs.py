"""How sure a layout is that a file is its tool's: by what only that tool writes.

Names like "Clicks" or "Cost" stand in the exports of ten tools. A layout therefore says which
columns it cannot do without, and which headers or titles no other tool has; the more of them a
file holds, the surer the layout is. The file's own name is never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from metrics.imports.folding import fold, header_key
from metrics.imports.layout import Column, declared
from metrics.imports.reading import Document, Line
from metrics.imports.table import text_of

SEARCHED_LINES = 60
ONE_SIGN, TWO_SIGNS, TITLED = 0.82, 0.91, 0.97


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells one tool's files from all others.

    needs: sets of targets; a header row has one of each.
    headers: a pattern of headers, folded, that only this tool writes.
    title: a pattern of the lines above the header that only this tool writes.
    lacks: a pattern of headers that only other tools write.
    alone: how sure the needed columns are without any sign; 0 where others have them too.
    """

    needs: tuple[frozenset[str], ...]
    headers: str = ""
    title: str = ""
    lacks: str = ""
    alone: float = 0.0


def certainty(document: Document, columns: Sequence[Column], signs: Signs) -> float:
    """How sure the signs are of a document, 0 to 1, from its first header row that fits."""
    titles: list[str] = []
    for line in document.lines[:SEARCHED_LINES]:
        targets = {column.target for column in declared(columns, line.cells) if column}
        if line.filled > 1 and all(targets & one for one in signs.needs):
            return _score(line, titles, signs)
        titles.append(fold(text_of(line)))
    return 0.0


def _score(line: Line, titles: Sequence[str], signs: Signs) -> float:
    headers = [(fold(cell).replace("_", " "), header_key(cell)) for cell in line.cells if cell]
    if signs.lacks and _found(signs.lacks, headers):
        return 0.0
    if signs.title and any(re.search(signs.title, title) for title in titles):
        return TITLED
    found = _found(signs.headers, headers) if signs.headers else 0
    return TWO_SIGNS if found > 1 else ONE_SIGN if found else signs.alone


def _found(pattern: str, headers: Sequence[tuple[str, str]]) -> int:
    """How many headers the pattern names, with or without their closing bracket."""
    compiled = re.compile(pattern)
    return sum(1 for names in headers if any(compiled.fullmatch(name) for name in names))
