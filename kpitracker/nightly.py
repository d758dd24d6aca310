"""A workspace's night: the order in which the apps below do their part.

rhythms of feeds → snapshots → packed months → forecasts → objectives → alerts, each in a
transaction of its own that can be run again.
Digests follow on their own hour (kpitracker/due.py), the mails they make go out by the outbox.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from accounts.models import Workspace
from accounts.scope import workspace_scope
from metrics import forecasts, recurring_costs, refreshing
from metrics.fact_months import pack_months
from metrics.facts import forget_old_changes
from metrics.learning import learn_rhythms
from metrics.unmerging import forget_old_merges
from metrics.watching import tidy_folders
from objectives import alerts, evaluation
from objectives.outlook import wanted_forecasts

Step = Callable[[str], AbstractContextManager[None]]


@dataclass
class NightReport:
    """What a night did: counts by step, as JSON."""

    workspace: str
    day: date
    rhythms: dict[str, Any] = field(default_factory=dict)
    snapshots: dict[str, Any] = field(default_factory=dict)
    forecasts: dict[str, Any] = field(default_factory=dict)
    objectives: dict[str, Any] = field(default_factory=dict)
    alerts: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values only."""
        return {**asdict(self), "day": self.day.isoformat()}


def plain_steps(workspace: Workspace) -> Step:
    """Steps without a lease: for a night run by hand."""

    @contextmanager
    def step(name: str) -> Iterator[None]:
        with workspace_scope(workspace.pk):
            yield

    return step


def run_night(
    workspace: Workspace,
    *,
    day: date,
    now: datetime,
    step: Step | None = None,
    mail: bool | None = None,
) -> NightReport:
    """Computes ``day`` (the workspace's local date: figures up to the day before).

    Running it again changes nothing; a step that fails leaves the earlier ones in place. ``mail``
    is for the alerts: by default they are mailed unless ``day`` catches up with the past.
    """
    step = step or plain_steps(workspace)
    report = NightReport(workspace.slug, day)
    with step("rhythms"):
        report.rhythms = asdict(learn_rhythms(workspace, day=day))
        tidy_folders(workspace.pk, now=now)
    with step("snapshots"):
        recurring_costs.write_due(workspace, today=day)
        report.snapshots = asdict(refreshing.refresh(workspace, today=day, now=now))
        forget_old_changes(workspace, now=now)
        forget_old_merges(workspace, now=now)
    with step("packing"):
        pack_months(workspace, day=day)
    with step("forecasts"):
        wanted = wanted_forecasts(workspace, day=day)
        done = forecasts.refresh(workspace, wanted=wanted, today=day, now=now)
        report.forecasts = asdict(done)
    with step("objectives"):
        report.objectives = asdict(evaluation.evaluate(workspace, day=day, now=now))
    with step("alerts"):
        report.alerts = asdict(alerts.evaluate_alerts(workspace, day=day, now=now, mail=mail))
        alerts.close_night_failed(workspace, day=day)
    return report
