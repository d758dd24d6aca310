"""One recompute of workspaces that are alike: the days that changed, and all their periods."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby

import numpy as np

from metrics.deriving import Columns, Deriving, without_cubes
from metrics.engine import chunks as chunking
from metrics.engine.block_rows import load_cubes, save_blocks
from metrics.engine.blocks import encoded
from metrics.engine.cubes import Cubes, Ints, Part, side_by_side
from metrics.engine.day_store import DayStore
from metrics.engine.days import Days, Window
from metrics.engine.facts import TooManyFacts, day_of, number_of
from metrics.engine.periods import Windows, added_up, gaps, with_means
from metrics.engine.reading import (
    Reach,
    facts_a_day,
    read_evidence,
)
from metrics.engine.rows import written
from metrics.joint import Joint
from metrics.models.snapshot import GRAIN_NUMBERS, BlockSpan
from metrics.periods import ONE_DAY, Grain, Period, counted_to, last_of_month
from metrics.resolution import Segment
from metrics.restating import Restating
from metrics.rules import BASE
from metrics.snapshot_rows import Given, load_given
from metrics.snapshot_writing import drop_other_periods
from metrics.staleness import Periods, dependents, periods_of
from metrics.storing import Storing, starts_of

MONTHS = 12
SHORT, LONG = (Grain.WEEK, Grain.MONTH), (Grain.QUARTER, Grain.YEAR)


class Recompute:
    """Brings the blocks and rows of some days, and of their periods, up to date."""

    def __init__(self, rules: Joint, restating: Restating, *, today: date, now: datetime) -> None:
        self.rules = rules
        self._owners = rules.owners
        self.restating = restating
        self.today = today
        self.now = now
        self.written = 0
        self._number = number_of(today)
        self._store = DayStore(self._owners)
        self._months: dict[date, tuple[Cubes, int]] = {}
        self._standing: dict[Period, tuple[Cubes, int]] = {}
        self._full = False

    def days(self, days: set[date], *, full: bool) -> None:
        """The days given; `full` says that they are all there are."""
        self._full = full
        if not days:
            return
        periods = periods_of(days, self.rules.calendar)
        months = sorted(month.start for month in periods[Grain.MONTH])
        size = chunking.months_at_once(len(months), self.rules.segment_count, days=len(days))
        parts = chunking.chunks(months, size)
        waiting: list[Columns] = []
        for place, chunk in enumerate(parts):
            last = place == len(parts) - 1
            waiting.append(self._short_periods(chunk, periods, days, with_long=last))
            if len(parts) > 1:
                self._finish([waiting.pop()])
        waiting.append(self._long_periods(periods))
        self._finish(waiting)
        if full:
            self._forget_all_but(periods)
        else:
            self._derive_again(periods)

    # Days, weeks and months, from facts

    def _short_periods(
        self, chunk: Sequence[date], periods: Periods, days: set[date], *, with_long: bool
    ) -> Columns:
        inside = set(chunk)
        chosen = [
            period
            for grain in SHORT
            for period in sorted(periods[grain], key=_start)
            if self._month_in_charge(period, periods) in inside
        ]
        needed = _numbers(day for period in chosen for day in _days_of(period))
        fresh = [
            one
            for one in needed
            if day_of(one).replace(day=1) in inside and (self._full or day_of(one) in days)
        ]
        windowed = [one for one in chosen if one.end > self.today]
        long = [one for grain in LONG for one in sorted(periods[grain], key=_start)]
        if with_long:
            windowed += [one for one in long if one.end > self.today]
        facts, cubes = self._from_facts(fresh, needed, windowed, long)
        columns = self._with_stored(needed, fresh, cubes, len(windowed))
        self._store.hold(np.array(needed, np.int64), columns)
        self._save_days(chunk, needed, columns)
        extra = {one: len(needed) + place for place, one in enumerate(windowed)}
        self._standing |= {one: (columns, place) for one, place in extra.items()}
        found = self._added_up(chosen, np.array(needed, np.int64), columns, extra, facts)
        for column, period in enumerate(chosen):
            if period.grain is Grain.MONTH:
                self._months[period.start] = found.cubes, column
        return found

    def _month_in_charge(self, period: Period, periods: Periods) -> date:
        """The month whose chunk does a period: a week's last month, if that is looked at."""
        last = self.rules.calendar.period_of(period.end, Grain.MONTH)
        return last.start if last in periods[Grain.MONTH] else period.start.replace(day=1)

    def _from_facts(
        self,
        fresh: Sequence[int],
        needed: Sequence[int],
        windowed: Sequence[Period],
        long: Sequence[Period],
    ) -> tuple[Days, Cubes]:
        """Fresh days and, after them, windows; where they have too many facts, some days at a time.

        What was read last knows the spans of uniques up to the longest period.
        """
        reach = Reach(
            days=fresh,
            first=needed[0],
            last=needed[-1],
            stocks_until=max((number_of(one.end) for one in windowed), default=fresh[-1]),
            uniques_since=min((number_of(one.start) for one in long), default=needed[0]),
        )
        windows = [Window(number_of(one.start), number_of(one.end)) for one in windowed]
        try:
            evidence = read_evidence(
                self.rules, reach, today=self._number, most=chunking.MOST_FACTS
            )
        except TooManyFacts:
            return self._in_pieces(reach, windows)
        facts = Days(evidence)
        return facts, facts.cubes(np.array(fresh, np.int64), windows)

    def _in_pieces(self, reach: Reach, windows: Sequence[Window]) -> tuple[Days, Cubes]:
        days = reach.days
        parts: dict[int, list[Part]] = defaultdict(list)
        *several, last = chunking.pieces(days, facts_a_day(self.rules, days[0], days[-1]))
        at = 0
        for piece in several:
            near = Reach(piece, piece[0], piece[-1], piece[-1], piece[0])
            facts = Days(read_evidence(self.rules, near, today=self._number))
            _append(parts, facts.cubes(np.array(piece, np.int64)), at)
            at += len(piece)
        facts = Days(read_evidence(self.rules, replace(reach, days=last), today=self._number))
        _append(parts, facts.cubes(np.array(last, np.int64), windows), at)
        return facts, self._side_by_side(parts, len(days) + len(windows))

    def _with_stored(
        self, needed: Sequence[int], fresh: Sequence[int], cubes: Cubes, windows: int
    ) -> Cubes:
        """Fresh days among those that are as they were, and the windows after them all."""
        if len(fresh) == len(needed):
            return cubes
        days = np.array(needed, np.int64)
        isfresh = np.isin(days, np.array(fresh, np.int64))
        parts: dict[int, list[Part]] = defaultdict(list)
        others = np.flatnonzero(~isfresh)
        for dimension, several in self._store.parts(days[others]).items():
            parts[dimension] += [Part(one.cube, one.source, others[one.target]) for one in several]
        target = np.concatenate([np.flatnonzero(isfresh), len(days) + np.arange(windows)])
        for dimension, cube in cubes.items():
            parts[dimension].append(Part(cube, np.arange(cube.width), target))
        return self._side_by_side(parts, len(days) + windows)

    def _side_by_side(self, parts: Mapping[int, Sequence[Part]], width: int) -> Cubes:
        return side_by_side(parts, width, len(self._owners))

    def _save_days(self, chunk: Sequence[date], needed: Sequence[int], cubes: Cubes) -> None:
        days = np.array(needed, np.int64)
        starts = np.searchsorted(days, [number_of(month) for month in chunk])
        lengths = np.array([last_of_month(month).day for month in chunk], np.int64)
        self._save(BlockSpan.DAYS, chunk, encoded(cubes, starts, starts + lengths, self._owners))

    def _added_up(
        self,
        periods: Sequence[Period],
        starts: Ints,
        cubes: Cubes,
        extra: dict[Period, int],
        facts: Days | None,
    ) -> Columns:
        """Periods from columns of days or months that start on these days."""
        first = np.searchsorted(starts, [number_of(one.start) for one in periods])
        counted = [number_of(counted_to(one.start, one.end, self.today)) for one in periods]
        last = np.searchsorted(starts, counted, side="right") - 1
        ends = np.searchsorted(starts, [number_of(one.end) for one in periods], side="right") - 1
        stock = np.array(
            [extra.get(one, end) for one, end in zip(periods, ends.tolist(), strict=True)], np.int64
        )
        found = added_up(cubes, Windows(first, last, stock))
        if facts is not None:
            begin = np.array([number_of(one.start) for one in periods], np.int64)
            end = np.array([number_of(one.end) for one in periods], np.int64)
            facts.put_exact_uniques(found, begin, end)
            self._exact = facts
        elapsed = np.array([self._elapsed(one) for one in periods], np.int64)
        return Columns(periods, found, with_means(gaps(found, elapsed, self.rules)))

    def _elapsed(self, period: Period) -> int:
        """How many days of a period are over."""
        return max((min(period.end, self.today - ONE_DAY) - period.start).days + 1, 0)

    # Quarters and years, from months

    def _long_periods(self, periods: Periods) -> Columns:
        chosen = [one for grain in LONG for one in sorted(periods[grain], key=_start)]
        years = range(
            min(one.start for one in chosen).year, max(one.end for one in chosen).year + 1
        )
        months = [date(year, month, 1) for year in years for month in range(1, MONTHS + 1)]
        parts = self._month_columns(months)
        extra: dict[Period, int] = {}
        for period in chosen:
            if period in self._standing:
                extra[period] = len(months) + len(extra)
                standing, column = self._standing[period]
                _take(parts, standing, column, extra[period])
        joined = self._side_by_side(parts, len(months) + len(extra))
        self._save_months(months, joined)
        starts = np.array([number_of(one) for one in months], np.int64)
        return self._added_up(chosen, starts, joined, extra, self._exact)

    def _month_columns(self, months: Sequence[date]) -> dict[int, list[Part]]:
        """Where months are taken from: as they were computed in this run, others as stored."""
        parts: dict[int, list[Part]] = defaultdict(list)
        missing = {month.year for month in months if month not in self._months}
        starts = [] if self._full else [date(year, 1, 1) for year in missing]
        stored = load_cubes(self._owners, BlockSpan.MONTHS, starts)
        for year, blocks in ((start.year, found) for start, found in stored.items()):
            places = [
                place
                for place, month in enumerate(months)
                if month.year == year and month not in self._months
            ]
            source = np.array([months[place].month - 1 for place in places], np.int64)
            for dimension, cube in blocks.items():
                parts[dimension].append(Part(cube, source, np.array(places, np.int64)))
        places = [place for place, month in enumerate(months) if month in self._months]
        for same in _runs([self._months[months[place]][0] for place in places]):
            targets = [places[n] for n in same]
            cubes = self._months[months[targets[0]]][0]
            sources = [self._months[months[place]][1] for place in targets]
            for dimension, cube in cubes.items():
                parts[dimension].append(
                    Part(cube, np.array(sources, np.int64), np.array(targets, np.int64))
                )
        return parts

    def _save_months(self, months: Sequence[date], cubes: Cubes) -> None:
        """Writes the years that had a month computed; `cubes` begin with the months' columns."""
        touched = np.array(
            [
                place
                for place in range(0, len(months), MONTHS)
                if any(month in self._months for month in months[place : place + MONTHS])
            ],
            np.int64,
        )
        years = [months[place] for place in touched.tolist()]
        blocks = encoded(cubes, touched, touched + MONTHS, self._owners)
        self._save(BlockSpan.MONTHS, years, blocks)

    def _save(
        self, span: BlockSpan, starts: Sequence[date], blocks: Sequence[dict[Segment, bytes]]
    ) -> None:
        by_start = dict(zip(starts, blocks, strict=True))
        self.written += save_blocks(self._owners, span, starts, by_start)

    # Formulas, and writing

    def _finish(self, columns: Sequence[Columns], given: Sequence[Given] = ()) -> None:
        """Derives the periods and writes what differs."""
        rules = self.rules
        deriving = Deriving(rules, columns, self._store, today=self.today, given=given)
        storing = Storing(rules, deriving.periods, self.restating, now=self.now)
        for table, periods, segments in deriving.tables():
            storing.keep(written(table, periods, segments), table.segments[segments - 1])
        storing.finish()
        self.written += storing.written

    def _forget_all_but(self, periods: Periods) -> None:
        """Deletes periods that are cut no more: the week or the year starts on another day now."""
        kept = starts_of(period for grain in (*SHORT, *LONG) for period in periods[grain])
        self.written += drop_other_periods(self._owners, kept, now=self.now)

    def _derive_again(self, periods: Periods) -> None:
        """Periods whose formulas look back at these, on their base metrics as stored."""
        later = dependents(periods, self.rules)
        by_start = {
            (int(GRAIN_NUMBERS[one.grain]), number_of(one.start)): one
            for grain in (*SHORT, *LONG)
            for one in later[grain]
        }
        if not by_start:
            return
        given = load_given(self._owners, starts_of(by_start.values()), BASE)
        chosen = {
            by_start[place]
            for one in given
            for place in zip(one.at.grain.tolist(), one.at.start.tolist(), strict=True)
        }
        if chosen:
            self._finish([without_cubes(sorted(chosen, key=_start), self._owners)], given)


def _start(period: Period) -> date:
    return period.start


def _days_of(period: Period) -> Iterable[int]:
    return range(number_of(period.start), number_of(period.end) + 1)


def _numbers(days: Iterable[int]) -> list[int]:
    return sorted(set(days))


def _runs(several: Sequence[Cubes]) -> Iterable[list[int]]:
    """The places of those that are the same one, run by run."""
    for _same, run in groupby(range(len(several)), key=lambda place: id(several[place])):
        yield list(run)


def _append(parts: dict[int, list[Part]], cubes: Cubes, at: int) -> None:
    """All columns, from a place on."""
    for dimension, cube in cubes.items():
        columns = np.arange(cube.width)
        parts[dimension].append(Part(cube, columns, columns + at))


def _take(parts: dict[int, list[Part]], cubes: Cubes, source: int, target: int) -> None:
    """One column more."""
    for dimension, cube in cubes.items():
        parts[dimension].append(Part(cube, np.array([source]), np.array([target])))
