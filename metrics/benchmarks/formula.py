"""A workspace's own metric gets another formula, in all workspaces, against the full recompute."""

from accounts.scope import workspace_scope
from metrics.benchmarks.bench import Bench
from metrics.benchmarks.figures import Figure
from metrics.models import Metric
from metrics.staleness import mark_metric_stale

GOAL = 0.15
KEY = "benchmark_own_rate"
BEFORE, AFTER = "leads / sessions", "mqls / sessions"


def measure(bench: Bench) -> list[Figure]:
    """What a refresh costs after the change, and how often it reads the table of facts."""
    full = bench.full()
    _give_formula(bench, BEFORE)
    bench.refresh()
    _give_formula(bench, AFTER)
    bench.say("Calculating a changed formula in all workspaces…")
    done = bench.refresh()
    return [
        Figure.against("formula", done.seconds, "s", limit=full.seconds, goal=GOAL),
        Figure("formula.fact_reads", done.fact_scans, "scans of facts", goal=0),
        Figure("formula.rows", done.rows, "rows written"),
    ]


def _give_formula(bench: Bench, formula: str) -> None:
    """The own metric of every workspace is calculated like this from now on."""
    for pk in bench.workspaces:
        workspace = bench.workspace(pk)
        with workspace_scope(workspace.pk):
            metric, _created = Metric.objects.update_or_create(
                workspace=workspace,
                key=KEY,
                defaults={
                    "own_name_en": "Own rate",
                    "own_formula": formula,
                    "own_unit": "percent",
                    "own_direction": "up",
                },
            )
            mark_metric_stale(metric)
