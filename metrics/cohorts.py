"""Cohorts by month of lead: what became of the leads of a month, as far as that can be known.

Figures are counts, not people, so nobody is followed. What became of the leads of March is
estimated: the MQLs of the same span so many days later as the median lead takes to become one,
and so on to the customers. A cohort grows with its age: by the end of each later month it holds
what its shifted span had brought by then. It is *too young to read* for a stage while that span,
and after it the usual delay of the figures, has not gone by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Workspace
from metrics import series
from metrics.feeds import Deliveries
from metrics.periods import ONE_DAY, Grain, Period
from metrics.rules import calendar_of
from metrics.sales_cycle import STAGES, Maturity, added, cycle_of, divided, is_mature

LEADS = "leads"
OUTCOMES = STAGES[2:]
"""What a lead becomes, in order."""
COST = "marketing_cost"
MONTHS_SHOWN = 12
Daily = Mapping[date, Decimal]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a cohort at one stage.

    `start` to `end` are the days whose figures stand for it. `by_age` is the count by the end of
    the lead's month, of the month after it, and so on up to now; `count` its last, None where no
    day of the span is known. `share` is of the leads, `cost` the money spent per piece.
    """

    key: str
    start: date
    end: date
    count: Decimal | None
    share: Decimal | None
    cost: Decimal | None
    by_age: list[Decimal | None]
    maturity: Maturity


@dataclass(frozen=True, slots=True)
class Cohort:
    """The leads of a month: their number and cost, their age in months, what became of them."""

    month: Period
    leads: Decimal | None
    spent: Decimal | None
    cpl: Decimal | None
    age: int
    partial: bool
    outcomes: list[Outcome]


def stages_known(workspace: Workspace) -> list[str]:
    """The stages after the lead whose delay is known, up to the first that is not."""
    cycle = cycle_of(workspace)
    return [key for key in OUTCOMES if cycle.days(LEADS, key) is not None]


def cohorts(
    workspace: Workspace,
    *,
    today: date,
    months: int = MONTHS_SHOWN,
    segment: series.Segment = series.EVERYTHING,
) -> list[Cohort]:
    """The cohorts of the last months, the newest first, the running month included."""
    calendar, last = calendar_of(workspace), today - ONE_DAY
    shown = [calendar.period_of(last, Grain.MONTH)]
    while len(shown) < months:
        shown.append(calendar.previous(shown[-1]))
    keys = stages_known(workspace)
    daily = {
        key: series.daily(workspace, key, segment, shown[-1].start, last)
        for key in (LEADS, COST, *keys)
    }
    deliveries = Deliveries(workspace, today=today)
    return [_cohort(workspace, month, shown, keys, daily, deliveries) for month in shown]


def _cohort(
    workspace: Workspace,
    month: Period,
    shown: Sequence[Period],
    keys: Sequence[str],
    daily: Mapping[str, Daily],
    deliveries: Deliveries,
) -> Cohort:
    today = deliveries.today
    leads = added(daily[LEADS], month.start, month.end)
    spent = added(daily[COST], month.start, month.end)
    ends = [one.end for one in reversed(shown) if one.start >= month.start]
    return Cohort(
        month=month,
        leads=leads,
        spent=spent,
        cpl=divided(spent, leads)[0],
        age=len(ends) - 1,
        partial=month.end >= today,
        outcomes=[
            _outcome(workspace, key, month, leads, spent, ends, daily[key], deliveries)
            for key in keys
        ],
    )


def _outcome(
    workspace: Workspace,
    key: str,
    month: Period,
    leads: Decimal | None,
    spent: Decimal | None,
    ends: Sequence[date],
    daily: Daily,
    deliveries: Deliveries,
) -> Outcome:
    days = timedelta(cycle_of(workspace).known(LEADS, key))
    start, end, last = month.start + days, month.end + days, deliveries.today - ONE_DAY
    by_age = [added(daily, start, min(end, until, last)) for until in ends]
    count = by_age[-1]
    return Outcome(
        key=key,
        start=start,
        end=end,
        count=count,
        share=divided(count, leads)[0],
        cost=divided(spent, count)[0],
        by_age=by_age,
        maturity=is_mature(
            workspace, key, month.start, month.end, today=deliveries.today, deliveries=deliveries
        ),
    )
