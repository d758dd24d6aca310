"""Pages: the numbers on them at two sizes of what is stored, and whole pages of the product."""

import statistics

from django.urls import reverse

from kpitracker.benchmarks.visiting import Visit, visitor
from metrics.benchmarks import reading
from metrics.benchmarks.bench import Bench
from metrics.benchmarks.database_time import DatabaseTime
from metrics.benchmarks.figures import Figure

SUPERSET_CACHED_MS = 242
"""A dashboard of twelve charts over the same facts in Apache Superset, from its cache."""
FASTER_GOAL = 10
LIST_OF_TWELVE = "?q=cost"
"""Twelve metrics of the catalogue have this in their name or key."""
ONE_METRIC = "?grain=month&compare=year"
WARM_UP = 10


def measure(bench: Bench) -> list[Figure]:
    """The reading of twelve metrics; the list of twelve metrics; the page of one."""
    figures = reading.measure(bench)
    bench.say("Opening pages…")
    pk = bench.workspaces[0]
    with visitor() as visit:
        figures += _page(bench, "page.list", visit, list_of_twelve(bench, pk))
        metric = reverse("metric", args=[bench.workspace(pk).slug, "leads"])
        figures += _page(bench, "page.metric", visit, f"{metric}{ONE_METRIC}")
    return figures


def list_of_twelve(bench: Bench, pk: int) -> str:
    """The address of a page of twelve metrics with a year of months each."""
    return f"{reverse('metrics', args=[bench.workspace(pk).slug])}{LIST_OF_TWELVE}"


def _page(bench: Bench, name: str, visit: Visit, address: str) -> list[Figure]:
    times = [visit(address) for _time in range(bench.times + WARM_UP)][WARM_UP:]
    with DatabaseTime() as measured:
        visit(address)
    return [
        Figure.faster_than(
            name, statistics.median(times), "ms", limit=SUPERSET_CACHED_MS, goal=FASTER_GOAL
        ),
        Figure(f"{name}.p95", sorted(times)[int(0.95 * bench.times)], "ms"),
        Figure(f"{name}.database", measured.milliseconds, "ms of database"),
        Figure(f"{name}.queries", len(measured.own_queries), "queries"),
    ]
