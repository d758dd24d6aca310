"""Metrics and feeds as commands print them and the API answers them."""

from typing import Any

from metrics.catalogue.definition import MetricDefinition
from metrics.feeds import FeedFreshness


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
        "last_day": one.last_day.isoformat() if one.last_day else None,
        "last_received_at": one.feed.last_received_at,
        "due": one.due.isoformat() if one.due else None,
        "days_late": one.days_late,
        "is_late": one.is_late,
        "is_silent": one.is_silent,
    }
