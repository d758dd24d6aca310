"""What the background side does for a workspace: its nights, what waits, and "compute now"."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import Right, WorkspaceRequest, allows, require, workspace_view
from accounts.models import Workspace
from accounts.views.settings import settings_page
from kpitracker.jobs import PENDING, enqueue, to_ring
from kpitracker.models import Job
from kpitracker.tasks import ring
from metrics.periods import local_today
from metrics.staleness import is_behind

LAST_NIGHTS = 30
COMPUTING = ("night", "refresh")
TONES = {
    Job.State.QUEUED: ("", "clock"),
    Job.State.RUNNING: ("", "hourglass"),
    Job.State.DONE: ("on", "check"),
    Job.State.FAILED: ("risk", "alert-triangle"),
    Job.State.DEAD: ("off", "x"),
}


@dataclass(frozen=True)
class Line:
    """A job as the page tells it."""

    job: Job
    tone: str
    icon: str
    seconds: int | None
    sentences: list[str]

    @property
    def is_by_hand(self) -> bool:
        """Whether it is no night: figures came in, or somebody asked for it."""
        return self.job.kind == "refresh"


@workspace_view(Right.READ)
@require_http_methods(["GET", "POST"])
def calculations(request: WorkspaceRequest) -> HttpResponse:
    """The last calculations with their results, and what waits; POST asks for one now."""
    if request.method == "POST":
        require(request, Right.WRITE)
        _ask(request, timezone.now())
        return redirect("calculations", request.workspace.slug)
    return settings_page(request, "calculations.html", _context(request, timezone.now()))


def _context(request: WorkspaceRequest, now: datetime) -> dict[str, Any]:
    workspace = request.workspace
    jobs = Job.objects.filter(workspace=workspace, kind__in=COMPUTING)
    today = local_today(now, workspace.time_zone)
    return {
        "waiting": [
            line_of(job, now) for job in jobs.filter(state__in=PENDING).order_by("run_after")
        ],
        "lines": [
            line_of(job, now)
            for job in jobs.exclude(state__in=PENDING).order_by("-finished_at", "-pk")[:LAST_NIGHTS]
        ],
        "is_behind": is_behind(workspace, today=today),
        "may_ask": allows(request.membership.role, Right.WRITE),
    }


def line_of(job: Job, now: datetime) -> Line:
    """The job's pill, how long it took, and what it did."""
    tone, icon = TONES[Job.State(job.state)]
    end = job.finished_at or (now if job.state == Job.State.RUNNING else None)
    seconds = None
    if job.started_at is not None and end is not None:
        seconds = max(int((end - job.started_at) / timedelta(seconds=1)), 0)
    return Line(job, tone, icon, seconds, sentences_of(job.result or {}))


def sentences_of(result: dict[str, Any]) -> list[str]:
    """What a calculation did, in sentences; empty for what did nothing or is not over."""
    snapshots, objectives = result.get("snapshots", {}), result.get("objectives", {})
    alerts = result.get("alerts", {})
    told = [
        _values(snapshots.get("rows_written", 0)),
        _judged(objectives.get("judged", 0)),
        _changed(objectives.get("changed", 0)),
        _failed(len(objectives.get("failed", []))),
        _opened(alerts.get("opened", 0)),
        _closed(alerts.get("closed", 0)),
    ]
    return [sentence for sentence in told if sentence]


def _values(count: int) -> str:
    text = ngettext("%(count)s stored row renewed.", "%(count)s stored rows renewed.", count)
    return text % {"count": count} if count else ""


def _judged(count: int) -> str:
    text = ngettext("%(count)s objective judged.", "%(count)s objectives judged.", count)
    return text % {"count": count} if count else ""


def _changed(count: int) -> str:
    text = ngettext("%(count)s status changed.", "%(count)s statuses changed.", count)
    return text % {"count": count} if count else ""


def _failed(count: int) -> str:
    text = ngettext(
        "%(count)s objective could not be calculated.",
        "%(count)s objectives could not be calculated.",
        count,
    )
    return text % {"count": count} if count else ""


def _opened(count: int) -> str:
    text = ngettext("%(count)s alert opened.", "%(count)s alerts opened.", count)
    return text % {"count": count} if count else ""


def _closed(count: int) -> str:
    text = ngettext("%(count)s alert closed.", "%(count)s alerts closed.", count)
    return text % {"count": count} if count else ""


def _ask(request: WorkspaceRequest, now: datetime) -> None:
    if compute_now(request.workspace, now=now):
        messages.success(
            request, _("The calculation is under way. Reload this page to see its result.")
        )
    else:
        messages.info(request, _("A calculation is under way already."))


def compute_now(workspace: Workspace, *, now: datetime) -> bool:
    """Makes a calculation due and tells a worker; False while one that was asked for waits."""
    mine = Job.objects.filter(workspace=workspace, kind="refresh", state__in=PENDING)
    if mine.exists():
        return False
    key = f"refresh:{workspace.pk}:asked:{now:%Y-%m-%dT%H:%M:%S}"
    made = enqueue("refresh", key, run_after=now, workspace_id=workspace.pk)
    transaction.on_commit(_tell_workers)
    return made


def _tell_workers() -> None:
    for job_id in to_ring():
        ring(job_id)
