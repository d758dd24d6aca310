"""How an objective's work is spread over its days: weights, elapsed share, expected values.

E(d), the share of an objective's weight that lies behind day d, counts day d itself: everything is
judged at the data date, whose own figures are complete. Standard library only; no clock.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from statistics import median
from typing import Self

WEEK = timedelta(days=7)
PROFILE_WEEKS = 8
# A weekday's mean is trusted from this many of the eight weeks on.
PROFILE_LEAST = 4
LAST_YEAR_LEAST = Decimal("0.80")
OUTLIER = 5
ZERO = Decimal(0)
# A third of 1,200 is 400, not 399.99…: results drop the last digits of decimal's 28.
_RESULT = Context(prec=20)
_STORED = Context(prec=9)


class Mode(StrEnum):
    """What the owner asked for: `AUTO` takes the first kind that the history can carry."""

    AUTO = "auto"
    EVEN = "even"
    WEEKDAY = "weekday"
    LAST_YEAR = "last_year"


@dataclass(frozen=True)
class Weights:
    """One weight a day, first day first; none is negative and their total is above zero.

    `kind` names what was used ("last_year", "weekday" or "even"), which may be less than was asked
    for. The weights are frozen with the objective when it starts: `kind` and `texts` are stored,
    `Weights.stored(kind, texts)` reads them back exactly.
    """

    kind: str
    values: tuple[Decimal, ...]

    @cached_property
    def behind(self) -> tuple[Decimal, ...]:
        """By day, the weight of the days up to and including it."""
        return tuple(accumulate(self.values))

    @property
    def total(self) -> Decimal:
        """The sum of all weights, the denominator of every share."""
        return self.behind[-1]

    def texts(self) -> list[str]:
        """The values as decimal strings, for a JSON column."""
        return [str(value) for value in self.values]

    @classmethod
    def stored(cls, kind: str, texts: Sequence[str]) -> Self:
        """The weights whose `texts` were stored."""
        return cls(kind, tuple(Decimal(text) for text in texts))


@dataclass(frozen=True)
class Milestone:
    """A value that the owner wants reached by the end of a day."""

    day: date
    value: Decimal


def rounded(value: Decimal) -> Decimal:
    """The value to 20 significant digits, without trailing zeros or an exponent."""
    short = _RESULT.plus(value).normalize(_RESULT)
    return short.quantize(Decimal(1)) if _is_tens(short) else short


def _is_tens(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent > 0 and value.adjusted() < 28


def days_of(start: date, end: date) -> Iterator[date]:
    """Every day from start to end, both included."""
    for number in range((end - start).days + 1):
        yield start + timedelta(days=number)


def weights(
    start: date,
    end: date,
    history: Mapping[date, Decimal],
    *,
    mode: Mode | str = Mode.AUTO,
    working_days: Collection[int] = range(7),
    holidays: Collection[date] = (),
) -> Weights:
    """The weights of the days from start to end, by the fullest kind the history can carry.

    `history` holds the known daily amounts of a summed metric; days it lacks are unknown, days from
    the start on are not looked at for the weekday profile. Levels are not flows: for a stock or a
    rate give an empty history, which makes the line straight.

    `AUTO` and `LAST_YEAR` try last year, then the weekday profile, then even; `WEEKDAY` skips last
    year. Days not among the `working_days` (Monday is 0) and holidays weigh nothing; a span
    of such days alone keeps all its days. Raises ValueError where the end is before the start.
    """
    if end < start:
        raise ValueError("An objective ends on or after its first day.")
    days = tuple(days_of(start, end))
    open_days = _open_days(days, working_days, holidays)
    mode = Mode(mode)
    if mode in (Mode.AUTO, Mode.LAST_YEAR):
        found = _masked(_last_year(days, history), open_days)
        if found:
            return Weights("last_year", found)
    if mode is not Mode.EVEN:
        found = _masked(_weekday_profile(days, history), open_days)
        if found:
            return Weights("weekday", found)
    return Weights("even", tuple(Decimal(is_open) for is_open in open_days))


def _open_days(
    days: Sequence[date], working_days: Collection[int], holidays: Collection[date]
) -> tuple[bool, ...]:
    open_days = tuple(day.weekday() in working_days and day not in holidays for day in days)
    return open_days if any(open_days) else (True,) * len(days)


def _masked(
    values: Sequence[Decimal] | None, open_days: Sequence[bool]
) -> tuple[Decimal, ...] | None:
    """The values of open days, zero elsewhere; None where nothing is left to weigh."""
    if values is None:
        return None
    kept = tuple(
        _STORED.plus(value) if is_open else ZERO
        for value, is_open in zip(values, open_days, strict=True)
    )
    return kept if any(kept) else None


def year_earlier(day: date) -> date | None:
    """The same ISO week and weekday one ISO year earlier; None where that year has no week 53."""
    year, week, weekday = day.isocalendar()
    try:
        return date.fromisocalendar(year - 1, week, weekday)
    except ValueError:
        return None


def _last_year(days: Sequence[date], history: Mapping[date, Decimal]) -> tuple[Decimal, ...] | None:
    """Mean of the same weekday over three weeks around last year's day, capped at 5 × the median.

    None where fewer than 80 % of last year's days are known. A day of a week 53 without a partner
    counts as unknown and leans on the week 52 weeks earlier; a day with no known neighbour takes
    the median. Amounts below zero (refunds) weigh nothing.
    """
    partners = [year_earlier(day) for day in days]
    known = sum(partner in history for partner in partners)
    if known < LAST_YEAR_LEAST * len(days):
        return None
    means = [
        _three_weeks(partner or day - 52 * WEEK, history)
        for day, partner in zip(days, partners, strict=True)
    ]
    middle = _typical([mean for mean in means if mean is not None])
    return tuple(middle if mean is None else min(mean, OUTLIER * middle) for mean in means)


def _three_weeks(day: date, history: Mapping[date, Decimal]) -> Decimal | None:
    near = [history[other] for other in (day - WEEK, day, day + WEEK) if other in history]
    return _mean(near) if near else None


def _mean(values: Sequence[Decimal]) -> Decimal:
    return max(sum(values, ZERO) / len(values), ZERO)


def _typical(values: Sequence[Decimal]) -> Decimal:
    """The median; where most days are empty, the median of the days that are not."""
    middle = median(values)
    return middle or median([value for value in values if value] or [ZERO])


def _weekday_profile(
    days: Sequence[date], history: Mapping[date, Decimal]
) -> tuple[Decimal, ...] | None:
    """Mean amount by weekday over the eight weeks up to the last day known before the start.

    None unless each weekday of the week is known in at least four of the eight weeks.
    """
    before = [day for day in history if day < days[0]]
    if not before:
        return None
    last = max(before)
    recent = [day for day in before if day > last - PROFILE_WEEKS * WEEK]
    by_weekday: list[list[Decimal]] = [[] for _ in range(7)]
    for day in recent:
        by_weekday[day.weekday()].append(history[day])
    if min(len(amounts) for amounts in by_weekday) < PROFILE_LEAST:
        return None
    means = [_mean(amounts) for amounts in by_weekday]
    return tuple(means[day.weekday()] for day in days)


def elapsed_share(weights: Weights, start: date, day: date) -> Decimal:
    """E(d): the share of the weight on the days up to and including `day`.

    Zero before the start, exactly one from the last day on.
    """
    number = (day - start).days
    if number < 0:
        return ZERO
    if number >= len(weights.values) - 1:
        return Decimal(1)
    return weights.behind[number] / weights.total


def expected_value(opening: Decimal, target: Decimal, share: Decimal) -> Decimal:
    """x = b + (T − b) × E. `opening` is the baseline of a stock or a rate and zero for a sum."""
    return rounded(opening + (target - opening) * share)


def bent_share(
    weights: Weights,
    start: date,
    day: date,
    *,
    opening: Decimal,
    target: Decimal,
    milestones: Sequence[Milestone] = (),
) -> Decimal:
    """E(d) bent so that `expected_value` passes through every milestone on its day.

    Between two milestones the way is shared out by the weights; where they weigh nothing there,
    evenly by days. May leave 0…1 where a milestone lies outside opening…target. Milestones outside
    the span are left out, and so are all where opening and target are equal: no share bends that.
    """
    share = elapsed_share(weights, start, day)
    inside = _inside(milestones, start, len(weights.values))
    if not inside or opening == target or day < start:
        return share
    end = start + timedelta(days=len(weights.values) - 1)
    anchors = [Milestone(start - timedelta(days=1), opening), *inside, Milestone(end, target)]
    after = next((n for n, anchor in enumerate(anchors) if anchor.day >= day), None)
    if after is None:
        return share
    here = _between(weights, start, day, anchors[after - 1], anchors[after])
    return (here - opening) / (target - opening)


def _inside(milestones: Sequence[Milestone], start: date, length: int) -> list[Milestone]:
    """The milestones before the last day, by day; of two on one day the later given counts."""
    last = start + timedelta(days=length - 1)
    by_day = {mark.day: mark for mark in milestones if start <= mark.day < last}
    return [by_day[day] for day in sorted(by_day)]


def _between(
    weights: Weights, start: date, day: date, left: Milestone, right: Milestone
) -> Decimal:
    from_share = elapsed_share(weights, start, left.day)
    width = elapsed_share(weights, start, right.day) - from_share
    if width:
        part = (elapsed_share(weights, start, day) - from_share) / width
    else:
        part = Decimal((day - left.day).days) / (right.day - left.day).days
    return left.value + (right.value - left.value) * part


def pace_line(
    weights: Weights,
    start: date,
    *,
    opening: Decimal,
    target: Decimal,
    milestones: Sequence[Milestone] = (),
) -> list[tuple[date, Decimal]]:
    """The plan to draw: every day of the span with the value expected by its end."""
    end = start + timedelta(days=len(weights.values) - 1)
    line = []
    for day in days_of(start, end):
        share = bent_share(
            weights, start, day, opening=opening, target=target, milestones=milestones
        )
        line.append((day, expected_value(opening, target, share)))
    return line
