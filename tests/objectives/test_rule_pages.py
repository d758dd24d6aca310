"""The pages of rules and of one alert. It is the morning of 15 February 2026."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, User
from objectives.alert_rules import install_rules
from objectives.models import Alert, AlertAct, AlertRule
from tests.cast import Cast, client_of
from tests.objectives.board import HALF_WAY, Board, at
from tests.pages import text

RULES = "/w/northwind/alerts/rules/"


@pytest.fixture(autouse=True)
def _this_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(HALF_WAY))


@pytest.fixture
def editor(cast: Cast) -> Client:
    return client_of(cast.erin)


@pytest.fixture
def alert(board: Board) -> Alert:
    board.figures("leads", 7)
    board.objective("leads", 900, statement="900 leads")
    board.night(HALF_WAY)
    return Alert.objects.get()


def level(**more: str) -> dict[str, str]:
    return {
        "kind": "level",
        "metric": "leads",
        "segment": "",
        "side": "below",
        "threshold": "50",
        "grain": "week",
        "severity": "risk",
        "told": "concerned",
    } | more


def test_the_recommended_rules_are_sentences(board: Board, cast: Cast) -> None:
    install_rules(board.workspace)
    page = text(client_of(cast.vera).get(RULES))
    assert "The figures of a feed are late." in page
    assert "A golden KPI, or a figure behind it: far worse than expected." in page
    assert "the chance of any alert of theirs is at most 10%" in page
    assert "No rule of your own yet." in page


def test_a_rule_is_tried_on_the_past_before_it_is_saved(board: Board, editor: Client) -> None:
    board.figures("leads", 7)
    board.compute(HALF_WAY)
    tried = editor.post(f"{RULES}new/", level())
    page = text(tried)
    assert "Leads: less than 50, in a week." in page
    assert "In the past twelve months it would have opened 1 alert." in page
    assert not AlertRule.objects.filter(kind="level").exists()
    saved = editor.post(f"{RULES}new/", level(seen=tried.context["shown"].digest), follow=True)
    assert "The rule is saved." in text(saved)
    rule = AlertRule.objects.get(kind="level")
    assert (rule.threshold, rule.grain, rule.side) == (50, "week", "below")


def test_what_is_missing_is_said_beside_its_field(board: Board, editor: Client) -> None:
    response = editor.post(f"{RULES}new/", level(metric="", threshold=""))
    assert response.status_code == 422
    assert "Choose the metric to watch." in text(response)
    assert "Write the level that must not be crossed." in text(response)


def test_every_kind_has_its_form(board: Board, editor: Client) -> None:
    kinds = editor.get(f"{RULES}new/")
    for kind in AlertRule.Kind.values:
        assert f"?kind={kind}" in kinds.content.decode()
        assert editor.get(f"{RULES}new/?kind={kind}").status_code == 200


def test_the_preview_follows_what_is_typed(board: Board, editor: Client) -> None:
    assert "Leads: less than 50" in text(editor.get(f"{RULES}preview/", level()))
    assert "Fill in the sentence" in text(editor.get(f"{RULES}preview/", level(threshold="")))


def test_a_rule_is_changed_switched_and_deleted(board: Board, editor: Client) -> None:
    install_rules(board.workspace)
    golden = AlertRule.objects.get(shipped="golden")
    address = reverse("alert_rule_act", args=["northwind", golden.public_id])
    assert "The rule is off." in text(editor.post(address, {"act": "off"}, follow=True))
    assert "Switch it off instead." in text(editor.post(address, {"act": "delete"}, follow=True))
    page = editor.get(f"{RULES}{golden.public_id}/")
    assert page.status_code == 200


def test_a_stale_change_is_refused(board: Board, editor: Client) -> None:
    install_rules(board.workspace)
    feeds = AlertRule.objects.get(shipped="feeds")
    address, data = (
        f"{RULES}{feeds.public_id}/",
        {"kind": "feed_late", "feed": "", "threshold": "2", "severity": "risk", "told": "nobody"},
    )
    digest = editor.post(address, data | {"version": "1"}).context["shown"].digest
    AlertRule.objects.filter(pk=feeds.pk).update(version=4)
    response = editor.post(address, data | {"version": "1", "seen": digest})
    assert "Somebody changed this rule meanwhile." in text(response)


# One alert


def detail(alert: Alert) -> str:
    return reverse("alert", args=["northwind", alert.public_id])


def act(client: Client, alert: Alert, **data: str) -> Any:
    address = reverse("alert_act", args=["northwind", alert.public_id])
    response = client.post(address, {"back": detail(alert), **data}, follow=True)
    alert.refresh_from_db()
    return response


def test_an_alert_shows_evidence_rule_and_history(alert: Alert, cast: Cast) -> None:
    page = text(client_of(cast.vera).get(detail(alert)))
    assert "315 ÷ 450 = 0.70, under 0.75: off track." in page
    assert "The status of an objective becomes one of: off track, missed, at risk" in page
    assert "The night" in page
    assert "Accept a weaker value" not in page


def test_what_people_do_stays_in_its_history(
    alert: Alert, editor: Client, alice: User, board: Board
) -> None:
    to = Membership.objects.get(user=alice, workspace=board.workspace).public_id
    act(editor, alert, act="assign", assigned_to=to)
    page = text(act(editor, alert, act="comment", note="Ask the agency."))
    assert "To Alice Example" in page
    assert "Ask the agency." in page
    text(act(editor, alert, act="close", note="Seasonal"))
    assert alert.close_reason == "Seasonal"
    kinds = list(alert.acts.values_list("kind", flat=True))
    assert kinds == ["opened", "assigned", "commented", "closed"]


def test_a_weaker_target_is_accepted_with_a_reason(alert: Alert, editor: Client) -> None:
    given = {"act": "accept", "target": "640", "until": "2026-03-01"}
    assert "Say why this is accepted" in text(act(editor, alert, **given))
    page = text(act(editor, alert, reason="A smaller team", **given))
    assert "Until 1 March 2026, 640 is accepted: “A smaller team”." in page
    assert alert.closed_on == HALF_WAY
    assert "What was asked first counts again" in text(act(editor, alert, act="withdraw"))


def test_reading_it_by_post_takes_it_from_the_unread(alert: Alert, editor: Client) -> None:
    unread = "/w/northwind/alerts/?show=unread"
    assert "900 leads" in text(editor.get(unread))
    editor.get(detail(alert))
    assert "900 leads" in text(editor.get(unread))
    act(editor, alert, act="read")
    assert "You have read everything." in text(editor.get(unread))


def test_mine_are_those_assigned_to_me(alert: Alert, editor: Client) -> None:
    mine = "/w/northwind/alerts/?show=mine"
    assert "No alert is yours." in text(editor.get(mine))
    act(editor, alert, act="acknowledge")
    assert "900 leads" in text(editor.get(mine))


def test_many_at_once(alert: Alert, editor: Client) -> None:
    address = reverse("alerts_act", args=["northwind"])
    assert "Tick the alerts first." in text(editor.post(address, {"act": "close"}, follow=True))
    ticked = {"act": "close", "alert": [alert.public_id]}
    assert "Done for 1 alert." in text(editor.post(address, ticked, follow=True))
    assert AlertAct.objects.filter(alert=alert, kind="closed").exists()


def test_back_never_leaves_the_inbox(alert: Alert, editor: Client) -> None:
    address = reverse("alert_act", args=["northwind", alert.public_id])
    response = editor.post(address, {"act": "read", "back": "https://evil.example/"})
    assert response["Location"] == "/w/northwind/alerts/"
