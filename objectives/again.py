"""The same objective once more, for the span that follows."""

from calendar import monthrange
from datetime import date, timedelta

from django.db import transaction

from accounts.models import User
from metrics.periods import last_of_month
from objectives.milestones import milestones_of
from objectives.models import Objective
from objectives.objectives import Wanted, create_objective


@transaction.atomic
def duplicate_objective(objective: Objective, *, user: User) -> Objective:
    """A draft of the same shape over the next span. Its baseline is to be found anew."""
    start, end, shift = following(objective.start, objective.end)
    wanted = Wanted(
        statement=objective.statement,
        metric=objective.metric,
        kind=objective.kind,
        over=objective.over,
        target=objective.target,
        target_high=objective.target_high,
        stretch=objective.stretch,
        floor=objective.floor,
        required_share=objective.required_share,
        start=start,
        end=end,
        milestones=tuple((moved(day, shift), value) for day, value in milestones_of(objective)),
        channel=objective.channel,
        device=objective.device,
        campaign=objective.campaign,
        owner=objective.owner,
        parent=objective.parent,
        goal=objective.goal,
        pace=objective.pace,
        hold=objective.hold,
    )
    return create_objective(objective.workspace, user=user, wanted=wanted)


Shift = tuple[int, int]
"""Months, or days where it is no whole number of months."""


def following(start: date | None, end: date | None) -> tuple[date | None, date | None, Shift]:
    """The span of the same length after this one: whole months stay whole months."""
    if start is None or end is None:
        return start, end, (0, 0)
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    if start.day == 1 and end == last_of_month(end):
        shift = (months, 0)
        return moved(start, shift), last_of_month(moved(end.replace(day=1), shift)), shift
    days = (end - start).days + 1
    return start + timedelta(days), end + timedelta(days), (0, days)


def moved(day: date, shift: Shift) -> date:
    """The day so many months or days later; at most the last of its month."""
    months, days = shift
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)) + timedelta(days)
