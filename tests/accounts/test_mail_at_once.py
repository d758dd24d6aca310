"""Two senders at once: each mail goes out once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.core import mail as django_mail
from django.db import connection

from accounts.mail import Sent, queue_mail, send_due

MAILS = 12


def with_own_connection(work: Callable[[], Sent]) -> Sent:
    try:
        return work()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_two_senders_send_each_mail_once() -> None:
    for number in range(MAILS):
        queue_mail(
            workspace=None,
            user=None,
            kind="account",
            key=f"account:{number}",
            to=f"{number}@example.com",
            subject="Hello",
            text="…",
        )
    now = datetime.now(UTC)
    with ThreadPoolExecutor(2) as pool:
        results = [pool.submit(with_own_connection, lambda: send_due(now)) for _sender in range(2)]
        sent = sum(result.result().sent for result in results)
    assert sent == MAILS
    assert sorted(message.to[0] for message in django_mail.outbox) == sorted(
        f"{number}@example.com" for number in range(MAILS)
    )
