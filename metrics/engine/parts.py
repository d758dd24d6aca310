"""Values as whole numbers of parts: restated ones are kept to twelve decimals."""

from collections.abc import Iterable
from decimal import Context, Decimal

import numpy as np

from metrics.engine.cubes import Ints
from metrics.engine.quotients import POWERS, Digits

DECIMALS = 12
"""A part is 10^-12."""
PLACES = Decimal(1).scaleb(-DECIMALS)
WIDE = Context(prec=100)
"""More digits than any number has: what does not fit would become not a number."""
FITS = 9 * 10**18


def parts_of(value: Decimal) -> int:
    """One value, to the nearest part, half to even."""
    return int(value.quantize(PLACES, context=WIDE).scaleb(DECIMALS, context=WIDE))


def in_parts(digits: Digits) -> list[int]:
    """Many values at once, otherwise the same."""
    shift = digits.exponent.astype(np.int64) + DECIMALS
    factor = np.minimum(np.abs(shift), len(POWERS) - 1)
    largest = np.abs(digits.mantissa).astype(np.float64) * POWERS[factor]
    fits = (np.abs(shift) == factor) & ((shift < 0) | (largest < FITS))
    if digits.mantissa.dtype == object or not fits.all():
        return [parts_of(one) for one in digits.decimals(np.arange(len(shift)))]
    power = POWERS[factor]
    found: list[int] = np.where(
        shift < 0, _divided(digits.mantissa, power), digits.mantissa * power
    ).tolist()
    return found


def _divided(numbers: Ints, by: Ints) -> Ints:
    found = numbers // by
    twice = 2 * (numbers - found * by)
    return np.asarray(found + ((twice > by) | ((twice == by) & (found % 2 == 1))))


def written(parts: Iterable[int | None]) -> str:
    """Parts as PostgreSQL's elements of an array of numeric."""
    return ",".join("NULL" if one is None else f"{one}e-{DECIMALS}" for one in parts)
