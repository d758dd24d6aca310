"""The demo's objectives: one in every status, with targets set from the story's own figures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import User, Workspace
from metrics import series
from metrics.models import Dimension, DimensionValue, Metric
from objectives.models import Objective, State
from objectives.objectives import (
    NotReadyError,
    Wanted,
    create_objective,
    move_objective,
    start_objective,
)

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Plan:
    """An objective of the demo. Days are counted from the last day with figures (0).

    ``ratio`` is what the pace should come to: the target is chosen so. ``target`` fixes it.
    ``growth`` says how many times as much as on its first day a stock should be.
    """

    english: str
    french: str
    metric: str
    first: int
    last: int
    ratio: str = ""
    target: str = ""
    kind: str = "reach"
    over: str = "span"
    baseline: str = ""
    growth: str = ""
    channel: str = ""
    state: str = State.ACTIVE
    step: int = 10


PLANS = (
    Plan("Generate {target} leads", "Générer {target} leads", "leads", -75, 45, "1.03"),
    Plan("Generate {target} MQLs", "Générer {target} MQL", "mqls", -80, 30, "0.70"),
    Plan(
        "{target} organic sessions",
        "{target} visites organiques",
        "organic_sessions",
        -60,
        60,
        "0.98",
        step=1000,
    ),
    Plan(
        "Win {target} customers",
        "Gagner {target} clients",
        "new_customers",
        -70,
        20,
        "0.83",
        step=1,
    ),
    Plan(
        "E-mail click rate of 2.5% or better",
        "Taux de clics e-mail d’au moins 2,5 %",
        "email_click_rate",
        -84,
        28,
        target="0.025",
    ),
    Plan(
        "Spend at most {target} € on media",
        "Dépenser au plus {target} € en achat média",
        "cost_media",
        -80,
        20,
        "1.02",
        kind="ceiling",
        step=500,
    ),
    Plan(
        "Reach {target} LinkedIn followers",
        "Atteindre {target} abonnés LinkedIn",
        "followers",
        -70,
        60,
        growth="1.2",
        step=100,
    ),
    Plan(
        "{target} search clicks",
        "{target} clics depuis la recherche",
        "search_clicks",
        -60,
        0,
        "1.4",
        step=500,
    ),
    Plan(
        "Product launch: {target} leads",
        "Lancement : {target} leads",
        "leads",
        -205,
        -140,
        "1.3",
        step=10,
    ),
    Plan(
        "Summer: {target} sessions",
        "Été : {target} visites",
        "sessions",
        -200,
        -110,
        "0.86",
        step=1000,
    ),
    Plan(
        "Bring the cost per lead down",
        "Faire baisser le coût par lead",
        "cpl",
        -2,
        90,
        target="19",
        kind="reduce",
        over="last28",
        baseline="24",
    ),
    Plan(
        "{target} leads next quarter",
        "{target} leads au prochain trimestre",
        "leads",
        20,
        110,
        target="1800",
    ),
    Plan(
        "Grow paid social leads",
        "Développer les leads du social payant",
        "leads",
        -50,
        60,
        target="120",
        channel="paid_social",
        state=State.PAUSED,
    ),
    Plan(
        "Webinar: 300 registrations",
        "Webinaire : 300 inscriptions",
        "conversions",
        -40,
        40,
        target="300",
        state=State.CANCELLED,
    ),
    Plan(
        "Better landing pages",
        "De meilleures landing pages",
        "landing_conversion_rate",
        1,
        90,
        target="0.04",
        state=State.DRAFT,
    ),
)


def write_objectives(
    workspace: Workspace, *, until: date, owner: User, now: datetime
) -> list[Objective]:
    """Creates and starts them all. Needs snapshots; runs in the workspace's scope."""
    return [_write(workspace, plan, until=until, owner=owner, now=now) for plan in PLANS]


def _write(
    workspace: Workspace, plan: Plan, *, until: date, owner: User, now: datetime
) -> Objective:
    metric = Metric.objects.get(workspace=workspace, key=plan.metric)
    channel = _channel(workspace, plan.channel) if plan.channel else None
    start, end = until + timedelta(days=plan.first), until + timedelta(days=plan.last)
    baseline = Decimal(plan.baseline) if plan.baseline else None
    if plan.growth:
        baseline = _known(workspace, plan, start, start)
        target = _stepped(baseline * Decimal(plan.growth), plan)
    elif plan.target:
        target = Decimal(plan.target)
    else:
        target = _target(workspace, plan, start, end, until)
    french = workspace.language == "fr"
    wording = plan.french if french else plan.english
    objective = create_objective(
        workspace,
        user=owner,
        wanted=Wanted(
            statement=wording.format(target=_written(target, french)),
            metric=metric,
            kind=plan.kind,
            over=plan.over,
            baseline=baseline,
            target=target,
            start=start,
            end=end,
            channel=channel,
            owner=owner,
            goal="Croître de 20 % par an" if french else "Grow by 20% a year",
        ),
    )
    if plan.state != State.DRAFT:
        _start(objective, plan, owner=owner, now=now)
    return objective


def _start(objective: Objective, plan: Plan, *, owner: User, now: datetime) -> None:
    start_day = objective.start or now.date()
    try:
        start_objective(objective, user=owner, today=min(start_day, now.date()), now=now)
    except NotReadyError as refused:
        raise ValueError(f"{objective}: {refused.report.to_json()}") from refused
    moves: dict[str, Callable[[], bool]] = {
        State.PAUSED: lambda: move_objective(objective, move="pause"),
        State.CANCELLED: lambda: move_objective(objective, move="cancel"),
    }
    if plan.state in moves:
        moves[plan.state]()


def _channel(workspace: Workspace, key: str) -> DimensionValue:
    return DimensionValue.objects.get(workspace=workspace, dimension=Dimension.CHANNEL, key=key)


def _target(workspace: Workspace, plan: Plan, start: date, end: date, until: date) -> Decimal:
    """v / (E × ratio) with an even plan, rounded to a step: a target that gives the ratio."""
    known = min(end, until)
    found = _known(workspace, plan, start, known)
    share = Decimal((known - start).days + 1) / ((end - start).days + 1)
    return _stepped(found / (share * Decimal(plan.ratio)), plan)


def _known(workspace: Workspace, plan: Plan, start: date, end: date) -> Decimal:
    """What the story's figures say of these days; a step where they say nothing."""
    found = series.span_value(workspace, plan.metric, series.EVERYTHING, start, end).value
    return found or Decimal(plan.step)


def _stepped(wished: Decimal, plan: Plan) -> Decimal:
    return max(Decimal(1), (wished / plan.step).quantize(Decimal(1))) * plan.step


def _written(target: Decimal, french: bool) -> str:
    text = f"{target:,.0f}"
    return text.replace(",", "\u202f") if french else text
