"""Starting from packs. It is the morning of 15 February 2026."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from objectives.models import Objective
from tests.cast import Cast, client_of
from tests.objectives.board import HALF_WAY, Board, at
from tests.pages import text

D = Decimal


@pytest.fixture(autouse=True)
def _this_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(HALF_WAY))


@pytest.fixture
def editor(cast: Cast) -> Client:
    return client_of(cast.erin)


def url(name: str) -> str:
    return reverse(name, args=["northwind"])


SET_UP = "objective_pack_set_up"


def test_six_packs_say_what_they_bring_and_need(board: Board, editor: Client) -> None:
    board.figures("leads", 5)
    page = text(editor.get(url("objective_packs")))
    for name in ("Inbound traffic", "E-mail", "Social", "Lead generation", "Paid campaigns"):
        assert name in page
    assert page.count('name="pack"') == 6
    assert "Generate … MQLs between … and …" in page
    assert "here already:</span> Leads" in page
    assert "still to come:</span> Marketing-qualified leads" in page


@pytest.mark.parametrize("packs", [[], ["email", "social", "paid"], ["nothing"]])
def test_one_pack_or_two(board: Board, editor: Client, packs: list[str]) -> None:
    page = text(editor.get(url("objective_packs"), {"pack": packs, "go": "1"}))
    assert "Choose a pack first." in page or "Choose one pack or two:" in page


def test_nothing_that_is_proposed_is_taken_by_itself(board: Board, editor: Client) -> None:
    board.figures("mqls", 10, date(2025, 6, 1))
    board.compute(HALF_WAY)
    page = text(editor.get(url(SET_UP), {"pack": "leads"}))
    # 45 days of the quarter are over: the 90 days before it had 900.
    assert "Yes, start from 900" in page
    assert "Yes, 1,080 is the target: +20%" in page
    editor.post(url(SET_UP), {"pack": "leads", "take-leads-mqls": "on"})
    draft = Objective.objects.get()
    assert (draft.baseline, draft.target, draft.state) == (None, None, "draft")


def test_what_is_ticked_is_taken_and_typed_numbers_come_first(board: Board, editor: Client) -> None:
    board.figures("mqls", 10, date(2025, 6, 1))
    board.compute(HALF_WAY)
    typed = {
        "pack": "leads",
        "quarter": "next_quarter",
        "take-leads-mqls": "on",
        "baseline-yes-leads-mqls": "on",
        "target-yes-leads-mqls": "on",
        "target-leads-mqls": "1,500",
    }
    editor.post(url(SET_UP), typed)
    draft = Objective.objects.get()
    assert (draft.baseline, draft.target) == (910, 1500)  # 91 days at 10
    assert (draft.start, draft.end) == (date(2026, 4, 1), date(2026, 6, 30))
    assert draft.statement == "Generate 1,500 MQLs between 1 April 2026 and 30 June 2026"


def test_companions_become_drafts_once(board: Board, editor: Client) -> None:
    typed = {
        "pack": ["leads"],
        "take-leads-mqls": "on",
        "companions-leads-mqls": "on",
        "take-leads-mql_to_sql_rate": "on",
    }
    editor.post(url(SET_UP), typed)
    keys = [one.metric.key for one in Objective.objects.order_by("pk") if one.metric]
    assert keys == ["mqls", "mql_to_sql_rate", "leads"]


def test_a_level_of_a_pack_is_a_question_too(board: Board, editor: Client) -> None:
    page = text(editor.get(url(SET_UP), {"pack": "email"}))
    assert "Yes, 97% is the target" in page
    typed = {
        "pack": "email",
        "take-email-email_delivery_rate": "on",
        "target-yes-email-email_delivery_rate": "on",
    }
    editor.post(url(SET_UP), typed)
    draft = Objective.objects.get()
    assert (draft.target, draft.kind, draft.over) == (D("0.97"), "above", "period")


@pytest.mark.parametrize(("how", "name"), [("file", "import_new"), ("typed", "data")])
def test_figures_that_are_to_come_lead_to_where_they_come_in(
    board: Board, editor: Client, how: str, name: str
) -> None:
    typed = {"pack": "leads", "take-leads-mqls": "on", "arrival-leads-mqls": how}
    assert editor.post(url(SET_UP), typed)["Location"] == url(name)


def test_a_number_that_is_none_gets_a_sentence(board: Board, editor: Client) -> None:
    typed = {"pack": "leads", "take-leads-mqls": "on", "target-leads-mqls": "many"}
    response = editor.post(url(SET_UP), typed)
    assert response.status_code == 422
    assert "Enter a number, like 1,234.5" in text(response)
    assert not Objective.objects.exists()


def test_none_chosen_is_said(board: Board, editor: Client) -> None:
    assert "Choose at least one objective." in text(editor.post(url(SET_UP), {"pack": "leads"}))


def test_a_viewer_may_not(board: Board, vera: User) -> None:
    assert client_of(vera).get(url("objective_packs")).status_code == 403
