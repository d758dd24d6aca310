"""Mailchimp: the list of campaigns as it is exported, one row a send."""

from __future__ import annotations

from metrics.imports.context import Context
from metrics.imports.layout import Column, Layout, dimension, measure, metric, note, when
from metrics.imports.reading import Document
from metrics.imports.sends import certainty_of, derive_sends, read_send

COLUMNS: tuple[Column, ...] = (
    dimension(
        "campaign", "title", "campaign title", "campaign name", "titre", "titre de la campagne",
        "nom de la campagne", "titel", "kampagnenname", "titulo", "titolo",
        read=read_send,
    ),
    when(
        "day", "send date", "date d'envoi", "sendedatum", "versanddatum", "fecha de envio",
        "data di invio", "data invio",
    ),
    metric(
        "emails_sent", "total recipients", "nombre total de destinataires",
        "total des destinataires", "destinataires totaux", "empfanger insgesamt",
        "total de destinatarios", "totale destinatari",
    ),
    metric(
        "emails_delivered", "successful deliveries", "livraisons reussies", "envois reussis",
        "erfolgreiche zustellungen", "entregas correctas", "entregas exitosas",
        "consegne riuscite",
    ),
    measure("soft", "soft bounces", "soft bounce", "rebonds temporaires", "rebotes suaves"),
    measure("hard", "hard bounces", "hard bounce", "rebonds definitifs", "rebotes duros"),
    metric("email_bounces", "total bounces", "total des rebonds", "rebonds totaux"),
    metric(
        "emails_opened", "unique opens", "ouvertures uniques", "eindeutige offnungen",
        "einmalige offnungen", "aperturas unicas", "aperture uniche",
    ),
    metric(
        "emails_clicked", "unique clicks", "clics uniques", "eindeutige klicks",
        "einmalige klicks", "clics unicos", "clic unici",
    ),
    metric(
        "email_unsubscribes", "unsubscribes", "desabonnements", "desinscriptions",
        "abmeldungen", "bajas", "cancelaciones de suscripcion", "annullamenti iscrizione",
        "disiscrizioni",
    ),
    metric("revenue", "revenue", "total revenue", "revenus", "umsatz", "ingresos"),
    note(
        "total opens", "total clicks", "open rate", "click rate", "abuse complaints", "subject",
        "list", "audience", "send weekday", "folder", "unique id", "times forwarded",
        "forwarded opens", "total orders", "total gross sales", "analytics roi", "campaign cost",
        "times liked on facebook", "facebook likes", "unsubscribe rate",
    ),
)  # fmt: skip
NEEDS = frozenset({"campaign", "day", "emails_sent", "emails_delivered", "emails_opened"})


def _recognise(document: Document, context: Context) -> float:
    return certainty_of(document, COLUMNS, NEEDS, 0.95)


LAYOUT = Layout(
    key="mailchimp",
    feed="Mailchimp",
    recognise=_recognise,
    columns=COLUMNS,
    derive=derive_sends,
)
