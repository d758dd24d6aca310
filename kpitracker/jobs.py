"""The ledger of due work: what is due becomes a row, a worker claims the row, the row says what
became of it. Celery only rings: a lost message is rung again, a message that comes twice finds
the row taken. Times of leases are the database's, never this machine's.

The order of things and the reasons are in docs/operations.md.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from accounts.scope import system_scope, workspace_scope
from kpitracker.models import Job

logger = logging.getLogger(__name__)

RETRY_MINUTES = (1, 5, 15, 60, 240)
"""How long a failed job waits before each further try; after the last one it is given up."""
DIGEST_WAITS_AT_MOST = timedelta(hours=5)
"""Past its hour by more than this, a digest goes out with the figures there are."""
RING_AGAIN = timedelta(minutes=10)
CALCULATIONS = ("night", "refresh", "recompute", "forecast")
PENDING = (Job.State.QUEUED, Job.State.RUNNING, Job.State.FAILED)


class LeaseLostError(RuntimeError):
    """Another worker has taken the job over: what this one did is rolled back."""


def enqueue(
    kind: str,
    key: str,
    *,
    run_after: datetime,
    workspace_id: int | None = None,
    day: date | None = None,
    payload: dict[str, Any] | None = None,
) -> bool:
    """Makes a piece of work due once, whatever happens; False when ``key`` is known already."""
    with system_scope():
        made = Job.objects.bulk_create(
            [
                Job(
                    kind=kind,
                    key=key,
                    run_after=run_after,
                    workspace_id=workspace_id,
                    day=day,
                    payload=payload or {},
                )
            ],
            ignore_conflicts=True,
        )
        return Job.objects.filter(key=key, created_at=made[0].created_at).exists()


@dataclass
class Lease:
    """A claimed job. ``attempt`` is the fencing token: writes count only while it is current."""

    job: Job
    attempt: int
    _stop: threading.Event = field(default_factory=threading.Event)

    def renew(self) -> None:
        """Lengthens the lease. Raises LeaseLostError when somebody else holds the job."""
        held = Job.objects.filter(
            pk=self.job.pk, attempts=self.attempt, state=Job.State.RUNNING
        ).update(lease_until=Now() + _lease_length())
        if not held:
            raise LeaseLostError(f"{self.job.key} was taken over by another worker.")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A transaction in the job's scope that commits only while the lease is ours."""
        scope = workspace_scope(self.job.workspace_id) if self.job.workspace_id else system_scope()
        with scope:
            yield
            self.job.progress[name] = "done"
            Job.objects.filter(pk=self.job.pk, attempts=self.attempt).update(
                progress=self.job.progress
            )
            self.renew()

    @contextmanager
    def kept_alive(self) -> Iterator[None]:
        """Renews the lease from a thread of its own, so that long steps keep it."""
        thread = threading.Thread(target=self._renew_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _renew_forever(self) -> None:
        try:
            while not self._stop.wait(settings.JOB_LEASE_SECONDS / 4):
                self._renew_once()
        except LeaseLostError as lost:
            logger.warning("%s", lost)
        finally:
            connection.close()

    def _renew_once(self) -> None:
        """Renews; a database that does not answer is asked again in time."""
        try:
            with system_scope():
                self.renew()
        except DatabaseError as error:
            logger.warning("The lease of %s could not be renewed: %s", self.job.key, error)
            connection.close()


def _lease_length() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def claim(job_id: int) -> Lease | None:
    """Takes a due job, or one whose lease has run out; None when somebody else has it."""
    free = Q(state__in=(Job.State.QUEUED, Job.State.FAILED), run_after__lte=Now()) | Q(
        state=Job.State.RUNNING, lease_until__lt=Now()
    )
    with system_scope():
        taken = Job.objects.filter(free, pk=job_id).update(
            state=Job.State.RUNNING,
            attempts=F("attempts") + 1,
            lease_until=Now() + _lease_length(),
            started_at=Now(),
            progress={},
            error="",
        )
        if not taken:
            return None
        job = Job.objects.select_related("workspace").get(pk=job_id)
    return Lease(job=job, attempt=job.attempts)


def finish(lease: Lease, result: dict[str, Any]) -> None:
    """Marks a job done, unless it was taken over."""
    with system_scope():
        lease.renew()
        Job.objects.filter(pk=lease.job.pk, attempts=lease.attempt).update(
            state=Job.State.DONE, result=result, finished_at=Now(), lease_until=None
        )


def fail(lease: Lease, error: Exception, *, now: datetime) -> str:
    """Keeps the reason; the job is tried again later, or given up. Returns the new state."""
    tries = lease.attempt
    dead = tries > len(RETRY_MINUTES)
    state = Job.State.DEAD if dead else Job.State.FAILED
    wait = timedelta(minutes=RETRY_MINUTES[min(tries, len(RETRY_MINUTES)) - 1])
    with system_scope():
        Job.objects.filter(pk=lease.job.pk, attempts=tries, state=Job.State.RUNNING).update(
            state=state,
            error=f"{type(error).__name__}: {error}"[:2000],
            run_after=now + wait,
            rung_at=None,
            lease_until=None,
            finished_at=Now() if dead else None,
        )
    return state


def run(
    job_id: int, handlers: dict[str, Callable[[Lease], dict[str, Any]]], *, now: datetime
) -> str:
    """Claims and runs one job. Returns ``taken`` (by somebody else), or the state it ended in."""
    lease = claim(job_id)
    if lease is None:
        return "taken"
    try:
        with lease.kept_alive():
            result = handlers[lease.job.kind](lease)
        finish(lease, result)
    except LeaseLostError as lost:
        logger.warning("%s", lost)
        return "taken"
    except Exception as error:
        logger.exception("Job %s failed at attempt %s", lease.job.key, lease.attempt)
        return fail(lease, error, now=now)
    return str(Job.State.DONE)


def to_ring(*, limit: int = 500) -> list[int]:
    """Ids of the jobs that a worker should hear of now; marks them as rung.

    Of the nights of one workspace only the oldest: missed days are caught up in their order. A
    digest waits for its workspace's nights, but not for ever. Calculations of one workspace follow
    one another, and so do the files of its folders, in the order in which they were found.
    """
    due = (
        Q(state__in=(Job.State.QUEUED, Job.State.FAILED), run_after__lte=Now())
        | Q(state=Job.State.RUNNING, lease_until__lt=Now())
    ) & (Q(rung_at=None) | Q(rung_at__lt=Now() - RING_AGAIN) | Q(lease_until__lt=Now()))
    night = Job.objects.filter(
        kind="night", state__in=PENDING, workspace_id=OuterRef("workspace_id")
    )
    calculating = Job.objects.filter(
        kind__in=CALCULATIONS,
        workspace_id=OuterRef("workspace_id"),
        state=Job.State.RUNNING,
        lease_until__gt=Now(),
    )
    mine = Job.objects.filter(kind="file", workspace_id=OuterRef("workspace_id"))
    first = mine.filter(
        Q(state=Job.State.RUNNING, lease_until__gt=Now())
        | Q(state=Job.State.QUEUED, run_after__lte=Now(), pk__lt=OuterRef("pk"))
    )
    patient = Q(kind="digest", run_after__gt=Now() - DIGEST_WAITS_AT_MOST)
    with system_scope():
        ids = list(
            Job.objects.filter(due)
            .exclude(Q(kind="night") & Exists(night.filter(day__lt=OuterRef("day"))))
            .exclude(patient & Exists(night))
            .exclude(Q(kind__in=CALCULATIONS) & Exists(calculating))
            .exclude(Q(kind="file") & Exists(first))
            .order_by("run_after", "pk")
            .values_list("pk", flat=True)[:limit]
        )
        Job.objects.filter(pk__in=ids).update(rung_at=Now())
    return ids


def exclusive_tick() -> bool:
    """Whether this transaction may tick; False while another tick is at it."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A tick runs in a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtext('kpitracker.tick'))")
        return bool(cursor.fetchone()[0])
