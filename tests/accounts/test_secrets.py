"""What a database dump and the audit trail give away, and what cannot be changed any more."""

import pytest
from cryptography.fernet import Fernet
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from accounts.addresses import client_ip
from accounts.audit import record
from accounts.models import AuditEvent
from accounts.scope import system_scope
from accounts.sealing import SealBroken, seal, unseal
from tests.cast import Cast


def test_a_sealed_text_opens_again() -> None:
    assert unseal(seal("a secret")) == "a secret"
    assert "a secret" not in seal("a secret")
    assert unseal("never sealed") == "never sealed"


def test_an_older_key_still_opens(settings: Settings) -> None:
    sealed = seal("a secret")
    settings.FIELD_ENCRYPTION_KEYS = [
        Fernet.generate_key().decode(),
        *settings.FIELD_ENCRYPTION_KEYS,
    ]
    assert unseal(sealed) == "a secret"


def test_without_the_key_it_stays_shut(settings: Settings) -> None:
    sealed = seal("a secret")
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(SealBroken):
        unseal(sealed)


def test_an_event_says_who_what_and_where(cast: Cast, rf: RequestFactory) -> None:
    request = rf.get("/", REMOTE_ADDR="203.0.113.9")
    request.user = cast.alice
    record(request, "member.removed", workspace=cast.northwind, obj=cast.erin)
    with system_scope():
        event = AuditEvent.objects.get()
    assert (event.actor_name, event.object_name, event.ip) == (
        "Alice Example",
        "Erin Example",
        "203.0.113.9",
    )


@pytest.mark.parametrize(
    "sql", ["update accounts_auditevent set action = 'x'", "delete from accounts_auditevent"]
)
def test_the_trail_cannot_be_changed(cast: Cast, sql: str) -> None:
    record(cast.alice, "member.removed", workspace=cast.northwind)
    with system_scope(), connection.cursor() as cursor, transaction.atomic():
        with pytest.raises(DatabaseError, match="only appended to"):
            cursor.execute(sql)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "198.51.100.1", "203.0.113.9"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1, 198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.1, 198.51.100.1, 192.0.2.5", "198.51.100.1"),
        (2, "198.51.100.1", "203.0.113.9"),
    ],
)
def test_a_forged_header_does_not_change_the_address(
    settings: Settings, rf: RequestFactory, proxies: int, forwarded: str, found: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_ip(request) == found
