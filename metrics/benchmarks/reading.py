"""The numbers of a page of twelve metrics, at two sizes of what is stored."""

import statistics
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import Workspace
from accounts.scope import workspace_scope
from metrics import series
from metrics.benchmarks.bench import Bench
from metrics.benchmarks.database_time import DatabaseTime
from metrics.benchmarks.figures import Figure
from metrics.benchmarks.stored_sizes import as_copy, stored
from metrics.periods import Grain

QUERIES_GOAL, DATABASE_GOAL_MS, SIZES_GOAL = 3, 5, 1.5
VALUES_PER_FACT = (1 / 20, 2)
"""The sizes compared: at twenty million facts, one million and forty million stored values."""
PAGES, WARM_UP = 60, 10
YEARS = 3
"""Twenty-four months, and those of the year before the first of them."""
TWELVE = (
    *("sessions", "leads", "mqls", "sqls", "new_customers", "revenue"),
    *("visit_to_lead_rate", "mql_to_sql_rate", "avg_session_duration"),
    *("marketing_cost", "cpl", "cac"),
)


@dataclass(frozen=True, slots=True)
class Read:
    """What one page's numbers take among so many stored values: medians of many pages."""

    stored_values: int
    milliseconds: float
    queries: int


def measure(bench: Bench) -> list[Figure]:
    """Database time and queries at the larger size, and how it compares with the smaller one."""
    bench.full()
    small, large = (_read_among(bench, round(bench.facts * each)) for each in VALUES_PER_FACT)
    database = "ms of database"
    return [
        Figure("page", large.milliseconds, database, goal=DATABASE_GOAL_MS),
        Figure("page.queries", large.queries, "queries", goal=QUERIES_GOAL),
        Figure.against(
            "page.sizes", large.milliseconds, database, limit=small.milliseconds, goal=SIZES_GOAL
        ),
        Figure.against(
            "page.values", large.stored_values, "stored values", limit=small.stored_values
        ),
    ]


def _read_among(bench: Bench, values: int) -> Read:
    with stored(bench, values=values) as copies:
        found = sum(one.values for one in copies)
        bench.say(f"Reading pages among {found:,} stored values…")
        step = max(len(copies) // PAGES, 1)
        shown = [as_copy(bench, one) for one in copies[::step]]
        taken = [_read(shown[page % len(shown)], bench.today) for page in range(PAGES + WARM_UP)]
    counted = taken[WARM_UP:]
    return Read(
        stored_values=found,
        milliseconds=statistics.median(one.milliseconds for one in counted),
        queries=max(len(one.own_queries) for one in counted),
    )


def _read(workspace: Workspace, today: date) -> DatabaseTime:
    """Each month's value, the month's before it and that of a year ago, of twelve metrics."""
    start = (today - timedelta(days=YEARS * 365)).replace(day=1)
    with DatabaseTime() as measured, workspace_scope(workspace.pk):
        series.table(workspace, TWELVE, Grain.MONTH, start, today, today=today)
    return measured
