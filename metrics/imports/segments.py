"""Reports that set segments of visitors beside each other: they overlap, and one is taken."""

from __future__ import annotations

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.folding import fold, header_key
from metrics.imports.reading import Line
from metrics.imports.table import Table

HEADERS = frozenset({"segment", "segmento", "segment name", "nom du segment"})
EVERYONE = frozenset(
    {
        "all users", "all sessions", "all visits", "tous les utilisateurs", "toutes les sessions",
        "alle nutzer", "alle sitzungen", "todos los usuarios", "todas las sesiones",
        "tutti gli utenti", "tutte le sessioni",
    }
)  # fmt: skip


def keep_one_segment(table: Table, context: Context) -> None:
    """Keep the rows of everyone, else of the first segment, where a table has several."""
    cells = table.header.cells
    index = next((i for i, name in enumerate(cells) if header_key(name) in HEADERS), None)
    names = [] if index is None else [name for name in dict.fromkeys(table.cells(index)) if name]
    if index is None or len(names) < 2:
        return
    kept = next((name for name in names if fold(name) in EVERYONE), names[0])

    def is_kept(line: Line) -> bool:
        return index < len(line.cells) and line.cells[index] == kept

    others = [place for place, line in enumerate(table.rows) if not is_kept(line)]
    table.rows = table.lines.without(others)
    table.totals = [line for line in table.totals if is_kept(line)]
    context.warn(
        "segments_overlap",
        _("The file compares segments, which overlap: only “%(name)s” is imported.")
        % {"name": kept},
    )
