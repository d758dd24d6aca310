"""Days and months in a few bytes."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.engine.block_reading import cubes_of, decoded
from metrics.engine.blocks import CODES, encoded
from metrics.engine.cubes import Cube, Kind, Line, State
from metrics.resolution import Segment
from metrics.rules import BASE

LEADS, MONEY, KNOWN = (
    Line("leads", Kind.SUM),
    Line("cost_media", Kind.SUM),
    Line("leads", Kind.KNOWN, 7),
)
START = date(2026, 3, 1)
NUMBERS = st.integers(-(10**24), 10**24)


def cube(cells: object, states: object, scales: tuple[int, ...] = (0, 2)) -> Cube:
    """One named channel, beside those that say nothing."""
    numbers, marks = np.array(cells), np.array(states, np.uint8)
    shape = 3, *numbers.shape
    found = Cube(
        1,
        np.array([0, -1, 11], np.int64),
        (LEADS, MONEY)[: len(numbers)],
        np.array(scales, np.int64),
        np.zeros(shape, numbers.dtype),
        np.zeros(shape, np.uint8),
    )
    found.cells[2], found.states[2] = numbers, marks
    return found


def whole(one: Cube) -> dict[int, bytes]:
    """The blocks of all columns."""
    (found,) = encoded({1: one}, np.array([0]), np.array([one.width]))
    return {segment.segment_id: block for segment, block in found.items()}


def read(blocks: dict[int, bytes], keys: frozenset[str] | None = None) -> Cube:
    """The cube of the blocks of a start, of channels."""
    (found,) = cubes_of({(START, 1): blocks}, keys).values()
    return found


def test_each_metric_has_a_code_of_its_own() -> None:
    assert len(set(CODES.values())) == len(BASE)


@pytest.mark.parametrize("largest", [0, 100, 30_000, 2**31 - 1, 2**40, 10**20])
def test_what_is_written_is_read(largest: int) -> None:
    dtype = object if largest > 2**62 else np.int64
    cells = np.array([[1, 0, -largest], [0, largest, 50]], dtype)
    states = [[1, 2, 1], [0, 1, 1]]
    block = decoded(whole(cube(cells, states))[11])
    assert block.lines == (LEADS, MONEY)
    factors = np.array([10 ** int(2 - one) for one in block.scales], object)
    assert block.cells[0].tolist() == cells[0].tolist()
    assert (block.cells[1] * factors[1]).tolist() == cells[1].tolist()
    assert block.states.tolist() == states


def test_segments_and_lines_that_say_nothing_are_left_out() -> None:
    blocks = whole(cube([[1, 2], [0, 0]], [[1, 1], [0, 0]]))
    assert list(blocks) == [11]
    assert decoded(blocks[11]).lines == (LEADS,)


def test_decimals_that_a_block_does_not_need_do_not_show() -> None:
    fine = cube([[300, 400]], [[1, 1]], (2,))
    coarse = cube([[3, 4]], [[1, 1]], (0,))
    assert whole(fine) == whole(coarse)


def test_runs_of_columns_are_blocks_of_their_own() -> None:
    one = cube([[1, 2, 300, 4], [5, 6, 7, 8]], np.ones((2, 4)))
    first, second = encoded({1: one}, np.array([0, 2]), np.array([2, 4]))
    assert decoded(first[Segment(1, 11)]).cells[0].tolist() == [1, 2]
    assert decoded(second[Segment(1, 11)]).cells[0].tolist() == [300, 4]


@given(st.lists(st.tuples(NUMBERS, st.sampled_from(list(State)[:5])), min_size=1, max_size=31))
def test_any_line_comes_back(drawn: list[tuple[int, State]]) -> None:
    cells = [number if state == State.VALUE else 0 for number, state in drawn]
    states = [state for _number, state in drawn]
    blocks = whole(cube(np.array([cells], object), [states], (0,)))
    if not any(states):
        assert blocks == {}
        return
    found = read({11: blocks[11]})
    assert found.cells[2, 0].tolist() == cells
    assert found.states[2, 0].tolist() == states


numbers_of_a_line = st.lists(
    st.tuples(st.integers(-(10**10), 10**10), st.sampled_from(list(State)[:5])),
    min_size=4,
    max_size=4,
)


@given(st.lists(st.tuples(numbers_of_a_line, numbers_of_a_line), min_size=1, max_size=5))
def test_several_segments_come_back_together(
    drawn: list[tuple[list[tuple[int, State]], ...]],
) -> None:
    ids = np.array([0, -1, *range(11, 11 + len(drawn))], np.int64)
    found = Cube(
        1,
        ids,
        (LEADS, KNOWN),
        np.array([2, 0], np.int64),
        np.zeros((len(ids), 2, 4), np.int64),
        np.zeros((len(ids), 2, 4), np.uint8),
    )
    for row, lines in enumerate(drawn, 2):
        for place, line in enumerate(lines):
            found.states[row, place] = [state for _number, state in line]
            found.cells[row, place] = [number * (state == State.VALUE) for number, state in line]
    blocks = whole(found)
    if not blocks:
        return
    back = read(blocks)
    for place, known in enumerate(back.lines):
        before = found.lines.index(known)
        factor = 10 ** int(found.scales[before] - back.scales[place])
        rows = np.searchsorted(ids[2:], back.segments[2:]) + 2
        assert (back.cells[2:, place] * factor).tolist() == found.cells[rows, before].tolist()
        assert back.states[2:, place].tolist() == found.states[rows, before].tolist()


@pytest.mark.parametrize("largest", [300, 10**20])
def test_months_of_any_length_come_back_together_with_what_is_asked_for(largest: int) -> None:
    dtype = object if largest > 2**62 else np.int64
    short = whole(cube(np.array([[1, 2], [3, largest]], dtype), np.ones((2, 2))))
    long = whole(cube(np.array([[4, 5, 6], [7, 8, largest]], dtype), [[1, 2, 1], [1, 1, 1]]))
    found = cubes_of({(START, 1): short, (date(2026, 4, 1), 1): long}, frozenset({"leads"}))
    first, second = found[START, 1], found[date(2026, 4, 1), 1]
    assert first.lines == second.lines == (LEADS,)
    assert first.cells[2].tolist() == [[1, 2]]
    assert second.cells[2, 0].tolist()[::2] == [4, 6]
    assert second.states[2].tolist() == [[1, 2, 1]]
