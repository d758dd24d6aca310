"""Whether a rule about a metric's values holds at a period: the same for a night and a replay.

A `Line` is what is known of a metric's slice, period after period; a `Check` answers for one of
those periods by those up to it alone. Standard library only; no clock.

- A period that is not over, or with unknown days, is never judged: of those nobody can say.
- Relative rules (a change, a range) are silent on fewer events than their minimum.
- Days are compared with the same weekday a week before; a change from nothing is no change.
- What began outside its expected range is outside until it is back among nine values in ten.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from metrics.periods import Calendar, Grain, Period
from objectives.drift import drift
from objectives.expected import (
    DAYS,
    MONTHS,
    STILL_OUT,
    WEEKS,
    Judged,
    Noise,
    Point,
    Season,
    Series,
    judge_series,
)

SMOOTHED_OVER: Mapping[Grain, int] = {Grain.DAY: 7, Grain.WEEK: 4}
SMOOTHED_OTHERWISE = 3
LATEST = 5
"""So many values are shown beside what happened."""
SEASONS: Mapping[Grain, Season] = {
    Grain.DAY: DAYS, Grain.WEEK: WEEKS, Grain.MONTH: MONTHS,
    Grain.QUARTER: Season(1, 4, 1, begins=4, judged_from=8, settles=3, level=0.3),
}  # fmt: skip
EVERYTHING_QUIET: AbstractSet[date] = frozenset()
TOGETHER = 1.5
"""Two values in a row: between 1 (always both) and 2 (nothing to do with each other)."""
RARER = 10.0
"""Each step of a less sensitive rule asks for a value ten times less likely."""


class Asks(StrEnum):
    """What a rule asks of a metric's values."""

    LEVEL = "level"
    CHANGE = "change"
    EXPECTED = "expected_range"
    DRIFT = "drift"


class Side(StrEnum):
    """Which way is worth an alert."""

    BELOW = "below"
    ABOVE = "above"
    EITHER = "either"


class Against(StrEnum):
    """What a change is measured from."""

    PREVIOUS = "previous"
    YEAR = "year"
    SMOOTHED = "smoothed"


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule without its object."""

    asks: Asks
    side: Side
    threshold: float = 0.0
    against: Against = Against.PREVIOUS
    minimum_volume: int = 30


@dataclass(frozen=True, slots=True)
class Value:
    """A metric over one period. `whole`: over, and every day of it is known."""

    period: Period
    value: float | None
    events: float | None
    whole: bool


@dataclass(frozen=True)
class Line:
    """A metric's slice, oldest period first, without gaps.

    `in_points`: changes of a rate are differences. `has_calendar`: the holidays are known.
    """

    values: Sequence[Value]
    calendar: Calendar
    noise: Noise = Noise.OTHER
    in_points: bool = False
    quiet: AbstractSet[date] = field(default=EVERYTHING_QUIET, compare=False)
    has_calendar: bool = True

    @property
    def grain(self) -> Grain:
        """The length of its periods."""
        return self.values[0].period.grain

    @cached_property
    def places(self) -> dict[date, int]:
        """Where each period is, by its first day."""
        return {one.period.start: number for number, one in enumerate(self.values)}

    @cached_property
    def points(self) -> list[Point]:
        """The whole periods' values, as the range is learnt from them."""
        return [
            Point(one.period.start, one.value if one.whole else None, one.events)
            for one in self.values
        ]

    @cached_property
    def series(self) -> Series:
        """The values beside their expected ranges; worked out once for all that ask."""
        quiet = self.quiet if self.grain is Grain.DAY else EVERYTHING_QUIET
        return judge_series(self.points, SEASONS[self.grain], noise=self.noise, quiet=quiet)

    @property
    def judged(self) -> list[Judged | None]:
        """Each value beside its expected range."""
        return self.series.judged

    @cached_property
    def usual_points(self) -> list[Point]:
        """The whole periods' values, those far outside set to what was usual."""
        cleaned = self.series.cleaned
        if len(cleaned) < len(self.points):
            return self.points
        return [
            Point(one.start, None if one.value is None else usual, one.events)
            for one, usual in zip(self.points, cleaned, strict=True)
        ]

    def last_by(self, day: date) -> int | None:
        """The last period that is over by a day."""
        for number in range(len(self.values) - 1, -1, -1):
            if self.values[number].period.end <= day:
                return number
        return None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says of a period.

    `holds`: whether the cause is there (for a range, whether it still is: opening also takes that
    it is unlikely enough, which depends on how many others are watched). `chance`: how likely so
    much is where nothing has happened; None for plain limits. `weight`: how bad, to compare.
    """

    number: int
    holds: bool
    side: Side
    value: float
    compared: float
    weight: float
    chance: float | None = None
    low: float | None = None
    high: float | None = None
    change: float | None = None

    def opens(self, limit: float) -> bool:
        """Whether it is enough to open an alert, where so little likelihood is asked."""
        return self.holds and (self.chance is None or self.chance <= limit)


def check(asked: Asked, line: Line, number: int) -> Finding | None:
    """What the rule says of one period of a line; None where nobody can say."""
    return _CHECKS[asked.asks](asked, line, number)


def latest(line: Line, number: int) -> list[Value]:
    """The last values up to a period, for whoever reads the alert."""
    return list(line.values[max(number - LATEST + 1, 0) : number + 1])


# Levels


def _level(asked: Asked, line: Line, number: int) -> Finding | None:
    here = line.values[number]
    if here.value is None or not (here.whole or asked.side is Side.ABOVE):
        return None
    apart = here.value - asked.threshold
    side = Side.ABOVE if asked.side is Side.ABOVE else Side.BELOW
    holds = apart > 0 if side is Side.ABOVE else apart < 0
    if not here.whole and not holds:
        return None
    weight = abs(apart) / max(abs(asked.threshold), 1e-9) if holds else 0.0
    return Finding(number, holds, side, here.value, asked.threshold, weight)


# Changes


def _change(asked: Asked, line: Line, number: int) -> Finding | None:
    here, base = line.values[number], _base(asked, line, number)
    if base is None or base.value is None or here.value is None or not here.whole:
        return None
    if not _is_enough(asked, here, base, line.noise):
        return None
    moved = _moved(here.value, base.value, in_points=line.in_points)
    if moved is None:
        return None
    side = Side.BELOW if moved < 0 else Side.ABOVE
    holds = abs(moved) > asked.threshold and asked.side in (side, Side.EITHER)
    return Finding(
        number, holds, side, here.value, base.value, abs(moved) if holds else 0.0, change=moved
    )


def _moved(now: float, then: float, *, in_points: bool) -> float | None:
    if in_points:
        return now - then
    return (now - then) / abs(then) if then else None


def _is_enough(asked: Asked, here: Value, base: Value, noise: Noise) -> bool:
    """Of a count the earlier value has to be large enough, of a rate what both are divided by."""
    if base.events is not None and base.events < asked.minimum_volume:
        return False
    divides = noise in (Noise.SHARE, Noise.PER_EVENT)
    return not (divides and here.events is not None and here.events < asked.minimum_volume)


def _base(asked: Asked, line: Line, number: int) -> Value | None:
    if asked.against is Against.SMOOTHED:
        return _smoothed(line, number)
    if asked.against is Against.YEAR:
        partner = line.calendar.year_ago(line.values[number].period)
        place = line.places.get(partner.start) if partner else None
    else:
        place = number - (7 if line.grain is Grain.DAY else 1)
    if place is None or place < 0:
        return None
    found = line.values[place]
    return found if found.whole else None


def _smoothed(line: Line, number: int) -> Value | None:
    """The mean of the last periods, this one included; rates by what they were divided by."""
    count = SMOOTHED_OVER.get(line.grain, SMOOTHED_OTHERWISE)
    taken = line.values[number - count + 1 : number + 1] if number >= count - 1 else []
    if not taken or any(one.value is None or not one.whole for one in taken):
        return None
    divides = line.noise in (Noise.SHARE, Noise.PER_EVENT)
    weights = [one.events or 0.0 if divides else 1.0 for one in taken]
    total = sum(weights)
    if total <= 0:
        return None
    mean = sum((one.value or 0.0) * weight for one, weight in zip(taken, weights, strict=True))
    known = [one.events for one in taken if one.events is not None]
    events = sum(known) / count if len(known) == count else None
    return Value(line.values[number].period, mean / total, events, whole=True)


# Expected ranges


def _expected(asked: Asked, line: Line, number: int) -> Finding | None:
    here, told = line.values[number], line.judged[number]
    if told is None or here.value is None or not _carries(asked, line, here, told.expected):
        return None
    side = Side.BELOW if told.score < 0 else Side.ABOVE
    chance = told.below if side is Side.BELOW else told.above
    if asked.side is Side.EITHER:
        chance = min(2 * chance, 1.0)
    elif asked.side is not side:
        chance = 1.0
    chance = min(_confirmed(line, number, side, chance) * RARER**asked.threshold, 1.0)
    still = (told.below if side is Side.BELOW else told.above) <= STILL_OUT
    return Finding(
        number,
        still and asked.side in (side, Side.EITHER),
        side,
        here.value,
        told.expected,
        abs(told.score),
        chance=chance,
        low=told.low,
        high=told.high,
    )


def _carries(asked: Asked, line: Line, here: Value, expected: float) -> bool:
    """Whether enough events are expected for a range to mean anything."""
    if line.noise is Noise.COUNT:
        return expected >= asked.minimum_volume
    return here.events is None or here.events >= asked.minimum_volume


def _confirmed(line: Line, number: int, side: Side, chance: float) -> float:
    """The chance with the value before it: two far values in a row are rarer than one.

    Not as rare as if they had nothing to do with each other, hence the power. Where nobody knows
    the holidays a day counts only with the one before, unless a count is nothing at all.
    """
    before = next((one for one in reversed(line.judged[:number][-3:]) if one is not None), None)
    earlier = 1.0
    if before is not None:
        earlier = before.below if side is Side.BELOW else before.above
    both: float = max(chance, earlier)
    if line.has_calendar or line.grain is not Grain.DAY:
        return float(min(2 * min(chance, both**TOGETHER), 1.0))
    if line.noise is Noise.COUNT and line.values[number].value == 0:
        return chance
    return both


def _drift(asked: Asked, line: Line, number: int) -> Finding | None:
    found = drift(line.usual_points, number) if line.grain is Grain.DAY else None
    if found is None:
        return None
    if line.noise is Noise.COUNT and found.expected * 28 < asked.minimum_volume:
        return None
    side = Side.BELOW if found.score < 0 else Side.ABOVE
    chance = min(found.below, found.above)
    if asked.side is Side.EITHER:
        chance = min(2 * chance, 1.0)
    elif asked.side is not side:
        chance = 1.0
    chance = min(chance * RARER**asked.threshold, 1.0)
    return Finding(
        number,
        min(found.below, found.above) <= STILL_OUT and asked.side in (side, Side.EITHER),
        side,
        found.value,
        found.expected,
        abs(found.score),
        chance=chance,
        change=found.value / found.expected - 1 if found.expected else None,
    )


_CHECKS: Mapping[Asks, Callable[[Asked, Line, int], Finding | None]] = {
    Asks.LEVEL: _level,
    Asks.CHANGE: _change,
    Asks.EXPECTED: _expected,
    Asks.DRIFT: _drift,
}
