"""A full recompute of everything, against one bare grouping of the same facts."""

import time

from django.db import connections, transaction
from django.db.models import Model

from metrics.benchmarks.bench import STORED, Bench, unpack
from metrics.benchmarks.cpu import between, server_seconds
from metrics.benchmarks.figures import Figure
from metrics.benchmarks.processes import work
from metrics.models import Fact

GOAL = 3.0
"""Every metric, period and segment in the time of three groupings by one period."""
BARE = """
SELECT count(*), max(total) FROM (
    SELECT workspace_id, metric_id, channel_id, campaign_id, device_id, asset_id, audience_id,
        date_trunc('month', day::timestamp) AS month, sum(value) AS total
    FROM metrics_fact GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
) AS grouped
"""
WITHOUT_ROW_SECURITY = "ALTER TABLE metrics_fact NO FORCE ROW LEVEL SECURITY"
NO_LIMIT = "SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '256MB'"
ALONE = "SET LOCAL max_parallel_workers_per_gather = 0"
TIMES = 2
MEGABYTE = 1_000_000


def measure(bench: Bench) -> list[Figure]:
    """The full recompute on two processes as a multiple of G, and what a second one writes.

    Months that are over are packed, as nights leave them; once more with none of them, and what
    it takes to pack them all.
    """
    before = bare_grouping()
    full = bench.full()
    bare = min(before, bare_grouping())
    again = work("recompute", bench.workspaces, processes=2, today=bench.today)
    unpack()
    from_rows = bench.recompute()
    packing = bench.pack()
    return [
        Figure.against("recompute", full.seconds, "s", limit=bare, goal=GOAL),
        *Figure.of_processors("recompute.cpu", full.cpu_seconds, limit=bare_cpu()),
        Figure.against("recompute.from_rows", from_rows.seconds, "s", limit=bare),
        Figure("recompute.packing", packing.seconds, "s"),
        Figure("recompute.again", again.rows, "rows written", goal=0),
        Figure("recompute.workspace", full.busy_seconds / len(bench.workspaces), "s"),
        Figure("recompute.facts", bench.facts / full.seconds, "facts/s"),
        Figure("recompute.rows", full.rows, "rows written"),
        Figure("recompute.fact_size", size_of(Fact) / bench.facts, "bytes a fact"),
        Figure(
            "recompute.stored_size",
            sum(map(size_of, STORED)) / len(bench.workspaces) / MEGABYTE,
            "MB a workspace",
        ),
    ]


def bare_grouping() -> float:
    """G: seconds of one GROUP BY over all facts, the better of two runs; the result is dropped.

    As the owner of the table with row security off, so that nothing but the grouping is timed,
    and with as many parallel workers as the server's settings give.
    """
    found = []
    for _time in range(TIMES):
        with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
            cursor.execute(WITHOUT_ROW_SECURITY)
            cursor.execute(NO_LIMIT)
            began = time.perf_counter()
            cursor.execute(BARE)
            cursor.fetchall()
            found.append(time.perf_counter() - began)
            transaction.set_rollback(True, using="owner")
    return min(found)


def bare_cpu() -> float | None:
    """Seconds that a processor works for G in one server process, without parallel workers."""
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute(WITHOUT_ROW_SECURITY)
        cursor.execute(f"{NO_LIMIT}; {ALONE}")
        before = server_seconds("owner")
        cursor.execute(BARE)
        cursor.fetchall()
        used = between(before, server_seconds("owner"))
        transaction.set_rollback(True, using="owner")
    return used


def size_of(model: type[Model]) -> int:
    """Bytes of a table with its indexes."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s)", [model._meta.db_table])
        return int(cursor.fetchone()[0])
