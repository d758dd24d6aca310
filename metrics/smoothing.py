"""Trailing means: a series without its ups and downs, and where a value stands against it.

Standard library only. A smoothed value is the mean of the last periods, its own included: 7 days,
4 weeks, 3 months, quarters or years.

- What adds up, and stocks: the mean of the periods' values.
- A weighted mean: Σ (value × weight) / Σ weight over the periods.
- A formula that divides: the formula of its smoothed operands. For a rate that is the ratio of the
  two sums over the periods, never the mean of the rates.
- People who come twice count once, so nothing that counts unique people can be smoothed.

A period is smoothed only where all that it is made from is known: a gap stays a gap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from metrics.calculation import CONTEXT
from metrics.derive import Formulas
from metrics.formula_nodes import Operand
from metrics.periods import PERIODS_PER_YEAR, Grain

WINDOWS: Mapping[Grain, int] = MappingProxyType(
    {Grain.DAY: 7, Grain.WEEK: 4, Grain.MONTH: 3, Grain.QUARTER: 3, Grain.YEAR: 3}
)
"""How many periods are taken together, the newest included."""
Numbers = Sequence[Decimal | None]


@dataclass(frozen=True, slots=True)
class Point:
    """A metric over one period: its value, and what it was made from by the operands' texts."""

    value: Decimal | None
    inputs: Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Kinds:
    """How base metrics add up: those with a weight, and those that count unique people."""

    weights: Mapping[str, str]
    uniques: frozenset[str]


def can_be_smoothed(key: str, formulas: Formulas, kinds: Kinds) -> bool:
    """Whether nothing in the metric counts unique people."""
    return not formulas.base_of(key) & kinds.uniques


def needed(key: str, formulas: Formulas) -> frozenset[str]:
    """The metrics whose values the smoothing of one reads, itself included."""
    formula = formulas.by_key.get(key)
    below = formula.plain if formula and not formula.exact else ()
    return frozenset({key}).union(*(needed(one, formulas) for one in below))


def smoothed(
    key: str,
    points: Mapping[str, Sequence[Point]],
    formulas: Formulas,
    kinds: Kinds,
    grain: Grain,
) -> list[Decimal | None]:
    """The smoothed values of consecutive periods, None where they cannot be had.

    `points` holds each metric that is `needed`, as long as one another.
    """
    own = points[key]
    if not can_be_smoothed(key, formulas, kinds):
        return [None] * len(own)
    window, formula = WINDOWS[grain], formulas.by_key.get(key)
    if key in kinds.weights:
        return _weighted(own, kinds.weights[key], window)
    if formula is None or formula.exact:
        return trailing([one.value for one in own], window)
    operands = {
        str(operand): _operand(operand, key, points, formulas, kinds, grain)
        for operand in formula.compiled.operands
    }
    per_year = PERIODS_PER_YEAR[grain]
    return [
        formula.compiled({name: values[place] for name, values in operands.items()}, per_year).value
        for place in range(len(own))
    ]


def _operand(
    operand: Operand,
    key: str,
    points: Mapping[str, Sequence[Point]],
    formulas: Formulas,
    kinds: Kinds,
    grain: Grain,
) -> list[Decimal | None]:
    """An operand of its own row by the same rules; one of elsewhere as it was read there."""
    if operand.modifier is None and operand.where is None:
        return smoothed(operand.metric, points, formulas, kinds, grain)
    return trailing([one.inputs.get(str(operand)) for one in points[key]], WINDOWS[grain])


def trailing(values: Numbers, window: int) -> list[Decimal | None]:
    """The mean of each value and those before it, `window` in all; None until there are so many."""
    return [mean(values[max(end - window, 0) : end], window) for end in range(1, len(values) + 1)]


def mean(values: Numbers, count: int) -> Decimal | None:
    """The mean of exactly `count` known values; None where one of them is missing."""
    known = [value for value in values if value is not None]
    return CONTEXT.divide(sum(known, Decimal(0)), Decimal(count)) if len(known) == count else None


def _weighted(points: Sequence[Point], weight: str, window: int) -> list[Decimal | None]:
    """Σ (value × weight) / Σ weight of the last periods; values that are all alike need none."""
    pairs = [(one.value, one.inputs.get(weight)) for one in points]
    found: list[Decimal | None] = []
    for end in range(1, len(pairs) + 1):
        part = pairs[max(end - window, 0) : end]
        values = {value for value, _weight in part}
        if len(part) < window or None in values:
            found.append(None)
        elif len(values) == 1:
            found.append(part[0][0])
        else:
            found.append(_mean_of(part))
    return found


def _mean_of(part: Sequence[tuple[Decimal | None, Decimal | None]]) -> Decimal | None:
    known = [(value, weight) for value, weight in part if value is not None and weight is not None]
    total = sum((weight for _value, weight in known), Decimal(0))
    if len(known) < len(part) or not total:
        return None
    return CONTEXT.divide(sum((value * weight for value, weight in known), Decimal(0)), total)
