"""From a table to rows as they are stored."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from metrics.engine.cubes import Ints
from metrics.engine.facts import number_of
from metrics.engine.own_cells import BlockKey, Place, Starts, own_blocks
from metrics.engine.row_cells import EntryKind, RowLine, shipped_bytes
from metrics.engine.tables import Table
from metrics.models.snapshot import GRAIN_NUMBERS
from metrics.periods import Period


class Places(NamedTuple):
    """Which rows: grain as stored, the period's first and last day as numbers, segment."""

    grain: Ints
    start: Ints
    end: Ints
    dimension: Ints
    segment: Ints

    def __len__(self) -> int:
        return len(self.grain)

    def at(self, where: Ints) -> "Places":
        """Some of them."""
        return Places(*(column[where] for column in self))

    def place(self, row: int) -> Place:
        """Which row one of them is."""
        grain, start, _end, dimension, segment = (int(column[row]) for column in self)
        return Place(grain, start, dimension, segment)


class Rows(NamedTuple):
    """Rows as they are stored, and the blocks of the metrics that the workspace defines."""

    places: Places
    shipped: list[bytes]
    own: dict[BlockKey, bytes]

    def at(self, where: Ints) -> "Rows":
        """Some of the rows, without the blocks."""
        if len(where) == len(self.shipped):
            return self._replace(own={})
        return Rows(self.places.at(where), [self.shipped[n] for n in where.tolist()], {})


NO_ROWS = Rows(Places(*[np.zeros(0, np.int64)] * len(Places._fields)), [], {})


def written(table: Table, periods: Sequence[Period], segments: int) -> Rows:
    """The rows of the first columns, which are these periods, and of the first segments."""
    cells = _cells(table, len(periods), segments)
    shipped = shipped_bytes(_lines(table, own=False), cells)
    there = np.array([bool(one) for one in shipped], bool)
    if not there.all():
        cells, shipped = cells[there], [one for one in shipped if one]
    places = _places(table, periods, cells)
    return Rows(places, shipped, _own(table, places, cells))


def own_written(table: Table, periods: Sequence[Period], segments: int) -> dict[BlockKey, bytes]:
    """What the same rows say of the metrics that the workspace defines itself."""
    cells = _cells(table, len(periods), segments)
    return _own(table, _places(table, periods, cells), cells)


def _own(table: Table, places: Places, cells: Ints) -> dict[BlockKey, bytes]:
    if not table.own:
        return {}
    at = Starts(places.grain, places.start, places.dimension, places.segment)
    return own_blocks(_lines(table, own=True), at, cells)


def _cells(table: Table, columns: int, segments: int) -> Ints:
    """The cells of these columns and segments that have a row."""
    row, column = np.nonzero(table.exists[:segments, :columns])
    return np.asarray(row * table.width + column)


def _places(table: Table, periods: Sequence[Period], cells: Ints) -> Places:
    row, column = cells // table.width, cells % table.width
    grains = np.array([GRAIN_NUMBERS[one.grain] for one in periods], np.int64)
    starts = np.array([number_of(one.start) for one in periods], np.int64)
    ends = np.array([number_of(one.end) for one in periods], np.int64)
    dimensions = np.array([one.dimension for one in table.segments], np.int64)
    segments = np.array([one.segment_id for one in table.segments], np.int64)
    return Places(grains[column], starts[column], ends[column], dimensions[row], segments[row])


def _lines(table: Table, *, own: bool) -> list[RowLine]:
    """What is said of the workspace's own metrics, or of the shipped ones."""
    shown = {key: table.shown[key] for key in sorted(table.shown) if (key in table.own) is own}
    found = [
        RowLine(key, EntryKind.VALUE, one.known, one.kept, one.reason, one.unsure)
        for key, one in shown.items()
    ]
    for key, one in shown.items():
        if one.weights is not None:
            over, under, known = one.weights
            found.append(RowLine(key, EntryKind.OVER, known, over))
            found.append(RowLine(key, EntryKind.UNDER, known, under))
    for of_own, name in sorted(table.inputs):
        if of_own is own:
            values, known = table.inputs[of_own, name]
            found.append(RowLine(name, EntryKind.INPUT, known, values))
    return found


Periods = Mapping[int, Period]
