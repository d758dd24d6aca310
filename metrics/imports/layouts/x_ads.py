"""X Ads (formerly Twitter Ads): campaigns, ad groups or posts, by day or for a span.

Clicks are link clicks where the report has them: "Clicks" also counts taps on a name or an image.
"Results" are what each campaign is after and are not imported; conversions are.
"""

from __future__ import annotations

from metrics.imports.advertising import (
    period_above,
    set_channel,
    set_totals_aside,
    targets_of,
)
from metrics.imports.context import Context
from metrics.imports.layout import Column, Layout, currency, dimension, metric, note, when
from metrics.imports.places import campaign_in, read_audience, read_device
from metrics.imports.reading import Document
from metrics.imports.signs import Signs, certainty
from metrics.imports.table import Table

COLUMNS: tuple[Column, ...] = (
    when("day", "time period", "date", "day", "periode", "jour", "zeitraum", "periodo de tiempo"),
    dimension(
        "campaign", "campaign name", "campaign", "campaigns", "nom de la campagne", "campagne",
        "kampagnenname", "nombre de la campana", "nome della campagna",
        read=campaign_in("paid_social"),
    ),
    dimension("ad group", "ad group name", "ad group", "nom du groupe d'annonces"),
    dimension(
        "ad", "ad name", "tweet text", "post text", "tweet id", "post id", "nom de la publicite"
    ),
    dimension("device", "device", "platform", "plateforme", read=read_device),
    dimension("country", "country", "location", "pays", read=read_audience),
    currency("currency", "devise", "wahrung", "moneda", "valuta"),
    metric("cost_media", "spend", "depenses", "depense", "ausgaben", "gasto", "spesa"),
    metric("ad_impressions", "impressions", "impressionen", "impresiones", "impressioni"),
    metric(
        "ad_clicks", "link clicks", "clics sur un lien", "clics sur le lien", "link-klicks",
        "clics en el enlace", "url clicks",
    ),
    metric("ad_clicks", "clicks", "clics", "klicks", "clic", rank=1),
    metric(
        "ad_conversions", "site visits conversions", "conversions", "total conversions",
        "website conversions",
    ),
    metric(
        "ad_revenue", "total sale amount", "conversion value", "purchases - total sale amount"
    ),
    metric("social_reach", "reach", "total audience reach", "portee", "couverture"),
    note(
        "account name", "account id", "campaign id", "ad group id", "funding source name",
        "objective", "results", "result type", "campaign status",
    ),
)  # fmt: skip

SIGNS = Signs(
    needs=(
        frozenset({"cost_media"}),
        frozenset({"ad_impressions", "ad_clicks"}),
        frozenset({"campaign", "ad group", "ad", "day"}),
    ),
    headers=(
        r"time period|funding source( name| id)?|cost per link clicks?"
        r"|(cost per )?(app|card) clicks?.*"
        r"|(tweet|post) (id|text|url)|promoted (tweet|post).*|result rate|retweets|reposts"
        r"|cost-per-(result|engagement|follow)|cost per (engagement|follower)|tweet engagements"
        r"|post engagements|taux de resultats?"
    ),
    lacks=(
        r"amount spent.*|reporting starts|total spent|gregorian date|average cpc|avg\. cpc"
        r"|.*\(destination\)|account number|date stop|ad set name|debut des rapports"
        r"|potential .*|[26]-second .*"
    ),
)


def _recognise(document: Document, context: Context) -> float:
    return certainty(document, COLUMNS, SIGNS)


def _notice(table: Table, context: Context) -> None:
    set_totals_aside(table, context)
    if "campaign" not in targets_of(table.columns):
        set_channel(table, "paid_social")


LAYOUT = Layout(
    key="x_ads",
    feed="X Ads",
    recognise=_recognise,
    columns=COLUMNS,
    period_of=period_above,
    notice=_notice,
)
