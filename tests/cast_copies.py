"""The cast as it was built once, written again as it was: most tests begin with it."""

import pickle
from dataclasses import fields
from datetime import datetime
from typing import Self

from django.db import connection, models
from django.utils import timezone

from accounts.models import Membership, User, Workspace
from accounts.scope import system_scope
from metrics.models import DimensionValue, Feed, Metric
from tests.cast import Cast, build_cast
from tests.rolled_back import rolled_back

WRITTEN = (User, Workspace, Membership, Metric, DimensionValue, Feed)
"""What building the cast writes, an owner before what belongs to it."""
TABLES = [model._meta.db_table for model in WRITTEN]
BY_TRIGGER = "event"
"""How the tables end to which PostgreSQL itself notes what is written to another."""


class CastPattern:
    """The rows of a cast, under the keys they had, and its people and workspaces as they were."""

    def __init__(self, at: datetime, cast: bytes, rows: dict[str, str]) -> None:
        self._at, self._cast, self._rows = at, cast, rows

    @classmethod
    def taken(cls) -> Self:
        """Builds a cast, notes what that wrote and takes it back."""
        at = timezone.now()
        with rolled_back(), system_scope():
            before = written()
            cast = pickle.dumps(build_cast())
            tables = {name for name, _rows in written() - before}
            assert {name.removesuffix(BY_TRIGGER) for name in tables} == set(TABLES)
            rows = {table: rows_of(table) for table in TABLES}
        return cls(at, cast, rows)

    def again(self) -> Cast:
        """The cast in a database that has none, as if it were built now."""
        later = timezone.now() - self._at
        with system_scope(), connection.cursor() as cursor:
            cursor.execute(WRITING, {"seconds": later.total_seconds(), **self._rows})
        cast: Cast = pickle.loads(self._cast)
        for field in fields(cast):
            each = getattr(cast, field.name)
            each.created_at += later
        return cast


def written() -> set[tuple[str, int]]:
    """Where this connection has added rows lately, and how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins FROM pg_stat_xact_user_tables")
        return set(cursor.fetchall())


def rows_of(table: str) -> str:
    """A table's rows as JSON."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT json_agg(t)::text FROM "{table}" t')
        return str(cursor.fetchone()[0])


def writing(model: type[models.Model]) -> str:
    """The statement that adds such rows, each made so much later than it was."""
    table = model._meta.db_table
    names = [str(field.column) for field in model._meta.concrete_fields]
    later = "created_at + make_interval(secs => %(seconds)s)"
    given = [later if name == "created_at" else name for name in names]
    return (
        f'INSERT INTO "{table}" ({", ".join(names)}) '
        f'SELECT {", ".join(given)} FROM json_populate_recordset(NULL::"{table}", %({table})s)'
    )


WRITING = "; ".join(writing(model) for model in WRITTEN)
