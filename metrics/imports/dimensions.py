"""Channels and devices under the names that tools and people give them, in several languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from metrics.catalogue.dimensions import find_channel, find_device
from metrics.imports.folding import fold
from metrics.imports.parsed import NOT_SET

UNASSIGNED = frozenset(
    {
        "(not set)", "not set", "not_set", "unassigned", "(other)", "(unassigned)",
        "non attribue", "non attribuee", "non defini", "(non defini)", "(non definie)",
        "non classe", "nicht zugewiesen", "sin asignar", "non assegnato", "--",
        "(data not available)", "(autre)", "(aucun)",
    }
)  # fmt: skip
"""What sources print where they break down by a dimension and cannot assign the row."""

CHANNEL_NAMES: Mapping[str, tuple[str, ...]] = {
    "direct": ("direkt", "directo"),
    "organic": (
        "search",
        "natural search",
        "organique",
        "trafic organique",
        "organische suche",
        "busqueda organica",
        "ricerca organica",
    ),
    "paid_search": (
        "ads",
        "google ads",
        "google adwords",
        "adwords",
        "bing ads",
        "microsoft ads",
        "referencement payant",
        "payant",
        "bezahlte suche",
        "busqueda de pago",
        "ricerca a pagamento",
        "achats payants",
    ),
    "social": ("reseau social", "organische soziale medien", "social organico"),
    "paid_social": (
        "social media payant",
        "social payant",
        "meta ads",
        "facebook ads",
        "fb ads",
        "instagram ads",
        "linkedin ads",
        "tiktok ads",
        "x ads",
        "twitter ads",
        "snapchat ads",
        "pinterest ads",
        "social ads",
    ),
    "email": ("mail", "correo electronico", "emailing", "e-mailing", "newsletter", "newsletters"),
    "referral": ("site web referent", "sites externes", "verweis"),
    "display": ("reseau display", "display publicitaire"),
    "events": ("offline events",),
    "other": (
        "organic video",
        "organic shopping",
        "video organique",
        "videos organiques",
        "shopping organique",
        "achats organiques",
        "cross network",
        "multicanal",
        "interreseaux",
        "other advertising",
        "autre payant",
        "autres canaux payants",
        "notifications push mobiles",
        "notifications push pour mobile",
        "ai assistant",
        "ai assistants",
        "generic paid",
        "paid",
    ),
}
"""Labels of tools, folded, that the catalogue does not list or that are more precise here: video
and shopping listings are not the search results that "organic" stands for."""

DEVICE_NAMES: Mapping[str, tuple[str, ...]] = {
    "desktop": ("computer desktop", "escritorio", "ordenadores", "ordenador", "computer fisso"),
    "smartphone": (
        "mobile devices with full browsers",
        "appareil mobile",
        "appareils mobiles",
        "appareils mobiles dotes d'un navigateur internet complet",
        "handset",
        "high end mobile",
        "mobiltelefon",
        "mobilgerat",
        "movil",
        "moviles",
    ),
    "tablet": (
        "tableta",
        "tabletas",
        "tablets with full browsers",
        "tablettes dotees d'un navigateur internet complet",
    ),
    "other": (
        "ecrans de television",
        "ecrans de tv",
        "ecran de television",
        "television connectee",
        "console",
        "wearable",
        "unknown",
        "inconnu",
        "devices streaming video content to tv screens",
    ),
}

NETWORKS = re.compile(
    r"facebook|instagram|linkedin|lnkd|twitter|^t\.co|^x$|^x\.com|youtube|tiktok|pinterest|reddit"
    r"|snapchat|whatsapp|threads|^meta|^fb$|^ig$"
)


def _by_name(names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: key for key, listed in names.items() for name in listed}


CHANNELS = _by_name(CHANNEL_NAMES)
DEVICES = _by_name(DEVICE_NAMES)


def channel_of(text: str, own: Mapping[str, tuple[str, ...]] | None = None) -> str | None:
    """The channel's key for a name in any of its spellings; `NOT_SET`, or None where unknown.

    `own` are the workspace's channels with their names: they come first.
    """
    folded = fold(text)
    if folded in UNASSIGNED:
        return NOT_SET
    for key, names in (own or {}).items():
        if folded in {fold(name) for name in (key, *names)}:
            return key
    return CHANNELS.get(folded.replace("_", " ").replace("-", " ")) or find_channel(text)


def device_of(text: str) -> str | None:
    """The device's key for a name in any of its spellings; `NOT_SET`, or None where unknown."""
    folded = fold(text)
    if folded in UNASSIGNED:
        return NOT_SET
    return DEVICES.get(folded.replace("_", " ")) or find_device(text.replace("_", " "))


def channel_of_source(text: str) -> str:
    """The channel of a "source / medium" pair, by the rules analytics tools publish."""
    source, _slash, medium = (part.strip() for part in fold(text).partition("/"))
    if source in {"(direct)", "direct"} and medium in {
        "",
        "(none)",
        "(not set)",
        "none",
        "(aucun)",
    }:
        return "direct"
    if source in UNASSIGNED and (not medium or medium in UNASSIGNED):
        return NOT_SET
    return channel_of_medium(medium, source)


def channel_of_medium(medium: str, source: str = "") -> str:
    """The channel of a medium, with the source where it decides (search engine or network)."""
    medium, source = fold(medium), fold(source)
    paid = bool(re.fullmatch(r".*cp.*|ppc|retargeting|paid.*|.*payant.*|sea", medium))
    if (
        re.search(r"display|banner|expandable|interstitial|^cpm$|video", medium)
        and "social" not in medium
    ):
        return "display"
    if "affili" in medium:
        return "affiliate"
    if re.fullmatch(r"e-?_?\s?mail(ing)?|newsletter|courriel", medium) or source in {
        "email",
        "newsletter",
    }:
        return "email"
    if NETWORKS.search(source) or "social" in medium or medium == "sm":
        return "paid_social" if paid else "social"
    if paid:
        return "paid_search"
    if medium == "organic":
        return "organic"
    if medium in {"referral", "app", "link"}:
        return "referral"
    return _rest(medium)


def _rest(medium: str) -> str:
    if medium in {"(none)", "none", "direct", "(direct)"}:
        return "direct"
    return NOT_SET if not medium or medium in UNASSIGNED else "other"
