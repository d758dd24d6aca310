"""Meta Ads: Ads Manager and Ads Reporting, by campaign, ad set or ad, by day or for a span.

- The span of a row is its day, week or month, else "Reporting starts" to "Reporting ends".
- The account's own total stands at the top or the bottom, with no name and often with dates.
- Clicks are link clicks where the report has them, else all clicks.
- "Results" are what each campaign is after: only those whose indicator names a conversion count
  as conversions; a campaign after reach or clicks has none.
- Reach is people: it keeps its own span and is never added up.
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
    with_cell,
)
from metrics.imports.cells import Line, Lines
from metrics.imports.context import Context
from metrics.imports.layout import (
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
from metrics.imports.places import campaign_in, read_audience, read_device
from metrics.imports.reading import Document
from metrics.imports.signs import Signs, certainty
from metrics.imports.table import Table

CONVERSION = re.compile(
    r"conversion|lead|prospect|purchase|achat|compra|kauf|acquist|registration|inscription"
    r"|registr|subscri|abonn|submit|application|contact|appointment|schedule|trial|cart|panier"
    r"|checkout|messag"
)
"""Result indicators that name an act of a customer, not a view, a click or a like."""
UNNAMED_INDICATOR = frozenset({"", "-", "--"})

INDICATOR = Column(
    Kind.NOTE,
    "indicator",
    (
        "result indicator", "result type", "results type", "indicateur de resultats",
        "indicateur de resultat", "type de resultat", "type de resultats", "ergebnisindikator",
        "ergebnis-indikator", "indikator fur ergebnisse", "ergebnistyp", "indicador de resultado",
        "indicador de resultados", "tipo de resultado", "indicatore dei risultati",
        "indicatore di risultato", "indicatore risultato", "tipo di risultato",
    ),
)  # fmt: skip

COLUMNS: tuple[Column, ...] = (
    when("day", "day", "jour", "tag", "dia", "giorno", "date"),
    when("week", "week", "semaine", "woche", "semana", "settimana"),
    when("month", "month", "mois", "monat", "mes", "mese"),
    when(
        "range", "reporting starts", "date start",
        like=r"^(debut|date de debut) (des rapports|du rapport)|^(berichtsbeginn|berichtsstart)"
        r"|^auswertungsbeginn|^beginn (des berichts|der auswertung)|^inicio del? informe"
        r"|^inizio (del |dei |dell')?(report|rapporto|resoconto)|^inicio dos relatorios",
    ),
    when(
        "end", "reporting ends", "date stop",
        like=r"^(fin|date de fin) (des rapports|du rapport)|^(berichtsende|auswertungsende)"
        r"|^ende (des berichts|der auswertung)|^fin del? informe"
        r"|^fine (del |dei |dell')?(report|rapporto|resoconto)"
        r"|^(encerramento|termino) dos relatorios",
    ),
    dimension(
        "campaign", "campaign name", "nom de la campagne", "kampagnenname",
        "name der kampagne", "nombre de la campana", "nome della campagna", "nome campagna",
        "nome da campanha",
        "campaign",
        read=campaign_in("paid_social"),
    ),
    dimension(
        "ad set", "ad set name", "adset name", "nom de l'ensemble de publicites",
        "anzeigengruppenname", "name der anzeigengruppe", "nombre del conjunto de anuncios",
        "nome del gruppo di inserzioni", "nome do conjunto de anuncios", "ad set",
    ),
    dimension(
        "ad", "ad name", "nom de la publicite", "anzeigenname", "name der werbeanzeige",
        "nombre del anuncio", "nome dell'inserzione", "nome do anuncio",
    ),
    dimension(
        "device", "impression device", "device platform", "appareil d'impression",
        "plateforme de l'appareil",
        read=read_device,
    ),
    dimension("country", "country", "pays", "land", "pais", "paese", read=read_audience),
    currency("currency", "devise", "wahrung", "divisa", "moneda", "valuta", "account currency"),
    metric(
        "cost_media", "amount spent", "montant depense", "ausgegebener betrag",
        "importe gastado", "importo speso", "valor usado", "spend",
    ),
    metric(
        "ad_impressions", "impressions", "impressionen", "impresiones", "impressioni",
        "impressoes", "impression",
    ),
    metric(
        "ad_clicks", "link clicks", "clics sur un lien", "clics sur le lien", "clics sur lien",
        "link-klicks", "linkklicks", "clics en el enlace", "clic sul link", "inline link clicks",
        "cliques no link",
    ),
    metric(
        "ad_clicks", "clicks (all)", "clics (tous)", "klicks (alle)", "clics (todos)",
        "clic (tutti)", "cliques (todos)", "cliques", "clicks", "clics", "klicks", "clic",
        rank=1,
    ),
    metric("social_reach", "reach", "couverture", "portee", "reichweite", "alcance", "copertura"),
    metric("ad_conversions", "results", "resultats", "ergebnisse", "resultados", "risultati"),
    metric(
        "ad_conversions", "website purchases", "purchases", "achats", "achats sur le site web",
        "kaufe", "website-kaufe", "compras", "compras en el sitio web", "acquisti",
        "acquisti sul sito web", "conversions",
        rank=1,
    ),
    metric(
        "leads", "leads", "website leads", "leads (form)", "on-facebook leads", "prospects",
        "prospects sur le site web", "leads uber formulare", "clientes potenciales", "contatti",
        "cadastros",
    ),
    metric(
        "ad_revenue", "purchases conversion value", "purchase conversion value",
        "website purchases conversion value", "valeur de conversion des achats",
        "conversion-wert von kaufen", "conversion-wert fur kaufe", "valor de conversion de compras",
        "valor de conversion de las compras", "valore di conversione degli acquisti",
        "conversion value", "total conversion value", "valeur de conversion",
    ),
    metric("ad_revenue", "revenue", "revenu", "revenus", "umsatz", "ingresos", "ricavi", rank=1),
    INDICATOR,
    note(
        "account name", "account id", "campaign id", "ad set id", "ad id", "campaign delivery",
        "ad set delivery", "ad delivery", "attribution setting", "objective", "starts", "ends",
        "age", "gender", "sexe", "placement", "platform",
        like=r"^(diffusion|entrega|auslieferung|pubblicazione)\b|attribution",
    ),
)  # fmt: skip

SIGNS = Signs(
    needs=(frozenset({"cost_media"}), frozenset({"ad_impressions", "ad_clicks", "campaign"})),
    headers=(
        r"reporting (starts|ends)|amount spent|montant depense|ausgegebener betrag|importe gastado"
        r"|importo speso|valor usado|ad set (name|delivery|budget)|nom de l'ensemble de publicites"
        r"|nombre del conjunto de anuncios|nome del gruppo di inserzioni|result indicator"
        r"|indicateur de resultats?|indicador de resultados|date stop|attribution setting"
        r"|inline link clicks"
        r"|(debut|fin) (des rapports|du rapport)|(inicio|fin) del informe|thruplays?"
        r"|(cost per|cout par|kosten pro) (result|resultats?|ergebnis).*"
    ),
    lacks=r"clicks \(destination\)|campaign group name|time period|total spent|ad played to.*",
)


def _columns(header: Sequence[str], context: Context) -> list[Column | None]:
    """A row's own day comes before the dates of the report, which may be its whole span."""
    columns = declared(COLUMNS, header)
    targets = targets_of(columns)
    own = next((grain for grain in ("day", "week", "month") if grain in targets), None)
    return only_one_date(columns, own) if own else columns


def _recognise(document: Document, context: Context) -> float:
    return certainty(document, COLUMNS, SIGNS)


def _notice(table: Table, context: Context) -> None:
    set_totals_aside(table, context)
    _leave_out_other_results(table, context)
    targets = targets_of(table.columns)
    if "campaign" not in targets:
        set_channel(table, "paid_social")
    if "leads" in targets:
        say_leads_of_ads(context)


def _leave_out_other_results(table: Table, context: Context) -> None:
    """Empty the results that are no conversions: views, clicks, likes."""
    results = next(
        (i for i, c in table.places(Kind.METRIC) if c.target == "ad_conversions" and not c.rank),
        None,
    )
    indicator = next((i for i, c in table.places(Kind.NOTE) if c.target == "indicator"), None)
    if results is None:
        return
    if indicator is None:
        _say_unnamed_results(context)
        return
    others = _others(table, indicator)
    if not others:
        return
    table.rows = Lines.of(
        [
            with_cell(line, results, "") if _is_among(line, indicator, others) else line
            for line in table.rows
        ]
    )
    table.totals = [with_cell(line, results, "") for line in table.totals]


def _others(table: Table, index: int) -> set[str]:
    """The indicators of the table that name no act of a customer."""
    named = table.lines.different(index).values()
    return {
        text
        for text in named
        if text not in UNNAMED_INDICATOR and not CONVERSION.search(text.casefold())
    }


def _is_among(line: Line, index: int, texts: set[str]) -> bool:
    return index < len(line.cells) and line.cells[index] in texts


def _say_unnamed_results(context: Context) -> None:
    context.warn(
        "results_unnamed",
        _(
            "The report does not say what its results are: they are taken as conversions. Add the "
            "result indicator to the report if some campaigns are after views or clicks."
        ),
    )


LAYOUT = Layout(
    key="meta_ads",
    feed="Meta Ads",
    recognise=_recognise,
    columns=COLUMNS,
    resolve=_columns,
    period_of=period_above,
    notice=_notice,
)
