"""Google Analytics 4: the CSV of a report, a snapshot of several cards, or an exploration.

What is read as what:

- Users are unique visitors over the report's own span; they are never added up. Total users are
  taken before active users. A grand total row gives the site's own number.
- Bounced sessions are sessions − engaged sessions (GA4 has no other bounce).
- Time on site is the average session duration × sessions where the report has it, else GA4's
  engagement time, which counts only the time a page is in front: a warning says so.
- Total revenue and purchases are taken where they are above zero: a site without a shop prints 0.
- Landing pages and pages are assets. Pages, and events by name, are told apart from landing pages
  by a second dimension that is "not set", so that two reports of one month are never added.
- Dimensions that facts do not have (city, browser, …) are added up where nothing better is there.
- An exploration with a dimension in its columns is turned into rows; of segments beside each
  other, which overlap, one is taken.
- The API's names ("sessionDefaultChannelGroup") are read as the words they are made of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from metrics.imports import breakdowns
from metrics.imports.breakdowns import split_by_type
from metrics.imports.context import Context
from metrics.imports.cut_lists import falls_short, set_larger_row_aside
from metrics.imports.dates import find_range
from metrics.imports.dimensions import (
    UNASSIGNED,
    channel_of,
    channel_of_medium,
    channel_of_source,
)
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
    product,
    when,
)
from metrics.imports.parsed import NOT_SET, Span
from metrics.imports.pivot import unpivoted
from metrics.imports.places import (
    or_not_set,
    read_asset,
    read_audience,
    read_device,
)
from metrics.imports.reading import Document
from metrics.imports.segments import keep_one_segment
from metrics.imports.table import Table, tables_of, text_of

SEARCHED_LINES = 200
PLACES = Decimal("0.00000001")
STARTS = re.compile(r"(?:start|debut|anfang|beginn|inicio|inizio)[^\d]*(\d{8}|\d{4}-\d{2}-\d{2})")
ENDS = re.compile(r"(?:end|fin|ende|fine)\b[^\d]*(\d{8}|\d{4}-\d{2}-\d{2})")
BOTH = re.compile(r"(\d{8})\s*-\s*(\d{8})")
CHANNEL_GROUP = (
    r"channel group|groupe(s|ment)? de canaux|regroupement de canaux|channelgruppe|channel-gruppe"
    r"|grupos? de canales|gruppo di canali|channelgrouping|canal par defaut"
)
NO_CAMPAIGN = frozenset(
    {"(direct)", "(organic)", "(referral)", "(none)", "(cross-network)", "(ai-assistant)", ""}
)


def _channel(cell: str, context: Context) -> Assigned:
    if not cell:
        return {"channel": NOT_SET}
    channel = channel_of(cell, context.workspace.channels)
    if channel is None:
        context.warn(
            "channel_unknown",
            _(
                "The channel group “%(name)s” is none of the workspace's channels: it counts as "
                "other."
            )
            % {"name": cell},
        )
    return {"channel": channel or "other"}


def _source(cell: str, context: Context) -> Assigned:
    return {"channel": channel_of_source(cell)}


def _medium(cell: str, context: Context) -> Assigned:
    return {"channel": channel_of_medium(cell)}


def _campaign(cell: str, context: Context) -> Assigned:
    folded = fold(cell)
    return {"campaign": NOT_SET if folded in NO_CAMPAIGN or folded in UNASSIGNED else cell}


def _page(cell: str, context: Context) -> Assigned:
    return {"asset": or_not_set(cell), "audience": NOT_SET}


def _event(cell: str, context: Context) -> Assigned:
    return {"asset": or_not_set(cell), "audience": NOT_SET, "campaign": NOT_SET}


OF_A_PAGE = ("pageviews", "visitors", "conversions", "revenue")
"""What pages divide among them. A visit has many pages: visits by page add up to too many."""

COLUMNS: tuple[Column, ...] = (
    *breakdowns.COLUMNS,
    when("nth_day", like=r"\bnth day\b|\bn.{0,6}jour\b|n-?te[rn]? tag|^dia n|^giorno n"),
    when("nth_week", like=r"\bnth week\b|\bn.{0,6}semaine\b|n-?te woche|^semana n|^settimana n"),
    when("nth_month", like=r"\bnth month\b|\bn.{0,6}mois\b|n-?ter monat|^mes n|^mese n"),
    when("day", "date", "jour", "day", "datum", "fecha", "data", like=r"^date \+ (hour|heure)"),
    when("week", "iso week of iso year", "iso year iso week", "semaine iso de l'annee iso"),
    when("month", "year month", "annee et mois", "mois et annee", "month year", "jahr/monat"),
    dimension(
        "channel",
        like=rf"(first user|premier|1er|initial|nouvel|erst|primer|primo).*({CHANNEL_GROUP})",
        rank=1,
        read=_channel,
    ),
    dimension("channel", like=CHANNEL_GROUP, read=_channel),
    dimension(
        "source_medium",
        like=r"source ?/ ?(medium|support|medio|mezzo)|quelle ?/ ?medium|source medium$",
        read=_source,
    ),
    dimension("medium", like=r"\bmedium$|^medium\b|^support\b", read=_medium),
    note(like=r"campaign id|id de (la )?campagne|id de campagne"),
    dimension("campaign", like=r"campaign|campagne|kampagne|campana|campagna", read=_campaign),
    dimension(
        "device",
        "device category", "device", "device type", "categorie d'appareil",
        "categorie de l'appareil", "appareil",
        "geratekategorie", "categoria de dispositivo", "categoria dispositivo",
        read=read_device,
    ),
    dimension(
        "landing_page",
        like=r"landing page|page de destination|zielseite|pagina (de destino|di destinazione)",
        read=read_asset,
        also={"sessions": "page_sessions", "visitors": "page_visitors"},
    ),
    dimension(
        "page",
        "unified screen class", "unified screen name", "page",
        like=r"^page (path|title|location)|page path|chemin de (la )?page|titre de (la )?page"
        r"|seitenpfad|seitentitel|ruta de (la )?pagina|percorso pagina",
        read=_page, only=OF_A_PAGE,
    ),
    dimension(
        "event", "event name", "nom de l'evenement", "nom d'evenement", "ereignisname",
        "nombre del evento", "nome evento",
        read=_event, only=("conversions", "revenue"),
    ),
    dimension(
        "country", "country", "country id", "pays", "land", "pais", "paese", read=read_audience
    ),
    note(
        like=r"^(google ads|organic google search|search ads 360) (clicks|cost|impressions)"
        r"|^event count|^nombre d'evenements|^ereignisanzahl|^(numero|recuento) de eventos"
        r"|^conteggio eventi"
    ),
    metric("sessions", "sessions", "sitzungen", "sesiones", "sessioni"),
    metric(
        "visitors", "total users", "nombre total d'utilisateurs", "total des utilisateurs",
        "utilisateurs au total", "total d'utilisateurs", "nutzer insgesamt", "total de usuarios",
        "totale utenti",
    ),
    metric(
        "visitors", "active users", "utilisateurs actifs", "aktive nutzer", "usuarios activos",
        "utenti attivi", rank=1,
    ),
    metric("visitors", "users", "utilisateurs", "nutzer", "usuarios", "utenti", rank=2),
    metric(
        "new_visitors", "new users", "nouveaux utilisateurs", "neue nutzer", "usuarios nuevos",
        "nuevos usuarios", "nuovi utenti",
    ),
    metric(
        "returning_visitors", "returning users", "utilisateurs connus", "utilisateurs de retour",
        "utilisateurs recurrents", "wiederkehrende nutzer", "usuarios recurrentes",
    ),
    metric(
        "pageviews", "views", "vues", "page views", "pageviews", "vues de page", "pages vues",
        "aufrufe", "vistas", "visualizzazioni", "screen page views",
    ),
    metric(
        "conversions", "key events", "evenements cles", "conversions", "schlusselereignisse",
        "eventos clave", "eventi chiave", "conversiones", "conversioni",
    ),
    measure(
        "engaged", "engaged sessions", "sessions avec engagement", "sessions engagees",
        "sitzungen mit interaktionen", "sesiones con interaccion", "sessioni con coinvolgimento",
    ),
    measure(
        "bounce_rate", "bounce rate", "taux de rebond", "absprungrate", "porcentaje de rebote",
        "frequenza di rimbalzo",
    ),
    measure("engagement_rate", "engagement rate", "taux d'engagement", "engagement-rate",
            "porcentaje de interaccion", "tasso di coinvolgimento"),
    measure(
        "session_duration", "average session duration", "duree moyenne des sessions",
        "duree moyenne de session", "duree moyenne de la session", "duree de session moyenne",
        "durchschnittliche sitzungsdauer", "duracion media de la sesion", "durata media sessione",
        duration=True,
    ),
    measure(
        "engagement_time", "user engagement", "engagement utilisateur", "user engagement duration",
        duration=True,
    ),
    measure(
        "engagement_per_session",
        like=r"(average|avg).*engagement.* per session|engagement moyenn?e? par session"
        r"|moyenn?e? d'engagement par session",
        duration=True,
    ),
    measure(
        "total_revenue", "total revenue", "revenu total", "revenus totaux", "gesamtumsatz",
        "chiffre d'affaires total", "ingresos totales", "entrate totali", "purchase revenue",
    ),
    measure(
        "purchases", "transactions", "ecommerce purchases", "achats e-commerce", "purchases",
        "e-commerce-kaufe", "compras", "acquisti",
    ),
)  # fmt: skip


WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
"""Where the API's names ("totalUsers") join their words."""


def _in_words(header: Sequence[str]) -> list[str]:
    return [cell if " " in cell else WORDS.sub(" ", cell) for cell in header]


def _columns(header: Sequence[str], context: Context) -> list[Column | None]:
    """The declared columns; what is unknown left of the first figure is a dimension."""
    columns = declared(COLUMNS, _in_words(header))
    first = next((i for i, column in enumerate(columns) if column and column.is_number), 0)
    for index in range(first):
        if columns[index] is None and header[index]:
            columns[index] = dimension(f"other:{header_key(header[index])}")
    return columns


def _recognise(document: Document, context: Context) -> float:
    comments = [fold(text_of(line)) for line in document.comments]
    sure = 0.6 if comments else 0.0
    if any(STARTS.search(text) for text in comments):
        sure = 0.98
    elif any(BOTH.search(text) for text in comments):
        sure = 0.93
    best = 0.0
    for line in document.lines[:SEARCHED_LINES]:
        known = [column for column in declared(COLUMNS, _in_words(line.cells)) if column]
        if line.filled > 1 and any(column.is_number for column in known):
            best = max(best, sure, _without_preamble(known))
    return best


COUNTED_FROM_THE_FIRST_DAY = frozenset({"nth_day", "nth_week", "nth_month"})
"""No other tool counts days so: such a table's first lines were cut off."""


def _without_preamble(known: Sequence[Column]) -> float:
    """How GA4-like a bare table is: dimensions and figures under names that only GA4 uses."""
    targets = {column.target for column in known}
    special = {"channel", "source_medium", "landing_page", "engaged", "engagement_rate"}
    special |= {"engagement_per_session", "nth_day", "event"}
    found = len(targets & special)
    if {breakdowns.TYPE, breakdowns.VALUE} <= targets:
        return 0.9
    if targets & COUNTED_FROM_THE_FIRST_DAY:
        return 0.8
    return 0.85 if found >= 2 else 0.72 if found and "sessions" in targets else 0.0


def _derive(values: Values, context: Context) -> Values:
    found = {key: value for key, value in values.items() if key not in MEASURES}
    bounces = _bounces(values)
    if bounces is not None:
        found.setdefault("bounces", bounces)
    seconds = _seconds(values)
    if seconds is not None:
        found["session_seconds"] = seconds.quantize(PLACES).normalize()
    if values.get("total_revenue"):
        found["revenue"] = values["total_revenue"]
    if values.get("purchases"):
        found["orders"] = values["purchases"]
    return found


MEASURES = frozenset(column.target for column in COLUMNS if column.kind is Kind.MEASURE)


def _bounces(values: Values) -> Decimal | None:
    sessions = values.get("sessions")
    if sessions is None:
        return None
    if "engaged" in values:
        return max(sessions - values["engaged"], Decimal(0))
    if "bounce_rate" in values:
        return _whole(_fraction(values["bounce_rate"]) * sessions)
    if "engagement_rate" in values:
        return sessions - _whole(_fraction(values["engagement_rate"]) * sessions)
    return None


def _fraction(rate: Decimal) -> Decimal:
    return rate / 100 if rate > 1 else rate


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), rounding=ROUND_HALF_UP)


def _seconds(values: Values) -> Decimal | None:
    duration = product(values, "session_duration", "sessions")
    if duration is not None:
        return duration
    if "engagement_time" in values:
        return values["engagement_time"]
    return product(values, "engagement_per_session", "sessions")


def _period(table: Table, context: Context) -> Span | None:
    """The last start and end dates stated above the table."""
    for text in map(fold, reversed(table.titles)):
        if found := BOTH.search(text):
            return find_range(f"{found[1]} {found[2]}")
    starts = [found[1] for text in table.titles if (found := STARTS.search(fold(text)))]
    ends = [found[1] for text in table.titles if (found := ENDS.search(fold(text)))]
    return find_range(f"{starts[-1]} {ends[-1]}") if starts and ends else None


def _tables(document: Document, context: Context) -> list[Table]:
    def resolve(header: Sequence[str]) -> list[Column | None]:
        return _columns(header, context)

    tables = unpivoted(tables_of(document, resolve, comments=True), resolve)
    return [part for table in tables for part in split_by_type(table, resolve)]


def _notice(table: Table, context: Context) -> None:
    keep_one_segment(table, context)
    set_larger_row_aside(table, context)
    targets = {column.target for column in table.columns if column}
    if "engagement_per_session" in targets and not targets & {"session_duration"}:
        context.warn(
            "engagement_time",
            _("Time on site is GA4's engagement time: only the time a page was in front counts."),
        )
    if {"page", "sessions"} <= targets:
        context.warn(
            "visits_by_page",
            _("Visits by page are left out: a visit has several pages, and would count for each."),
        )


LAYOUT = Layout(
    key="ga4",
    feed="GA4",
    recognise=_recognise,
    columns=COLUMNS,
    resolve=_columns,
    tables=_tables,
    derive=_derive,
    period_of=_period,
    notice=_notice,
    is_part=falls_short,
    uniques_from_totals=True,
    comments=True,
)
