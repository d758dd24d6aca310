"""Metrics that answer the same question with another denominator or scope.

They stand side by side, each with what sets it apart; a workspace chooses the one that it
proposes, the first unless it says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One metric of a group, with its denominator or the scope of its costs in a few words."""

    metric: str
    label_en: str
    label_fr: str

    def label(self, language: str) -> str:
        """What sets it apart, in "en" or "fr"."""
        return self.label_fr if language.startswith("fr") else self.label_en


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantGroup:
    """Metrics that answer one question."""

    key: str
    name_en: str
    name_fr: str
    variants: tuple[Variant, ...]

    def name(self, language: str) -> str:
        """The question's subject, in "en" or "fr"."""
        return self.name_fr if language.startswith("fr") else self.name_en

    @property
    def metrics(self) -> tuple[str, ...]:
        """The keys of its metrics, in the order of their variants."""
        return tuple(one.metric for one in self.variants)


GROUPS: tuple[VariantGroup, ...] = (
    VariantGroup(
        key="conversion_rate",
        name_en="Conversion rate",
        name_fr="Taux de conversion",
        variants=(
            Variant(
                metric="conversion_rate_sessions",
                label_en="conversions ÷ sessions of the whole site",
                label_fr="conversions ÷ visites de tout le site",
            ),
            Variant(
                metric="conversion_rate_visitors",
                label_en="conversions ÷ unique visitors of the whole site",
                label_fr="conversions ÷ visiteurs uniques de tout le site",
            ),
            Variant(
                metric="landing_conversion_rate",
                label_en="conversions ÷ sessions of the landing pages",
                label_fr="conversions ÷ visites des landing pages",
            ),
            Variant(
                metric="landing_conversion_rate_visitors",
                label_en="conversions ÷ unique visitors of the landing pages",
                label_fr="conversions ÷ visiteurs uniques des landing pages",
            ),
        ),
    ),
    VariantGroup(
        key="cost_per_lead",
        name_en="Cost of winning people",
        name_fr="Coût d’acquisition",
        variants=(
            Variant(
                metric="cpl",
                label_en="full marketing cost ÷ leads",
                label_fr="coût marketing complet ÷ leads",
            ),
            Variant(
                metric="cpl_media",
                label_en="media cost only ÷ leads",
                label_fr="achat média seul ÷ leads",
            ),
            Variant(
                metric="cost_per_mql",
                label_en="full marketing cost ÷ marketing-qualified leads",
                label_fr="coût marketing complet ÷ leads qualifiés (MQL)",
            ),
            Variant(
                metric="cac",
                label_en="full marketing cost ÷ new customers",
                label_fr="coût marketing complet ÷ nouveaux clients",
            ),
        ),
    ),
    VariantGroup(
        key="return",
        name_en="Return on what was spent",
        name_fr="Retour sur les dépenses",
        variants=(
            Variant(
                metric="roi",
                label_en="(revenue from marketing − full cost) ÷ full cost",
                label_fr="(CA généré par le marketing − coût complet) ÷ coût complet",
            ),
            Variant(
                metric="roi_growth",
                label_en="(growth over the reference revenue − full cost) ÷ full cost",
                label_fr="(hausse par rapport au CA de référence − coût complet) ÷ coût complet",
            ),
            Variant(
                metric="roas",
                label_en="revenue from ads ÷ media cost only",
                label_fr="revenus de la publicité ÷ achat média seul",
            ),
        ),
    ),
    VariantGroup(
        key="engagement_rate",
        name_en="Engagement rate",
        name_fr="Taux d’engagement",
        variants=(
            Variant(
                metric="engagement_rate",
                label_en="acts (reactions, comments, shares) ÷ followers",
                label_fr="actes (j’aime, commentaires, partages) ÷ abonnés",
            ),
            Variant(
                metric="people_engagement_rate",
                label_en="people who reacted ÷ followers",
                label_fr="personnes ayant réagi ÷ abonnés",
            ),
        ),
    ),
    VariantGroup(
        key="lifetime_value",
        name_en="Customer lifetime value",
        name_fr="Valeur vie client",
        variants=(
            Variant(
                metric="clv",
                label_en="monthly revenue per account × 12 × years as a customer",
                label_fr="revenu mensuel par client × 12 × années de fidélité",
            ),
            Variant(
                metric="clv_orders",
                label_en="average order × orders per customer and year × years as a customer",
                label_fr="panier moyen × commandes par client et par an × années de fidélité",
            ),
        ),
    ),
    VariantGroup(
        key="pages_seen",
        name_en="Pages seen",
        name_fr="Pages vues",
        variants=(
            Variant(
                metric="pages_per_session",
                label_en="page views ÷ sessions",
                label_fr="pages vues ÷ visites",
            ),
            Variant(
                metric="pages_per_visitor",
                label_en="page views ÷ unique visitors",
                label_fr="pages vues ÷ visiteurs uniques",
            ),
        ),
    ),
    VariantGroup(
        key="time_on_site",
        name_en="Time on site",
        name_fr="Temps de visite",
        variants=(
            Variant(
                metric="avg_session_duration",
                label_en="time on site ÷ sessions",
                label_fr="temps de visite ÷ visites",
            ),
            Variant(
                metric="avg_visitor_duration",
                label_en="time on site ÷ unique visitors",
                label_fr="temps de visite ÷ visiteurs uniques",
            ),
        ),
    ),
    VariantGroup(
        key="email_clicks",
        name_en="Clicks in e-mails",
        name_fr="Clics dans les e-mails",
        variants=(
            Variant(
                metric="email_click_rate",
                label_en="people who clicked ÷ e-mails delivered",
                label_fr="cliqueurs ÷ e-mails reçus",
            ),
            Variant(
                metric="email_click_to_open_rate",
                label_en="people who clicked ÷ people who opened",
                label_fr="cliqueurs ÷ ouvreurs",
            ),
        ),
    ),
)

GROUP_OF: Mapping[str, VariantGroup] = MappingProxyType(
    {key: group for group in GROUPS for key in group.metrics}
)
"""The group of each metric that has variants."""
