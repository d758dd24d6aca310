"""Contributions to a change, links to where a number comes from."""

from decimal import Decimal

from django import template
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language

from accounts import fmt
from metrics.lineage import Input
from metrics.periods import Period
from metrics.why import Movement
from metrics.why_shown import shown_amount

register = template.Library()


@register.simple_tag
def contribution(amount: Decimal | None, movement: Movement, currency: str) -> str:
    """A contribution, rounded as its column is; a dash where there is none."""
    if amount is None:
        return fmt.MISSING
    return shown_amount(amount, movement.unit, currency, movement.places, get_language() or "en")


@register.simple_tag
def lineage_url(key: str, slug: str, period: Period, segment: str = "") -> str:
    """Where a value of a metric, period and segment (``channel:organic``) is explained."""
    asked = {"grain": str(period.grain), "start": period.start.isoformat()}
    return _address(key, slug, asked, segment)


@register.simple_tag
def input_url(one: Input, slug: str, segment: str = "") -> str:
    """Where an operand's value is explained; empty where it has no span of its own."""
    if one.span is None:
        return ""
    start, end = one.span
    asked = {"from": start.isoformat(), "to": end.isoformat()}
    return _address(one.metric.key, slug, asked, one.segment_key or segment)


def _address(key: str, slug: str, asked: dict[str, str], segment: str) -> str:
    path = reverse("metric_lineage", args=[slug, key])
    return f"{path}?{urlencode(asked | ({'segment': segment} if segment else {}))}"
