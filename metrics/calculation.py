"""What a formula comes to, from the values of its operands.

Standard library only, decimal arithmetic of 34 digits, never a float. A missing operand and a
division by zero give no value, with the reason, never 0.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache, reduce
from types import MappingProxyType
from typing import NamedTuple

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

NO_DATA = "no_data"
ZERO_DENOMINATOR = "zero_denominator"
TOO_LARGE = "too_large"
LARGEST_RESULT = 30

CONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[], flags=[])
"""Decimal arithmetic of 34 digits, as in decimal128; nothing here is ever a float."""


class Result(NamedTuple):
    """What a formula came to in one period and segment.

    `value` is None where there is none, and `reason` then says why: ``no_data``,
    ``zero_denominator``, ``too_large``, or what an operand gave as its own reason. `missing`
    names the operands without a value; with a value it names the unknown parts of a sum, and the
    value is then incomplete. `inputs` are the operands in the order of the text.
    """

    value: Decimal | None
    reason: str | None = None
    missing: tuple[str, ...] = ()
    inputs: tuple[tuple[Operand, Decimal | None], ...] = ()


Given = Decimal | Result | None
"""An operand's value: a number, nothing, or a result of its own with its reason and its gaps."""


class _Run:
    """One calculation: what is given, and what was found wanting on the way."""

    __slots__ = ("missing", "periods_per_year", "reason", "values")

    def __init__(self, values: Mapping[str, Given], periods_per_year: Decimal | int | None) -> None:
        self.values = values
        self.periods_per_year = periods_per_year
        self.missing: list[str] = []
        self.reason: str | None = None

    def fail(self, reason: str) -> None:
        """Keep the first reason: later ones follow from it."""
        self.reason = self.reason or reason

    def absent(self, name: str) -> None:
        """Note an operand without a value."""
        self.missing.append(name)
        self.fail(NO_DATA)


Step = Callable[[_Run], Decimal | None]


class Compiled:
    """A formula ready to be calculated many times. `operands` are what it reads, in order."""

    __slots__ = ("_step", "operands")

    def __init__(self, node: Node) -> None:
        self._step = _step(node)
        self.operands = operands_in_order(node)

    def __call__(
        self, values: Mapping[str, Given], periods_per_year: Decimal | int | None = None
    ) -> Result:
        """Calculate from values by the operands' texts. The result's `inputs` stay empty.

        `periods_per_year` is what `per_year(…)` multiplies by (`periods.PERIODS_PER_YEAR`, or
        365 over the days of another span); a formula that uses it raises ValueError without.
        """
        run = _Run(values, periods_per_year)
        value = self._step(run)
        if value is None:
            return Result(None, run.reason, tuple(dict.fromkeys(run.missing)))
        if value and (not value.is_finite() or value.adjusted() >= LARGEST_RESULT):
            return Result(None, TOO_LARGE, tuple(dict.fromkeys(run.missing)))
        return Result(value, None, tuple(dict.fromkeys(run.missing)))


@lru_cache(maxsize=4096)
def compile_formula(node: Node) -> Compiled:
    """The formula as nested Python functions over a mapping; no text is ever executed."""
    return Compiled(node)


def evaluate(
    node: Node,
    lookup: Callable[[Operand], Given],
    *,
    periods_per_year: Decimal | int | None = None,
) -> Result:
    """Calculate once, asking `lookup` for each operand, and keep what it gave as `inputs`.

    A division by zero and a missing operand give no value, never 0; see `Result` and
    `Compiled.__call__`.
    """
    compiled = compile_formula(node)
    given = {operand: lookup(operand) for operand in compiled.operands}
    values = {str(operand): value for operand, value in given.items()}
    inputs = tuple(
        (operand, value.value if isinstance(value, Result) else value)
        for operand, value in given.items()
    )
    return compiled(values, periods_per_year)._replace(inputs=inputs)


def _step(node: Node) -> Step:
    match node:
        case Number(value):
            return lambda run: value
        case Value(operand):
            return _read(str(operand))
        case Negative(inner):
            return _negative(_step(inner))
        case Binary(operator, left, right):
            return _binary(operator, _step(left), _step(right))
        case Call(function, arguments):
            return CALLS[function](tuple(_step(one) for one in arguments))


def _read(name: str) -> Step:
    def step(run: _Run) -> Decimal | None:
        given = run.values.get(name)
        if type(given) is Decimal and given.is_finite():
            return given
        if isinstance(given, Result):
            return _read_result(run, name, given)
        if given is not None and not isinstance(given, Decimal):
            raise TypeError(f"The value of {name} is a Decimal, not a {type(given).__name__}.")
        run.absent(name)
        return None

    return step


def _read_result(run: _Run, name: str, given: Result) -> Decimal | None:
    """An operand that was itself calculated: its gaps and its reason are handed on."""
    run.missing.extend(given.missing or ([name] if given.value is None else []))
    if given.value is None:
        run.fail(given.reason or NO_DATA)
    return given.value


def _negative(inner: Step) -> Step:
    def step(run: _Run) -> Decimal | None:
        value = inner(run)
        return None if value is None else CONTEXT.minus(value)

    return step


def _binary(operator: str, left: Step, right: Step) -> Step:
    if operator == "/":
        return _divide(left, right)
    calculate = {"+": CONTEXT.add, "-": CONTEXT.subtract, "*": CONTEXT.multiply}[operator]

    def step(run: _Run) -> Decimal | None:
        first, second = left(run), right(run)
        if first is None or second is None:
            return None
        return calculate(first, second)

    return step


def _divide(left: Step, right: Step) -> Step:
    def step(run: _Run) -> Decimal | None:
        numerator, denominator = left(run), right(run)
        if numerator is None or denominator is None:
            return None
        if not denominator:
            run.fail(ZERO_DENOMINATOR)
            return None
        return CONTEXT.divide(numerator, denominator)

    return step


def _extreme(choose: Callable[[Decimal, Decimal], Decimal]) -> Callable[[tuple[Step, ...]], Step]:
    def build(steps: tuple[Step, ...]) -> Step:
        def step(run: _Run) -> Decimal | None:
            values = [value for one in steps if (value := one(run)) is not None]
            return reduce(choose, values) if len(values) == len(steps) else None

        return step

    return build


def _coalesce(steps: tuple[Step, ...]) -> Step:
    def step(run: _Run) -> Decimal | None:
        known, reason = len(run.missing), run.reason
        for one in steps:
            before = len(run.missing)
            value = one(run)
            if value is not None:
                del run.missing[known:before]
                run.reason = reason
                return value
        return None

    return step


def _per_year(steps: tuple[Step, ...]) -> Step:
    (inner,) = steps

    def step(run: _Run) -> Decimal | None:
        if run.periods_per_year is None:
            raise ValueError("per_year() is told how many periods a year has.")
        value = inner(run)
        return None if value is None else CONTEXT.multiply(value, Decimal(run.periods_per_year))

    return step


def _parts(steps: tuple[Step, ...]) -> Step:
    def step(run: _Run) -> Decimal | None:
        reason = run.reason
        values = [value for one in steps if (value := one(run)) is not None]
        if not values:
            return None
        run.reason = reason
        return reduce(CONTEXT.add, values)

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
