"""How a campaign is shown in a row: its phase, its budget as a bullet, its pace as a sentence."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _

from accounts import fmt
from accounts.templatetags.components import bullet
from metrics.campaign_figures import Standing
from metrics.campaign_pace import Phase, Verdict
from metrics.campaign_words import (
    PHASES,
    VERDICTS,
    bullet_label,
    bullet_status,
    language,
    standing_sentence,
)

register = template.Library()


@register.inclusion_tag("parts/_pill.html")
def phase_pill(phase: str) -> dict[str, Any]:
    """Planned, running or over, as icon, word and colour."""
    tone, icon, word = PHASES[Phase(phase)]
    return {"text": word, "tone": tone, "icon": icon}


@register.inclusion_tag("parts/_bullet.html")
def campaign_bullet(standing: Standing) -> dict[str, Any]:
    """The share of the budget that is spent, and as a tick the share of the days that are gone."""
    found: dict[str, Any] = bullet(
        standing.spending.share, standing.time, bullet_status(standing), bullet_label(standing)
    )
    return found


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
