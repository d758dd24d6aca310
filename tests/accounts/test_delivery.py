"""Mails through a real SMTP server, which refuses, hangs up and loses answers."""

import email
from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail import EmailMessage
from pytest_django.fixtures import Settings

from accounts.delivery import Outcome, Postman
from accounts.mail import RETRIES, queue_mail, send_due
from accounts.models import OutgoingMail
from accounts.scope import system_scope
from tests.cast import Cast
from tests.mailbox import Mailbox

NOW = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)


def message() -> EmailMessage:
    return EmailMessage("Hello", "…", "from@example.com", ["to@example.com"])


def test_a_mail_arrives(mailbox: Mailbox) -> None:
    with Postman() as postman:
        assert postman.deliver(message()) == (Outcome.TAKEN, "")
        assert postman.deliver(message()) == (Outcome.TAKEN, "")
    assert len(mailbox.arrived) == 2


@pytest.mark.parametrize(
    ("rule", "outcome", "arrived"),
    [
        ("unknown", Outcome.REFUSED, 0),
        ("full", Outcome.REFUSED, 0),
        ("greylist", Outcome.LATER, 0),
        ("hang up early", Outcome.LATER, 0),
        ("lose the answer", Outcome.UNKNOWN, 1),
    ],
)
def test_what_an_answer_means(mailbox: Mailbox, rule: str, outcome: Outcome, arrived: int) -> None:
    mailbox.rule = rule
    with Postman() as postman:
        assert postman.deliver(message())[0] is outcome
        assert len(mailbox.arrived) == arrived
        mailbox.rule = "accept"
        assert postman.deliver(message())[0] is Outcome.TAKEN


def test_greylisting_costs_one_try_and_keeps_the_message_id(mailbox: Mailbox, cast: Cast) -> None:
    queue_mail(
        workspace=cast.northwind,
        user=cast.erin,
        kind="digest",
        key="digest:1",
        to=cast.erin.email,
        subject="Semaine 10 : 5 en bonne voie",
        text="…",
        html="<p>…</p>",
        headers={"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        expires_at=NOW + timedelta(hours=48),
    )
    mailbox.rule = "greylist"
    assert send_due(NOW).retried == 1
    mailbox.rule = "accept"
    assert send_due(NOW + RETRIES[0]).sent == 1
    [arrived] = [email.message_from_bytes(each) for each in mailbox.arrived]
    with system_scope():
        assert OutgoingMail.objects.get().public_id in arrived["Message-ID"]
    assert arrived["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in arrived.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_a_server_that_is_away_is_tried_later(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with Postman() as postman:
        assert postman.deliver(message())[0] is Outcome.LATER


def test_a_header_that_cannot_be_is_refused(mailbox: Mailbox) -> None:
    bad = EmailMessage("Hello\nBcc: x@example.com", "…", "from@example.com", ["to@example.com"])
    with Postman() as postman:
        assert postman.deliver(bad)[0] is Outcome.REFUSED
