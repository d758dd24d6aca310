"""What a measurement says of itself."""

import pytest

from metrics.benchmarks.figures import Figure, rounded, table


def test_a_value_within_its_multiple_of_the_limit_reaches_the_goal() -> None:
    figure = Figure.against("recompute", 25.0, "s", limit=10.0, goal=3)
    assert (figure.ratio, figure.reached) == (2.5, True)


def test_a_value_beyond_it_misses_the_goal() -> None:
    assert Figure.against("recompute", 31.0, "s", limit=10.0, goal=3).reached is False


def test_what_should_be_faster_is_compared_the_other_way_around() -> None:
    figure = Figure.faster_than("page.list", 20.0, "ms", limit=242.0, goal=10)
    assert (figure.ratio, figure.reached) == (12.1, True)


def test_without_a_limit_the_value_itself_is_held_against_the_goal() -> None:
    assert Figure("again", 0, "rows written", goal=0).reached is True
    assert Figure("again", 1, "rows written", goal=0).reached is False


def test_without_a_goal_nothing_is_reached_or_missed() -> None:
    assert Figure("rows", 7, "rows").reached is None


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0.0123456, 0.01235), (1.23456, 1.235), (1234.56, 1235), (7.0, 7), (0.0, 0)],
)
def test_figures_have_four_digits(number: float, expected: float) -> None:
    assert rounded(number) == expected


def test_the_json_has_the_six_keys_of_every_figure() -> None:
    figure = Figure.against("recompute", 25.04321, "s", limit=10.0, goal=3)
    assert figure.as_json() == {
        "name": "recompute",
        "value": 25.04,
        "unit": "s",
        "limit": 10,
        "ratio": 2.504,
        "goal": 3,
    }


def test_the_table_says_what_was_missed() -> None:
    missed = Figure.against("recompute", 40.0, "s", limit=10.0, goal=3)
    plain = Figure("recompute.rows", 12_345, "rows written")
    head, first, second = table([missed, plain])
    assert head.split() == ["measured", "value", "unit", "limit", "ratio", "goal"]
    assert first.split() == ["recompute", "40", "s", "10", "4", "≤", "3", "MISSED"]
    assert second.split() == ["recompute.rows", "12,345", "rows", "written"]


def test_processors_are_compared_only_where_they_could_be_counted() -> None:
    (found,) = Figure.of_processors("new_day.cpu", 2.0, limit=8.0)
    assert found.ratio == 0.25
    assert Figure.of_processors("new_day.cpu", None, limit=8.0) == []
    assert Figure.of_processors("new_day.cpu", 2.0, limit=None) == []
