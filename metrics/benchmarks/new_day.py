"""One more day for all workspaces, against the full recompute."""

import statistics

from metrics.benchmarks.bench import Bench
from metrics.benchmarks.figures import Figure
from metrics.benchmarks.processes import Work

GOAL = 0.06
HISTORY_GOAL = 1.5
"""How much dearer a day may be with four times the history: it should be the same."""
SHORTER_WORKSPACES, SHARE = 10, 0.25


def measure(bench: Bench) -> list[Figure]:
    """What a night costs after a day of facts, all workspaces on two processes; and again.

    The night before is that of processes which have just begun (`new_day.first`). The same day in
    workspaces with a quarter of the history shows whether a day's cost grows with what lies behind
    it.
    """
    full = bench.full()
    bench.say("Two nights of all workspaces, the second one twice…")
    first, done, again = bench.nights()
    with bench.shorter(
        workspaces=min(len(bench.workspaces), SHORTER_WORKSPACES), share=SHARE
    ) as shorter:
        _first, less, _again = shorter.nights()
    return [
        Figure.against("new_day", done.seconds, "s", limit=full.seconds, goal=GOAL),
        Figure.against("new_day.first", first.seconds, "s", limit=full.seconds),
        *Figure.of_processors("new_day.cpu", done.cpu_seconds, limit=full.cpu_seconds),
        Figure("new_day.again", again.rows, "rows written", goal=0),
        Figure.against(
            "new_day.workspace",
            _milliseconds(done),
            "ms",
            limit=_milliseconds(less),
            goal=HISTORY_GOAL,
        ),
        Figure("new_day.history", bench.facts / len(bench.workspaces), "facts a workspace"),
    ]


def _milliseconds(done: Work) -> float:
    """Of one workspace's day, in the middle."""
    return 1000 * statistics.median(one["seconds"] / one["workspaces"] for one in done.answers)
