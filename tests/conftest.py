"""Fixtures: the cast (tests/cast.py), the scope of its workspace, cheap password hashes."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations
from pytest_django.fixtures import Settings

from accounts.models import User, Workspace
from accounts.scope import workspace_scope
from tests.cast import Cast, build_cast
from tests.chromium import chromium
from tests.mailbox import mailbox

__all__ = ["chromium", "mailbox"]


@pytest.fixture(autouse=True)
def _quick_and_apart(settings: Settings) -> None:
    """Cheap hashes, mails kept in memory, and a part of the cache that is this test's alone."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": uuid4().hex}}


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


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody and both workspaces."""
    return build_cast()


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
