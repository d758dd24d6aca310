"""Google Ads: reports as they are downloaded, the cards of the overview, and the API's columns.

The title and the line of dates stand above the header, totals rows ("Total: Campaigns",
"Total – Compte", …) below the data; the overview's cards have neither. The campaign's type gives
its channel: search, shopping, smart, local and hotel campaigns are paid search; display and video
are display; Performance Max, Demand Gen and app campaigns run over several networks and count as
other, where GA4 puts their sessions too ("Cross-network"). Keywords and search terms are paid
search, networks have the channel of their name. Rows of one campaign and day (ad groups, keywords,
hours) are added up. Search terms leave out the rare ones: they are a part, never a total, and kept
apart from the figures of the campaigns ("not set" as a page and as a segment).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from metrics.imports.advertising import period_above, targets_of
from metrics.imports.context import Context
from metrics.imports.dimensions import UNASSIGNED
from metrics.imports.folding import fold
from metrics.imports.google_card_signs import certainty_of_cards
from metrics.imports.google_cards import is_card_of_changes, is_of_known_people, look_at_card
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
from metrics.imports.parsed import NOT_SET
from metrics.imports.places import read_audience, read_campaign, read_device
from metrics.imports.reading import Document
from metrics.imports.signs import TITLED, Signs, certainty
from metrics.imports.table import Table

MICROS = "0.000001"
API_REPORT = re.compile(r"[a-z]+_performance_report")
TYPES = (
    (
        "other",
        r"performances? max|maximo rendimiento|massimo rendimento|demand gen"
        r"|gener\w* (de |di )?(la )?(demand[ae]|domanda)|discovery|decouverte",
    ),
    ("other", r"^apps?\b|application|aplicacion|multi[ _]channel|multi-?cana(ux|l)"),
    (
        "paid_search",
        r"search|recherche|suche|busqueda|ricerca|shopping|smart|intelligente|inteligente|local",
    ),
    ("paid_search", r"^hotel|hebergement|travel"),
    ("display", r"display|video|youtube"),
)
NETWORK_TYPES = (
    ("other", r"cross|inter-?reseaux|netzwerkubergreifend|mixed"),
    ("display", r"display|youtube|video|gmail|discover|content|contenu"),
    ("paid_search", r"search|recherche|suchnetzwerk|suche|busqueda|ricerca|suchpartner"),
)


def _type(cell: str, context: Context) -> Assigned:
    return _channel_by(TYPES, cell)


def _network(cell: str, context: Context) -> Assigned:
    return _channel_by(NETWORK_TYPES, cell)


def _channel_by(kinds: Sequence[tuple[str, str]], cell: str) -> Assigned:
    folded = fold(cell).replace("_", " ")
    if not folded or folded in UNASSIGNED:
        return {"channel": NOT_SET}
    return {"channel": next((key for key, shape in kinds if re.search(shape, folded)), "other")}


def _paid_search(cell: str, context: Context) -> Assigned:
    return {"channel": "paid_search"}


def _term(cell: str, context: Context) -> Assigned:
    """A part of its own: added up over the terms, and never beside the campaigns' own figures."""
    return {"channel": "paid_search", "asset": NOT_SET, "audience": NOT_SET}


def _lone_keyword(cell: str, context: Context) -> Assigned:
    """A part that is neither the campaigns nor the search terms."""
    return {**_term(cell, context), "campaign": NOT_SET}


COLUMNS: tuple[Column, ...] = (
    when("day", "day", "jour", "date", "tag", "datum", "dia", "fecha", "giorno", "data",
         "segments.date", "segments date"),
    when("week", "week", "week of", "week starting", "semaine", "semaine du", "woche", "woche vom",
         "semana", "semana del", "settimana", "settimana del", "segments.week"),
    when("month", "month", "mois", "monat", "mes", "mese", "segments.month"),
    when("quarter", "quarter", "trimestre", "quartal", "segments.quarter"),
    when("year", "year", "annee", "jahr", "ano", "anno", "segments.year"),
    dimension(
        "campaign", "campaign", "campagne", "kampagne", "campana", "campagna", "campaign name",
        "nom de la campagne", "nom de campagne", "kampagnenname", "nombre de la campana",
        "nombre de campana", "nome campagna", "nome della campagna", "campaign.name",
        read=read_campaign,
    ),
    dimension(
        "campaign_type", "campaign type", "type de campagne", "kampagnentyp", "tipo de campana",
        "tipo di campagna", "tipo campagna", "advertising channel", "advertising channel type",
        "campaign.advertising channel type", "campaign.advertisingchanneltype",
        "campaign advertising channel type",
        read=_type,
    ),
    dimension(
        "device", "device", "devices", "appareil", "appareils", "gerat", "gerate", "dispositivo",
        "dispositivos", "dispositivi", "segments.device", "segments device",
        read=read_device,
    ),
    dimension(
        "location", "country/territory", "country", "pays/territoire", "pays", "land/gebiet",
        "land", "pais/territorio", "pais", "paese/territorio", "paese",
        read=read_audience,
    ),
    dimension(
        "location", "location", "location name", "matched location", "targeted location",
        "user location",
        "most specific location", "region", "city", "lieu", "zone", "zone geographique",
        "emplacement", "zone correspondante", "zone cible", "zone ciblee", "zone de l'utilisateur",
        "standort", "ubereinstimmender standort", "nutzerstandort", "ubicacion",
        "ubicacion coincidente", "ubicacion del usuario", "localita", "posizione",
        "localita corrispondente", "localita utente", "ville", "stadt", "ciudad", "citta",
        "nom de la zone geographique", "nom du lieu", "standortname", "nombre de la ubicacion",
        read=read_audience, rank=1,
    ),
    dimension(
        "search_term", "search term", "searches", "search", "terme de recherche", "recherches",
        "recherche", "suchbegriff", "suchanfragen", "termino de busqueda", "busquedas",
        "termine di ricerca", "ricerche", "search term view.search term",
        "rechercher",
        read=_term,
    ),
    dimension(
        "keyword", "search keyword", "search keywords", "keyword", "mot cle",
        "mot-cle", "mot cle pour le reseau de recherche", "mot cle du reseau de recherche",
        "suchkeyword", "keyword fur suchnetzwerk", "palabra clave",
        "palabra clave de la red de busqueda", "palabra clave de busqueda",
        "parola chiave", "parola chiave per la rete di ricerca", "parola chiave di ricerca",
        "ad group criterion.keyword.text",
        read=_paid_search,
    ),
    dimension(
        "network", "network", "networks", "reseau", "reseaux", "netzwerk", "werbenetzwerk",
        "red", "redes", "rete", "reti", "segments.ad network type", "ad network type",
        like=r"^network \(|^reseau \(",
    ),
    dimension("word", "word", "mot", "wort", "palabra", "parola"),
    dimension("hour", "start hour", "hour", "hour of the day", "heure de debut", "heure",
              "heure de la journee", "startstunde", "stunde", "hora", "hora de inicio", "ora"),
    dimension("age", "age range", "age", "tranche d'age", "altersgruppe", "rango de edad",
              "edad", "fascia d'eta"),
    dimension("gender", "gender", "sexe", "geschlecht", "sexo", "sesso", "genre"),
    currency(
        "currency code", "currency", "code de devise", "code de la devise", "devise",
        "code devise", "wahrungscode", "wahrung", "codigo de moneda", "moneda", "codice valuta",
        "valuta", "customer.currency code", "customer currency code", "customer.currencycode",
    ),
    metric(
        "ad_impressions", "impr.", "impr", "impressions", "impressionen", "impresiones",
        "impressioni", "metrics.impressions", "metrics impressions",
    ),
    metric(
        "ad_clicks", "clicks", "clics", "klicks", "clic", "metrics.clicks", "metrics clicks"
    ),
    metric("cost_media", "cost", "cout", "couts", "kosten", "coste", "costo"),
    metric(
        "cost_media", "cost micros", "metrics.cost micros", "metrics.costmicros",
        "metrics cost micros",
        scale=MICROS, rank=1,
    ),
    metric(
        "ad_conversions", "conversions", "conv.", "conversiones", "conversioni",
        "metrics.conversions", "metrics conversions",
    ),
    metric(
        "ad_conversions", "all conv.", "all conversions", "toutes les conv.",
        "toutes les conversions", "alle conv.", "alle conversions", "todas las conv.",
        "tutte le conv.", "metrics.all conversions", "metrics.allconversions",
        rank=1,
    ),
    metric(
        "ad_revenue", "conv. value", "conversion value", "total conv. value", "conversions value",
        "valeur de conv.", "valeur conv.", "valeur des conv.", "valeur des conversions",
        "valeur de conversion", "valeur de conv. totale", "valeur totale de conv.", "conv.-wert",
        "conversion-wert", "valor de conv.", "valor de conversion", "valore conv.",
        "valore di conversione", "metrics.conversions value", "metrics.conversionsvalue",
        "metrics conversions value",
    ),
    metric(
        "ad_revenue", "all conv. value", "valeur de toutes les conv.",
        "valeur de toutes les conversions", "wert aller conv.", "valor de todas las conv.",
        "valore di tutte le conv.", "metrics.all conversions value", "metrics.allconversionsvalue",
        rank=1,
    ),
    metric("ad_revenue", "revenue", "revenu", "revenus", "umsatz", "ingresos", "ricavi", rank=2),
    note(
        "campaign status", "campaign state", "etat de la campagne", "etat", "statut",
        "statut de la campagne", "status", "kampagnenstatus", "estado de la campana",
        "stato campagna", "stato della campagna", "status reasons",
        "raisons de l'etat", "motifs de l'etat", "ad group", "groupe d'annonces", "anzeigengruppe",
        "grupo de anuncios", "gruppo di annunci", "ad group.name", "match type",
        "budget type", "type de budget", "bid strategy type", "type de strategie d'encheres",
        "account name", "account", "nom du compte", "compte", "campaign.status", "campaign.id",
        "interactions", "keyword status", "keyword id", "campaign id",
    ),
)  # fmt: skip

SIGNS = Signs(
    needs=(
        frozenset({"cost_media"}),
        frozenset({"ad_impressions", "ad_clicks", "ad_conversions"}),
    ),
    headers=(
        r"impr\.|currency code|code de (la )?devise|wahrungscode|codigo de moneda|codice valuta"
        r"|campaign type|type de campagne|kampagnentyp|tipo (de|di) campa(na|gna)|tipo campagna"
        r"|(metrics[. ])?cost ?micros|avg\. (cpc|cpm|cost|cpv)|cpc moy\.|cout moy\.|durchschn\. cpc"
        r"|cpc medio|cpc prom\.|campaign (status|state)|etat de la campagne|kampagnenstatus"
        r"|conv\. (value|rate)|cost / (all )?conv\.|cout/conv\.|kosten/conv\.|all conv\.|ctr"
        r"|(segments|metrics|campaign)\..*|search impr\. share|(search )?keywords?|interaction rate"
        r"|impr\. \((abs\. )?top\) %|view-through conv\.|match type|networks?|reseaux?|rechercher"
        r"|.*\((comparison|comparaison|vergleich|comparacion|confronto)\)|top containing quer.*"
        r"|search(es)?|recherches?|suchanfragen|busquedas|ricerche"
        r"|principales requetes contenant.*"
    ),
    title=(
        r"\breports?\b|\brapport\b|bericht|\binforme\b|campaign performance|time series"
        r"|serie chronologique|\d{4} *[-–] .*\d{4}|all time|toute la periode"
        r"|[a-z]+_performance_report"
    ),
    lacks=(
        r"amount spent.*|reporting starts|total spent|gregorian date|spend|.*\(destination\)"
        r"|.*\(destino\)|.*\(destinazione\)|by (day|week|month)|adset name"
        r"|[26]-second .*|primary status|channel|canal|source|medium|platform|plateforme"
        r"|source ?/ ?(medium|support)|utm .*|sessions|leads?|mqls?|users|utilisateurs"
    ),
    alone=0.62,
)


def _columns(header: Sequence[str], context: Context) -> list[Column | None]:
    """A network or a keyword gives the channel only where no campaign says it.

    Keywords without their campaigns are a part: other campaigns have none, and a list may be cut.
    """
    columns = declared(COLUMNS, header)
    targets = targets_of(columns)
    if "keyword" in targets and "campaign" not in targets:
        columns = [
            replace(column, read=_lone_keyword)
            if column is not None and column.target == "keyword"
            else column
            for column in columns
        ]
    if "network" in targets and not targets & {"campaign", "campaign_type"}:
        columns = [
            replace(column, read=_network)
            if column is not None and column.target == "network"
            else column
            for column in columns
        ]
    return columns


def _recognise(document: Document, context: Context) -> float:
    sure = certainty(document, COLUMNS, SIGNS)
    sure = max(sure, certainty_of_cards(document, COLUMNS, SIGNS))
    return min(sure, 0.96) if sure == TITLED else sure


def _notice(table: Table, context: Context) -> None:
    _take_micros(table)
    look_at_card(table)
    if "search_term" in targets_of(table.columns):
        context.warn(
            "search_terms_hidden",
            _(
                "Google Ads hides rare search terms: these rows are imported as a part and never "
                "taken for the account's total."
            ),
        )


def _take_micros(table: Table) -> None:
    """Reports of the old API give amounts in millionths under the plain name "Cost"."""
    if not any(API_REPORT.search(fold(title)) for title in table.titles):
        return
    table.columns = [
        replace(column, scale=Decimal(MICROS))
        if column is not None and column.target == "cost_media"
        else column
        for column in table.columns
    ]


def _is_part(table: Table, context: Context) -> bool:
    """Searches leave out the rare ones, keywords what has none, changes what changed little.

    The card of ages knows only some people, that of places only the ones it lists.
    """
    targets = targets_of(table.columns)
    lone = "keyword" in targets and "campaign" not in targets
    bare = "location" in targets and not targets & {"campaign", "cost_media"}
    part = is_card_of_changes(table) or is_of_known_people(table)
    return lone or bare or part or "search_term" in targets


LAYOUT = Layout(
    key="google_ads",
    feed="Google Ads",
    recognise=_recognise,
    columns=COLUMNS,
    resolve=_columns,
    period_of=period_above,
    is_part=_is_part,
    notice=_notice,
)
