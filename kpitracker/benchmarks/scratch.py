"""The database that benchmarks are measured in: beside the configured one, and never that one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections

from kpitracker import embedded

SUFFIX = "_benchmark"
MARK = "kpitracker benchmark"
FILLED = f"{MARK}: filled"
LONGEST_NAME = 63  # bytes of a PostgreSQL name
MAY_CREATE = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
REMARK = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
LOCK = "SELECT pg_try_advisory_lock(hashtext('kpitracker.benchmark'))"
UNLOCK = "SELECT pg_advisory_unlock(hashtext('kpitracker.benchmark'))"


class NoScratch(Exception):
    """No scratch database can be had; the message is the sentence to show."""


class Scratch:
    """A database named after the configured one. Everything here runs on the owner's connection.

    It carries a remark by which it is known: a database of this name without it is somebody's.
    """

    def __init__(self) -> None:
        self.connection = connections["owner"]
        self.name = f"{self.connection.settings_dict['NAME']}{SUFFIX}"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """While this holds, nobody else measures here. Raises NoScratch when somebody does."""
        self._check()
        if not self._ask(LOCK):
            raise NoScratch("Another benchmark is running on this server. Wait until it is done.")
        try:
            yield
        finally:
            self._ask(UNLOCK)

    def is_filled(self) -> bool:
        """Whether an earlier run left a whole data set."""
        return self._ask(REMARK, self.name) == FILLED

    def create(self) -> None:
        """Makes it, empty; what an earlier run left is dropped first."""
        self.drop()
        self._run(f"CREATE DATABASE {self._quoted}")
        self._remark(MARK)

    def mark_filled(self) -> None:
        """Notes that its data set is whole, so that a later run can measure it again."""
        self._remark(FILLED)

    def drop(self) -> None:
        """Drops it, with whoever is still connected. Raises NoScratch where it is not ours."""
        if not self._ask("SELECT count(*) FROM pg_database WHERE datname = %s", self.name):
            return
        remark = self._ask(REMARK, self.name)
        if not str(remark or "").startswith(MARK):
            raise NoScratch(
                f"There is a database {self.name} that no benchmark has made. Rename it, or drop "
                "it yourself if nobody needs it."
            )
        self._run(f"DROP DATABASE {self._quoted} WITH (FORCE)")

    def environment(self) -> dict[str, str]:
        """The environment of a process that knows this database and no other."""
        app, owner = embedded.database_urls(settings.DATA_DIR)
        app = os.environ.get("DATABASE_URL") or app
        given = os.environ.get("DATABASE_URL") or owner
        owner = os.environ.get("DATABASE_OWNER_URL") or given
        return {
            **os.environ,
            "DATABASE_URL": self._renamed(app),
            "DATABASE_OWNER_URL": self._renamed(owner),
            "REDIS_URL": settings.REDIS_URL,
        }

    @property
    def _quoted(self) -> str:
        return self.connection.ops.quote_name(self.name)

    def _renamed(self, url: str) -> str:
        address, mark, query = url.partition("?")
        return f"{address.rpartition('/')[0]}/{self.name}{mark}{query}"

    def _check(self) -> None:
        if len(self.name.encode()) > LONGEST_NAME:
            raise NoScratch(f"The name {self.name} is too long for PostgreSQL.")
        if not self._ask(MAY_CREATE):
            role = self._ask("SELECT current_user")
            raise NoScratch(
                f"The role {role} may not create databases, and benchmarks are measured in one of "
                f"their own. Run ALTER ROLE {role} CREATEDB as a superuser, and NOCREATEDB "
                "afterwards, or measure on a server of another installation."
            )

    def _remark(self, text: str) -> None:
        self._run(f"COMMENT ON DATABASE {self._quoted} IS '{text}'")

    def _ask(self, sql: str, *arguments: str) -> object:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, arguments)
            row = cursor.fetchone()
            return row[0] if row else None

    def _run(self, sql: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
