"""Foreign keys of the table of facts, put aside while a data set is written."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

TABLE = "metrics_fact"
FIND = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype = 'f'
"""
EVERY_ROW = "SELECT set_config('app.system', 'on', true)"
NO_LIMIT = "SET LOCAL statement_timeout = 0"


@contextmanager
def checked_at_the_end() -> Iterator[None]:
    """Facts are checked together once they are all there, not one by one: much faster.

    For a scratch database in which nobody else writes.
    """
    quote = connections["owner"].ops.quote_name
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute(FIND, [TABLE])
        found = [(quote(name), definition) for name, definition in cursor.fetchall()]
        for name, _definition in found:
            cursor.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT {name}")
    yield
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute(EVERY_ROW)
        cursor.execute(NO_LIMIT)
        for name, definition in found:
            cursor.execute(f"ALTER TABLE {TABLE} ADD CONSTRAINT {name} {definition}")
