"""One corrected value, from its save to the page's new number."""

import statistics
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.scope import workspace_scope
from metrics import series
from metrics.benchmarks.bench import Bench
from metrics.benchmarks.database_time import DatabaseTime
from metrics.benchmarks.figures import Figure
from metrics.entries import save_entry
from metrics.models import Entry, Metric
from metrics.periods import Grain
from metrics.snapshots import refresh

GOAL_MS = 100
KEY = "leads"
DAYS_AGO = 10


class NothingChanged(LookupError):
    """The page shows another number than the one that was just entered."""


def measure(bench: Bench) -> list[Figure]:
    """Database time of the save, the refresh and the read, over fifty corrections (`Bench.times`).

    A typed value beside what the feeds bring, in a month that is broken down: the day, week, month,
    quarter and year of it, and whatever is calculated from it, are new afterwards.
    """
    bench.full()
    bench.refresh()
    bench.say(f"Correcting a value {bench.times} times…")
    times = [_corrected(bench, number) for number in range(bench.times + 1)][1:]
    database = sorted(one.milliseconds for one in times)
    return [
        Figure("one_value", statistics.median(database), "ms of database", goal=GOAL_MS),
        Figure(
            "one_value.p95", database[int(0.95 * bench.times) - 1], "ms of database", goal=GOAL_MS
        ),
        Figure("one_value.whole", statistics.median(t.whole_milliseconds for t in times), "ms"),
        Figure("one_value.queries", statistics.median(len(t.queries) for t in times), "queries"),
    ]


def _corrected(bench: Bench, number: int) -> DatabaseTime:
    """Enters a value in one of the workspaces, or corrects it the next time around."""
    workspace = bench.workspace(bench.workspaces[number % min(len(bench.workspaces), 10)])
    day = bench.today - timedelta(days=DAYS_AGO)
    value, now = Decimal(1000 + number), timezone.now()
    with workspace_scope(workspace.pk):
        metric = Metric.objects.get(workspace=workspace, key=KEY)
        entry = Entry.objects.filter(workspace=workspace, metric=metric).first()
        typed = entry.value if entry else Decimal(0)
        before = _shown(bench, workspace.pk)
    with DatabaseTime() as measured, workspace_scope(workspace.pk):
        save_entry(
            workspace,
            user=None,
            metric=metric,
            start=day,
            end=day,
            value=value,
            today=bench.today,
            entry=entry,
        )
        refresh(workspace, today=bench.today, now=now)
        after = _shown(bench, workspace.pk)
    if after - before != value - typed:
        raise NothingChanged(f"The page went from {before} to {after} for {typed} made {value}.")
    return measured


def _shown(bench: Bench, pk: int) -> Decimal:
    """The number of the month, as pages read it."""
    workspace = bench.workspace(pk)
    day = bench.today - timedelta(days=DAYS_AGO)
    found = series.values(workspace, KEY, Grain.MONTH, day, day, today=bench.today)
    return found[0].value or Decimal(0)
