"""HubSpot: the export of marketing e-mails, one row an e-mail, on the day it went out."""

from __future__ import annotations

from metrics.imports.context import Context
from metrics.imports.layout import Column, Layout, dimension, measure, metric, note, when
from metrics.imports.reading import Document
from metrics.imports.sends import certainty_of, derive_sends, read_send

COLUMNS: tuple[Column, ...] = (
    note(like=r"\b(rate|ratio|taux|tasa|tasso)\b|-?rate$|quote$|%"),
    dimension(
        "email", "email name", "email", "e-mail", "nom de l'e-mail", "nom de l'email",
        "e-mail-name", "name der e-mail", "nombre del correo", "nombre de correo",
        "nome dell'e-mail", "nome e-mail", "internal email name", "marketing email name",
        read=read_send,
    ),
    dimension("hubspot_campaign", "campaign", "campagne", "kampagne", "campana", "campagna"),
    when(
        "day", "send date", "publish date", "sent date", "date sent", "published date",
        "publish or send date", "date d'envoi", "date de publication", "sendedatum",
        "veroffentlichungsdatum", "fecha de envio", "fecha de publicacion", "data di invio",
        "data di pubblicazione", "scheduled date",
    ),
    metric("emails_sent", "sent", "envoyes", "envoye", "gesendet", "enviados", "inviati"),
    metric(
        "emails_delivered", "delivered", "remis", "distribues", "delivres", "livres",
        "zugestellt", "entregados", "consegnati", "successfully delivered",
    ),
    metric(
        "emails_opened", "opened", "unique opens", "opens", "ouverts", "ouvertures", "ouvert",
        "ouvertures uniques", "geoffnet", "abiertos", "aperti", "human opened",
    ),
    metric(
        "emails_clicked", "clicked", "unique clicks", "clicks", "clics", "cliques", "geklickt",
        "clics uniques", "clicado", "cliccati", "human clicked",
    ),
    metric(
        "email_unsubscribes", "unsubscribed", "unsubscribes", "desabonnes", "desinscrits",
        "desabonnements", "desinscriptions", "abgemeldet", "bajas", "disiscritti",
    ),
    measure("hard", "hard bounced", "hard bounces", "hard bounce", "rebonds definitifs"),
    measure("soft", "soft bounced", "soft bounces", "soft bounce", "rebonds temporaires"),
    metric("email_bounces", "bounced", "bounces", "rebonds", "rebond", "unzustellbar"),
    note(
        "email id", "id de l'e-mail", "subject", "objet", "betreff", "spam reports",
        "marked as spam", "marque comme spam", "contacts lost", "contacts perdus", "pending",
        "dropped", "not sent", "replied", "reply", "from", "email type", "type", "state",
    ),
)  # fmt: skip
NEEDS = frozenset({"email", "day", "emails_sent", "emails_delivered", "emails_opened"})


def _recognise(document: Document, context: Context) -> float:
    return certainty_of(document, COLUMNS, NEEDS, 0.92)


LAYOUT = Layout(
    key="hubspot_email",
    feed="HubSpot",
    recognise=_recognise,
    columns=COLUMNS,
    derive=derive_sends,
)
