"""An objective on trial: what its letters, its past and its forecast say while it is written.

Nothing is stored. The forecast is the worker's: here it is only read, and while it is still to
come the past alone is judged.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from objectives.consistency import Found, contradictions
from objectives.delivery import FeedState, feed_state
from objectives.history import asked_of
from objectives.milestones import Milestones, milestones_of
from objectives.models import Objective, State
from objectives.outlook import assumed, outlook
from objectives.pace import Milestone
from objectives.readiness import smart_report
from objectives.smart import Letter, SmartReport

PATIENCE = timedelta(minutes=4)
"""A forecast that has not come by then does not come before the night."""


class Foretold(StrEnum):
    """How the forecast of an objective on trial stands."""

    READY = "ready"
    COMING = "coming"
    UNSAVED = "unsaved"
    LATE = "late"
    NO_FIGURES = "no_figures"
    OVER = "over"


@dataclass(frozen=True)
class Trial:
    """An objective as it would be, and what there is to say of it.

    ``whole`` has dates where ``objective`` has none yet: its past is compared over those days.
    """

    objective: Objective
    whole: Objective
    report: SmartReport
    feed: FeedState
    foretold: Foretold
    contradictions: list[Found]
    milestones: tuple[Milestone, ...] = ()

    @property
    def achievable(self) -> Letter:
        """The reality check."""
        return next(one for one in self.report.letters if one.letter == "A")

    @property
    def has_assumed_dates(self) -> bool:
        """Whether the past is compared over days that nobody chose."""
        return self.objective.start is None or self.objective.end is None


def try_out(
    objective: Objective,
    *,
    today: date,
    now: datetime,
    is_saved: bool,
    milestones: Milestones | None = None,
) -> Trial:
    """Judges an objective as it is, stored or not. ``is_saved``: it is what the worker knows.

    ``milestones`` are those that were typed; by default the stored ones.
    """
    if milestones is None:
        milestones = milestones_of(objective) if objective.pk else ()
    whole = assumed(objective, day=today)
    report = smart_report(objective, today=today)
    if objective.target is None:
        whole.target = None
    elif objective.start is None or objective.end is None:
        report = _with_past(report, smart_report(whole, today=today))
    feed = feed_state(whole, day=today)
    found = contradictions(objective.workspace, today=today, instead=whole)
    return Trial(
        objective=objective,
        whole=whole,
        report=report,
        feed=feed,
        foretold=_foretold(whole, feed, now, is_saved=is_saved),
        contradictions=found.of(whole),
        milestones=tuple(Milestone(day, value) for day, value in milestones),
    )


def _with_past(report: SmartReport, compared: SmartReport) -> SmartReport:
    """The letters, A of them as compared over assumed days."""
    past = next(one for one in compared.letters if one.letter == "A")
    return replace(
        report, letters=tuple(past if one.letter == "A" else one for one in report.letters)
    )


def _foretold(whole: Objective, feed: FeedState, now: datetime, *, is_saved: bool) -> Foretold:
    if feed.data_date is None:
        return Foretold.NO_FIGURES
    if whole.end is None or feed.data_date >= whole.end:
        return Foretold.OVER
    asked = asked_of(assumed(whole, day=feed.data_date))
    told = asked and outlook(whole, asked, data_date=feed.data_date, rhythm_days=feed.rhythm_days)
    if told:
        return Foretold.READY
    if not is_saved:
        return Foretold.UNSAVED
    is_fresh = whole.state == State.DRAFT and now - whole.updated_at < PATIENCE
    return Foretold.COMING if is_fresh else Foretold.LATE
