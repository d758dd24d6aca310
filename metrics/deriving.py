"""Formulas of some periods, and the rows that come of it, a block of segments at a time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from metrics.engine.bases import rows_of, shown_bases
from metrics.engine.cubes import (
    Bools,
    Cube,
    Cubes,
    Ints,
    Kind,
    Part,
    State,
    aggregated,
    side_by_side,
)
from metrics.engine.day_store import DayStore
from metrics.engine.facts import number_of
from metrics.engine.layout import Layout
from metrics.engine.owners import Owners, base_of, rest_beside
from metrics.engine.settling import exists, settle
from metrics.engine.tables import Table
from metrics.joint import Joint
from metrics.models.snapshot import GRAIN_NUMBERS
from metrics.periods import Grain, Period
from metrics.resolution import Segment
from metrics.rules import LEDGER_KEYS, SUMS
from metrics.snapshot_rows import Given, load_given

CELLS_A_BLOCK = 12_000


class Columns(NamedTuple):
    """Base metrics of periods, and in which of them each summed metric has a gap: [workspace,
    period]."""

    periods: Sequence[Period]
    cubes: Cubes
    gaps: Mapping[str, Bools]


def without_cubes(periods: Sequence[Period], owners: Owners) -> Columns:
    """Periods of which all is given."""
    return Columns(periods, side_by_side({}, len(periods), len(owners)), {})


class Deriving:
    """Works out the rows of some periods from their base metrics, the periods of several columns
    one after the other.

    `given` is what is known of rows of these periods beforehand, beside the columns' cubes;
    `only` the derived metrics to work out, all of them if it is None.
    """

    def __init__(
        self,
        rules: Joint,
        columns: Sequence[Columns],
        store: DayStore,
        *,
        today: date,
        given: Sequence[Given] = (),
        only: frozenset[str] | None = None,
    ) -> None:
        self._rules = rules
        self._today = number_of(today)
        self._columns = columns
        self.periods = [period for one in columns for period in one.periods]
        """Those of all columns."""
        self._layout = Layout(rules.formulas, rules.calendar, self.periods, only)
        self._given = [*self._stored_partners(), *given]
        self._cubes, self._gaps = self._with_days(store)

    def tables(self) -> Iterable[tuple[Table, Sequence[Period], int]]:
        """Tables with all formulas worked out, each with the periods that its first columns are,
        and how many segments, the first ones, are to be stored."""
        segments = self._segments()
        size = max(CELLS_A_BLOCK // max(self._layout.width, 1), 1)
        for first in range(0, len(segments), size):
            block = segments[first : first + size]
            beside = {(one.dimension, base_of(one.segment_id)) for one in block if one.dimension}
            around = {Segment(*one) for one in beside}
            for whole in (one for one in block if not one.dimension):
                named = self._rules.segments_named(whole)
                around |= {one for each in named for one in (each, rest_beside(each))}
            table = self._table([*block, *sorted(around - set(block))])
            table.derive(self._rules.formulas)
            yield table, self.periods, len(block)

    def _segments(self) -> list[Segment]:
        """All segments, everything first."""
        found = [_pairs(one.dimension, one.segments) for one in self._cubes.values()]
        found += [_pairs(one.at.dimension, one.at.segment) for one in self._given]
        codes = np.unique(np.concatenate(found))
        dimensions, segments = codes >> PAIR, (codes & ((1 << PAIR) - 1)) - 1
        return list(map(Segment, dimensions.tolist(), segments.tolist()))

    def _table(self, segments: Sequence[Segment]) -> Table:
        layout = self._layout
        table = Table(
            segments=segments,
            exists=self._exists(segments),
            per_year=layout.per_year(),
            partner=layout.partners(),
            wanted=layout.derived(),
            named=self._rules.named,
            own=self._rules.own,
            shown=shown_bases(self._cubes, segments, self._gaps),
        )
        self._put_given(table)
        return table

    def _exists(self, segments: Sequence[Segment]) -> Bools:
        found = np.zeros((len(segments), self._layout.width), bool)
        for dimension, (places, rows) in rows_of(self._cubes, segments).items():
            found[places] = exists(self._cubes[dimension])[rows]
        return found

    # What is looked back at

    def _stored_partners(self) -> list[Given]:
        places = self._layout.stored()
        starts: dict[Grain, list[date]] = defaultdict(list)
        for place in places:
            spot = self._layout.spots[place]
            if spot.grain is not None:
                starts[spot.grain].append(spot.start)
        return load_given(self._rules.owners, starts, self._layout.keys_of(places))

    def _put_given(self, table: Table) -> None:
        """Writes what is stored of periods into their columns."""
        columns = {
            (int(GRAIN_NUMBERS[spot.grain]), number_of(spot.start)): place
            for place, spot in enumerate(self._layout.spots)
            if spot.grain is not None
        }
        rows = {(one.dimension, one.segment_id): row for one, row in table.places.items()}
        for given in self._given:
            row = _places_of(rows, given.at.dimension, given.at.segment)
            column = _places_of(columns, given.at.grain, given.at.start)
            cells = np.where((row >= 0) & (column >= 0), row * table.width + column, -1)
            table.put(cells, given.said, given.keys)

    def _with_days(self, store: DayStore) -> tuple[Cubes, dict[str, Bools]]:
        """The base metrics of all columns, those of days and spans among them."""
        layout, owners = self._layout, len(self._rules.owners)
        days, spans = layout.days(), layout.spans()
        if len(self._columns) == 1 and layout.width == len(self.periods):
            return self._columns[0].cubes, dict(self._columns[0].gaps)
        parts: dict[int, list[Part]] = defaultdict(list)
        gaps: dict[str, Bools] = defaultdict(lambda: np.zeros((owners, layout.width), bool))
        first = 0
        for one in self._columns:
            own = slice(first, first + len(one.periods))
            _move(one.cubes, range(layout.width)[own], parts)
            for key, marks in one.gaps.items():
                gaps[key][:, own] = marks
            first = own.stop
        if days:
            numbers = [number_of(layout.spots[place].start) for place in days]
            _move(store.columns(numbers, layout.base_of(days)), days, parts)
        if spans:
            cubes, missing = self._spans(store, spans)
            _move(cubes, spans, parts)
            for key, marks in missing.items():
                gaps[key][:, spans] = marks
        return side_by_side(parts, layout.width, owners), dict(gaps)

    def _spans(self, store: DayStore, places: Sequence[int]) -> tuple[Cubes, dict[str, Bools]]:
        """Sums of days over spans that are no periods; days of which nothing is known are gaps."""
        spots = [self._layout.spots[place] for place in places]
        first = np.array([number_of(spot.start) for spot in spots], np.int64)
        last = np.array([number_of(spot.end) for spot in spots], np.int64)
        days = np.unique(
            np.concatenate([np.arange(a, b + 1) for a, b in zip(first, last, strict=True)])
        )
        cubes = store.columns(days, self._layout.base_of(places))
        begin, end = np.searchsorted(days, first), np.searchsorted(days, last)
        found = {one: aggregated(cube, begin, end, end) for one, cube in cubes.items()}
        settle(found)
        return found, _span_gaps(cubes[0], days, begin, end, self._today)


PAIR = 40


def _pairs(first: Ints | int, second: Ints) -> Ints:
    """One number for each pair, in their order; the second of each is −1 at least."""
    return (first << PAIR) + second + 1


def _places_of(known: Mapping[tuple[int, int], int], first: Ints, second: Ints) -> Ints:
    """Where pairs are; −1 for those that are not known."""
    _codes, at, which = np.unique(_pairs(first, second), return_index=True, return_inverse=True)
    pairs = zip(first[at].tolist(), second[at].tolist(), strict=True)
    return np.array([known.get(pair, -1) for pair in pairs], np.int64)[which]


def _span_gaps(cube: Cube, days: Ints, begin: Ints, end: Ints, today: int) -> dict[str, Bools]:
    elapsed = np.concatenate([[0], np.cumsum(days < today)])
    wanted = elapsed[end + 1] - elapsed[begin]
    found: dict[str, Bools] = {}
    for place, line in enumerate(cube.lines):
        if line.key in SUMS - LEDGER_KEYS and line.kind is Kind.SUM:
            known = (cube.states[:, place] == State.VALUE) & (days < today)
            counted = np.zeros((len(known), len(days) + 1), np.int64)
            np.cumsum(known, axis=1, out=counted[:, 1:])
            found[line.key] = (counted[:, end + 1] - counted[:, begin]) < wanted
    return found


def _move(cubes: Cubes, columns: Sequence[int], parts: dict[int, list[Part]]) -> None:
    for dimension, cube in cubes.items():
        parts[dimension].append(Part(cube, np.arange(cube.width), np.array(columns, np.int64)))
