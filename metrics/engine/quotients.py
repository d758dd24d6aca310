"""Quotients of whole numbers to 18 digits, by long division of whole columns.

The digits are those of `Decimal`: divided to 34 digits and then rounded to 18, half to even. As the
denominators here are below 10^16, both roundings come to the same as one: a remainder that is not
exactly half is farther from half than the first rounding moves it.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.engine.cubes import Bools, Ints

DIGITS = 18
POWERS = np.array([10**power for power in range(DIGITS + 1)], np.int64)
LARGEST_UNDER = 10**15
LARGEST_OVER = 10**18
"""Below these everything here fits 64 bits, and both roundings are one."""

Exponents = npt.NDArray[np.int16]


@dataclass(slots=True)
class Digits:
    """Numbers mantissa × 10^exponent, each without decimals that it does not need."""

    mantissa: Ints
    exponent: Exponents

    def at(self, where: Bools | Ints) -> "Digits":
        """Some of the cells."""
        return Digits(self.mantissa[where], self.exponent[where])

    def decimals(self, where: Bools | Ints) -> npt.NDArray[Any]:
        """Some of the cells as objects."""
        mantissas, exponents = self.mantissa[where].tolist(), self.exponent[where].tolist()
        found = np.empty(len(mantissas), object)
        found[:] = [
            Decimal(one).scaleb(exponent) if exponent else Decimal(one)
            for one, exponent in zip(mantissas, exponents, strict=True)
        ]
        return found

    def zeros(self) -> Bools:
        """Which cells are zero."""
        return np.asarray(self.mantissa == 0)


def fits(over_most: int, under_most: int) -> bool:
    """Whether numbers up to these can be divided here."""
    return over_most < LARGEST_OVER and under_most < LARGEST_UNDER


def quotients(over: Ints, under: Ints, scale: int | Ints) -> Digits:
    """over ÷ under × 10^scale; no denominator is zero."""
    negative = (over < 0) != (under < 0)
    rest, divisor = np.abs(over), np.abs(under)
    moved = np.maximum(_lengths(divisor) - _lengths(rest), 0)
    rest *= POWERS[moved]
    found = rest // divisor
    rest -= found * divisor
    wanted = DIGITS - _lengths(found)
    exponent = -moved - wanted
    step = DIGITS - len(str(int(divisor.max(initial=1))))
    while wanted.max(initial=0) > 0:
        more = np.minimum(wanted, step)
        power = POWERS[more]
        rest *= power
        digits = rest // divisor
        rest -= digits * divisor
        found = found * power + digits
        wanted = wanted - more
    rest *= 2
    found += (rest > divisor) | ((rest == divisor) & (found % 2 == 1))
    found[negative] *= -1
    return shortest(found, exponent + scale)


def _lengths(numbers: Ints) -> Ints:
    """How many digits each number has; none for zero."""
    return np.asarray(np.searchsorted(POWERS, numbers, side="right"))


def shortest(mantissa: Ints, exponent: npt.NDArray[np.integer]) -> Digits:
    """The same numbers without decimals that are zero."""
    mantissa, exponents = mantissa.copy(), exponent.astype(np.int16)
    exponents[mantissa == 0] = 0
    for digits in (8, 4, 2, 1):
        power = 10**digits
        places = np.flatnonzero(exponents <= -digits)
        while places.size:
            cut = mantissa[places] // power
            even = cut * power == mantissa[places]
            places = places[even]
            mantissa[places] = cut[even]
            exponents[places] += digits
            places = places[exponents[places] <= -digits]
    return Digits(mantissa, exponents)
