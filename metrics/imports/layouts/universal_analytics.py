"""Universal Analytics: the CSV of a report, whose figures many sites still compare with.

Lines with "#" name the view, the report and its days ("# 20200101-20200131"). Then stands the
report's own table, then the chart's ("Day Index"), each with a totals row that bears no name.

- Users are unique visitors over the report's span: never added up, taken from the totals row.
- Bounces are the bounce rate × sessions, page views pages per session × sessions, time on site the
  average duration × sessions, each rounded to the unit: the report holds no better.
- Segments beside each other overlap: only "All Users", else the first one, is taken.
- A report lists the rows that were shown, ten unless asked otherwise, and the total of all: rows
  that fall short of it are a part, never the site's total.
- "Hour Index" counts hours from the first day: they are added up to days.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from metrics.imports.advertising import set_totals_aside, with_cell
from metrics.imports.cells import Lines
from metrics.imports.context import Context
from metrics.imports.cut_lists import falls_short
from metrics.imports.dates import find_range
from metrics.imports.dimensions import channel_of, channel_of_medium, channel_of_source
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
from metrics.imports.places import (
    or_not_set,
    read_asset,
    read_audience,
    read_campaign,
    read_device,
)
from metrics.imports.reading import Document
from metrics.imports.segments import keep_one_segment
from metrics.imports.table import Table

SEARCHED_LINES = 200
ONE = Decimal(1)
DAYS = re.compile(r"(\d{8})\s*-\s*(\d{8})")
GOAL = re.compile(
    r".*\((?:goal|objectif|ziel|objetivo|obiettivo) \d+ ?.*"
    r"(?:completion|realis|abschl|cumpl|complet).*\)"
)
OWN = re.compile(
    r"(day|week|month|hour) index|index (du|des|de la) (jour|semaine|mois|heure)s?|tagesindex"
    r"|wochenindex|monatsindex|indice (de|del) (dia|semana|mes|giorno|settimana|mese)s?"
    r"|default channel grouping|pages ?/ ?sessions?|seiten ?/ ?sitzung|paginas ?/ ?sesion"
    r"|pagine ?/ ?sessione|avg\. (session duration|time on page|page load time.*)"
    r"|% (new sessions|exit|nouvelles sessions|sorties)|goal (conversion rate|completions|value)"
    r"|unique pageviews|e-?commerce conversion rate|regroupement de canaux.*"
    r"|groupes? de canaux par defaut|.*\(goal \d+ .*\)|ga:.*"
)
NEWER = re.compile(
    r"session .*|.*\bengage.*|event (count|name).*|key events|(active|total) users|first user .*"
    r"|views|average .*|.*(de la session|de session|avec engagement).*|evenements cles|vues"
)
"""Headers that only Google Analytics 4 writes."""


def _channel(cell: str, context: Context) -> Assigned:
    if not cell:
        return {"channel": NOT_SET}
    return {"channel": channel_of(cell, context.workspace.channels) or "other"}


def _source(cell: str, context: Context) -> Assigned:
    return {"channel": channel_of_source(cell)}


def _medium(cell: str, context: Context) -> Assigned:
    return {"channel": channel_of_medium(cell)}


def _page(cell: str, context: Context) -> Assigned:
    return {"asset": or_not_set(cell), "audience": NOT_SET}


OF_A_PAGE = ("pageviews", "exits", "page_seconds")

COLUMNS: tuple[Column, ...] = (
    when(
        "day", "day index", "date", "jour", "tag", "fecha", "data", "datum",
        like=r"^index (du|des) jours?|^tagesindex|^tag-?index|^indice (de|del) (dia|giorno)",
    ),
    when(
        "week", "week index", "week of year", "week",
        like=r"^index (de la|des) semaines?|^wochenindex|^indice (de|della) (semana|settimana)",
    ),
    when(
        "month", "month index", "month of year", "month",
        like=r"^index (du|des) mois|^monatsindex|^indice (de|del) mese?s?$",
    ),
    Column(Kind.NOTE, "hours", ("hour index", "index des heures", "stundenindex")),
    note("segment", "segmento"),
    note("clicks", "cost", "cpc", "impressions", "ctr", "rpc", "clics", "cout", "klicks", "kosten",
         "impressionen", "coste", "impresiones", "costo", "impressioni"),
    dimension(
        "channel",
        like=r"channel grouping|groupe(s|ment)? de canaux|channel-?gruppierung"
        r"|agrupacion de canales|raggruppamento (dei )?canali",
        read=_channel,
    ),
    dimension(
        "source_medium", like=r"source ?/ ?(medium|support)|quelle ?/ ?medium|fuente ?/ ?medio"
        r"|sorgente ?/ ?mezzo",
        read=_source,
    ),
    dimension("medium", "medium", "support", "medio", "mezzo", read=_medium),
    dimension("campaign", "campaign", "campagne", "kampagne", "campana", "campagna",
              read=read_campaign),
    dimension("device", "device category", "categorie d'appareil", "geratekategorie",
              "categoria de dispositivo", "categoria dispositivo", read=read_device),
    dimension(
        "landing_page", "landing page", "page de destination", "zielseite", "pagina de destino",
        "pagina di destinazione",
        read=read_asset, also={"sessions": "page_sessions", "visitors": "page_visitors"},
    ),
    dimension("page", "page", "page title", "titre de la page", "seite", "pagina", "seitentitel",
              read=_page, only=OF_A_PAGE),
    dimension("country", "country", "pays", "land", "pais", "paese", read=read_audience),
    metric("sessions", "sessions", "sitzungen", "sesiones", "sessioni", "visits", "visites"),
    metric("visitors", "users", "utilisateurs", "nutzer", "usuarios", "utenti", "unique visitors"),
    metric("new_visitors", "new users", "nouveaux utilisateurs", "neue nutzer", "usuarios nuevos",
           "nuevos usuarios", "nuovi utenti"),
    metric("pageviews", "pageviews", "pages vues", "vues de page", "seitenaufrufe",
           "numero de paginas vistas", "paginas vistas", "visualizzazioni di pagina"),
    metric("bounces", "bounces", "rebonds", "absprunge", "rebotes"),
    metric("exits", "exits", "sorties", "ausstiege", "salidas", "uscite"),
    metric("conversions", "goal completions", "goal completions all", "objectifs realises",
           "zielvorhaben-abschlusse", "abschlusse fur zielvorhaben",
           "consecuciones de objetivos", "objetivos cumplidos", "completamenti obiettivo"),
    metric("orders", "transactions", "transaktionen", "transacciones", "transazioni"),
    metric("revenue", "revenue", "transaction revenue", "revenu", "revenus", "umsatz", "ingresos",
           "entrate"),
    metric("session_seconds", "session duration"),
    metric("page_seconds", "time on page"),
    measure("bounce_rate", "bounce rate", "taux de rebond", "absprungrate",
            "porcentaje de rebote", "frequenza di rimbalzo"),
    measure("pages_per_session", like=r"^(pages|seiten|paginas|pagine) ?/ ?(session|sitzung|sesion"
            r"|sessione|visite|visit)$"),
    measure(
        "session_duration", "avg. session duration", "duree moyenne des sessions",
        "duree moy. des sessions", "durchschnittl. sitzungsdauer",
        "durchschnittliche sitzungsdauer", "duracion media de la sesion",
        "durata sessione media", "avg. visit duration",
        duration=True,
    ),
    measure("time_on_page", "avg. time on page", "temps moyen passe sur la page",
            "durchschn. besuchszeit auf seite", "promedio de tiempo en la pagina",
            "tempo medio sulla pagina", duration=True),
)  # fmt: skip
MEASURES = frozenset(column.target for column in COLUMNS if column.kind is Kind.MEASURE)


def in_words(header: Sequence[str]) -> list[str]:
    """The API's names as reports write them: "ga:newUsers" as "new Users"."""
    return [
        re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cell[3:]) if cell.startswith("ga:") else cell
        for cell in header
    ]


def _columns(header: Sequence[str], context: Context) -> list[Column | None]:
    """The declared columns; one goal stands for conversions where no sum of goals does."""
    header = in_words(header)
    columns = declared(COLUMNS, header)
    goals = [index for index, cell in enumerate(header) if GOAL.fullmatch(fold(cell))]
    if len(goals) == 1 and not any(c and c.target == "conversions" for c in columns):
        columns[goals[0]] = metric("conversions")
    first = next((i for i, column in enumerate(columns) if column and column.is_number), 0)
    for index in range(first):
        if columns[index] is None and header[index]:
            columns[index] = dimension(
                f"other:{header_key(header[index])}", header_key(header[index])
            )
    return columns


def _recognise(document: Document, context: Context) -> float:
    dated = False
    for line in document.lines[:SEARCHED_LINES]:
        if line.cells[0].startswith("#"):
            dated = dated or bool(DAYS.search(line.cells[0]))
            continue
        known = [column for column in declared(COLUMNS, in_words(line.cells)) if column]
        signs = sum(1 for cell in line.cells if OWN.fullmatch(fold(cell)))
        newer = any(NEWER.fullmatch(fold(cell)) for cell in line.cells)
        if line.filled > 1 and signs and not newer and any(one.is_number for one in known):
            return 0.99 if dated else 0.88 if signs > 2 else 0.0
    return 0.0


def _derive(values: Values, context: Context) -> Values:
    found = {key: value for key, value in values.items() if key not in MEASURES}
    derived = {
        "bounces": product(values, "bounce_rate", "sessions"),
        "pageviews": product(values, "pages_per_session", "sessions"),
        "session_seconds": product(values, "session_duration", "sessions"),
        "page_seconds": product(values, "time_on_page", "pageviews"),
    }
    for key, value in derived.items():
        if value is not None:
            found.setdefault(key, value.quantize(ONE, rounding=ROUND_HALF_UP))
    return {key: value for key, value in found.items() if value or key not in {"revenue", "orders"}}


def _period(table: Table, context: Context) -> Span | None:
    for title in reversed(table.titles):
        if found := DAYS.search(title):
            return find_range(f"{found[1]} {found[2]}")
    return None


def _take_hours(table: Table, context: Context) -> None:
    """Write the day of each hour in its place."""
    index = next((i for i, one in enumerate(table.columns) if one and one.target == "hours"), None)
    period = _period(table, context)
    if index is None or period is None:
        return
    table.rows = Lines.of(
        [
            with_cell(line, index, (period.start + timedelta(days=int(cell) // 24)).isoformat())
            for line in table.rows
            if (cell := line.cells[index]).isdecimal()
        ]
    )
    table.columns[index] = when("day")


def _notice(table: Table, context: Context) -> None:
    set_totals_aside(table, context)
    _take_hours(table, context)
    keep_one_segment(table, context)


LAYOUT = Layout(
    key="universal_analytics",
    feed="Universal Analytics",
    recognise=_recognise,
    columns=COLUMNS,
    resolve=_columns,
    derive=_derive,
    period_of=_period,
    notice=_notice,
    is_part=falls_short,
    uniques_from_totals=True,
    comments=True,
)
