"""Blocks read again (see `metrics.engine.blocks`): one for its cells, or many as cubes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from metrics.engine.blocks import CODES, HEAD, KEYS, PREFIX, REASON, TEXT, WIDTHS
from metrics.engine.cubes import (
    MOST,
    Cells,
    Cube,
    Ints,
    Kind,
    Line,
    States,
    empty,
    segment_places,
    segments_axis,
)
from metrics.engine.owners import Owners
from metrics.engine.quotients import POWERS

IN_ORDER: Sequence[str] = sorted(CODES)
KINDS = max(Kind) + 1
BY_CODE = np.array(sorted(KEYS), np.uint32)
PLACE_OF_CODE = np.array([IN_ORDER.index(KEYS[code]) for code in BY_CODE.tolist()], np.int64)

ALONE = range(1)
"""As many workspaces as there are where none are named."""
Several = Mapping[tuple[date, int], Mapping[int, bytes]]
"""Blocks of segments by their start and dimension, then by the segment's code."""


class Block(NamedTuple):
    """A segment's lines: [line, column]."""

    lines: tuple[Line, ...]
    scales: Ints
    cells: Cells
    states: States


class Numbers(NamedTuple):
    """Lines of several blocks: which line each is of `lines`, its decimals, and [line, column]."""

    lines: Sequence[Line]
    line: Ints
    scale: Ints
    cells: Ints
    states: States

    def at(self, where: Ints | slice) -> "Numbers":
        """Some of them."""
        line, scale = self.line[where], self.scale[where]
        return Numbers(self.lines, line, scale, self.cells[where], self.states[where])


def says_of(content: bytes, keys: frozenset[str]) -> bool:
    """Whether a block has a line of these metrics: its head alone is looked at."""
    (count,) = np.frombuffer(content, PREFIX, count=1)["lines"].tolist()
    return bool(_places(_lines(content[PREFIX.itemsize :][: count * HEAD.itemsize])[0], keys))


def decoded(content: bytes) -> Block:
    """What a block holds."""
    prefix = np.frombuffer(content, PREFIX, count=1)[0]
    count, columns = int(prefix["lines"]), int(prefix["columns"])
    at = PREFIX.itemsize + count * HEAD.itemsize
    lines, scales, widths = _lines(content[PREFIX.itemsize : at])
    packed = (count * columns + 7) // 8
    bits = np.frombuffer(content, np.uint8, packed, at)
    states = np.unpackbits(bits, count=count * columns).reshape(count, columns)
    at += packed
    reasons = np.frombuffer(content, REASON, int(prefix["reasons"]), at)
    states[reasons["line"], reasons["column"]] = reasons["state"]
    at += reasons.nbytes
    wide = widths == TEXT
    cells = np.zeros((count, columns), object if wide.any() else np.int64)
    for width in WIDTHS:
        chosen = widths == width
        amount = int(chosen.sum()) * columns
        if amount:
            numbers = np.frombuffer(content, f"<i{width}", amount, at)
            cells[chosen] = numbers.reshape(-1, columns)
            at += amount * width
    if wide.any():
        texts = content[at:].decode().split(",")
        cells[wide] = np.array([int(one) for one in texts], object).reshape(-1, columns)
    return Block(lines, scales, cells, states)


def cubes_of(
    several: Several, keys: frozenset[str] | None = None, *, owners: Owners | None = None
) -> dict[tuple[date, int], Cube]:
    """The blocks of each start and dimension as a cube, with the lines that any of them has.

    Where `keys` are given, with the lines of these metrics alone, and without the blocks that have
    none; where `owners`, of these workspaces, and lines name feeds by their numbers in them. All
    blocks that have as many columns are decoded at once: a dozen small steps for a month of all
    dimensions.
    """
    alike: dict[int, dict[tuple[date, int], Mapping[int, bytes]]] = defaultdict(dict)
    for place, blocks in several.items():
        first = np.frombuffer(next(iter(blocks.values())), PREFIX, count=1)
        alike[int(first["columns"][0])][place] = blocks
    found: dict[tuple[date, int], Cube] = {}
    for columns, same in alike.items():
        found |= _decoded_at_once(same, columns, keys, owners)
    return found


def _decoded_at_once(
    several: Several, columns: int, keys: frozenset[str] | None, owners: Owners | None
) -> dict[tuple[date, int], Cube]:
    contents = [one for blocks in several.values() for one in blocks.values()]
    heads, whose = _heads(contents)
    if (heads["width"] == TEXT).any():
        return _decoded_one_by_one(several, keys, owners)
    read = np.arange(len(heads))
    if keys is not None:
        wanted = np.array([CODES[key] for key in keys & CODES.keys()], np.uint32)
        read = np.flatnonzero(np.isin(heads["code"], wanted))
    lines, line = _different(heads[read], owners)
    cells, states = _numbers(contents, heads, whose, columns, read)
    numbers = Numbers(lines, line, heads["scale"].astype(np.int64)[read], cells, states)
    ends = np.cumsum([len(blocks) for blocks in several.values()])
    edges = np.searchsorted(whose[read], [0, *ends.tolist()])
    found = {}
    for n, ((start, dimension), blocks) in enumerate(several.items()):
        here = slice(int(edges[n]), int(edges[n + 1]))
        if here.start == here.stop:
            continue
        segment = whose[read][here] - (int(ends[n]) - len(blocks))
        saying = np.flatnonzero(np.bincount(segment))
        codes = np.array(list(blocks), np.int64)[saying]
        place = np.searchsorted(saying, segment)
        found[start, dimension] = _cube(dimension, codes, place, numbers.at(here), owners)
    return found


def _decoded_one_by_one(
    several: Several, keys: frozenset[str] | None, owners: Owners | None
) -> dict[tuple[date, int], Cube]:
    """The same with numbers of any size."""
    found = {}
    for (start, dimension), blocks in several.items():
        read = {
            segment: decoded(content)
            for segment, content in blocks.items()
            if keys is None or says_of(content, keys)
        }
        if read:
            found[start, dimension] = _cube_of_blocks(dimension, read, keys, owners)
    return found


def _cube(
    dimension: int, codes: Ints, segment: Ints, numbers: Numbers, owners: Owners | None
) -> Cube:
    """Lines of the segments with these codes, `segment` says of which each is."""
    used = np.flatnonzero(np.bincount(numbers.line, minlength=len(numbers.lines)))
    line = np.searchsorted(used, numbers.line)
    scales = np.zeros(len(used), np.int64)
    np.maximum.at(scales, line, numbers.scale)
    factors = POWERS[np.minimum(scales[line] - numbers.scale, len(POWERS) - 1)]
    cells = numbers.cells
    dtype: Any = object if _largest(cells, factors) > MOST else np.int64
    if (factors > 1).any():
        cells = cells.astype(dtype, copy=False) * factors.astype(dtype)[:, None]
    axis = segments_axis(dimension, [codes], len(owners or ALONE))
    lines = [numbers.lines[n] for n in used.tolist()]
    cube = empty(dimension, axis, lines, scales, numbers.cells.shape[1], dtype)
    rows = segment_places(axis, codes, dimension)[segment]
    cube.cells[rows, line] = cells
    cube.states[rows, line] = numbers.states
    return cube


def _largest(cells: Ints, factors: Ints) -> float:
    """How large a number of any line may be, multiplied by the line's factor."""
    most = max(float(cells.max(initial=0)), -float(cells.min(initial=0)))
    if most * float(factors.max(initial=1)) <= MOST:
        return most
    largest = np.abs(cells).max(axis=1, initial=0).astype(np.float64) * factors
    return float(largest.max(initial=0))


def _heads(contents: Sequence[bytes]) -> tuple[npt.NDArray[np.void], Ints]:
    """The heads of all lines of several blocks, and whose each is."""
    counts = _prefixes(contents)["lines"].astype(np.int64)
    ends = (PREFIX.itemsize + counts * HEAD.itemsize).tolist()
    joined = b"".join(one[PREFIX.itemsize : end] for one, end in zip(contents, ends, strict=True))
    return np.frombuffer(joined, HEAD), np.repeat(np.arange(len(contents)), counts)


def _prefixes(contents: Sequence[bytes]) -> npt.NDArray[np.void]:
    return np.frombuffer(b"".join(one[: PREFIX.itemsize] for one in contents), PREFIX)


def _different(heads: npt.NDArray[np.void], owners: Owners | None) -> tuple[list[Line], Ints]:
    """The lines that occur, in order, and which of them each head is."""
    feed = heads["feed"].astype(np.int64)
    if owners is not None:
        named = np.flatnonzero(feed)
        feed[named] = owners.numbers_of(feed[named])
    feeds = [0]
    if feed.any():
        known, feed = np.unique(feed, return_inverse=True)
        feeds = known.tolist()
    key = _places_of_keys(heads["code"])
    codes = (key * KINDS + heads["kind"]) * len(feeds) + feed
    used = np.flatnonzero(np.bincount(codes))
    place = np.zeros(int(codes.max(initial=-1)) + 1, np.int64)
    place[used] = np.arange(len(used))
    lines = []
    for code in used.tolist():
        rest, feed_at = divmod(code, len(feeds))
        lines.append(Line(IN_ORDER[rest // KINDS], Kind(rest % KINDS), feeds[feed_at]))
    return lines, place[codes]


def _places_of_keys(codes: npt.NDArray[np.uint32]) -> Ints:
    """The metrics' places in the order of their keys. Raises KeyError where one is not known."""
    at = np.minimum(np.searchsorted(BY_CODE, codes), len(BY_CODE) - 1)
    if (BY_CODE[at] != codes).any():
        raise KeyError("A block has a metric that is not known.")
    return np.asarray(PLACE_OF_CODE[at])


@lru_cache(maxsize=16384)
def _line(code: int, kind: int, feed: int) -> Line:
    return Line(KEYS[code], Kind(kind), feed)


def _numbers(
    contents: Sequence[bytes], heads: npt.NDArray[np.void], whose: Ints, columns: int, read: Ints
) -> tuple[Ints, States]:
    """The numbers of some lines of several blocks, in order, and their states: [line, column]."""
    lengths = np.array([len(one) for one in contents], np.int64)
    counts = np.bincount(whose, minlength=len(contents))
    reasons = _prefixes(contents)["reasons"].astype(np.int64)
    bits_at = np.cumsum(lengths) - lengths + PREFIX.itemsize + counts * HEAD.itemsize
    reasons_at = bits_at + (counts * columns + 7) // 8
    joined = np.frombuffer(b"".join([*contents, PADDING]), np.uint8)
    first = np.cumsum(counts) - counts
    rank = np.arange(len(whose)) - first[whose]
    states = _bits(joined, (bits_at[whose] * 8 + rank * columns)[read], columns)
    if len(read) and reasons.any():
        _put_reasons(states, joined, reasons_at, reasons, first, read)
    start = _starts_of_numbers(
        heads["width"], whose, first, columns, at=reasons_at + reasons * REASON.itemsize
    )[read]
    width = heads["width"][read]
    numbers = np.zeros((len(read), columns), np.int64)
    for size in WIDTHS:
        chosen = np.flatnonzero(width == size)
        if chosen.size:
            sent = sliding_window_view(joined, size * columns)[start[chosen]]
            numbers[chosen] = sent.view(f"<i{size}")
    return numbers, states


def _starts_of_numbers(
    width: npt.NDArray[np.uint8], whose: Ints, first: Ints, columns: int, *, at: Ints
) -> Ints:
    """Where the numbers of each line begin: in a block those of the narrowest lines come first.

    `first` is the first line of each block, `at` where its numbers begin.
    """
    found = np.zeros(len(whose), np.int64)
    for size in WIDTHS:
        alike = np.flatnonzero(width == size)
        if not alike.size:
            continue
        block = whose[alike]
        counts = np.bincount(block, minlength=len(first))
        before = np.arange(len(alike)) - (np.cumsum(counts) - counts)[block]
        found[alike] = at[block] + before * (size * columns)
        at = at + counts * (size * columns)
    return found


PADDING = bytes(8)
"""So that what is read from a line's first bit on may go past the end."""


def _bits(content: npt.NDArray[np.uint8], starts: Ints, columns: int) -> States:
    """So many bits from each of these on: [line, column]."""
    if not len(starts):
        return np.zeros((0, columns), np.uint8)
    taken = (columns + 7) // 8 + 1
    bits = np.unpackbits(sliding_window_view(content, taken)[starts >> 3])
    inside = np.arange(len(starts)) * (taken * 8) + (starts & 7)
    return np.asarray(sliding_window_view(bits, columns)[inside])


def _put_reasons(
    states: States,
    content: npt.NDArray[np.uint8],
    starts: Ints,
    counts: Ints,
    first: Ints,
    read: Ints,
) -> None:
    """Writes the reasons of all blocks, which start at these places, for the lines that are
    read."""
    some = np.flatnonzero(counts)
    sizes = counts[some] * REASON.itemsize
    ends = (starts[some] + sizes).tolist()
    joined = b"".join(
        content[a:b].tobytes() for a, b in zip(starts[some].tolist(), ends, strict=True)
    )
    said = np.frombuffer(joined, REASON)
    line = np.repeat(first[some], counts[some]) + said["line"]
    place = np.minimum(np.searchsorted(read, line), len(read) - 1)
    here = read[place] == line
    states[place[here], said["column"][here]] = said["state"][here]


def _cube_of_blocks(
    dimension: int, blocks: Mapping[int, Block], keys: frozenset[str] | None, owners: Owners | None
) -> Cube:
    """The same of decoded blocks, with numbers of any size."""
    axis = segments_axis(dimension, [np.array(sorted(blocks), np.int64)], len(owners or ALONE))
    columns = next(iter(blocks.values())).cells.shape[1]
    if owners is not None:
        blocks = {
            one: block._replace(lines=_numbered(block.lines, owners))
            for one, block in blocks.items()
        }
    scales: dict[Line, int] = {}
    for block in blocks.values():
        for line, scale in zip(block.lines, block.scales.tolist(), strict=True):
            scales[line] = max(scale, scales.get(line, 0))
    lines = sorted(scales)
    at = {line: place for place, line in enumerate(lines)}
    wanted = np.array([scales[line] for line in lines], np.int64)
    cube = empty(dimension, axis, lines, wanted, columns, object)
    rows = segment_places(axis, np.array(list(blocks), np.int64), dimension)
    for row, block in zip(rows.tolist(), blocks.values(), strict=True):
        into = [at[line] for line in block.lines]
        more = wanted[into] - block.scales
        factors = np.array([10 ** int(one) for one in more], object)
        cube.cells[row, into] = block.cells * factors[:, None]
        cube.states[row, into] = block.states
    return cube if keys is None else cube.of(keys)


def _numbered(lines: Sequence[Line], owners: Owners) -> tuple[Line, ...]:
    numbers = owners.numbers_of(np.array([line.feed for line in lines], np.int64))
    named = zip(lines, numbers.tolist(), strict=True)
    return tuple(line._replace(feed=number) for line, number in named)


@lru_cache(maxsize=4096)
def _lines(head: bytes) -> tuple[tuple[Line, ...], Ints, npt.NDArray[np.uint8]]:
    table = np.frombuffer(head, HEAD)
    columns = (table[name].tolist() for name in ("code", "kind", "feed"))
    lines = tuple(_line(*one) for one in zip(*columns, strict=True))
    return lines, table["scale"].astype(np.int64), table["width"].copy()


@lru_cache(maxsize=4096)
def _places(lines: tuple[Line, ...], keys: frozenset[str]) -> list[int]:
    return [n for n, line in enumerate(lines) if line.key in keys]
