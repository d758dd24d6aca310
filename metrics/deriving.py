"""Formulas of some periods, and the rows that come of it, a block of segments at a time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from metrics.engine.bases import shown_bases
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
from metrics.engine.owners import Owners, rest_beside
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


def together(several: Sequence[Columns]) -> Columns:
    """The periods of several, one after the other."""
    owners = several[0].cubes[0].owners
    if len(several) == 1:
        return several[0]
    parts: dict[int, list[Part]] = defaultdict(list)
    width = 0
    for one in several:
        columns = np.arange(len(one.periods))
        for dimension, cube in one.cubes.items():
            parts[dimension].append(Part(cube, columns, columns + width))
        width += len(one.periods)
    keys = {key for one in several for key in one.gaps}
    gaps = {
        key: np.concatenate(
            [one.gaps.get(key, np.zeros((owners, len(one.periods)), bool)) for one in several],
            axis=1,
        )
        for key in keys
    }
    periods = [period for one in several for period in one.periods]
    return Columns(periods, side_by_side(parts, width, owners), gaps)


class Deriving:
    """Works out the rows of some periods from their base metrics.

    `given` is what is known of rows of these periods beforehand, beside the columns' cubes;
    `only` the derived metrics to work out, all of them if it is None.
    """

    def __init__(
        self,
        rules: Joint,
        columns: Columns,
        store: DayStore,
        *,
        today: date,
        given: Sequence[Given] = (),
        only: frozenset[str] | None = None,
    ) -> None:
        self._rules = rules
        self._today = number_of(today)
        self._own = columns
        self._layout = Layout(rules.formulas, rules.calendar, columns.periods, only)
        self._given = [*self._stored_partners(), *given]
        self._cubes, self._gaps = self._with_days(store)

    def tables(self) -> Iterable[tuple[Table, Sequence[Period], int]]:
        """Tables with all formulas worked out, each with the periods that its first columns are,
        and how many segments, the first ones, are to be stored."""
        segments = self._segments()
        size = max(CELLS_A_BLOCK // max(self._layout.width, 1), 1)
        for first in range(0, len(segments), size):
            block = segments[first : first + size]
            around = {rest_beside(one) for one in block if one.dimension}
            for whole in (one for one in block if not one.dimension):
                named = self._rules.segments_named(whole)
                around |= {one for each in named for one in (each, rest_beside(each))}
            table = self._table([*block, *sorted(around - set(block))])
            table.derive(self._rules.formulas)
            yield table, self._own.periods, len(block)

    def _segments(self) -> list[Segment]:
        """All segments, everything first."""
        in_cubes = {
            Segment(dimension, int(one))
            for dimension, cube in self._cubes.items()
            for one in cube.segments.tolist()
        }
        given = {
            one
            for known in self._given
            for one in zip(known.at.dimension.tolist(), known.at.segment.tolist(), strict=True)
        }
        return sorted(in_cubes | {Segment(*one) for one in given})

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
        for dimension, cube in self._cubes.items():
            rows = exists(cube)
            at = {int(one): row for row, one in enumerate(cube.segments.tolist())}
            for place, segment in enumerate(segments):
                if segment.dimension == dimension and segment.segment_id in at:
                    found[place] = rows[at[segment.segment_id]]
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
        layout, parts = self._layout, defaultdict[int, list[Part]](list)
        own = np.arange(len(self._own.periods))
        for dimension, cube in self._own.cubes.items():
            parts[dimension].append(Part(cube, own, own))
        days = layout.days()
        if days:
            numbers = [number_of(layout.spots[place].start) for place in days]
            _move(store.columns(numbers, layout.base_of(days)), days, parts)
        gaps = {key: _wider(one, layout.width) for key, one in self._own.gaps.items()}
        spans = layout.spans()
        if spans:
            cubes, missing = self._spans(store, spans)
            _move(cubes, spans, parts)
            for key, one in missing.items():
                nothing = np.zeros((len(self._rules.owners), layout.width), bool)
                gaps.setdefault(key, nothing)[:, spans] = one
        if not days and not spans and not layout.stored():
            return self._own.cubes, dict(self._own.gaps)
        return side_by_side(parts, layout.width, len(self._rules.owners)), gaps

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


def _places_of(known: Mapping[tuple[int, int], int], first: Ints, second: Ints) -> Ints:
    """Where pairs are; −1 for those that are not known."""
    _codes, at, which = np.unique(first * 2**40 + second, return_index=True, return_inverse=True)
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


def _wider(marks: Bools, width: int) -> Bools:
    found = np.zeros((len(marks), width), bool)
    found[:, : marks.shape[1]] = marks
    return found


def _move(cubes: Cubes, columns: Sequence[int], parts: dict[int, list[Part]]) -> None:
    for dimension, cube in cubes.items():
        parts[dimension].append(Part(cube, np.arange(cube.width), np.array(columns, np.int64)))
