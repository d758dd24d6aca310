"""Columns that every CRM's lists share: where someone came from, which campaign, in which money."""

from __future__ import annotations

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.dimensions import NETWORKS, UNASSIGNED, channel_of
from metrics.imports.folding import fold
from metrics.imports.layout import Assigned, Column, currency, dimension, text
from metrics.imports.parsed import NOT_SET

SOURCES = {
    "offline sources": "other",
    "sources hors ligne": "other",
    "source hors ligne": "other",
    "other campaigns": "other",
    "autres campagnes": "other",
    "ai referrals": "referral",
    "references ia": "referral",
    "partner": "referral",
    "partner referral": "referral",
    "partenaire": "referral",
    "partenaires": "referral",
    "recommandation": "referral",
    "bouche a oreille": "referral",
    "word of mouth": "referral",
    "employee referral": "referral",
    "external referral": "referral",
    "trade show": "events",
    "trade shows": "events",
    "tradeshow": "events",
    "conference": "events",
    "event": "events",
    "evenement": "events",
    "salon": "events",
    "salons": "events",
    "webinar": "events",
    "webinaire": "events",
    "seminar": "events",
    "google": "organic",
    "bing": "organic",
    "adwords": "paid_search",
    "google adwords": "paid_search",
    "advertisement": "paid_search",
    "facebook ads": "paid_social",
    "linkedin ads": "paid_social",
    "meta ads": "paid_social",
    "newsletter": "email",
    "mailing": "email",
}


def read_source(cell: str, context: Context) -> Assigned:
    """The channel of a lead's source; one that names none counts as other, and is said."""
    folded = fold(cell)
    if not cell or folded in UNASSIGNED or folded in {"(no value)", "(aucune valeur)", "unknown"}:
        return {"channel": NOT_SET}
    channel = SOURCES.get(folded.replace("_", " ")) or channel_of(cell, context.workspace.channels)
    if channel is None and NETWORKS.search(folded):
        channel = "social"
    if channel is None:
        context.warn(
            "channel_unknown",
            _("The source “%(name)s” is none of the workspace's channels: it counts as other.")
            % {"name": cell[:60]},
        )
    return {"channel": channel or "other"}


def read_campaign(cell: str, context: Context) -> Assigned:
    """The campaign that brought a lead."""
    return {"campaign": NOT_SET if not cell or fold(cell) in UNASSIGNED else cell}


AMOUNT_IN = (
    r"^(deal |opportunity |arr |total )?(amount|value|montant|valeur|betrag|importe|importo)"
    r" (usd|eur|gbp|chf|cad|aud|nzd|sek|nok|dkk|pln|brl|mxn|jpy|inr|zar)$"
)
"""An amount whose header ends in its currency: "Amount_USD"."""
ORIGIN: tuple[Column, ...] = (
    dimension(
        "channel", "channel", "canal", "canal marketing", "canal d'acquisition", "kanal", "canale",
        "marketing channel", "acquisition channel", "original traffic source",
        "original source type", "original source", "hs analytics source",
        "type de source d'origine", "source d'origine", "source de trafic d'origine",
        "latest source", "latest traffic source", "lead source", "origine de la piste",
        "origine du lead", "origine du prospect", "lead-quelle", "leadquelle",
        "origen del prospecto", "origen del candidato", "origine lead", "fonte del lead",
        "fuente original", "fonte originale", "ursprungliche quelle", "source channel",
        "canal source", "provenance", "origine", "deal source", "source du deal",
        "original traffic source type", "canal d'origine",
        read=read_source,
    ),
    dimension(
        "source", "source", "origin", "lead origin", "quelle", "fuente", "fonte", "source du lead",
        "source du contact", read=read_source, rank=1,
    ),
    text("source", "utm source", "utmsource"),
    text("medium", "utm medium", "utmmedium", "medium", "support"),
    dimension(
        "campaign", "campaign", "campaign name", "campagne", "nom de la campagne", "utm campaign",
        "utmcampaign", "kampagne", "campana", "campagna", "primary campaign source",
        "source principale de la campagne", "most recent campaign", "first campaign",
        "derniere campagne", "campagne d'origine",
        read=read_campaign,
    ),
    currency(
        "currency", "devise", "wahrung", "moneda", "divisa", "valuta", "deal currency",
        "currency code", "amount currency", "deal currency code", "devise de la transaction",
    ),
)  # fmt: skip
