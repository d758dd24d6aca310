"""TikTok Ads Manager: campaigns, ad groups or ads, by day or for a span.

Clicks are those to the destination where the report has them, else all clicks. The total stands
below the rows as "Total of 12 results". Reach is people: it is never added up.
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
    when(
        "day", "by day", "date", "day", "par jour", "jour", "stat time day", "nach tag", "tag",
        "por dia", "dia", "per giorno", "giorno",
    ),
    when("week", "by week", "par semaine", "week"),
    when("month", "by month", "par mois", "month"),
    when("range", "start date", "date de debut"),
    when("end", "end date", "date de fin"),
    dimension(
        "campaign", "campaign name", "nom de la campagne", "kampagnenname",
        "nombre de la campana", "nombre de campana", "nome della campagna", "nome campagna",
        read=campaign_in("paid_social"),
    ),
    dimension(
        "ad group", "ad group name", "nom du groupe d'annonces", "nom du groupe de publicites",
        "anzeigengruppenname", "nombre del grupo de anuncios", "nome del gruppo di annunci",
    ),
    dimension("ad", "ad name", "nom de l'annonce", "nom de la publicite", "anzeigenname"),
    dimension("device", "device", "operating system", "os", read=read_device),
    dimension("country", "country/region", "country", "pays/region", read=read_audience),
    currency("currency", "devise", "wahrung", "moneda", "valuta"),
    metric(
        "cost_media", "cost", "total cost", "spend", "cout", "cout total", "kosten",
        "gesamtkosten", "coste", "coste total", "costo", "costo totale",
    ),
    metric(
        "ad_impressions", "impressions", "impression", "impressionen", "impresiones",
        "impressioni",
    ),
    metric(
        "ad_clicks", "clicks (destination)", "destination clicks", "clics (destination)",
        "klicks (ziel)", "clics (destino)", "clic (destinazione)",
    ),
    metric(
        "ad_clicks", "clicks (all)", "clicks", "clics (tous)", "clics", "klicks (alle)", "klicks",
        "clics (todos)", "clic (tutti)", "clic",
        rank=1,
    ),
    metric(
        "ad_conversions", "conversions", "total conversions", "conversion", "conversiones",
        "conversioni",
    ),
    metric(
        "ad_revenue", "total complete payment value", "total purchase value",
        "total conversion value", "complete payment value", "valeur totale des achats",
    ),
    metric("social_reach", "reach", "couverture", "portee", "reichweite", "alcance", "copertura"),
    note(
        "campaign id", "ad group id", "ad id", "account name", "advertiser name", "primary status",
        "campaign type", "objective", "results", "result type",
    ),
)  # fmt: skip

SIGNS = Signs(
    needs=(
        frozenset({"cost_media"}),
        frozenset({"ad_impressions", "ad_clicks"}),
        frozenset({"campaign", "ad group", "ad", "day", "week", "month"}),
    ),
    headers=(
        r"(clicks|ctr|cpc) \(destination\)|destination clicks|[26]-second (video views|views)"
        r"|video views \(?(2|6|at).*|by (day|week|month)|stat time day|primary status"
        r"|conversion rate \(cvr\).*|cvr( \(.*\))?|cost per 1,000 people reached"
        r"|(clics|ctr|cpc) \(dest(ination|ino)\)|(clic|ctr|cpc) \(destinazione\)|klicks \(ziel\)"
        r"|real-time (conversions?|results?|cost per.*)|total complete payment.*"
        r"|vues? video (de )?[26] .*|par (jour|semaine|mois)|nach tag|por dia|per giorno"
    ),
    lacks=r"amount spent|reporting starts|total spent|avg\. cpc|impr\.|gregorian date|time period",
)


def _recognise(document: Document, context: Context) -> float:
    return certainty(document, COLUMNS, SIGNS)


def _notice(table: Table, context: Context) -> None:
    set_totals_aside(table, context)
    if "campaign" not in targets_of(table.columns):
        set_channel(table, "paid_social")


LAYOUT = Layout(
    key="tiktok_ads",
    feed="TikTok Ads",
    recognise=_recognise,
    columns=COLUMNS,
    period_of=period_above,
    notice=_notice,
)
