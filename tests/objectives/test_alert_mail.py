"""Alerts by mail: who gets them, what they say, and that nobody gets one twice."""

import re
from datetime import date, datetime, timedelta

import pytest

from accounts.fmt import NBSP
from accounts.models import AlertMail, Membership, OutgoingMail, Role, User
from objectives.alert_notices import note, pay_notices, recipients
from objectives.alert_wording import alert_text
from objectives.alerts import open_night_failed
from objectives.models import Alert, Objective
from tests.cast import Cast
from tests.objectives.board import HALF_WAY, Board, at


def an_alert(board: Board, **more: object) -> Alert:
    """315 of 900 leads half-way: off track, and not mailed yet."""
    board.figures("leads", 7)
    board.objective("leads", 900, **more)
    board.night(HALF_WAY, mail=False)
    return Alert.objects.get()


def mail_alert(alert: Alert, *, now: datetime) -> int:
    """The alert's mails that are queued now."""
    note(alert, event="opened", now=now)
    return pay_notices(alert.workspace, now=now)


def wants(user: User, alert_mail: str) -> None:
    Membership.objects.filter(user=user).update(alert_mail=alert_mail)


def addressed(alert: Alert) -> list[str]:
    return [one.user.email.partition("@")[0] for one in recipients(alert)]


def the_mail() -> OutgoingMail:
    return OutgoingMail.objects.get()


def words(html: str) -> str:
    """What a reader sees of the HTML."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<body")[2]).split())


@pytest.mark.parametrize(
    ("owners", "erins", "expected"),
    [
        (AlertMail.MINE, AlertMail.MINE, ["alice"]),
        (AlertMail.ALL, AlertMail.MINE, ["alice"]),
        (AlertMail.NONE, AlertMail.MINE, []),
        (AlertMail.MINE, AlertMail.ALL, ["alice", "erin"]),
        (AlertMail.NONE, AlertMail.ALL, ["erin"]),
    ],
)
def test_the_owner_and_those_who_asked(
    board: Board, alice: User, erin: User, owners: str, erins: str, expected: list[str]
) -> None:
    alert = an_alert(board)
    wants(alice, owners)
    wants(erin, erins)
    assert addressed(alert) == expected
    assert mail_alert(alert, now=at(HALF_WAY)) == len(expected)


def test_an_alert_about_a_feed_goes_to_the_workspaces_owners(board: Board, erin: User) -> None:
    board.figures("leads", 10)
    board.objective("leads", 900, owner=erin)
    board.night(HALF_WAY + timedelta(days=2), mail=False)
    assert addressed(Alert.objects.get()) == ["alice"]
    Membership.objects.filter(user=erin).update(role=Role.OWNER)
    assert addressed(Alert.objects.get()) == ["alice", "erin"]


def test_nobody_gets_two_mails_about_one_alert_and_severity(board: Board) -> None:
    alert = an_alert(board)
    assert [mail_alert(alert, now=at(HALF_WAY)) for _again in range(2)] == [1, 0]
    Alert.objects.update(severity="risk")
    alert.refresh_from_db()
    assert mail_alert(alert, now=at(HALF_WAY)) == 0
    assert pay_notices(alert.workspace, now=at(HALF_WAY + timedelta(days=1))) == 1


@pytest.mark.parametrize("gone", ["removed", "inactive"])
def test_people_who_are_gone_get_none(board: Board, erin: User, gone: str) -> None:
    alert = an_alert(board, owner=erin)
    if gone == "removed":
        Membership.objects.filter(user=erin).delete()
    else:
        User.objects.filter(pk=erin.pk).update(is_active=False)
    assert mail_alert(alert, now=at(HALF_WAY)) == 0
    assert not OutgoingMail.objects.exists()
    alert.refresh_from_db()
    assert alert.mailed_at == at(HALF_WAY)


def test_an_objective_without_an_owner_tells_those_who_asked(board: Board, erin: User) -> None:
    alert = an_alert(board, owner=None)
    assert addressed(alert) == []
    wants(erin, AlertMail.ALL)
    assert addressed(alert) == ["erin"]


def test_what_it_says(board: Board) -> None:
    alert = an_alert(board, statement="Win 900 leads")
    mail_alert(alert, now=at(HALF_WAY))
    mail = the_mail()
    assert mail.subject == "Northwind – Off track: Win 900 leads"
    for sentence in (
        "Sum, to 14 February 2026. Expected 50% of 900, spread evenly over the days. "
        "315 ÷ 450 = 0.70, under 0.75: off track.",
        "135 behind plan.",
        "Needs 91 a week to get there.",
    ):
        assert sentence in mail.text
        assert sentence in words(mail.html)
    for line in ("Value: 315", "Plan: 450", "Target: 900", "Figures to: 14 February 2026"):
        assert line in mail.text.splitlines()
        assert line.replace(":", "") in words(mail.html)


def test_it_leads_to_the_objective_and_out_of_these_mails(board: Board) -> None:
    alert = an_alert(board)
    mail_alert(alert, now=at(HALF_WAY))
    mail, objective = the_mail(), Objective.objects.get()
    assert f"/w/northwind/objectives/{objective.public_id}/" in mail.text
    stop = mail.headers["List-Unsubscribe"].strip("<>")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/u/" in stop
    assert stop in mail.text
    assert stop in mail.html
    assert mail.expires_at == at(HALF_WAY) + timedelta(hours=48)


def test_it_is_in_the_persons_language(board: Board, alice: User) -> None:
    alert = an_alert(board)
    User.objects.filter(pk=alice.pk).update(language="fr")
    mail_alert(alert, now=at(HALF_WAY))
    mail = the_mail()
    assert "14 février 2026" in mail.text
    assert 'lang="fr"' in mail.html
    assert f"50{NBSP}%".replace(NBSP, " ") in mail.text


def test_names_are_data(board: Board) -> None:
    alert = an_alert(board, statement="Win <b>900</b> leads & more")
    mail_alert(alert, now=at(HALF_WAY))
    mail = the_mail()
    assert "Win <b>900</b> leads & more" in mail.text
    assert "<b>900</b>" not in mail.html
    assert "Win &lt;b&gt;900&lt;/b&gt; leads &amp; more" in mail.html


def test_good_news(board: Board) -> None:
    board.figures("leads", 20)
    board.objective("leads", 900, statement="Win 900 leads")
    board.night(HALF_WAY)
    assert the_mail().subject == "Northwind – Achieved: Win 900 leads"
    assert "The target of 900 was reached on 14 February 2026." in the_mail().text


def test_a_late_feed(board: Board) -> None:
    board.figures("leads", 10)
    board.night(HALF_WAY + timedelta(days=2))
    text = alert_text(Alert.objects.get())
    assert text.title == "Late figures: CRM"
    assert text.sentences == (
        "New figures of CRM are 1 day late.",
        "The last ones are of 14 February 2026. Import or enter the days since.",
    )
    assert (text.path, text.icon, text.tone) == ("/w/northwind/data/", "▲", "risk")
    assert text.title in the_mail().subject


def test_a_failed_night(board: Board, cast: Cast) -> None:
    alert = open_night_failed(
        board.workspace, day=date(2026, 2, 15), error="Boom", now=at(HALF_WAY)
    )
    assert "The reason: Boom" in the_mail().text
    assert the_mail().to == cast.alice.email
    assert alert_text(alert).path == "/w/northwind/settings/calculations/"
