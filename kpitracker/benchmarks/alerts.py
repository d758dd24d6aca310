"""The night's objectives and alerts, all workspaces on two processes.

Run it as ``benchmark alerts --workspaces 200 --facts 5000000``: half a year of facts each, ten
objectives a workspace. Forecasts are made before the clock starts: another step of the night, with
a benchmark of its own.
"""

from kpitracker.benchmarks.judging_tasks import OBJECTIVES
from metrics.benchmarks.bench import PROCESSES, Bench, analyse
from metrics.benchmarks.figures import Figure
from metrics.benchmarks.processes import Work, work

WORKER = "kpitracker.benchmarks.judging"
GOAL_SECONDS_A_THOUSAND = 60
"""2 000 objectives in two minutes."""


def measure(bench: Bench) -> list[Figure]:
    """A night's judging, the same again (which writes nothing), and the alerts of it."""
    count = len(OBJECTIVES) * len(bench.workspaces)
    bench.say("Calculating, and starting the objectives…")
    _work(bench, "plan")
    analyse()
    bench.say("Making the forecasts…")
    foretold = _work(bench, "foretell")
    bench.say(f"Judging {count} objectives…")
    judged = _work(bench, "judge")
    again = _work(bench, "judge")
    alerted = _work(bench, "alert")
    statements = _work(bench, "queries").rows / len(bench.workspaces)
    seconds = judged.seconds + alerted.seconds
    return [
        Figure("alerts.objectives", count, "objectives"),
        Figure("alerts.forecasts", foretold.seconds, f"s for {foretold.rows} forecasts"),
        Figure("alerts.judging", judged.seconds, "s"),
        Figure("alerts.judging_again", again.seconds, f"s, {again.rows} rows written"),
        Figure("alerts.alerting", alerted.seconds, f"s, {alerted.rows} alerts opened"),
        Figure(
            "alerts.a_thousand_objectives",
            1000 * seconds / count,
            "s",
            goal=GOAL_SECONDS_A_THOUSAND,
        ),
        Figure("alerts.statements", statements, "statements an objective"),
    ]


def _work(bench: Bench, task: str) -> Work:
    return work(task, bench.workspaces, processes=PROCESSES, today=bench.today, module=WORKER)
