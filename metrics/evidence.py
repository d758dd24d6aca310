"""What facts say about days and periods, before any formula.

`DayTallies` has what adds up, `Stocks` where stocks stand, `Uniques` what was counted over a
whole period. Each is read once for a span of days and then asked for many periods.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from metrics.fact_reading import (
    FactRead,
    covered_runs,
    facts_between,
    first_days,
)
from metrics.periods import ONE_DAY, Period
from metrics.resolution import (
    EVERYTHING,
    Breakdowns,
    Dims,
    Segment,
    chosen_breakdowns,
    contributions,
    mask_of,
    mean_contributions,
    rest_of,
)
from metrics.rollup import ALWAYS_SPLIT, NOT_ADDITIVE, STALE, ZERO, Given, Rows, Tally
from metrics.rules import STOCKS, SUMS, UNIQUES, WEIGHTS, Rules

CARRY = timedelta(days=45)
"""How long the last value of a stock stands for the days after it."""

Series = tuple[str, int]
"""A metric's key and a feed's id."""
Broken = dict[int, list[tuple[Dims, Decimal]]]
"""The facts of a series and day, by how they are broken down."""


def metric_ids(rules: Rules, keys: Iterable[str]) -> list[int]:
    """The ids of these base metrics."""
    wanted = set(keys)
    return [pk for pk, key in rules.keys.items() if key in wanted]


@dataclass(slots=True)
class DayTallies:
    """What adds up, by day."""

    by_day: dict[date, Tally]

    def of(self, start: date, end: date) -> Tally:
        """The sums of a span of days."""
        found = Tally()
        day = start
        while day <= end:
            tally = self.by_day.get(day)
            if tally is not None:
                found.add_all(tally)
            day += ONE_DAY
        return found


def read_tallies(rules: Rules, start: date, end: date, *, today: date) -> DayTallies:
    """Resolves the facts of summed metrics and weighted means, each day for itself."""
    wanted = metric_ids(rules, SUMS | WEIGHTS.keys())
    days: dict[date, dict[Series, Broken]] = defaultdict(dict)
    for fact in facts_between(rules.workspace_id, wanted, start, end):
        series = rules.keys[fact.metric_id], fact.feed_id
        broken = days[fact.day].setdefault(series, {})
        broken.setdefault(mask_of(fact.dims), []).append((fact.dims, fact.value))
    by_day = {day: _tally(rules, found) for day, found in days.items()}
    for run in covered_runs(rules.workspace_id, metric_ids(rules, SUMS), start, end):
        series = rules.keys[run.metric_id], run.feed_id
        if rules.counts(*series):
            _add_zeros(by_day, days, series, max(run.start, start), min(run.end, end, today))
    return DayTallies(by_day)


def _tally(rules: Rules, found: Mapping[Series, Broken]) -> Tally:
    tally = Tally()
    for (key, feed_id), broken in found.items():
        if not rules.counts(key, feed_id):
            continue
        if key in SUMS:
            for segment, amount in contributions(broken, rules.channel_of):
                tally.add(segment, key, amount)
            if feed_id in rules.ledgers:
                _add_rest(tally, key, broken)
            continue
        weights: Breakdowns[Decimal] = found.get((WEIGHTS[key], feed_id), {})
        for segment, mean in mean_contributions(broken, weights, rules.channel_of):
            tally.add_mean(segment, key, mean)
    return tally


def _add_rest(tally: Tally, key: str, broken: Broken) -> None:
    """Segments of which a complete list says nothing are zero in it."""
    for dimension in chosen_breakdowns(broken):
        tally.add(rest_of(dimension), key, ZERO)


def _add_zeros(
    by_day: dict[date, Tally],
    days: Mapping[date, Mapping[Series, Broken]],
    series: Series,
    start: date,
    end: date,
) -> None:
    """Adds what a feed says by silence, on the days that it covered with every row it has."""
    key = series[0]
    day = start
    while day <= end:
        tally = by_day.setdefault(day, Tally())
        broken = days.get(day, {}).get(series)
        if broken is not None:
            _add_rest(tally, key, broken)
        else:
            tally.add(EVERYTHING, key, ZERO)
            for dimension in ALWAYS_SPLIT:
                tally.add(rest_of(dimension), key, ZERO)
        day += ONE_DAY


@dataclass(slots=True)
class _Line:
    """The values of one stock, feed and breakdown, in the order of their days."""

    days: list[date] = field(default_factory=list)
    values: list[Decimal] = field(default_factory=list)

    def at(self, day: date, since: date) -> Decimal | None:
        """The last value on or before the day, if it is not older than `since`."""
        place = bisect_right(self.days, day) - 1
        return self.values[place] if place >= 0 and self.days[place] >= since else None


@dataclass(slots=True)
class Stocks:
    """Where stocks stand on a day: each line of values is carried forward by itself."""

    rules: Rules
    today: date
    first_days: Mapping[str, date]
    lines: Mapping[Series, Mapping[Dims, _Line]]

    def at_end_of(self, period: Period) -> Given:
        """The stocks at the period's last day.

        Values are carried for 45 days, and never past today: a running period has the last value
        known, a coming one only what was given for it.
        """
        since = period.start
        if period.start <= self.today:
            since = min(period.end, self.today) - CARRY
        given = Given()
        for (key, _feed), lines in self.lines.items():
            broken: Broken = {}
            for dims, line in lines.items():
                value = line.at(period.end, since)
                if value is not None:
                    broken.setdefault(mask_of(dims), []).append((dims, value))
            for segment, amount in contributions(broken, self.rules.channel_of):
                given.value(segment, key, amount)
        if period.start <= self.today:
            self._mark_stale(given, period.end)
        return given

    def _mark_stale(self, given: Given, day: date) -> None:
        """A stock that had a value once, and has been silent for too long."""
        known = given.values.get(EVERYTHING, {})
        for key, first in self.first_days.items():
            if first <= day and key not in known:
                given.reason(EVERYTHING, key, STALE)


def read_stocks(rules: Rules, start: date, end: date, *, today: date) -> Stocks:
    """Reads what is needed to know stocks at the end of any period between these days."""
    ids = metric_ids(rules, STOCKS)
    lines: dict[Series, dict[Dims, _Line]] = defaultdict(dict)
    facts = facts_between(rules.workspace_id, ids, start - CARRY, end)
    for fact in sorted(facts, key=lambda one: one.day):
        key = rules.keys[fact.metric_id]
        if rules.counts(key, fact.feed_id):
            line = lines[key, fact.feed_id].setdefault(fact.dims, _Line())
            line.days.append(fact.day)
            line.values.append(fact.value)
    counting = {pk: rules.counting.get(rules.keys[pk], 0) for pk in ids}
    found = first_days(rules.workspace_id, counting)
    return Stocks(rules, today, {rules.keys[pk]: day for pk, day in found.items()}, lines)


class Uniques:
    """What was counted over exactly a period; anything else about it cannot be added up."""

    def __init__(self, rules: Rules, facts: Iterable[FactRead]) -> None:
        self._exact: dict[tuple[date, date], list[tuple[str, Segment, Decimal]]] = {}
        self._seen: dict[date, set[tuple[Segment, str]]] = defaultdict(set)
        for fact in facts:
            key = rules.keys[fact.metric_id]
            if rules.counts(key, fact.feed_id):
                self._add(key, fact)

    def _add(self, key: str, fact: FactRead) -> None:
        segment = only_segment(fact.dims)
        seen = {(EVERYTHING, key)}
        if segment is not None:
            seen.add((segment, key))
            span = fact.day, fact.end
            self._exact.setdefault(span, []).append((key, segment, fact.value))
        day = fact.day
        while day <= fact.end:
            self._seen[day] |= seen
            day += ONE_DAY

    def of(self, period: Period, parts: Iterable[Rows] = ()) -> Given:
        """The uniques of a period, and why there are none of what was counted otherwise.

        `parts` are the rows of the shorter periods inside, where the facts of all its days were
        not read. Two feeds that both counted people cannot be added either.
        """
        given = Given()
        for segment, key in self._seen_in(period, parts):
            given.reason(segment, key, NOT_ADDITIVE)
        twice: set[tuple[Segment, str]] = set()
        for key, segment, value in self._exact.get((period.start, period.end), ()):
            if key in given.values.get(segment, {}):
                twice.add((segment, key))
            given.value(segment, key, value)
        for segment, values in given.values.items():
            for key in list(values):
                if (segment, key) in twice:
                    del values[key]
                else:
                    given.reasons.get(segment, {}).pop(key, None)
        return given

    def _seen_in(self, period: Period, parts: Iterable[Rows]) -> set[tuple[Segment, str]]:
        found: set[tuple[Segment, str]] = set()
        day = period.start
        while day <= period.end:
            found |= self._seen.get(day, set())
            day += ONE_DAY
        for rows in parts:
            for segment, row in rows.items():
                known = row.values.keys() | row.reasons.keys()
                found |= {(segment, key) for key in known & UNIQUES}
        return found


def only_segment(dims: Dims) -> Segment | None:
    """The one segment that a fact of a unique metric counts, None where it is several at once."""
    broken = [Segment(place, one) for place, one in enumerate(dims, start=1) if one]
    if not broken:
        return EVERYTHING
    return broken[0] if len(broken) == 1 else None
