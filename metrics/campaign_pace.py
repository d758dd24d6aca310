"""How a campaign is getting on: its budget and its outcome against the days that are gone.

Pure: dates and daily numbers in, shares and projections out. What is to come is taken to go on as
the days so far went; nothing is said of the first days, and nothing once the spending stands still.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from metrics.periods import ONE_DAY

LEAST_DAYS = 3
"""A pace is not read off fewer days."""
PATIENCE_DAYS = 7
"""So many days without spending, and the pace of the budget is paused."""
PREPARATION = timedelta(days=31)
"""What was spent so long before the first day is a part of the budget too."""
TREND_DAYS, TREND_WEEKS = 28, 12
"""A trend of so many days is drawn day by day; a longer one by week, so many of them."""
ON_PACE = (Decimal("0.9"), Decimal("1.1"))
NEARLY = (Decimal("0.8"), Decimal("1.2"))


class Phase(StrEnum):
    """Where today stands in a campaign's days."""

    UNDATED = "undated"
    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"


class Verdict(StrEnum):
    """How the budget is spent against the days that are gone."""

    ON_PACE = "on_pace"
    SLOW = "slow"
    FAST = "fast"
    TOO_SLOW = "too_slow"
    TOO_FAST = "too_fast"


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign's days, and how much of something over all of them; None where unsaid."""

    start: date | None
    end: date | None
    amount: Decimal | None = None

    @property
    def days(self) -> int | None:
        """How many days the campaign has."""
        if self.start is None or self.end is None:
            return None
        return (self.end - self.start).days + 1


@dataclass(frozen=True, slots=True)
class Known:
    """Daily numbers, from the first to the last day for which numbers can be known at all."""

    daily: Mapping[date, Decimal]
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known of one planned amount, and where it leads.

    `total` is None where nothing is known. `share` and `projected_share` are of the planned
    amount, None where none is planned or it is zero. `since` is the first day that counts where
    the numbers begin after the campaign did. `paused_since` is the last day with a number.
    `earlier` is what lies before the days that count.
    """

    total: Decimal | None
    share: Decimal | None
    projected: Decimal | None
    projected_share: Decimal | None
    since: date | None = None
    paused_since: date | None = None
    earlier: Decimal = Decimal(0)


def phase_of(start: date | None, end: date | None, today: date) -> Phase:
    """Planned, running or over; a campaign without any day is none of them."""
    if start is None and end is None:
        return Phase.UNDATED
    if start is not None and today < start:
        return Phase.PLANNED
    if end is not None and today > end:
        return Phase.OVER
    return Phase.RUNNING


def time_gone(start: date | None, end: date | None, today: date) -> Decimal | None:
    """The share of a campaign's days that are over; None without both of its days."""
    days = Plan(start, end).days
    if start is None or days is None:
        return None
    gone = min(max((today - start).days, 0), days)
    return Decimal(gone) / days


def progress(
    plan: Plan, known: Known, *, today: date, pauses: bool = False, since: date | None = None
) -> Progress:
    """What the numbers come to, and where they lead at the pace of the days so far.

    `pauses`: no number for a week means that the pace cannot be read, as with spending. `since` is
    the first day that counts, where not all do.
    """
    yesterday, first = today - ONE_DAY, since or date.min
    told = {day: amount for day, amount in known.daily.items() if first <= day <= yesterday}
    earlier = sum((amount for day, amount in known.daily.items() if day < first), Decimal(0))
    if not told:
        return Progress(None, None, None, None, earlier=earlier)
    total = sum(told.values(), Decimal(0))
    running = phase_of(plan.start, plan.end, today) is Phase.RUNNING
    paused = _paused(told, yesterday) if pauses and running else None
    projected = None if paused else _projected(plan, known, told, total, today)
    return Progress(
        total=total,
        share=_share(total, plan.amount),
        projected=projected,
        projected_share=_share(projected, plan.amount),
        since=_since(plan, known),
        paused_since=paused,
        earlier=earlier,
    )


def verdict(spent: Decimal | None, time: Decimal | None) -> Verdict | None:
    """How the share of the budget compares with the share of the days; None without either."""
    if spent is None or not time:
        return None
    ratio = spent / time
    if ON_PACE[0] <= ratio <= ON_PACE[1]:
        return Verdict.ON_PACE
    if ratio < 1:
        return Verdict.SLOW if ratio >= NEARLY[0] else Verdict.TOO_SLOW
    return Verdict.FAST if ratio <= NEARLY[1] else Verdict.TOO_FAST


@dataclass(frozen=True, slots=True)
class Trend:
    """The latest sums of a campaign's days, oldest first, by day or by week; None where unknown."""

    values: tuple[Decimal | None, ...] = ()
    is_weekly: bool = False


def trend(plan: Plan, known: Known, *, today: date) -> Trend:
    """The last weeks of a campaign, day by day where it has few days; the weeks end with it."""
    yesterday = today - ONE_DAY
    first = max(one for one in (plan.start, known.first, date.min) if one)
    last = min(one for one in (plan.end, known.last, yesterday) if one)
    days = (last - first).days + 1
    if days < 2 or not known.daily:
        return Trend()
    weekly = days > TREND_DAYS
    length = 7 if weekly else 1
    count = min(TREND_WEEKS, days // 7) if weekly else days
    ends = [last - timedelta(length * back) for back in reversed(range(count))]
    spans = [(end - timedelta(length - 1), end) for end in ends]
    return Trend(tuple(added(known.daily, span) for span in spans), weekly)


def _share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return part / whole if part is not None and whole else None


def _since(plan: Plan, known: Known) -> date | None:
    """The first day of the numbers where the campaign began before them."""
    late = plan.start is not None and known.first is not None and known.first > plan.start
    return known.first if late else None


def _paused(told: Mapping[date, Decimal], yesterday: date) -> date | None:
    """The last day with a number, where that is longer ago than a week."""
    last = max((day for day, amount in told.items() if amount), default=None)
    return last if last is not None and (yesterday - last).days > PATIENCE_DAYS else None


def _projected(
    plan: Plan, known: Known, told: Mapping[date, Decimal], total: Decimal, today: date
) -> Decimal | None:
    """The total, and what the days that are left bring at the pace of the days so far."""
    if plan.start is None or plan.end is None:
        return None
    if phase_of(plan.start, plan.end, today) is not Phase.RUNNING:
        return None
    first = _since(plan, known) or plan.start
    through = min(plan.end, today - ONE_DAY, known.last or today)
    days = (through - first).days + 1
    if days < LEAST_DAYS:
        return None
    during = sum((amount for day, amount in told.items() if first <= day <= through), Decimal(0))
    ahead = sum((amount for day, amount in told.items() if day > through), Decimal(0))
    rest = during * (plan.end - through).days / days
    return total - ahead + rest


# --- Before, during and after --------------------------------------------------------------------

Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Around:
    """The days of a campaign that are over, as many before it, and as many after it.

    `after_whole`: all of the days after it are over too, so that they can be held against the
    days before.
    """

    before: Span
    during: Span
    after: Span | None
    after_whole: bool


def around(start: date | None, end: date | None, today: date) -> Around | None:
    """What is compared with what; None for a campaign of which no day is over."""
    if start is None or today <= start:
        return None
    yesterday = today - ONE_DAY
    last = min(end, yesterday) if end else yesterday
    days = (last - start).days + 1
    before = (start - timedelta(days), start - ONE_DAY)
    if end is None or yesterday <= end:
        return Around(before, (start, last), None, after_whole=False)
    after_end = end + timedelta(days)
    after = (end + ONE_DAY, min(after_end, yesterday))
    return Around(before, (start, last), after, after_whole=after_end <= yesterday)


def added(daily: Mapping[date, Decimal], span: Span | None) -> Decimal | None:
    """What the days of a span come to; None where nothing is known of any."""
    if span is None:
        return None
    known = [amount for day, amount in daily.items() if span[0] <= day <= span[1]]
    return sum(known, Decimal(0)) if known else None
