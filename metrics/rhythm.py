"""How often a feed delivers and how late: what is expected of it, and what its deliveries say.

Pure: days in, days out. A delivery is the day on which figures came and the last day that they
reached. Holidays, a week that was skipped and files of the past must not decide, so one delivery
in ten may be later than what is learned.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median
from types import MappingProxyType

from metrics.periods import ONE_DAY, Calendar, Grain

WEEK_DAYS = 7
SATURDAY = 5


class Rhythm(StrEnum):
    """How often new figures are expected; the values of `Feed.Rhythm`."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    NONE = "none"


RHYTHM_DAYS: Mapping[str, int] = MappingProxyType(
    {Rhythm.DAY: 1, Rhythm.WEEK: WEEK_DAYS, Rhythm.MONTH: 31}
)
LEAST: Mapping[str, int] = MappingProxyType(
    {Rhythm.DAY: 8, Rhythm.WEEK: 5, Rhythm.MONTH: 4, Rhythm.NONE: 8}
)
"""So many deliveries must have come before they say anything."""
LEAST_OF_ALL = min(LEAST.values())
FITTING: Mapping[str, range] = MappingProxyType(
    {Rhythm.DAY: range(5), Rhythm.WEEK: range(4, 11), Rhythm.MONTH: range(24, 39)}
)
"""The days between two deliveries that a rhythm explains."""
MOST_MUST_FIT = 0.7
WEEKENDS_TOLD_BY = 10
"""So many deliveries, none of them on a weekend, say that none comes there."""
LATEST = 40
"""Older deliveries than these no longer count: feeds change."""
LONGEST_DELAY = 90


@dataclass(frozen=True, slots=True)
class Delivery:
    """The day on which figures came, and the last day that they reached."""

    received: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Learned:
    """What the deliveries say: `kept` of the `seen` ones came in time by it."""

    rhythm: Rhythm
    delay_days: int
    skips_weekends: bool
    kept: int
    seen: int

    @property
    def is_sure(self) -> bool:
        """Whether there is twice the least history, and nearly all of it agrees."""
        return self.seen >= 2 * LEAST[self.rhythm] - 1 and self.kept * 10 >= self.seen * 9


def due_after(
    last_day: date, *, rhythm: str, delay_days: int, skips_weekends: bool = False
) -> date | None:
    """The day on which the figures after `last_day` should be there; None without a rhythm."""
    if rhythm == Rhythm.NONE:
        return None
    due = _expected(last_day, rhythm) + timedelta(days=delay_days)
    return _working_day(due) if skips_weekends else due


def learn(deliveries: Iterable[Delivery]) -> Learned | None:
    """What is to be expected after these deliveries; None while they are too few to say."""
    steps = advances(deliveries)
    if len(steps) < LEAST_OF_ALL:
        return None
    rhythm = _rhythm_of(steps)
    if len(steps) < LEAST[rhythm]:
        return None
    pairs = list(pairwise(steps))
    if rhythm is Rhythm.NONE:
        return Learned(rhythm, 0, skips_weekends=False, kept=len(pairs), seen=len(pairs))
    skips = rhythm is Rhythm.DAY and _skip_weekends(steps)
    lags = sorted(_lag(before, after, rhythm, skips) for before, after in pairs)
    delay = min(lags[-1 - _exceptions(lags)], LONGEST_DELAY)
    kept = sum(lag <= delay for lag in lags)
    return Learned(rhythm, delay, skips, kept=kept, seen=len(lags))


def advances(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """The deliveries that brought later days than all before, one a day, the latest of them."""
    reached: dict[date, date] = {}
    for one in deliveries:
        last = min(one.last_day, one.received)
        reached[one.received] = max(last, reached.get(one.received, last))
    found: list[Delivery] = []
    for received, last in sorted(reached.items()):
        if not found or last > found[-1].last_day:
            found.append(Delivery(received, last))
    return found[-LATEST:]


def guess_rhythm(spans: Iterable[tuple[date, date]]) -> Rhythm:
    """How often a source seems to bring figures, from the days and spans of one of its files."""
    distinct = sorted(set(spans))
    if not distinct:
        return Rhythm.NONE
    longest = max((end - start).days + 1 for start, end in distinct)
    if longest >= 28:
        return Rhythm.MONTH
    if longest == WEEK_DAYS:
        return Rhythm.WEEK
    starts = sorted({start for start, _end in distinct})
    if longest > 1 or len(starts) < 3:
        return Rhythm.NONE
    return rhythm_of_gap(median((later - earlier).days for earlier, later in pairwise(starts)))


def rhythm_of_gap(days: float) -> Rhythm:
    """The rhythm in which figures come every so many days."""
    if days <= 3:
        return Rhythm.DAY
    if 6 <= days <= 8:
        return Rhythm.WEEK
    return Rhythm.MONTH if 27 <= days <= 32 else Rhythm.NONE


def _rhythm_of(steps: Sequence[Delivery]) -> Rhythm:
    """What both say, the days between deliveries and the days that each adds."""
    came = [(after.received - before.received).days for before, after in pairwise(steps)]
    added = [(after.last_day - before.last_day).days for before, after in pairwise(steps)]
    rhythm = rhythm_of_gap(median(came))
    if rhythm is Rhythm.NONE or rhythm_of_gap(median(added)) is not rhythm:
        return Rhythm.NONE
    return rhythm if _fits(came, rhythm) and _fits(added, rhythm) else Rhythm.NONE


def _fits(gaps: Collection[int], rhythm: Rhythm) -> bool:
    return sum(gap in FITTING[rhythm] for gap in gaps) >= MOST_MUST_FIT * len(gaps)


def _skip_weekends(steps: Sequence[Delivery]) -> bool:
    on_weekends = any(one.received.weekday() >= SATURDAY for one in steps)
    return len(steps) >= WEEKENDS_TOLD_BY and not on_weekends


def _exceptions(lags: Collection[int]) -> int:
    """How many deliveries may be later than the delay: one in ten, and always one."""
    return max(len(lags) // 10, 1)


def _lag(before: Delivery, after: Delivery, rhythm: Rhythm, skips: bool) -> int:
    """The least delay by which a delivery came in time."""
    expected = _expected(before.last_day, rhythm)
    lag = max((after.received - expected).days, 0)
    if skips:
        while lag and _working_day(expected + timedelta(days=lag - 1)) >= after.received:
            lag -= 1
    return lag


def _expected(last_day: date, rhythm: str) -> date:
    """The last day of the figures that follow."""
    if rhythm == Rhythm.MONTH:
        return Calendar().period_of(last_day + ONE_DAY, Grain.MONTH).end
    return last_day + timedelta(days=RHYTHM_DAYS[rhythm])


def _working_day(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(WEEK_DAYS - day.weekday(), 0)) if _is_weekend(day) else day


def _is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY
