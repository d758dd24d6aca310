"""A workspace's own metric gets another formula, in all workspaces, against the full recompute."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import Workspace
from accounts.scope import workspace_scope
from metrics import series
from metrics.benchmarks.bench import PROCESSES, Bench
from metrics.benchmarks.figures import Figure
from metrics.benchmarks.processes import Workers
from metrics.definition_checks import OwnDefinition
from metrics.definitions import change_definition, define
from metrics.models import Metric
from metrics.periods import Grain

GOAL = 0.15
KEY = "benchmark_own_rate"
FORMULAS = ("leads / sessions", "mqls / sessions")
A_MONTH = timedelta(days=31)


def measure(bench: Bench) -> list[Figure]:
    """What a refresh costs after the change, how often it reads facts, and what it changed."""
    full = bench.full()
    for pk in bench.workspaces:
        _define(bench.workspace(pk))
    with Workers(PROCESSES) as workers:
        bench.refresh(workers)
        before = _shown(bench)
        for pk in bench.workspaces:
            _change(bench.workspace(pk))
        bench.say("Calculating a changed formula in all workspaces…")
        done = bench.refresh(workers)
    changed = sum(now != then for now, then in zip(_shown(bench), before, strict=True))
    count = len(bench.workspaces)
    return [
        Figure.against("formula", done.seconds, "s", limit=full.seconds, goal=GOAL),
        *Figure.of_processors("formula.cpu", done.cpu_seconds, limit=full.cpu_seconds),
        Figure("formula.fact_reads", done.fact_scans, "scans of facts", goal=0),
        Figure("formula.changed", changed, "workspaces", goal=count, at_least=True),
        Figure("formula.rows", done.rows, "rows written"),
    ]


def _wanted(formula: str) -> OwnDefinition:
    return OwnDefinition(
        name_en="Own rate", name_fr="Taux maison", formula=formula, unit="percent", direction="up"
    )


def _define(workspace: Workspace) -> None:
    """The metric of the workspace's own, unless an earlier run has made it."""
    with workspace_scope(workspace.pk):
        if not Metric.objects.filter(workspace=workspace, key=KEY).exists():
            wanted = _wanted(FORMULAS[0])
            define(workspace, key=KEY, wanted=wanted, user=None, now=timezone.now())


def _change(workspace: Workspace) -> None:
    """The other formula from now on."""
    with workspace_scope(workspace.pk):
        metric = Metric.objects.get(workspace=workspace, key=KEY)
        other = FORMULAS[metric.own_formula == FORMULAS[0]]
        change_definition(
            metric, wanted=_wanted(other), user=None, now=timezone.now(), reason="Measured"
        )


def _shown(bench: Bench) -> list[Decimal | None]:
    """The number of a month ago in each workspace, as pages read it."""
    found = []
    day = bench.today - A_MONTH
    for pk in bench.workspaces:
        workspace = bench.workspace(pk)
        with workspace_scope(pk):
            values = series.values(workspace, KEY, Grain.MONTH, day, day, today=bench.today)
            found.append(values[0].value)
    return found
