"""The range in which a series' next value is expected, and how unlikely the value that came is.

Each value is foretold from those before it alone: a level, the weekday's usual share of it, and
what the same days of the year before did next. Values far outside are not learnt from, so that a
week without a tracking tag does not become the new normal; after `Season.settles` of them in a row
they are. How wrong it was before is how wrong it may be again: the chance of a value comes from
the errors made so far, the tail beyond them falling as a power (what is rare is never certain).

Public holidays and the days between one and a weekend are neither judged nor learnt from, nor is
a fall that the year before had at the same time. Standard library only; no clock.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import exp, log, sqrt
from statistics import median

FLAGGED = 0.001
"""Values less likely than this are not learnt from."""
STILL_OUT = 0.1
"""Until a value is likelier than this, what began outside is still outside."""
CLIPPED_AT = 2.5
TAIL_SHARE = 0.03
TAIL_POWER = 5.0
"""Beyond the errors seen, a value twice as far out is 2⁵ times less likely."""
LEAST_TAIL = 1.5
ERRORS_KEPT = 365
SCALE_KEPT = 120
LEAST_SCALE = 0.01
DAMPED = 0.7
STEEPEST = 0.25
NEAR = 3
"""A dip of the year before is the same one where it was at most so many days away."""
ALIKE = 0.6
"""… and at least so deep, as a share of this one."""


class Noise(StrEnum):
    """What a series counts, and so how much chance alone moves it."""

    COUNT = "count"
    SHARE = "share"
    PER_EVENT = "per_event"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Season:
    """How a grain repeats itself, in its own steps."""

    week: int
    year: int
    centred: int
    begins: int
    judged_from: int
    settles: int
    level: float
    share: float = 0.08


DAYS = Season(week=7, year=364, centred=7, begins=21, judged_from=40, settles=28, level=0.15)
WEEKS = Season(week=1, year=52, centred=3, begins=6, judged_from=16, settles=8, level=0.25)
MONTHS = Season(week=1, year=12, centred=1, begins=4, judged_from=10, settles=3, level=0.3)


@dataclass(frozen=True, slots=True)
class Point:
    """A period's value by its first day; `events`: what a rate was divided by."""

    start: date
    value: float | None
    events: float | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A value beside what was expected: eight in ten values lie from `low` to `high`.

    `below` and `above` are the chances of a value so low, so high. None where it is not judged.
    """

    expected: float
    low: float
    high: float
    score: float
    below: float
    above: float


class _Errors:
    """The errors made so far, each in units of what was usual: the newest, kept in order."""

    def __init__(self) -> None:
        self.newest: list[float] = []
        self.ordered: list[float] = []

    def add(self, score: float) -> None:
        self.newest.append(score)
        insort(self.ordered, score)
        if len(self.newest) > ERRORS_KEPT:
            gone = self.newest.pop(0)
            del self.ordered[bisect_left(self.ordered, gone)]

    def below(self, score: float) -> float:
        count = len(self.ordered)
        edge = min(self.ordered[min(_place(count), count) - 1], -LEAST_TAIL)
        if score >= edge:
            return (bisect_left(self.ordered, score) + 1) / (count + 1)
        return _beyond(count, edge / score)

    def above(self, score: float) -> float:
        count = len(self.ordered)
        edge = max(self.ordered[count - min(_place(count), count)], LEAST_TAIL)
        if score <= edge:
            return (count - bisect_right(self.ordered, score) + 1) / (count + 1)
        return _beyond(count, edge / score)

    def quantile(self, share: float) -> float:
        return self.ordered[round(share * (len(self.ordered) - 1))]


def _place(count: int) -> int:
    """Which error, from the far end, the tail begins at."""
    return max(3, round(TAIL_SHARE * count))


def _beyond(count: int, nearer: float) -> float:
    """The chance of an error that is further out than the tail's begin by this factor."""
    return min(1.0, (_place(count) + 1) / (count + 1)) * float(nearer**TAIL_POWER)


class _Walk:
    """One pass over a series: what is known of it grows with each value."""

    def __init__(
        self, points: Sequence[Point], season: Season, noise: Noise, quiet: AbstractSet[date]
    ) -> None:
        self.points, self.season, self.noise, self.quiet = points, season, noise, quiet
        self.cleaned: list[float] = []
        self.scores: list[float] = []
        self.shares = [1.0] * season.week
        self.level = 0.0
        self.relative: list[float] = []
        self.ordered: list[float] = []
        self.errors = _Errors()
        self.outside: list[float] = []
        self.judged_points = 0

    def judged(self) -> list[Judged | None]:
        first = next((n for n, one in enumerate(self.points) if one.value is not None), None)
        if first is None:
            return [None] * len(self.points)
        begun = first + self.season.begins
        self._begin(first, begun)
        found: list[Judged | None] = [None] * min(begun, len(self.points))
        found += [self._step(number) for number in range(begun, len(self.points))]
        return found

    def _begin(self, first: int, begun: int) -> None:
        """The first weeks only show where the level is and how the weekdays share it."""
        known = [(n, p.value) for n, p in enumerate(self.points[first:begun], first)
                 if p.value is not None]  # fmt: skip
        self.level = median(value for _n, value in known)
        if self.level > 0 and self.season.week > 1:
            for place in range(self.season.week):
                mine = [value for n, value in known if n % self.season.week == place]
                if mine:
                    self.shares[place] = max(median(mine) / self.level, 0.02)
            mean = sum(self.shares) / len(self.shares)
            self.shares = [share / mean for share in self.shares]
            self.level *= mean
        for number, point in enumerate(self.points[:begun]):
            told = self.level * self.shares[number % self.season.week]
            self.cleaned.append(told if point.value is None else point.value)
            self.scores.append(0.0)

    def _step(self, number: int) -> Judged | None:
        point, place = self.points[number], number % self.season.week
        self.level *= self._as_last_year(number)
        expected = self.level * self.shares[place]
        is_quiet = point.start in self.quiet
        if point.value is None or expected <= 0 or is_quiet:
            if point.value is not None and point.value > 0 and self.level <= 0:
                self.level = point.value
            self.cleaned.append(max(expected, 0.0))
            self.scores.append(0.0)
            return None
        relative = (point.value - expected) / expected
        usual = self._usual(expected, point.events)
        score = relative / usual
        told = self._chances(expected, score, usual)
        self.scores.append(score)
        self._learn(number, relative, score, told)
        return None if told is None or self._was_so_last_year(number, score) else told

    def _usual(self, expected: float, events: float | None) -> float:
        """How far values usually are from what was expected, never less than chance alone."""
        scale = LEAST_SCALE
        if len(self.ordered) >= 5:
            scale = max(scale, 1.4826 * self.ordered[len(self.ordered) // 2])
        elif not self.ordered:
            scale = 0.5
        return max(scale, self._by_chance(expected, events))

    def _by_chance(self, expected: float, events: float | None) -> float:
        if self.noise is Noise.COUNT:
            return 1 / sqrt(max(expected, 1e-9))
        if self.noise is Noise.OTHER or not events or events <= 0:
            return 0.0
        if self.noise is Noise.PER_EVENT:
            return 1 / sqrt(events)
        share = min(max(expected, 1e-6), 0.999)
        return sqrt((1 - share) / (share * events))

    def _chances(self, expected: float, score: float, usual: float) -> Judged | None:
        if len(self.errors.ordered) < self.season.judged_from - self.season.begins:
            return None
        low, high = self.errors.quantile(0.1), self.errors.quantile(0.9)
        return Judged(
            expected=expected,
            low=max(expected * (1 + low * usual), 0.0),
            high=expected * (1 + high * usual),
            score=score,
            below=self.errors.below(score),
            above=self.errors.above(score),
        )

    def _learn(self, number: int, relative: float, score: float, told: Judged | None) -> None:
        value, place = self.points[number].value or 0.0, number % self.season.week
        is_flagged = told is not None and min(told.below, told.above) < FLAGGED
        if is_flagged:
            self.outside.append(value / self.shares[place])
            self.cleaned.append(self.level * self.shares[place])
            if len(self.outside) >= self.season.settles:
                latest = self.outside[-self.season.settles // 2 :]
                self.level, self.outside = max(median(latest), 0.0), []
            return
        if told is None or min(told.below, told.above) > STILL_OUT / 2:
            self.outside = []
        self.cleaned.append(value)
        self.errors.add(score)
        insort(self.ordered, abs(relative))
        self.relative.append(abs(relative))
        if len(self.relative) > SCALE_KEPT:
            del self.ordered[bisect_left(self.ordered, self.relative.pop(0))]
        most = CLIPPED_AT * max(relative / score if score else 1.0, LEAST_SCALE)
        step = min(max(relative, -most), most)
        self.level *= 1 + self.season.level * step
        if self.season.week > 1:
            self.shares[place] *= 1 + self.season.share * step
            mean = sum(self.shares) / len(self.shares)
            self.shares = [share / mean for share in self.shares]
            self.level *= mean

    def _as_last_year(self, number: int) -> float:
        """By how much the level moved at this step of the year before, damped and bounded."""
        half = self.season.centred // 2
        middle = number - self.season.year
        if middle - half - 1 < 0:
            return 1.0
        went, came = self.cleaned[middle - half - 1], self.cleaned[middle + half]
        around = sum(self.cleaned[middle - half - 1 : middle + half])
        if around <= 0:
            return 1.0
        moved = log(max(1 + (came - went) / around, 0.2)) * DAMPED
        return exp(min(max(moved, -STEEPEST), STEEPEST))

    def _was_so_last_year(self, number: int, score: float) -> bool:
        """Whether the year before had as much of a dip (or a peak) at the same time."""
        middle = number - self.season.year
        near = NEAR if self.season.week > 1 else 1
        if middle - near < 0 or abs(score) < LEAST_TAIL * 2:
            return False
        then = self.scores[middle - near : middle + near + 1]
        deepest = min(then) if score < 0 else max(then)
        return deepest * score > 0 and abs(deepest) >= ALIKE * abs(score)


@dataclass(frozen=True, slots=True)
class Series:
    """A series judged, and what it is learnt from: far values set to what was usual."""

    judged: list[Judged | None]
    cleaned: list[float]


def judge_series(
    points: Sequence[Point],
    season: Season,
    *,
    noise: Noise = Noise.OTHER,
    quiet: AbstractSet[date] = frozenset(),
) -> Series:
    """Every value of consecutive periods beside what those before it let expect.

    `quiet` are days that are not judged: holidays. None where nothing can be said.
    """
    walk = _Walk(points, season, noise, quiet)
    return Series(walk.judged(), walk.cleaned)


# Days that nobody judges


def quiet_days(holidays: AbstractSet[date]) -> frozenset[date]:
    """The holidays, and the working day between one and a weekend."""
    bridges = {
        day
        for holiday in holidays
        for day, weekday in (
            (holiday + timedelta(days=1), 4),
            (holiday - timedelta(days=1), 0),
        )
        if day.weekday() == weekday
    }
    return frozenset(holidays) | bridges
