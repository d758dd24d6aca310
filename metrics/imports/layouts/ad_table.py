"""Advertising figures in a table of no tool's own: a course's data, a warehouse's query, a report
that several platforms were put together in.

It is told by what it measures: impressions, clicks or sales by platform, and what they cost, under
the names that advertising uses everywhere. The platform gives the channel (Google and Microsoft
are paid search, social networks paid social, YouTube display), a campaign's type only where no
platform does. Rows that differ in what facts do not have (age, gender, interest, ad set, keyword)
are added up; rates and costs per unit are worked out again from the sums. What the sales bring is
the revenue of advertising; an approved conversion, where both are listed, is an order.

Impressions and clicks of organic search, which such tables list beside the paid ones, are those of
Search Console.

A table of one platform goes to that platform's feed. The platform is what all rows say, else the
lines above the table, else the name of the file; a table of several platforms, or of none that
is named, goes to "Advertising".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from metrics.imports.advertising import period_above, set_totals_aside, targets_of
from metrics.imports.context import Context
from metrics.imports.dimensions import UNASSIGNED, channel_of
from metrics.imports.folding import fold
from metrics.imports.guessing import alike, is_plan, may_be_figures, meant
from metrics.imports.layout import (
    Assigned,
    Column,
    Kind,
    Layout,
    currency,
    declared,
    dimension,
    metric,
    note,
    when,
)
from metrics.imports.parsed import NOT_SET
from metrics.imports.places import read_audience, read_campaign, read_device
from metrics.imports.plan_words import plans_left_out
from metrics.imports.platforms import brands_of, one_platform
from metrics.imports.reading import Document
from metrics.imports.table import Table
from metrics.imports.wording import listed

SEARCHED_LINES = 30
BELOW = frozenset({"leads", "mqls", "sqls", "opportunities", "new_customers"})
"""What came of the clicks, which such tables list under the names of the catalogue."""
CERTAIN, POSSIBLE = 0.76, 0.57
TOLD_BY = frozenset(
    {
        "platform",
        "campaign",
        "country",
        "ad_conversions",
        "ad_revenue",
        "leads",
        "sessions",
        "orders",
    }
)
"""What tells such a table from the overview's cards of Google Ads."""
MONEY = r"( ?(usd|eur|gbp|inr|idr|chf|cad|aud|brl|mxn|pln|sek|local|€|\$|£))?"
COST = (
    r"(total |daily )?(ads? |advert\w* |marketing |media |campaign |money |mark |amount )?"
    rf"(spend|spent|spending|costs?|expenditure|expense)( in account currency)?{MONEY}"
    rf"|(ad )?(depenses?|couts?|kosten|ausgaben|gastos?|costes?|costos?|spesa|custos?|investimento)"
    rf"( (publicitaires?|media|publicidade|publicidad|marketing|ads?))?{MONEY}"
)
REVENUE = (
    r"(\d+ day )?(total |attributed |generated |campaign |ads? |conv(ersions?)?\.? |purchase )?"
    rf"(revenues?|sales( amount| value)?|order value|value)( generated)?{MONEY}"
    rf"|conv value|valeur des? conversions?|chiffre d'affaires|umsatz|ingresos|receita{MONEY}"
)
BOUGHT_AS = (
    ("display", r"display|programmatic|banner|video|native"),
    ("affiliate", r"affilia"),
    ("email", r"e-?mail|newsletter|mailchimp|klaviyo|sendgrid"),
    ("organic", r"search console|\bgsc\b|^seo$|\borganic search\b|referencement naturel"),
)
"""Words that tell the channel whatever the platform."""
BOUGHT_ON = (
    ("paid_social", r"social|whatsapp"),
    ("paid_search", r"search|shopping|sea\b|ppc"),
)
"""Words that tell it where no platform is named."""


def _platform(cell: str, context: Context) -> Assigned:
    """The channel that a platform is bought on, or that the cell names."""
    folded = fold(cell).replace("_", " ")
    if not folded or folded in UNASSIGNED:
        return {"channel": NOT_SET}
    platforms = [brand.channel for brand in brands_of(cell)]
    bought = (
        _told(folded, BOUGHT_AS)
        or next(filter(None, platforms), "")
        or _told(folded, BOUGHT_ON)
        or channel_of(cell, context.workspace.channels)
    )
    return {"channel": bought or "other"}


def _told(folded: str, words: Sequence[tuple[str, str]]) -> str:
    return next((channel for channel, shape in words if re.search(shape, folded)), "")


COLUMNS: tuple[Column, ...] = (
    when(
        "day", "date", "day", "jour", "datum", "tag", "fecha", "dia", "data", "giorno", "c date",
        "campaign date", "report date", "reporting date", "date of report", "date start",
        "start date", "timestamp", "by day", "ad date", "reporting starts", "event date",
        like=r"^date (of|du|de)\b",
    ),
    when("end", "end date", "date end", "date stop", "reporting ends"),
    when("week", "week", "semaine", "woche", "semana", "settimana", "date week", "week start",
         "week of", "week starting", "week beginning"),
    when("month", "month", "mois", "monat", "mes", "mese", "year month"),
    when("year", "year", "annee", "jahr", "ano", "anno"),
    dimension(
        "platform", "platform", "ad platform", "ads platform", "channel", "channel name", "source",
        "media source", "datasource", "data source", "marketing channel", "channel used",
        "publisher", "network", "ad network",
        "plateforme", "canal", "plattform", "plataforma", "piattaforma", "utm source", "medium",
        read=_platform,
    ),
    dimension(
        "platform", "campaign type", "ad type", "category", "campaign category", "ad format",
        "type de campagne", "categories",
        read=_platform, rank=1,
    ),
    dimension(
        "campaign", "campaign", "campaign name", "campagne", "nom de la campagne", "kampagne",
        "kampagnenname", "campana", "campagna", "campanha", "utm campaign", "adcampaign",
        read=read_campaign,
    ),
    dimension(
        "campaign", "campaign id", "xyz campaign id", "id de campagne", "campaignid",
        read=read_campaign, rank=1,
    ),
    dimension("device", "device", "device type", "devices", "appareil", "gerat", "dispositivo",
              read=read_device),
    dimension(
        "country", "country", "region", "market", "geo", "pays", "land", "pais", "paese", "state",
        "location", "country code",
        read=read_audience,
    ),
    currency("currency", "currency code", "devise", "wahrung", "moneda", "valuta", "moeda"),
    metric(
        "ad_impressions", "impressions", "impression", "impr.", "impr", "impressoes",
        "impressionen", "impresiones", "impressioni", "ad impressions", "total impressions",
    ),
    metric(
        "ad_clicks", "clicks", "link clicks", "click", "cliques", "clics", "klicks", "clic",
        "ad clicks", "total clicks",
    ),
    metric("ad_clicks", "outbound clicks", "pin clicks", rank=1),
    metric("cost_media", like=rf"^({COST})$"),
    metric(
        "ad_conversions", "conversions", "conversion", "conversoes", "converssoes",
        "conversiones", "conversioni", "konversionen", "total conversion", "total conversions",
        "conv.", "conv", "total conv.", "ad conversions",
    ),
    metric(
        "orders", "approved conversion", "approved conversions", "orders", "commandes",
        like=r"^\d+ day total orders",
    ),
    metric("ad_revenue", like=rf"^({REVENUE})$"),
    metric("leads", "leads", "lead"),
    metric(
        "sessions", "sessions", "visits", "website visits", "site visits", "landing page visits"
    ),
    note(
        "ad id", "fb campaign id", "ad set id", "adset", "ad set", "ad group", "age", "gender",
        "interest", "ctr", "cpc", "cpm", "cpa", "cpl", "roas", "roi", "id", "quarter",
        "conversion rate", "cvr", "engagement rate",
    ),
)  # fmt: skip

ELSEWHERE = re.compile(
    r"e-?mails? sent|sends|opens|open rate|delivered"
    r"|unsubscrib\w*|deal (name|stage)|lead status|projected value|subscription id"
)
"""Headers of lists and reports that are about something else as well."""


def _recognise(document: Document, context: Context) -> float:
    for line in document.lines[:SEARCHED_LINES]:
        targets = targets_of(declared(COLUMNS, line.cells))
        if line.filled < 3 or any(
            ELSEWHERE.fullmatch(fold(c).replace("_", " ")) for c in line.cells
        ):
            continue
        shown = targets & {"ad_impressions", "ad_clicks"}
        sold = {"ad_revenue", "platform"} <= targets
        bought = {"platform", "campaign", "ad_impressions", "ad_clicks"} <= targets
        if bought or ("cost_media" in targets and (shown or sold)):
            exact = {fold(cell) for cell in line.cells}
            if exact & {"ad_impressions", "ad_clicks", "cost_media"}:
                return 0.0
            return CERTAIN if targets & TOLD_BY else POSSIBLE
    return 0.0


def _columns(header: Sequence[str], context: Context) -> list[Column | None]:
    """The columns of advertising, and what such tables have of the funnel below it."""
    columns = declared(COLUMNS, header)
    taken = targets_of(columns)
    for index, name in enumerate(header):
        known = meant(name, context.vocabulary)[0] if columns[index] is None and name else None
        if known is not None and known.key in BELOW - taken:
            columns[index] = Column(Kind.METRIC, known.key)
            taken.add(known.key)
    return columns


def _notice(table: Table, context: Context) -> None:
    set_totals_aside(table, context)
    plans = [name for name in table.header.cells if is_plan(name, context.vocabulary)]
    if plans:
        context.warn("plans_left_out", plans_left_out(plans))
    unread = [
        name for index, name in enumerate(table.header.cells) if _is_left(table, index, context)
    ]
    if unread:
        message = _("Columns that are no figures of advertising are left out: %(columns)s.")
        context.warn("column_left_out", message % {"columns": listed(unread)})


def _is_left(table: Table, index: int, context: Context) -> bool:
    """Whether a column that is not read is likely to be a metric all the same."""
    name = table.name_of(index)
    if not name or table.columns[index] is not None or is_plan(name, context.vocabulary):
        return False
    known = meant(name, context.vocabulary)[0]
    measures = (known is not None and not known.derived) or bool(alike(name, context)[0])
    return measures and may_be_figures(name, table.cells(index))


def _feed(document: Document, tables: Sequence[Table]) -> str:
    """The platform's own feed; "" where the table has several, or does not say which it is of."""
    cells = [
        text
        for table in tables
        for index, column in table.places(Kind.DIMENSION)
        if column.target == "platform" and column.rank == 0
        for text in table.lines.different(index).values()
    ]
    said = one_platform(cells)
    if said is None:
        said = one_platform(title for table in tables for title in table.titles)
    return one_platform([document.name]) or "" if said is None else said


LAYOUT = Layout(
    key="ad_table",
    feed="Advertising",
    recognise=_recognise,
    columns=COLUMNS,
    resolve=_columns,
    period_of=period_above,
    notice=_notice,
    zero_filled=False,
    by_channel={"organic": {"ad_impressions": "search_impressions", "ad_clicks": "search_clicks"}},
    feed_of=_feed,
)
