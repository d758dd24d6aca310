"""The expected range behind an alert, period by period: for the chart on its page."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from metrics.feeds import Deliveries
from metrics.periods import Grain
from objectives.models import Alert
from objectives.watching import read, watched_by


def expected_around(alert: Alert, *, today: date) -> dict[date, Mapping[str, Decimal]]:
    """By a period's first day: what was expected, and the ends of its range.

    Worked out anew from today's figures; empty where the rule watches something else by now.
    """
    if alert.rule is None:
        return {}
    deliveries = Deliveries(alert.workspace, today=today)
    watched = [
        one for one in watched_by([alert.rule], deliveries.metrics) if one.cause == alert.cause
    ]
    readings = read(alert.workspace, watched, day=today, deliveries=deliveries)
    line = readings.line(watched[0]) if watched else None
    if line is None or line.grain is not Grain(alert.evidence["grain"]):
        return {}
    return {
        value.period.start: {
            "low": Decimal(str(round(told.low, 6))),
            "expected": Decimal(str(round(told.expected, 6))),
            "high": Decimal(str(round(told.high, 6))),
        }
        for value, told in zip(line.values, line.judged, strict=True)
        if told is not None
    }
