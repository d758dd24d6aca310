"""What a stored row says, in sixteen bytes a number: written and read for many rows at once.

An entry has the code of its metric (or of the operand that a formula read elsewhere), what it is,
its state (`cubes.State`), whether it is unsure, and mantissa × 10^exponent. A number of more than
18 digits goes on in the entries after it. Values come first, by key, then the two sums of each
weighted mean, then what was read elsewhere. Two rows that say the same are the same bytes.

Metrics of the workspace's own come with their names, as nobody else knows them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from struct import Struct
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from metrics.engine.cubes import Bools, Ints, State, States
from metrics.engine.exact import LARGEST, Decimals, Kept, Whole
from metrics.engine.quotients import DIGITS, POWERS, Digits, shortest
from metrics.rules import BASE, SHIPPED_FORMULAS, shipped_operands


class EntryKind(IntEnum):
    """What a number is: a value, Σ value × weight, Σ weight, what was read elsewhere; or the next
    digits of the number before, which are worth 10^18 times as much."""

    VALUE = 1
    OVER = 2
    UNDER = 3
    INPUT = 4
    MORE = 5


VALUE, OVER, UNDER, INPUT, MORE = map(int, EntryKind)
ENTRY = np.dtype(
    [("code", "<u4"), ("kind", "u1"), ("said", "u1"), ("exponent", "<i2"), ("mantissa", "<i8")]
)
UNSURE = 128
LIMB = 10**DIGITS
NAME_SEPARATOR = "\x1f"
UNKNOWN = ""
"""What an earlier version knew and this one does not."""
LENGTH = 2
"""Bytes before the names of an own part: how long they are."""


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


# Writing


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
    row, which = np.nonzero(said)
    entries = np.zeros(len(row), ENTRY)
    entries["code"] = np.array([code_of(line.name) for line in lines], np.uint32)[which]
    entries["kind"] = np.array([line.kind for line in lines], np.uint8)[which]
    entries["said"] = said[row, which]
    short = shortest(mantissa[row, which] * known[row, which], exponent[row, which])
    entries["exponent"], entries["mantissa"] = short.exponent, short.mantissa
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


def own_bytes(lines: Sequence[RowLine], cells: Ints) -> list[bytes]:
    """What each says of the workspace's own metrics, with their names."""
    if not lines:
        return [b""] * len(cells)
    entries, line, row = packed(lines, cells)
    line[entries["kind"] == EntryKind.MORE] = -1
    entries["code"] = 0
    counts = np.bincount(row, minlength=len(cells))
    contents, named = _cut(entries.tobytes(), counts), _cut(line.astype("<i4").tobytes(), counts, 4)
    heads: dict[bytes, bytes] = {b"": b""}
    for which in set(named) - {b""}:
        chosen = np.frombuffer(which, "<i4")
        names = NAME_SEPARATOR.join(lines[n].name for n in chosen.tolist() if n >= 0).encode()
        heads[which] = len(names).to_bytes(LENGTH, "little") + names
    return [heads[which] + content for which, content in zip(named, contents, strict=True)]


def _cut(content: bytes, counts: Ints, size: int = ENTRY.itemsize) -> list[bytes]:
    """Pieces of so many entries, one after the other."""
    ends = [0, *(np.cumsum(counts) * size).tolist()]
    return [content[first:last] for first, last in pairwise(ends)]


# Reading


@dataclass(slots=True)
class Entries:
    """What several rows say: for each number its row, its name's place in `names`, what it is."""

    names: Sequence[str]
    row: Ints
    name: Ints
    kind: npt.NDArray[np.uint8]
    state: States
    unsure: Bools
    exponent: npt.NDArray[np.int16]
    mantissa: npt.NDArray[Any]

    def at(self, where: Bools | Ints) -> "Entries":
        """Some of them."""
        return Entries(
            self.names,
            self.row[where],
            self.name[where],
            self.kind[where],
            self.state[where],
            self.unsure[where],
            self.exponent[where],
            self.mantissa[where],
        )

    def by_name(self) -> Iterator[tuple[str, EntryKind, Ints]]:
        """The places of each name's numbers of each kind."""
        if not len(self.row):
            return
        codes = self.name * 8 + self.kind
        order = np.argsort(codes, kind="stable")
        edges = np.flatnonzero(np.diff(codes[order])) + 1
        for places in np.split(order, edges):
            first = places[0]
            yield self.names[int(self.name[first])], EntryKind(int(self.kind[first])), places

    def numbers(self) -> Kept:
        """The numbers themselves."""
        if self.mantissa.dtype == object:
            return Decimals(Digits(self.mantissa, self.exponent).decimals(np.arange(len(self.row))))
        scale = -int(self.exponent.min(initial=0))
        if scale <= DIGITS:
            factor = POWERS[scale + self.exponent]
            most = int(np.abs(self.mantissa).max(initial=0)) * int(factor.max(initial=1))
            if most <= LARGEST:
                return Whole(self.mantissa * factor, scale)
        return Digits(self.mantissa, self.exponent)


def read_shipped(contents: Sequence[bytes]) -> Entries:
    """What rows say of shipped metrics."""
    counts = np.array([len(one) // ENTRY.itemsize for one in contents], np.int64)
    table = np.frombuffer(b"".join(contents), ENTRY)
    places = np.minimum(np.searchsorted(CODES, table["code"]), len(CODES) - 1)
    places[CODES[places] != table["code"]] = len(NAMES)
    return _entries([*NAMES, UNKNOWN], np.repeat(np.arange(len(contents)), counts), places, table)


def read_own(contents: Sequence[bytes]) -> Entries:
    """What rows say of the workspace's own metrics."""
    heads = [_split(one) for one in contents]
    table = np.frombuffer(b"".join(content for _names, content in heads), ENTRY)
    counts = np.array([len(content) // ENTRY.itemsize for _names, content in heads], np.int64)
    names = sorted({name for several, _content in heads for name in several})
    at = {name: place for place, name in enumerate(names)}
    own = table["kind"] != EntryKind.MORE
    place = np.zeros(len(table), np.int64)
    place[own] = [at[name] for several, _content in heads for name in several]
    return _entries(names, np.repeat(np.arange(len(contents)), counts), place, table)


def _split(content: bytes) -> tuple[Sequence[str], bytes]:
    """The names of an own part, and its entries."""
    if not content:
        return (), b""
    after = LENGTH + int.from_bytes(content[:LENGTH], "little")
    return _names(content[LENGTH:after]), content[after:]


@lru_cache(maxsize=4096)
def _names(content: bytes) -> tuple[str, ...]:
    return tuple(content.decode().split(NAME_SEPARATOR))


def _entries(names: Sequence[str], row: Ints, name: Ints, table: npt.NDArray[np.void]) -> Entries:
    more = table["kind"] == EntryKind.MORE
    mantissa = table["mantissa"]
    if more.any():
        mantissa = _joined(mantissa, more)
        table, row, name = table[~more], row[~more], name[~more]
    said = table["said"]
    return Entries(
        names,
        row,
        name,
        table["kind"],
        said & np.uint8(UNSURE - 1),
        said >= UNSURE,
        table["exponent"],
        mantissa,
    )


def _joined(mantissa: Ints, more: Bools) -> npt.NDArray[Any]:
    """Numbers that go on in the next entries, put together."""
    found: list[int] = []
    power = 1
    for one, goes_on in zip(mantissa.tolist(), more.tolist(), strict=True):
        power = power * LIMB if goes_on else 1
        if goes_on:
            found[-1] += one * power
        else:
            found.append(one)
    numbers = np.empty(len(found), object)
    numbers[:] = found
    return numbers


class Said(NamedTuple):
    """What one row says, for those who read a few."""

    values: dict[str, Decimal]
    reasons: dict[str, int]
    unsure: set[str]
    weights: dict[str, tuple[Decimal, Decimal]]
    inputs: dict[str, Decimal]


SHIPPED_NAMES: Mapping[int, str] = {code_of(name): name for name in NAMES}
READ = Struct("<IBBhq")
"""`ENTRY`, for those who read a few."""

Entry = tuple[int, int, int, int, int]


def said_of(shipped: bytes, own: bytes = b"", keys: frozenset[str] | None = None) -> Said:
    """What a row says of all metrics, or of these; numbers read elsewhere are all there."""
    found = Said({}, {}, set(), {}, {})
    for entry in _unpacked(shipped):
        name = SHIPPED_NAMES.get(entry[0])
        if name is not None:
            _take(found, name, entry, keys)
    if own:
        names, rest = _split(own)
        for name, entry in zip(names, _unpacked(rest), strict=True):
            _take(found, name, entry, keys)
    return found


def own_values(content: bytes) -> dict[str, Decimal]:
    """The values alone that a row has of the workspace's own metrics."""
    names, rest = _split(content)
    return {
        name: Decimal(mantissa).scaleb(exponent) if exponent else Decimal(mantissa)
        for name, (_code, kind, said, exponent, mantissa) in zip(
            names, _unpacked(rest), strict=True
        )
        if kind == VALUE and said & ~UNSURE == HAS_VALUE
    }


HAS_VALUE = int(State.VALUE)


def _unpacked(content: bytes) -> list[Entry]:
    """The entries, those that go on put together."""
    found: list[Entry] = []
    power = 1
    for entry in READ.iter_unpack(content):
        if entry[1] == MORE:
            power *= LIMB
            one = found[-1]
            found[-1] = (*one[:4], one[4] + entry[4] * power)
        else:
            power = 1
            found.append(entry)
    return found


def _take(found: Said, name: str, entry: Entry, keys: frozenset[str] | None) -> None:
    _code, kind, said, exponent, mantissa = entry
    if keys is not None and kind != INPUT and name not in keys:
        return
    state = said & ~UNSURE
    if state != HAS_VALUE:
        found.reasons[name] = state
        return
    number = Decimal(mantissa).scaleb(exponent) if exponent else Decimal(mantissa)
    if kind == VALUE:
        found.values[name] = number
        if said & UNSURE:
            found.unsure.add(name)
    elif kind == OVER:
        found.weights[name] = number, number
    elif kind == UNDER:
        found.weights[name] = found.weights[name][0], number
    else:
        found.inputs[name] = number
