"""The facts of two campaigns that become one, and one that becomes two again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from metrics import fact_sql, merge_sql
from metrics.coverage import mark_stale
from metrics.facts import (
    close_undone,
    delete_facts,
    lock_facts,
    take_out,
    touched_days,
    write_facts,
)
from metrics.models import Batch, Campaign, Fact, Feed
from metrics.staging import FactKey, FactRow
from metrics.typed import open_batch

ROWS_AT_ONCE = 5_000
Names = dict[str, Any]


class Returned(NamedTuple):
    """How many facts a campaign got back, and how many stay since a later one holds for both."""

    facts: int
    kept: int


def move_facts(source: Campaign, target: Campaign, *, user: User | None) -> list[int]:
    """Gives the facts of one campaign to another, feed by feed; two of one day and place are added.

    Returns the batches that did it.
    """
    facts = Fact.objects.filter(workspace=source.workspace, campaign_id=source.pk)
    batches = []
    for feed in Feed.objects.filter(pk__in=facts.order_by().values("feed_id").distinct()):
        batch = open_batch(source.workspace, feed, Batch.Kind.MERGE, user)
        gone = list(_rows(facts.filter(feed=feed)))
        stored = Fact.objects.filter(workspace=source.workspace, campaign_id=target.pk, feed=feed)
        there = {row.key: row.value for row in _rows(stored)}
        moved = [row._replace(campaign_id=target.pk) for row in gone]
        moved = [row._replace(value=row.value + there.get(row.key, 0)) for row in moved]
        delete_facts(batch, keys=[row.key for row in gone])
        batch.created, batch.changed, batch.same = write_facts(batch, rows=moved)
        batch.save(update_fields=["created", "changed", "same"])
        Feed.objects.filter(pk=feed.pk).update(
            last_received_at=feed.last_received_at, last_data_day=feed.last_data_day
        )
        batches.append(batch.pk)
    return batches


def return_facts(
    batches: QuerySet[Batch],
    *,
    source_id: int,
    target_id: int,
    user: User | None,
    now: datetime,
) -> Returned:
    """Takes the batches of a merge out of the pile.

    A sum that a later file wrote over stays: it holds for both campaigns, so the fact that was in
    it does not come back beside it. Undoing that file brings back both. To be called inside a
    transaction, while the source is there again.
    """
    returned = Returned(0, 0)
    for batch in batches.order_by("pk"):
        one = _return(batch, source_id, target_id)
        close_undone(batch, user=user, now=now)
        returned = Returned(returned.facts + one.facts, returned.kept + one.kept)
    return returned


def _return(batch: Batch, source_id: int, target_id: int) -> Returned:
    names: Names = {
        "workspace": batch.workspace_id,
        "batch": batch.pk,
        "batches": [batch.pk],
        "source": source_id,
        "target": target_id,
    }
    lock_facts(batch.workspace_id)
    with connection.cursor() as cursor:
        cursor.execute(fact_sql.HASHED)
        cursor.execute(merge_sql.LIFT, names)
        while _read(names, merge_sql.HAS_MERGES_ON_TOP):
            cursor.execute(merge_sql.LOWER_CHANGE, names)
            cursor.execute(merge_sql.LOWER_ABOVE, names)
            days, _facts = touched_days(cursor, merge_sql.LOWER_FACT, names)
            mark_stale(batch, days)
            cursor.execute(merge_sql.CLIMB, names)
        cursor.execute(merge_sql.HAND_OVER, names)
        kept = cursor.rowcount
        back = _read(names, merge_sql.COUNT_RETURNING)
        take_out(cursor, batch)
        cursor.execute(merge_sql.DROP_LIFTED)
        cursor.execute(fact_sql.UNHASHED)
    return Returned(back, kept)


def returning(workspace_id: int, *, batches: Sequence[int], source_id: int) -> int:
    """How many facts the source had when it was merged, as far as they were not undone since."""
    names: Names = {"workspace": workspace_id, "batches": list(batches), "source": source_id}
    return _read(names, merge_sql.COUNT_RETURNING)


def _read(names: Names, sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, names)
        return int(cursor.fetchone()[0])


def _rows(facts: QuerySet[Fact]) -> Iterable[FactRow]:
    columns = (*FactKey._fields, "value")
    return (FactRow(*row) for row in facts.values_list(*columns).iterator(ROWS_AT_ONCE))
