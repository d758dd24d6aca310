"""Plausible: the files of a site's export, of a report, or of the export for another instance.

`visitors.csv` has a row a day; sources, pages, devices and the like have a row each for the whole
period, which is asked, or is that of `visitors.csv` where they come in one archive. The files for
another instance ("imported_…") hold counts: bounces, and the duration of all visits together; the
others hold rates and averages, from which the counts are
worked out, rounded to the unit.

Unique visitors keep their own span and are never added up.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from metrics.imports.advertising import targets_of
from metrics.imports.context import Context
from metrics.imports.dimensions import channel_of, channel_of_source
from metrics.imports.folding import fold
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
    product,
    when,
)
from metrics.imports.parsed import NOT_SET
from metrics.imports.places import (
    or_not_set,
    read_asset,
    read_audience,
    read_campaign,
    read_device,
)
from metrics.imports.reading import Document
from metrics.imports.signs import Signs, certainty
from metrics.imports.table import Table, tables_of, text_of

ONE = Decimal(1)
SOURCES = frozenset(
    {
        "direct / none", "google", "bing", "duckduckgo", "facebook", "linkedin", "twitter",
        "yahoo!", "ecosia", "github", "reddit", "youtube", "qwant", "hacker news",
    }
)  # fmt: skip
CHANNELS = frozenset(
    {
        "direct", "organic search", "paid search", "organic social", "paid social", "referral",
        "email", "display", "cross-network", "organic shopping", "organic video", "affiliates",
    }
)  # fmt: skip
ENGINES = frozenset(
    {"google", "bing", "duckduckgo", "yahoo!", "yahoo", "ecosia", "qwant", "baidu", "yandex",
     "brave", "startpage", "kagi", "searxng"}
)  # fmt: skip
DEVICES = frozenset({"desktop", "mobile", "tablet", "laptop", "ultra-wide"})


def _source(cell: str, context: Context) -> Assigned:
    name = fold(cell)
    if name in {"direct / none", "", "direct"}:
        return {"channel": "direct" if name else NOT_SET}
    medium = "organic" if name in ENGINES else "referral"
    return {"channel": channel_of_source(f"{name} / {medium}")}


def _channel(cell: str, context: Context) -> Assigned:
    return {"channel": channel_of(cell, context.workspace.channels) or "other"}


def _page(cell: str, context: Context) -> Assigned:
    return {"asset": or_not_set(cell), "audience": NOT_SET}


COLUMNS: tuple[Column, ...] = (
    when("day", "date", "time", "time:day", "day"),
    when("week", "time:week", "week"),
    when("month", "time:month", "month"),
    dimension("name", "name"),
    dimension("channel", "channel", "visit:channel", read=_channel),
    dimension("source", "source", "visit:source", read=_source),
    dimension("page", "page", "event:page", read=_page),
    dimension("entry_page", "entry page", "visit:entry page", read=read_asset),
    dimension("device", "device", "visit:device", "screen size", read=read_device),
    dimension("country", "country", "visit:country", "visit:country name", read=read_audience),
    dimension("campaign", "utm campaign", "visit:utm campaign", read=read_campaign),
    metric("visitors", "visitors"),
    metric("sessions", "visits"),
    metric("pageviews", "pageviews", "page views"),
    metric("bounces", "bounces"),
    metric("conversions", "total conversions", "conversions"),
    metric("exits", "total exits", "exits"),
    metric("page_sessions", "total entrances", "entrances"),
    metric("page_visitors", "unique entrances"),
    measure("bounce_rate", "bounce rate"),
    measure("duration", "visit duration", duration=True),
    measure("views_per_visit", "views per visit", "pages per visit"),
    measure("time_on_page", "time on page", duration=True),
    note("unique conversions", "conversion rate", "unique exits", "exit rate", "events",
         "scroll depth", "hostname", "referrer", "utm source", "utm medium"),
)  # fmt: skip
FILES = {
    "sources": dimension("source", "name", read=_source),
    "channels": dimension("channel", "name", read=_channel),
    "pages": dimension("page", "name", read=_page),
    "entry_pages": dimension("entry_page", "name", read=read_asset),
    "exit_pages": dimension("page", "name", read=_page),
    "devices": dimension("device", "name", read=read_device),
    "countries": dimension("country", "name", read=read_audience),
    "utm_campaigns": dimension("campaign", "name", read=read_campaign),
    "conversions": dimension("goal", "name", read=_page),
}
UNREAD = frozenset(
    {
        "utm_mediums", "utm_sources", "utm_terms", "utm_contents", "referrers", "browsers",
        "browser_versions", "operating_systems", "operating_system_versions", "regions", "cities",
        "custom_props",
    }
)  # fmt: skip
MEASURES = frozenset(column.target for column in COLUMNS if column.kind is Kind.MEASURE)
WHERE = frozenset(
    {
        "day", "week", "month", "name", "channel", "source", "page", "entry_page", "device",
        "country", "campaign",
    }
)  # fmt: skip

SIGNS = Signs(
    needs=(WHERE, frozenset({"visitors", "page_visitors", "conversions", "exits"})),
    headers=(
        r"views per visit|visit duration|(unique|total) (entrances|exits|conversions)"
        r"|visit:.*|event:.*|time:.*|time on page|scroll depth|conversion rate"
    ),
    lacks=(
        r"sessions|users|nb .*|label|unique visitors|actions|leads?|mqls?|clicks|impressions"
        r"|value|metric|channel group.*|new visitors|returning visitors|\S* ?[€$£]\S*"
    ),
)


def _columns(header: Sequence[str], context: Context) -> list[Column | None]:
    """The files for another instance give the duration of all visits together."""
    columns = declared(COLUMNS, header)
    if "bounces" in targets_of(columns):
        columns = [
            metric("session_seconds") if column and column.target == "duration" else column
            for column in columns
        ]
    return columns


def _recognise(document: Document, context: Context) -> float:
    """The tool writes its headers in small letters, most with underscores, on the first line."""
    if not document.lines:
        return 0.0
    header = document.lines[0].cells
    if any(cell != cell.casefold() for cell in header) and not _is_report(header):
        return 0.0
    alone = 0.75 if header[:2] == ["name", "visitors"] else 0.0
    return max(alone, certainty(document, COLUMNS, SIGNS))


def _is_report(header: Sequence[str]) -> bool:
    """The download of one report has titles: "Name", "Visitors", "Bounce rate", …"""
    keys = {fold(cell) for cell in header}
    return "visitors" in keys and bool(keys & {"name", "date"}) and "visit duration" in keys


def _derive(values: Values, context: Context) -> Values:
    found = {key: value for key, value in values.items() if key not in MEASURES}
    rate = values.get("bounce_rate")
    if rate is not None:
        values = values | {"bounce_rate": rate / 100 if rate > 1 else rate}
    derived = {
        "bounces": product(values, "bounce_rate", "sessions"),
        "session_seconds": product(values, "duration", "sessions"),
        "pageviews": product(values, "views_per_visit", "sessions"),
    }
    for key, value in derived.items():
        if value is not None:
            found.setdefault(key, value.quantize(ONE, rounding=ROUND_HALF_UP))
    return found


def _notice(table: Table, context: Context) -> None:
    for index, column in table.places(Kind.DIMENSION):
        if column.target == "name":
            table.columns[index] = _named_by_file(table) or _named(table, index)
    if "page" in targets_of(table.columns):
        _leave_out_visits_of_pages(table, context)


def _named_by_file(table: Table) -> Column | None:
    """What the names of a list are by its file's name, where that is known: in an archive."""
    title = fold(table.titles[-1]).replace(" ", "_") if table.titles else ""
    return FILES.get(title)


def _is_aside(document: Document) -> bool:
    """The lists of an archive that facts have no place for: terms, contents, browsers, …"""
    title = fold(text_of(document.lines[0])).replace(" ", "_")
    return title in UNREAD


def _tables(document: Document, context: Context) -> list[Table]:
    """The tables, sources last: people of two sources of a channel are no sum of both."""

    def resolve(header: Sequence[str]) -> list[Column | None]:
        return _columns(header, context)

    tables = tables_of(document, resolve, sheets=True)
    return sorted(tables, key=lambda table: table.titles[-1:] == ["sources"])


def _named(table: Table, index: int) -> Column:
    """What the names of a list are, which its header does not say."""
    names = {fold(cell) for cell in table.cells(index)}
    targets = targets_of(table.columns)
    if targets & {"page_sessions", "page_visitors"}:
        return dimension("entry_page", "name", read=read_asset)
    if "conversions" in targets:
        return dimension("goal", "name", read=_page)
    if any(name.startswith("/") for name in names):
        return dimension("page", "name", read=_page)
    if names <= DEVICES | {"(not set)", ""}:
        return dimension("device", "name", read=read_device)
    if names & SOURCES:
        return dimension("source", "name", read=_source)
    if names <= CHANNELS | {"(not set)", ""}:
        return dimension("channel", "name", read=_channel)
    return dimension("other:name", "name")


def _leave_out_visits_of_pages(table: Table, context: Context) -> None:
    of_visits = {"sessions", "bounces", "session_seconds", "duration", "bounce_rate"}
    if "sessions" in targets_of(table.columns):
        context.warn(
            "visits_by_page",
            _("Visits by page are left out: a visit has several pages, and would count for each."),
        )
    table.columns = [
        None if column is not None and column.target in of_visits else column
        for column in table.columns
    ]


LAYOUT = Layout(
    key="plausible",
    feed="Plausible",
    recognise=_recognise,
    columns=COLUMNS,
    resolve=_columns,
    tables=_tables,
    derive=_derive,
    notice=_notice,
    together=True,
    is_aside=_is_aside,
)
