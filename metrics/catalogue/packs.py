"""Packs of objectives that a new workspace can start from.

Each objective is a pattern: `{target}`, `{baseline}`, `{start}` and `{end}` stand for what the
workspace fills in. A change is a question asked of the user, never a target taken for granted.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What an objective asks of its metric."""

    REACH = "reach"
    REDUCE = "reduce"
    ABOVE = "above"
    BELOW = "below"
    CEILING = "ceiling"


class Over(StrEnum):
    """On which span the metric is judged: the whole, the last 28 days, or period by period."""

    SPAN = "span"
    LAST28 = "last28"
    PERIOD = "period"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackObjective:
    """One objective to start from.

    `change` is relative to the baseline (0.20 is a fifth more, −0.10 a tenth less); `target` is
    a level that holds for anyone, in the metric's unit; exactly one of them is given.
    `companions` are the metrics to read it with.
    """

    metric: str
    kind: Kind
    over: Over
    statement_en: str
    statement_fr: str
    change: Decimal | None = None
    target: Decimal | None = None
    companions: tuple[str, ...] = ()

    def statement(self, language: str) -> str:
        """Its wording in "en" or "fr", with its placeholders."""
        return self.statement_fr if language.startswith("fr") else self.statement_en


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A few objectives that go together."""

    key: str
    name_en: str
    name_fr: str
    summary_en: str
    summary_fr: str
    objectives: tuple[PackObjective, ...]

    def name(self, language: str) -> str:
        """Its name in "en" or "fr"."""
        return self.name_fr if language.startswith("fr") else self.name_en

    def summary(self, language: str) -> str:
        """What it is for, one sentence."""
        return self.summary_fr if language.startswith("fr") else self.summary_en


PACKS: tuple[Pack, ...] = (
    Pack(
        key="inbound",
        name_en="Inbound traffic",
        name_fr="Trafic entrant",
        summary_en="Be found by more of the right people, and turn their visits into contacts.",
        summary_fr="Être trouvé par davantage de bonnes personnes et en faire des contacts.",
        objectives=(
            PackObjective(
                metric="organic_sessions",
                kind=Kind.REACH,
                over=Over.SPAN,
                statement_en="Bring {target} organic visits to the site by {end}",
                statement_fr="Amener {target} visites organiques sur le site d'ici le {end}",
                change=Decimal("0.20"),
                companions=("search_clicks", "visit_to_lead_rate"),
            ),
            PackObjective(
                metric="visit_to_lead_rate",
                kind=Kind.REACH,
                over=Over.LAST28,
                statement_en="Turn {target} of visits into contacts by {end}, from {baseline}",
                statement_fr="Passer de {baseline} à {target} de visites converties au {end}",
                change=Decimal("0.10"),
                companions=("landing_conversion_rate", "leads"),
            ),
            PackObjective(
                metric="referring_domains",
                kind=Kind.REACH,
                over=Over.SPAN,
                statement_en="Have {target} sites that link to ours by {end}",
                statement_fr="Obtenir des liens de {target} sites d'ici le {end}",
                change=Decimal("0.15"),
                companions=("toxic_backlinks", "keywords_top10"),
            ),
        ),
    ),
    Pack(
        key="email",
        name_en="E-mail",
        name_fr="E-mail",
        summary_en="Grow a list that reads, and keep its trust.",
        summary_fr="Développer une liste qui lit, et garder sa confiance.",
        objectives=(
            PackObjective(
                metric="email_click_rate",
                kind=Kind.REACH,
                over=Over.LAST28,
                statement_en="Raise the click rate from {baseline} to {target} by {end}",
                statement_fr="Porter le taux de clics de {baseline} à {target} d'ici le {end}",
                change=Decimal("0.10"),
                companions=("email_click_to_open_rate", "email_open_rate"),
            ),
            PackObjective(
                metric="email_subscribers",
                kind=Kind.REACH,
                over=Over.SPAN,
                statement_en="Grow the list to {target} subscribers by {end}",
                statement_fr="Porter la liste à {target} inscrits d'ici le {end}",
                change=Decimal("0.10"),
                companions=("email_unsubscribes",),
            ),
            PackObjective(
                metric="email_delivery_rate",
                kind=Kind.ABOVE,
                over=Over.PERIOD,
                statement_en="Keep the delivery rate at or above {target}",
                statement_fr="Maintenir le taux de réception à {target} au moins",
                target=Decimal("0.97"),
                companions=("email_invalid_rate",),
            ),
            PackObjective(
                metric="email_unsubscribe_rate",
                kind=Kind.BELOW,
                over=Over.PERIOD,
                statement_en="Keep the unsubscribe rate at or below {target}",
                statement_fr="Maintenir le taux de désinscription à {target} au plus",
                target=Decimal("0.003"),
                companions=("email_unsubscribes",),
            ),
        ),
    ),
    Pack(
        key="social",
        name_en="Social",
        name_fr="Réseaux sociaux",
        summary_en="Grow a community that answers, and contacts that come from it.",
        summary_fr="Développer une communauté qui réagit, et les contacts qui en viennent.",
        objectives=(
            PackObjective(
                metric="followers",
                kind=Kind.REACH,
                over=Over.SPAN,
                statement_en="Reach {target} followers by {end}",
                statement_fr="Atteindre {target} abonnés d'ici le {end}",
                change=Decimal("0.10"),
                companions=("engagement_rate", "social_sessions"),
            ),
            PackObjective(
                metric="engagement_rate",
                kind=Kind.ABOVE,
                over=Over.PERIOD,
                statement_en="Keep the engagement rate at or above {target}",
                statement_fr="Maintenir le taux d'engagement à {target} au moins",
                change=Decimal("0.00"),
                companions=("engagements", "people_engagement_rate"),
            ),
            PackObjective(
                metric="social_leads",
                kind=Kind.REACH,
                over=Over.SPAN,
                statement_en="Win {target} leads from social networks by {end}",
                statement_fr="Obtenir {target} leads des réseaux sociaux d'ici le {end}",
                change=Decimal("0.20"),
                companions=("social_sessions",),
            ),
        ),
    ),
    Pack(
        key="leads",
        name_en="Lead generation",
        name_fr="Génération de leads",
        summary_en="More qualified leads, that sales accept, for less money each.",
        summary_fr="Plus de leads qualifiés, acceptés par les ventes, et moins chers.",
        objectives=(
            PackObjective(
                metric="mqls",
                kind=Kind.REACH,
                over=Over.SPAN,
                statement_en="Generate {target} MQLs between {start} and {end}",
                statement_fr="Générer {target} MQL entre le {start} et le {end}",
                change=Decimal("0.20"),
                companions=("leads", "mql_to_sql_rate"),
            ),
            PackObjective(
                metric="mql_to_sql_rate",
                kind=Kind.REACH,
                over=Over.SPAN,
                statement_en="Have sales accept {target} of MQLs, from {baseline}, by {end}",
                statement_fr="Porter la part de MQL acceptés de {baseline} à {target} au {end}",
                change=Decimal("0.10"),
                companions=("sqls", "lead_to_customer_rate"),
            ),
            PackObjective(
                metric="cpl",
                kind=Kind.REDUCE,
                over=Over.LAST28,
                statement_en="Cut the cost per lead from {baseline} to {target} by {end}",
                statement_fr="Ramener le coût par lead de {baseline} à {target} d'ici le {end}",
                change=Decimal("-0.10"),
                companions=("marketing_cost", "cost_per_mql"),
            ),
        ),
    ),
    Pack(
        key="paid",
        name_en="Paid campaigns",
        name_fr="Campagnes payantes",
        summary_en="Spend the budget evenly, and get more out of it.",
        summary_fr="Dépenser le budget régulièrement, et en tirer davantage.",
        objectives=(
            PackObjective(
                metric="cost_media",
                kind=Kind.CEILING,
                over=Over.SPAN,
                statement_en="Spend at most {target} on media between {start} and {end}",
                statement_fr="Dépenser au plus {target} en média du {start} au {end}",
                change=Decimal("0.00"),
                companions=("ad_clicks", "ad_conversions"),
            ),
            PackObjective(
                metric="ad_conversions",
                kind=Kind.REACH,
                over=Over.SPAN,
                statement_en="Get {target} conversions from ads by {end}",
                statement_fr="Obtenir {target} conversions publicitaires d'ici le {end}",
                change=Decimal("0.15"),
                companions=("ctr", "cost_media"),
            ),
            PackObjective(
                metric="cpc",
                kind=Kind.REDUCE,
                over=Over.LAST28,
                statement_en="Cut the cost per click from {baseline} to {target} by {end}",
                statement_fr="Ramener le coût par clic de {baseline} à {target} d'ici le {end}",
                change=Decimal("-0.10"),
                companions=("ctr", "ad_conversions"),
            ),
            PackObjective(
                metric="roas",
                kind=Kind.ABOVE,
                over=Over.PERIOD,
                statement_en="Keep the return on ad spend at or above {target}",
                statement_fr="Maintenir le retour sur dépenses publicitaires à {target} au moins",
                change=Decimal("0.00"),
                companions=("ad_revenue", "cost_media"),
            ),
        ),
    ),
    Pack(
        key="revenue",
        name_en="Revenue and retention",
        name_fr="Revenu et fidélisation",
        summary_en="Fill the pipeline, win revenue, and keep the customers won.",
        summary_fr="Remplir le pipeline, gagner du chiffre d'affaires et garder ses clients.",
        objectives=(
            PackObjective(
                metric="pipeline_value",
                kind=Kind.REACH,
                over=Over.SPAN,
                statement_en="Bring the pipeline to {target} by {end}",
                statement_fr="Porter le pipeline à {target} d'ici le {end}",
                change=Decimal("0.15"),
                companions=("opportunities", "sql_to_customer_rate"),
            ),
            PackObjective(
                metric="revenue",
                kind=Kind.REACH,
                over=Over.SPAN,
                statement_en="Win {target} of revenue from marketing by {end}",
                statement_fr="Réaliser {target} de CA grâce au marketing d'ici le {end}",
                change=Decimal("0.15"),
                companions=("new_customers", "average_order_value"),
            ),
            PackObjective(
                metric="cac",
                kind=Kind.REDUCE,
                over=Over.SPAN,
                statement_en="Cut the acquisition cost from {baseline} to {target} by {end}",
                statement_fr="Ramener le coût d'acquisition de {baseline} à {target} au {end}",
                change=Decimal("-0.10"),
                companions=("marketing_cost", "clv_to_cac"),
            ),
            PackObjective(
                metric="churn_rate",
                kind=Kind.BELOW,
                over=Over.PERIOD,
                statement_en="Keep customer churn at or below {target} each month",
                statement_fr="Maintenir l'attrition à {target} au plus chaque mois",
                change=Decimal("-0.10"),
                companions=("lost_customers", "nps"),
            ),
        ),
    ),
)
