"""Fixtures: the cast (tests/cast.py), the scope of its workspace, cheap password hashes."""

import gc
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test.utils import override_settings, setup_databases, teardown_databases
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User, Workspace
from accounts.scope import workspace_scope
from tests.cast import Cast
from tests.cast_copies import CastPattern
from tests.chat_server import chat_server
from tests.chromium import chromium
from tests.mailbox import mailbox
from tests.rolled_back import rolled_back

__all__ = ["chat_server", "chromium", "mailbox"]


CHEAP_HASHES = ["django.contrib.auth.hashers.MD5PasswordHasher"]

gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector of garbage need not walk through it again."""
    gc.collect()
    gc.freeze()


def own_cache() -> dict[str, Any]:
    """A part of the cache that nobody else reads."""
    return {"default": django_settings.CACHES["default"] | {"KEY_PREFIX": uuid4().hex}}


@pytest.fixture(autouse=True)
def _quick_and_apart(settings: Settings) -> None:
    """Cheap hashes, mails kept in memory, and a part of the cache that is this test's alone."""
    settings.PASSWORD_HASHERS = CHEAP_HASHES
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.CACHES = own_cache()


@pytest.fixture(autouse=True, scope="session")
def _audit_trail_can_be_emptied() -> Iterator[None]:
    """After a test with real transactions every table is emptied; the audit trail refuses it."""
    plain = DatabaseOperations.sql_flush

    def sql_flush(*args: Any, **options: Any) -> list[str]:
        switch = "ALTER TABLE accounts_auditevent {} TRIGGER append_only"
        found = plain(*args, **options)
        return [switch.format("DISABLE"), *found, switch.format("ENABLE")] if found else []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


@pytest.fixture(scope="session")
def test_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database, for fixtures that live longer than a test.

    pytest-django makes it only when a chosen test itself asks for it; without it they would
    write into the real one.
    """
    wanted = connection.settings_dict["TEST"]["NAME"]
    with django_db_blocker.unblock():
        made = []
        if not connection.settings_dict["NAME"].startswith(wanted):
            made = setup_databases(0, interactive=False, aliases={"default": True})
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def cast_pattern(test_database: None, django_db_blocker: DjangoDbBlocker) -> CastPattern:
    """The cast, built once to be copied."""
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=CHEAP_HASHES):
        return CastPattern.taken()


@pytest.fixture(scope="module")
def one_cast(cast_pattern: CastPattern, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """Everybody, created once for a file whose tests undo their changes."""
    quick_and_apart = override_settings(PASSWORD_HASHERS=CHEAP_HASHES, CACHES=own_cache())
    with django_db_blocker.unblock(), rolled_back(), quick_and_apart:
        yield cast_pattern.again()


@pytest.fixture
def cast(cast_pattern: CastPattern, db: None) -> Cast:
    """Everybody and both workspaces."""
    return cast_pattern.again()


@pytest.fixture
def northwind(cast: Cast) -> Workspace:
    """Alice's workspace: English, euros, Paris."""
    return cast.northwind


@pytest.fixture
def acme(cast: Cast) -> Workspace:
    """Bob's workspace: French, euros, Paris."""
    return cast.acme


@pytest.fixture
def alice(cast: Cast) -> User:
    """The owner of Northwind."""
    return cast.alice


@pytest.fixture
def erin(cast: Cast) -> User:
    """An editor of Northwind."""
    return cast.erin


@pytest.fixture
def vera(cast: Cast) -> User:
    """A viewer of Northwind."""
    return cast.vera


@pytest.fixture
def bob(cast: Cast) -> User:
    """The owner of Acme, nothing to Northwind."""
    return cast.bob


@pytest.fixture
def inside(northwind: Workspace) -> Iterator[Workspace]:
    """Northwind, with the test running in its scope."""
    with workspace_scope(northwind.pk):
        yield northwind
