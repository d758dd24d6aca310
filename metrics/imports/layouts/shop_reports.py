"""Reports of a shop's own analytics: Shopify's sales and sessions, WooCommerce's revenue.

Sales are what was sold less discounts and returns: the total with taxes and shipping, as the list
of orders gives it; without it the net sales, without those the gross ones. Visitors keep their own
day. Where visits come from is their channel; products, hours and referrers by name are added up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from metrics.imports.context import Context
from metrics.imports.dimensions import channel_of
from metrics.imports.folding import fold, header_key
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
from metrics.imports.places import read_asset, read_audience, read_device
from metrics.imports.reading import Document

SEARCHED_LINES = 10
SURE = 0.86
OWN = re.compile(
    r"online store visitors|visiteurs de la boutique en ligne|onlines(hop|tore)-besucher"
    r"|visitantes de la tienda online|visitatori (del negozio|dello store) online"
    r"|sessions (that (reached|completed) checkout|with cart additions|converted)"
    r"|(reached|completed) checkout sessions|session (device type|country)|landing page path"
    r"|referr(er|ing) (source|channel)|referrer name|net items sold"
    r"|sessions (ayant|avec) .*(paiement|panier).*"
)
"""Headers that only a shop's analytics write."""
SALES = re.compile(
    r"(gross|net|total) sales|ventes (brutes|nettes|totales)|(brutto|netto|gesamt)umsatz"
    r"|ventas (brutas|netas|totales)|vendite (lorde|nette|totali)|discounts|returns|coupons"
    r"|remises|retours|rabatte|retouren|descuentos|devoluciones|sconti|resi"
)
"""Headers of which two stand together in reports of sales, and one in any table."""
SOURCES = {"search": "organic", "recherche": "organic", "suche": "organic", "busqueda": "organic",
           "ricerca": "organic"}  # fmt: skip
WHERE = frozenset(
    {"day", "week", "month", "channel", "device", "country", "landing_page", "product"}
)


def _source(cell: str, context: Context) -> Assigned:
    folded = fold(cell)
    if not folded or folded in {"unknown", "inconnu", "none", "unbekannt"}:
        return {"channel": NOT_SET}
    found = SOURCES.get(folded) or channel_of(cell, context.workspace.channels)
    return {"channel": found or "other"}


COLUMNS: tuple[Column, ...] = (
    when("day", "day", "date", "jour", "tag", "datum", "dia", "fecha", "giorno", "data"),
    when("week", "week", "semaine", "woche", "semana", "settimana"),
    when("month", "month", "mois", "monat", "mes", "mese"),
    dimension(
        "channel", "referrer source", "referring channel", "traffic source",
        "traffic referrer source",
        "source du referent", "source de reference", "canal de reference", "source de trafic",
        "verweisquelle", "fuente de referencia", "origine del referral",
        read=_source,
    ),
    dimension(
        "device", "session device type", "device type", "device", "type d'appareil de la session",
        "type d'appareil", "geratetyp", "tipo de dispositivo", "tipo di dispositivo",
        read=read_device,
    ),
    dimension(
        "country", "session country", "billing country", "shipping country", "country",
        "pays de la session", "pays de facturation", "pays", "land", "pais", "paese",
        read=read_audience,
    ),
    dimension(
        "landing_page", "landing page path", "landing page", "landing page url",
        "page de destination",
        read=read_asset, also={"sessions": "page_sessions", "visitors": "page_visitors"},
    ),
    dimension("product", "product title", "product name", "product", "product type",
              "product vendor", "titre du produit", "produit", "produkttitel",
              "titulo del producto", "titolo prodotto"),
    dimension("referrer", "referrer name", "referrer url", "referring category", "nom du referent"),
    dimension("hour", "hour", "hour of day", "heure", "stunde", "hora", "ora"),
    currency("currency", "devise", "wahrung", "moneda", "valuta"),
    metric("orders", "orders", "commandes", "bestellungen", "pedidos", "ordini"),
    metric("revenue", "total sales", "ventes totales", "gesamtumsatz", "ventas totales",
           "vendite totali"),
    metric("revenue", "net sales", "ventes nettes", "nettoumsatz", "ventas netas",
           "vendite nette", rank=1),
    metric("revenue", "gross sales", "ventes brutes", "bruttoumsatz", "ventas brutas",
           "vendite lorde", rank=2),
    metric("sessions", "sessions", "sitzungen", "sesiones", "sessioni"),
    metric(
        "visitors", "online store visitors", "visitors", "visiteurs de la boutique en ligne",
        "visiteurs", "onlineshop-besucher", "onlinestore-besucher",
        "visitantes de la tienda online", "visitatori del negozio online",
        "visitatori dello store online",
    ),
    metric("pageviews", "pageviews", "page views", "pages vues"),
    note("shipping", "taxes", "tax", "duties", "tips", "net items sold", "units per transaction"),
)  # fmt: skip


def _columns(header: Sequence[str], context: Context) -> list[Column | None]:
    """A comparison stands beside the figures under the same names: "Total sales (previous)"."""
    columns = declared(COLUMNS, header)
    return [
        Column(Kind.NOTE, "") if column and "previous" in fold(cell) else column
        for cell, column in zip(header, columns, strict=True)
    ]


def _recognise(document: Document, context: Context) -> float:
    for line in document.lines[:SEARCHED_LINES]:
        found = {one.target for one in declared(COLUMNS, line.cells) if one and one.target}
        keys = [header_key(cell).replace("_", " ") for cell in line.cells]
        sold = sum(bool(SALES.fullmatch(key)) for key in keys) > 1 and "revenue" in found
        own = any(OWN.fullmatch(key) for key in keys) and found & {
            "sessions",
            "visitors",
            "revenue",
        }
        if found & WHERE and (sold or own):
            return SURE
    return 0.0


LAYOUT = Layout(
    key="shop_reports",
    feed="Shop analytics",
    recognise=_recognise,
    columns=COLUMNS,
    resolve=_columns,
)
