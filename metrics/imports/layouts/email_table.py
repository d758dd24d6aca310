"""E-mail figures in a table of no tool's own: one row a send, or a day, under usual names.

It is told by what it measures: what was sent or delivered, and what was opened or clicked, and
nothing besides. Sends are read as those of the tools that have a layout of their own; rates are
worked out again from the sums. Bounces here are mails that came back, no visits.
"""

from __future__ import annotations

from metrics.imports.advertising import set_channel, targets_of
from metrics.imports.context import Context
from metrics.imports.layout import Column, Layout, declared, dimension, measure, metric, note, when
from metrics.imports.reading import Document
from metrics.imports.sends import derive_sends, read_send
from metrics.imports.table import Table

SEARCHED_LINES = 30
CERTAIN = 0.74
MAILS = r"(nb |nombre d'|number of |total )?(e-?mails? |mails )?"

COLUMNS: tuple[Column, ...] = (
    note(like=r"\b(rate|taux|tasa|tasso|quote)\b|%|\bctor?\b"),
    when(
        "day", "date", "send date", "sent date", "date sent", "sent on", "sent at", "send time",
        "date d'envoi", "envoye le", "jour", "day", "datum", "versanddatum", "fecha",
        "fecha de envio", "data", "data di invio", "campaign date", "delivery date",
    ),
    when("week", "week", "semaine", "woche", "semana", "settimana"),
    when("month", "month", "mois", "monat", "mes", "mese"),
    dimension(
        "campaign", "campaign", "campaign name", "email", "email name", "e-mail", "newsletter",
        "title", "name", "nom de la campagne", "nom de campagne", "campagne", "titre", "nom",
        "kampagne", "kampagnenname", "nombre de la campana", "nome campagna", "mailing",
        read=read_send,
    ),
    dimension(
        "campaign", "subject", "subject line", "email subject", "objet", "betreff", "asunto",
        "oggetto",
        read=read_send, rank=1,
    ),
    metric(
        "emails_sent",
        like=rf"^{MAILS}(sent|sends|recipients|envois|envoyes|destinataires|gesendet|enviados"
        r"|destinatarios|inviati|destinatari)( e-?mails| count)?$",
    ),
    metric(
        "emails_delivered",
        like=rf"^{MAILS}(delivered|deliveries|successful deliveries|delivres|distribues|recus"
        r"|zugestellt|entregados|consegnati)( e-?mails| count)?$",
    ),
    metric(
        "emails_opened",
        like=r"^(unique (e-?mails? )?(opens|opened|openers)|(e-?mails? )?(opens|opened) unique"
        r"|ouvreurs|ouvertures uniques|ouvreurs uniques|eindeutige offnungen|aperturas unicas"
        r"|aperture uniche)$",
    ),
    metric(
        "emails_opened", rank=1,
        like=rf"^{MAILS}(opens?|opened|ouverts|ouvertures|geoffnet|offnungen|abiertos|aperturas"
        r"|aperti|aperture)( e-?mails| count)?$",
    ),
    metric(
        "emails_clicked",
        like=r"^(unique (e-?mails? )?(clicks|clicked|clickers)|(e-?mails? )?(clicks|clicked) unique"
        r"|cliqueurs|clics uniques|cliqueurs uniques|eindeutige klicks|clics unicos|clic unici)$",
    ),
    metric(
        "emails_clicked", rank=1,
        like=rf"^{MAILS}(clicks?|clicked|clics|cliques|klicks|geklickt|clic)( e-?mails| count)?$",
    ),
    metric(
        "email_unsubscribes",
        like=rf"^{MAILS}(unsubscribes?|unsubscribed|unsubs|unsubscriptions|opt-?outs"
        r"|desinscrits|desinscriptions|desabonnements|desabonnes|abmeldungen|abgemeldet|bajas"
        r"|disiscrizioni|disiscritti)( count)?$",
    ),
    measure("hard", like=rf"^{MAILS}(hard ?bounces?|rebonds definitifs)$"),
    measure("soft", like=rf"^{MAILS}(soft ?bounces?|rebonds temporaires)$"),
    metric(
        "email_bounces",
        like=rf"^{MAILS}(bounces?|bounced|rebonds|rebotes|rimbalzi|nicht zugestellt)( count)?$",
    ),
    metric("conversions", "conversions", "conversion", "konversionen", "conversiones",
           "conversioni"),
    metric("orders", "orders", "commandes", "purchases", "achats", "bestellungen", "pedidos"),
    metric("revenue", "revenue", "revenus", "chiffre d'affaires", "ca", "umsatz", "ingresos"),
    note(
        "id", "campaign id", "segment", "list", "list size", "audience", "liste",
        "taille de la liste", "status", "statut", "type",
        "spam", "spam complaints", "complaints", "plaintes", "forwards", "sender", "expediteur",
    ),
)  # fmt: skip


def _recognise(document: Document, context: Context) -> float:
    """Sent or delivered beside opened or clicked, and no figure of anything but mails."""
    for line in document.lines[:SEARCHED_LINES]:
        columns = declared(COLUMNS, line.cells) if line.filled > 2 else []
        targets = targets_of(columns)
        reached = targets & {"emails_sent", "emails_delivered"}
        acted = targets & {"emails_opened", "emails_clicked"}
        counted = (reached and acted) or targets >= ACTS
        if counted and targets & {"day", "week", "month", "campaign"}:
            cells = zip(line.cells, columns, strict=True)
            return CERTAIN if not any(_is_other(*one, context) for one in cells) else 0.0
    return 0.0


def _is_other(cell: str, column: Column | None, context: Context) -> bool:
    """Whether a header names a metric that this layout does not read, or says it by its key."""
    known = context.vocabulary.find(cell)
    if known is None or known.derived:
        return False
    return column is None or (cell == known.key and "_" in cell and cell in UNUSUAL)


ACTS = frozenset({"emails_opened", "emails_clicked", "email_unsubscribes"})
"""What only mails have, where a report leaves out how many were sent."""
UNUSUAL = frozenset({"emails_opened", "emails_clicked"})
"""Keys that nobody but this product writes: files of its own have a layout of their own."""


def _notice(table: Table, context: Context) -> None:
    if "campaign" not in targets_of(table.columns):
        set_channel(table, "email")


LAYOUT = Layout(
    key="email_table",
    feed="E-mail",
    recognise=_recognise,
    columns=COLUMNS,
    derive=derive_sends,
    notice=_notice,
    zero_filled=False,
)
