"""Facts on their way in: their keys, and the temporary table that they are compared in."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from metrics import fact_sql

ROWS_A_CHUNK = 5_000


class FactKey(NamedTuple):
    """Which fact: metric, day, feed, its breakdown (0 none, −1 not set), and its last day."""

    metric_id: int
    day: date
    feed_id: int
    channel_id: int
    campaign_id: int
    device_id: int
    asset_id: int
    audience_id: int
    end: date


class FactRow(NamedTuple):
    """A fact to write: its key, in the same order as `FactKey`, and its value."""

    metric_id: int
    day: date
    feed_id: int
    channel_id: int
    campaign_id: int
    device_id: int
    asset_id: int
    audience_id: int
    end: date
    value: Decimal

    @property
    def key(self) -> FactKey:
        """Everything but the value."""
        return FactKey(*self[:-1])


@contextmanager
def staging() -> Iterator[CursorWrapper]:
    """A transaction with an empty staging table, which is gone afterwards."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(fact_sql.PATIENCE)
        cursor.execute(fact_sql.CREATE_STAGING)
        yield cursor
        cursor.execute(fact_sql.DROP_STAGING)


def stage(cursor: CursorWrapper, rows: Iterable[FactRow]) -> int:
    """Copies the rows into the staging table; returns how many.

    Raises ValueError for a value that is no finite number.
    """
    count = 0
    remaining = iter(rows)
    with cursor.copy(fact_sql.COPY) as copy:
        while chunk := list(islice(remaining, ROWS_A_CHUNK)):
            copy.write("".join(map(_line, chunk)))
            count += len(chunk)
    cursor.execute(fact_sql.ANALYZE)
    return count


def _line(row: FactRow) -> str:
    """One row as COPY reads it: numbers and ISO dates, which need no escaping."""
    if not row.value.is_finite():
        raise ValueError("The value of a fact is a finite number.")
    return "\t".join(map(str, row)) + "\n"
