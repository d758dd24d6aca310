"""An objective's life in the browser, in both languages: from the draft to the closing review."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.channel_delivery import send_due_messages
from accounts.models import User, Workspace
from accounts.scope import system_scope, workspace_scope
from objectives.models import AcceptedDeviation, Alert, Objective, Review, State
from tests.browser.conftest import Tab
from tests.cast import Cast
from tests.chat_server import ChatServer
from tests.chromium import until
from tests.mailbox import Mailbox
from tests.objectives.board import Board

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

GOAL = "Five hundred leads"
WORDS = {
    "en": {"off": "Off track", "achieved": "Achieved", "draft": "Draft", "target": "120.5"},
    "fr": {
        "off": "Hors trajectoire",
        "achieved": "Atteint",
        "draft": "Brouillon",
        "target": "120,5",
    },
}


class Story:
    """One person at Northwind, their tab, the chat and the mailbox."""

    def __init__(self, lang: str, cast: Cast, tab: Tab, chat: ChatServer, mails: Mailbox) -> None:
        self.words, self.cast, self.tab, self.chat, self.mails = WORDS[lang], cast, tab, chat, mails
        self.today: date = timezone.now().astimezone(cast.northwind.zone).date()
        with system_scope():
            User.objects.filter(pk=cast.alice.pk).update(language=lang)
            Workspace.objects.filter(pk=cast.northwind.pk).update(language=lang)
        with workspace_scope(cast.northwind.pk):
            self.board = Board(cast.northwind, cast.alice)
        self.leads(8, self.day(-300), self.day(-1))
        with workspace_scope(cast.northwind.pk):
            self.board.compute(self.today)

    def day(self, away: int) -> date:
        return self.today + timedelta(days=away)

    def leads(self, number: int, start: date, end: date) -> None:
        with workspace_scope(self.cast.northwind.pk):
            self.board.figures("leads", number, start, end)

    def night(self) -> None:
        """A night, and the messages that it owes to chats."""
        call_command("nightly", workspace="northwind")
        send_due_messages(timezone.now())

    def told(self) -> list[dict[str, Any]]:
        """What the chat was told of the objective, as Slack takes it: one attachment each."""
        return [
            attachment
            for call in self.chat.calls
            for attachment in call.json["attachments"]
            if GOAL in attachment["title"]
        ]

    def mailed(self) -> list[str]:
        """The subjects of the mails about the objective."""
        found = [
            str(message_from_bytes(one, policy=policy.default)["Subject"])
            for one in self.mails.arrived
        ]
        return [one for one in found if GOAL in one]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_story_of_an_objective(
    lang: str,
    cast: Cast,
    open_tab: Callable[..., Tab],
    chat_server: ChatServer,
    mailbox: Mailbox,
) -> None:
    story = Story(lang, cast, open_tab(lang, cast.alice), chat_server, mailbox)
    make_a_channel(story)
    address = write_a_draft(story)
    start(story, address)
    alert = fall_behind(story, address)
    acknowledge(story, alert)
    accept_less(story)
    reach_it(story, address)
    review(story)


def make_a_channel(story: Story) -> None:
    """In the settings, with a test that arrives."""
    tab = story.tab
    tab.go("/w/northwind/settings/channels/")
    tab.page.select_option("#id_kind", "slack")
    tab.page.fill("#id_name", "#marketing")
    tab.page.fill("#id_address", f"{story.chat.address}/services/T/B/X")
    tab.press("form.narrow-form .btn--main")
    tab.go("/w/northwind/settings/channels/")
    tab.press("button[name=action][value=test]")
    send_due_messages(timezone.now())
    (call,) = story.chat.calls
    assert call.json["attachments"]


def write_a_draft(story: Story) -> str:
    tab, page = story.tab, story.tab.page
    tab.go("/w/northwind/objectives/new/one-page/?metric=leads")
    page.fill("#id_statement", GOAL)
    page.fill("#id_target", "500")
    page.fill("#id_start", story.day(-30).isoformat())
    page.fill("#id_end", story.day(30).isoformat())
    tab.press("button[name=action][value=draft]")
    assert story.words["draft"] in page.inner_text("main")
    return page.url.removeprefix(tab.address)


def start(story: Story, address: str) -> None:
    """In spite of Relevant, which is overridden with a reason."""
    tab = story.tab
    tab.go(address)
    tab.page.fill("#reason", "The year's plan is not written yet")
    tab.press("form[action$='/state/'] .btn--main")
    with system_scope():
        assert Objective.objects.get().state == State.ACTIVE
    assert "The year's plan is not written yet" in tab.page.inner_text("main")


def fall_behind(story: Story, address: str) -> str:
    """The next figures are far lower: the page, the chat and the mail say so, once."""
    story.leads(1, story.day(-25), story.day(-1))
    story.night()
    tab = story.tab
    tab.go(address)
    until(tab.page, "Object.keys(window.Chart?.instances ?? {}).length > 0")
    tab.look()
    assert story.words["off"] in tab.page.inner_text("main .pills")
    story.night()
    (said,) = story.told()
    assert story.words["off"] in said["title"]
    (subject,) = story.mailed()
    assert story.words["off"] in subject
    link = re.search(r"/w/northwind/alerts/alr_\w+/", said["text"])
    assert link
    return link[0]


def acknowledge(story: Story, alert: str) -> None:
    """By the link that the chat was given."""
    tab = story.tab
    tab.go(alert)
    tab.press("main button[value=acknowledge]")
    with system_scope():
        assert Alert.objects.get(objective__isnull=False).acknowledged_by == story.cast.alice


def accept_less(story: Story) -> None:
    """A weaker target until a day: the alert is closed, and the next night opens none."""
    tab, page = story.tab, story.tab.page
    page.locator("summary", has=page.locator("xpath=..//button[@value='accept']")).first.click()
    page.fill("#id_target", story.words["target"])
    page.fill("#id_until", story.day(14).isoformat())
    page.fill("#id_reason", "A fair was called off")
    tab.press("main button[value=accept]")
    tab.look()
    assert "A fair was called off" in page.inner_text("main .banner")
    with system_scope():
        assert str(AcceptedDeviation.objects.get().target.normalize()) == "120.5"
    story.night()
    with system_scope():
        assert not Alert.objects.filter(objective__isnull=False, closed_on=None).exists()
    assert len(story.mailed()) == 1


def reach_it(story: Story, address: str) -> None:
    """Figures that arrive late reach the target: everybody who was told of trouble hears it."""
    story.leads(18, story.day(-30), story.day(-1))
    story.night()
    tab = story.tab
    tab.go(address)
    tab.look()
    assert story.words["achieved"] in tab.page.inner_text("main .pills")
    assert any(story.words["achieved"] in one["title"] for one in story.told())
    assert any(story.words["achieved"] in one for one in story.mailed())


def review(story: Story) -> None:
    """The closing review, with what to do differently."""
    tab, page = story.tab, story.tab.page
    tab.press("#review ~ .card a[href$='/review/']")
    page.check("input[name=result][value=met]")
    page.fill("#id_cause", "The second fair brought them")
    page.fill("#id_lesson", "Book two fairs a quarter")
    tab.press("form.narrow-form .btn--main")
    tab.look()
    assert "Book two fairs a quarter" in page.inner_text("main")
    with system_scope():
        assert Review.objects.get().result == Review.Result.MET
