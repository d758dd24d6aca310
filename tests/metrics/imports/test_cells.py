"""The cells of a file as columns: what is there, what is not, and rows that are the same."""

import pytest

from metrics.imports.cells import BLANK, MISSING, Line, Lines, Unclosed, comes_twice

ROWS = [
    Line(1, ["date", "leads"]),
    Line(2, ["2026-09-01", "5", "note"]),
    Line(4, ["2026-09-02"]),
    Line(5, ["2026-09-03", ""]),
]


def test_lines_come_back_as_they_were() -> None:
    assert list(Lines.of(ROWS)) == ROWS
    assert Lines.of(ROWS)[2] == ROWS[2]
    assert list(Lines.of(ROWS)[1:3]) == ROWS[1:3]


def test_a_cell_that_is_not_there_is_no_empty_cell() -> None:
    lines = Lines.of(ROWS)
    assert list(lines.codes(1))[2:] == [MISSING, BLANK]
    assert lines.cells(1) == ["leads", "5", ""]
    assert lines.cells(2) == ["note"]
    assert lines.cells(9) == []


def test_each_different_cell_is_kept_once_without_its_spaces() -> None:
    lines = Lines.of([Line(1, ["a"]), Line(2, [" a "]), Line(3, ["b"])])
    assert list(lines.different(0).values()) == ["a", "b"]


def test_rows_without_anything_are_not_kept() -> None:
    lines = Lines.of([Line(1, ["a", ""]), Line(2, ["", " "]), Line(3, []), Line(4, ["", "b"])])
    assert list(lines.numbers()) == [1, 4]


def test_some_rows_can_be_left_out() -> None:
    lines = Lines.of(ROWS).without([0, 2])
    assert list(lines) == [ROWS[1], ROWS[3]]
    assert lines.cells(0) == ["2026-09-01", "2026-09-03"]
    assert lines[1] == ROWS[3]


def test_a_cell_as_long_as_a_page_is_an_open_quote() -> None:
    with pytest.raises(Unclosed):
        Lines.of([Line(1, ["x" * 5_001])])


@pytest.mark.parametrize("count", [10, 250_000])
def test_a_number_that_comes_twice_is_found(count: int) -> None:
    assert not comes_twice(range(count))
    assert comes_twice([*range(count), count - 1])


def test_some_rows_and_columns_are_taken_as_they_are() -> None:
    lines = Lines.of(ROWS).only([1, 3]).with_columns([1, 0])

    assert [line.cells for line in lines] == [["5", "2026-09-01"], ["", "2026-09-03"]]
    assert [line.number for line in lines] == [2, 5]
