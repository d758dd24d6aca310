"""What snapshots should hold, worked out cell by cell from the facts: slow, and easy to follow.

Nothing is kept from one period to the next, nothing is stored, and only the reading of formulas
is shared with the product.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, localcontext

from metrics.calculation import CONTEXT, Result, evaluate
from metrics.formula import parse
from metrics.formula_nodes import Modifier, Operand, evaluation_order, metrics_in, operands
from metrics.periods import PERIODS_PER_YEAR, Calendar, Grain, Period

ONE_DAY = timedelta(days=1)
WHOLE = (0, 0)
Segment = tuple[int, int]
Cell = tuple[Decimal | None, str | None, bool]
"""Value, reason for none, incomplete."""


@dataclass(frozen=True)
class Fact:
    """One fact, its dimensions as (channel, campaign, device, asset, audience)."""

    key: str
    feed: int
    day: date
    end: date
    dims: tuple[int, int, int, int, int]
    value: Decimal


@dataclass
class Cells:
    """A row."""

    values: dict[str, Decimal] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)


@dataclass
class Reference:
    """The state of a workspace: facts, coverage, and how its numbers are put together."""

    calendar: Calendar
    today: date
    rollups: dict[str, str]
    weights: dict[str, str]
    formulas: dict[str, str]
    facts: list[Fact]
    covered: list[tuple[str, int, date, date]]
    kinds: dict[int, str]
    counting: dict[str, int]
    channel_of: dict[int, int]
    channels: dict[str, int]
    parts: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.nodes = {key: parse(text) for key, text in self.formulas.items()}
        self.order = evaluation_order(self.nodes)
        self._rows: dict[Period, dict[Segment, Cells]] = {}
        self._cells: dict[tuple[str, Period, Segment], Cell] = {}
        self._at: dict[tuple[str, date], list[Fact]] = {}
        used = {fact.key for fact in self.facts} | {key for key, *_rest in self.covered}
        self.used = {key: one for key, one in self.rollups.items() if key in used}
        for fact in self.facts:
            self._at.setdefault((fact.key, fact.day), []).append(fact)

    # Breakdowns

    def views(self, facts: Iterable[Fact]) -> dict[tuple[int, ...], list[Fact]]:
        """The facts of one feed and day by the dimensions that they are broken down by."""
        found: dict[tuple[int, ...], list[Fact]] = {}
        for fact in facts:
            broken = tuple(number for number, one in enumerate(fact.dims, start=1) if one)
            found.setdefault(broken, []).append(fact)
        return found

    def segment(self, fact: Fact, dimension: int) -> Segment:
        """The segment of the dimension that the fact belongs to."""
        if dimension == 1 and not fact.dims[0]:
            return 1, self.channel_of.get(fact.dims[1], -1)
        return dimension, fact.dims[dimension - 1]

    def is_part(self, fact: Fact) -> bool:
        """Whether the source lists a part of the metric in such a breakdown."""
        by = self.parts.get(fact.key)
        return bool(by) and all(fact.dims[dimension - 1] for dimension in by or ())

    def chosen(self, views: dict[tuple[int, ...], list[Fact]], dimension: int) -> list[Fact] | None:
        """The facts to read a dimension by (0: the total), None where no breakdown has it."""
        fitting = [
            broken
            for broken, facts in views.items()
            if dimension in broken
            or (dimension == 1 and 2 in broken)
            or (dimension == 0 and not self.is_part(facts[0]))
        ]
        if not fitting:
            return None
        return views[min(fitting, key=lambda broken: (len(broken), broken))]

    def shares(self, facts: list[Fact]) -> dict[Segment, list[Fact]]:
        """The facts of one feed and day that each segment is made of."""
        views = self.views(facts)
        found: dict[Segment, list[Fact]] = {}
        for dimension in range(6):
            for fact in self.chosen(views, dimension) or []:
                segment = self.segment(fact, dimension) if dimension else WHOLE
                found.setdefault(segment, []).append(fact)
        return found

    def counts(self, key: str, feed: int) -> bool:
        return self.counting.get(key, feed) == feed

    def feeds(self, key: str) -> list[int]:
        return [feed for feed in self.kinds if self.counts(key, feed)]

    def days(self, start: date, end: date) -> list[date]:
        return [start + timedelta(days=n) for n in range((end - start).days + 1)]

    def on(self, key: str, feed: int, day: date) -> list[Fact]:
        return [fact for fact in self._at.get((key, day), []) if fact.feed == feed]

    def is_covered(self, key: str, feed: int, day: date) -> bool:
        return day <= self.today and any(
            (one, by) == (key, feed) and start <= day <= end for one, by, start, end in self.covered
        )

    # Base metrics

    def sums(self, key: str, start: date, end: date) -> dict[Segment, Decimal]:
        """What is said of each segment; (dimension, 0) is 0 where silence says zero."""
        found: dict[Segment, Decimal] = {}

        def add(segment: Segment, amount: Decimal) -> None:
            found[segment] = found.get(segment, Decimal(0)) + amount

        for day in self.days(start, end):
            for feed in self.feeds(key):
                facts = self.on(key, feed, day)
                for segment, shared in self.shares(facts).items():
                    add(segment, sum((fact.value for fact in shared), Decimal(0)))
                views = self.views(facts)
                if facts and (self.is_covered(key, feed, day) or self.kinds[feed] == "ledger"):
                    for dimension in range(1, 6):
                        if self.chosen(views, dimension) is not None:
                            add((dimension, 0), Decimal(0))
                elif not facts and self.is_covered(key, feed, day):
                    for segment in (WHOLE, (1, 0), (2, 0), (3, 0)):
                        add(segment, Decimal(0))
        return found

    def stocks(self, key: str, period: Period) -> dict[Segment, Decimal]:
        """The last values on or before the period's last day, at most 45 days old."""
        since = min(period.end, self.today) - timedelta(days=45)
        if period.start > self.today:
            since = period.start
        found: dict[Segment, Decimal] = {}
        for feed in self.feeds(key):
            last: dict[object, Fact] = {}
            for fact in sorted(self.facts, key=lambda one: one.day):
                if (fact.key, fact.feed) == (key, feed) and since <= fact.day <= period.end:
                    last[fact.dims] = fact
            for segment, shared in self.shares(list(last.values())).items():
                amount = sum((fact.value for fact in shared), Decimal(0))
                found[segment] = found.get(segment, Decimal(0)) + amount
        return found

    def mean(self, key: str, start: date, end: date) -> dict[Segment, Decimal | str]:
        """Weighted means, or the reason for none."""
        totals: dict[Segment, tuple[Decimal, Decimal]] = {}
        plain: dict[Segment, set[Decimal]] = {}
        for day in self.days(start, end):
            for feed in self.feeds(key):
                weights = {fact.dims: fact.value for fact in self.on(self.weights[key], feed, day)}
                views = self.views(self.on(key, feed, day))
                weighted = {
                    broken: [fact for fact in facts if fact.dims in weights]
                    for broken, facts in views.items()
                    if any(fact.dims in weights for fact in facts)
                }
                without = {one: facts for one, facts in views.items() if one not in weighted}
                for dimension in range(6):
                    facts = self.chosen(weighted, dimension)
                    for fact in facts or []:
                        segment = self.segment(fact, dimension) if dimension else WHOLE
                        total, weight = totals.get(segment, (Decimal(0), Decimal(0)))
                        share = weights[fact.dims]
                        totals[segment] = total + fact.value * share, weight + share
                    if facts is None:
                        for fact in self.chosen(without, dimension) or []:
                            segment = self.segment(fact, dimension) if dimension else WHOLE
                            plain.setdefault(segment, set()).add(fact.value)
        found: dict[Segment, Decimal | str] = {}
        for segment in totals.keys() | plain.keys():
            total, weight = totals.get(segment, (Decimal(0), Decimal(0)))
            alone = plain.get(segment, set())
            if weight:
                found[segment] = total / weight
            elif len(alone) == 1:
                (found[segment],) = alone
            else:
                found[segment] = "not_additive" if alone else "zero_denominator"
        return found

    def counted_end(self, period: Period) -> date:
        """The last day whose facts count: today, of a period that has begun."""
        return period.end if period.start > self.today else min(period.end, self.today)

    def uniques(self, key: str, period: Period) -> dict[Segment, Decimal | str]:
        """Only facts of exactly the period; two feeds cannot be added."""
        found: dict[Segment, Decimal | str] = {}
        exact: dict[Segment, list[Decimal]] = {}
        for fact in self.facts:
            if fact.key != key or not self.counts(key, fact.feed):
                continue
            if fact.end < period.start or fact.day > self.counted_end(period):
                continue
            found[WHOLE] = "not_additive"
            broken = [(number, one) for number, one in enumerate(fact.dims, start=1) if one]
            if len(broken) > 1:
                continue
            segment = broken[0] if broken else WHOLE
            found[segment] = "not_additive"
            if (fact.day, fact.end) == (period.start, period.end):
                exact.setdefault(segment, []).append(fact.value)
        found |= {one: values[0] for one, values in exact.items() if len(values) == 1}
        return found

    def has_gap(self, key: str, period: Period) -> bool:
        """Whether a day before today is unknown, to all feeds or to one that should know it."""
        if period.grain is Grain.DAY:
            return False
        elapsed = [day for day in self.days(period.start, period.end) if day < self.today]

        def knows(feed: int, day: date) -> bool:
            whole = [fact for fact in self.on(key, feed, day) if not self.is_part(fact)]
            return bool(whole) or self.is_covered(key, feed, day)

        present = [feed for feed in self.feeds(key) if any(knows(feed, day) for day in elapsed)]
        if not present:
            return False
        ledger = any(self.kinds[feed] == "ledger" for feed in present)
        if not ledger and not all(any(knows(feed, day) for feed in present) for day in elapsed):
            return True
        return any(
            not all(knows(feed, day) for day in elapsed)
            for feed in present
            if self.kinds[feed] not in ("ledger", "manual")
        )

    def base(self, period: Period) -> dict[Segment, Cells]:
        """The base metrics of all segments."""
        rows: dict[Segment, Cells] = {}
        end = self.counted_end(period)
        for key, rollup in self.used.items():
            added: dict[Segment, Decimal] = {}
            given: dict[Segment, Decimal | str] = {}
            if rollup == "sum":
                added = self.sums(key, period.start, end)
            elif rollup == "last":
                added = self.stocks(key, period)
                first = [
                    one.day for one in self.facts if one.key == key and self.counts(key, one.feed)
                ]
                if (
                    WHOLE not in added
                    and period.start <= self.today
                    and first
                    and min(first) <= period.end
                ):
                    given[WHOLE] = "stale"
            elif rollup == "unique":
                given = self.uniques(key, period)
            else:
                given = self.mean(key, period.start, end)
            for segment, value in added.items():
                rows.setdefault(segment, Cells()).values[key] = value
            for segment, one in given.items():
                cells = rows.setdefault(segment, Cells())
                if isinstance(one, str):
                    cells.reasons[key] = one
                else:
                    cells.values[key] = one
        self.drop_silent(rows)
        self.add_known_zeros(rows)
        self.add_remainders(rows)
        for key, rollup in self.used.items():
            counted = self.weights[key] if rollup == "weighted_mean" else key
            if rollup in ("sum", "weighted_mean") and self.has_gap(counted, period):
                for cells in rows.values():
                    if key in cells.values:
                        cells.incomplete.add(key)
        return rows

    def add_known_zeros(self, rows: dict[Segment, Cells]) -> None:
        """A segment with a row is zero where any segment without facts is."""
        for segment, cells in rows.items():
            rest = rows.get((segment[0], 0))
            if segment[0] and rest:
                for key, value in rest.values.items():
                    if self.rollups[key] == "sum":
                        cells.values.setdefault(key, value)

    def drop_silent(self, rows: dict[Segment, Cells]) -> None:
        """A segment of which nothing but known zeros is said has no row of its own."""
        for segment, cells in list(rows.items()):
            rest = rows.get((segment[0], 0), Cells())
            zeros = all(value == 0 and key in rest.values for key, value in cells.values.items())
            of_sums = all(self.rollups[key] == "sum" for key in cells.values)
            if segment[1] > 0 and zeros and of_sums and not cells.reasons:
                del rows[segment]

    def add_remainders(self, rows: dict[Segment, Cells]) -> None:
        """ "Not set" = the total − everything named."""
        total = rows.get(WHOLE, Cells())
        for key, rollup in self.rollups.items():
            if rollup not in ("sum", "last") or key not in total.values:
                continue
            for dimension in range(1, 6):
                named = [
                    (segment, cells.values[key])
                    for segment, cells in rows.items()
                    if segment[0] == dimension and key in cells.values
                ]
                if dimension <= 3 or named:
                    left = total.values[key] - sum(value for (_, one), value in named if one > 0)
                    rows.setdefault((dimension, -1), Cells()).values[key] = left

    # Formulas

    def rows(self, period: Period) -> dict[Segment, Cells]:
        """All metrics of all segments over a period."""
        rows = self.base_rows(period)
        for segment, cells in rows.items():
            for key in self.order:
                value, reason, incomplete = self.cell(key, period, segment)
                if value is not None:
                    cells.values[key] = value
                    if incomplete:
                        cells.incomplete.add(key)
                elif reason is not None:
                    cells.reasons[key] = reason
        return rows

    def base_rows(self, period: Period) -> dict[Segment, Cells]:
        if period not in self._rows:
            with localcontext(CONTEXT):
                self._rows[period] = self.base(period)
        return self._rows[period]

    def cell(self, key: str, period: Period, segment: Segment) -> Cell:
        """One metric of a row that is there."""
        place = key, period, segment
        if place not in self._cells:
            self._cells[place] = self.work_out(key, period, segment)
        return self._cells[place]

    def work_out(self, key: str, period: Period, segment: Segment) -> Cell:
        cells = self.base_rows(period)[segment]
        if key not in self.nodes:
            return cells.values.get(key), cells.reasons.get(key), key in cells.incomplete
        base = self.rollups.keys() & (cells.values.keys() | cells.reasons.keys())
        if not self.base_of(key) & base:
            return None, None, False
        kinds = self.kinds_of(key)
        if segment != WHOLE and ("where" in kinds or ("shift" in kinds and not segment[1])):
            return None, None, False
        unsure = False

        def look(operand: Operand) -> Decimal | Result | None:
            nonlocal unsure
            value, reason, incomplete = self.operand(operand, period, segment)
            unsure = unsure or incomplete
            if value is None and reason:
                return Result(None, reason)
            return value

        per_year = PERIODS_PER_YEAR[period.grain]
        result = evaluate(self.nodes[key], look, periods_per_year=per_year)
        if result.value is not None:
            return result.value, None, unsure or bool(result.missing)
        return None, None if result.reason == "no_data" else result.reason, False

    def kinds_of(self, key: str) -> set[str]:
        if key not in self.nodes:
            return set()
        read = operands(self.nodes[key])
        kinds = {"where" for one in read if one.where} | {"shift" for one in read if one.modifier}
        return kinds.union(*(self.kinds_of(one.metric) for one in read))

    def base_of(self, key: str) -> set[str]:
        if key not in self.nodes:
            return {key}
        return set().union(*(self.base_of(one) for one in metrics_in(self.nodes[key])))

    def operand(self, operand: Operand, period: Period, segment: Segment) -> Cell:
        """What an operand comes to, wherever it is read from."""
        nothing = None, None, False
        if operand.where:
            if operand.where.key not in self.channels:
                return nothing
            segment = 1, self.channels[operand.where.key]
        if operand.modifier is Modifier.LAG and period.grain is not Grain.DAY:
            rows = self.lagged(operand, period)
            found = rows.get(segment) or (rows.get((segment[0], 0)) if segment[1] > 0 else None)
            if found is None:
                return nothing
            return found.values.get(operand.metric), None, operand.metric in found.incomplete
        other = self.moved(operand, period)
        if other is None:
            return nothing
        rows = self.base_rows(other)
        if segment not in rows and segment[1] > 0:
            segment = segment[0], 0
        return self.cell(operand.metric, other, segment) if segment in rows else nothing

    def moved(self, operand: Operand, period: Period) -> Period | None:
        """The period that an operand is read from."""
        match operand.modifier:
            case Modifier.START:
                return self.calendar.period_of(period.start - ONE_DAY, Grain.DAY)
            case Modifier.PREV:
                return self.calendar.previous(period)
            case Modifier.YEAR_AGO:
                return self.calendar.year_ago(period)
            case Modifier.LAG:
                before = period.start - timedelta(days=operand.days)
                return self.calendar.period_of(before, Grain.DAY)
        return period

    def lagged(self, operand: Operand, period: Period) -> dict[Segment, Cells]:
        """The sums of the same span some days before."""
        back = timedelta(days=operand.days)
        start, end = period.start - back, period.end - back
        found = self.sums(operand.metric, start, end)
        rows = {segment: Cells({operand.metric: value}) for segment, value in found.items()}
        self.add_known_zeros(rows)
        self.add_remainders(rows)
        elapsed = [day for day in self.days(start, end) if day < self.today]
        if not all(self.sums(operand.metric, day, day) for day in elapsed):
            for cells in rows.values():
                cells.incomplete.add(operand.metric)
        return rows
