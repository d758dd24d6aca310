"""Lists that were cut: what their files say of it, and that they are never taken for the whole."""

import pytest

from metrics.imports.cut_lists import shown_of
from tests.metrics.imports.reading import codes, read_text, values

DATES = "# Start date: 20260901\n# End date: 20260930\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 - 10 of 240", (10, 240)),
        ("Rows 11–20 of 1,240", (10, 1240)),
        ("Showing 1 to 25 of 25 entries", (25, 25)),
        ("Lignes 1 à 10 sur 1 240", (10, 1240)),
        ("Zeilen 1 - 10 von 96", (10, 96)),
        ("# 1-10 / 96", (10, 96)),
        ("2026-09-01", None),
        ("20 - 10 of 5", None),
        ("Campaign 1 - 2 of 3 lands", None),
    ],
)
def test_how_many_rows_a_foot_says_that_it_shows(text: str, shown: tuple[int, int] | None) -> None:
    assert shown_of(text) == shown


@pytest.mark.parametrize("foot", ["1 - 2 of 240", "Rows 1 - 2 of 240,,"])
def test_a_page_of_a_list_is_a_part(foot: str) -> None:
    head = "Session source / medium,Sessions,Key events\n"
    result = read_text(f"{DATES}{head}google / organic,100,5\nbing / organic,80,4\n{foot}\n")

    assert (result.layout, result.rows, result.errors) == ("ga4", 2, [])
    assert result.sums == {"sessions": 180, "conversions": 9}
    assert (result.part_only, result.coverage) == (True, [])
    assert "list_cut" in codes(result.warnings)


def test_a_page_that_has_all_rows_is_the_whole() -> None:
    head = "Session source / medium,Sessions,Key events\n"
    result = read_text(f"{DATES}{head}google / organic,100,5\nbing / organic,80,4\n1 - 2 of 2\n")

    assert (result.part_only, "list_cut" in codes(result.warnings)) == (False, False)
    assert result.sums["sessions"] == 180


def test_a_page_of_a_table_kept_by_hand() -> None:
    result = read_text("date,metric,value\n2026-09-01,leads,4\n2026-09-02,leads,5\n1-2 of 30,,\n")

    assert (result.errors, result.sums, result.part_only) == ([], {"leads": 9}, True)


def test_a_larger_first_row_without_a_name_is_the_whole_of_a_cut_list() -> None:
    result = read_text(
        f"{DATES}Session source / medium,Sessions,Active users,Key events\n"
        ",1000,700,50\ngoogle / organic,100,90,5\nbing / organic,80,70,4\n"
    )

    assert (result.rows, result.totals_skipped) == (2, 1)
    assert result.sums["sessions"] == 180
    assert result.part_only
    assert values(result, "visitors", "channel") == {(None,): 700}


def test_a_row_without_a_name_that_is_no_whole_is_one_of_the_rows() -> None:
    result = read_text(
        f"{DATES}Session source / medium,Sessions,Key events\n"
        ",90,5\ngoogle / organic,100,9\nbing / organic,80,4\n"
    )

    assert (result.rows, result.part_only) == (3, False)
    assert result.sums["sessions"] == 270
