"""Base metrics of a month's days, or of a year's months, in a few bytes for each segment.

A block holds the lines of one segment that say anything: a head with each line's metric, kind,
decimals and width; a bit for every cell that has a value; the few cells that hold a reason; then
the numbers, each line as narrow as it may be. They are written here and read in
`metrics.engine.block_reading`.
"""

from collections.abc import Iterable, Mapping
from zlib import crc32

import numpy as np
import numpy.typing as npt

from metrics.engine.cubes import Bools, Cells, Cube, Ints, State, States
from metrics.engine.owners import Owners, owner_of
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


def code_bytes(key: str) -> bytes:
    """A metric as the heads of blocks name it."""
    return np.array(CODES[key], HEAD["code"]).tobytes()


def encoded(
    cube: Cube, starts: Ints, ends: Ints, owners: Owners | None = None
) -> list[dict[int, bytes]]:
    """For each run of columns, the blocks of all segments that say anything in them.

    `starts` and `ends` (not included) are the runs' columns, in order. Where `owners` are given,
    lines name feeds by their numbers in these workspaces; in blocks feeds have their ids.
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
        if owners is not None and cube.dimension == 0:
            head["feed"] = owners.feeds_at(owner_of(cube.segments[segments]), head["feed"])
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
