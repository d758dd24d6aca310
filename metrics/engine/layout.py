"""The columns of a table: periods to be stored, and all that their formulas look back at."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from metrics.derive import Formulas, Shift
from metrics.engine.cubes import Bools, Ints
from metrics.engine.exact import Objects
from metrics.formula_nodes import Modifier
from metrics.periods import ONE_DAY, PERIODS_PER_YEAR, Calendar, Grain, Period

DAYS_IN_A_YEAR = 365


class Spot(NamedTuple):
    """A column: a period of a grain, or any span of days (no grain)."""

    grain: Grain | None
    start: date
    end: date

    @property
    def per_year(self) -> Decimal:
        """What `per_year` multiplies by."""
        if self.grain is not None:
            return Decimal(PERIODS_PER_YEAR[self.grain])
        return Decimal(DAYS_IN_A_YEAR) / ((self.end - self.start).days + 1)


def spot_of(period: Period) -> Spot:
    """The column of a period."""
    return Spot(period.grain, period.start, period.end)


@dataclass(slots=True)
class Layout:
    """Columns in order: `own` first, then those that are looked back at.

    `partner` gives by shift the column that each reads, −1 where it has none; `wanted` the
    metrics that are asked of each column that is not its own.
    """

    formulas: Formulas
    calendar: Calendar
    own: Sequence[Period]
    only: frozenset[str] | None = None
    spots: list[Spot] = field(default_factory=list)
    wanted: dict[int, set[str]] = field(default_factory=dict)
    links: dict[Shift, dict[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.spots = [spot_of(one) for one in self.own]
        places = {spot: place for place, spot in enumerate(self.spots)}
        shifts = self.formulas.shifts
        waiting: list[tuple[int, dict[Shift, frozenset[str]]]] = [
            (place, dict(shifts)) for place in range(len(self.own))
        ]
        while waiting:
            place, looked = waiting.pop()
            for shift, keys in looked.items():
                self._link(places, waiting, place, shift, keys)

    def _link(
        self,
        places: dict[Spot, int],
        waiting: list[tuple[int, dict[Shift, frozenset[str]]]],
        place: int,
        shift: Shift,
        keys: frozenset[str],
    ) -> None:
        """Notes where a shift leads to from a column, and what is asked there."""
        spot = self._partner(self.spots[place], shift)
        if spot is None:
            return
        there = places.setdefault(spot, len(self.spots))
        if there == len(self.spots):
            self.spots.append(spot)
        self.links.setdefault(shift, {})[place] = there
        if there < len(self.own):
            return
        fresh = self.formulas.read_in_place(keys) - self.wanted.setdefault(there, set())
        self.wanted[there] |= fresh
        if spot.grain is Grain.DAY and fresh:
            waiting.append((there, self.formulas.shifts_of(fresh)))

    def _partner(self, spot: Spot, shift: Shift) -> Spot | None:
        modifier, days = shift
        if modifier is Modifier.START:
            before = spot.start - ONE_DAY
            return Spot(Grain.DAY, before, before)
        if spot.grain is None:
            return None
        if modifier is Modifier.LAG:
            back = timedelta(days)
            grain = Grain.DAY if spot.grain is Grain.DAY else None
            return Spot(grain, spot.start - back, spot.end - back)
        period = self.calendar.period_of(spot.start, spot.grain)
        if modifier is Modifier.PREV:
            return spot_of(self.calendar.previous(period))
        partner = self.calendar.year_ago(period)
        return None if partner is None else spot_of(partner)

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.spots)

    def per_year(self) -> Objects:
        """What `per_year` multiplies each column by."""
        found = np.empty(self.width, object)
        found[:] = [spot.per_year for spot in self.spots]
        return found

    def partners(self) -> dict[Shift, Ints]:
        """By shift the column that each column reads."""
        found: dict[Shift, Ints] = {}
        for shift, links in self.links.items():
            found[shift] = np.full(self.width, -1)
            found[shift][list(links)] = list(links.values())
        return found

    def derived(self) -> dict[str, Bools]:
        """By derived metric, the columns in which it is worked out."""
        found: dict[str, Bools] = {}
        for key in self.formulas.by_key:
            here = np.zeros(self.width, bool)
            here[: len(self.own)] = self.only is None or key in self.only
            asked = [
                place
                for place, keys in self.wanted.items()
                if key in keys and self._is_worked_out(self.spots[place])
            ]
            here[asked] = True
            if here.any():
                found[key] = here
        return found

    def days(self) -> list[int]:
        """The columns that are single days."""
        return self._foreign(lambda spot: spot.grain is Grain.DAY)

    def spans(self) -> list[int]:
        """The columns that are spans of days."""
        return self._foreign(lambda spot: spot.grain is None)

    def stored(self) -> list[int]:
        """The columns that are periods with rows of their own."""
        return self._foreign(lambda spot: not self._is_worked_out(spot))

    def keys_of(self, places: Iterable[int]) -> set[str]:
        """The metrics that are asked of these columns."""
        return set().union(*(self.wanted[place] for place in places))

    def base_of(self, places: Iterable[int]) -> frozenset[str]:
        """The base metrics that those rest on."""
        return frozenset().union(*map(self.formulas.base_of, self.keys_of(places)))

    def _is_worked_out(self, spot: Spot) -> bool:
        return spot.grain in (None, Grain.DAY)

    def _foreign(self, fits: Callable[[Spot], bool]) -> list[int]:
        return [place for place in range(len(self.own), self.width) if fits(self.spots[place])]
