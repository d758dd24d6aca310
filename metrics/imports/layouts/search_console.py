"""Search Console: the files of a performance export (chart or dates, queries, pages, …).

Only the file of dates is the whole site. Queries leave out the rare ones, pages count a result
once for each page, and every list is cut at 1,000 rows: those are parts, never a total. Positions
are averages weighted by impressions. Queries are an audience dimension one level below countries
("not set" as a page), so that two files of one month are never added.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.dates import find_range
from metrics.imports.dimensions import device_of
from metrics.imports.encoding import Unreadable
from metrics.imports.layout import (
    Assigned,
    Column,
    Layout,
    declared,
    dimension,
    metric,
    note,
    when,
)
from metrics.imports.parsed import NOT_SET, Span
from metrics.imports.reading import Document
from metrics.imports.table import Table

MOST_ROWS = 1_000
SEARCHED_LINES = 10


def _query(cell: str, context: Context) -> Assigned:
    return {"asset": NOT_SET, "audience": cell or NOT_SET}


def _page(cell: str, context: Context) -> Assigned:
    return {"asset": cell or NOT_SET}


def _country(cell: str, context: Context) -> Assigned:
    return {"audience": cell or NOT_SET}


def _device(cell: str, context: Context) -> Assigned:
    return {"device": device_of(cell) or "other"}


COLUMNS: tuple[Column, ...] = (
    when("day", "date", "dates", "jour", "day", "datum", "fecha", "data", "tag"),
    when("week", "week", "semaine", "woche", "semana", "settimana"),
    when("month", "month", "mois", "monat", "mes", "mese"),
    dimension(
        "query", "top queries", "queries", "query", "requetes les plus frequentes", "requetes",
        "requete", "principales requetes", "haufigste suchanfragen", "suchanfragen",
        "suchanfrage", "consultas principales", "consultas mas frecuentes",
        "principales consultas", "query principali", "query piu frequenti",
        read=_query,
    ),
    dimension(
        "page", "top pages", "pages", "page", "pages les plus populaires", "principales pages",
        "pages principales", "pages les plus frequentes", "haufigste seiten", "seiten", "seite",
        "beliebteste seiten", "paginas principales", "principales paginas", "pagine principali",
        "landing page", "url",
        read=_page,
    ),
    dimension("country", "country", "countries", "pays", "land", "pais", "paese", read=_country),
    dimension(
        "device", "device", "devices", "appareil", "appareils", "gerat", "dispositivo", "gerate",
        read=_device,
    ),
    dimension(
        "appearance", "search appearance", "apparence dans les resultats de recherche",
        "apparence dans la recherche", "darstellung in der suche", "aspecto en la busqueda",
        "aspetto nella ricerca",
        like=r"search appearance|^apparence|^type de resultat",
    ),
    metric(
        "search_clicks", "clicks", "clics", "klicks", "clic", like=r"\b(clicks|clics|klicks|clic)$"
    ),
    metric(
        "search_impressions", "impressions", "impressionen", "impresiones", "impressioni",
        like=r"\b(impressions|impressionen|impresiones|impressioni)$",
    ),
    metric(
        "search_position", "position", "average position", "avg. position", "position moyenne",
        "durchschn. position", "durchschnittliche position", "posicion", "posicion media",
        "posizione", "posizione media",
        like=r"\b(position|posicion|posizione)$",
    ),
    note("ctr", "taux de clics", "site ctr", "url ctr", like=r"\bctr$"),
)  # fmt: skip
BREAKDOWNS = frozenset({"query", "page", "country", "device", "appearance"})


def _recognise(document: Document, context: Context) -> float:
    for line in document.lines[:SEARCHED_LINES]:
        targets = {column.target for column in declared(COLUMNS, line.cells) if column}
        measured = targets & {"search_clicks", "search_impressions"}
        placed = targets & (BREAKDOWNS | {"day", "week", "month"})
        if measured and placed and "search_position" in targets:
            return 0.93
        if len(measured) == 2 and targets & {"query", "page", "appearance"}:
            return 0.6
    return 0.0


def _period(table: Table, context: Context) -> Span | None:
    """The days that a title or, where two periods are compared, the first header names."""
    for text in [*reversed(table.titles), *table.header.cells]:
        span = find_range(text, context.order)
        if span:
            return span
    return None


def _targets(table: Table) -> set[str]:
    return {column.target for column in table.columns if column}


def _is_part(table: Table, context: Context) -> bool:
    targets = _targets(table)
    return bool(targets & {"query", "page"}) or (
        bool(targets & BREAKDOWNS) and len(table.rows) >= MOST_ROWS
    )


def _notice(table: Table, context: Context) -> None:
    targets = _targets(table)
    if "appearance" in targets:
        raise Unreadable(
            _(
                "A search result can have several appearances, so the rows of this file cannot be "
                "added up. Import the file of dates, queries, pages, countries or devices instead."
            ),
            row=table.header.number,
            kind="layout",
        )
    if targets & BREAKDOWNS and len(table.rows) >= MOST_ROWS:
        context.warn(
            "rows_truncated",
            _(
                "Search Console lists at most 1,000 rows and this file is cut there: its rows are "
                "imported one by one and never taken for the site's total."
            ),
        )
    elif "query" in targets:
        context.warn(
            "queries_hidden",
            _(
                "Search Console hides rare queries: these rows are imported one by one and never "
                "taken for the site's total."
            ),
        )
    elif "page" in targets:
        context.warn(
            "pages_apart",
            _(
                "Search Console counts a result once for each page: these rows are imported one by "
                "one and never taken for the site's total."
            ),
        )


LAYOUT = Layout(
    key="search_console",
    feed="Google Search Console",
    recognise=_recognise,
    columns=COLUMNS,
    period_of=_period,
    is_part=_is_part,
    notice=_notice,
    totals=False,
)
