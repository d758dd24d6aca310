"""Whether an installation holds what it promises: asked of the database itself, nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q

from accounts.models import Membership, OutgoingMail, Role, Workspace
from accounts.scope import system_scope, workspace_scope
from accounts.sealing import SealBroken, unseal
from kpitracker.models import Job
from metrics.fact_months import stale_months
from metrics.models import HashingKey
from metrics.snapshots import recompute
from metrics.staleness import is_behind

UNGUARDED = """
SELECT c.relname FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
    AND NOT (c.relrowsecurity AND c.relforcerowsecurity
        AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
ORDER BY 1
"""
ROLE = "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
STRAY_FACTS = """
SELECT count(*) FROM (
    SELECT DISTINCT workspace_id, metric_id, feed_id, batch_id FROM metrics_fact
    WHERE workspace_id = %s
) AS f
WHERE NOT EXISTS (
        SELECT FROM metrics_metric m WHERE m.id = f.metric_id AND m.workspace_id = f.workspace_id)
    OR NOT EXISTS (
        SELECT FROM metrics_feed d WHERE d.id = f.feed_id AND d.workspace_id = f.workspace_id)
    OR NOT EXISTS (
        SELECT FROM metrics_batch b WHERE b.id = f.batch_id AND b.workspace_id = f.workspace_id)
"""


class Check(NamedTuple):
    """One promise: whether it holds, and what was found."""

    name: str
    ok: bool
    found: str


def verify(*, now: datetime) -> Iterator[Check]:
    """Every check, one after the other; each leaves the database as it was."""
    yield _migrations()
    yield _row_security()
    yield _role()
    yield _keys()
    yield _owners()
    yield _facts()
    yield _packed_months()
    yield _figures(now)
    yield _jobs(now)
    yield _mails()


def _check(name: str, wrong: list[str], fine: str) -> Check:
    return Check(name, not wrong, "; ".join(wrong[:10]) if wrong else fine)


def _migrations() -> Check:
    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    missing = [f"{one.app_label}.{one.name} is not applied" for one, _backwards in plan]
    return _check("migrations", missing, "The database is up to date.")


def _row_security() -> Check:
    with connection.cursor() as cursor:
        cursor.execute(UNGUARDED)
        wrong = [f"{name} is not secured" for (name,) in cursor.fetchall()]
    return _check("row_security", wrong, "Every table of a workspace is secured.")


def _role() -> Check:
    with connection.cursor() as cursor:
        cursor.execute(ROLE)
        name, is_free = cursor.fetchone()
    wrong = [f"the role {name} is not bound by row security"] if is_free else []
    return _check("role", wrong, f"The role {name} is bound by row security.")


def _keys() -> Check:
    """Texts that were sealed open with one of the keys."""
    with system_scope():
        sealed = OutgoingMail.objects.filter(Q(text__startswith="sealed:"))
        texts = list(sealed.values_list("public_id", "text"))
        keys = HashingKey.objects.values_list("workspace__slug", "sealed")
        texts += [(f"the hashing key of {slug}", text) for slug, text in keys]
    wrong = [f"no key opens {name}" for name, text in texts if not _opens(text)]
    return _check("keys", wrong, f"{len(texts)} sealed texts open.")


def _opens(text: str) -> bool:
    try:
        unseal(text)
    except SealBroken:
        return False
    return True


def _workspaces() -> list[Workspace]:
    with system_scope():
        return list(Workspace.objects.order_by("pk"))


def _owners() -> Check:
    with system_scope():
        owned = set(
            Membership.objects.filter(role=Role.OWNER, user__is_active=True).values_list(
                "workspace_id", flat=True
            )
        )
    workspaces = _workspaces()
    wrong = [f"{one.slug} has no owner" for one in workspaces if one.pk not in owned]
    return _check("owners", wrong, f"{len(workspaces)} workspaces have an owner.")


def _facts() -> Check:
    wrong = []
    for workspace in _workspaces():
        with workspace_scope(workspace.pk), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(STRAY_FACTS, [workspace.pk])
            (count,) = cursor.fetchone()
        if count:
            wrong.append(f"{count} facts of {workspace.slug} belong to nothing")
    return _check("facts", wrong, "Every fact has its metric, its feed and its batch.")


def _packed_months() -> Check:
    wrong = []
    for workspace in _workspaces():
        with workspace_scope(workspace.pk):
            months = stale_months(workspace)
        wrong += [f"{one:%Y-%m} of {workspace.slug} is packed otherwise" for one in months]
    return _check("packed_months", wrong, "Packed months say what their facts say.")


def _figures(now: datetime) -> Check:
    """What is stored is what the facts come to: computed anew, compared, and taken back."""
    wrong, behind = [], 0
    for workspace in _workspaces():
        today = now.astimezone(workspace.zone).date()
        with workspace_scope(workspace.pk):
            if is_behind(workspace, today=today):
                behind += 1
                continue
        differing = _rows_computed_otherwise(workspace, today, now)
        if differing:
            wrong.append(f"{differing} stored rows of {workspace.slug} are not what facts say")
    waiting = f" {behind} workspaces wait for their next calculation." if behind else ""
    return _check("figures", wrong, f"Stored figures are what facts come to.{waiting}")


def _rows_computed_otherwise(workspace: Workspace, today: date, now: datetime) -> int:
    """How many rows a full recompute would write; what it writes is taken back."""
    with workspace_scope(workspace.pk), transaction.atomic():
        found = recompute(workspace, today=today, now=now, full=True).rows_written
        transaction.set_rollback(True)
    return found


def _jobs(now: datetime) -> Check:
    with system_scope():
        dead = Job.objects.filter(state=Job.State.DEAD).values_list("key", flat=True)
        lost = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now)
        wrong = [f"{key} was given up" for key in dead]
        wrong += [f"{key} has lost its worker" for key in lost.values_list("key", flat=True)]
    return _check("jobs", wrong, "No job was given up, and none has lost its worker.")


def _mails() -> Check:
    with system_scope():
        counts = {
            state: OutgoingMail.objects.filter(state=state).count()
            for state in (OutgoingMail.State.UNCERTAIN, OutgoingMail.State.FAILED)
        }
    wrong = [f"{count} mails are {state}" for state, count in counts.items() if count]
    return _check("mails", wrong, "No mail failed, and none is in doubt.")
