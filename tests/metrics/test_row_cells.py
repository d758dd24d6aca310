"""Rows in sixteen bytes a number say what was put into them, whoever reads them."""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.calculation import CONTEXT
from metrics.engine.cubes import State
from metrics.engine.exact import Decimals, Kept, Whole
from metrics.engine.quotients import Digits
from metrics.engine.row_cells import (
    CODES,
    NAMES,
    EntryKind,
    RowLine,
    shipped_bytes,
)
from metrics.engine.row_reading import Entries, read_shipped, said_of

small = st.integers(-(10**9), 10**9).map(lambda one: Decimal(one).scaleb(-2))
long = st.decimals(-(10**40), 10**40, places=8)
cells = st.lists(st.one_of(small, long, st.none()), min_size=3, max_size=3)
ALL = np.arange(3)


def numbers(values: list[Decimal | None]) -> Kept:
    """As whole numbers where they fit, else as objects."""
    if all(one is None or abs(one) < 10**9 for one in values):
        whole = [0 if one is None else int(one.scaleb(8)) for one in values]
        return Whole(np.array(whole, np.int64), 8)
    found = np.empty(len(values), object)
    found[:] = values
    return Decimals(found)


def line(name: str, values: list[Decimal | None], kind: EntryKind = EntryKind.VALUE) -> RowLine:
    return RowLine(name, kind, np.array([one is not None for one in values]), numbers(values))


def read_all(rows: list[bytes], keys: set[str] | None = None) -> Entries:
    lengths = np.array([len(one) for one in rows], np.int64)
    return read_shipped(b"".join(rows), lengths, keys)


@given(first=cells, second=cells)
def test_a_row_says_what_was_put_in(
    first: list[Decimal | None], second: list[Decimal | None]
) -> None:
    with localcontext(CONTEXT) as context:
        context.prec = 60
        lines = [line("leads", first), line("sessions", second)]
        rows = shipped_bytes(lines, ALL)
        for place, (one, other) in enumerate(zip(first, second, strict=True)):
            expected = {"leads": one, "sessions": other}
            known = {key: value for key, value in expected.items() if value is not None}
            assert said_of(rows[place]).values == known
        entries = read_all(rows)
        found = {
            (name, int(row)): value
            for name, _kind, places in entries.by_name()
            for row, value in zip(
                entries.row[places],
                entries.at(places).numbers().decimals(np.arange(len(places))),
                strict=True,
            )
        }
        assert sorted(found.values()) == sorted(one for one in (*first, *second) if one is not None)


def test_the_same_numbers_are_the_same_bytes() -> None:
    """However many decimals they were calculated with."""
    known = np.ones(1, bool)
    forms: list[Kept] = [
        Whole(np.array([125]), 1),
        Whole(np.array([12_500]), 3),
        Digits(np.array([125]), np.array([-1], np.int16)),
    ]
    rows = {
        shipped_bytes([RowLine("leads", EntryKind.VALUE, known, one)], np.array([0]))[0]
        for one in forms
    }
    assert len(rows) == 1


def test_reasons_doubts_weights_and_inputs_are_kept() -> None:
    nowhere, here = np.zeros(1, bool), np.ones(1, bool)
    one = Whole(np.array([7]), 0)
    lines = [
        RowLine("leads", EntryKind.VALUE, here, one, None, here),
        RowLine("cpl", EntryKind.VALUE, nowhere, one, np.array([State.ZERO_DENOMINATOR])),
        RowLine("page_load_ms", EntryKind.OVER, here, one),
        RowLine("page_load_ms", EntryKind.UNDER, here, one),
        RowLine("year_ago(sessions)", EntryKind.INPUT, here, one),
    ]
    said = said_of(shipped_bytes(lines, np.array([0]))[0])
    assert said.values == {"leads": 7}
    assert said.unsure == {"leads"}
    assert said.reasons == {"cpl": State.ZERO_DENOMINATOR}
    assert said.weights == {"page_load_ms": (7, 7)}
    assert said.inputs == {"year_ago(sessions)": 7}


def test_only_what_is_asked_for_is_read() -> None:
    here = np.ones(1, bool)
    lines = [
        RowLine(name, EntryKind.VALUE, here, Whole(np.array([7]), 0)) for name in ("leads", "mqls")
    ]
    (row,) = shipped_bytes(lines, np.array([0]))
    assert said_of(row, keys=frozenset({"mqls"})).values == {"mqls": 7}


def test_every_name_has_a_code_of_its_own() -> None:
    assert len(set(CODES.tolist())) == len(NAMES)


@pytest.mark.parametrize("value", [Decimal("12.5"), Decimal(f"-1{'0' * 25}1.5")])
def test_a_long_number_of_what_is_asked_for_is_read_whole(value: Decimal) -> None:
    known = np.ones(1, bool)
    lines = [
        RowLine(key, EntryKind.VALUE, known, numbers([value])) for key in ("leads", "sessions")
    ]
    with localcontext(CONTEXT):
        found = read_all(shipped_bytes(lines, np.arange(1)), {"sessions"})
        assert found.numbers().decimals(np.arange(1)).tolist() == [value]
    assert found.names[int(found.name[0])] == "sessions"
