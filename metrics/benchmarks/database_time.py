"""How long the database itself worked for a piece of work, and with how many queries."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from django.db import connection

ACTIVE = "SELECT active_time FROM pg_stat_database WHERE datname = current_database()"
FLUSH = "SELECT pg_stat_force_next_flush()"
NOT_OURS = ("set_config", "SAVEPOINT", "django_session", "accounts_")
"""What a session and the decision about access take, in whatever table they are."""


@dataclass
class DatabaseTime:
    """Counts, for what runs inside of it, the milliseconds that statements were worked on.

    The server's own count of all its sessions' active time, from the arrival of a statement to
    the end of its answer: plans, COPY, commits and triggers are in it, and whatever driver or
    transaction is used. Nobody else may be working in this database, and it begins and ends
    outside of a transaction. PostgreSQL 15 or later.
    """

    milliseconds: float = 0.0
    whole_milliseconds: float = 0.0
    """By the clock on the wall, Python's share included."""
    queries: list[str] = field(default_factory=list)
    _before: float = 0.0
    _began: float = 0.0
    _counting: Any = None

    def __enter__(self) -> Self:
        self._before = _active_milliseconds() + _cost_of_asking()
        self._counting = connection.execute_wrapper(self._note)
        self._counting.__enter__()
        self._began = time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.whole_milliseconds = 1000 * (time.perf_counter() - self._began)
        self._counting.__exit__(kind, error, trace)
        if error is None:
            self.milliseconds = max(_active_milliseconds() - self._before, 0.0)

    @property
    def own_queries(self) -> list[str]:
        """The queries beside session and access."""
        return [one for one in self.queries if not any(word in one for word in NOT_OURS)]

    def _note(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self.queries.append(sql)
        return execute(sql, params, many, context)


def _active_milliseconds() -> float:
    with connection.cursor() as cursor:
        cursor.execute(FLUSH)
        cursor.execute(ACTIVE)
        return float(cursor.fetchone()[0])


def _cost_of_asking() -> float:
    """What it adds to the count to look at it."""
    first = _active_milliseconds()
    return _active_milliseconds() - first
