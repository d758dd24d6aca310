"""Drafts beside an objective: on the metric that it has to be read with, or that leads to it."""

from accounts.models import User
from metrics.models import Metric
from objectives.models import Kind, Objective
from objectives.objectives import Wanted, create_objective


def usual_kind(metric: Metric) -> str:
    """What one mostly asks of a metric: to rise, or to fall where less is better."""
    return str(Kind.REDUCE if str(metric.definition.direction) == "down" else Kind.REACH)


def add_companion(objective: Objective, *, user: User | None, metric: Metric) -> Objective:
    """A draft on ``metric`` over the same days and segment, for the same owner and reason.

    It goes by the metric's name until somebody gives it a target.
    """
    return create_objective(
        objective.workspace,
        user=user,
        wanted=Wanted(
            statement=metric.name,
            metric=metric,
            kind=usual_kind(metric),
            start=objective.start,
            end=objective.end,
            channel=objective.channel,
            device=objective.device,
            campaign=objective.campaign,
            owner=objective.owner,
            parent=objective.parent,
            goal=objective.goal,
        ),
    )
