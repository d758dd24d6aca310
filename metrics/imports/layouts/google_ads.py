"""Google Ads: a campaign report as it is downloaded, by day, week, month or for its whole span.

The title and the line of dates stand above the header, totals rows ("Total: Campaigns",
"Total – Compte", …) below the data. The campaign's type gives its channel: search, shopping, smart,
local and hotel campaigns are paid search; display and video are display; Performance Max, Demand
Gen and app campaigns run over several networks and count as other, where GA4 puts their sessions
too ("Cross-network"). Rows of one campaign and day (ad groups, keywords, networks) are added up.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from metrics.imports.context import Context
from metrics.imports.dates import find_range
from metrics.imports.dimensions import UNASSIGNED, device_of
from metrics.imports.folding import fold, header_key
from metrics.imports.layout import (
    Assigned,
    Column,
    Layout,
    currency,
    declared,
    dimension,
    metric,
    note,
    when,
)
from metrics.imports.parsed import NOT_SET, Span
from metrics.imports.reading import Document
from metrics.imports.table import Table, text_of

MICROS = "0.000001"
SEARCHED_LINES = 40
API_REPORT = re.compile(r"[a-z]+_performance_report")
TYPES = (
    ("paid_search", r"search|recherche|suche|busqueda|ricerca|shopping|smart|intelligente|local"),
    ("paid_search", r"^hotel|hebergement|travel"),
    ("other", r"performances? max|demand gen|generation de (la )?demande|discovery|decouverte"),
    ("other", r"^apps?\b|application|multi[ _]channel|multi-?canaux"),
    ("display", r"display|video|youtube"),
)


def _campaign(cell: str, context: Context) -> Assigned:
    return {"campaign": NOT_SET if not cell or fold(cell) in UNASSIGNED else cell}


def _type(cell: str, context: Context) -> Assigned:
    folded = fold(cell).replace("_", " ")
    if not folded or folded in UNASSIGNED:
        return {"channel": NOT_SET}
    kinds = sorted(TYPES, key=lambda pair: pair[0] != "other")
    return {"channel": next((key for key, shape in kinds if re.search(shape, folded)), "other")}


def _device(cell: str, context: Context) -> Assigned:
    return {"device": device_of(cell) or "other"}


COLUMNS: tuple[Column, ...] = (
    when("day", "day", "jour", "date", "tag", "dia", "giorno", "segments.date"),
    when("week", "week", "semaine", "woche", "semana", "settimana", "segments.week"),
    when("month", "month", "mois", "monat", "mes", "mese", "segments.month"),
    when("quarter", "quarter", "trimestre", "quartal", "segments.quarter"),
    when("year", "year", "annee", "jahr", "ano", "anno", "segments.year"),
    dimension(
        "campaign", "campaign", "campagne", "kampagne", "campana", "campagna", "campaign name",
        "nom de la campagne", "nom de campagne", "campaign.name",
        read=_campaign,
    ),
    dimension(
        "campaign_type", "campaign type", "type de campagne", "kampagnentyp", "tipo de campana",
        "tipo di campagna", "advertising channel", "advertising channel type",
        "campaign.advertising channel type",
        read=_type,
    ),
    dimension(
        "device", "device", "appareil", "gerat", "dispositivo", "segments.device", read=_device
    ),
    currency(
        "currency code", "currency", "code de devise", "code de la devise", "devise",
        "code devise", "wahrungscode", "wahrung", "codigo de moneda", "codice valuta",
        "customer.currency code", "customer currency code",
    ),
    metric(
        "ad_impressions", "impr.", "impr", "impressions", "impressionen", "impresiones",
        "impressioni", "metrics.impressions",
    ),
    metric("ad_clicks", "clicks", "clics", "klicks", "clic", "metrics.clicks"),
    metric("cost_media", "cost", "cout", "couts", "kosten", "coste", "costo"),
    metric("cost_media", "cost micros", "metrics.cost micros", scale=MICROS, rank=1),
    metric(
        "ad_conversions", "conversions", "conv.", "conversiones", "conversioni",
        "metrics.conversions",
    ),
    metric(
        "ad_conversions", "all conv.", "all conversions", "toutes les conv.",
        "toutes les conversions", "alle conv.", "metrics.all conversions",
        rank=1,
    ),
    metric(
        "ad_revenue", "conv. value", "conversion value", "total conv. value", "conversions value",
        "valeur de conv.", "valeur conv.", "valeur des conv.", "valeur des conversions",
        "valeur de conversion", "valeur de conv. totale", "valeur totale de conv.", "conv.-wert",
        "valor de conv.", "valore conv.", "metrics.conversions value",
    ),
    metric(
        "ad_revenue", "all conv. value", "valeur de toutes les conv.",
        "valeur de toutes les conversions", "metrics.all conversions value",
        rank=1,
    ),
    note(
        "campaign status", "campaign state", "etat de la campagne", "etat", "statut",
        "statut de la campagne", "status", "kampagnenstatus", "status reasons",
        "raisons de l'etat", "motifs de l'etat", "ad group", "groupe d'annonces", "anzeigengruppe",
        "keyword", "mot cle", "search keyword", "mot cle pour le reseau de recherche",
        "budget type", "type de budget", "bid strategy type", "type de strategie d'encheres",
        "account name", "account", "nom du compte", "compte", "campaign.status",
        like=r"^network|^reseau",
    ),
)  # fmt: skip
SIGNS = frozenset(
    {"impr.", "currency code", "code de devise", "code de la devise", "campaign type"}
)
SIGNS |= frozenset(
    {"type de campagne", "cost micros", "metrics.cost micros", "avg. cpc", "cpc moy."}
)
SIGNS |= frozenset({"campaign status", "campaign state", "etat de la campagne", "conv. value"})


def _recognise(document: Document, context: Context) -> float:
    titles: list[str] = []
    for line in document.lines[:SEARCHED_LINES]:
        targets = {column.target for column in declared(COLUMNS, line.cells) if column}
        if "cost_media" in targets and targets & {"ad_impressions", "ad_clicks"}:
            return _certainty(targets, titles, {header_key(cell) for cell in line.cells})
        titles.append(text_of(line))
    return 0.0


def _certainty(targets: set[str], titles: list[str], headers: set[str]) -> float:
    if "campaign" not in targets and not titles:
        return 0.55 if headers & SIGNS else 0.0
    if any(find_range(title) for title in titles):
        return 0.96
    return 0.8 if headers & SIGNS else 0.6


def _period(table: Table, context: Context) -> Span | None:
    for title in reversed(table.titles):
        span = find_range(title, context.order)
        if span:
            return span
    return None


def _micros(table: Table, context: Context) -> None:
    """Reports of the old API give amounts in millionths under the plain name "Cost"."""
    if not any(API_REPORT.search(fold(title)) for title in table.titles):
        return
    table.columns = [
        replace(column, scale=Decimal(MICROS))
        if column is not None and column.target == "cost_media"
        else column
        for column in table.columns
    ]


LAYOUT = Layout(
    key="google_ads",
    feed="Google Ads",
    recognise=_recognise,
    columns=COLUMNS,
    period_of=_period,
    notice=_micros,
)
