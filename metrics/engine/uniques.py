"""What was counted over exactly a day or period; anything else about it cannot be added up."""

from collections.abc import Sequence

import numpy as np

from metrics.engine.contributions import Broken, Piece
from metrics.engine.cubes import Bools, Cubes, Ints, Line, State, segment_places
from metrics.resolution import DIMENSIONS


def segments_counted(counted: Broken) -> list[tuple[int, Ints, Ints]]:
    """By dimension, 0 first: which facts count one of its segments, and which segment.

    A fact that is broken down by several dimensions at once counts none that is shown.
    """
    dims, base = counted.dims, counted.base
    broken = (dims != 0).sum(axis=0)
    whole = np.flatnonzero(broken == 0)
    found = [(0, whole, base[whole])]
    for dimension in DIMENSIONS:
        facts = np.flatnonzero((broken == 1) & (dims[dimension - 1] != 0))
        found.append((dimension, facts, dims[dimension - 1, facts] + base[facts]))
    return found


def unique_pieces(facts: Broken, ends: Ints, days: Ints) -> list[Piece]:
    """What spans of `column`…`ends` (as days) say of single days: no value, but of one day only."""
    pieces: list[Piece] = []
    for dimension, chosen, segment in segments_counted(facts):
        if dimension == 0:
            pieces += _seen(facts, np.arange(len(facts.line)), facts.base, 0, ends, days)
        elif chosen.size:
            pieces += _seen(facts, chosen, segment, dimension, ends, days)
    return pieces + exact_pieces(facts, ends, days, days)


def _seen(
    facts: Broken, chosen: Ints, segment: Ints, dimension: int, ends: Ints, days: Ints
) -> list[Piece]:
    """Every day that a span holds knows of the metric."""
    first = np.searchsorted(days, facts.column[chosen], side="left")
    after = np.searchsorted(days, ends[chosen], side="right")
    count = np.maximum(after - first, 0)
    if not count.sum():
        return []
    inside = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    column = np.repeat(first, count) + inside
    line = np.repeat(facts.line[chosen], count)
    segments = np.repeat(segment, count)
    nothing = np.zeros(len(line), np.int64)
    return [Piece(dimension, "set", segments, line, column, nothing, State.NOT_ADDITIVE)]


def exact_pieces(facts: Broken, ends: Ints, first: Ints, last: Ints) -> list[Piece]:
    """The values of facts whose span is exactly a column's; where two are, neither can be had."""
    place, exact = _columns_of(facts.column, ends, first, last)
    pieces: list[Piece] = []
    for dimension, chosen, segment in segments_counted(facts):
        kept = exact[chosen]
        chosen, segment = chosen[kept], segment[kept]
        if not chosen.size:
            continue
        line, column = facts.line[chosen], place[chosen]
        codes = np.stack([segment, line, column])
        _all, back, count = np.unique(codes, axis=1, return_inverse=True, return_counts=True)
        once = count[back.reshape(-1)] == 1
        value = facts.value[chosen]
        pieces.append(Piece(dimension, "set", segment[once], line[once], column[once], value[once]))
    return pieces


def _columns_of(start: Ints, end: Ints, first: Ints, last: Ints) -> tuple[Ints, Bools]:
    """The column that is exactly a span, and whether there is one."""
    at = {span: place for place, span in enumerate(zip(first.tolist(), last.tolist(), strict=True))}
    spans = zip(start.tolist(), end.tolist(), strict=True)
    place = np.array([at.get(span, -1) for span in spans], np.int64)
    return place, place >= 0


def put_exact(cubes: Cubes, pieces: Sequence[Piece], lines: Sequence[Line], scales: Ints) -> None:
    """Writes values of exactly a period into cubes that know of them already."""
    for piece in pieces:
        cube = cubes[piece.dimension]
        at = {line: place for place, line in enumerate(cube.lines)}
        row = segment_places(cube.segments, piece.segment, piece.dimension)
        place = np.array([at[lines[one]] for one in piece.line.tolist()], np.int64)
        more = cube.scales[place] - scales[piece.line]
        cube.cells[row, place, piece.column] = piece.value * np.array(
            [10 ** int(one) for one in more], piece.value.dtype
        )
        cube.states[row, place, piece.column] = State.VALUE
