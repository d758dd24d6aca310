"""What we want of the numbers: objectives, their daily results, and the alerts they raise."""

from objectives.models.alert import (
    AcceptedDeviation,
    Alert,
    AlertAct,
    AlertNotice,
    AlertSeen,
)
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
from objectives.models.rule import AlertRule

__all__ = [
    "AcceptedDeviation",
    "Alert",
    "AlertAct",
    "AlertNotice",
    "AlertRule",
    "AlertSeen",
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
