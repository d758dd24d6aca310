"""Formulas by column say what their plain twin says, cell by cell."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.calculation import CONTEXT, NO_DATA, Given, Result, compile_formula
from metrics.derive import STORED
from metrics.engine.cubes import REASONS, State
from metrics.engine.exact import Decimals, Numbers, Whole, kept, spread
from metrics.engine.formula_columns import Column, Run, compile_columns
from metrics.formula import parse
from metrics.formula_nodes import Binary, Call, Negative, Node, Number, Operand, Value

NAMES = ("a", "b", "c")
STATES = {reason: state for state, reason in REASONS.items()}
numbers = st.decimals(-(10**12), 10**12, places=4) | st.sampled_from(
    [Decimal(0), Decimal(1), Decimal("1e29")]
)
cells = st.one_of(
    numbers, st.none(), st.sampled_from(["not_additive", "stale", "zero_denominator"])
)
leaves = st.one_of(
    st.sampled_from(NAMES).map(lambda name: Value(Operand(name))),
    st.decimals(0, 100, places=2).map(Number),
)


def larger(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """A formula around others."""
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Binary, st.sampled_from("+-*/"), inner, inner),
        st.builds(Negative, inner),
        st.builds(Call, st.sampled_from(["min", "max", "coalesce", "parts"]), several),
        st.builds(Call, st.just("per_year"), inner.map(lambda one: (one,))),
    )


formulas = st.recursive(leaves, larger, max_leaves=8)
rows = st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=6)
small = st.integers(-(10**6), 10**6).map(Decimal) | st.decimals(-(10**9), 10**9, places=2)
"""What most facts are: counts and money."""
small_cells = st.one_of(
    small, st.none(), st.sampled_from(["not_additive", "stale", "zero_denominator"])
)
small_rows = st.lists(st.tuples(small_cells, small_cells, small_cells), min_size=1, max_size=6)


def numbers_of(values: Sequence[Decimal | None]) -> Numbers:
    """Whole numbers where they fit, as from cubes; else objects."""
    if all(one is None or abs(one) < 10**13 for one in values):
        scale = max((-int(one.as_tuple().exponent) for one in values if one), default=0)
        cells = [0 if one is None else int(one.scaleb(scale)) for one in values]
        return Whole(np.array(cells, np.int64), scale)
    found = np.empty(len(values), object)
    found[:] = values
    return Decimals(found)


def column(given_cells: Sequence[Decimal | str | None]) -> Column:
    """A column from numbers, reasons for none, and nothing."""
    values = numbers_of([one if isinstance(one, Decimal) else None for one in given_cells])
    known = np.array([isinstance(one, Decimal) for one in given_cells])
    reason = [
        0 if isinstance(one, Decimal) else STATES[one] if one else State.NO_DATA
        for one in given_cells
    ]
    return Column(values, known, np.array(reason, np.uint8), ~known)


def twin(node: Node, cell: Mapping[str, Decimal | str | None]) -> Result:
    """The same cell by plain Python."""
    operands: dict[str, Given] = {
        name: Result(None, one) if isinstance(one, str) else one for name, one in cell.items()
    }
    return compile_formula(node)(operands, 12)


@given(node=formulas, table=st.one_of(rows, small_rows))
def test_columns_and_twin_agree(node: Node, table: list[tuple[Decimal | str | None, ...]]) -> None:
    with localcontext(CONTEXT):
        operands = {name: column([row[n] for row in table]) for n, name in enumerate(NAMES)}
        run = Run(operands, len(table), np.full(len(table), Decimal(12), object))
        found = compile_columns(node)(run)
        everywhere = np.flatnonzero(found.known)
        values = dict(zip(everywhere, found.values.decimals(everywhere), strict=True))
        stored = kept(found.values.at(everywhere), np.ones(len(everywhere), bool), exact=False)
        digits = dict(zip(everywhere, stored.decimals(np.arange(len(everywhere))), strict=True))
        for place, row in enumerate(table):
            expected = twin(node, dict(zip(NAMES, row, strict=True)))
            if expected.value is not None:
                assert found.known[place]
                assert values[place] == expected.value
                assert digits[place] == STORED.plus(expected.value)
                assert bool(found.missing[place]) is bool(expected.missing)
            else:
                assert not found.known[place]
                reason = REASONS.get(int(found.reason[place]), NO_DATA)
                assert reason == expected.reason


def test_a_missing_operand_is_no_data_and_a_zero_below_the_line_says_so() -> None:
    with localcontext(CONTEXT):
        operands = {
            "a": column([Decimal(6), None, Decimal(1), "stale"]),
            "b": column([Decimal(4), Decimal(4), Decimal(0), Decimal(2)]),
        }
        run = Run(operands, 4, np.full(4, Decimal(12), object))
        found = compile_columns(parse("a / b"))(run)
        assert found.values.decimals(np.array([0]))[0] == Decimal("1.5")
    assert found.known.tolist() == [True, False, False, False]
    assert found.reason.tolist() == [
        0,
        State.NO_DATA,
        State.ZERO_DENOMINATOR,
        State.STALE,
    ]


@pytest.mark.parametrize("cells", [[0, 1, 2], [2, 0, 1], [1, 2, 0]])
def test_numbers_find_their_cells_in_whatever_order(cells: list[int]) -> None:
    at = np.array(cells)
    whole = Whole(np.array([10, 20, 30])[at], 1)
    assert spread(whole, at, 3).decimals(np.arange(3)).tolist() == [1, 2, 3]
