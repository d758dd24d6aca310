"""Whether the installation is alive and its background side keeps up: /healthz and /readyz."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery.exceptions import CeleryError
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis
from redis.exceptions import RedisError

from accounts.models import OutgoingMail, Workspace
from accounts.scope import system_scope
from kpitracker.models import Heartbeat, Job

TICK_AGE = timedelta(minutes=3)
JOB_AGE = timedelta(minutes=15)
MAIL_AGE = timedelta(minutes=60)
NIGHT_AGE = timedelta(hours=30)
FREE_SHARE = 0.10


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, and a sentence with the fact."""

    name: str
    ok: bool
    fact: str


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Every part in plain words; 503 when one is not well."""
    found = findings(timezone.now())
    well = all(finding.ok for finding in found)
    body = {
        "ready": well,
        "checks": {finding.name: {"ok": finding.ok, "fact": finding.fact} for finding in found},
    }
    return JsonResponse(body, status=200 if well else 503)


def findings(now: datetime) -> list[Finding]:
    """All the checks; one that breaks is a finding itself, not an error page."""
    looks: dict[str, Callable[[datetime], Finding]] = {
        "database": _database,
        "redis": _redis,
        "tick": _tick,
        "jobs": _jobs,
        "mail": _mail,
        "nights": _nights,
        "disk": _disk,
    }
    found = []
    for name, look in looks.items():
        try:
            found.append(look(now))
        except (DatabaseError, RedisError, CeleryError, OSError) as error:
            found.append(Finding(name, False, f"{type(error).__name__}: does not answer"))
    return found


def _database(now: datetime) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return Finding("database", True, "answers")


def _redis(now: datetime) -> Finding:
    client = Redis.from_url(settings.REDIS_URL, socket_timeout=3, socket_connect_timeout=3)
    try:
        client.ping()
    finally:
        client.close()
    return Finding("redis", True, "answers")


def _age(name: str, at: datetime | None, now: datetime, limit: timedelta, none: str) -> Finding:
    if at is None:
        return Finding(name, True, none)
    age = now - at
    return Finding(name, age <= limit, f"{int(age.total_seconds())} s old, limit {limit}")


def _tick(now: datetime) -> Finding:
    beat = Heartbeat.objects.filter(name="tick").first()
    if beat is None:
        return Finding("tick", False, "the scheduler has not ticked yet")
    return _age("tick", beat.at, now, TICK_AGE, "")


def _jobs(now: datetime) -> Finding:
    with system_scope():
        oldest = (
            Job.objects.filter(state="queued", run_after__lte=now)
            .order_by("run_after")
            .values_list("run_after", flat=True)
            .first()
        )
    return _age("jobs", oldest, now, JOB_AGE, "nothing waits")


def _mail(now: datetime) -> Finding:
    with system_scope():
        oldest = (
            OutgoingMail.objects.filter(state="queued")
            .order_by("created_at")
            .values_list("created_at", flat=True)
            .first()
        )
    return _age("mail", oldest, now, MAIL_AGE, "nothing waits")


def _nights(now: datetime) -> Finding:
    with system_scope():
        last = dict(
            Job.objects.filter(kind="night", state="done")
            .values_list("workspace_id")
            .annotate(last=Max("finished_at"))
            .order_by()
        )
        old = Workspace.objects.filter(created_at__lt=now - NIGHT_AGE)
        late = [ws.slug for ws in old if last.get(ws.pk, ws.created_at) < now - NIGHT_AGE]
        running = Job.objects.filter(kind="night", state="running").count()
    fact = f"{len(last)} computed, {running} running, {len(late)} late"
    return Finding("nights", not late, fact)


def _disk(now: datetime) -> Finding:
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(settings.DATA_DIR)
    share = usage.free / usage.total
    return Finding("disk", share >= FREE_SHARE or usage.free > 5_000_000_000, f"{share:.0%} free")
