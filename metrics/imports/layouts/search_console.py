"""Search Console: the files of a performance export (chart or dates, queries, pages, …).

Only the file of dates is the whole site. Queries leave out the rare ones, pages count a result
once for each page, and every list is cut at 1,000 rows: those are parts, never a total. Positions
are averages weighted by impressions. Queries are an audience dimension one level below countries
("not set" as a page), so that two files of one month are never added. The chart by week or month
gives first days or ranges, the one of 24 hours an hour a row. The bulk export gives a sum of
positions, counted from 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.cut_lists import is_sum_of_others
from metrics.imports.date_order import order_of
from metrics.imports.dates import DMY, MDY, NotADate, find_range, parse_day
from metrics.imports.encoding import Unreadable
from metrics.imports.folding import fold, header_key
from metrics.imports.layout import (
    Assigned,
    Column,
    Kind,
    Layout,
    Values,
    declared,
    dimension,
    measure,
    metric,
    note,
    when,
)
from metrics.imports.parsed import NOT_SET, Span
from metrics.imports.places import read_asset, read_audience, read_device
from metrics.imports.reading import Document
from metrics.imports.summed_rows import TOTAL
from metrics.imports.table import Table

MOST_ROWS = 1_000
SEARCHED_LINES = 10
A_WEEK = timedelta(days=7)
NUMBERED = re.compile(r"(?<!\d)\d{1,2}([/.])\d{1,2}\1(?:\d{4}|\d{2})(?!\d)")
FILTERS = (
    {"filter", "filtre", "filtres", "filtro", "filters"},
    {"value", "valeur", "wert", "valor", "valore"},
)


def _query(cell: str, context: Context) -> Assigned:
    return {"asset": NOT_SET, "audience": cell or NOT_SET}


COLUMNS: tuple[Column, ...] = (
    note(
        like=r"^(previous|prev\.?) |\b(precedente?s?|precedenti|anteriore?s?) |^(vorherige|vorige)"
        r"|\b(difference|differenz|diferencia|differenza)$",
    ),
    when("day", "date", "dates", "jour", "day", "datum", "fecha", "data", "tag", "data date"),
    when(
        "day", "time", "hour", "heure", "uhrzeit", "stunde", "hora", "ora", "datetime",
        like=r"^(time|heure|uhrzeit|hora|ora)\b",
    ),
    when(
        "range", "date range", "plage de dates", "periode", "zeitraum", "intervalo de fechas",
        "periodo", "intervallo di date",
    ),
    when("week", "week", "semaine", "woche", "semana", "settimana"),
    when("month", "month", "mois", "monat", "mes", "mese"),
    dimension(
        "query", "top queries", "queries", "query", "requetes les plus frequentes", "requetes",
        "requete", "principales requetes", "haufigste suchanfragen", "suchanfragen",
        "suchanfrage", "consultas principales", "consultas mas frecuentes",
        "principales consultas", "query principali", "query piu frequenti", "top-suchanfragen",
        "wichtigste suchanfragen", "ricerche principali",
        read=_query,
    ),
    dimension(
        "page", "top pages", "pages", "page", "pages les plus populaires", "principales pages",
        "pages principales", "pages les plus frequentes", "haufigste seiten", "seiten", "seite",
        "beliebteste seiten", "paginas principales", "principales paginas", "pagine principali",
        "pagine piu visitate", "top-seiten", "wichtigste seiten", "landing page", "url",
        "adresse", "pagina",
        read=read_asset,
    ),
    dimension(
        "country", "country", "countries", "pays", "land", "lander", "pais", "paises", "paese",
        "paesi",
        read=read_audience,
    ),
    dimension(
        "device", "device", "devices", "appareil", "appareils", "gerat", "dispositivo", "gerate",
        "dispositivos", "dispositivi",
        read=read_device,
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
    measure("sum_position", "sum top position", "sum position"),
    note(
        "not indexed", "indexed", "non indexees", "indexees", "nicht indexiert", "indexiert",
        "sin indexar", "indexada", "non indicizzate", "indicizzate",
    ),
    note("ctr", "taux de clics", "site ctr", "url ctr", like=r"\bctr$"),
)  # fmt: skip
INDEX = (
    {"not indexed", "indexed"},
    {"non indexees", "indexees"},
    {"nicht indexiert", "indexiert"},
    {"sin indexar", "indexada"},
    {"non indicizzate", "indicizzate"},
)
BREAKDOWNS = frozenset({"query", "page", "country", "device", "appearance"})


def _columns(header: Sequence[str], context: Context) -> list[Column | None]:
    if _names_filters(header):
        raise Unreadable(
            _(
                "This file lists the filters of the export and holds no figures. Import the files "
                "beside it: the chart or dates, the queries, the pages."
            ),
            kind="layout",
        )
    return declared(COLUMNS, header)


def _is_aside(document: Document) -> bool:
    """The sheet of filters, and that of appearances, whose rows overlap."""
    return any(
        _names_filters(line.cells)
        or "appearance" in {column.target for column in declared(COLUMNS, line.cells) if column}
        for line in document.lines[:SEARCHED_LINES]
    )


def _names_filters(header: Sequence[str]) -> bool:
    keys = [header_key(cell) for cell in header if cell]
    return len(keys) == 2 and all(key in names for key, names in zip(keys, FILTERS, strict=True))


def _recognise(document: Document, context: Context) -> float:
    for line in document.lines[:SEARCHED_LINES]:
        if _names_filters(line.cells):
            return 0.9
        targets = {column.target for column in declared(COLUMNS, line.cells) if column}
        measured = targets & {"search_clicks", "search_impressions"}
        placed = targets & (BREAKDOWNS | {"day", "range", "week", "month"})
        if measured and placed and targets & {"search_position", "sum_position"}:
            return 0.93
        if measured and placed and _counts_pages(line.cells):
            return 0.93
        if len(measured) == 2 and targets & {"query", "page", "appearance"}:
            return 0.6
    return 0.0


def _counts_pages(header: Sequence[str]) -> bool:
    """Whether it is the chart of the index, whose impressions are the site's."""
    keys = {header_key(cell) for cell in header}
    return any(keys >= both for both in INDEX)


def _period(table: Table, context: Context) -> Span | None:
    """The days that a title or, where two periods are compared, the first header names."""
    if span := _compared(table.header.cells):
        return span
    for text in [*reversed(table.titles), *table.header.cells]:
        span = find_range(text, context.order)
        if span:
            return span
    return None


def _compared(header: Sequence[str]) -> Span | None:
    """The first period of a comparison, whose days stand before each figure's name.

    "8/1/25 - 8/30/25 Clicks" is August where the page is in English, in the order of days and
    months that all dates of the header allow.
    """
    texts = [[found.group() for found in NUMBERED.finditer(cell)] for cell in header]
    pairs = [found for found in texts if len(found) == len(("first", "last"))]
    if not pairs:
        return None
    dates = [one for pair in pairs for one in pair]
    is_english = any(fold(cell).endswith(" clicks") for cell in header)
    is_padded = all(one[:2].isdigit() for one in dates)
    hint = MDY if is_english and not is_padded else DMY
    order = order_of(dates, hint=hint).order or hint
    try:
        first, last = (parse_day(one, order) for one in pairs[0])
    except NotADate:
        return None
    return Span(first, last) if first <= last else None


def _targets(table: Table) -> set[str]:
    return {column.target for column in table.columns if column}


def _is_part(table: Table, context: Context) -> bool:
    targets = _targets(table)
    return bool(targets & {"query", "page"}) or (
        bool(targets & BREAKDOWNS) and len(table.rows) >= MOST_ROWS
    )


def _derive(values: Values, context: Context) -> Values:
    """The bulk export's position: Σ positions / impressions, which it counts from 0."""
    found = {key: value for key, value in values.items() if key != "sum_position"}
    impressions = values.get("search_impressions")
    if "sum_position" in values and impressions:
        found["search_position"] = values["sum_position"] / impressions + 1
    return found


def _take_weeks(table: Table, context: Context) -> None:
    """The chart by week or by month names the first day of each."""
    for index, column in table.places(Kind.DATE):
        days = _days(table, index)
        if column.target != "day" or len(days) < 3:
            continue
        weekly = all(later - earlier == A_WEEK for earlier, later in pairwise(days))
        monthly = all(day.day == 1 for day in days)
        if weekly or monthly:
            table.columns[index] = replace(column, target="week" if weekly else "month")
            context.warn("longer_rows", _longer_rows(weekly=weekly))


def _days(table: Table, index: int) -> list[date]:
    """The days of a column in their order, none where a cell is no plain day."""
    try:
        return sorted({parse_day(cell) for cell in dict.fromkeys(table.cells(index))})
    except NotADate:
        return []


def _longer_rows(*, weekly: bool) -> str:
    if weekly:
        return _("The dates are a week apart: each row is taken for the seven days from its date.")
    return _("Every date is the first of a month: each row is taken for its whole month.")


def _set_total_aside(table: Table, context: Context) -> None:
    """A row of totals that somebody added: "total" may be a search, too, and is one by its sums."""
    named = table.places(Kind.DATE, Kind.DIMENSION)
    if not named:
        return
    index, column = named[0]
    for place, cell in enumerate(table.cells(index)):
        if TOTAL.fullmatch(fold(cell)) and (
            column.kind is Kind.DATE or is_sum_of_others(table, place, context)
        ):
            table.totals.append(table.rows[place])
            table.rows = table.lines.without([place])
            context.result.totals_skipped += 1
            return


def _notice(table: Table, context: Context) -> None:
    _set_total_aside(table, context)
    _take_weeks(table, context)
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
    resolve=_columns,
    derive=_derive,
    period_of=_period,
    is_part=_is_part,
    notice=_notice,
    totals=False,
    together=True,
    is_aside=_is_aside,
)
