"""What each kind of job does."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Membership, Workspace
from accounts.scope import workspace_scope
from kpitracker.jobs import Lease
from kpitracker.models import Job
from kpitracker.neighbours import refresh_beside
from kpitracker.nightly import run_night
from metrics import forecasts, refreshing
from metrics.folder_imports import bring_in, give_up, put_away, take
from metrics.inbox import Moved
from metrics.periods import local_today
from objectives.alert_notices import pay_notices
from objectives.alerts import open_night_failed
from objectives.outlook import wanted_forecasts
from reports.digests import make_digest
from reports.reminders import send_reminder


def night(lease: Lease) -> dict[str, Any]:
    """One night of one workspace."""
    workspace, day = _workspace(lease), lease.job.day
    if day is None:
        raise ValueError(f"Job {lease.job.key} has no day.")
    refresh_beside(workspace, day=day, now=timezone.now())
    return run_night(workspace, day=day, now=timezone.now(), step=lease.step).as_json()


def refresh(lease: Lease) -> dict[str, Any]:
    """After new facts: the same steps as a night, for today."""
    workspace, now = _workspace(lease), timezone.now()
    today = local_today(now, workspace.time_zone)
    return run_night(workspace, day=today, now=now, step=lease.step).as_json()


def recompute(lease: Lease) -> dict[str, Any]:
    """Every stored value anew, then the steps of a night: the workspace's calendar changed."""
    workspace, now = _workspace(lease), timezone.now()
    with lease.step("recompute"):
        today = local_today(now, workspace.time_zone)
        refreshing.recompute(workspace, today=today, now=now, full=True)
    return refresh(lease)


def forecast(lease: Lease) -> dict[str, Any]:
    """The forecasts of objectives that somebody is writing: nothing else waits for the night."""
    workspace, now = _workspace(lease), timezone.now()
    today = local_today(now, workspace.time_zone)
    with lease.step("forecasts"):
        wanted = wanted_forecasts(workspace, day=today, drafts_only=True)
        done = forecasts.refresh(workspace, wanted=wanted, today=today, now=now, forget=False)
    return asdict(done)


def digest(lease: Lease) -> dict[str, Any]:
    """One person's digest."""
    now = timezone.now()
    with lease.step("digest"):
        membership = Membership.objects.select_related("workspace", "user").get(
            pk=lease.job.payload["membership"]
        )
        issue = make_digest(
            membership,
            period_key=lease.job.payload["period"],
            now=now,
            at=datetime.fromisoformat(lease.job.payload["at"]),
        )
    return {"state": issue.state}


def reminder(lease: Lease) -> dict[str, Any]:
    """One person's reminder of the numbers they owe."""
    day = lease.job.day
    if day is None:
        raise ValueError(f"Job {lease.job.key} has no day.")
    with lease.step("reminder"):
        found = Membership.objects.select_related("workspace", "user").filter(
            pk=lease.job.payload["membership"]
        )
        membership = found.first()
        if membership is None:
            return {"state": "left"}
        at = datetime.fromisoformat(lease.job.payload["at"])
        return {"state": send_reminder(membership, day=day, at=at, now=timezone.now())}


def file(lease: Lease) -> dict[str, Any]:
    """One file of a watched folder: taken, imported or refused, put away."""
    with lease.step("take"):
        taken = take(lease.job.payload, ticket=str(lease.job.pk))
    if taken is None:
        return {"state": "left"}
    try:
        with lease.step("import"):
            outcome = bring_in(taken, attempt=lease.attempt, now=timezone.now())
    except Moved:
        return {"state": "left"}
    put_away(taken, outcome.batch)
    return {"state": outcome.word, "import": outcome.batch.public_id}


def notices(lease: Lease) -> dict[str, Any]:
    """A workspace's alerts by mail that are due by now."""
    workspace = _workspace(lease)
    with lease.step("notices"):
        return {"mailed": pay_notices(workspace, now=timezone.now())}


def _workspace(lease: Lease) -> Workspace:
    if lease.job.workspace is None:
        raise ValueError(f"Job {lease.job.key} has no workspace.")
    return lease.job.workspace


def gave_up(job: Job, *, now: datetime) -> None:
    """A calculation that failed too often becomes an alert of its workspace, a file a refusal."""
    if job.workspace is not None and job.kind in ("night", "refresh", "recompute"):
        today = local_today(now, job.workspace.time_zone)
        with workspace_scope(job.workspace.pk):
            open_night_failed(job.workspace, day=today, error=job.error, now=now)
    if job.workspace is not None and job.kind == "file":
        with workspace_scope(job.workspace.pk):
            give_up(job.payload, ticket=str(job.pk))


HANDLERS: dict[str, Callable[[Lease], dict[str, Any]]] = {
    "night": night,
    "refresh": refresh,
    "recompute": recompute,
    "forecast": forecast,
    "digest": digest,
    "reminder": reminder,
    "file": file,
    "notices": notices,
}
