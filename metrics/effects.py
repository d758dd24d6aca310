"""What each operand did to a formula's value between two periods.

Standard library only, exact fractions. Every node is split by the means of both periods: sums by
their terms, a product by Δ(ab) = ā·Δb + b̄·Δa, a quotient as a product with 1/d, for which
Δ(1/d) = −Δd / (d₀·d₁). This is T. L. Bennet's indicator ("The theory of measurement of changes in
cost of living", J. R. Stat. Soc. 83, 1920): symmetrical in the periods, nothing left over, and no
mixed state is needed in which a denominator could be zero. It makes a change linear in its
operands' changes, Δf = Σ cᵢ·Δxᵢ, so that an operand's own segments share its effect.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

from metrics.formula_nodes import Binary, Call, Negative, Node, Number, Operand, Value

K = TypeVar("K")
ONE = Fraction(1)
LENGTH = "length"
"""The effect of `per_year` over spans of different lengths."""
CHOICE = "choice"
"""The effect of `min`, `max` and `coalesce` taking another of their arguments."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A value in both periods, and what it moved by.

    now − then = Σ weight × (operand's change) over `weights` + Σ `others`.
    """

    then: Fraction
    now: Fraction
    weights: Mapping[Operand, Fraction] = field(default_factory=dict)
    others: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def change(self) -> Fraction:
        """now − then."""
        return self.now - self.then

    @property
    def middle(self) -> Fraction:
        """The mean of both periods."""
        return (self.then + self.now) / 2


Known = Callable[[Operand], tuple[Fraction | None, Fraction | None]]
"""An operand's value then and now; None where it has none."""


def effects(
    node: Node, known: Known, per_year: tuple[Fraction, Fraction] = (ONE, ONE)
) -> Moved | None:
    """What a formula moved by and through what; None where it has no value in a period.

    `per_year` is what ``per_year(…)`` multiplies by, then and now. An operand that is not given
    in one period counts as zero in a sum of parts, and as missing anywhere else.
    """
    return _moved(node, known, per_year)


def _moved(node: Node, known: Known, per_year: tuple[Fraction, Fraction]) -> Moved | None:
    match node:
        case Number(value):
            return Moved(Fraction(value), Fraction(value))
        case Value(operand):
            then, now = known(operand)
            return None if then is None or now is None else Moved(then, now, {operand: ONE})
        case Negative(inner):
            moved = _moved(inner, known, per_year)
            return None if moved is None else _times(moved, -ONE)
        case Binary(operator, left, right):
            first, second = _moved(left, known, per_year), _moved(right, known, per_year)
            if first is None or second is None:
                return None
            return _joined(operator, first, second)
        case Call("parts", arguments):
            return _parts(arguments, known)
        case Call("per_year", (inner,)):
            moved = _moved(inner, known, per_year)
            then, now = per_year
            factor = Moved(then, now, others={LENGTH: now - then} if now != then else {})
            return None if moved is None else _product(moved, factor)
        case Call(function, arguments):
            return _chosen(function, [_moved(one, known, per_year) for one in arguments])


def _joined(operator: str, first: Moved, second: Moved) -> Moved | None:
    if operator == "+":
        return _sum(first, second)
    if operator == "-":
        return _sum(first, _times(second, -ONE))
    if operator == "*":
        return _product(first, second)
    if not second.then or not second.now:
        return None
    slope = -1 / (second.then * second.now)
    inverse = _times(second, slope)
    return _product(first, Moved(1 / second.then, 1 / second.now, inverse.weights, inverse.others))


def _times(moved: Moved, factor: Fraction) -> Moved:
    return Moved(
        moved.then * factor,
        moved.now * factor,
        {key: weight * factor for key, weight in moved.weights.items()},
        {key: amount * factor for key, amount in moved.others.items()},
    )


def _sum(first: Moved, second: Moved) -> Moved:
    return Moved(
        first.then + second.then,
        first.now + second.now,
        _merged(first.weights, second.weights),
        _merged(first.others, second.others),
    )


def _product(first: Moved, second: Moved) -> Moved:
    """ā·Δb + b̄·Δa."""
    by_first, by_second = _times(first, second.middle), _times(second, first.middle)
    return Moved(
        first.then * second.then,
        first.now * second.now,
        _merged(by_first.weights, by_second.weights),
        _merged(by_first.others, by_second.others),
    )


def _merged(first: Mapping[K, Fraction], second: Mapping[K, Fraction]) -> dict[K, Fraction]:
    found = dict(first)
    for key, amount in second.items():
        found[key] = found.get(key, Fraction(0)) + amount
    return found


def _parts(arguments: tuple[Node, ...], known: Known) -> Moved | None:
    """A sum of those that are known; one that is known in one period only was nothing in the
    other."""
    total, seen_then, seen_now = Moved(Fraction(0), Fraction(0)), False, False
    for one in arguments:
        assert isinstance(one, Value)  # the parser takes nothing else
        then, now = known(one.operand)
        seen_then, seen_now = seen_then or then is not None, seen_now or now is not None
        part = Moved(then or Fraction(0), now or Fraction(0), {one.operand: ONE})
        total = _sum(total, part)
    return total if seen_then and seen_now else None


def _chosen(function: str, arguments: list[Moved | None]) -> Moved | None:
    """The argument that counts. Where it is another one now, half of each counts and the step
    from one to the other is an effect of its own."""
    known = [one for one in arguments if one is not None]
    if not known or (function != "coalesce" and len(known) < len(arguments)):
        return None
    if function == "coalesce":
        return known[0]
    best = min if function == "min" else max
    first, last = best(known, key=lambda one: one.then), best(known, key=lambda one: one.now)
    if first is last:
        return first
    both = _times(_sum(first, last), Fraction(1, 2))
    step = (last.then - first.then + last.now - first.now) / 2
    return Moved(first.then, last.now, both.weights, _merged(both.others, {CHOICE: step}))


def linear(
    node: Node, inside: Callable[[Operand], Mapping[Operand, Fraction] | None]
) -> dict[Operand, Fraction] | None:
    """A node as Σ weight × operand; None where it is anything else than such a sum.

    `inside` says what an operand itself is a sum of: itself, or the operands of its formula.
    """
    match node:
        case Value(operand):
            found = inside(operand)
            return None if found is None else dict(found)
        case Negative(inner):
            return _scaled(linear(inner, inside), -ONE)
        case Binary("+" | "-" as operator, left, right):
            sign = ONE if operator == "+" else -ONE
            return _added(linear(left, inside), _scaled(linear(right, inside), sign))
        case Binary("*", Number(value), other) | Binary("*", other, Number(value)):
            return _scaled(linear(other, inside), Fraction(value))
        case Call("parts", arguments):
            total: dict[Operand, Fraction] | None = {}
            for one in arguments:
                total = _added(total, linear(one, inside))
            return total
        case _:
            return None


def _scaled(
    weights: dict[Operand, Fraction] | None, factor: Fraction
) -> dict[Operand, Fraction] | None:
    return None if weights is None else {key: one * factor for key, one in weights.items()}


def _added(
    first: dict[Operand, Fraction] | None, second: dict[Operand, Fraction] | None
) -> dict[Operand, Fraction] | None:
    return None if first is None or second is None else _merged(first, second)
