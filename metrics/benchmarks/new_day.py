"""One more day for all workspaces, against the full recompute."""

import statistics
from collections.abc import Sequence

from metrics.benchmarks.bench import Bench
from metrics.benchmarks.figures import Figure
from metrics.benchmarks.processes import Work

GOAL = 0.06
HISTORY_GOAL = 1.5
"""How much dearer a day may be with four times the history: it should be the same."""
SHORTER_WORKSPACES, SHARE = 10, 0.25


def measure(bench: Bench) -> list[Figure]:
    """What a night costs after a day of facts, all workspaces on two processes: a week of nights,
    the one in the middle counts; and the last one again.

    The first of them is that of processes which have just begun (`new_day.first`). The same week in
    workspaces with a quarter of the history shows whether a day's cost grows with what lies behind
    it.
    """
    full = bench.full()
    bench.say("A week of nights of all workspaces, the last one twice…")
    nights, again = bench.nights()
    done = _in_the_middle(nights)
    with bench.shorter(
        workspaces=min(len(bench.workspaces), SHORTER_WORKSPACES), share=SHARE
    ) as shorter:
        less = _in_the_middle(shorter.nights()[0])
    dearest = max(one.seconds for one in nights)
    return [
        Figure.against("new_day", done.seconds, "s", limit=full.seconds, goal=GOAL),
        Figure.against("new_day.first", nights[0].seconds, "s", limit=full.seconds),
        Figure.against("new_day.dearest", dearest, "s", limit=full.seconds),
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


def _in_the_middle(nights: Sequence[Work]) -> Work:
    """The night that took longer than half of the others."""
    return sorted(nights, key=lambda one: one.seconds)[len(nights) // 2]


def _milliseconds(done: Work) -> float:
    """Of one workspace's day, in the middle."""
    return 1000 * statistics.median(one["seconds"] / one["workspaces"] for one in done.answers)
