"""The outbox: queued once, sent once, tried again when that helps, skipped when it is over."""

from datetime import UTC, datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend

from accounts.mail import RETRIES, one_line, queue_mail, refused_addresses, send_due
from accounts.members import choose_mails, remove
from accounts.models import Membership, OutgoingMail
from accounts.scope import system_scope
from tests.cast import Cast

NOW = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)


def queued(cast: Cast, key: str = "digest:1", **changes: Any) -> OutgoingMail:
    """A digest for Erin in the outbox."""
    values: dict[str, Any] = {
        "workspace": cast.northwind,
        "user": cast.erin,
        "kind": "digest",
        "key": key,
        "to": cast.erin.email,
        "subject": "Northwind",
        "text": "All is well.",
        "expires_at": NOW + timedelta(hours=48),
    }
    found = queue_mail(**(values | changes))
    assert found is not None
    return found


def stored(mail: OutgoingMail) -> OutgoingMail:
    """The row as it is now."""
    with system_scope():
        return OutgoingMail.objects.get(pk=mail.pk)


def failing_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """From now on the mail server answers with this error."""

    def refuse(self: EmailBackend, messages: Any) -> int:
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


def test_a_queued_mail_is_sent_once(cast: Cast) -> None:
    mail = queued(cast)
    assert send_due(NOW).sent == 1
    assert send_due(NOW).sent == 0
    assert [message.subject for message in django_mail.outbox] == ["Northwind"]
    assert (stored(mail).state, stored(mail).sent_at) == ("sent", NOW)


def test_the_same_key_is_queued_once(cast: Cast) -> None:
    queued(cast)
    again = queue_mail(
        workspace=cast.northwind,
        user=cast.erin,
        kind="digest",
        key="digest:1",
        to=cast.erin.email,
        subject="Again",
        text="",
    )
    assert again is None


def test_the_message_id_is_the_rows(cast: Cast) -> None:
    mail = queued(cast)
    send_due(NOW)
    assert mail.public_id in django_mail.outbox[0].extra_headers["Message-ID"]


def test_a_passing_failure_is_tried_again_by_the_table(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = queued(cast)
    with monkeypatch.context() as patch:
        failing_with(patch, SMTPDataError(451, b"Greylisted"))
        assert send_due(NOW).retried == 1
        assert send_due(NOW + RETRIES[0] - timedelta(seconds=1)).retried == 0
        assert send_due(NOW + RETRIES[0]).retried == 1
    assert stored(mail).retry_after == NOW + RETRIES[0] + RETRIES[1]
    assert send_due(NOW + RETRIES[0] + RETRIES[1]).sent == 1


def test_a_refused_recipient_fails_for_good(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = queued(cast)
    failing_with(monkeypatch, SMTPRecipientsRefused({mail.to: (550, b"No such user")}))
    assert send_due(NOW).failed == 1
    assert stored(mail).state == "failed"
    assert "No such user" in stored(mail).error


def test_one_refusal_does_not_stop_the_others(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    queued(cast)
    queued(cast, "digest:2", to="full@example.com")
    real = EmailBackend.send_messages

    def answer(self: EmailBackend, messages: Any) -> int:
        if messages[0].to == ["full@example.com"]:
            raise SMTPDataError(552, b"Mailbox full")
        return int(real(self, messages))

    monkeypatch.setattr(EmailBackend, "send_messages", answer)
    sent = send_due(NOW)
    assert (sent.sent, sent.failed) == (1, 1)


def test_an_unreachable_server_ends_the_run(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10):
        queued(cast, f"digest:{number}")
    failing_with(monkeypatch, ConnectionRefusedError())
    assert send_due(NOW).retried == 3


def test_a_mail_that_hangs_in_the_air_is_not_sent_twice(cast: Cast) -> None:
    mail = queued(cast)
    with system_scope():
        OutgoingMail.objects.update(state="inflight", attempts=1, inflight_since=NOW)
    assert send_due(NOW + timedelta(minutes=14)).uncertain == 0
    assert send_due(NOW + timedelta(minutes=16)).uncertain == 1
    assert stored(mail).state == "uncertain"
    assert django_mail.outbox == []


def test_an_invitation_that_hangs_in_the_air_is_sent_again(cast: Cast) -> None:
    queued(cast, kind="account", resend_if_stuck=True)
    with system_scope():
        OutgoingMail.objects.update(state="inflight", attempts=1, inflight_since=NOW)
    assert send_due(NOW + timedelta(minutes=16)).sent == 1


def test_an_unanswered_digest_is_uncertain_and_a_password_mail_waits(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts.delivery import Unanswered

    queued(cast)
    queued(cast, "account:1", kind="account", resend_if_stuck=True)
    failing_with(monkeypatch, Unanswered())
    sent = send_due(NOW)
    assert (sent.uncertain, sent.retried) == (1, 1)


def test_a_connection_lost_before_the_mail_is_tried_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(cast)
    failing_with(monkeypatch, SMTPServerDisconnected())
    assert send_due(NOW).retried == 1


def test_an_old_mail_is_skipped(cast: Cast) -> None:
    mail = queued(cast)
    assert send_due(NOW + timedelta(hours=48)).skipped == 1
    assert stored(mail).state == "skipped"
    assert django_mail.outbox == []


def test_no_mail_after_unsubscribing(cast: Cast) -> None:
    queued(cast)
    with system_scope():
        member = Membership.objects.get(workspace=cast.northwind, user=cast.erin)
    choose_mails(member, digest_on=False)
    assert send_due(NOW).skipped == 1


def test_no_mail_after_removal(cast: Cast) -> None:
    queued(cast, "alert:1", kind="alert")
    with system_scope():
        members = {
            member.user_id: member for member in Membership.objects.filter(workspace=cast.northwind)
        }
        remove(members[cast.erin.pk], by=members[cast.alice.pk], actor=cast.alice)
    assert send_due(NOW).skipped == 1


def test_a_secret_mail_is_sealed_then_wiped(cast: Cast) -> None:
    mail = queued(cast, kind="account", text="https://kpi.example.com/secret-link", html="<p>x</p>")
    assert "secret-link" not in stored(mail).text
    send_due(NOW)
    assert "secret-link" in django_mail.outbox[0].body
    assert (stored(mail).text, stored(mail).html) == ("", "")


def test_a_subject_stays_on_one_line() -> None:
    assert one_line("Hello\r\nBcc: x@example.com\u2028y\u202e", 150) == "Hello Bcc: x@example.com y"
    assert len(one_line("x" * 5000, 150)) == 150


def test_three_refusals_in_a_row_flag_an_address(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_with(monkeypatch, SMTPRecipientsRefused({cast.erin.email: (550, b"Gone")}))
    for number in range(3):
        assert refused_addresses([cast.erin.email]) == set()
        queued(cast, f"digest:{number}")
        send_due(NOW)
    assert refused_addresses([cast.erin.email]) == {cast.erin.email}


def test_a_mail_of_nobody_in_particular_is_sent(db: None) -> None:
    queue_mail(
        workspace=None,
        user=None,
        kind="account",
        key="account:x",
        to="new@example.com",
        subject="Hello",
        text="…",
    )
    assert send_due(datetime.now(UTC)).sent == 1


def test_queueing_rings_the_worker_after_the_commit(
    cast: Cast, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(
        "accounts.mail.current_app.send_task", lambda name, **options: rung.append(name)
    )
    with django_capture_on_commit_callbacks(execute=True):
        queued(cast)
        queued(cast, "account:1", kind="account")
        assert rung == []
    assert rung == ["accounts.tasks.send_mails"]
