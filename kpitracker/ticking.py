"""The tick: once a minute, safe to run any number of times at once."""

from datetime import datetime

from django.db import connection

from accounts.mail import send_due
from accounts.scope import system_scope
from kpitracker import due, jobs
from kpitracker.models import Job


def tick(now: datetime) -> list[int]:
    """Writes what is due into the ledger and sends waiting mails; the ids that are to be rung.

    Only one tick at a time does something; the others find the lock taken and return nothing.
    """
    with system_scope():
        if not jobs.exclusive_tick():
            return []
        record_due(now)
        beat("tick", now)
        ids = jobs.to_ring()
    send_due(now)
    return ids


def record_due(now: datetime) -> None:
    """What is due becomes rows; a key that is known already stays as it is."""
    Job.objects.bulk_create(
        [
            Job(
                kind=item.kind,
                key=item.key,
                workspace_id=item.workspace_id,
                day=item.day,
                run_after=item.run_after,
                payload=item.payload or {},
            )
            for item in due.everything(now)
        ],
        ignore_conflicts=True,
    )


def beat(name: str, now: datetime) -> None:
    """Notes that a part of the background side is alive."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into kpitracker_heartbeat (name, at, detail) values (%s, %s, '{}') "
            "on conflict (name) do update set at = excluded.at",
            [name, now],
        )
