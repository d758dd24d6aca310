"""Formulas over all segments and periods of a table, one formula at a time.

Columns of a table are periods to be stored, and others that their formulas look back at: days
(`start`), spans (`lag`), periods that are stored already (`prev`, `year_ago`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from metrics.derive import Formula, Formulas, Shift
from metrics.engine.bases import ROUNDED, Shown, said
from metrics.engine.cubes import REASONS, Bools, Ints, State
from metrics.engine.formula_columns import Column, Objects, Run, compile_columns
from metrics.formula import Operand
from metrics.resolution import EVERYTHING, NONE, Segment, rest_of

STATES: Mapping[str, State] = {text: State(number) for number, text in REASONS.items()}


class Given(NamedTuple):
    """What is known of a row beforehand, numbers as text: values, reasons for none, which values
    are incomplete, Σ value × weight and Σ weight of weighted means."""

    values: Mapping[str, str]
    reasons: Mapping[str, str]
    incomplete: Iterable[str]
    weights: Mapping[str, Sequence[str]]


@dataclass(slots=True)
class Table:
    """Segments × columns, flat: cell = segment × width + column.

    `partner` says by shift which column each column reads (−1: none), `wanted` where a derived
    metric is to be worked out (absent: in no column). `own` are the metrics that the workspace
    defines itself; `inputs` what formulas of the one and the other kind read elsewhere.
    """

    segments: Sequence[Segment]
    exists: Bools
    per_year: Objects
    partner: Mapping[Shift, Ints]
    wanted: Mapping[str, Bools]
    named: Callable[[str, str], Segment | None]
    own: frozenset[str]
    shown: dict[str, Shown]
    inputs: dict[tuple[bool, str], tuple[Objects, Bools]] = field(default_factory=dict)
    rests: Ints = field(init=False)
    places: dict[Segment, int] = field(init=False)

    def __post_init__(self) -> None:
        self.places = {one: place for place, one in enumerate(self.segments)}
        self.rests = np.array(
            [
                self.places.get(rest_of(one.dimension), -1) if one.segment_id > 0 else -1
                for one in self.segments
            ],
            np.int64,
        )

    @property
    def width(self) -> int:
        """How many columns it has."""
        return len(self.per_year)

    @property
    def size(self) -> int:
        """How many cells."""
        return len(self.segments) * self.width

    def put(self, row: int, column: int, given: Given) -> None:
        """Writes what is known of a cell beforehand: the row exists."""
        self.exists[row, column] = True
        cell = row * self.width + column
        for key, text in given.values.items():
            shown = self._shown(key)
            shown.kept[cell] = shown.exact[cell] = Decimal(text)
            shown.known[cell] = True
        for key, (over, under) in given.weights.items():
            self._put_weights(key, cell, Decimal(over), Decimal(under))
        for key, reason in given.reasons.items():
            self._shown(key).reason[cell] = STATES[reason]
        for key in given.incomplete:
            self._shown(key).unsure[cell] = True

    def _put_weights(self, key: str, cell: int, over: Decimal, under: Decimal) -> None:
        shown = self._shown(key)
        if shown.weights is None:
            shown = shown._replace(weights=(self._objects(), self._objects()))
            self.shown[key] = shown
        if shown.weights is not None:
            shown.weights[0][cell], shown.weights[1][cell] = over, under
        shown.exact[cell] = over / under

    def derive(self, formulas: Formulas) -> None:
        """Works out the wanted derived metrics, each after those that it reads."""
        for formula in formulas.in_order:
            if formula.key in self.wanted:
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
        bases = [self.shown[key] for key in formula.base if key in self.shown]
        asked = said(bases, self.size).reshape(len(self.segments), self.width)
        asked &= self.exists & self.wanted[formula.key][None, :]
        if formula.whole_only:
            asked[[place for one, place in self.places.items() if one != EVERYTHING]] = False
        elif formula.shifted:
            rests = [one for one in self.segments if one.segment_id == NONE and one != EVERYTHING]
            asked[[self.places[one] for one in rests]] = False
        return np.asarray(asked.reshape(-1))

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
            if found is None:
                return np.full(len(cells), -1)
            row = np.full(len(cells), self.places.get(found, -1))
            rest = np.full(len(cells), self.places.get(rest_of(found.dimension), -1))
        flat = self.exists.reshape(-1)
        source = np.where((row >= 0) & (place >= 0), row * self.width + place, -1)
        absent = (source < 0) | ~flat[source]
        fallback = np.where((rest >= 0) & (place >= 0), rest * self.width + place, -1)
        fallback = np.where((fallback >= 0) & flat[fallback], fallback, -1)
        return np.asarray(np.where(absent, fallback, source))

    def _note_input(self, name: tuple[bool, str], cells: Ints, column: Column) -> None:
        if name not in self.inputs:
            self.inputs[name] = np.empty(self.size, object), np.zeros(self.size, bool)
        values, known = self.inputs[name]
        there = cells[column.known]
        values[there] = column.values[column.known]
        known[there] = True

    def _keep(self, formula: Formula, cells: Ints, found: Column, unsure: Bools) -> None:
        shown = self._shown(formula.key)
        there = cells[found.known]
        values = found.values[found.known]
        shown.exact[there] = values
        shown.kept[there] = values if formula.exact else ROUNDED(values)
        shown.known[there] = True
        shown.reason[cells] = np.where(
            found.known | (found.reason == State.NO_DATA), np.uint8(0), found.reason
        )
        shown.unsure[there] = (unsure | found.missing)[found.known]

    def _shown(self, key: str) -> Shown:
        """A metric's cells, where nothing is known yet if there were none."""
        if key not in self.shown:
            nowhere, reasons = np.zeros(self.size, bool), np.zeros(self.size, np.uint8)
            self.shown[key] = Shown(
                self._objects(), self._objects(), nowhere, reasons, nowhere.copy()
            )
        return self.shown[key]

    def _objects(self) -> Objects:
        return np.empty(self.size, object)


def _column(
    shown: Shown | None, cells: Ints, there: Bools | None, *, exact: bool
) -> tuple[Column, Bools]:
    """The cells of a metric as an operand."""
    size = len(cells)
    if shown is None:
        nowhere = np.zeros(size, bool)
        reason = np.full(size, State.NO_DATA, np.uint8)
        return Column(np.empty(size, object), nowhere, reason, ~nowhere), nowhere
    values = (shown.exact if exact else shown.kept)[cells]
    known, reason, unsure = shown.known[cells], shown.reason[cells], shown.unsure[cells]
    if there is not None:
        known, unsure = known & there, unsure & there
        reason = np.where(there, reason, np.uint8(0))
    reason = np.where(~known & (reason == 0), np.uint8(State.NO_DATA), reason)
    return Column(values, known, np.where(known, np.uint8(0), reason), ~known), known & unsure
