"""The workspace's own metrics of one segment in all periods of a grain that start in one year.

A block has the names of its metrics and operands and then entries as in `metrics.engine.row_cells`,
period by period, with the period's place in the year and the name's place among the names where
those of shipped metrics have their code. Two blocks that say the same are the same bytes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import compress, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from metrics.engine.cubes import Ints
from metrics.engine.facts import day_of, number_of
from metrics.engine.row_cells import ENTRY, RowLine, packed
from metrics.engine.row_reading import Entries, Entry, entries_of, unpacked
from metrics.resolution import Segment

LENGTH = 2
"""Bytes before the names: how long they are."""
NAME_SEPARATOR = "\x1f"
PLACE, NAME = 16, 0xFFFF
"""An entry's code: where in the year its period starts, and which of the names it has."""
EPOCH = np.datetime64("2000-01-01")
DAYS = 400
"""More than a year has: what blocks of several segments are told apart by."""


class BlockKey(NamedTuple):
    """Which block: the grain as stored, the segment, the year in which its periods start."""

    grain: int
    dimension: int
    segment_id: int
    year: int

    @property
    def segment(self) -> Segment:
        """The slice that the block is of."""
        return Segment(self.dimension, self.segment_id)


class Starts(NamedTuple):
    """Where rows are: grain as stored, the number of the period's first day, segment."""

    grain: Ints
    start: Ints
    dimension: Ints
    segment: Ints


OwnBlocks = Mapping[BlockKey, bytes]


def own_blocks(lines: Sequence[RowLine], at: Starts, cells: Ints) -> dict[BlockKey, bytes]:
    """The blocks of these cells, which are rows at these places."""
    entries, line, row = packed(lines, cells)
    if not len(entries):
        return {}
    names = sorted({one.name for one in lines})
    name = np.array([names.index(one.name) for one in lines], np.int64)[line]
    years = (EPOCH + at.start.astype("m8[D]")).astype("M8[Y]")
    place = at.start - (years.astype("M8[D]") - EPOCH).astype(np.int64)
    keys = np.stack([at.grain, at.dimension, at.segment, years.astype(np.int64) + 1970])[:, row]
    order = np.lexsort([place[row], *keys[::-1]])
    entries, name, place, keys = entries[order], name[order], place[row][order], keys[:, order]
    edges = np.flatnonzero((keys[:, 1:] != keys[:, :-1]).any(axis=0)) + 1
    bounds = [0, *edges.tolist(), len(entries)]
    block = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    used = np.zeros((len(bounds) - 1, len(names)), bool)
    used[block, name] = True
    which = (np.cumsum(used, axis=1) - 1)[block, name]
    entries["code"] = place << PLACE | which
    firsts = keys[:, bounds[:-1]].T.tolist()
    return {
        BlockKey(*key): _content(list(compress(names, of_block)), entries[first:last])
        for key, of_block, (first, last) in zip(
            firsts, used.tolist(), pairwise(bounds), strict=True
        )
    }


def _content(names: Collection[str], table: npt.NDArray[np.void]) -> bytes:
    text = NAME_SEPARATOR.join(names).encode()
    return len(text).to_bytes(LENGTH, "little") + text + table.tobytes()


def _head_of(content: bytes) -> bytes:
    """The length of the names, and the names."""
    return content[: LENGTH + int.from_bytes(content[:LENGTH], "little")]


def _split(content: bytes) -> tuple[tuple[str, ...], bytes]:
    head = _head_of(content)
    return _names(head[LENGTH:]), content[len(head) :]


@lru_cache(maxsize=4096)
def _names(content: bytes) -> tuple[str, ...]:
    return tuple(content.decode().split(NAME_SEPARATOR))


def places_in(starts: Ints, year: int) -> tuple[int, ...]:
    """Where in a year the periods that start on these days have their place, in order."""
    places = starts - first_day(year)
    return tuple(sorted(places[(places >= 0) & (places < DAYS)].tolist()))


def put_into(content: bytes, fresh: bytes, places: Sequence[int]) -> bytes:
    """A block with what it says of the periods at these places taken from another one."""
    if not places or not content:
        return fresh or content
    head = _head_of(content)
    if len(places) == 1 and fresh and head == _head_of(fresh):
        return _spliced(content, fresh, len(head), places[0])
    former, table = _table(content)
    elsewhere = np.ones(DAYS, bool)
    elsewhere[list(places)] = False
    table = table[elsewhere[table["code"] >> PLACE]]
    if not len(table):
        return fresh
    names, more = _table(fresh)
    if former != names:
        used = {former[one] for one in np.unique(table["code"] & NAME).tolist()}
        latter, names = names, tuple(sorted(used | set(names)))
        table, more = _renamed(table, former, names), _renamed(more, latter, names)
    joined = np.concatenate([table, more])
    return _content(names, joined[np.argsort(joined["code"] >> PLACE, kind="stable")])


def _spliced(content: bytes, fresh: bytes, head: int, place: int) -> bytes:
    """The same for one place, and blocks of the same names: a night has thousands of them."""
    size = ENTRY.itemsize

    def place_of(entry: int) -> int:
        at = head + entry * size + PLACE // 8
        return content[at] | content[at + 1] << 8

    count = (len(content) - head) // size
    first = bisect_left(range(count), place, key=place_of)
    after = bisect_right(range(count), place, lo=first, key=place_of)
    return content[: head + first * size] + fresh[head:] + content[head + after * size :]


def only(content: bytes, starts: Ints, year: int) -> bytes:
    """What a block says of the periods that start on these days."""
    names, table = _table(content)
    kept = table[np.isin(table["code"] >> PLACE, starts - first_day(year))]
    if len(kept) == len(table):
        return content
    used = [names[one] for one in np.unique(kept["code"] & NAME).tolist()]
    return _content(used, _renamed(kept, names, used)) if len(kept) else b""


def _table(content: bytes) -> tuple[tuple[str, ...], npt.NDArray[np.void]]:
    if not content:
        return (), np.zeros(0, ENTRY)
    names, rest = _split(content)
    return names, np.frombuffer(rest, ENTRY)


def _renamed(
    table: npt.NDArray[np.void], names: Sequence[str], others: Sequence[str]
) -> npt.NDArray[np.void]:
    """The same entries with the places that their names have among others."""
    found = table.copy()
    at = np.array([others.index(one) if one in others else 0 for one in names], np.uint32)
    if len(found):
        code = table["code"]
        found["code"] = (code >> PLACE << PLACE) | at[code & NAME]
    return found


@lru_cache(maxsize=256)
def first_day(year: int) -> int:
    """The number of a year's first day."""
    return number_of(day_of(0).replace(year=year, month=1, day=1))


class Place(NamedTuple):
    """Which row: the grain as stored, the number of the period's first day, dimension, segment."""

    grain: int
    start: int
    dimension: int
    segment_id: int

    @property
    def segment(self) -> Segment:
        """The slice that the row is of."""
        return Segment(self.dimension, self.segment_id)


def read_blocks(blocks: Iterable[tuple[BlockKey, bytes]]) -> tuple[Starts, Entries]:
    """What blocks say, with the rows that each number is of."""
    listed = list(blocks)
    found = numbered(content for _key, content in listed)
    rows, found.row = np.unique(found.row, return_inverse=True)
    firsts = [(*key[:3], first_day(key.year)) for key, _content in listed]
    grain, dimension, segment, first = np.array(firsts, np.int64).reshape(-1, 4)[rows // DAYS].T
    return Starts(grain, first + rows % DAYS, dimension, segment), found


def numbered(contents: Iterable[bytes]) -> Entries:
    """What several blocks say; a number's row is its block × `DAYS` + its place in the year."""
    split = [_split(one) if one else ((), b"") for one in contents]
    names = sorted({name for several, _rest in split for name in several})
    at = {name: place for place, name in enumerate(names)}
    table = np.frombuffer(b"".join(rest for _names, rest in split), ENTRY)
    counts = [len(rest) // ENTRY.itemsize for _names, rest in split]
    block = np.repeat(np.arange(len(split)), counts)
    code = table["code"].astype(np.int64)
    offsets = np.cumsum([0, *(len(several) for several, _rest in split)])[:-1]
    known = np.array([at[name] for several, _rest in split for name in several], np.int64)
    name = known[offsets[block] + (code & NAME)] if len(table) else code
    return entries_of(names, block * DAYS + (code >> PLACE), name, table)


OwnEntries = list[tuple[str, Entry]]
"""What a row says of own metrics, for those who read a few: names, and entries put together."""


def own_entries(content: bytes, year: int) -> dict[int, OwnEntries]:
    """What a block says of each period, by the number of its first day."""
    names, rest = _split(content)
    first = first_day(year)
    found: dict[int, OwnEntries] = {}
    for entry in unpacked(rest):
        code = entry[0]
        found.setdefault(first + (code >> PLACE), []).append((names[code & NAME], entry))
    return found
