"""One more day for all workspaces, against the full recompute."""

from metrics.benchmarks.bench import Bench
from metrics.benchmarks.figures import Figure

GOAL = 0.06


def measure(bench: Bench) -> list[Figure]:
    """What a night costs after a day of facts, all workspaces on two processes; and again.

    ``new_day.workspace`` does not depend on how much history there is: compare runs with the same
    number of workspaces and another number of facts.
    """
    full = bench.full()
    written = bench.write_day()
    bench.say("Refreshing all workspaces, twice…")
    done = bench.refresh()
    again = bench.refresh()
    count = len(bench.workspaces)
    return [
        Figure.against("new_day", done.seconds, "s", limit=full.seconds, goal=GOAL),
        Figure("new_day.again", again.rows, "rows written", goal=0),
        Figure("new_day.workspace", 1000 * done.busy_seconds / count, "ms"),
        Figure("new_day.facts", written.rows / count, "facts a workspace"),
        Figure("new_day.history", bench.facts / count, "facts a workspace"),
    ]
