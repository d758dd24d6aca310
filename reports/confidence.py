"""How confident people are of what is running: the net score, and who has checked in this week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import Workspace
from metrics.periods import Grain
from metrics.rules import calendar_of
from objectives.life import latest_check_ins, net_confidence
from objectives.models import State
from objectives.rows import Row

ENDED = ("achieved", "missed", "not_started")
"""Nobody needs to say how they see what is over or still to come."""


@dataclass(frozen=True)
class TeamConfidence:
    """The net score of the latest check-ins, a week ago too, and how many are of this week."""

    score: int | None
    last_week: int | None
    done: int
    asked: int


def team_confidence(workspace: Workspace, rows: Iterable[Row], *, today: date) -> TeamConfidence:
    """Of the objectives at work among ``rows``, each by its latest check-in."""
    ids = {
        row.objective.pk
        for row in rows
        if row.objective.state == State.ACTIVE and row.status not in ENDED
    }
    monday = calendar_of(workspace).period_of(today, Grain.WEEK).start
    now = [one for pk, one in latest_check_ins(workspace, day=today).items() if pk in ids]
    before = latest_check_ins(workspace, day=monday - timedelta(days=1))
    return TeamConfidence(
        score=net_confidence(now),
        last_week=net_confidence(one for pk, one in before.items() if pk in ids),
        done=sum(one.day >= monday for one in now),
        asked=len(ids),
    )
