"""Two workers against one, and pages while they work."""

import statistics
import threading
import time

from kpitracker.benchmarks.page import list_of_twelve
from kpitracker.benchmarks.visiting import visitor
from metrics.benchmarks.bench import PROCESSES, Bench
from metrics.benchmarks.figures import Figure
from metrics.benchmarks.processes import Work, work

FASTER_GOAL, SLOWER_GOAL = 1.6, 3.0
QUIET_PAGES, FEWEST_PAGES = 40, 5
PAUSE_SECONDS = 0.05
"""Between two pages: a reader, not a load test."""


def measure(bench: Bench) -> list[Figure]:
    """The full recompute in one process and in two; a page's median meanwhile and without."""
    one = bench.recompute(processes=1)
    two = bench.recompute(processes=PROCESSES)
    bench.say("Opening pages, first in quiet, then during a full recompute…")
    quiet = statistics.median(_visits(bench, None))
    busy = statistics.median(_visits_meanwhile(bench))
    return [
        Figure.faster_than("workers", two.seconds, "s", limit=one.seconds, goal=FASTER_GOAL),
        Figure.against("workers.page", busy, "ms", limit=quiet, goal=SLOWER_GOAL),
    ]


def _visits(bench: Bench, until: threading.Event | None) -> list[float]:
    """Visits to a page of each workspace in turn, until told to end, or so many."""
    times: list[float] = []
    with visitor() as visit:
        visit(list_of_twelve(bench, bench.workspaces[0]))
        while len(times) < FEWEST_PAGES or not _is_enough(times, until):
            pk = bench.workspaces[len(times) % len(bench.workspaces)]
            times.append(visit(list_of_twelve(bench, pk)))
            time.sleep(PAUSE_SECONDS)
    return times


def _is_enough(times: list[float], until: threading.Event | None) -> bool:
    return until.is_set() if until is not None else len(times) >= QUIET_PAGES


def _visits_meanwhile(bench: Bench) -> list[float]:
    """Visits while everything is computed anew, with nothing to write."""
    done = threading.Event()
    found: list[Work] = []

    def recompute() -> None:
        try:
            found.append(
                work("recompute", bench.workspaces, processes=PROCESSES, today=bench.today)
            )
        finally:
            done.set()

    thread = threading.Thread(target=recompute)
    thread.start()
    times = _visits(bench, done)
    thread.join()
    return times
