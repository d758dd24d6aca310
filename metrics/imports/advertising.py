"""What the exports of advertising tools have in common: their totals rows, their one channel."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.dates import find_range
from metrics.imports.folding import fold
from metrics.imports.layout import Assigned, Column, Kind, dimension
from metrics.imports.parsed import Span
from metrics.imports.reading import Line
from metrics.imports.table import Table

ALL = frozenset(
    {
        "", "-", "--", "all", "tous", "toutes", "tout", "alle", "todos", "todas", "todo", "tutti",
        "tutte", "tutto", "total", "totals", "totale", "gesamt", "(not set)",
    }
)  # fmt: skip
COUNTED_TOTAL = re.compile(
    r"(?:total|gesamt|totale|resultados totales|total results|resultats totaux)\b"
    r"(?:\s*(?:of|de|von|di|:)?\s*\d.*|\s+results?)?|resultats totaux|total results"
    r"|(?:overall|filtered|deleted items?) totals?\b.*"
)
"""How tools label a sum of rows besides a plain "Total": "Total of 12 results"."""
MADE_ON = re.compile(
    r"generat|genere|generiert|last completed|derni|created|creation|cree |erstellt|download|export"
    r"|run (on|at)"
)
NO_DATA = r"(no data|aucune donnee|keine daten|no hay datos|sin datos|nessun dato)\b"
"""What tools write below the header of a report without rows."""


def channel_column(channel: str) -> Column:
    """A column that no file has: it gives each row the one channel that the tool runs on."""

    def read(cell: str, context: Context) -> Assigned:
        return {"channel": channel}

    return dimension("channel", read=read)


def set_channel(table: Table, channel: str) -> None:
    """Give the rows of a table without campaigns the tool's channel."""
    table.columns = [*table.columns, *[None] * (len(table.header.cells) - len(table.columns))]
    table.columns.append(channel_column(channel))


def targets_of(columns: Iterable[Column | None]) -> set[str]:
    """What the columns of a table are for."""
    return {column.target for column in columns if column}


def set_totals_aside(table: Table, context: Context) -> None:
    """Set the rows apart that bear no name, no day or the tool's own label for a sum.

    Such a row has figures, and nothing or "All" where all other rows are named or dated: the
    whole account at the top, a campaign's sum over its days below them. Only a sum of the whole
    table is kept as its total.
    """
    named = [index for index, column in table.places(Kind.DIMENSION) if column.names or column.like]
    dated = [index for index, column in table.places(Kind.DATE) if column.target != "end"]
    drop_rows(table, NO_DATA)
    if not _may_sum_up(table, named, dated):
        return
    places = [place for place, line in enumerate(table.rows) if _sums_up(line, named, dated)]
    if not places or len(places) == len(table.rows):
        return
    aside = [table.rows[place] for place in places]
    table.rows = table.lines.without(places)
    whole = [line for line in aside if _is_labelled(line) or _all(line, named)]
    table.totals += [line for line in whole if len(whole) == 1 or _all(line, dated)]
    context.result.totals_skipped += len(aside)


def _may_sum_up(table: Table, named: list[int], dated: list[int]) -> bool:
    """Whether any row may be a sum: looks at each different cell once, for files are long."""
    lines = table.lines
    first = (fold(text) for text in lines.different(0).values())
    return any(COUNTED_TOTAL.fullmatch(text) for text in first) or any(
        fold(text) in ALL for index in (*named, *dated) for text in lines.different(index).values()
    )


def _sums_up(line: Line, named: list[int], dated: list[int]) -> bool:
    return (
        _is_labelled(line)
        or (bool(named) and _all(line, named))
        or (bool(dated) and _all(line, dated))
    )


def _is_labelled(line: Line) -> bool:
    return bool(line.cells) and bool(COUNTED_TOTAL.fullmatch(fold(line.cells[0])))


def _all(line: Line, indices: list[int]) -> bool:
    """Whether nothing is named in these cells, or everything at once."""
    return all(_cell(line, index) in ALL for index in indices)


def _cell(line: Line, index: int) -> str:
    return fold(line.cells[index]) if index < len(line.cells) else ""


def drop_rows(table: Table, beginning: str) -> None:
    """Leave out the rows whose first cell begins so: a copyright line below the figures."""
    pattern = re.compile(beginning)
    dropped = {text for text in table.lines.different(0).values() if pattern.match(fold(text))}
    if dropped:
        gone = [place for place, line in enumerate(table.rows) if line.cells[0] in dropped]
        table.rows = table.lines.without(gone)


def with_cell(line: Line, index: int, cell: str) -> Line:
    """The line with one cell replaced, where it has so many."""
    cells = [*line.cells]
    cells[index : index + 1] = [cell] if index < len(cells) else []
    return replace(line, cells=cells)


def period_above(table: Table, context: Context) -> Span | None:
    """The days that the lines above the table name: a range before a single day.

    The day on which the report was made or last completed is not the one it is for.
    """
    titles = [title for title in reversed(table.titles) if not MADE_ON.search(fold(title))]
    spans = [span for title in titles if (span := find_range(title, context.order))]
    return next((span for span in spans if span.start != span.end), spans[0] if spans else None)


def only_one_date(columns: list[Column | None], grain: str) -> list[Column | None]:
    """The columns with only one grain's dates kept: the others repeat the report's span."""
    return [
        Column(Kind.NOTE, "")
        if column is not None and column.kind is Kind.DATE and column.target != grain
        else column
        for column in columns
    ]


def say_leads_of_ads(context: Context) -> None:
    """Leads that the advertising tool counts are often counted again where they arrive."""
    context.warn(
        "leads_of_ads",
        _(
            "These leads are counted by the advertising tool. Where a CRM counts them too, say "
            "which of the two feeds counts, so that none is counted twice."
        ),
    )
