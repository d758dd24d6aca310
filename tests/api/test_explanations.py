"""Why a metric moved and where a value comes from, over HTTP."""

from fractions import Fraction

import pytest

from tests.api.conftest import Ask, errors
from tests.objectives.board import Board

JANUARY = {"grain": "month", "start": "2026-01-01"}


@pytest.fixture
def organic(board: Board) -> Board:
    """Leads of two channels."""
    board.figures("leads", 3, channel=board.book.channel("organic").segment_id)
    board.figures("leads", 7, channel=board.book.channel("email").segment_id)
    board.judge()
    return board


def test_contributions_add_up_to_the_change(ask: Ask, organic: Board) -> None:
    span = {"from": "2026-01-11", "to": "2026-01-20"}
    then = {"then_from": "2026-01-06", "then_to": "2026-01-10"}
    answer = ask("metrics/leads/why/", **span, **then).json()
    assert answer["now"] == {"start": "2026-01-11", "end": "2026-01-20"}
    parts = {one["key"]: Fraction(one["contribution"]) for one in answer["segments"]}
    assert parts.keys() == {"channel:organic", "channel:email"}
    assert sum(parts.values()) == Fraction(answer["change"])
    assert answer["headline"].startswith("Leads rose by ")


def test_a_value_with_its_facts(ask: Ask, organic: Board) -> None:
    answer = ask("metrics/leads/lineage/", **JANUARY, segment="channel:organic").json()
    assert answer["up_to_date"]
    assert answer["rollup"] == "sum"
    total = sum(Fraction(one["value"]) for one in answer["facts"])
    assert total == Fraction(answer["value"]) == Fraction(answer["of_facts"])
    assert {one["role"] for one in answer["feeds"]} == {"counted"}
    derived = ask("metrics/cpl/lineage/", **JANUARY).json()
    assert [one["metric"] for one in derived["inputs"]] == ["marketing_cost", "leads"]


@pytest.mark.parametrize("what", ["why", "lineage"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"grain": "fortnight"}, "grain"),
        ({"start": "soon"}, "start"),
        ({"from": "2026-01-05"}, "to"),
        ({"from": "2026-01-05", "to": "2026-01-01"}, "to"),
        ({"segment": "channel:nowhere"}, "segment"),
        ({"segment": "planet:mars"}, "segment"),
    ],
)
def test_what_cannot_be_is_said(
    ask: Ask, organic: Board, what: str, query: dict[str, str], field: str
) -> None:
    assert field in errors(ask(f"metrics/leads/{what}/", **query))


@pytest.mark.parametrize("what", ["why", "lineage"])
def test_an_unknown_metric(ask: Ask, organic: Board, what: str) -> None:
    assert ask(f"metrics/nothing/{what}/").status_code == 404
