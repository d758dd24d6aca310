"""Units of metrics, and what a formula makes of them.

Standard library only. A quantity is some power of money, of time and of things counted: euros
per click is money¹ × counted⁻¹. Quantities are added only to their like, and a formula's
declared unit must fit what it calculates.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from metrics.formula import Binary, Call, FormulaError, Negative, Node, Number, Value, gettext_noop


class Unit(StrEnum):
    """What a metric's values are counted in."""

    COUNT = "count"
    PEOPLE = "people"
    PAGES = "pages"
    ANSWERS = "answers"
    MONEY = "money"
    MONEY_PER_MONTH = "money_per_month"
    MILLISECONDS = "milliseconds"
    SECONDS = "seconds"
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    PERCENT = "percent"
    """A fraction: 0.045 is stored and calculated, 4.5 % is shown."""
    RATIO = "ratio"
    RANK = "rank"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Quantity:
    """Powers of money, time and things counted.

    `scale` is how many years one unit of it lasts, to the power of `time`; `factor` is the
    product of the numbers that it was multiplied by, which may convert one scale to another
    (12 between months and years). A bare number is `literal`: it is taken as what it is added to.
    """

    money: int = 0
    time: int = 0
    counted: int = 0
    scale: Fraction = Fraction(1)
    factor: Fraction = Fraction(1)
    literal: bool = False

    @property
    def scales(self) -> set[Fraction]:
        """Its scale, and its scale if the numbers in the formula convert it."""
        return {self.scale, self.scale / self.factor}

    def times(self, other: "Quantity", sign: int) -> "Quantity":
        """This quantity times the other (`sign` 1), or divided by it (−1)."""
        return Quantity(
            self.money + sign * other.money,
            self.time + sign * other.time,
            self.counted + sign * other.counted,
            self.scale * other.scale**sign,
            self.factor * other.factor**sign,
            self.literal and other.literal,
        )


SECOND = Fraction(1, 365 * 24 * 3600)
DURATIONS: Mapping[Unit, Fraction] = MappingProxyType(
    {
        Unit.MILLISECONDS: SECOND / 1000,
        Unit.SECONDS: SECOND,
        Unit.HOURS: SECOND * 3600,
        Unit.DAYS: Fraction(1, 365),
        Unit.MONTHS: Fraction(1, 12),
        Unit.YEARS: Fraction(1),
    }
)
COUNTED = frozenset({Unit.COUNT, Unit.PEOPLE, Unit.PAGES, Unit.ANSWERS})

MONEY = Quantity(money=1)
PURE = Quantity()
PER_YEAR = Quantity(time=-1)


def quantity_of(unit: Unit) -> Quantity:
    """The quantity that a unit measures."""
    if unit in DURATIONS:
        return Quantity(time=1, scale=DURATIONS[unit])
    if unit in COUNTED:
        return Quantity(counted=1)
    if unit is Unit.MONEY_PER_MONTH:
        return Quantity(money=1, time=-1, scale=1 / DURATIONS[Unit.MONTHS])
    return MONEY if unit is Unit.MONEY else PURE


def unit_of(node: Node, unit_lookup: Callable[[str], Unit]) -> Quantity:
    """The quantity that a formula calculates, from the units of its metrics.

    Raises FormulaError where it adds, subtracts or compares unlike things.
    """
    match node:
        case Number(value):
            return Quantity(factor=Fraction(value) or Fraction(1), literal=True)
        case Value(operand):
            return quantity_of(unit_lookup(operand.metric))
        case Negative(inner):
            return unit_of(inner, unit_lookup)
        case Binary(operator, left, right):
            first, second = unit_of(left, unit_lookup), unit_of(right, unit_lookup)
            if operator in "*/":
                return first.times(second, 1 if operator == "*" else -1)
            return _alike(first, second)
        case Call("per_year", (inner,)):
            return unit_of(inner, unit_lookup).times(PER_YEAR, 1)
        case Call(_, arguments):
            first, *rest = (unit_of(one, unit_lookup) for one in arguments)
            for other in rest:
                first = _alike(first, other)
            return first


def _alike(first: Quantity, second: Quantity) -> Quantity:
    """The quantity of a sum of both. Raises FormulaError where they cannot be added."""
    if first.literal:
        return replace(second, literal=second.literal)
    if second.literal or (_powers(first) == _powers(second) and first.scales & second.scales):
        return first
    message = gettext_noop("The formula adds %(first)s to %(second)s.")
    raise FormulaError(message, first=describe(first), second=describe(second))


def _powers(quantity: Quantity) -> tuple[int, int, int]:
    return quantity.money, quantity.time, quantity.counted


def fits(quantity: Quantity, unit: Unit) -> bool:
    """Whether values of this quantity can be declared to be of this unit.

    "Per thing counted" is left unsaid in a unit (the cost of a click is money), and so is what
    is counted in a ratio of counts (pages per visitor are pages).
    """
    declared = quantity_of(unit)
    if quantity.literal:
        return declared.money == declared.time == 0
    if (quantity.money, quantity.time) != (declared.money, declared.time):
        return False
    if declared.scale not in quantity.scales:
        return False
    if declared.counted:
        return quantity.counted in (0, 1)
    if declared.money or declared.time:
        return quantity.counted <= 0
    return quantity.counted == 0


def check_unit(node: Node, unit: Unit, unit_lookup: Callable[[str], Unit]) -> None:
    """Raise FormulaError where the formula adds unlike things or does not give this unit."""
    quantity = unit_of(node, unit_lookup)
    if not fits(quantity, unit):
        message = gettext_noop("The formula gives %(found)s, which does not fit the unit %(unit)s.")
        raise FormulaError(message, found=describe(quantity), unit=unit)


def describe(quantity: Quantity) -> str:
    """The quantity in a word or three, as "money", "count" or "money × time⁻¹"."""
    named = (("money", quantity.money), ("time", quantity.time), ("count", quantity.counted))
    powers = [name + _power(power) for name, power in named if power]
    if quantity.time and quantity.scale != 1:
        powers.append(f"({quantity.scale})")
    return " × ".join(powers) or "a plain number"


def _power(power: int) -> str:
    return "" if power == 1 else str(power).translate(SUPERSCRIPTS)


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
