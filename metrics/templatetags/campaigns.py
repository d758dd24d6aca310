"""How a campaign is shown in a row: its phase, its budget as a bullet, its pace as a sentence."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import fmt
from accounts.templatetags.components import bullet, sparkline
from accounts.templatetags.kept import rendered_once
from metrics.campaign_figures import Standing
from metrics.campaign_pace import Phase, Verdict
from metrics.campaign_words import (
    PHASES,
    VERDICTS,
    bullet_label,
    bullet_status,
    language,
    outcome_label,
    outcome_status,
    standing_sentence,
    trend_label,
)

register = template.Library()


@register.simple_tag
@rendered_once("parts/_pill.html")
def phase_pill(phase: str) -> dict[str, Any]:
    """Planned, running or over, as icon, word and colour."""
    tone, icon, word = PHASES[Phase(phase)]
    return {"text": word, "tone": tone, "icon": icon}


@register.simple_tag
def campaign_bullet(standing: Standing) -> SafeString:
    """The share of the budget that is spent, and as a tick the share of the days that are gone."""
    return bullet(
        standing.spending.share, standing.time, bullet_status(standing), bullet_label(standing)
    )


@register.simple_tag
def outcome_bullet(standing: Standing) -> SafeString:
    """The share of the planned outcome that is there, and as a tick the share of the days gone."""
    assert standing.outcome is not None
    return bullet(
        standing.outcome.share, standing.time, outcome_status(standing), outcome_label(standing)
    )


@register.simple_tag
def campaign_trend(standing: Standing) -> SafeString:
    """The campaign's latest days or weeks as a line."""
    return sparkline(standing.trend.values, trend_label(standing))


@register.simple_tag
def campaign_brought(standing: Standing, currency: str) -> str:
    """`93 of 130`: the planned outcome; empty where none is planned."""
    metric, outcome = standing.campaign.outcome, standing.outcome
    if metric is None or outcome is None or standing.campaign.outcome_target is None:
        return ""
    unit = str(metric.definition.unit)
    numbers = (outcome.total or Decimal(0), standing.campaign.outcome_target)
    brought, planned = (fmt.metric_value(one, unit, currency, language()) for one in numbers)
    return _("%(brought)s of %(planned)s") % {"brought": brought, "planned": planned}


@register.simple_tag
def campaign_sentence(standing: Standing) -> str:
    """Where it leads, or what came of it."""
    return standing_sentence(standing)


@register.simple_tag
def campaign_spent(standing: Standing, currency: str) -> str:
    """`€12,400 of €20,000`; a dash where neither is known."""
    spent, budget = standing.spending.total, standing.campaign.budget
    if budget is None:
        return _money(spent, currency)
    words = {"spent": _money(spent or Decimal(0), currency), "budget": _money(budget, currency)}
    return _("%(spent)s of %(budget)s") % words


def _money(amount: Decimal | None, currency: str) -> str:
    return fmt.metric_value(amount, "money", currency, language())


@register.simple_tag
def verdict_word(verdict: str) -> str:
    """How the budget is spent: on pace, a little slow, too fast."""
    return str(VERDICTS[Verdict(verdict)][1])


@register.simple_tag
def whole_number(value: Decimal, unit: str, currency: str) -> str:
    """A projected value without the decimals that a projection cannot have."""
    return fmt.metric_value(value.quantize(Decimal(1)), unit, currency, language())
