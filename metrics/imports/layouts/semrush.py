"""SEMrush: backlinks, referring domains, organic positions, the backlink audit, and overviews.

Lists are counted: links and domains that are not lost, links that the audit scores 60 or more
(which SEMrush calls toxic), keywords among the first ten organic results. Positions bring their
day ("Timestamp"); for links the day is asked, for it is the day of the export.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from metrics.imports.advertising import targets_of
from metrics.imports.context import Context
from metrics.imports.folding import fold
from metrics.imports.layout import Column, Layout, Values, declared, measure, metric, when
from metrics.imports.listed import (
    cells_of,
    hosts,
    known_as,
    latest_day,
    numbers_of,
    present,
    replace_by_counts,
    top_keywords,
)
from metrics.imports.reading import Document
from metrics.imports.signs import Signs, certainty
from metrics.imports.table import Table

TOXIC = 60
OWN = frozenset({"backlinks", "referring_domains", "keywords_top10", "toxic_backlinks"})

COLUMNS: tuple[Column, ...] = (
    known_as("source", "source url", "source page url"),
    known_as("domain", "domain", "root domain", "referring domain"),
    known_as("keyword", "keyword", "mot cle"),
    known_as("kind", "position type", "type de position"),
    known_as("made_on", "timestamp", "horodatage"),
    known_as("lost", "lost link", "lost"),
    when("day", "date"),
    metric("backlinks", "backlinks", "total", "total backlinks", "backlinks total"),
    metric("referring_domains", "referring domains", "domains num", "ref. domains"),
    measure("score", "page ascore", "domain ascore", "ascore", "authority score"),
    measure("toxicity", "toxic score", "toxicity score", "ts"),
    measure("position", "position"),
    measure("volume", "search volume", "volume"),
    measure("top3", "top 3", "keywords top 3", "positions 1-3", "position 1-3"),
    measure("top10", "4-10", "keywords 4-10", "positions 4-10", "position 4-10"),
)  # fmt: skip

SIGNS = Signs(
    needs=(
        frozenset({"source", "domain", "keyword", "day", "backlinks"}),
        frozenset({"score", "toxicity", "position", "referring_domains", "top3"}),
    ),
    headers=(
        r"page ascore|domain ascore|ascore|toxic(ity)? score|traffic cost( \(%\))?|keyword intents"
        r"|position type|timestamp|number of results|serp features by keyword|previous position"
        r"|source (url|title)|new link|lost link|domains num|urls num|ips num|follows num"
        r"|keyword difficulty|sitewide|position difference|traffic \(%\)|ip address"
    ),
    lacks=r"domain rating|referring page url|clicks|impressions|current position|kd",
)


def _columns(header: Sequence[str], context: Context) -> list[Column | None]:
    """In a list of pages or keywords the figures beside each row are not the site's own."""
    columns = declared(COLUMNS, header)
    targets = targets_of(columns)
    if targets & {"source", "keyword"}:
        columns = [
            None if column and column.target in OWN | {"day"} else column for column in columns
        ]
    elif "referring_domains" in targets and "backlinks" in targets:
        columns = [None if column and column.target == "domain" else column for column in columns]
    return columns


def _recognise(document: Document, context: Context) -> float:
    return certainty(document, COLUMNS, SIGNS)


def _derive(values: Values, context: Context) -> Values:
    found = {key: value for key, value in values.items() if key in OWN}
    if "top3" in values and "top10" in values:
        found["keywords_top10"] = values["top3"] + values["top10"]
    return found


def _notice(table: Table, context: Context) -> None:
    targets = targets_of(table.columns)
    if {"keyword", "position"} <= targets:
        replace_by_counts(
            table,
            {"keywords_top10": _keywords(table)},
            latest_day(cells_of(table, "made_on"), "ymd"),
            context,
        )
    elif "source" in targets:
        replace_by_counts(table, _links(table, targets), None, context)
    elif "domain" in targets:
        replace_by_counts(table, _domains(table, targets), None, context)


def _keywords(table: Table) -> int:
    """Only organic results: a position in a carousel or a box of answers is another thing."""
    kinds = cells_of(table, "kind") or [""] * len(table.rows)
    organic = [fold(kind) in {"", "organic", "organique"} for kind in kinds]
    return top_keywords(
        list(compress(cells_of(table, "keyword"), organic)),
        list(compress(numbers_of(table, "position"), organic)),
    )


def _links(table: Table, targets: set[str]) -> dict[str, int]:
    standing = present(table, "lost")
    sources = list(compress(cells_of(table, "source"), standing))
    found = {"backlinks": len(sources), "referring_domains": len(hosts(sources))}
    if "toxicity" in targets:
        scores = compress(numbers_of(table, "toxicity"), standing)
        found = {"toxic_backlinks": sum(1 for score in scores if score >= TOXIC)}
    return found


def _domains(table: Table, targets: set[str]) -> dict[str, int]:
    standing = present(table, "lost")
    found = {"referring_domains": len(hosts(compress(cells_of(table, "domain"), standing)))}
    if "backlinks" in targets:
        found["backlinks"] = int(sum(compress(numbers_of(table, "backlinks"), standing)))
    return found


LAYOUT = Layout(
    key="semrush",
    feed="SEMrush",
    recognise=_recognise,
    columns=COLUMNS,
    resolve=_columns,
    derive=_derive,
    notice=_notice,
    totals=False,
    zero_filled=False,
)
