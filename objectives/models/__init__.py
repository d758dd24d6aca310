"""What we want of the numbers: objectives, their daily results, and the alerts they raise."""

from objectives.models.alert import Alert
from objectives.models.objective import (
    Kind,
    Objective,
    ObjectiveMilestone,
    ObjectiveVersion,
    Over,
    Pace,
    State,
)
from objectives.models.result import DailyResult, Status, StatusChange

__all__ = [
    "Alert",
    "DailyResult",
    "Kind",
    "Objective",
    "ObjectiveMilestone",
    "ObjectiveVersion",
    "Over",
    "Pace",
    "State",
    "Status",
    "StatusChange",
]
