"""Brevo (formerly Sendinblue): the report of e-mail campaigns, one row a send."""

from __future__ import annotations

from metrics.imports.context import Context
from metrics.imports.layout import Column, Layout, dimension, measure, metric, note, when
from metrics.imports.reading import Document
from metrics.imports.sends import certainty_of, derive_sends, read_send

COLUMNS: tuple[Column, ...] = (
    note(like=r"\b(rate|taux|tasa|tasso)\b|-?rate$|%"),
    dimension(
        "campaign", "campaign name", "campaign", "nom de la campagne", "nom de campagne",
        "campagne", "kampagnenname", "kampagne", "nombre de la campana", "nome campagna",
        "nome della campagna",
        read=read_send,
    ),
    when(
        "day", "sent date", "date sent", "send date", "sent on", "date d'envoi", "envoye le",
        "date de l'envoi", "versanddatum", "sendedatum", "gesendet am", "fecha de envio",
        "enviado el", "data di invio", "data invio", "scheduled date", "sending date",
    ),
    metric(
        "emails_sent", "sent", "recipients", "total recipients", "emails sent", "envoyes",
        "e-mails envoyes", "emails envoyes", "destinataires", "gesendet", "empfanger",
        "enviados", "destinatarios", "inviati", "destinatari", "total sent",
    ),
    metric(
        "emails_delivered", "delivered", "delivres", "recus", "distribues", "e-mails delivres",
        "emails delivres", "zugestellt", "entregados", "consegnati", "livres",
        "emails delivered",
    ),
    metric(
        "emails_opened", "unique opens", "openers", "unique openers", "ouvreurs",
        "ouvreurs uniques", "ouvertures uniques", "unique views", "eindeutige offnungen",
        "offner", "aperturas unicas", "aperture uniche", "lettori",
    ),
    metric(
        "emails_opened", "opened", "trackable opens", "ouverts", "geoffnet", "abiertos",
        "aperti", "estimated opens", "ouvertures tracables", rank=1,
    ),
    metric("emails_opened", "opens", "ouvertures", "offnungen", "aperturas", "aperture", rank=2),
    metric(
        "emails_clicked", "unique clicks", "clickers", "unique clickers", "cliqueurs",
        "cliqueurs uniques", "clics uniques", "eindeutige klicks", "klicker", "clics unicos",
        "clic unici", "cliccatori",
    ),
    metric(
        "emails_clicked", "clicked", "clicks", "cliques", "clics", "klicks", "clic", "geklickt",
        rank=1,
    ),
    metric(
        "email_unsubscribes", "unsubscribed", "unsubscriptions", "unsubscribes", "desinscrits",
        "desinscriptions", "desabonnements", "desabonnes", "abgemeldet", "abmeldungen",
        "bajas", "cancelados", "disiscritti", "disiscrizioni",
    ),
    measure("hard", "hard bounces", "hard bounce", "hardbounces"),
    measure("soft", "soft bounces", "soft bounce", "softbounces"),
    metric("email_bounces", "bounces", "total bounces", "bounced"),
    note(
        "subject", "objet", "betreff", "asunto", "oggetto", "complaints", "plaintes",
        "campaign id", "id", "tag", "tags", "status", "statut", "sender", "expediteur",
        "forwards", "mirror click", "lists", "listes",
    ),
)  # fmt: skip
NEEDS = frozenset({"campaign", "day", "emails_delivered", "hard", "soft"})


def _recognise(document: Document, context: Context) -> float:
    return certainty_of(document, COLUMNS, NEEDS, 0.9)


LAYOUT = Layout(
    key="brevo",
    feed="Brevo",
    recognise=_recognise,
    columns=COLUMNS,
    derive=derive_sends,
)
