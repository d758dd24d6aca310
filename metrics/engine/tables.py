"""Formulas over all segments and periods of a table, one formula at a time.

Columns of a table are periods to be stored, and others that their formulas look back at: days
(`start`), spans (`lag`), periods that are stored already (`prev`, `year_ago`).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from metrics.derive import Formula, Formulas, Shift
from metrics.engine.bases import Shown
from metrics.engine.cubes import Bools, Ints, State
from metrics.engine.exact import Kept, Objects, kept, nothing, put, spread
from metrics.engine.formula_columns import Column, Run, absent, compile_columns
from metrics.engine.owners import id_of, owner_of, rest_beside
from metrics.engine.ratios import divided, is_ratio
from metrics.engine.row_cells import EntryKind
from metrics.engine.row_reading import Entries
from metrics.formula_nodes import Operand
from metrics.resolution import Segment


@dataclass(slots=True)
class Table:
    """Segments × columns, flat: cell = segment × width + column.

    Segments are those of all workspaces that are worked out together, by their codes. `partner`
    says by shift which column each column reads (−1: none), `wanted` where a derived metric is to
    be worked out (absent: in no column). `own` are the metrics that the workspace
    defines itself; `inputs` what formulas of the one and the other kind read elsewhere.
    """

    segments: Sequence[Segment]
    exists: Bools
    per_year: Objects
    partner: Mapping[Shift, Ints]
    wanted: Mapping[str, Bools]
    named: Callable[[str, str], Sequence[Segment | None]]
    own: frozenset[str]
    shown: dict[str, Shown]
    inputs: dict[tuple[bool, str], tuple[Kept, Bools]] = field(default_factory=dict)
    _speaking: dict[str, Bools] = field(default_factory=dict)
    _of_whole: Bools = field(init=False)
    _is_rest: Bools = field(init=False)
    rests: Ints = field(init=False)
    owner: Ints = field(init=False)
    places: dict[Segment, int] = field(init=False)

    def __post_init__(self) -> None:
        self.places = {one: place for place, one in enumerate(self.segments)}
        dimensions, codes = np.array(self.segments, np.int64).reshape(-1, 2).T
        self.owner, ids = owner_of(codes), id_of(codes)
        self._of_whole, self._is_rest = dimensions == 0, (dimensions != 0) & (ids == 0)
        rest_at = np.full((dimensions.max() + 1, self.owner.max() + 1), -1, np.int64)
        rest_at[dimensions[self._is_rest], self.owner[self._is_rest]] = np.flatnonzero(
            self._is_rest
        )
        self.rests = np.where(ids > 0, rest_at[dimensions, self.owner], -1)

    @property
    def width(self) -> int:
        """How many columns it has."""
        return len(self.per_year)

    @property
    def size(self) -> int:
        """How many cells."""
        return len(self.segments) * self.width

    def put(self, cells: Ints, entries: Entries, keys: Collection[str] | None) -> None:
        """Writes what stored rows say of these metrics into their cells: the rows exist.

        `cells` are the rows' cells, −1 where one is not of this table.
        """
        self.exists.reshape(-1)[cells[cells >= 0]] = True
        there = cells[entries.row]
        for name, kind, places in entries.by_name():
            if keys is not None and name not in keys:
                continue
            places = places[there[places] >= 0]
            if places.size and kind is EntryKind.VALUE:
                self._put_values(self._shown(name), there[places], entries.at(places))
            elif places.size and kind is EntryKind.OVER:
                under = entries.at(places + 1)
                self._shown(name).put_weights(
                    there[places], entries.at(places).numbers(), under.numbers()
                )

    def _put_values(self, shown: Shown, cells: Ints, entries: Entries) -> None:
        known = entries.state == State.VALUE
        if known.any():
            shown.put(cells[known], entries.at(known).numbers())
        shown.reason[cells] = np.where(known, np.uint8(0), entries.state)
        shown.unsure[cells] = entries.unsure

    def derive(self, formulas: Formulas) -> None:
        """Works out the wanted derived metrics, each after those that it reads."""
        for level in formulas.levels:
            wanted = [one for one in level if one.key in self.wanted]
            ratios = [one for one in wanted if is_ratio(one, self.shown)]
            if ratios:
                asked = np.stack([self._asked(one) for one in ratios])
                found = divided(ratios, self.shown, asked)
                self.shown |= {key: one for key, one in found.items() if one.says_anything}
            alone = {one.key for one in ratios}
            for formula in wanted:
                if formula.key not in alone:
                    self._derive(formula)

    def _derive(self, formula: Formula) -> None:
        cells = np.flatnonzero(self._asked(formula))
        if not cells.size:
            return
        operands: dict[str, Column] = {}
        unsure = np.zeros(len(cells), bool)
        for operand in formula.compiled.operands:
            column, doubtful = self._operand(operand, cells, own=formula.key in self.own)
            operands[str(operand)] = column
            unsure |= doubtful
        run = Run(operands, len(cells), self.per_year[cells % self.width])
        self._keep(formula, cells, compile_columns(formula.node)(run), unsure)

    def _asked(self, formula: Formula) -> Bools:
        """Where a formula is calculated: in rows that say anything of what it rests on."""
        anything = np.zeros(self.size, bool)
        for key in formula.base:
            if key in self.shown:
                anything |= self._said(key)
        asked = anything.reshape(len(self.segments), self.width)
        asked &= self.exists & self.wanted[formula.key][None, :]
        if formula.whole_only:
            asked &= self._of_whole[:, None]
        elif formula.shifted:
            asked &= ~self._is_rest[:, None]
        return np.asarray(asked.reshape(-1))

    def _said(self, key: str) -> Bools:
        """Where a base metric has a value, or a reason for none."""
        if key not in self._speaking:
            shown = self.shown[key]
            self._speaking[key] = shown.known | (shown.reason != 0)
        return self._speaking[key]

    def _operand(self, operand: Operand, cells: Ints, *, own: bool) -> tuple[Column, Bools]:
        """An operand in these cells, and where it is incomplete."""
        shown = self.shown.get(operand.metric)
        if operand.modifier is None and operand.where is None:
            return _column(shown, cells, None, exact=True)
        source = self._source(operand, cells)
        column, unsure = _column(shown, np.maximum(source, 0), source >= 0, exact=False)
        self._note_input((own, str(operand)), cells, column)
        return column, unsure

    def _source(self, operand: Operand, cells: Ints) -> Ints:
        """The cell that an operand is read from, −1 where there is none."""
        row, place = cells // self.width, cells % self.width
        if operand.modifier:
            shift = operand.modifier, operand.days
            place = self.partner.get(shift, np.full(self.width, -1))[place]
        rest = self.rests[row]
        if operand.where:
            found = self.named(*operand.where)
            owner = self.owner[row]
            row = self._rows_of(found)[owner]
            rest = self._rows_of([one and rest_beside(one) for one in found])[owner]
        flat = self.exists.reshape(-1)
        source = np.where((row >= 0) & (place >= 0), row * self.width + place, -1)
        absent = (source < 0) | ~flat[source]
        fallback = np.where((rest >= 0) & (place >= 0), rest * self.width + place, -1)
        fallback = np.where((fallback >= 0) & flat[fallback], fallback, -1)
        return np.asarray(np.where(absent, fallback, source))

    def _rows_of(self, segments: Sequence[Segment | None]) -> Ints:
        """Where these segments are, −1 for those that are not."""
        return np.array(
            [-1 if one is None else self.places.get(one, -1) for one in segments], np.int64
        )

    def _note_input(self, name: tuple[bool, str], cells: Ints, column: Column) -> None:
        known = column.known
        values, noted = self.inputs.get(name, (nothing(self.size), np.zeros(self.size, bool)))
        noted[cells[known]] = True
        fresh = kept(column.values.at(known), known[known], exact=True)
        self.inputs[name] = put(values, cells[known], fresh), noted

    def _keep(self, formula: Formula, cells: Ints, found: Column, unsure: Bools) -> None:
        shown = self._shown(formula.key)
        known = found.known
        there = cells[known]
        values = found.values.at(known)
        numbers = kept(values, known[known], exact=formula.exact)
        shown.put(there, numbers)
        if numbers is not values:
            shown.exact = spread(values, there, self.size)
        shown.reason[cells] = np.where(
            known | (found.reason == State.NO_DATA), np.uint8(0), found.reason
        )
        shown.unsure[there] = (unsure | found.missing)[known]

    def _shown(self, key: str) -> Shown:
        """A metric's cells, where nothing is known yet if there were none."""
        if key not in self.shown:
            self.shown[key] = Shown.empty(self.size)
        return self.shown[key]


def _column(
    shown: Shown | None, cells: Ints, there: Bools | None, *, exact: bool
) -> tuple[Column, Bools]:
    """The cells of a metric as an operand."""
    size = len(cells)
    if shown is None:
        return absent(size), np.zeros(size, bool)
    values = shown.exactly(cells) if exact else shown.kept.at(cells)
    known, reason, unsure = shown.known[cells], shown.reason[cells], shown.unsure[cells]
    if there is not None:
        known, unsure = known & there, unsure & there
        reason = np.where(there, reason, np.uint8(0))
    reason = np.where(~known & (reason == 0), np.uint8(State.NO_DATA), reason)
    return Column(values, known, np.where(known, np.uint8(0), reason), ~known), known & unsure
