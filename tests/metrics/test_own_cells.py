"""Blocks of own metrics say what was put into them, are put together, and are compared."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.calculation import CONTEXT
from metrics.engine.exact import Decimals
from metrics.engine.facts import number_of
from metrics.engine.own_cells import (
    BlockKey,
    Starts,
    first_day,
    only,
    own_blocks,
    own_entries,
    places_in,
    put_into,
    read_blocks,
)
from metrics.engine.parts import in_parts, parts_of
from metrics.engine.quotients import Digits
from metrics.engine.row_cells import EntryKind, RowLine
from metrics.engine.row_changes import Restated, own_changes
from metrics.engine.row_reading import said_of

MONTH = 3
YEAR = 2026
Values = Mapping[str, Decimal]
small = st.integers(-(10**9), 10**9).map(lambda one: Decimal(one).scaleb(-2))
long = st.decimals(-(10**40), 10**40, places=8)
rows = st.dictionaries(
    st.integers(1, 12),
    st.dictionaries(st.sampled_from(["a", "b", "ç"]), st.one_of(small, long), min_size=1),
)


def month(number: int, year: int = YEAR) -> int:
    return number_of(date(year, number, 1))


def blocks(
    said: Mapping[int, Values], *, segments: tuple[int, ...] = (0,), year: int = YEAR
) -> dict[BlockKey, bytes]:
    """What months say, the same in each segment."""
    months, names = sorted(said), sorted({key for one in said.values() for key in one})
    places = [(segment, one) for segment in segments for one in months]
    lines = []
    for name in names:
        values = np.empty(len(places), object)
        values[:] = [said[one].get(name) for _segment, one in places]
        known = np.array([one is not None for one in values], bool)
        lines.append(RowLine(name, EntryKind.VALUE, known, Decimals(values)))
    starts = np.array([month(one, year) for _segment, one in places], np.int64)
    segment = np.array([segment for segment, _one in places], np.int64)
    at = Starts(np.full(len(places), MONTH), starts, np.minimum(segment, 1), segment)
    with localcontext(CONTEXT) as context:
        context.prec = 60
        return own_blocks(lines, at, np.arange(len(places)))


def block(said: Mapping[int, Values]) -> bytes:
    return blocks(said).get(BlockKey(MONTH, 0, 0, YEAR), b"")


def values_of(content: bytes) -> dict[int, Values]:
    found = own_entries(content, YEAR) if content else {}
    with localcontext(CONTEXT) as context:
        context.prec = 60
        return {start: said_of(b"", entries).values for start, entries in found.items()}


def by_start(said: Mapping[int, Values]) -> dict[int, Values]:
    return {month(one): values for one, values in said.items()}


@given(said=rows)
def test_a_block_says_what_was_put_in(said: dict[int, Values]) -> None:
    assert values_of(block(said)) == by_start(said)


@given(former=rows, latter=rows, places=st.sets(st.integers(1, 12)))
def test_some_periods_of_a_block_are_put_into_it_anew(
    former: dict[int, Values], latter: dict[int, Values], places: set[int]
) -> None:
    fresh = {one: values for one, values in latter.items() if one in places}
    starts = np.array(sorted(map(month, places)), np.int64)
    found = put_into(block(former), block(fresh), places_in(starts, YEAR))
    expected = {one: values for one, values in former.items() if one not in places} | fresh
    assert found == block(expected)
    assert values_of(found) == by_start(expected)


@given(
    former=rows,
    values=st.dictionaries(st.sampled_from(["a", "b", "ç"]), st.one_of(small, long), min_size=1),
    place=st.integers(1, 12),
)
def test_one_period_of_a_block_is_put_into_it_anew(
    former: dict[int, Values], values: Values, place: int
) -> None:
    places = places_in(np.array([month(place)], np.int64), YEAR)
    found = put_into(block(former), block({place: values}), places)
    assert found == block(former | {place: values})


@given(said=rows, places=st.sets(st.integers(1, 12)))
def test_some_periods_of_a_block_are_kept(said: dict[int, Values], places: set[int]) -> None:
    starts = np.array(sorted(map(month, places)), np.int64)
    kept = {one: values for one, values in said.items() if one in places}
    assert only(block(said), starts, YEAR) == block(kept)


def test_segments_and_years_are_blocks_of_their_own() -> None:
    said = {1: {"a": Decimal(1)}, 12: {"a": Decimal(2)}}
    found = blocks(said, segments=(0, 7)) | blocks(said, year=2024)
    assert sorted(found) == [
        BlockKey(MONTH, 0, 0, 2024),
        BlockKey(MONTH, 0, 0, 2026),
        BlockKey(MONTH, 1, 7, 2026),
    ]
    places, entries = read_blocks(sorted(found.items()))
    assert list(zip(places.start.tolist(), places.segment.tolist(), strict=True)) == [
        (month(1, 2024), 0), (month(12, 2024), 0), (month(1), 0), (month(12), 0),
        (month(1), 7), (month(12), 7),
    ]  # fmt: skip
    assert entries.row.tolist() == list(range(6))
    assert entries.numbers().decimals(np.arange(6)).tolist() == [1, 2, 1, 2, 1, 2]


def test_what_blocks_said_and_say_is_compared_period_by_period() -> None:
    large = Decimal(f"1{'0' * 29}1")
    before = [
        block({1: {"a": Decimal(1), "b": Decimal("2.5")}, 2: {"a": Decimal(10) ** 30}}),
        block({3: {"b": Decimal(7)}}),
        b"",
    ]
    after = [
        block({1: {"a": Decimal(1), "b": Decimal("2.25"), "c": Decimal(3)}, 2: {"a": large}}),
        b"",
        block({1: {"a": Decimal(4)}}),
    ]
    with localcontext(CONTEXT):
        found = own_changes(before, after)
    february, march = month(2) - first_day(YEAR), month(3) - first_day(YEAR)
    assert found.restated == {
        (0, "a"): [Restated(february, 10**42, parts_of(large))],
        (0, "b"): [Restated(0, 25 * 10**11, 225 * 10**10)],
        (1, "b"): [Restated(march, 7 * 10**12, None)],
    }
    assert found.late == {(0, 0): ["c"], (2, 0): ["a"]}


@pytest.mark.parametrize("contents", [[], [b""], [block({1: {"a": Decimal(1)}}), b""]])
def test_blocks_that_say_the_same_have_no_changes(contents: list[bytes]) -> None:
    assert own_changes(contents, contents) == ({}, {})


@given(st.lists(st.tuples(st.integers(-(10**18) + 1, 10**18 - 1), st.integers(-30, 4))))
def test_many_values_have_the_same_parts_as_each(numbers: list[tuple[int, int]]) -> None:
    digits = Digits(
        np.array([mantissa for mantissa, _ in numbers], np.int64),
        np.array([exponent for _, exponent in numbers], np.int16),
    )
    with localcontext(CONTEXT):
        each = [parts_of(Decimal(mantissa).scaleb(exponent)) for mantissa, exponent in numbers]
        assert in_parts(digits) == each
