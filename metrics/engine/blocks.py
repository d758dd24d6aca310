"""Base metrics of a month's days, or of a year's months, in a few bytes for each segment.

A block holds the lines of one segment that say anything: a head with each line's metric, kind,
decimals and width; a bit for every cell that has a value; the few cells that hold a reason; then
the numbers, each line as narrow as it may be.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from metrics.engine.cubes import (
    MOST,
    Bools,
    Cells,
    Cube,
    Ints,
    Kind,
    Line,
    State,
    States,
    empty,
    segment_places,
    segments_axis,
)
from metrics.engine.quotients import POWERS
from metrics.rules import BASE

CODES: Mapping[str, int] = {key: crc32(key.encode()) for key in sorted(BASE)}
KEYS: Mapping[int, str] = {code: key for key, code in CODES.items()}
PREFIX = np.dtype([("lines", "<u2"), ("columns", "u1"), ("reasons", "<u2")])
HEAD = np.dtype(
    [("code", "<u4"), ("kind", "u1"), ("scale", "u1"), ("width", "u1"), ("feed", "<u4")]
)
REASON = np.dtype([("line", "<u2"), ("column", "u1"), ("state", "u1")])
ZEROS, TEXT = 0, 255
WIDTHS = (1, 2, 4, 8)
DECIMALS = (0, 2, 4, 8, 10)
"""What values and their products may need, but for the most that they have."""


class Block(NamedTuple):
    """A segment's lines: [line, column]."""

    lines: tuple[Line, ...]
    scales: Ints
    cells: Cells
    states: States


@lru_cache(maxsize=4096)
def _places(lines: tuple[Line, ...], keys: frozenset[str]) -> list[int]:
    return [n for n, line in enumerate(lines) if line.key in keys]


def encoded(cube: Cube, starts: Ints, ends: Ints) -> list[dict[int, bytes]]:
    """For each run of columns, the blocks of all segments that say anything in them.

    `starts` and `ends` (not included) are the runs' columns, in order.
    """
    cells, states = cube.cells, cube.states
    edges = np.stack([starts, ends], axis=1).reshape(-1)
    runs = edges[:-1] if edges[-1] == cube.width else edges
    said = np.logical_or.reduceat(states != State.ABSENT, runs, axis=2)[:, :, ::2]
    scales = _scales(cube, runs)
    widths = _widths(cube, runs, scales)
    heads = np.zeros(len(cube.lines), HEAD)
    heads["code"] = [CODES[line.key] for line in cube.lines]
    heads["kind"] = [line.kind for line in cube.lines]
    heads["feed"] = [line.feed for line in cube.lines]
    found: list[dict[int, bytes]] = [{} for _run in starts]
    lengths = ends - starts
    for length in np.unique(lengths).tolist():
        alike = np.flatnonzero(lengths == length)
        run, segments, lines = np.nonzero(said[:, :, alike].transpose(2, 0, 1))
        run = alike[run]
        head = heads[lines]
        head["scale"], head["width"] = scales[segments, lines, run], widths[segments, lines, run]
        columns = starts[run][:, None] + np.arange(length)
        numbers = cells[segments[:, None], lines[:, None], columns]
        finer = cube.scales[lines] - head["scale"]
        if finer.any():
            numbers = numbers // POWERS[finer].astype(cells.dtype)[:, None]
        whose = run * len(cube.segments) + segments
        first = np.flatnonzero(np.diff(whose, prepend=-1))
        blocks = _blocks(head, numbers, states[segments[:, None], lines[:, None], columns], first)
        named = zip(run[first].tolist(), cube.segments[segments[first]].tolist(), strict=True)
        for (place, segment), block in zip(named, blocks, strict=True):
            found[place][segment] = block
    return found


def _scales(cube: Cube, runs: Ints) -> Ints:
    """As few decimals as each line of each segment needs in each run: what other blocks need does
    not show.
    """
    shape = len(cube.segments), len(cube.lines), len(runs[::2])
    found = np.broadcast_to(cube.scales[None, :, None], shape).copy()
    for scale in reversed(DECIMALS):
        fine = np.flatnonzero(cube.scales > scale)
        if fine.size:
            factors = [10 ** int(one) for one in cube.scales[fine] - scale]
            rest = cube.cells[:, fine] % np.array(factors, cube.cells.dtype)[:, None] != 0
            needed = np.logical_or.reduceat(rest.astype(bool), runs, axis=2)[:, :, ::2]
            found[:, fine] = np.where(needed, found[:, fine], scale)
    return found


def _widths(cube: Cube, runs: Ints, scales: Ints) -> npt.NDArray[np.uint8]:
    """How many bytes each line of each segment needs in each run."""
    low = np.minimum.reduceat(cube.cells, runs, axis=2)[:, :, ::2]
    high = np.maximum.reduceat(cube.cells, runs, axis=2)[:, :, ::2]
    finer = cube.scales[None, :, None] - scales
    if finer.any():
        factors = np.array([10**one for one in range(int(finer.max()) + 1)], cube.cells.dtype)
        low, high = low // factors[finer], high // factors[finer]
    found = np.where((low == 0) & (high == 0), np.uint8(ZEROS), np.uint8(TEXT))
    for width in reversed(WIDTHS):
        limits = np.iinfo(f"i{width}")
        fits = (low >= limits.min) & (high <= limits.max) & (found != ZEROS)
        found[fits.astype(bool)] = width
    return found


def _blocks(
    head: npt.NDArray[np.void], cells: Cells, states: States, first: Ints
) -> Iterable[bytes]:
    """The blocks of segments whose lines follow one another, each from `first` on."""
    ends = np.append(first[1:], len(head))
    reasons, reasons_each = _reasons(states, first, ends)
    prefix = np.zeros(len(first), PREFIX)
    prefix["lines"], prefix["columns"] = ends - first, states.shape[1]
    prefix["reasons"] = reasons_each
    parts = [
        _cut(prefix.tobytes(), np.full(len(first), PREFIX.itemsize)),
        _cut(head.tobytes(), (ends - first) * HEAD.itemsize),
        _bits(states == State.VALUE, first, ends),
        _cut(reasons.tobytes(), reasons_each * REASON.itemsize),
    ]
    for width in WIDTHS:
        chosen = head["width"] == width
        if chosen.any():
            content = cells[chosen].astype(f"<i{width}").tobytes()
            parts.append(_cut(content, np.add.reduceat(chosen, first) * width * cells.shape[1]))
    wide = head["width"] == TEXT
    if wide.any():
        parts.append(_texts(cells, wide, first, ends))
    return map(b"".join, zip(*parts, strict=True))


def _reasons(states: States, first: Ints, ends: Ints) -> tuple[npt.NDArray[np.void], Ints]:
    """The cells that hold a reason, and how many each segment has."""
    line, column = np.nonzero(states > State.VALUE)
    whose = np.searchsorted(first, line, side="right") - 1
    found = np.zeros(len(line), REASON)
    found["line"], found["column"] = line - first[whose], column
    found["state"] = states[line, column]
    return found, np.searchsorted(line, ends) - np.searchsorted(line, first)


def _bits(known: Bools, first: Ints, ends: Ints) -> list[bytes]:
    """A bit for each cell, every segment's from a byte of its own on."""
    columns = known.shape[1]
    bytes_each = ((ends - first) * columns + 7) // 8
    skipped = (np.cumsum(bytes_each) - bytes_each) * 8 - first * columns
    places = np.arange(known.size) + np.repeat(skipped, (ends - first) * columns)
    bits = np.zeros(int(bytes_each.sum()) * 8, bool)
    bits[places] = known.reshape(-1)
    return _cut(np.packbits(bits).tobytes(), bytes_each)


def _texts(cells: Cells, wide: Bools, first: Ints, ends: Ints) -> list[bytes]:
    """Numbers of more than 64 bits, as text."""
    return [
        ",".join(map(str, cells[start:end][wide[start:end]].reshape(-1).tolist())).encode()
        for start, end in zip(first.tolist(), ends.tolist(), strict=True)
    ]


def _cut(content: bytes, sizes: Ints) -> list[bytes]:
    """Pieces of these sizes, one after the other."""
    ends = np.cumsum(sizes).tolist()
    return [content[a:b] for a, b in zip([0, *ends[:-1]], ends, strict=True)] if ends else []


@lru_cache(maxsize=4096)
def _lines(head: bytes) -> tuple[tuple[Line, ...], Ints, npt.NDArray[np.uint8]]:
    table = np.frombuffer(head, HEAD)
    lines = tuple(
        Line(KEYS[code], Kind(kind), feed)
        for code, kind, feed in zip(
            table["code"].tolist(), table["kind"].tolist(), table["feed"].tolist(), strict=True
        )
    )
    return lines, table["scale"].astype(np.int64), table["width"].copy()


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


def cube_of(dimension: int, contents: Mapping[int, bytes]) -> Cube:
    """The blocks of several segments as one cube, with the lines that any of them has.

    All of them are decoded at once: a month has one for each campaign.
    """
    heads, whose, columns = _heads(list(contents.values()))
    if (heads["width"] == TEXT).any():
        return _cube_of_blocks(dimension, {one: decoded(cells) for one, cells in contents.items()})
    lines, line = _different(heads)
    scales = np.zeros(len(lines), np.int64)
    np.maximum.at(scales, line, heads["scale"])
    numbers, states = _numbers(list(contents.values()), heads, whose, columns)
    factors = POWERS[np.minimum(scales[line] - heads["scale"], len(POWERS) - 1)]
    largest = np.abs(numbers).max(axis=1, initial=0).astype(np.float64) * factors
    axis = segments_axis(dimension, [np.array(sorted(contents), np.int64)])
    dtype = object if largest.max(initial=0) > MOST else np.int64
    cube = empty(dimension, axis, lines, scales, columns, dtype)
    rows = segment_places(axis, np.array(list(contents), np.int64))[whose]
    cube.cells[rows, line] = numbers.astype(dtype, copy=False) * factors.astype(dtype)[:, None]
    cube.states[rows, line] = states
    return cube


def _heads(contents: Sequence[bytes]) -> tuple[npt.NDArray[np.void], Ints, int]:
    """The heads of all lines of several blocks, whose each is, and how many columns there are."""
    prefixes = np.frombuffer(b"".join(one[: PREFIX.itemsize] for one in contents), PREFIX)
    counts = prefixes["lines"].astype(np.int64)
    ends = (PREFIX.itemsize + counts * HEAD.itemsize).tolist()
    joined = b"".join(one[PREFIX.itemsize : end] for one, end in zip(contents, ends, strict=True))
    whose = np.repeat(np.arange(len(contents)), counts)
    return np.frombuffer(joined, HEAD), whose, int(prefixes["columns"].max(initial=0))


def _different(heads: npt.NDArray[np.void]) -> tuple[list[Line], Ints]:
    """The lines that occur, in order, and which of them each head is."""
    feeds, feed = np.unique(heads["feed"], return_inverse=True)
    codes = (heads["code"].astype(np.int64) * 16 + heads["kind"]) * len(feeds) + feed
    _codes, first, back = np.unique(codes, return_index=True, return_inverse=True)
    found = [
        Line(KEYS[int(one["code"])], Kind(int(one["kind"])), int(one["feed"]))
        for one in heads[first]
    ]
    order = sorted(range(len(found)), key=found.__getitem__)
    places = np.zeros(len(found), np.int64)
    places[order] = np.arange(len(found))
    return [found[n] for n in order], places[back]


def _numbers(
    contents: Sequence[bytes], heads: npt.NDArray[np.void], whose: Ints, columns: int
) -> tuple[Ints, States]:
    """The numbers of all lines of several blocks, and their states: [line, column]."""
    lengths = np.array([len(one) for one in contents], np.int64)
    counts = np.bincount(whose, minlength=len(contents))
    prefixes = np.frombuffer(b"".join(one[: PREFIX.itemsize] for one in contents), PREFIX)
    bits_at = np.cumsum(lengths) - lengths + PREFIX.itemsize + counts * HEAD.itemsize
    reasons_at = bits_at + (counts * columns + 7) // 8
    joined = np.frombuffer(b"".join(contents), np.uint8)
    first = np.cumsum(counts) - counts
    rank = np.arange(len(whose)) - first[whose]
    bits = (bits_at[whose] * 8 + rank * columns)[:, None] + np.arange(columns)
    states = (joined[bits >> 3] >> (7 - (bits & 7)).astype(np.uint8)) & np.uint8(1)
    for block in np.flatnonzero(prefixes["reasons"]).tolist():
        at, many = int(reasons_at[block]), int(prefixes["reasons"][block])
        said = np.frombuffer(joined.tobytes(), REASON, many, at)
        states[first[block] + said["line"], said["column"]] = said["state"]
    width = heads["width"].astype(np.int64)
    order = np.lexsort([width, whose])
    sizes = (width * columns)[order]
    before = np.cumsum(sizes) - sizes
    start = np.zeros(len(whose), np.int64)
    start[order] = before - before[first[whose[order]]] if len(order) else before
    start += (reasons_at + prefixes["reasons"].astype(np.int64) * REASON.itemsize)[whose]
    numbers = np.zeros((len(whose), columns), np.int64)
    for size in WIDTHS:
        chosen = np.flatnonzero(width == size)
        if chosen.size:
            sent = joined[start[chosen][:, None] + np.arange(size * columns)]
            numbers[chosen] = sent.view(f"<i{size}")
    return numbers, states


def _cube_of_blocks(dimension: int, blocks: Mapping[int, Block]) -> Cube:
    """The same of decoded blocks, with numbers of any size."""
    axis = segments_axis(dimension, [np.array(sorted(blocks), np.int64)])
    columns = next(iter(blocks.values())).cells.shape[1]
    scales: dict[Line, int] = {}
    for block in blocks.values():
        for line, scale in zip(block.lines, block.scales.tolist(), strict=True):
            scales[line] = max(scale, scales.get(line, 0))
    lines = sorted(scales)
    at = {line: place for place, line in enumerate(lines)}
    wanted = np.array([scales[line] for line in lines], np.int64)
    cube = empty(dimension, axis, lines, wanted, columns, object)
    rows = segment_places(axis, np.array(list(blocks), np.int64))
    for row, block in zip(rows.tolist(), blocks.values(), strict=True):
        into = [at[line] for line in block.lines]
        more = wanted[into] - block.scales
        factors = np.array([10 ** int(one) for one in more], object)
        cube.cells[row, into] = block.cells * factors[:, None]
        cube.states[row, into] = block.states
    return cube
