"""Formulas over whole columns of exact decimals: the sibling of `metrics.calculation`.

A column's values are `Decimal` objects in an array; NumPy's arithmetic on such arrays calls their
own operators, one after the other, without the interpreter in between. So the digits are the
twin's, and there is no float. Whoever calls sets `calculation.CONTEXT` as the decimal context.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache, reduce
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from metrics.calculation import CONTEXT, LARGEST_RESULT
from metrics.engine.cubes import Bools, State, States
from metrics.formula import Binary, Call, Negative, Node, Number, Operand, Value, operands_in_order

Objects = npt.NDArray[Any]
TOO_LARGE = Decimal(10) ** LARGEST_RESULT


class Column(NamedTuple):
    """Values where `known`; elsewhere `reason` says why there is none (0: nothing was asked).

    `missing` marks where an operand had no value.
    """

    values: Objects
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
        if not found.known.any():
            return found
        values = found.values[found.known]
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
    return Column(np.empty(size, object), nowhere, np.full(size, State.NO_DATA, np.uint8), ~nowhere)


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
    nothing = np.zeros(size, bool)
    return Column(np.full(size, value, object), ~nothing, np.zeros(size, np.uint8), nothing)


def _first(left: States, right: States) -> States:
    """The first reason that was met."""
    return np.where(left != 0, left, right)


def _applied(calculate: Callable[..., Any], known: Bools, *operands: Objects) -> Objects:
    """What a calculation gives where all is known."""
    if known.all():
        return np.asarray(calculate(*operands), object)
    values = np.empty(len(known), object)
    if known.any():
        values[known] = calculate(*(one[known] for one in operands))
    return values


def _negative(inner: Step) -> Step:
    def step(run: Run) -> Column:
        found = inner(run)
        return found._replace(values=_applied(np.negative, found.known, found.values))

    return step


OPERATORS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
)


def _binary(operator: str, left: Step, right: Step) -> Step:
    calculate = OPERATORS[operator]

    def step(run: Run) -> Column:
        first, second = left(run), right(run)
        known = first.known & second.known
        reason = _first(first.reason, second.reason)
        if operator == "/":
            zero = known.copy()
            zero[known] = second.values[known] == 0
            known &= ~zero
            reason = np.where((reason == 0) & zero, np.uint8(State.ZERO_DENOMINATOR), reason)
        values = _applied(calculate, known, first.values, second.values)
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
                lambda one, other: _applied(chosen, known, one, other),
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
        values, known = np.empty(run.size, object), np.zeros(run.size, bool)
        for one in found:
            taken = one.known & ~known
            values[taken] = one.values[taken]
            missing = np.where(taken, one.missing, missing)
            known |= taken
        return Column(values, known, np.where(known, np.uint8(0), reason), missing)

    return step


def _per_year(steps: tuple[Step, ...]) -> Step:
    (inner,) = steps

    def step(run: Run) -> Column:
        found = inner(run)
        values = _applied(np.multiply, found.known, found.values, run.per_year)
        return found._replace(values=values)

    return step


def _parts(steps: tuple[Step, ...]) -> Step:
    def step(run: Run) -> Column:
        found = [one(run) for one in steps]
        reason, missing = _noted(found)
        values, known = found[0].values.copy(), found[0].known.copy()
        for one in found[1:]:
            both = known & one.known
            if both.any():
                values[both] = values[both] + one.values[both]
            alone = one.known & ~known
            values[alone] = one.values[alone]
            known |= alone
        return Column(values, known, np.where(known, np.uint8(0), reason), missing)

    return step


CALLS: Mapping[str, Callable[[tuple[Step, ...]], Step]] = MappingProxyType(
    {
        "min": _extreme(CONTEXT.min),
        "max": _extreme(CONTEXT.max),
        "coalesce": _coalesce,
        "per_year": _per_year,
        "parts": _parts,
    }
)
