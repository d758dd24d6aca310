"""The month of what is owed: which numbers are due on which day, whoever types them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import Workspace
from metrics.periods import ONE_DAY, Calendar, Grain, Period, local_today
from metrics.rules import calendar_of
from reports.models import Duty
from reports.owed import OwedNumber, due_day, numbers_of

FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)
MOST_A_DAY = 40


@dataclass(frozen=True, slots=True)
class DayOfCalendar:
    """A day with what is due on it; days of the months around fill the first and last week."""

    day: date
    is_inside: bool
    is_today: bool
    numbers: list[OwedNumber]


@dataclass(frozen=True, slots=True)
class MonthOfCalendar:
    """A month by weeks, each as the workspace begins them."""

    month: Period
    previous: Period
    following: Period
    weeks: list[list[DayOfCalendar]]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is due in the month."""
        return not any(day.numbers for week in self.weeks for day in week if day.is_inside)


def month_of(workspace: Workspace, *, day: date, today: date) -> MonthOfCalendar:
    """The month that holds `day`, with every number due in it: typed, owed, late or to come."""
    calendar = calendar_of(workspace)
    month = Calendar().period_of(min(max(day, FIRST), LAST), Grain.MONTH)
    first = calendar.period_of(month.start, Grain.WEEK).start
    last = calendar.period_of(month.end, Grain.WEEK).end
    duties = Duty.objects.filter(workspace=workspace).select_related(
        "workspace", "metric__workspace", "membership__user"
    )
    asked = [(duty, one) for duty in duties for one in _due_in(duty, month, calendar)]
    by_day: dict[date, list[OwedNumber]] = defaultdict(list)
    for one in numbers_of(workspace, asked, today=today):
        by_day[one.due].append(one)
    days = [
        DayOfCalendar(
            one,
            is_inside=month.start <= one <= month.end,
            is_today=one == today,
            numbers=by_day[one][:MOST_A_DAY],
        )
        for one in (first + timedelta(days=n) for n in range((last - first).days + 1))
    ]
    weeks = [days[n : n + 7] for n in range(0, len(days), 7)]
    return MonthOfCalendar(month, Calendar().previous(month), Calendar().following(month), weeks)


def _due_in(duty: Duty, month: Period, calendar: Calendar) -> Iterator[Period]:
    """The periods of a duty whose last day in time lies in a month, since the duty is there."""
    grain = Grain(duty.rhythm)
    since = local_today(duty.created_at, duty.workspace.time_zone)
    period = calendar.period_of(month.start - timedelta(days=duty.due_days) - ONE_DAY, grain)
    while due_day(duty, period) <= month.end:
        if due_day(duty, period) >= month.start and period.end >= since:
            yield period
        period = calendar.following(period)
