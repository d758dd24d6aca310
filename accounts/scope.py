"""Which workspaces the database may show: row security's side of access.

PostgreSQL shows a row of a workspace only inside :func:`workspace_scope` (that workspace),
:func:`workspaces_scope` (several, for the administration) or :func:`system_scope` (the night,
the ledger of due work). Outside all of them a table of a workspace looks empty. Queries filter
by workspace all the same: this is the net below the trapeze.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from accounts.prepared import prepared_cursor

_NOTHING = ("", "off")
_current: ContextVar[tuple[str, str]] = ContextVar("row_scope", default=_NOTHING)


def _apply(workspaces: str, system: str) -> None:
    with prepared_cursor() as cursor:
        cursor.execute(
            "select set_config('app.workspaces', %s, true), set_config('app.system', %s, true)",
            [workspaces, system],
        )


@contextmanager
def _scope(workspaces: str, system: str) -> Iterator[None]:
    """Opens a transaction and sets what it may see; puts the outer scope back on the way out.

    On an exception the rollback restores the settings by itself, and where the scope is the whole
    transaction its end does.
    """
    before, is_within = _current.get(), not connection.get_autocommit()
    with transaction.atomic():
        _apply(workspaces, system)
        token = _current.set((workspaces, system))
        try:
            yield
        finally:
            _current.reset(token)
        if is_within:
            _apply(*before)


def _settings(workspace_id: int) -> tuple[str, str]:
    return f"{{{int(workspace_id)}}}", "off"


@contextmanager
def workspace_scope(workspace_id: int) -> Iterator[None]:
    """A transaction that sees one workspace's rows and no other's."""
    with _scope(*_settings(workspace_id)):
        yield


def narrow_to(workspace_id: int) -> None:
    """From here on the scope that is open sees one workspace's rows and no other's."""
    narrow = _settings(workspace_id)
    _apply(*narrow)
    _current.set(narrow)


@contextmanager
def workspaces_scope(workspace_ids: Iterable[int]) -> Iterator[None]:
    """A transaction that sees the rows of these workspaces."""
    with _scope("{" + ",".join(str(int(pk)) for pk in workspace_ids) + "}", "off"):
        yield


@contextmanager
def system_scope() -> Iterator[None]:
    """A transaction that sees every workspace: only for work that is nobody's in particular."""
    with _scope("", "on"):
        yield
