"""What we want of the numbers: objectives, their daily results, and the alerts they raise."""

from objectives.models.alert import Alert
from objectives.models.life import CheckIn, Comment, Review
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
    "CheckIn",
    "Comment",
    "DailyResult",
    "Kind",
    "Objective",
    "ObjectiveMilestone",
    "ObjectiveVersion",
    "Over",
    "Pace",
    "Review",
    "State",
    "Status",
    "StatusChange",
]
