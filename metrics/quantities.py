"""What a formula makes of the units of its metrics.

Standard library only. A quantity is some power of money, of time and of things counted: euros
per click is money¹ × counted⁻¹. Quantities are added only to their like, and a formula's
declared unit must fit what it calculates.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

from metrics.formula_nodes import (
    Binary,
    Call,
    FormulaError,
    Negative,
    Node,
    Number,
    Phrase,
    Value,
    gettext_noop,
)
from metrics.units import UNIT_NAMES, Unit


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
        case Binary(operator, left, right, at=at):
            first, second = unit_of(left, unit_lookup), unit_of(right, unit_lookup)
            if operator in "*/":
                return first.times(second, 1 if operator == "*" else -1)
            if not _are_alike(first, second):
                raise _unlike(SUBTRACTS if operator == "-" else ADDS, first, second, at)
            return _sum(first, second)
        case Call("per_year", (inner,)):
            return unit_of(inner, unit_lookup).times(PER_YEAR, 1)
        case Call(function, arguments, at=at):
            message = ADDS if function == "parts" else COMPARES
            first, *rest = (unit_of(one, unit_lookup) for one in arguments)
            for other in rest:
                if not _are_alike(first, other):
                    raise _unlike(message, first, other, at)
                first = _sum(first, other)
            return first


ADDS = gettext_noop(
    "The formula adds up unlike things: %(first)s and %(second)s. Add only what is counted alike."
)
SUBTRACTS = gettext_noop(
    "The formula subtracts unlike things: %(first)s less %(second)s. Subtract only what is "
    "counted alike."
)
COMPARES = gettext_noop(
    "The formula chooses between unlike things: %(first)s and %(second)s. Use only what is "
    "counted alike."
)


def _unlike(message: str, first: Quantity, second: Quantity, at: int | None) -> FormulaError:
    return FormulaError(message, at, first=describe(first), second=describe(second))


def _are_alike(first: Quantity, second: Quantity) -> bool:
    """Whether both can be added up."""
    if first.literal or second.literal:
        return True
    return _powers(first) == _powers(second) and bool(first.scales & second.scales)


def _sum(first: Quantity, second: Quantity) -> Quantity:
    """The quantity of a sum of both: a bare number is of whatever it is added to."""
    return second if first.literal else first


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


def fitting(quantity: Quantity) -> list[Unit]:
    """The units that values of this quantity can be declared to be of."""
    return [unit for unit in Unit if fits(quantity, unit)]


def check_unit(node: Node, unit: Unit, unit_lookup: Callable[[str], Unit]) -> Quantity:
    """The quantity that the formula calculates.

    Raises FormulaError where it adds unlike things or does not give this unit.
    """
    quantity = unit_of(node, unit_lookup)
    if fits(quantity, unit):
        return quantity
    found, declared = describe(quantity), UNIT_NAMES[unit]
    units = fitting(quantity)
    if not units:
        message = gettext_noop(
            "The formula gives %(found)s, which fits no unit, and not “%(unit)s” either. Divide "
            "or multiply by something else."
        )
        raise FormulaError(message, found=found, unit=declared)
    message = gettext_noop(
        "The formula gives %(found)s, which does not fit the unit “%(unit)s”. It would fit: "
        "%(fitting)s."
    )
    raise FormulaError(message, found=found, unit=declared, fitting=unit_list(units))


def unit_list(units: Iterable[Unit]) -> Phrase:
    """Units one after the other."""
    names = [UNIT_NAMES[unit] for unit in units]
    return Phrase(", ".join(one.en for one in names), ", ".join(one.fr for one in names))


# A quantity in words

PLAIN = Phrase("a plain number, such as a rate", "un nombre sans unité, comme un taux")
AMOUNT = Phrase("an amount of money", "un montant")
AMOUNT_PER_MONTH = Phrase("an amount of money per month", "un montant par mois")
COUNT = Phrase("a number of things", "un nombre d’éléments")
DURATION = Phrase("a duration", "une durée")
MIXED = Phrase(" with durations in different units", " avec des durées d’unités différentes")
ONE = Phrase("1", "1")
TIMES = Phrase(" × ", " × ")
DIVIDED = Phrase(" ÷ ", " ÷ ")
POWERS: Mapping[int, Phrase] = MappingProxyType(
    {2: Phrase(" squared", " au carré"), 3: Phrase(" cubed", " au cube")}
)


def describe(quantity: Quantity) -> Phrase:
    """The quantity in words: "an amount of money ÷ a number of things"."""
    if quantity == replace(quantity_of(Unit.MONEY_PER_MONTH), factor=quantity.factor):
        return AMOUNT_PER_MONTH
    named = (
        (AMOUNT, quantity.money),
        (_duration(quantity), quantity.time),
        (COUNT, quantity.counted),
    )
    mixed = () if quantity.time or 1 in quantity.scales else (MIXED,)
    above = [_to_the(name, power) for name, power in named if power > 0]
    below = [_to_the(name, -power) for name, power in named if power < 0]
    if not above and not below:
        return _joined(PLAIN, *mixed)
    text = above[0] if above else ONE
    for other in above[1:]:
        text = _joined(text, TIMES, other)
    for other in below:
        text = _joined(text, DIVIDED, other)
    return _joined(text, *mixed)


def _duration(quantity: Quantity) -> Phrase:
    """A duration, with its unit where that is one we have a name for."""
    if quantity.time not in (1, -1):
        return DURATION
    scale = quantity.scale**quantity.time
    found = next((unit for unit, length in DURATIONS.items() if length == scale), None)
    if found is None:
        return DURATION
    name = UNIT_NAMES[found]
    return Phrase(f"{DURATION.en} in {name.en}", f"{DURATION.fr} en {name.fr}")


def _to_the(name: Phrase, power: int) -> Phrase:
    if power == 1:
        return name
    words = POWERS.get(power, Phrase(f" to the power of {power}", f" à la puissance {power}"))
    return _joined(name, words)


def _joined(*parts: Phrase) -> Phrase:
    return Phrase("".join(one.en for one in parts), "".join(one.fr for one in parts))
