"""The one writer of facts: adds, changes, deletes, and puts back exactly what was there.

Rows travel through a staging table (COPY) and one upsert that touches only what differs. What a
batch wrote over is kept in FactChange, one row a fact and batch at most; a fact that a batch made
where there was none needs no row. Each later change names the batch below it (``old_batch_id``),
so that any batch can be taken out of the pile, whatever was laid on it since.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from metrics import fact_sql
from metrics.coverage import (
    CoveredSpan,
    Days,
    feeds_lost,
    feeds_received,
    forget_coverage,
    mark_stale,
    record_coverage,
    release_coverage,
)
from metrics.models import Batch, Coverage, FactChange
from metrics.staging import FactKey, FactRow, Staging, staging

__all__ = [
    "DuplicateFact",
    "FactKey",
    "FactRow",
    "NotUndoable",
    "Undone",
    "Written",
    "close_undone",
    "delete_facts",
    "forget_old_changes",
    "lock_facts",
    "take_out",
    "touched_days",
    "undo_batch",
    "write_facts",
    "write_staged",
    "writing",
]

UNDO_DAYS = 30


class Written(NamedTuple):
    """How many facts of a batch were new, different from what was there, and the same."""

    created: int
    changed: int
    same: int


class Undone(NamedTuple):
    """How many facts an undo deleted, put back, and left because a later batch wrote over them."""

    deleted: int
    restored: int
    kept: int


class DuplicateFact(ValueError):
    """Two rows of one call are the same fact: the caller must add them up or choose."""


class NotUndoable(Exception):
    """The batch cannot be undone; the message is the sentence to show."""


def write_facts(
    batch: Batch, *, rows: Iterable[FactRow], coverage: Iterable[CoveredSpan] = ()
) -> Written:
    """Writes the rows that differ from what is there, and remembers what was there.

    Rows that are the same are not touched, not even their batch. A feed and metric without
    coverage of their own are covered from their first to their last row, gaps unknown. Raises
    DuplicateFact when a key comes twice, ValueError for a value that is no finite number.
    """
    with writing(batch.workspace_id) as staged:
        staged.take(rows)
        return write_staged(staged, batch, coverage=coverage)


def write_staged(staged: Staging, batch: Batch, *, coverage: Iterable[CoveredSpan] = ()) -> Written:
    """Writes what `writing` has staged, as `write_facts` does; to be called inside of it."""
    cursor = staged.cursor
    names = staged.names(batch.workspace_id) | {"batch": batch.pk}
    _refuse_duplicates(cursor)
    known, changed = staged.standing(batch.workspace_id)
    created = staged.count - known
    covered = [*coverage]
    covered += _covered_by_rows(staged, covered)
    touched: list[Days] = []
    cursor.execute(fact_sql.REFRESH_CHANGES, names)
    if created or changed:
        _keep_images(cursor, names, created=created, changed=changed)
        statement = fact_sql.UPSERT if known else fact_sql.INSERT
        touched, _written = touched_days(cursor, statement, names)
    uncovered = record_coverage(batch, covered, wrote=created + changed > 0)
    mark_stale(batch, touched + uncovered)
    feeds_received(batch, covered, batch.committed_at or batch.created_at)
    return Written(created=created, changed=changed, same=known - changed)


def _keep_images(
    cursor: CursorWrapper, names: dict[str, Any], *, created: int, changed: int
) -> None:
    """Remembers what is about to be written over."""
    if changed:
        cursor.execute(fact_sql.KEEP_CHANGED, names)
    if created and _count(cursor, fact_sql.HAS_DELETIONS, names):
        cursor.execute(fact_sql.KEEP_RECREATED, names)


def delete_facts(
    batch: Batch, *, keys: Iterable[FactKey], uncovered: Sequence[CoveredSpan] = ()
) -> int:
    """Deletes the facts with these keys, remembers them, and returns how many there were.

    `uncovered` are spans that are no longer covered once they are gone.
    """
    with writing(batch.workspace_id) as staged:
        cursor = staged.cursor
        staged.take(FactRow(*key, value=Decimal(0)) for key in keys)
        names = {"workspace": batch.workspace_id, "batch": batch.pk}
        cursor.execute(fact_sql.REFRESH_DELETED, names)
        cursor.execute(fact_sql.KEEP_DELETED, names)
        touched, deleted = touched_days(cursor, fact_sql.DELETE, names)
        release_coverage(batch, uncovered)
        feeds_lost(batch, {span.feed_id for span in uncovered})
        mark_stale(batch, touched)
    return deleted


def undo_batch(batch: Batch, *, user: User | None, now: datetime) -> Undone:
    """Takes the batch out: facts it made go, facts it changed or deleted are as before.

    What a later batch wrote over stays as that one left it, and undoing that one later gives
    what lay below this batch. Raises NotUndoable with the reason: not imported, undone already,
    or older than 30 days.
    """
    with _locked_for_undo(batch, now), writing(batch.workspace_id) as staged:
        feed_ids = set(Coverage.objects.filter(batch=batch).values_list("feed_id", flat=True))
        undone = take_out(staged.cursor, batch)
        feeds_lost(batch, feed_ids)
        close_undone(batch, user=user, now=now)
    return undone


def take_out(cursor: CursorWrapper, batch: Batch) -> Undone:
    """Takes a batch out of the pile, with its coverage; to be called while facts are locked."""
    names = {"workspace": batch.workspace_id, "batch": batch.pk}
    kept = _count(cursor, fact_sql.COUNT_OVERWRITTEN, names)
    back, restored = touched_days(cursor, fact_sql.RESTORE, names)
    cursor.execute(fact_sql.RELINK_CHANGED, names)
    cursor.execute(fact_sql.RELINK_CREATED, names)
    gone, deleted = touched_days(cursor, fact_sql.DELETE_OWN, names)
    cursor.execute(fact_sql.FORGET_CHANGES, names)
    mark_stale(batch, back + gone + forget_coverage(batch))
    return Undone(deleted=deleted, restored=restored, kept=kept)


def close_undone(batch: Batch, *, user: User | None, now: datetime) -> None:
    """Says of a batch that it was undone, by whom and when."""
    batch.state = Batch.State.UNDONE
    batch.undone_at, batch.undone_by = now, user
    batch.save(update_fields=["state", "undone_at", "undone_by"])


def forget_old_changes(workspace: Workspace, *, now: datetime) -> int:
    """Drops what is kept for undoing batches that are too old to be undone; returns how many."""
    deleted, _by_model = FactChange.objects.filter(
        workspace=workspace, batch__committed_at__lt=now - timedelta(days=UNDO_DAYS)
    ).delete()
    return deleted


@contextmanager
def writing(workspace_id: int) -> Iterator[Staging]:
    """A transaction in which nobody else writes facts of this workspace."""
    with staging() as staged:
        lock_facts(workspace_id)
        yield staged


def lock_facts(workspace_id: int) -> None:
    """Until the transaction ends nobody else writes facts of this workspace."""
    with connection.cursor() as cursor:
        cursor.execute(fact_sql.LOCK, {"workspace": workspace_id})


@contextmanager
def _locked_for_undo(batch: Batch, now: datetime) -> Iterator[None]:
    """A transaction that holds the batch's row, which is locked before facts as in a commit."""
    with transaction.atomic():
        _refuse_undo(Batch.objects.select_for_update().get(pk=batch.pk), now)
        yield


def _refuse_duplicates(cursor: CursorWrapper) -> None:
    cursor.execute(fact_sql.FIND_DUPLICATE)
    found = cursor.fetchone()
    if found:
        raise DuplicateFact(f"The same fact comes twice: {FactKey(*found)}")


def _covered_by_rows(staged: Staging, given: list[CoveredSpan]) -> list[CoveredSpan]:
    """From the first to the last row of each feed and metric whose coverage was not given."""
    known = {(span.feed_id, span.metric_id) for span in given}
    return [
        CoveredSpan(span.feed_id, span.metric_id, span.start, span.end)
        for span in staged.spans
        if (span.feed_id, span.metric_id) not in known
    ]


def _count(cursor: CursorWrapper, sql: str, names: dict[str, Any]) -> int:
    cursor.execute(sql, names)
    return int(cursor.fetchone()[0])


def touched_days(cursor: CursorWrapper, sql: str, names: dict[str, Any]) -> tuple[list[Days], int]:
    """The days of each metric that a statement wrote, month by month, and how many facts."""
    cursor.execute(sql, names)
    rows = cursor.fetchall()
    return [Days(*row[:3]) for row in rows], sum(row[3] for row in rows)


def _refuse_undo(batch: Batch, now: datetime) -> None:
    if batch.state == Batch.State.UNDONE:
        raise NotUndoable(_("This import has been undone already."))
    if batch.state != Batch.State.COMMITTED:
        raise NotUndoable(_("This import was not carried out, so there is nothing to undo."))
    committed_at = batch.committed_at or batch.created_at
    if now - committed_at > timedelta(days=UNDO_DAYS):
        raise NotUndoable(
            _(
                "This import is more than %(days)s days old. Import a corrected file instead of"
                " undoing it."
            )
            % {"days": UNDO_DAYS}
        )
