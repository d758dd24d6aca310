# ruff: noqa: S608  what is put into the statements are names that stand in this file
"""The table that pages read from, at another size: copies of what is stored, in a schema aside."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import NamedTuple

from django.db import connection, connections, transaction
from django.db.backends.utils import CursorWrapper

from accounts.models import Workspace
from accounts.scope import system_scope
from accounts.tenancy import POLICY
from metrics.benchmarks.bench import Bench
from metrics.engine.row_cells import ENTRY
from metrics.models import Snapshot

TABLE = Snapshot._meta.db_table
SCHEMA = "benchmark_size"
ASIDE = f"{SCHEMA}.{TABLE}"
APART = 1_000_000
"""How far the ids of one round of copies are from those of the next."""
VALUES = f"""
SELECT workspace_id, sum(octet_length(cells)) / {ENTRY.itemsize}
FROM {TABLE} WHERE workspace_id = ANY(%s) GROUP BY 1 ORDER BY 1
"""
OTHERS = ", ".join(
    f'"{field.column}"' for field in Snapshot._meta.concrete_fields if field.name != "workspace"
)
COPY = (
    f"INSERT INTO {ASIDE} (workspace_id, {OTHERS})"
    f" SELECT %s, {OTHERS} FROM public.{TABLE} WHERE workspace_id = %s"
    " ORDER BY grain, dimension, start, segment_id"
)
"""In the order in which a recompute writes them."""
RULE = POLICY.format(column="workspace_id")
MAKE = (
    f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE",
    f"CREATE SCHEMA {SCHEMA}",
    f"CREATE TABLE {ASIDE} (LIKE public.{TABLE} INCLUDING ALL)",
    f"ALTER TABLE {ASIDE} ENABLE ROW LEVEL SECURITY",
    f"ALTER TABLE {ASIDE} FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY tenant ON {ASIDE} USING ({RULE}) WITH CHECK ({RULE})",
)


class Copy(NamedTuple):
    """Which workspace is copied under which id, and how many values it has."""

    workspace_id: int
    copy_id: int
    values: int


@contextmanager
def stored(bench: Bench, *, values: int) -> Iterator[list[Copy]]:
    """While this holds, readers on this connection find about so many stored values.

    The table is made like the product's, with its keys and its row security, and filled workspace
    by workspace with as many copies as that takes.
    """
    chosen = _chosen(bench, values)
    try:
        with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
            for statement in MAKE:
                cursor.execute(statement)
            _let_read(cursor)
            cursor.execute("SELECT set_config('app.system', 'on', true)")
            for one in chosen:
                cursor.execute(COPY, [one.copy_id, one.workspace_id])
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"VACUUM ANALYZE {ASIDE}")
        with _found_first():
            yield chosen
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def as_copy(bench: Bench, one: Copy) -> Workspace:
    """The workspace under the copy's id: readers ask for its id and its calendar only."""
    workspace = copy.copy(bench.workspace(one.workspace_id))
    workspace.pk = one.copy_id
    return workspace


def _chosen(bench: Bench, values: int) -> list[Copy]:
    """Workspaces in turn, then again under other ids, until there are enough values."""
    with system_scope(), connection.cursor() as cursor:
        cursor.execute(VALUES, [bench.workspaces])
        stored_values = [(int(pk), int(found)) for pk, found in cursor.fetchall()]
    if not stored_values:
        raise LookupError("Nothing is stored that could be read.")
    chosen: list[Copy] = []
    total = 0
    for place, (pk, found) in enumerate(cycle(stored_values)):
        if total >= values:
            break
        chosen.append(Copy(pk, pk + APART * (1 + place // len(stored_values)), found))
        total += found
    return chosen


def _let_read(cursor: CursorWrapper) -> None:
    """The application's role may read it, where that is not the owner."""
    role = connections["default"].settings_dict["USER"]
    if role:
        quoted = connection.ops.quote_name(role)
        cursor.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {quoted}")
        cursor.execute(f"GRANT SELECT ON {ASIDE} TO {quoted}")


@contextmanager
def _found_first() -> Iterator[None]:
    """The reader's connection looks into the schema aside before the usual one."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path = {SCHEMA}, public")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET search_path")
