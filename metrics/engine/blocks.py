"""Base metrics of a month's days, or of a year's months, in a few bytes for each segment.

A block holds the lines of one segment that say anything: a head with each line's metric, kind,
decimals and width; a bit for every cell that has a value; the few cells that hold a reason; then
the numbers, each line as narrow as it may be. They are written here and read in
`metrics.engine.block_reading`.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from metrics.engine.cubes import Bools, Cells, Cube, Cubes, Ints, State, States
from metrics.engine.owners import Owners, owner_of
from metrics.resolution import Segment
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


def code_bytes(key: str) -> bytes:
    """A metric as the heads of blocks name it."""
    return np.array(CODES[key], HEAD["code"]).tobytes()


def encoded(
    cubes: Cubes, starts: Ints, ends: Ints, owners: Owners | None = None
) -> list[dict[Segment, bytes]]:
    """For each run of columns, the blocks of all segments that say anything in them.

    `starts` and `ends` (not included) are the runs' columns, in order. Where `owners` are given,
    lines name feeds by their numbers in these workspaces; in blocks feeds have their ids.
    Lines of all dimensions and of runs of one length are written at once.
    """
    found: list[dict[Segment, bytes]] = [{} for _run in starts]
    lengths = ends - starts
    for length in np.unique(lengths).tolist():
        alike = np.flatnonzero(lengths == length)
        each = [_saying(cube, starts[alike], length, owners) for cube in cubes.values()]
        lines = Saying(*(np.concatenate(column) for column in zip(*each, strict=True)))
        if not len(lines.run):
            continue
        lines.head["width"] = _widths(lines.cells)
        place = np.stack([lines.run, lines.dimension, lines.segment])
        first = np.flatnonzero((np.diff(place, axis=1, prepend=-2) != 0).any(axis=0))
        blocks = _blocks(lines.head, lines.cells, lines.states, first)
        for (run, *segment), block in zip(place[:, first].T.tolist(), blocks, strict=True):
            found[alike[run]][Segment(*segment)] = block
    return found


class Saying(NamedTuple):
    """Lines that say anything in a run of columns, segment by segment: which run, the segment's
    dimension and code, the line's head without its width, and [line, column]."""

    run: Ints
    dimension: Ints
    segment: Ints
    head: npt.NDArray[np.void]
    cells: Cells
    states: States


def _saying(cube: Cube, starts: Ints, length: int, owners: Owners | None) -> Saying:
    """The lines of a cube, each with as few decimals as it needs: what other blocks need does not
    show."""
    states = sliding_window_view(cube.states, length, axis=2)
    said = (states[:, :, starts] != State.ABSENT).any(axis=3)
    run, row, line = np.nonzero(said.transpose(2, 0, 1))
    where = row, line, starts[run]
    cells = sliding_window_view(cube.cells, length, axis=2)[where]
    head = _heads(cube)[line]
    segment = cube.segments[row]
    if owners is not None and cube.dimension == 0:
        head["feed"] = owners.feeds_at(owner_of(segment), head["feed"])
    head["scale"] = _coarsened(cells, cube.scales[line])
    dimension = np.full(len(run), cube.dimension, np.int64)
    return Saying(run, dimension, segment, head, cells, states[where])


def _heads(cube: Cube) -> npt.NDArray[np.void]:
    found = np.zeros(len(cube.lines), HEAD)
    found["code"] = [CODES[line.key] for line in cube.lines]
    found["kind"] = [line.kind for line in cube.lines]
    found["feed"] = [line.feed for line in cube.lines]
    return found


def _coarsened(cells: Cells, scales: Ints) -> Ints:
    """Writes lines of so many decimals with as few as each needs, in place; returns how many."""
    found = scales.copy()
    for scale in np.unique(scales).tolist():
        rows = np.flatnonzero(scales == scale)
        for fewer in DECIMALS:
            if fewer >= scale or not rows.size:
                break
            factor = 10 ** (scale - fewer)
            numbers = cells[rows]
            coarse = numbers // factor
            enough = (coarse * factor == numbers).all(axis=1)
            cells[rows[enough]] = coarse[enough]
            found[rows[enough]] = fewer
            rows = rows[~enough]
    return found


def _widths(cells: Cells) -> npt.NDArray[np.uint8]:
    """How many bytes each number of each line needs."""
    low, high = cells.min(axis=1), cells.max(axis=1)
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
    line, column = np.divmod(np.flatnonzero(states > State.VALUE), states.shape[1])
    whose = np.searchsorted(first, line, side="right") - 1
    found = np.zeros(len(line), REASON)
    found["line"], found["column"] = line - first[whose], column
    found["state"] = states[line, column]
    return found, np.searchsorted(line, ends) - np.searchsorted(line, first)


def _bits(known: Bools, first: Ints, ends: Ints) -> list[bytes]:
    """A bit for each cell, every segment's from a byte of its own on."""
    counts = (ends - first) * known.shape[1]
    gaps = np.repeat(ends * known.shape[1], -counts % 8)
    bits = np.packbits(np.insert(known.reshape(-1), gaps, False))
    return _cut(bits.tobytes(), (counts + 7) // 8)


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
