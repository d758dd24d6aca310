"""Matomo: a report's CSV, with the API's column names or translated ones, over days or for a span.

The file is often UTF-16 with commas. A report over several days begins with a date column; one of
a single period has none, and the period is asked.

- Unique visitors keep their own span and are never added up.
- Bounces, time and page views are counts in Matomo: its rates and averages are not needed.
- "Actions" hold downloads and searches too: they are not page views and are left out.
- Rows below a page's folder are not told apart from the folder's own: only the flat view is read
  right, which is what Matomo exports unless asked otherwise.
"""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from metrics.imports.advertising import set_totals_aside, targets_of
from metrics.imports.context import Context
from metrics.imports.dimensions import channel_of, device_of
from metrics.imports.folding import fold
from metrics.imports.layout import (
    Assigned,
    Column,
    Kind,
    Layout,
    Values,
    dimension,
    measure,
    metric,
    note,
    product,
    when,
)
from metrics.imports.parsed import NOT_SET
from metrics.imports.places import or_not_set, read_audience
from metrics.imports.reading import Document
from metrics.imports.signs import Signs, certainty
from metrics.imports.table import Table

ONE = Decimal(1)
REFERRERS = {
    "direct": ("direct entry", "direct entries", "entrees directes", "entree directe",
               "direkte zugriffe", "entrada directa", "ingressi diretti"),
    "organic": ("search engines", "moteurs de recherche", "suchmaschinen", "motores de busqueda",
                "motori di ricerca"),
    "referral": ("websites", "sites", "sites web", "webseiten", "sitios web", "siti web"),
    "social": ("social networks", "reseaux sociaux", "soziale netzwerke", "redes sociales",
               "social network"),
    "other": ("campaigns", "campagnes", "kampagnen", "campanas", "campagne",
              "ai assistants", "assistants ia"),
}  # fmt: skip
CHANNELS = {name: channel for channel, names in REFERRERS.items() for name in names}
DEVICES = frozenset(
    {
        "phablet", "tv", "console", "car browser", "camera", "portable media player",
        "feature phone", "smart speaker", "smart display", "wearable", "peripheral",
        "smartphone", "tablet", "desktop", "tablette", "ordinateur",
    }
)  # fmt: skip
PHONES = frozenset({"phablet", "feature phone"})


def _label(cell: str, context: Context) -> Assigned:
    """A row's label means what its report is about, which `_notice` finds out."""
    return {}


def _referrer(cell: str, context: Context) -> Assigned:
    return {"channel": CHANNELS.get(fold(cell)) or channel_of(cell) or "other"}


def _device(cell: str, context: Context) -> Assigned:
    return {"device": "smartphone" if fold(cell) in PHONES else device_of(cell) or "other"}


def _page(cell: str, context: Context) -> Assigned:
    return {"asset": or_not_set(cell), "audience": NOT_SET}


def _referring_campaign(cell: str, context: Context) -> Assigned:
    return {"campaign": or_not_set(cell)}


COLUMNS: tuple[Column, ...] = (
    when("day", "date", "datum", "fecha", "data", "jour", "tag", "day"),
    dimension("label", "label", "libelle", "bezeichnung", "etiqueta", "etichetta", read=_label),
    dimension(
        "channel", "channel type", "referrer type", "type de canal", "type de referent",
        "type de provenance", "kanaltyp", "verweistyp", "tipo de canal",
        read=_referrer,
    ),
    dimension(
        "device", "device type", "type d'appareil", "geratetyp", "tipo de dispositivo",
        "tipo dispositivo",
        read=_device,
    ),
    dimension(
        "page", "page url", "page title", "url de la page", "titre de la page", "seiten-url",
        "seitentitel", "titolo pagina", "metadata url",
        read=_page,
    ),
    dimension("country", "country", "pays", "land", "pais", "paese", read=read_audience),
    dimension("campaign", "campaign", "campagne", "kampagne", read=_referring_campaign),
    metric("sessions", "nb visits", "visits", "visites", "besuche", "visitas", "visite"),
    metric(
        "visitors", "nb uniq visitors", "unique visitors", "visiteurs uniques",
        "eindeutige besucher", "visitantes unicos", "visitatori unici",
    ),
    metric("visitors", "sum daily nb uniq visitors", rank=9),
    metric(
        "pageviews", "nb pageviews", "pageviews", "pages vues", "vues de page", "seitenansichten",
        "paginas vistas", "visualizzazioni pagina", "nb hits",
    ),
    metric("bounces", "bounce count", "bounces", "rebonds", "absprunge", "rebotes", "rimbalzi"),
    metric(
        "session_seconds", "sum visit length", "total time spent by visitors",
        "total time spent (in seconds)", "temps total passe par les visiteurs",
        "gesamte verbrachte zeit der besucher",
    ),
    metric("page_seconds", "sum time spent"),
    metric("exits", "exit nb visits", "exits", "sorties", "ausstiege", "salidas", "uscite"),
    metric("conversions", "nb conversions", "conversions", "konversionen", "conversiones",
           "conversioni"),
    metric("revenue", "revenue", "revenu", "einnahmen", "ingresos", "ricavi"),
    measure("bounce_rate", "bounce rate", "taux de rebond", "absprungrate", "frequenza di rimbalzo",
            "porcentaje de rebote"),
    measure("time", "avg time on site", "avg. visit duration (in seconds)", "avg. visit duration",
            "avg. time on website", "duree moyenne d'une visite", "duree moyenne des visites",
            "duree moyenne des visites (en secondes)", "durchschn. besuchszeit",
            "durchschnittl. besuchszeit (in sekunden)", duration=True),
    measure("time_on_page", "avg time on page", "avg. time on page",
            "temps moyen sur la page", duration=True),
    note(
        "nb users", "users", "utilisateurs", "max actions", "nb actions", "actions",
        "nb visits converted", "idsubdatatable",
    ),
)  # fmt: skip
MEASURES = frozenset(column.target for column in COLUMNS if column.kind is Kind.MEASURE)
WHERE = frozenset({"day", "label", "channel", "device", "page", "country", "campaign"})

SIGNS = Signs(
    needs=(WHERE, frozenset({"sessions", "visitors", "pageviews"})),
    headers=(
        r"nb (uniq visitors|visits|actions|hits|users|pageviews|conversions|visits converted)"
        r"|bounce count|sum (visit length|daily nb uniq visitors|time spent)|max actions"
        r"|nb actions per visit|avg time on (site|page)|actions per visit|metadata .*"
        r"|max(imum|\.)? actions in one visit|actions in one visit"
        r"|total time spent by visitors.*|avg\. (visit duration|time on website).*"
        r"|actions par visite|maximum d'actions .*|max\. d'actions .*|nombre maximum d'actions.*"
        r"|temps total passe par les visiteurs.*|duree moyenne (d'une|des) visites?.*"
        r"|aktionen pro besuch|max\. aktionen .*|acciones por visita|azioni per visita"
        r"|channel type|type de canal"
    ),
    lacks=r"views per visit|visit duration",
)


def _recognise(document: Document, context: Context) -> float:
    return certainty(document, COLUMNS, SIGNS)


def _derive(values: Values, context: Context) -> Values:
    found = {key: value for key, value in values.items() if key not in MEASURES}
    derived = {
        "bounces": product(values, "bounce_rate", "sessions"),
        "session_seconds": product(values, "time", "sessions"),
        "page_seconds": product(values, "time_on_page", "pageviews"),
    }
    for key, value in derived.items():
        if value is not None:
            found.setdefault(key, value.quantize(ONE))
    return found


def _notice(table: Table, context: Context) -> None:
    set_totals_aside(table, context)
    _read_labels(table)
    _leave_out_visits_of_pages(table, context)
    _leave_out_summed_days(table)


def _read_labels(table: Table) -> None:
    """What the labels are decides which dimension they give: referrers, devices or pages."""
    for index, column in table.places(Kind.DIMENSION):
        if column.target != "label":
            continue
        labels = {fold(cell) for cell in table.cells(index)}
        if labels & CHANNELS.keys():
            table.columns[index] = dimension("channel", "label", read=_referrer)
        elif labels & DEVICES:
            table.columns[index] = dimension("device", "label", read=_device)
        elif any(label.startswith(("/", "http")) for label in labels) or _is_of_pages(table):
            table.columns[index] = dimension("page", "label", read=_page)
        else:
            table.columns[index] = dimension("other:label", "label")


def _is_of_pages(table: Table) -> bool:
    return any(cell.casefold().startswith(("nb_hits", "exit_")) for cell in table.header.cells)


def _leave_out_visits_of_pages(table: Table, context: Context) -> None:
    """A visit has several pages: visits and bounces by page add up to too many."""
    if "page" not in targets_of(table.columns):
        return
    of_visits = {"sessions", "session_seconds", "bounces"}
    if of_visits & targets_of(table.columns):
        context.warn(
            "visits_by_page",
            _("Visits by page are left out: a visit has several pages, and would count for each."),
        )
    table.columns = [
        None if column is not None and column.target in of_visits else column
        for column in table.columns
    ]


def _leave_out_summed_days(table: Table) -> None:
    """Unique visitors of days, added up, are not the visitors of the span."""
    table.columns = [
        None if column is not None and column.target == "visitors" and column.rank else column
        for column in table.columns
    ]


LAYOUT = Layout(
    key="matomo",
    feed="Matomo",
    recognise=_recognise,
    columns=COLUMNS,
    derive=_derive,
    notice=_notice,
)
