"""Nights that wait at the same time: their figures are worked out at once.

A night computes a day or two of each workspace, which for twenty-five of them at once is a
quarter of the work. So the first of them that a worker takes brings the figures of those that
wait beside it up to date too; their own nights find that done and go on from there.
"""

import logging
from collections.abc import Sequence
from datetime import date, datetime

from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from accounts.models import Workspace
from accounts.scope import system_scope, workspaces_scope
from kpitracker.jobs import PENDING
from kpitracker.models import Job
from metrics import snapshots
from metrics.snapshots import Refreshed
from metrics.staleness import of_earlier_days

logger = logging.getLogger(__name__)

MOST_ASKED = 200
"""Waiting nights that are looked at: twenty-five among them are nobody else's."""


def refresh_beside(workspace: Workspace, *, day: date, now: datetime) -> Refreshed:
    """Brings the figures of this workspace, and of others whose night of the day waits, up to date.

    Nothing is done where no other waits, and what another process computes is left to it. One that
    fails is left out, to fail in its own night, and harms nobody.
    """
    with system_scope():
        behind = set(of_earlier_days([workspace.pk, *_waiting(day)], today=day))
    if workspace.pk not in behind:
        return Refreshed()
    return _refresh_free([workspace.pk, *sorted(behind - {workspace.pk})], day=day, now=now)


def refresh_all(workspaces: Sequence[Workspace], *, day: date, now: datetime) -> Refreshed:
    """The same for workspaces whose nights of one day follow one another in this process."""
    with system_scope():
        behind = sorted(of_earlier_days([one.pk for one in workspaces], today=day))
    done = Refreshed()
    for first in range(0, len(behind), snapshots.AT_ONCE):
        some = behind[first : first + snapshots.AT_ONCE]
        done += _refresh_free(some, day=day, now=now)
    return done


def _refresh_free(workspace_ids: Sequence[int], *, day: date, now: datetime) -> Refreshed:
    """As many of these at once as nobody else computes; one alone is left to its night.

    In a transaction of its own, as `refresh_together` asks: within another it would be refused.
    """
    if len(workspace_ids) < 2:
        return Refreshed()
    try:
        with transaction.atomic(durable=True):
            free = snapshots.take_free(workspace_ids)
            with workspaces_scope(free):
                several = list(Workspace.objects.filter(pk__in=free).order_by("pk"))
                return _but_for_failures(several, day=day, now=now)
    except OperationalError:
        logger.exception("The nights of %s compute their own figures alone", day)
        return Refreshed()


def _but_for_failures(several: Sequence[Workspace], *, day: date, now: datetime) -> Refreshed:
    """All of them at once; where that fails, each half by itself, until one alone does."""
    try:
        with transaction.atomic():
            return snapshots.refresh_together(several, today=day, now=now)
    except OperationalError:  # of the connection or a lock, of no workspace
        raise
    except Exception:
        if len(several) == 1:
            logger.exception("The figures of %s are left to its own night", several[0].slug)
            return Refreshed()
    half = len(several) // 2
    return _but_for_failures(several[:half], day=day, now=now) + _but_for_failures(
        several[half:], day=day, now=now
    )


def _waiting(day: date) -> list[int]:
    """Workspaces whose night of the day is due and not begun, and whose earlier ones are over."""
    earlier = Job.objects.filter(
        kind="night",
        workspace_id=OuterRef("workspace_id"),
        state__in=PENDING,
        day__lt=OuterRef("day"),
    )
    due = Job.objects.filter(
        kind="night",
        day=day,
        state=Job.State.QUEUED,
        run_after__lte=Now(),
        workspace__isnull=False,
    )
    found = due.exclude(Exists(earlier)).order_by("run_after", "pk")
    return [pk for pk in found.values_list("workspace_id", flat=True)[:MOST_ASKED] if pk]
