"""Formulas over whole columns of exact numbers: the sibling of `metrics.calculation`.

Numbers are whole as long as they fit 64 bits, else `Decimal` (`metrics.engine.exact`); the digits
are the twin's, and there is no float. Whoever calls sets `calculation.CONTEXT` as the decimal
context.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache, reduce
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from metrics.calculation import CONTEXT, LARGEST_RESULT
from metrics.engine.cubes import Bools, State, States
from metrics.engine.exact import (
    LARGEST,
    Decimals,
    Numbers,
    Objects,
    Ratio,
    Whole,
    added,
    alike,
    applied,
    constant,
    divided,
    multiplied,
    negated,
    nothing,
)
from metrics.formula_nodes import (
    Binary,
    Call,
    Negative,
    Node,
    Number,
    Operand,
    Value,
    operands_in_order,
)

TOO_LARGE = Decimal(10) ** LARGEST_RESULT


class Column(NamedTuple):
    """Values where `known`; elsewhere `reason` says why there is none (0: nothing was asked).

    `missing` marks where an operand had no value.
    """

    values: Numbers
    known: Bools
    reason: States
    missing: Bools


class Run(NamedTuple):
    """What a formula is calculated from: its operands by their text, how many cells, and what
    `per_year` multiplies each by."""

    operands: Mapping[str, Column]
    size: int
    per_year: Objects


Step = Callable[[Run], Column]


class ColumnFormula:
    """A formula ready to be calculated for many cells at once."""

    __slots__ = ("_step", "operands")

    def __init__(self, node: Node) -> None:
        self._step = _step(node)
        self.operands: tuple[Operand, ...] = operands_in_order(node)

    def __call__(self, run: Run) -> Column:
        """The value of each cell, or the reason for none, as `calculation.Compiled` says it."""
        found = self._step(run)
        numbers = found.values
        if isinstance(numbers, Whole) or not found.known.any():
            return found
        if isinstance(numbers, Ratio) and numbers.is_small:
            return found
        values = numbers.decimals(found.known)
        if values.min() > -TOO_LARGE and values.max() < TOO_LARGE:
            return found
        fits = np.zeros(run.size, bool)
        fits[found.known] = [one.is_finite() and abs(one) < TOO_LARGE for one in values.tolist()]
        reason = np.where(found.known & ~fits, np.uint8(State.TOO_LARGE), found.reason)
        return Column(found.values, fits, reason, found.missing)


@lru_cache(maxsize=4096)
def compile_columns(node: Node) -> ColumnFormula:
    """The formula as nested Python functions over columns; no text is ever executed."""
    return ColumnFormula(node)


def absent(size: int) -> Column:
    """An operand that has a value nowhere."""
    nowhere = np.zeros(size, bool)
    return Column(nothing(size), nowhere, np.full(size, State.NO_DATA, np.uint8), ~nowhere)


def _step(node: Node) -> Step:
    match node:
        case Number(value):
            return lambda run: _everywhere(value, run.size)
        case Value(operand):
            name = str(operand)
            return lambda run: run.operands[name]
        case Negative(inner):
            return _negative(_step(inner))
        case Binary(operator, left, right):
            return _binary(operator, _step(left), _step(right))
        case Call(function, arguments):
            return CALLS[function](tuple(_step(one) for one in arguments))


def _everywhere(value: Decimal, size: int) -> Column:
    nowhere = np.zeros(size, bool)
    return Column(constant(value, size), ~nowhere, np.zeros(size, np.uint8), nowhere)


def _first(left: States, right: States) -> States:
    """The first reason that was met."""
    return np.where(left != 0, left, right)


def _negative(inner: Step) -> Step:
    def step(run: Run) -> Column:
        found = inner(run)
        return found._replace(values=negated(found.values, found.known))

    return step


def _less(first: Numbers, second: Numbers, known: Bools) -> Numbers:
    return added(first, second, known, less=True)


OPERATORS: Mapping[str, Callable[[Numbers, Numbers, Bools], Numbers]] = MappingProxyType(
    {"+": added, "-": _less, "*": multiplied, "/": divided}
)


def _binary(operator: str, left: Step, right: Step) -> Step:
    calculate = OPERATORS[operator]

    def step(run: Run) -> Column:
        first, second = left(run), right(run)
        known = first.known & second.known
        reason = _first(first.reason, second.reason)
        if operator == "/":
            zero = known & second.values.zeros()
            known &= ~zero
            reason = np.where((reason == 0) & zero, np.uint8(State.ZERO_DENOMINATOR), reason)
        values = calculate(first.values, second.values, known)
        return Column(values, known, reason, first.missing | second.missing)

    return step


def _extreme(
    choose: Callable[[Decimal, Decimal], Decimal],
) -> Callable[[tuple[Step, ...]], Step]:
    chosen = np.frompyfunc(choose, 2, 1)

    def build(steps: tuple[Step, ...]) -> Step:
        def step(run: Run) -> Column:
            found = [one(run) for one in steps]
            known = reduce(np.logical_and, [one.known for one in found])
            values = reduce(
                lambda one, other: applied(chosen, known, one, other),
                [one.values for one in found],
            )
            return Column(values, known, *_noted(found))

        return step

    return build


def _noted(found: list[Column]) -> tuple[States, Bools]:
    """The first reason of several, and where any of them missed something."""
    reason = reduce(_first, [one.reason for one in found])
    return reason, reduce(np.logical_or, [one.missing for one in found])


def _coalesce(steps: tuple[Step, ...]) -> Step:
    def step(run: Run) -> Column:
        found = [one(run) for one in steps]
        reason, missing = _noted(found)
        taken, known = [], np.zeros(run.size, bool)
        for one in found:
            taken.append(one.known & ~known)
            missing = np.where(taken[-1], one.missing, missing)
            known |= one.known
        values = _picked([one.values for one in found], taken, run.size)
        return Column(values, known, np.where(known, np.uint8(0), reason), missing)

    return step


def _picked(several: list[Numbers], taken: list[Bools], size: int) -> Numbers:
    """Each number where it is taken, which is in one of them at most."""
    whole = alike(several)
    if whole is not None:
        cells = np.zeros(size, np.int64)
        for one, here in zip(whole, taken, strict=True):
            cells = np.where(here, one.cells, cells)
        return Whole(cells, whole[0].scale)
    values = np.empty(size, object)
    for number, here in zip(several, taken, strict=True):
        values[here] = number.decimals(here)
    return Decimals(values)


def _per_year(steps: tuple[Step, ...]) -> Step:
    (inner,) = steps

    def step(run: Run) -> Column:
        found = inner(run)
        values = applied(np.multiply, found.known, found.values, Decimals(run.per_year))
        return found._replace(values=values)

    return step


def _parts(steps: tuple[Step, ...]) -> Step:
    def step(run: Run) -> Column:
        found = [one(run) for one in steps]
        reason, missing = _noted(found)
        known = reduce(np.logical_or, [one.known for one in found])
        values = _summed(found, run.size)
        return Column(values, known, np.where(known, np.uint8(0), reason), missing)

    return step


def _summed(found: list[Column], size: int) -> Numbers:
    """The sum of those that are known, in every cell."""
    whole = alike([one.values for one in found])
    if whole is not None and sum(one.most for one in whole) <= LARGEST:
        cells = np.zeros(size, np.int64)
        for number, one in zip(whole, found, strict=True):
            cells += number.cells * one.known
        return Whole(cells, whole[0].scale)
    values, known = np.empty(size, object), np.zeros(size, bool)
    for one in found:
        both, alone = known & one.known, one.known & ~known
        if both.any():
            values[both] = values[both] + one.values.decimals(both)
        values[alone] = one.values.decimals(alone)
        known |= one.known
    return Decimals(values)


CALLS: Mapping[str, Callable[[tuple[Step, ...]], Step]] = MappingProxyType(
    {
        "min": _extreme(CONTEXT.min),
        "max": _extreme(CONTEXT.max),
        "coalesce": _coalesce,
        "per_year": _per_year,
        "parts": _parts,
    }
)
