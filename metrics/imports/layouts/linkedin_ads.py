"""LinkedIn Campaign Manager: performance reports of campaigns, groups, ads or accounts.

The file is UTF-16 with tabs; five lines stand above the header (title, days, date, time zone or
nothing). A row is a day, or the span from its start to its end date. Leads are those of LinkedIn's
own forms. Reach is people: it keeps its own span and is never added up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from metrics.imports.advertising import (
    only_one_date,
    period_above,
    say_leads_of_ads,
    set_channel,
    set_totals_aside,
    targets_of,
)
from metrics.imports.context import Context
from metrics.imports.encoding import Unreadable
from metrics.imports.folding import fold
from metrics.imports.layout import (
    Column,
    Layout,
    currency,
    declared,
    dimension,
    metric,
    note,
    when,
)
from metrics.imports.places import campaign_in
from metrics.imports.reading import Document
from metrics.imports.signs import TITLED, Signs, certainty
from metrics.imports.table import Table

IN_UTC = re.compile(r"\(.*\bUTC\b.*\)")

COLUMNS: tuple[Column, ...] = (
    when("day", "day", "jour", "tag", "dia", "giorno", "date"),
    when("month", "month", "mois", "monat", "mes", "mese"),
    when(
        "range", "start date", "date de debut", "startdatum", "fecha de inicio",
        "data di inizio", "data inizio",
    ),
    when(
        "end", "end date", "date de fin", "enddatum", "fecha de finalizacion", "fecha de fin",
        "data di fine", "data fine",
    ),
    dimension(
        "campaign", "campaign name", "nom de la campagne", "nom de campagne", "kampagnenname",
        "name der kampagne", "nombre de la campana", "nombre de campana", "nome della campagna",
        "nome campagna",
        read=campaign_in("paid_social"),
    ),
    dimension(
        "group", "campaign group name", "nom du groupe de campagnes", "kampagnengruppenname",
        "name der kampagnengruppe", "nombre del grupo de campanas", "nome del gruppo di campagne",
    ),
    dimension("ad", "ad name", "creative name", "ad headline", "nom de la publicite"),
    currency("currency", "devise", "wahrung", "moneda", "divisa", "valuta"),
    metric(
        "cost_media", "total spent", "total depense", "montant total depense",
        "depenses totales", "total des depenses", "gesamtausgaben", "ausgaben gesamt",
        "insgesamt ausgegeben", "total gastado", "gasto total", "totale speso", "spesa totale",
        "spent", "spend", "depense",
    ),
    metric("ad_impressions", "impressions", "impressionen", "impresiones", "impressioni"),
    metric("ad_clicks", "clicks", "clics", "klicks", "clic"),
    metric("ad_conversions", "conversions", "conversiones", "conversioni"),
    metric(
        "ad_revenue", "total conversion value", "valeur totale des conversions",
        "valeur totale de conversion", "gesamt-conversion-wert", "valor total de conversion",
        "valore totale delle conversioni",
    ),
    metric("leads", "leads", "prospects", "contactos", "contatti"),
    metric(
        "social_reach", "reach", "portee", "couverture", "reichweite", "alcance", "copertura",
        "approximate unique impressions",
    ),
    note(
        "account name", "nom du compte", "kontoname", "nombre de la cuenta", "nome dell'account",
        "campaign id", "campaign group id", "campaign type", "campaign status", "ad id",
        "creative id", "campaign objective",
    ),
)  # fmt: skip

SIGNS = Signs(
    needs=(
        frozenset({"cost_media", "ad_impressions"}),
        frozenset({"ad_impressions", "ad_clicks", "leads"}),
        frozenset({"campaign", "group", "ad", "range", "day", "month"}),
    ),
    headers=(
        r"total spent|campaign group (name|id|status)|nom du groupe de campagnes|total depense"
        r"|montant total depense|kampagnengruppenname|name der kampagnengruppe|gesamtausgaben"
        r"|nombre del grupo de campanas|nome del gruppo di campagne|total gastado|totale speso"
        r"|clicks to landing page|clicks to linkedin page|total social actions|lead forms opened"
        r"|(start date|date de debut|fecha de inicio|startdatum|data di inizio) \(.*utc.*\)"
    ),
    title=(
        r"(campaign|ad|account|creative|demographics?|conversion)s? (group )?performance report"
        r" \(|^report start\b|^debut du rapport|rapport .*performance.* \((en|in) |^berichtsstart"
        r"|^inicio del informe|^inizio (del )?rapporto"
    ),
    lacks=r"amount spent|reporting starts|gregorian date|impr\.",
)


def _is_of_members(header: Sequence[str]) -> bool:
    """Whether a report breaks down by what members are: their function, their company, …"""
    names = {fold(cell) for cell in header}
    return any(name.endswith(" segment") for name in names) and "% of impressions" in names


def _columns(header: Sequence[str], context: Context) -> list[Column | None]:
    if _is_of_members(header):
        raise Unreadable(
            _(
                "LinkedIn estimates who saw the ads and leaves small groups out, so the rows of "
                "this report do not add up. Import the report of campaigns instead."
            ),
            kind="layout",
        )
    columns = declared(COLUMNS, header)
    targets = targets_of(columns)
    own = next((grain for grain in ("day", "month") if grain in targets), None)
    return only_one_date(columns, own) if own else columns


def _recognise(document: Document, context: Context) -> float:
    if any(_is_of_members(line.cells) for line in document.lines[:10]):
        return TITLED
    return certainty(document, COLUMNS, SIGNS)


def _say_days_of_utc(table: Table, context: Context) -> None:
    """The report counts days from midnight in UTC, whatever the time zone of the workspace."""
    if any(IN_UTC.search(text) for text in [*table.titles, *table.header.cells]):
        context.warn(
            "days_in_utc",
            _(
                "The days of this report begin at midnight in UTC: figures of the hours around "
                "midnight may stand on the neighbouring day."
            ),
        )


def _notice(table: Table, context: Context) -> None:
    set_totals_aside(table, context)
    _say_days_of_utc(table, context)
    targets = targets_of(table.columns)
    if "campaign" not in targets:
        set_channel(table, "paid_social")
    if "leads" in targets:
        say_leads_of_ads(context)


LAYOUT = Layout(
    key="linkedin_ads",
    feed="LinkedIn Ads",
    recognise=_recognise,
    columns=COLUMNS,
    resolve=_columns,
    period_of=period_above,
    notice=_notice,
)
