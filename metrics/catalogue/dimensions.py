"""The channels and devices that ship with the product, and the names that tools give them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from metrics.catalogue.headers import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionValue:
    """One value of a dimension. `aliases` are what tools and people call it."""

    key: str
    name_en: str
    name_fr: str
    aliases: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """Its name in "en" or "fr"."""
        return self.name_fr if language.startswith("fr") else self.name_en


CHANNELS: tuple[DimensionValue, ...] = (
    DimensionValue(
        key="direct",
        name_en="Direct",
        name_fr="Direct",
        aliases=("Direct traffic", "Trafic direct", "Accès direct"),
    ),
    DimensionValue(
        key="organic",
        name_en="Organic search",
        name_fr="Recherche naturelle",
        aliases=(
            "Organic",
            "SEO",
            "Organic shopping",
            "Recherche organique",
            "Référencement naturel",
            "Shopping organique",
        ),
    ),
    DimensionValue(
        key="paid_search",
        name_en="Paid search",
        name_fr="Recherche payante",
        aliases=(
            "SEA",
            "PPC",
            "CPC",
            "Search ads",
            "Paid shopping",
            "Réseau de recherche payant",
            "Liens sponsorisés",
            "Shopping payant",
        ),
    ),
    DimensionValue(
        key="social",
        name_en="Social",
        name_fr="Réseaux sociaux",
        aliases=(
            "Organic social",
            "Organic video",
            "Social media",
            "Social organique",
            "Réseaux sociaux organiques",
            "Vidéo organique",
        ),
    ),
    DimensionValue(
        key="paid_social",
        name_en="Paid social",
        name_fr="Social payant",
        aliases=("Social ads", "Réseaux sociaux payants", "Réseau social payant"),
    ),
    DimensionValue(
        key="email",
        name_en="E-mail",
        name_fr="E-mail",
        aliases=("Email", "Email marketing", "E-mailing", "Emailing", "Newsletter", "Courriel"),
    ),
    DimensionValue(
        key="referral",
        name_en="Referral",
        name_fr="Sites référents",
        aliases=("Referrals", "Referral traffic", "AI referrals", "Site référent", "Parrainage"),
    ),
    DimensionValue(
        key="display",
        name_en="Display",
        name_fr="Display",
        aliases=("Display ads", "Banner", "Bannières", "Paid video", "Vidéo payante"),
    ),
    DimensionValue(
        key="affiliate",
        name_en="Affiliates",
        name_fr="Affiliation",
        aliases=("Affiliate", "Affiliés", "Affiliate marketing"),
    ),
    DimensionValue(
        key="events",
        name_en="Events",
        name_fr="Événements",
        aliases=("Event", "Trade shows", "Salons", "Webinars", "Webinaires"),
    ),
    DimensionValue(
        key="other",
        name_en="Other",
        name_fr="Autres",
        aliases=(
            "Other campaigns",
            "Offline sources",
            "Cross-network",
            "Paid other",
            "Audio",
            "SMS",
            "Mobile push notifications",
            "Unassigned",
            "Autre",
            "Inter-réseaux",
            "Multi-réseaux",
            "Non attribué",
        ),
    ),
)

DEVICES: tuple[DimensionValue, ...] = (
    DimensionValue(
        key="desktop",
        name_en="Desktop",
        name_fr="Ordinateur",
        aliases=("Computer", "Computers", "Ordinateurs de bureau", "Bureau", "PC"),
    ),
    DimensionValue(
        key="smartphone",
        name_en="Smartphone",
        name_fr="Smartphone",
        aliases=("Mobile", "Mobile phones", "Phone", "Téléphone mobile", "Téléphone"),
    ),
    DimensionValue(
        key="tablet", name_en="Tablet", name_fr="Tablette", aliases=("Tablets", "Tablettes")
    ),
    DimensionValue(
        key="other",
        name_en="Other",
        name_fr="Autre",
        aliases=("Smart TV", "Connected TV", "TV screens", "Téléviseur connecté", "Autres"),
    ),
)


def _index(values: Iterable[DimensionValue]) -> Mapping[str, str]:
    names = {
        fold(name): value.key
        for value in values
        for name in (value.key, value.name_en, value.name_fr, *value.aliases)
    }
    return MappingProxyType(names)


CHANNEL_NAMES = _index(CHANNELS)
DEVICE_NAMES = _index(DEVICES)


def find_channel(text: str) -> str | None:
    """The key of the channel that a tool or a person means, in either language, or None."""
    return CHANNEL_NAMES.get(fold(text))


def find_device(text: str) -> str | None:
    """The key of the device that a tool or a person means, in either language, or None."""
    return DEVICE_NAMES.get(fold(text))
