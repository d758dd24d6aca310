"""What is measured of one workspace's objectives: the same ones for the same arguments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from django.db import connection
from django.utils import timezone

from accounts.models import Membership, Workspace
from metrics import forecasts, snapshots
from metrics.benchmarks.tasks import Task, each
from metrics.benchmarks.worker import Order
from metrics.models import Dimension, DimensionValue, Metric
from objectives.alerts import evaluate_alerts
from objectives.evaluation import evaluate
from objectives.models import Objective, State
from objectives.objectives import Wanted, create_objective, freeze_plan
from objectives.outlook import wanted_forecasts

DAYS_BEHIND, DAYS_AHEAD = 60, 30
"""Of an objective's span: it is under way, and long past being too early to tell."""


@dataclass(frozen=True)
class Planned:
    """One objective of a measured workspace."""

    metric: str
    kind: str
    target: str
    baseline: str | None = None
    over: str = "span"
    channel: str | None = None


OBJECTIVES = (
    Planned("leads", "reach", "900"),
    Planned("leads", "reach", "200", channel="paid_search"),
    Planned("sessions", "reach", "90000"),
    Planned("mqls", "reach", "300"),
    Planned("cost_media", "ceiling", "20000"),
    Planned("followers", "reach", "9000", baseline="5000"),
    Planned("ctr", "reach", "0.02", baseline="0.01", over="last28"),
    Planned("cpl", "reduce", "50", baseline="80", over="last28"),
    Planned("visit_to_lead_rate", "above", "0.01"),
    Planned("email_click_rate", "reach", "0.03"),
)
"""What a client of an agency has: sums, a budget, a stock, rates over three spans."""


def _day(order: Order) -> date:
    return date.fromisoformat(order["today"])


def _now(order: Order) -> datetime:
    day = _day(order)
    return datetime(day.year, day.month, day.day, 2, 30, tzinfo=timezone.get_default_timezone())


def _plan(workspace: Workspace, order: Order) -> int:
    """Calculates the figures, then starts the objectives, whatever SMART says of them."""
    snapshots.recompute(workspace, today=_day(order), now=_now(order), full=True)
    metrics = {one.key: one for one in Metric.objects.filter(workspace=workspace)}
    channels = {
        one.key: one
        for one in DimensionValue.objects.filter(workspace=workspace, dimension=Dimension.CHANNEL)
    }
    owner = Membership.objects.select_related("user").get(workspace=workspace).user
    for planned in OBJECTIVES:
        wanted = Wanted(
            statement=f"Move {planned.metric} {planned.channel or ''}".strip(),
            metric=metrics[planned.metric],
            kind=planned.kind,
            over=planned.over,
            baseline=None if planned.baseline is None else Decimal(planned.baseline),
            target=Decimal(planned.target),
            start=_day(order) - timedelta(days=DAYS_BEHIND),
            end=_day(order) + timedelta(days=DAYS_AHEAD),
            channel=channels[planned.channel] if planned.channel else None,
            owner=owner,
        )
        objective = create_objective(workspace, user=owner, wanted=wanted)
        objective.state = State.ACTIVE
        freeze_plan(objective)
        objective.save()
    return len(OBJECTIVES)


def _foretell(workspace: Workspace, order: Order) -> int:
    wanted = wanted_forecasts(workspace, day=_day(order))
    return forecasts.refresh(workspace, wanted=wanted, today=_day(order), now=_now(order)).made


def _judge(workspace: Workspace, order: Order) -> int:
    """The objectives' part of a night; every earlier night of the span would find no less."""
    return evaluate(workspace, day=_day(order), now=_now(order)).written


def _alert(workspace: Workspace, order: Order) -> int:
    """The alerts' part of a night, mails included in the outbox."""
    done = evaluate_alerts(workspace, day=_day(order), now=_now(order), mail=True)
    return done.opened


def _queries(workspace: Workspace, order: Order) -> int:
    """How many statements the objectives' part sends; it changes nothing."""
    with connection.execute_wrapper(counted := Counted()):
        evaluate(workspace, day=_day(order), now=_now(order))
    return counted.statements // max(Objective.objects.judged(workspace).count(), 1)


class Counted:
    """Counts the statements that pass."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        """Lets the statement through."""
        self.statements += 1
        return execute(sql, params, many, context)


TASKS: Mapping[str, Task] = MappingProxyType(
    {
        "plan": each(_plan),
        "foretell": each(_foretell),
        "judge": each(_judge),
        "alert": each(_alert),
        "queries": each(_queries),
    }
)
