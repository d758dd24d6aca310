"""What a stored row says, in sixteen bytes a number: written for many rows at once.

An entry has the code of its metric (or of the operand that a formula read elsewhere), what it is,
its state (`cubes.State`), whether it is unsure, and mantissa × 10^exponent. A number of more than
18 digits goes on in the entries after it. Values come first, by key, then the two sums of each
weighted mean, then what was read elsewhere. Two rows that say the same are the same bytes.

Read in `metrics.engine.row_reading`. Metrics of the workspace's own are in blocks with their
names (`metrics.engine.own_cells`), as nobody else knows them.
"""

from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from metrics.engine.cubes import Bools, Ints, State, States
from metrics.engine.exact import Decimals, Kept, Whole
from metrics.engine.quotients import DIGITS, Digits, shortest
from metrics.rules import BASE, SHIPPED_FORMULAS, shipped_operands


class EntryKind(IntEnum):
    """What a number is: a value, Σ value × weight, Σ weight, what was read elsewhere; or the next
    digits of the number before, which are worth 10^18 times as much."""

    VALUE = 1
    OVER = 2
    UNDER = 3
    INPUT = 4
    MORE = 5


ENTRY = np.dtype(
    [("code", "<u4"), ("kind", "u1"), ("said", "u1"), ("exponent", "<i2"), ("mantissa", "<i8")]
)
UNSURE = 128
LIMB = 10**DIGITS


def code_of(name: str) -> int:
    """The number that stands for a metric or an operand."""
    return crc32(name.encode())


NAMES: Sequence[str] = sorted({*BASE, *SHIPPED_FORMULAS, *shipped_operands()}, key=code_of)
"""All that shipped formulas know, by code."""
CODES = np.array([code_of(name) for name in NAMES], np.uint32)


class RowLine(NamedTuple):
    """One number of every cell, by the name that it has in a row."""

    name: str
    kind: EntryKind
    known: Bools
    numbers: Kept
    reason: States | None = None
    unsure: Bools | None = None


def packed(lines: Sequence[RowLine], cells: Ints) -> tuple[npt.NDArray[np.void], Ints, Ints]:
    """The entries of these cells, cell by cell; the line and the cell's place of each."""
    nothing = np.zeros(len(lines[0].known) if lines else 0, np.uint8)
    known = _stacked([line.known for line in lines], cells)
    reasons = _stacked([nothing if one.reason is None else one.reason for one in lines], cells)
    unsure = _stacked([nothing if one.unsure is None else one.unsure for one in lines], cells)
    value = np.uint8(State.VALUE) + unsure * np.uint8(UNSURE)
    said = np.where(known, value, reasons)
    mantissa, exponent = np.zeros(said.shape, np.int64), np.zeros(said.shape, np.int16)
    longer: dict[tuple[int, int], list[int]] = {}
    whole = [n for n, one in enumerate(lines) if _is_short(one.numbers, Whole)]
    digits = [n for n, one in enumerate(lines) if _is_short(one.numbers, Digits)]
    if whole:
        mantissa[:, whole] = _stacked([_cells(lines[n].numbers) for n in whole], cells)
        exponent[:, whole] = [-_scale(lines[n].numbers) for n in whole]
    if digits:
        mantissa[:, digits] = _stacked([_cells(lines[n].numbers) for n in digits], cells)
        exponent[:, digits] = _stacked([_exponents(lines[n].numbers) for n in digits], cells)
    for place in sorted({*range(len(lines))} - {*whole, *digits}):
        rows = np.flatnonzero(known[:, place])
        found, more = _long_digits(lines[place].numbers.at(cells[rows]))
        mantissa[rows, place], exponent[rows, place] = found.mantissa, found.exponent
        longer |= {(int(rows[one]), place): limbs for one, limbs in more.items()}
    row, which = np.divmod(np.flatnonzero(said), len(lines))
    entries = np.zeros(len(row), ENTRY)
    entries["code"] = np.array([code_of(line.name) for line in lines], np.uint32)[which]
    entries["kind"] = np.array([line.kind for line in lines], np.uint8)[which]
    entries["said"] = said[row, which]
    number = mantissa[row, which] * known[row, which]
    power = np.where(number == 0, np.int16(0), exponent[row, which])
    # Whole numbers have the decimals of their column; all others are as short as can be already.
    money = np.flatnonzero(np.isin(which, whole) & (power < 0))
    short = shortest(number[money], power[money])
    number[money], power[money] = short.mantissa, short.exponent
    entries["exponent"], entries["mantissa"] = power, number
    if longer:
        return _lengthened(entries, row, which, longer)
    return entries, which, row


def _stacked(columns: Sequence[npt.NDArray[Any]], cells: Ints) -> npt.NDArray[Any]:
    """Some cells of several columns, side by side."""
    if not columns:
        return np.zeros((len(cells), 0), np.uint8)
    return np.asarray(np.stack(columns)[:, cells].T)


def _is_short(numbers: Kept, kind: type[Whole | Digits]) -> bool:
    """Whether all of the numbers fit one entry each."""
    if not isinstance(numbers, kind):
        return False
    if isinstance(numbers, Whole):
        return bool(numbers.most < LIMB)
    return isinstance(numbers, Digits) and int(numbers.exponent.max(initial=0)) <= 0


def _scale(numbers: Kept) -> int:
    return numbers.scale if isinstance(numbers, Whole) else 0


def _exponents(numbers: Kept) -> npt.NDArray[np.int16]:
    return numbers.exponent if isinstance(numbers, Digits) else np.zeros(0, np.int16)


def _long_digits(numbers: Kept) -> tuple[Digits, dict[int, list[int]]]:
    """The same one by one, of whatever length."""
    values = numbers.decimals(np.arange(len(_cells(numbers))))
    found = Digits(np.zeros(len(values), np.int64), np.zeros(len(values), np.int16))
    more: dict[int, list[int]] = {}
    for place, value in enumerate(values.tolist()):
        negative, digits, exponent = value.normalize().as_tuple()
        whole = int("".join(map(str, digits))) * 10 ** max(exponent, 0)
        limbs = []
        while True:
            whole, limb = divmod(whole, LIMB)
            limbs.append(-limb if negative else limb)
            if not whole:
                break
        found.mantissa[place], found.exponent[place] = limbs[0], min(exponent, 0)
        if len(limbs) > 1:
            more[place] = limbs[1:]
    return found, more


def _cells(numbers: Kept) -> npt.NDArray[Any]:
    match numbers:
        case Whole():
            return numbers.cells
        case Digits():
            return numbers.mantissa
        case Decimals():
            return numbers.values


def _lengthened(
    entries: npt.NDArray[np.void], row: Ints, place: Ints, longer: dict[tuple[int, int], list[int]]
) -> tuple[npt.NDArray[np.void], Ints, Ints]:
    """The entries with those that go on with a number after it."""
    counts = np.ones(len(entries), np.int64)
    for at, one in enumerate(zip(row.tolist(), place.tolist(), strict=True)):
        counts[at] += len(longer.get(one, ()))
    found = np.repeat(entries, counts)
    row, place = np.repeat(row, counts), np.repeat(place, counts)
    starts = np.cumsum(counts) - counts
    for at in np.flatnonzero(counts > 1).tolist():
        limbs = longer[int(row[starts[at]]), int(place[starts[at]])]
        for after, limb in enumerate(limbs, starts[at] + 1):
            found[after]["kind"], found[after]["mantissa"] = EntryKind.MORE, limb
    return found, place, row


def shipped_bytes(lines: Sequence[RowLine], cells: Ints) -> list[bytes]:
    """What each of the cells says of shipped metrics."""
    entries, _line, row = packed(lines, cells)
    return _cut(entries.tobytes(), np.bincount(row, minlength=len(cells)))


def _cut(content: bytes, counts: Ints, size: int = ENTRY.itemsize) -> list[bytes]:
    """Pieces of so many entries, one after the other."""
    ends = [0, *(np.cumsum(counts) * size).tolist()]
    return [content[first:last] for first, last in pairwise(ends)]
