"""Exact numbers of many cells: whole numbers as long as they fit 64 bits, `Decimal` otherwise.

Most formulas are one division of sums. Their operands are added and multiplied as whole numbers,
and a quotient is kept as the two numbers it is of, until somebody asks for its digits. Whatever
does not fit is done on `Decimal` objects, with the same result to the last digit.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from metrics.calculation import LARGEST_RESULT
from metrics.derive import STORED
from metrics.engine.cubes import MOST, Bools, Ints
from metrics.engine.quotients import DIGITS, Digits, fits, quotients, shortest

Objects = npt.NDArray[Any]
MOST_SCALE = 18
TOO_LARGE = 10**LARGEST_RESULT
LARGEST = int(MOST)


@dataclass(slots=True)
class Whole:
    """cells × 10^−scale."""

    cells: Ints
    scale: int
    _most: int | None = field(default=None, repr=False)

    @property
    def most(self) -> int:
        """No cell is larger, whatever its sign."""
        if self._most is None:
            self._most = int(np.abs(self.cells).max(initial=0))
        return self._most

    def at(self, where: Bools | Ints) -> "Whole":
        """Some of the cells."""
        return Whole(self.cells[where], self.scale, self._most)

    def decimals(self, where: Bools | Ints) -> Objects:
        """Some of the cells as objects."""
        return decimals(self.cells[where], self.scale)

    def zeros(self) -> Bools:
        """Which cells are zero."""
        return np.asarray(self.cells == 0)

    def finer(self, scale: int) -> "Whole | None":
        """The same numbers with more decimals, where they fit."""
        if scale == self.scale:
            return self
        factor = 10 ** (scale - self.scale)
        most = self.most * factor
        if scale > MOST_SCALE or most > LARGEST:
            return None
        return Whole(self.cells * factor, scale, most)


@dataclass(slots=True)
class Ratio:
    """over ÷ under, which is nowhere zero."""

    over: Whole
    under: Whole

    def at(self, where: Bools | Ints) -> "Ratio":
        """Some of the cells."""
        return Ratio(self.over.at(where), self.under.at(where))

    def decimals(self, where: Bools | Ints) -> Objects:
        """Some of the cells as objects, with all their digits."""
        over, under = self.over.decimals(where), self.under.decimals(where)
        return np.asarray(over / under, object)

    def zeros(self) -> Bools:
        """Which cells are zero."""
        return self.over.zeros()

    @property
    def is_small(self) -> bool:
        """Whether no cell can be too large to be a result."""
        more = max(self.under.scale - self.over.scale, 0)
        most: int = self.over.most * 10**more
        return bool(most < TOO_LARGE)


@dataclass(slots=True)
class Decimals:
    """`Decimal` objects; what is not known may be anything."""

    values: Objects

    def at(self, where: Bools | Ints) -> "Decimals":
        """Some of the cells."""
        return Decimals(self.values[where])

    def decimals(self, where: Bools | Ints) -> Objects:
        """Some of the cells."""
        return self.values[where]

    def zeros(self) -> Bools:
        """Which cells are zero."""
        return np.asarray(self.values == 0, bool)


Numbers = Whole | Ratio | Decimals | Digits
Kept = Whole | Decimals | Digits
"""Numbers as they are stored, at most 18 digits of what was divided."""
ROUNDED = np.frompyfunc(STORED.plus, 1, 1)


def decimals(cells: npt.NDArray[Any], scale: int) -> Objects:
    """Whole numbers with so many decimals, as objects."""
    found = np.empty(len(cells), object)
    found[:] = list(map(Decimal, cells.tolist()))
    return np.asarray(found * Decimal((0, (1,), -scale)), object) if scale else found


def nothing(size: int) -> Whole:
    """Numbers of which none is known."""
    return Whole(np.zeros(size, np.int64), 0, 0)


def constant(value: Decimal, size: int) -> Numbers:
    """The same number in all cells."""
    _sign, _digits, exponent = value.as_tuple()
    scale = max(-int(exponent), 0)
    whole = int(value.scaleb(scale)) if scale <= MOST_SCALE else LARGEST
    if abs(whole) < LARGEST:
        return Whole(np.full(size, whole, np.int64), scale, abs(whole))
    return Decimals(np.full(size, value, object))


def alike(several: list[Numbers]) -> list[Whole] | None:
    """Whole numbers with the same number of decimals, if all are and fit."""
    scale = max((one.scale for one in several if isinstance(one, Whole)), default=0)
    found: list[Whole] = []
    for one in several:
        finer = one.finer(scale) if isinstance(one, Whole) else None
        if finer is None:
            return None
        found.append(finer)
    return found


def applied(calculate: Callable[..., Any], known: Bools, *operands: Numbers) -> Decimals:
    """What a calculation on objects gives where all is known."""
    values = np.empty(len(known), object)
    if known.any():
        values[known] = calculate(*(one.decimals(known) for one in operands))
    return Decimals(values)


def added(first: Numbers, second: Numbers, known: Bools, *, less: bool = False) -> Numbers:
    """first + second, or first − second."""
    both = alike([first, second])
    if both is None or both[0].most + both[1].most > LARGEST:
        return applied(np.subtract if less else np.add, known, first, second)
    calculate = np.subtract if less else np.add
    return Whole(calculate(both[0].cells, both[1].cells), both[0].scale)


def multiplied(first: Numbers, second: Numbers, known: Bools) -> Numbers:
    """first × second."""
    if isinstance(first, Whole) and isinstance(second, Whole):
        scale = first.scale + second.scale
        if first.most * second.most <= LARGEST and scale <= MOST_SCALE:
            return Whole(first.cells * second.cells, scale)
    return applied(np.multiply, known, first, second)


def divided(first: Numbers, second: Numbers, known: Bools) -> Numbers:
    """first ÷ second, which is not zero where it is known."""
    if isinstance(first, Whole) and isinstance(second, Whole):
        under = np.where(known, second.cells, 1)
        return Ratio(first, Whole(under, second.scale))
    return applied(np.divide, known, first, second)


def negated(numbers: Numbers, known: Bools) -> Numbers:
    """−numbers."""
    if isinstance(numbers, Whole):
        return Whole(-numbers.cells, numbers.scale, numbers.most)
    return applied(np.negative, known, numbers)


def kept(numbers: Numbers, known: Bools, *, exact: bool) -> Kept:
    """Numbers as they are stored: to 18 digits, unless nothing was divided to get them."""
    if isinstance(numbers, Whole) and (exact or numbers.most < 10**DIGITS):
        return numbers
    if isinstance(numbers, Digits):
        return numbers
    if isinstance(numbers, Ratio) and fits(numbers.over.most, numbers.under.most):
        return _divided_out(numbers, known)
    values = np.empty(len(known), object)
    if known.any():
        found = numbers.decimals(known)
        values[known] = found if exact else ROUNDED(found)
    return Decimals(values)


def _divided_out(ratio: Ratio, known: Bools) -> Digits:
    over, under = ratio.over, ratio.under
    if known.all():
        return quotients(over.cells, under.cells, under.scale - over.scale)
    found = Digits(np.zeros(len(known), np.int64), np.zeros(len(known), np.int16))
    digits = quotients(over.cells[known], under.cells[known], under.scale - over.scale)
    found.mantissa[known], found.exponent[known] = digits.mantissa, digits.exponent
    return found


def as_digits(numbers: Whole) -> Digits:
    """Whole numbers with a number of decimals for each."""
    exponent = np.full(len(numbers.cells), -numbers.scale, np.int16)
    return shortest(numbers.cells, exponent)


def put(into: Kept, cells: Ints, numbers: Kept) -> Kept:
    """Numbers with others written into some of the cells."""
    if isinstance(into, Whole) and isinstance(numbers, Whole):
        both = alike([into, numbers])
        if both is not None:
            written = both[0].cells.copy()
            written[cells] = both[1].cells
            return Whole(written, both[0].scale)
    if not isinstance(into, Decimals) and not isinstance(numbers, Decimals):
        there = as_digits(into) if isinstance(into, Whole) else into
        fresh = as_digits(numbers) if isinstance(numbers, Whole) else numbers
        mantissa, exponent = there.mantissa.copy(), there.exponent.copy()
        mantissa[cells], exponent[cells] = fresh.mantissa, fresh.exponent
        return Digits(mantissa, exponent)
    values = into.decimals(np.arange(_size(into)))
    values[cells] = numbers.decimals(np.arange(_size(numbers)))
    return Decimals(values)


def _size(numbers: Kept) -> int:
    match numbers:
        case Whole():
            return len(numbers.cells)
        case Digits():
            return len(numbers.mantissa)
        case Decimals():
            return len(numbers.values)


@overload
def spread(numbers: Kept, cells: Ints, size: int) -> Kept: ...
@overload
def spread(numbers: Ratio, cells: Ints, size: int) -> Ratio: ...
def spread(numbers: Numbers, cells: Ints, size: int) -> Numbers:
    """Numbers of some cells, in whatever order, in a column of so many."""
    if len(cells) == size and bool((np.diff(cells) > 0).all()):
        return numbers
    match numbers:
        case Whole():
            spaced = np.zeros(size, np.int64)
            spaced[cells] = numbers.cells
            return Whole(spaced, numbers.scale, numbers.most)
        case Digits():
            mantissa, exponent = np.zeros(size, np.int64), np.zeros(size, np.int16)
            mantissa[cells], exponent[cells] = numbers.mantissa, numbers.exponent
            return Digits(mantissa, exponent)
        case Decimals():
            values = np.empty(size, object)
            values[cells] = numbers.values
            return Decimals(values)
        case Ratio():
            above, below = np.zeros(size, np.int64), np.ones(size, np.int64)
            above[cells], below[cells] = numbers.over.cells, numbers.under.cells
            return Ratio(Whole(above, numbers.over.scale), Whole(below, numbers.under.scale))
