"""What a worker process does with one workspace, or with several at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from django.db import connection
from django.utils import timezone

from accounts.models import Workspace
from accounts.scope import system_scope, workspaces_scope
from metrics import snapshots
from metrics.benchmarks import dataset
from metrics.benchmarks.worker import Order
from metrics.fact_months import pack_months

ONE_DAY = timedelta(days=1)
SCANS = """
SELECT coalesce(sum(seq_scan + coalesce(idx_scan, 0)), 0) FROM pg_stat_xact_user_tables
WHERE relname = 'metrics_fact'
"""

Task = Callable[[Sequence[Workspace], Order], int]


def each(task: Callable[[Workspace, Order], int]) -> Task:
    """A task that is done with one workspace after the other."""

    def of_all(workspaces: Sequence[Workspace], order: Order) -> int:
        return sum(task(one, order) for one in workspaces)

    return of_all


def fact_scans_of(task: Task, order: Order) -> tuple[int, int]:
    """Runs a task in the scope of its workspaces: what it returns, and how often facts were read.

    The database itself counts the scans, also those of a COPY; what it has counted before and not
    yet published is taken off.
    """
    with system_scope():
        workspaces = list(Workspace.objects.filter(pk__in=order["workspaces"]))
    with workspaces_scope(order["workspaces"]):
        before = _scans()
        rows = task(workspaces, order)
        return rows, _scans() - before


def _scans() -> int:
    with connection.cursor() as cursor:
        cursor.execute(SCANS)
        return int(cursor.fetchone()[0])


def _today(order: Order) -> date:
    return date.fromisoformat(order["today"])


def _fill(workspace: Workspace, order: Order) -> int:
    first = date.fromisoformat(order["first"])
    return dataset.fill(workspace, first, _today(order) - ONE_DAY, now=timezone.now())


def _pack(workspace: Workspace, order: Order) -> int:
    """As a night does."""
    return pack_months(workspace, day=_today(order))


def _write_day(workspace: Workspace, order: Order) -> int:
    return dataset.write_day(workspace, _today(order) - ONE_DAY, now=timezone.now()).created


def _recompute(workspace: Workspace, order: Order) -> int:
    done = snapshots.recompute(workspace, today=_today(order), now=timezone.now(), full=True)
    return done.rows_written


def _refresh(workspaces: Sequence[Workspace], order: Order) -> int:
    """As the nights that wait together do (`kpitracker.neighbours`)."""
    done = snapshots.refresh_together(workspaces, today=_today(order), now=timezone.now())
    return done.rows_written


TASKS: Mapping[str, Task] = MappingProxyType(
    {
        "fill": each(_fill),
        "pack": each(_pack),
        "write_day": each(_write_day),
        "recompute": each(_recompute),
        "refresh": _refresh,
    }
)
