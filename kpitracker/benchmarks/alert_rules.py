"""A night's alerts with fifty rules about metrics in each workspace: ten thousand in two hundred.

Levels, changes and ranges over channels and days or weeks, as people would write them. One
process; the first night opens what holds, the second finds nothing new.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice, product
from time import perf_counter

from django.db import connection

from accounts.models import Workspace
from accounts.scope import workspace_scope
from kpitracker.benchmarks.judging_tasks import Counted
from metrics.benchmarks.bench import Bench, analyse
from metrics.benchmarks.figures import Figure
from metrics.models import Dimension, DimensionValue, Metric
from objectives.alerts import evaluate_alerts
from objectives.models import AlertRule

RULES_EACH = 50
METRICS = ("sessions", "leads", "mqls", "ad_clicks", "ad_impressions", "cpl", "visit_to_lead_rate")
CHANNELS = ("", "organic", "paid_search", "email", "social")
KINDS = ("level", "change", "expected_range", "change", "level")
GRAINS = ("day", "week")
GOAL_SECONDS = 180


def measure(bench: Bench) -> list[Figure]:
    """Seconds of the night's alerts, the statements they took, and the night after."""
    bench.full()
    bench.say(f"Writing {RULES_EACH} rules for each of {len(bench.workspaces)} workspaces…")
    workspaces = [bench.workspace(pk) for pk in bench.workspaces]
    for workspace in workspaces:
        with workspace_scope(workspace.pk):
            AlertRule.objects.bulk_create(list(islice(rules_for(workspace), RULES_EACH)))
    analyse()
    bench.say("Evaluating…")
    first, statements, opened = _night(workspaces, bench.today)
    again, _statements, _opened = _night(workspaces, bench.today + timedelta(days=1))
    rules = RULES_EACH * len(workspaces)
    return [
        Figure("alert_rules.rules", rules, "rules"),
        Figure("alert_rules.night", first, f"s, {opened} alerts opened", goal=GOAL_SECONDS),
        Figure("alert_rules.night_after", again, "s"),
        Figure("alert_rules.statements", statements / rules, "a rule"),
    ]


def _night(workspaces: list[Workspace], day: date) -> tuple[float, int, int]:
    now = datetime(day.year, day.month, day.day, 2, 30, tzinfo=UTC)
    began, statements, opened = perf_counter(), 0, 0
    for workspace in workspaces:
        with workspace_scope(workspace.pk), connection.execute_wrapper(counted := Counted()):
            done = evaluate_alerts(workspace, day=day, now=now, mail=False)
            statements += counted.statements
            opened += done.opened
    return perf_counter() - began, statements, opened


def rules_for(workspace: Workspace) -> Iterator[AlertRule]:
    """As many different ones as there are, again and again."""
    metrics = {one.key: one for one in Metric.objects.filter(workspace=workspace)}
    channels = {
        one.key: one
        for one in DimensionValue.objects.filter(workspace=workspace, dimension=Dimension.CHANNEL)
    }
    plans = cycle(product(METRICS, CHANNELS, KINDS, GRAINS))
    for number, (key, channel, kind, grain) in enumerate(plans):
        limit = {"level": Decimal(number % 50), "change": Decimal("0.5")}.get(kind)
        yield AlertRule(
            workspace=workspace,
            kind=kind,
            metric=metrics[key],
            segment=channels[channel] if channel else None,
            grain=grain,
            threshold=limit,
        )
