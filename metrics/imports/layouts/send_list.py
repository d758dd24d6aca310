"""A list of mails that were sent: one row a recipient, with what became of the mail.

Opened, clicked, unsubscribed and bounced are a yes, a 1 or the time at which it happened. Counted
into mails sent, people who opened and clicked, by the day of the send and its campaign; who they
are stays nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from metrics.imports.context import Context
from metrics.imports.event_list import Event, EventList, Group, Listing
from metrics.imports.folding import fold
from metrics.imports.layout import Layout, dimension, text, when
from metrics.imports.numbers import is_nothing
from metrics.imports.places import read_campaign
from metrics.imports.reading import Document

YES = frozenset({"yes", "true", "1", "1.0", "oui", "vrai", "ja", "si", "y", "sim"})
NO = frozenset({"no", "false", "0", "0.0", "non", "faux", "nein", "n", "", "null", "none", "nao"})
ACTS = {
    "opened": "emails_opened",
    "clicked": "emails_clicked",
    "unsubscribed": "email_unsubscribes",
    "bounced": "email_bounces",
    "delivered": "emails_delivered",
}
SEARCHED_LINES, FEWEST_ROWS = 2_000, 2


def _events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    for row in rows:
        day = row.dates["created"]
        yield Event("emails_sent", day)
        for act, metric in ACTS.items():
            if fold(row.words.get(act, "")) not in NO:
                yield Event(metric, day)


def _notes(listing: Listing, context: Context) -> None:
    for entry in listing.entries:
        entry.channel = "email"


EVENTS = EventList(
    columns=(
        text(
            "send", "send id", "email send id", "message id", "email id", "delivery id", "mail id",
            "id d'envoi", "id envoi", "id message",
        ),
        text(
            "who", "user id", "userid", "contact id", "subscriber id", "recipient id",
            "customer id", "recipient", "email", "email address", "e-mail", "recipient email",
            "destinataire", "id contact", "adresse e-mail", "empfanger", "destinatario",
        ),
        when(
            "created", "send date", "sent date", "date sent", "sent at", "sent on", "send time",
            "sent time", "email sent date", "date d'envoi", "envoye le", "versanddatum",
            "gesendet am", "fecha de envio", "data di invio", "timestamp", "date",
        ),
        dimension(
            "campaign", "campaign", "campaign name", "email name", "subject", "subject line",
            "campagne", "nom de la campagne", "kampagne", "campana", "campagna",
            read=read_campaign,
        ),
        dimension("campaign", "campaign id", "id campagne", read=read_campaign, rank=1),
        text("opened", "opened", "open", "is opened", "email opened", "opened at", "open time",
             "open date", "ouvert", "a ouvert", "ouvert le", "geoffnet", "abierto", "aperto"),
        text("clicked", "clicked", "click", "is clicked", "email clicked", "clicked at",
             "link clicked", "click time", "a clique", "clique", "clique le", "geklickt",
             "cliccato"),
        text("unsubscribed", "unsubscribed", "unsubscribe", "is unsubscribed", "unsubscribed at",
             "desinscrit", "desabonne", "abgemeldet"),
        text("bounced", "bounced", "bounce", "is bounced", "bounced at", "rebond"),
        text("delivered", "delivered", "is delivered", "delivered at", "delivre", "zugestellt"),
    ),
    needs=frozenset({"created", "opened", "send"}),
    or_needs=(frozenset({"created", "opened", "who"}),),
    entry_day="created",
    identity=("send", "who+campaign+created"),
    scope="send",
    events=_events,
    by_column=ACTS,
    speaks_for=("emails_sent",),
    notes=_notes,
)  # fmt: skip


def _recognise(document: Document, context: Context) -> float:
    """A column of yes and no, or of times, under a name for what became of a mail."""
    header = EVENTS.header_in(document)
    if header is None:
        return 0.0
    columns = EVENTS.columns_of(header.cells)
    index = next(i for i, one in enumerate(columns) if one and one.target == "opened")
    below = [line.cells for line in document.lines[:SEARCHED_LINES] if line.number > header.number]
    told = {fold(cells[index]) for cells in below if index < len(cells)}
    answers = {one for one in told if one in YES or one in NO or is_nothing(one)}
    times = {one for one in told - answers if ":" in one or one.count("-") == len("--")}
    return 0.8 if len(below) >= FEWEST_ROWS and told == answers | times else 0.0


LAYOUT = Layout(
    key="send_list",
    feed="E-mail",
    recognise=_recognise,
    columns=EVENTS.columns,
    events=EVENTS,
    strict_rows=True,
)
