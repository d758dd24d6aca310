"""Microsoft Advertising (Bing Ads): a report with its preamble, or the API's columns.

Above the header stand "Report Name:", "Report Time:", "Time Zone:", "Report Aggregation:" and
others; below the rows a copyright line. Campaigns are paid search, but audience campaigns are
display and Performance Max counts as other, as for Google Ads. Weekly and monthly reports give the
first day of each week or month.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from metrics.imports.advertising import (
    drop_rows,
    only_one_date,
    period_above,
    set_totals_aside,
    targets_of,
)
from metrics.imports.context import Context
from metrics.imports.folding import fold
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
from metrics.imports.places import campaign_in, read_audience, read_campaign, read_device
from metrics.imports.reading import Document
from metrics.imports.signs import Signs, certainty
from metrics.imports.table import Table

AGGREGATIONS = {
    "week": re.compile(r"weekly|hebdomadaire|wochentlich|semanal|settimanal"),
    "month": re.compile(r"monthly|mensuel|monatlich|mensual|mensil"),
    "year": re.compile(r"yearly|annuel|jahrlich|anual|annual"),
}
AGGREGATION = re.compile(
    r"(report aggregation|agregation du rapport|berichtsaggregation|agregacion del informe"
    r"|aggregazione del report)\s*:"
)


def _type(cell: str, context: Context) -> Assigned:
    folded = fold(cell)
    if re.search(r"performance ?max", folded):
        return {"channel": "other"}
    return {"channel": "display" if "audience" in folded else "paid_search"}


COLUMNS: tuple[Column, ...] = (
    when(
        "day", "gregorian date", "date", "day", "timeperiod", "time period", "date gregorienne",
        "jour", "tag", "dia", "giorno", "datum", "fecha", "data",
    ),
    when("week", "week", "semaine", "woche", "semana", "settimana"),
    when("month", "month", "mois", "monat", "mes", "mese"),
    dimension(
        "campaign", "campaign name", "campaign", "campaignname", "nom de la campagne", "campagne",
        "nom de campagne", "kampagnenname", "kampagne", "nombre de la campana",
        "nombre de campana", "campana", "nome campagna", "nome della campagna", "campagna",
        read=read_campaign,
    ),
    dimension(
        "campaign_type", "campaign type", "campaigntype", "type de campagne", "kampagnentyp",
        "tipo de campana", "tipo di campagna",
        read=_type,
    ),
    dimension("ad group", "ad group", "ad group name", "adgroupname", "groupe d'annonces"),
    dimension("keyword", "keyword", "search query", "search term", "mot cle"),
    dimension(
        "device", "device type", "devicetype", "device", "type d'appareil", "appareil",
        "geratetyp", "tipo de dispositivo", "tipo di dispositivo",
        read=read_device,
    ),
    dimension("country", "country/region", "country", "pays/region", read=read_audience),
    currency("currency code", "currencycode", "currency", "code de devise", "devise", "wahrung"),
    metric("ad_impressions", "impressions", "impr.", "impressionen", "impresiones", "impressioni"),
    metric("ad_clicks", "clicks", "clics", "klicks", "clic"),
    metric("cost_media", "spend", "depenses", "depense", "ausgaben", "gasto", "spesa"),
    metric("ad_conversions", "conversions", "conv.", "conversiones", "conversioni"),
    metric(
        "ad_conversions", "all conversions", "all conv.", "allconversions", "conversions qualified",
        "conversionsqualified",
        rank=1,
    ),
    metric("ad_revenue", "revenue", "chiffre d'affaires", "umsatz", "ingresos", "ricavi"),
    metric("ad_revenue", "all revenue", "allrevenue", rank=1),
    note(
        "account name", "account number", "account id", "campaign id", "campaign status", "status",
        "network", "delivered match type", "top vs. other", "bid strategy type",
        "nom du compte", "numero de compte",
    ),
)  # fmt: skip

SIGNS = Signs(
    needs=(
        frozenset({"cost_media"}),
        frozenset({"ad_impressions", "ad_clicks"}),
        frozenset({"campaign", "day", "week", "month", "device", "country", "ad group"}),
    ),
    headers=(
        r"gregorian date|date gregorienne|timeperiod|(average|avg\.) cpc|cpc moyen|averagecpc"
        r"|account number|accountnumber|(bid|delivered) match type|top vs\. other|campaignname"
        r"|low quality clicks|all conversions|conversions qualified|assists"
        r"|return on ad spend|currencycode|qualityscore"
    ),
    title=(
        r"^(report name|report time|report aggregation|last completed available (day|hour)"
        r"|potential incomplete data)\b|^(nom|heure|periode|agregation) du rapport\s*:"
        r"|^bericht(sname|szeit|saggregation)\b|^nombre del informe|^nome (del )?report\b"
    ),
    lacks=(
        r"amount spent.*|reporting starts|total spent|campaign group name|time period|result rate"
        r"|.*\(destination\)|link clicks|cost micros|funding source.*|ad set (id|name)"
    ),
)


def _columns(header: Sequence[str], context: Context) -> list[Column | None]:
    """Campaigns are paid search where the report does not name their type."""
    columns = declared(COLUMNS, header)
    targets = targets_of(columns)
    if "campaign_type" not in targets:
        columns = [
            replace(column, read=campaign_in("paid_search"))
            if column is not None and column.target == "campaign"
            else column
            for column in columns
        ]
    own = next((grain for grain in ("day", "week", "month") if grain in targets), None)
    return only_one_date(columns, own) if own else columns


def _recognise(document: Document, context: Context) -> float:
    return certainty(document, COLUMNS, SIGNS)


def _notice(table: Table, context: Context) -> None:
    drop_rows(table, r"(©|\(c\)|@|copyright).{0,12}microsoft")
    set_totals_aside(table, context)
    stated = next((fold(title) for title in table.titles if AGGREGATION.match(fold(title))), "")
    grain = next((key for key, named in AGGREGATIONS.items() if named.search(stated)), None)
    if grain:
        table.columns = [
            replace(column, target=grain)
            if column is not None and column.kind is Kind.DATE
            else column
            for column in table.columns
        ]


LAYOUT = Layout(
    key="microsoft_ads",
    feed="Microsoft Ads",
    recognise=_recognise,
    columns=COLUMNS,
    resolve=_columns,
    period_of=period_above,
    notice=_notice,
)
