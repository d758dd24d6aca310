"""What a judgement is made from and what it says: inputs, thresholds, results.

Standard library only; no clock: the day is an argument. `objectives.status.judge` decides.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from objectives.chance import Outlook
from objectives.measure import Asked, JudgedPeriod, Measured

Param = str | int | None


class State(StrEnum):
    """What people set."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class Status(StrEnum):
    """What is shown."""

    DRAFT = "draft"
    NOT_STARTED = "not_started"
    TOO_EARLY = "too_early"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    ACHIEVED = "achieved"
    MISSED = "missed"
    WAITING = "waiting"
    NO_DATA = "no_data"
    PAUSED = "paused"
    CANCELLED = "cancelled"


WORST_FIRST = (
    Status.MISSED,
    Status.OFF_TRACK,
    Status.AT_RISK,
    Status.NO_DATA,
    Status.WAITING,
    Status.ON_TRACK,
    Status.TOO_EARLY,
    Status.NOT_STARTED,
    Status.ACHIEVED,
    Status.PAUSED,
    Status.DRAFT,
    Status.CANCELLED,
)
"""The order of lists, and of a parent's children: the first found is the weakest."""


@dataclass(frozen=True)
class Thresholds:
    """The workspace's limits; every default is the product's."""

    on_pace: Decimal = Decimal("0.90")
    at_risk: Decimal = Decimal("0.75")
    budget_on_pace: Decimal = Decimal("0.10")
    budget_at_risk: Decimal = Decimal("0.20")
    gap_on_pace: Decimal = Decimal(0)
    gap_at_risk: Decimal = Decimal("-0.10")
    improve_by: Decimal = Decimal("0.02")
    early_share: Decimal = Decimal("0.15")
    early_days: int = 7
    silent_rhythms: int = 2
    least_chance: Decimal = Decimal("0.30")


@dataclass(frozen=True)
class Counts:
    """What a rate was divided from: 3 of 84."""

    successes: int
    trials: int


@dataclass(frozen=True)
class Previous:
    """The result stored for the day before, or the latest before it.

    `shown_status` is what people saw, `pace_status` what the numbers alone said that day. Give none
    after a change of target, baseline or dates: the old limits bind no longer.
    """

    shown_status: Status
    pace_status: Status | None
    data_date: date | None


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Everything a judgement depends on.

    `value` is the cumulated sum from the start, the last stock, or the rate over what `asked.over`
    says, at `judged_day`; `share` is E there, bent by milestones; `weights` names what it is by.
    `first_reached` is the first day at the target within the span, where known. `feed_days_late`
    counts the days past the feed's due day, zero for a feed in time. `matures_on` is the day before
    which a measure after the fact is too early to conclude from, None where that is no matter.
    `outlook` is where it will probably end, `chance` how probably at the target.
    """

    asked: Asked
    start: date
    end: date
    day: date
    data_date: date | None
    share: Decimal
    value: Decimal | None = None
    state: State = State.ACTIVE
    weights: str = "even"
    first_reached: date | None = None
    periods: tuple[JudgedPeriod, ...] = ()
    counts: Counts | None = None
    feed_rhythm_days: int = 1
    feed_days_late: int = 0
    chance: Decimal | None = None
    outlook: Outlook | None = None
    previous: Previous | None = None
    matures_on: date | None = None

    @property
    def judged_on(self) -> date | None:
        """See `judged_day`."""
        return judged_day(self.start, self.end, self.day, self.data_date)

    @property
    def is_complete(self) -> bool:
        """Whether the figures of the whole span are in."""
        return self.judged_on == self.end

    @property
    def days_elapsed(self) -> int:
        """Days of the span up to the judged day, both included."""
        return 0 if self.judged_on is None else (self.judged_on - self.start).days + 1

    @property
    def days_long(self) -> int:
        """Days of the span, both ends included."""
        return (self.end - self.start).days + 1


@dataclass(frozen=True)
class Rule:
    """The rule that spoke and the numbers it spoke of, ready for JSON (decimals as strings)."""

    code: str
    params: dict[str, Param]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One day's result.

    `shown_status` is the status to draw, greyed, while there is no new one (no data, waiting,
    paused). `pace_status` is what r alone said, before hysteresis and forecast. `needed_per_day` is
    what each remaining day has to bring (of a budget: may cost).
    """

    status: Status
    shown_status: Status
    pace_status: Status | None
    rule: Rule
    numbers: Measured
    elapsed: Decimal
    data_date: date | None
    achieved_on: date | None = None
    by_forecast: bool = False
    small_numbers: int | None = None
    needed_per_day: Decimal | None = None


def judged_day(start: date, end: date, day: date, data_date: date | None) -> date | None:
    """The day to judge at: the data date, not after the end nor the day itself.

    None while no day of the span has complete figures.
    """
    if data_date is None:
        return None
    judged = min(data_date, day, end)
    return judged if judged >= start else None
