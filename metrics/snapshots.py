"""The one writer of snapshots and blocks: from facts to the stored values of every period.

Days are resolved from facts; weeks and months add up days; quarters and years add up months;
formulas come last, on each period's own values. All of it is done on whole arrays
(`metrics.engine`). Only rows that differ are written, so that a second run writes nothing, and a
closed period whose number changes leaves a Restatement.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import localcontext

from django.db import connection, transaction

from accounts.models import Workspace
from metrics.calculation import CONTEXT
from metrics.own_rows import drop_own
from metrics.recomputing import Recompute
from metrics.redefining import Redefining
from metrics.restating import Restating
from metrics.rules import Rules, read_rules
from metrics.staleness import Stale, extent, forget_stale, read_stale, stale_days

PATIENCE = """
SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '300s';
SET LOCAL max_parallel_workers_per_gather = 0
"""
"""Workspaces are recomputed side by side: helpers of one statement take from another."""
LOCK = "SELECT pg_advisory_xact_lock(hashtext('metrics.snapshots'), %s)"
HOLD = "SELECT FROM accounts_workspace WHERE id = %s FOR KEY SHARE"
"""Rows and blocks have no foreign key to it (`accounts.tenancy.held_workspace`)."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a recompute looked at and wrote: days, rows, restated values."""

    days: int = 0
    rows_written: int = 0
    restated: int = 0


def refresh(workspace: Workspace, *, today: date, now: datetime) -> Refreshed:
    """Recomputes what facts changed and what days passed since the last time.

    Without any earlier run that is everything. `today` is the workspace's date at `now`.
    """
    return _run(workspace, today=today, now=now)


def recompute(
    workspace: Workspace,
    *,
    today: date,
    now: datetime,
    since: date | None = None,
    full: bool = False,
) -> Refreshed:
    """Recomputes also the days from `since` on, or all of them; otherwise as `refresh`."""
    return _run(workspace, today=today, now=now, since=since, full=full)


def _run(
    workspace: Workspace,
    *,
    today: date,
    now: datetime,
    since: date | None = None,
    full: bool = False,
) -> Refreshed:
    with transaction.atomic(), localcontext(CONTEXT):
        with connection.cursor() as cursor:
            cursor.execute(PATIENCE)
            cursor.execute(LOCK, [workspace.pk])
            cursor.execute(HOLD, [workspace.pk])
            if cursor.rowcount == 0:
                raise Workspace.DoesNotExist(f"Workspace {workspace.pk} is gone.")
        rules = read_rules(workspace)
        stale = read_stale(workspace)
        full = full or stale.opened is None
        days = _looked_at(rules, stale, today=today, since=since, full=full)
        restating = Restating(rules, stale, today=today, now=now)
        run = Recompute(rules, restating, today=today, now=now)
        run.days(days, full=full)
        written = run.written
        if stale.definitions and rules.own and not full:
            written += Redefining(rules, restating, today=today, now=now).everywhere()
        if not rules.own:
            written += drop_own(workspace.pk)
        forget_stale(workspace, stale, today=today)
        restated = restating.save()
    return Refreshed(days=len(days), rows_written=written, restated=restated)


def _looked_at(
    rules: Rules, stale: Stale, *, today: date, since: date | None, full: bool
) -> set[date]:
    """The days to look at."""
    if full:
        return extent(rules, today=today)
    days = stale_days(rules, stale, today=today)
    if since is not None:
        days |= {day for day in extent(rules, today=today) if day >= since}
    return days
