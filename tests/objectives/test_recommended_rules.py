"""The alert rules that are recommended for an objective or a metric."""

from datetime import date

import pytest
from django.test import Client

from accounts.models import User
from metrics.models import DimensionValue
from objectives.alert_rules import WantedRule, create_rule, install_rules, switch_rule
from objectives.models import AlertRule, Objective
from objectives.recommended_rules import Subject, add_recommended, recommended, subject_of
from tests.cast import Cast, client_of
from tests.objectives.board import HALF_WAY, Board, at
from tests.pages import text

Kind = AlertRule.Kind


@pytest.fixture
def objective(board: Board) -> Objective:
    """On orders, which are no golden KPI; every shipped rule is off."""
    board.figures("orders", 3, date(2025, 10, 1))
    board.compute(HALF_WAY)
    install_rules(board.workspace)
    for rule in AlertRule.objects.all():
        switch_rule(rule, on=False)
    return board.objective("orders", 300, statement="300 orders")


def kinds(objective: Objective) -> list[str]:
    return [one.wanted.kind for one in recommended(subject_of(objective), today=HALF_WAY)]


def switch_on(shipped: str) -> None:
    switch_rule(AlertRule.objects.get(shipped=shipped), on=True)


def test_what_nothing_watches_is_recommended(objective: Objective) -> None:
    assert kinds(objective) == [Kind.STATUS, Kind.FEED_LATE, Kind.EXPECTED]


def test_what_the_workspace_watches_is_not(objective: Objective) -> None:
    switch_on("status")
    switch_on("feeds")
    assert kinds(objective) == [Kind.EXPECTED]


def test_another_slice_is_not_this_one(objective: Objective, board: Board) -> None:
    wanted = WantedRule(kind=Kind.EXPECTED, metric=objective.metric)
    create_rule(board.workspace, user=None, wanted=wanted)
    assert Kind.EXPECTED not in kinds(objective)
    objective.channel = DimensionValue.objects.get(pk=board.book.value("paid_search"))
    assert Kind.EXPECTED in kinds(objective)


def test_they_are_added_once(objective: Objective, alice: User) -> None:
    subject = subject_of(objective)
    made = add_recommended(subject, user=alice, today=HALF_WAY, keys=["status", "unusual"])
    assert [one.kind for one in made] == [Kind.STATUS, Kind.EXPECTED]
    again = add_recommended(subject, user=alice, today=HALF_WAY, keys=["status", "unusual"])
    assert again == []
    assert kinds(objective) == [Kind.FEED_LATE]


def test_a_metric_alone_has_no_status(objective: Objective) -> None:
    found = recommended(Subject(objective.workspace, objective.metric), today=HALF_WAY)
    assert [one.wanted.kind for one in found] == [Kind.FEED_LATE, Kind.EXPECTED]


# Pages


@pytest.fixture
def editor(cast: Cast) -> Client:
    return client_of(cast.erin)


def test_the_page_tries_each_and_adds_by_a_click(objective: Objective, editor: Client) -> None:
    address = f"/w/northwind/alerts/rules/recommended/?objective={objective.public_id}"
    page = editor.get(address)
    assert [row["key"].split("-")[0] for row in page.context["rows"]] == [
        "status", "late", "unusual",
    ]  # fmt: skip
    assert all(row["headline"] for row in page.context["rows"])
    done = editor.post(address, {"rule": "status"}, follow=True)
    assert "1 rule is added." in text(done)
    (made,) = done.context["made"]
    editor.post(f"/w/northwind/alerts/rules/{made['rule'].public_id}/act/", {"act": "delete"})
    assert not AlertRule.objects.filter(shipped="").exists()


def test_the_objective_and_the_metric_lead_there(
    objective: Objective, editor: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(HALF_WAY))
    asked = f"alerts/rules/recommended/?objective={objective.public_id}"
    own = f"/w/northwind/objectives/{objective.public_id}/"
    assert asked in text(editor.get(own))
    assert asked not in text(client_of(cast.vera).get(own))
    of_metric = editor.get("/w/northwind/metrics/orders/")
    assert "alerts/rules/recommended/?metric=orders" in text(of_metric)


def test_starting_may_add_them_all(
    objective: Objective, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(HALF_WAY))
    Objective.objects.update(state="draft")
    path = f"/w/northwind/objectives/{objective.public_id}/"
    assert "Add 3 recommended alert rules" in text(editor.get(path))
    given = {"move": "start", "reason": "Because", "watch": "1"}
    done = editor.post(f"{path}state/", given, follow=True)
    assert "3 alert rules are added." in text(done)
    assert AlertRule.objects.filter(shipped="", created_by__name="Erin Example").count() == 3


def test_an_address_that_names_nothing(objective: Objective, editor: Client) -> None:
    address = "/w/northwind/alerts/rules/recommended/"
    assert editor.get(address)["Location"] == "/w/northwind/alerts/rules/"
    assert editor.get(f"{address}?metric=nothing").status_code == 404
