"""What a column of a table kept by hand may be for besides a metric: its date, channel, page, …"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from accounts.csv_cells import plain_text
from metrics.imports.choices import CREATE
from metrics.imports.context import Context
from metrics.imports.dimensions import channel_of, device_of
from metrics.imports.folding import fold
from metrics.imports.layout import Assigned, Column, Kind, dimension, when
from metrics.imports.parsed import NOT_SET

Read = Callable[[str, Context], Assigned | None]


ALL = frozenset(
    {
        "total", "totals", "totaux", "all", "(all)", "all channels", "all devices", "all traffic",
        "overall", "tous", "toutes", "tout", "tous canaux", "tous les canaux", "tous appareils",
        "tous les appareils", "ensemble", "global", "alle", "gesamt", "alle kanale", "alle gerate",
        "todos", "todas", "todos los canales", "tutti", "totale", "tutti i canali",
    }
)  # fmt: skip
"""What a breakdown's column says on rows that are not broken down."""


def read_channel(cell: str, context: Context) -> Assigned | None:
    """A channel by key or name; nothing where the cell is empty: the row is a total."""
    if not cell:
        return {}
    if (said := context.said("channel", cell)) is not None:
        return {"channel": plain_text(cell) if said == CREATE else said}
    channel = channel_of(cell, context.workspace.channels)
    if channel is None and fold(cell) in ALL:
        return {}
    return {"channel": channel} if channel else None


def read_device(cell: str, context: Context) -> Assigned | None:
    """A device by key or name."""
    if not cell:
        return {}
    device = context.said("device", cell) or device_of(cell)
    if device is None and fold(cell) in ALL:
        return {}
    return {"device": device} if device else None


def _named(role: str) -> Read:
    def read(cell: str, context: Context) -> Assigned | None:
        if not cell:
            return {}
        return {role: NOT_SET if fold(cell) in {"not_set", "(not set)"} else plain_text(cell)}

    return read


WORLD = frozenset({"world", "monde", "le monde", "welt", "mundo", "mondo", "owid wrl", "owid_wrl"})
"""What published tables call the whole that their countries are parts of."""


def _read_country(cell: str, context: Context) -> Assigned:
    """A country as a segment; the world is the total of its row's day."""
    if not cell or fold(cell) in WORLD:
        return {}
    return {"audience": plain_text(cell)}


ROLES: tuple[Column, ...] = (
    when(
        "day", "date", "jour", "day", "periode", "period", "datum", "start", "start date", "debut",
        "date de debut", "date debut", "du", "date du jour", "fecha", "data", "tag", "dia",
        "giorno", "zeitraum", "periodo",
    ),
    when("end", "end", "end date", "fin", "date de fin", "date fin", "au"),
    when(
        "week", "week", "semaine", "woche", "kalenderwoche", "kw", "semana", "settimana",
        "week number", "numero de semaine", "iso week", "week start", "week start date",
        "week starting", "week beginning", "week commencing", "week of", "semaine du",
        "debut de semaine", "debut semaine", "date week", "woche ab", "semana del",
    ),
    when("month", "month", "mois", "monat", "mes", "mese"),
    when("quarter", "quarter", "trimestre", "quartal"),
    when("year", "year", "annee", "exercice", "jahr", "ano", "anno", "fiscal year"),
    Column(
        Kind.METRIC_NAME,
        "metric",
        (
            "metric", "metrique", "indicateur", "kpi", "metric key", "mesure", "measure",
            "indicator", "metric name", "metrica", "indicador", "metrik", "kennzahl",
            "indicatore",
        ),
    ),
    Column(
        Kind.VALUE,
        "value",
        (
            "value", "valeur", "values", "valeurs", "resultat", "realise", "metric value",
            "valor", "wert", "valore",
        ),
    ),
    dimension(
        "channel", "channel", "canal", "canal marketing", "canaux", "marketing channel",
        "acquisition channel", "channel name", "channel group", "kanal", "canale",
        "canal d'acquisition", "traffic channel",
        read=read_channel,
    ),
    dimension(
        "campaign", "campaign", "campagne", "campaign name", "nom de la campagne",
        "nom de campagne", "kampagne", "campana", "campagna", "campanha",
        read=_named("campaign"),
    ),
    dimension(
        "device", "device", "appareil", "terminal", "device category", "type d'appareil",
        "device type", "gerat", "dispositivo",
        read=read_device,
    ),
    dimension(
        "asset", "asset", "page", "contenu", "content", "landing page", "page ou contenu",
        "page or asset", "support", read=_named("asset"),
    ),
    dimension(
        "audience", "audience", "segment", "segment d'audience", "audience segment", "cible",
        read=_named("audience"),
    ),
    dimension(
        "audience", "entity", "country", "country name", "pays", "geo", "land", "paese",
        read=_read_country, rank=1,
    ),
    Column(Kind.CURRENCY, "currency", ("currency", "devise", "currency code", "monnaie")),
    Column(
        Kind.NOTE,
        "",
        (
            "note", "notes", "comment", "comments", "commentaire", "commentaires", "remarque",
            "unit", "unite", "source", "feed", "flux", "owner", "responsable", "supplier",
            "fournisseur", "rhythm", "rythme", "share by", "share_by", "line",
        ),
    ),
)  # fmt: skip

BY_TARGET: Mapping[str, Column] = {column.target: column for column in ROLES if column.target} | {
    "date": ROLES[0]
}


def role_named(key: str) -> Column | None:
    """The role whose names hold this folded header."""
    return next((column for column in ROLES if key in column.names), None)
