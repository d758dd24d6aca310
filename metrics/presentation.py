"""Metrics and feeds as commands print them and the API answers them."""

from decimal import Decimal
from typing import Any

from metrics.catalogue.definition import MetricDefinition
from metrics.feeds import FeedFreshness
from metrics.funnel import Compared, Funnel, Step
from metrics.numbers import as_text
from metrics.periods import Period
from metrics.sales_cycle import AdjustedValue


def metric_json(one: MetricDefinition) -> dict[str, Any]:
    """What a metric is called, what it is counted in and how it adds up."""
    return {
        "key": one.key,
        "names": {"en": one.name_en, "fr": one.name_fr},
        "unit": str(one.unit),
        "rollup": str(one.rollup),
        "weight": one.weight,
        "direction": str(one.direction),
        "formula": one.formula,
        "vanity": one.vanity,
        "after_the_fact": one.after_the_fact,
        "pair": one.pair,
    }


def feed_json(one: FeedFreshness) -> dict[str, Any]:
    """A feed, up to which day it has figures, and whether they are late."""
    return {
        "id": one.feed.public_id,
        "name": one.feed.name,
        "kind": one.feed.kind,
        "rhythm": one.feed.rhythm,
        "delay_days": one.feed.delay_days,
        "skips_weekends": one.feed.skips_weekends,
        "is_learned": one.feed.learns,
        "is_active": one.feed.is_active,
        "last_day": one.last_day.isoformat() if one.last_day else None,
        "last_received_at": one.feed.last_received_at,
        "due": one.due.isoformat() if one.due else None,
        "days_late": one.days_late,
        "is_late": one.is_late,
        "is_silent": one.is_silent,
    }


def funnel_json(found: Funnel, period: Period) -> dict[str, Any]:
    """The steps of a period; numbers are decimal strings, rates are fractions."""
    return {
        "grain": str(period.grain),
        "period": period.key,
        "start": found.start.isoformat(),
        "end": found.end.isoformat(),
        "partial": found.partial,
        "through": _text(found.through),
        "steps": [_step_json(one) for one in found.steps],
    }


def _step_json(one: Step) -> dict[str, Any]:
    return {
        "key": one.key,
        "count": _compared_json(one.count),
        "rate": _compared_json(one.rate) if one.rate else None,
        "adjusted": _adjusted_json(one.adjusted) if one.adjusted else None,
        "incomplete": one.incomplete,
    }


def _compared_json(one: Compared) -> dict[str, str | None]:
    return {
        "value": _text(one.now),
        "previous": _text(one.previous),
        "year_ago": _text(one.year_ago),
    }


def _adjusted_json(one: AdjustedValue) -> dict[str, Any]:
    return {
        "value": _text(one.value),
        "reason": one.reason,
        "days": one.days,
        "from": one.earlier_start.isoformat(),
        "to": one.earlier_end.isoformat(),
        "below": _text(one.below),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else as_text(value)
