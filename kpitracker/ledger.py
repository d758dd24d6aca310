"""The ledger read and written by hand: nights run by a command, and the days that are missing."""

from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Workspace
from accounts.scope import workspace_scope
from kpitracker.due import CATCH_UP_DAYS
from kpitracker.models import Job
from metrics.periods import local_today


def missed_days(workspace: Workspace, *, before: date) -> list[date]:
    """Days without a finished night since the last one, oldest first, at most a month."""
    with workspace_scope(workspace.pk):
        last = (
            Job.objects.filter(workspace=workspace, kind="night", state="done", day__lt=before)
            .order_by("-day")
            .values_list("day", flat=True)
            .first()
        )
    first = last or local_today(workspace.created_at, workspace.time_zone)
    start = max(first + timedelta(days=1), before - timedelta(days=CATCH_UP_DAYS))
    return [start + timedelta(days=n) for n in range((before - start).days)]


def record_night(workspace: Workspace, *, day: date, result: dict[str, Any], now: datetime) -> None:
    """Notes that this day is computed, so that no worker computes it again."""
    with workspace_scope(workspace.pk):
        Job.objects.update_or_create(
            key=f"night:{workspace.pk}:{day}",
            defaults={
                "workspace": workspace,
                "kind": "night",
                "day": day,
                "state": Job.State.DONE,
                "result": result,
                "run_after": now,
                "finished_at": now,
                "lease_until": None,
                "error": "",
            },
        )


def last_night(workspace: Workspace) -> Job | None:
    """The newest night of this workspace that was due, whatever became of it."""
    return Job.objects.filter(workspace=workspace, kind="night").order_by("-day").first()


def night_failed(workspace: Workspace) -> bool:
    """Whether the newest night of this workspace failed, given up or to be tried again."""
    night = last_night(workspace)
    return night is not None and night.state in (Job.State.FAILED, Job.State.DEAD)
