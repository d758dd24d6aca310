"""Facts on their way in: their keys, and the temporary table that they are compared in."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

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


class StagedSpan(NamedTuple):
    """The days of one feed's staged facts of one metric; `end` is the last day of any of them."""

    feed_id: int
    metric_id: int
    start: date
    last_start: date
    end: date


class Standing(NamedTuple):
    """How many staged facts are stored already, and how many of those with another value."""

    known: int
    changed: int


@dataclass(slots=True)
class Staging:
    """The staging table: facts are taken in once, then compared, written or both."""

    cursor: CursorWrapper
    count: int = 0
    spans: list[StagedSpan] = field(default_factory=list)
    _standing: Standing | None = None

    def take(self, rows: Iterable[FactRow]) -> None:
        """Copies rows into the table. Raises ValueError for a value that is no finite number."""
        self.take_text(map(copy_line, rows))

    def take_text(self, lines: Iterable[str]) -> None:
        """Copies lines of COPY's text, in the columns of a `FactRow`, one fact each."""
        remaining = iter(lines)
        with self.cursor.copy(fact_sql.COPY) as copy:
            while chunk := list(islice(remaining, ROWS_A_CHUNK)):
                copy.write("".join(chunk))
                self.count += len(chunk)
        self.cursor.execute(fact_sql.ANALYZE)
        self.cursor.execute(fact_sql.STAGED_SPANS)
        self.spans = [StagedSpan(*row) for row in self.cursor.fetchall()]
        self._standing = None

    def names(self, workspace_id: int) -> dict[str, Any]:
        """What the statements call the workspace, and the metrics and days of the staged facts."""
        return {
            "workspace": workspace_id,
            "metrics": sorted({span.metric_id for span in self.spans}),
            "first": min((span.start for span in self.spans), default=None),
            "last": max((span.last_start for span in self.spans), default=None),
        }

    def standing(self, workspace_id: int) -> Standing:
        """How the staged facts stand to the stored ones; read once."""
        if self._standing is None:
            self.cursor.execute(fact_sql.COUNT_KNOWN, self.names(workspace_id))
            self._standing = Standing(*self.cursor.fetchone())
        return self._standing


@contextmanager
def staging() -> Iterator[Staging]:
    """A transaction with an empty staging table, which is gone afterwards."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(fact_sql.PATIENCE)
        cursor.execute(fact_sql.CREATE_STAGING)
        yield Staging(cursor)
        cursor.execute(fact_sql.DROP_STAGING)


def copy_line(row: FactRow) -> str:
    """One row as COPY reads it: numbers and ISO dates, which need no escaping."""
    if not row.value.is_finite():
        raise ValueError("The value of a fact is a finite number.")
    return "\t".join(map(str, row)) + "\n"
