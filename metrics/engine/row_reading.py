"""Stored rows read again (see `metrics.engine.row_cells`): many at once, or a few."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from struct import Struct
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from metrics.engine.cubes import Bools, Ints, State, States
from metrics.engine.exact import LARGEST, Decimals, Kept, Whole
from metrics.engine.quotients import DIGITS, POWERS, Digits
from metrics.engine.row_cells import (
    CODES,
    ENTRY,
    LIMB,
    NAMES,
    UNSURE,
    EntryKind,
    code_of,
)

VALUE, OVER, UNDER, INPUT, MORE = map(int, EntryKind)
UNKNOWN = ""
"""What an earlier version knew and this one does not."""


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


def read_shipped(content: bytes, lengths: Ints, keys: Collection[str] | None = None) -> Entries:
    """What rows of these lengths, one after the other, say of shipped metrics; of `keys` alone, if
    given, and of no operand then."""
    table = np.frombuffer(content, ENTRY)
    row = np.repeat(np.arange(len(lengths)), lengths // ENTRY.itemsize)
    if keys is not None:
        kept = _of_these(table, keys)
        table, row = table[kept], row[kept]
    places = np.minimum(np.searchsorted(CODES, table["code"]), len(CODES) - 1)
    places[CODES[places] != table["code"]] = len(NAMES)
    return entries_of([*NAMES, UNKNOWN], row, places, table)


def _of_these(table: npt.NDArray[np.void], keys: Collection[str]) -> Ints:
    """The places of these metrics' entries, with those that go on with one of their numbers."""
    wanted = np.isin(table["code"], np.array([code_of(key) for key in keys], np.uint32))
    more = table["kind"] == EntryKind.MORE
    if more.any():
        begun = np.maximum.accumulate(np.where(more, 0, np.arange(len(table))))
        wanted = wanted[begun]
    return np.flatnonzero(wanted)


def entries_of(names: Sequence[str], row: Ints, name: Ints, table: npt.NDArray[np.void]) -> Entries:
    """Stored entries, with the row and the name's place of each; long numbers put together."""
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


def said_of(
    shipped: bytes,
    own: Iterable[tuple[str, Entry]] = (),
    keys: frozenset[str] | None = None,
) -> Said:
    """What a row says of all metrics, or of these; numbers read elsewhere are all there.

    `own` are the names and entries of the workspace's own metrics.
    """
    if keys is None:
        found = _said_of_shipped(shipped, None)
    else:
        kept = _said_before(shipped, keys)
        found = Said(
            dict(kept.values),
            dict(kept.reasons),
            set(kept.unsure),
            dict(kept.weights),
            dict(kept.inputs),
        )
    for name, entry in own:
        _take(found, name, entry, keys)
    return found


def _said_of_shipped(shipped: bytes, keys: frozenset[str] | None) -> Said:
    found = Said({}, {}, set(), {}, {})
    for entry in unpacked(shipped):
        name = SHIPPED_NAMES.get(entry[0])
        if name is not None:
            _take(found, name, entry, keys)
    return found


_said_before = lru_cache(maxsize=2048)(_said_of_shipped)
"""A page is opened again more often than its rows change; the same bytes say the same."""


HAS_VALUE = int(State.VALUE)


def unpacked(content: bytes) -> list[Entry]:
    """Stored entries, for those who read a few; those that go on put together."""
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
