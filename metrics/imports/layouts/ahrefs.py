"""Ahrefs: lists of backlinks, referring domains and organic keywords, and figures by date.

Lists are counted: links and domains that are not lost, keywords among the first ten results. A
list of links grouped by domain says how many links each row stands for. Keywords bring their day
("Current date"); for links the day is asked, for it is the day of the export.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from metrics.imports.advertising import targets_of
from metrics.imports.context import Context
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

COLUMNS: tuple[Column, ...] = (
    known_as("source", "referring page url", "url from", "source url"),
    known_as("domain", "domain", "referring domain"),
    known_as("keyword", "keyword"),
    known_as("url", "current url", "url", "target url", "link url"),
    known_as("made_on", "current date", "last update", "updated"),
    known_as("lost", "lost", "lost date", "lost status", "drop reason"),
    when("day", "date"),
    metric("referring_domains", "referring domains", "ref. domains", "refdomains"),
    metric("backlinks", "backlinks"),
    measure("links", "links in group", "links to target", "links to target site"),
    measure("rating", "domain rating", "dr", "ur", "url rating"),
    measure("volume", "volume", "search volume"),
    measure("position", "current position", "position", "best position"),
    measure("traffic", "organic traffic", "current organic traffic", "traffic", "domain traffic"),
    measure("top3", "organic positions: 1-3", "top 3", "positions 1-3", "pos. 1-3", "1-3"),
    measure("top10", "organic positions: 4-10", "4-10", "positions 4-10", "pos. 4-10"),
)  # fmt: skip

SIGNS = Signs(
    needs=(
        frozenset({"source", "domain", "keyword", "day"}),
        frozenset({"rating", "position", "referring_domains", "top3"}),
    ),
    headers=(
        r"referring page (url|title|http code)|domain rating|(current|previous) (position|url|date)"
        r"|kd|dofollow (ref\. domains|links)|linked domains|left context|right context"
        r"|links (in group|to target)|url rating( \(.*\))?|ahrefs rank|dr|ur"
        r"|current (organic )?traffic|serp features|organic positions: .*|ref\. domains"
        r"|link type|first seen|redirect kind|drop reason|refdomains|best position( url)?"
    ),
    lacks=(
        r"page ascore|domain ascore|toxic(ity)? score|search volume|timestamp|clicks|impressions"
        r"|links to|.*competitors?\b.*"
    ),
)


def _columns(header: Sequence[str], context: Context) -> list[Column | None]:
    """In a list the days and domains beside each row are not the site's own figures."""
    columns = declared(COLUMNS, header)
    if targets_of(columns) & {"source", "domain", "keyword"}:
        own = {"day", "referring_domains", "backlinks", "top3", "top10"}
        columns = [None if column and column.target in own else column for column in columns]
    return columns


def _recognise(document: Document, context: Context) -> float:
    return certainty(document, COLUMNS, SIGNS)


def _derive(values: Values, context: Context) -> Values:
    found = {
        key: value for key, value in values.items() if key in {"referring_domains", "backlinks"}
    }
    found |= {key: value for key, value in values.items() if key == "keywords_top10"}
    if "top3" in values and "top10" in values:
        found["keywords_top10"] = values["top3"] + values["top10"]
    return found


def _notice(table: Table, context: Context) -> None:
    targets = targets_of(table.columns)
    if {"keyword", "position"} <= targets:
        counts = {
            "keywords_top10": top_keywords(
                cells_of(table, "keyword"), numbers_of(table, "position")
            )
        }
        day = latest_day(cells_of(table, "made_on"), "ymd")
        replace_by_counts(table, counts, day, context)
    elif targets & {"source", "domain"}:
        replace_by_counts(table, _links(table, targets), None, context)


def _links(table: Table, targets: set[str]) -> dict[str, int]:
    standing = present(table, "lost")
    column = "source" if "source" in targets else "domain"
    names = list(compress(cells_of(table, column), standing))
    found = {"referring_domains": len(hosts(names))}
    if "links" in targets:
        links = compress(numbers_of(table, "links"), standing)
        found["backlinks"] = sum(max(int(number), 1) for number in links)
    elif column == "source":
        found["backlinks"] = len(names)
    return found


LAYOUT = Layout(
    key="ahrefs",
    feed="Ahrefs",
    recognise=_recognise,
    columns=COLUMNS,
    resolve=_columns,
    derive=_derive,
    notice=_notice,
    totals=False,
    zero_filled=False,
)
