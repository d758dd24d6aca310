"""From customers back to drafts. It is the morning of 15 February 2026."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User, Workspace
from objectives.models import Objective
from tests.cast import Cast, client_of
from tests.objectives.board import HALF_WAY, Board, at
from tests.pages import text

D = Decimal
ASKED = {"customers": "12", "start": "2026-04-01", "end": "2026-06-30"}
ADDRESS = reverse("objective_chain", args=["northwind"])


@pytest.fixture(autouse=True)
def _this_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(HALF_WAY))


@pytest.fixture
def editor(cast: Cast) -> Client:
    return client_of(cast.erin)


@pytest.fixture
def funnel(board: Board) -> Board:
    """Every day 1,000 visits, 40 leads, 10 MQLs, 4 SQLs, 1 customer; nobody typed a cost."""
    for key, amount in (
        ("sessions", 1000),
        ("leads", 40),
        ("mqls", 10),
        ("sqls", 4),
        ("new_customers", 1),
    ):
        board.figures(key, amount, date(2025, 6, 1))
    board.compute(HALF_WAY)
    return board


def test_the_chain_is_worked_out_with_its_basis(funnel: Board, editor: Client) -> None:
    page = text(editor.get(ADDRESS, ASKED))
    # 12 customers / 25 % = 48 SQLs / 40 % = 120 MQLs / 25 % = 480 leads / 4 % = 12,000 visits.
    for number in ("48", "120", "480", "12,000"):
        assert f"<b>{number}</b>" in page
    assert "90 of 360" in page
    assert "the same days: nobody said how long it takes" in page
    assert not Objective.objects.exists()


def test_days_lie_earlier_by_the_sales_cycle(funnel: Board, editor: Client) -> None:
    Workspace.objects.filter(pk=funnel.workspace.pk).update(days_to_customer=30, days_to_sql=10)
    page = text(editor.get(ADDRESS, ASKED))
    assert "2 March–31 May 2026" in page
    assert "20 February–21 May 2026" in page
    assert "30 days earlier" in page


def test_what_is_unknown_is_asked_for(funnel: Board, editor: Client) -> None:
    page = text(editor.get(ADDRESS, ASKED))
    assert "What your figures do not say" in page
    assert 'name="rate_cpl"' in page
    assert 'id="id_rate_mqls"' not in page
    page = text(editor.get(ADDRESS, ASKED | {"rate_cpl": "50"}))
    assert "€24,000" in page  # 480 leads
    assert "as you typed it" in page


def test_a_share_that_is_typed_counts(board: Board, editor: Client) -> None:
    page = text(editor.get(ADDRESS, ASKED | {"rate_new_customers": "25%"}))
    assert "<b>48</b>" in page
    assert 'name="rate_sqls"' in page


def test_the_chosen_stages_become_drafts_of_one_parent(
    funnel: Board, editor: Client, erin: User
) -> None:
    typed = ASKED | {"rate_cpl": "50", "create": ["sqls", "leads", "marketing_cost"]}
    editor.post(ADDRESS, typed)
    parent = Objective.objects.get(parent=None)
    assert (parent.metric.key, parent.target) == ("new_customers", 12)  # type: ignore[union-attr]
    children = Objective.objects.filter(parent=parent).order_by("metric__key")
    assert [(one.metric.key, one.kind, one.target) for one in children if one.metric] == [
        ("leads", "reach", D(480)),
        ("marketing_cost", "ceiling", D(24000)),
        ("sqls", "reach", D(48)),
    ]
    assert {one.owner for one in children} == {erin}
    assert "Sales-qualified leads: reach 48 by 30 June 2026" in [one.statement for one in children]


def test_the_drafts_of_a_chain_do_not_contradict_each_other(funnel: Board, editor: Client) -> None:
    everything = ["sqls", "mqls", "leads", "sessions", "marketing_cost"]
    editor.post(ADDRESS, ASKED | {"rate_cpl": "50", "create": everything})
    page = text(editor.get(reverse("objectives", args=["northwind"])))
    assert "Contradiction" not in page


@pytest.mark.parametrize("wrong", [{"customers": "0"}, {"customers": "x"}, {"rate_cpl": "-4"}])
def test_what_makes_no_sense_gets_a_sentence(
    funnel: Board, editor: Client, wrong: dict[str, str]
) -> None:
    assert editor.get(ADDRESS, ASKED | wrong).status_code == 422


def test_a_viewer_may_not(board: Board, vera: User) -> None:
    assert client_of(vera).get(ADDRESS).status_code == 403
