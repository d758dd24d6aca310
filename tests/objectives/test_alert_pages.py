"""The inbox. It is the morning of 15 February 2026, and leads are off track."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from objectives.models import Alert
from tests.cast import Cast, client_of
from tests.objectives.board import HALF_WAY, Board, at
from tests.pages import text

INBOX = "/w/northwind/alerts/"


@pytest.fixture(autouse=True)
def _this_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(HALF_WAY))


@pytest.fixture
def alert(board: Board) -> Alert:
    board.figures("leads", 7)
    board.objective("leads", 900, statement="900 leads")
    board.night(HALF_WAY)
    return Alert.objects.get()


@pytest.fixture
def contributor(cast: Cast) -> Client:
    return client_of(cast.carl)


def act(client: Client, alert: Alert, **data: str) -> Any:
    response = client.post(
        reverse("alert_act", args=["northwind", alert.public_id]), data, follow=True
    )
    alert.refresh_from_db()
    return response


def test_an_empty_inbox_says_so(cast: Cast) -> None:
    assert "Nothing needs your attention." in text(client_of(cast.vera).get(INBOX))


def test_an_alert_says_what_and_why(alert: Alert, contributor: Client) -> None:
    page = text(contributor.get(INBOX))
    assert "900 leads" in page
    assert "315 ÷ 450 = 0.70, under 0.75: off track." in page
    assert "Since 15 February 2026" in page


def test_an_alert_that_is_opened_is_read_without_a_word(alert: Alert, contributor: Client) -> None:
    unread = f"{INBOX}?show=unread"
    assert "900 leads" in text(contributor.get(unread))
    url = reverse("alert_act", args=["northwind", alert.public_id])
    answer = contributor.post(url, {"act": "read"}, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    page = text(contributor.get(unread))
    assert "900 leads" not in page
    assert "Marked as read." not in page
    assert "Marked as read." in text(act(contributor, alert, act="read"))


def test_a_viewer_reads_but_does_not_act(alert: Alert, cast: Cast) -> None:
    viewer = client_of(cast.vera)
    assert "/act/" not in text(viewer.get(INBOX))
    assert act(viewer, alert, act="close").status_code == 403
    assert alert.closed_on is None


def test_taking_care_of_it_shows_who(alert: Alert, contributor: Client, cast: Cast) -> None:
    page = text(act(contributor, alert, act="acknowledge"))
    assert alert.acknowledged_by == cast.carl
    assert "Carl Example takes care of it." in page


def test_a_snoozed_alert_leaves_the_inbox_and_the_bell(alert: Alert, contributor: Client) -> None:
    page = text(act(contributor, alert, act="snooze", until="2026-02-22"))
    assert "Nothing needs your attention." in page
    assert 'class="count">1<' not in page.split("</nav>")[0]
    assert "Comes back on 22 February 2026." in text(contributor.get(INBOX + "?show=snoozed"))


def test_it_is_back_on_its_day(
    alert: Alert, contributor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    act(contributor, alert, act="snooze", until="2026-02-16")
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(HALF_WAY.replace(day=16)))
    assert "900 leads" in text(contributor.get(INBOX))


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("", "Choose the day on which the alert comes back."),
        ("2026-02-15", "Choose a day after today."),
        ("soon", "This is not a date."),
    ],
)
def test_a_day_that_does_not_fit_is_refused(
    alert: Alert, contributor: Client, until: str, said: str
) -> None:
    assert said in text(act(contributor, alert, act="snooze", until=until))
    assert alert.snoozed_until is None


def test_a_snoozed_alert_can_be_woken(alert: Alert, contributor: Client) -> None:
    act(contributor, alert, act="snooze", until="2026-02-22")
    assert "900 leads" in text(act(contributor, alert, act="wake"))


def test_a_closed_alert_moves_to_the_closed_ones(alert: Alert, contributor: Client) -> None:
    act(contributor, alert, act="close")
    assert alert.closed_on == HALF_WAY
    assert "900 leads" in text(contributor.get(INBOX + "?show=closed"))


def test_a_closed_alert_stays_closed(alert: Alert, contributor: Client) -> None:
    act(contributor, alert, act="close")
    assert "This alert is closed already." in text(act(contributor, alert, act="acknowledge"))
    assert alert.acknowledged_by is None


def test_a_late_feed_is_told_with_its_days(board: Board, contributor: Client) -> None:
    board.figures("leads", 7, end=HALF_WAY.replace(day=5))
    board.night(HALF_WAY)
    assert "New figures of CRM are 8 days late." in text(contributor.get(INBOX))


def test_the_bell_counts_what_is_open(alert: Alert, contributor: Client) -> None:
    assert '<span class="count">1' in text(contributor.get("/w/northwind/objectives/"))
