"""The values of a metric as one document: what the command prints and the API answers."""

from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from accounts.models import Workspace
from metrics.models import Metric
from metrics.numbers import as_text
from metrics.periods import Grain
from metrics.reported import Reported, reported
from metrics.rules import DIMENSION_NAMES
from metrics.segment_names import SegmentName, segments_of
from metrics.series import EVERYTHING, SeriesValue, values
from metrics.units import Unit

MONEY = frozenset({Unit.MONEY, Unit.MONEY_PER_MONTH})


def value_report(
    workspace: Workspace,
    metric: Metric,
    grain: Grain,
    start: date,
    end: date,
    *,
    today: date,
    by: str | None = None,
    as_of: date | None = None,
) -> dict[str, Any]:
    """The values of all periods between two days, of everything or by a dimension.

    Numbers are decimal strings: rates are fractions, money has the currency's decimals at least.
    `as_of` gives them as they were reported on that day, with the formula that held then; a day to
    come is as good as today.
    """
    dimension = DIMENSION_NAMES[by] if by else None
    seen_on = today if as_of is None else min(as_of, today)
    found = values(workspace, metric.key, grain, start, end, today=seen_on, dimension=dimension)
    definition = metric.definition
    shown = Reported(found, definition.formula, str(definition.unit))
    if as_of is not None:
        shown = reported(workspace, metric, found, day=seen_on, today=seen_on)
    names = segments_of(workspace, dimension) if dimension is not None else {}
    return {
        "metric": {
            "key": metric.key,
            "unit": shown.unit,
            "direction": str(definition.direction),
            "rollup": str(definition.rollup),
            "formula": shown.formula,
        },
        "grain": str(grain),
        "currency": workspace.currency,
        "values": [_entry(one, by, names, shown.unit, workspace) for one in shown.values],
    }


def _entry(
    one: SeriesValue,
    by: str | None,
    names: dict[int, SegmentName],
    unit: str,
    workspace: Workspace,
) -> dict[str, Any]:
    return {
        "period": one.period.key,
        "start": one.period.start.isoformat(),
        "end": one.period.end.isoformat(),
        "segment": _segment(one, by, names),
        "value": number_text(one.value, unit, workspace.currency),
        "inputs": {
            name: None if value is None else as_text(value) for name, value in one.inputs.items()
        },
        "partial": one.partial,
        "incomplete": one.incomplete,
        "reason": one.reason,
    }


def _segment(
    one: SeriesValue, by: str | None, names: dict[int, SegmentName]
) -> dict[str, str] | None:
    if one.segment == EVERYTHING:
        return None
    number = one.segment.segment_id
    name = names.get(number, SegmentName(str(number), str(number)))
    return {"dimension": by or "", "key": name.key, "label": name.label}


def number_text(value: Decimal | None, unit: str, currency: str) -> str | None:
    """A number as a decimal string; an amount of money has its currency's decimals at least."""
    if value is None:
        return None
    text = as_text(value)
    if unit not in MONEY:
        return text
    whole, _point, decimals = text.partition(".")
    precision = get_currency_precision(currency)
    return f"{whole}.{decimals.ljust(precision, '0')}" if decimals or precision else whole
