"""Whole columns divided: the digits are `Decimal`'s."""

from decimal import Decimal, localcontext

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from metrics.calculation import CONTEXT
from metrics.derive import STORED
from metrics.engine.quotients import fits, quotients, shortest

overs = st.one_of(st.integers(-(10**18) + 1, 10**18 - 1), st.integers(-1000, 1000))
unders = st.one_of(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(-1000, 1000)).filter(bool)
pairs = st.lists(st.tuples(overs, unders), min_size=1, max_size=8)


@given(pairs=pairs, scale=st.integers(-12, 12))
@example(pairs=[(1, 3), (2, 3), (0, 7), (-1, 8)], scale=0)
@example(pairs=[(10**18 - 1, 1), (1, 10**15 - 1), (10**18 - 1, 10**15 - 1)], scale=2)
def test_quotients_are_those_of_decimals(pairs: list[tuple[int, int]], scale: int) -> None:
    over, under = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    found = quotients(over, under, scale)
    with localcontext(CONTEXT):
        for place, (one, other) in enumerate(pairs):
            expected = STORED.plus(Decimal(one).scaleb(scale) / Decimal(other))
            assert found.decimals(np.array([place]))[0] == expected


@given(half=st.integers(10**17, 5 * 10**17 - 1), times=st.integers(1, 2))
def test_halves_are_rounded_to_even(half: int, times: int) -> None:
    """18 digits and a half."""
    over, under = (2 * half + 1) * times, 2 * times
    if over < 10**18:
        found = quotients(np.array([over]), np.array([under]), 0)
        assert found.decimals(np.array([0]))[0] == half + half % 2


def test_what_is_too_large_is_not_divided_here() -> None:
    assert fits(10**18 - 1, 10**15 - 1)
    assert not fits(10**18, 1)
    assert not fits(1, 10**15)


def test_decimals_that_are_zero_are_left_out() -> None:
    found = shortest(np.array([1200, 1230, 0, 5]), np.array([-2, -2, -4, 0]))
    assert found.mantissa.tolist() == [12, 123, 0, 5]
    assert found.exponent.tolist() == [0, -1, 0, 0]
