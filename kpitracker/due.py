"""What is due now: nights after each workspace's own midnight, recomputes after new facts or a
changed objective, forecasts for drafts, digests on the hour each person chose, reminders on the
morning a number is due, files in watched folders. Everything is derived from rows, the folders and
the time given."""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max

from accounts.models import AuditEvent, Workspace
from kpitracker.models import Job
from metrics.folder_imports import noted
from metrics.models import StaleSpan
from metrics.periods import BAD_ZONE, local_instant, local_today
from metrics.staleness import OPEN_END
from metrics.watching import arrivals
from objectives.alert_notices import due_workspaces
from objectives.models import Objective
from reports.digests import due_digests
from reports.reminders import due_reminders

logger = logging.getLogger(__name__)

NIGHT_AT = time(2, 30)
"""Local time of a night; a clock change moves it to the next time that exists."""
CALENDAR = {"week_start", "fiscal_year_start"}
CALENDAR_KNOWN = timedelta(days=3)
DRAFT_FRESH = timedelta(minutes=30)
"""Forecasts of drafts that lie longer come with the night."""
CATCH_UP_DAYS = 31
"""After a longer stop, older days are not computed one by one: their numbers are in snapshots."""


@dataclass(frozen=True)
class Due:
    """One piece of work, with the key that makes it happen once."""

    kind: str
    key: str
    workspace_id: int
    run_after: datetime
    day: date | None = None
    payload: dict[str, Any] | None = None


def nights(now: datetime) -> Iterator[Due]:
    """Every night that has come and is not in the ledger, oldest first."""
    last_days = dict(
        Job.objects.filter(kind="night")
        .values_list("workspace_id")
        .annotate(last=Max("day"))
        .order_by()
    )
    for workspace in Workspace.objects.order_by("pk"):
        try:
            yield from list(_nights_of(workspace, last_days.get(workspace.pk), now))
        except BAD_ZONE:
            logger.exception("Nobody knows when the nights of %s begin", workspace.slug)


def _nights_of(workspace: Workspace, last: date | None, now: datetime) -> Iterator[Due]:
    """Those of one workspace. Raises one of BAD_ZONE when its time zone is unknown here."""
    today = local_today(now, workspace.time_zone)
    created = local_today(workspace.created_at, workspace.time_zone)
    day = max((last or created) + timedelta(days=1), today - timedelta(days=CATCH_UP_DAYS))
    while day <= today:
        at = local_instant(day, NIGHT_AT, workspace.time_zone)
        if at <= now:
            yield Due("night", f"night:{workspace.pk}:{day}", workspace.pk, at, day)
        day += timedelta(days=1)


def refreshes(now: datetime) -> Iterator[Due]:
    """A recompute for each workspace whose facts are ahead of its snapshots."""
    behind = StaleSpan.objects.exclude(end=OPEN_END)
    spans = behind.values_list("workspace_id").annotate(last=Max("pk")).order_by()
    for workspace_id, last in spans:
        yield Due("refresh", f"refresh:{workspace_id}:{last}", workspace_id, now)


def new_calendars(now: datetime) -> Iterator[Due]:
    """A whole recompute for each workspace whose weeks or fiscal years were cut anew.

    The change is told by the audit trail, which the accounts below leave.
    """
    lately = AuditEvent.objects.filter(action="workspace.changed", at__gte=now - CALENDAR_KNOWN)
    for event in lately:
        if event.workspace_id and CALENDAR & (event.after or {}).keys():
            key = f"recompute:{event.workspace_id}:{event.pk}"
            yield Due("recompute", key, event.workspace_id, now)


def judgements(now: datetime) -> Iterator[Due]:
    """A recompute for each workspace with objectives that changed since they were judged.

    The key names them and their versions: what cannot be judged is asked for once, not for ever.
    """
    changed: dict[int, list[str]] = defaultdict(list)
    found = Objective.objects.unjudged().values_list("workspace_id", "pk", "version").order_by("pk")
    for workspace_id, pk, version in found:
        changed[workspace_id].append(f"{pk}.{version}")
    for workspace_id, names in changed.items():
        digest = hashlib.sha256(" ".join(names).encode()).hexdigest()[:16]
        yield Due("refresh", f"refresh:{workspace_id}:objectives:{digest}", workspace_id, now)


def foretellings(now: datetime) -> Iterator[Due]:
    """A forecast for each workspace where somebody is writing an objective.

    The key names what the drafts are about, so that each is asked for once.
    """
    about: dict[int, list[str]] = defaultdict(list)
    drafts = Objective.objects.filter(
        state="draft", archived_at=None, metric__isnull=False, updated_at__gte=now - DRAFT_FRESH
    )
    names = ("pk", "metric_id", "channel_id", "device_id", "campaign_id", "start", "end")
    for workspace_id, *facts in drafts.values_list("workspace_id", *names).order_by("pk"):
        about[workspace_id].append(repr(facts))
    for workspace_id, texts in about.items():
        digest = hashlib.sha256(" ".join(texts).encode()).hexdigest()[:16]
        yield Due("forecast", f"forecast:{workspace_id}:{digest}", workspace_id, now)


def digests(now: datetime) -> Iterator[Due]:
    """A digest for each person and week whose hour has come."""
    for digest in due_digests(now):
        yield Due(
            "digest",
            f"digest:{digest.membership_id}:{digest.period_key}",
            digest.workspace_id,
            digest.at,
            digest.day,
            {
                "membership": digest.membership_id,
                "period": digest.period_key,
                "at": digest.at.isoformat(),
            },
        )


def reminders(now: datetime) -> Iterator[Due]:
    """A reminder for each person and morning on which numbers are due."""
    for one in due_reminders(now):
        yield Due(
            "reminder",
            f"reminder:{one.membership_id}:{one.day}",
            one.workspace_id,
            one.at,
            one.day,
            {"membership": one.membership_id, "at": one.at.isoformat()},
        )


def files(now: datetime) -> Iterator[Due]:
    """An import for each file in a watched folder, once it has lain there for a while.

    The key holds what the disk says of the file: one that is still written to is another file a
    minute later, and the job of the earlier one finds it changed.
    """
    quiet = timedelta(seconds=settings.FOLDER_SETTLE_SECONDS)
    for folder, seen in arrivals(now):
        since = int(folder.switched_at.timestamp())
        marks = f"{seen.inode}:{seen.size}:{seen.changed_ns}"
        yield Due(
            "file",
            f"file:{folder.pk}:{since}:{marks}",
            folder.workspace_id,
            now + quiet,
            payload=noted(folder, seen, at=now),
        )


def notices(now: datetime) -> Iterator[Due]:
    """The alerts by mail of each workspace that have waited for somebody's quiet hours to end."""
    for workspace_id, last in due_workspaces(now):
        key = f"notices:{workspace_id}:{last}:{now:%Y-%m-%dT%H}"
        yield Due("notices", key, workspace_id, now)


def everything(now: datetime) -> Iterator[Due]:
    """All of it. Read in the system's scope."""
    yield from nights(now)
    yield from refreshes(now)
    yield from new_calendars(now)
    yield from judgements(now)
    yield from foretellings(now)
    yield from digests(now)
    yield from reminders(now)
    yield from files(now)
    yield from notices(now)
