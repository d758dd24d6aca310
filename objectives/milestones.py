"""The milestones of an objective: the one writer of their table, and what makes sense of them.

A milestone is a value that the plan passes through at the end of a day; the line bends there
(`objectives.pace`). Whether it was reached says nothing of the status.
"""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from objectives.models import Objective, ObjectiveMilestone
from objectives.pace import Milestone

Milestones = tuple[tuple[date, Decimal], ...]
"""Days and values, as forms, commands and requests give them."""
MOST = 24
"""More than these are no milestones any more."""


def milestones_of(objective: Objective) -> Milestones:
    """The stored milestones, first day first."""
    return tuple((one.day, one.value) for one in objective.milestones.all())


def marks_of(objective: Objective) -> tuple[Milestone, ...]:
    """The same for the plan's arithmetic."""
    return tuple(Milestone(day, value) for day, value in milestones_of(objective))


def problem_with(milestones: Milestones, *, start: date | None, end: date | None) -> str:
    """What is wrong with them, in a sentence; empty where they make sense."""
    days = [day for day, _value in milestones]
    if len(days) > MOST:
        return _("Give at most %(most)s milestones.") % {"most": MOST}
    if len(set(days)) < len(days):
        return _("Two milestones share a day. Keep one of them.")
    if start and end and any(not start <= day < end for day in days):
        return _("A milestone lies within the span and before its last day, which has the target.")
    return ""


def keep_milestones(objective: Objective, milestones: Milestones) -> bool:
    """Makes these the objective's milestones; whether that changed anything."""
    if milestones_of(objective) == tuple(sorted(milestones)):
        return False
    objective.milestones.all().delete()
    ObjectiveMilestone.objects.bulk_create(
        ObjectiveMilestone(
            workspace_id=objective.workspace_id, objective=objective, day=day, value=value
        )
        for day, value in milestones
    )
    # What was read ahead is no longer so.
    getattr(objective, "_prefetched_objects_cache", {}).pop("milestones", None)
    return True
