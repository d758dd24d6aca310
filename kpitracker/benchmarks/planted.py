"""Two years of daily figures as a site has them, with events planted: the same for a seed.

Weekday profile, yearly season, growth, noise beyond what counting alone brings, French holidays.
What was planted says whether an alert has to open, by when, and what must open none.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from metrics.periods import Calendar, Grain
from objectives.expected import Noise
from objectives.holidays import days_of_country
from objectives.rule_checks import Line, Value

FIRST = date(2024, 1, 1)
DAYS = 731
WEEK = (1.10, 1.15, 1.12, 1.08, 0.95, 0.52, 0.48)
SEASON = 0.22
GROWTH = 0.10
NOISE = 0.07
ON_HOLIDAYS = 0.45

Change = Callable[[int, float], float]


@dataclass(frozen=True)
class Event:
    """Something planted from a day on: `fires` within so many nights, or must not at all."""

    name: str
    day: int
    days: int
    change: Change = field(repr=False)
    fires: bool
    within: int = 0

    @property
    def first(self) -> date:
        """Its first day."""
        return FIRST + timedelta(days=self.day)

    def covers(self, opened: date) -> bool:
        """Whether an alert that opened on this night is about it."""
        last = self.first + timedelta(days=max(self.days, self.within) + 1)
        return self.first < opened <= last


def _times(share: float) -> Change:
    return lambda _number, value: value * share


def _slowly(total: float, days: int) -> Change:
    return lambda number, value: value * (1 - total * min(1.0, number / days))


def events_of(seed: int) -> list[Event]:
    """What is planted into one series: a different event with each seed, some into all."""
    start = 420 + 23 * (seed % 11)
    kinds: Sequence[Event | None] = (
        Event("broken tag: nothing", start, 6, _times(0.0), fires=True, within=2),
        Event("broken tag: 60% gone", start, 9, _times(0.4), fires=True, within=2),
        Event("launch: twice as much for a week", start, 7, _times(2.0), fires=False),
        Event("slow decline: 35% in five months", 500, 150, _slowly(0.35, 150), True, 120),
        Event("half of it gone for a week", start, 7, _times(0.5), fires=True, within=4),
        None,
    )
    chosen = kinds[seed % len(kinds)]
    return [chosen] if chosen is not None else []


def planted_line(seed: int, level: float, events: Sequence[Event]) -> Line:
    """The series as a rule reads it: counts of whole days, all holidays known."""
    chance, calendar = random.Random(seed), Calendar()
    quiet = days_of_country("FR", FIRST.year, FIRST.year + 2)
    holidays = days_of_country("FR", FIRST.year, FIRST.year + 2, bridges=False)
    values = []
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        mean = level * WEEK[day.weekday()] * (1 + GROWTH * number / 365)
        mean *= 1 + SEASON * math.cos(2 * math.pi * (number - 30) / 365.25)
        mean *= ON_HOLIDAYS if day in holidays else 1
        for event in events:
            if event.day <= number < event.day + event.days:
                mean = event.change(number - event.day, mean)
        spread = math.sqrt(mean + (NOISE * mean) ** 2)
        value = float(max(0, round(chance.gauss(mean, spread))))
        period = calendar.period_of(day, Grain.DAY)
        values.append(Value(period, value, value, whole=True))
    return Line(values, calendar, noise=Noise.COUNT, quiet=quiet, has_calendar=True)
