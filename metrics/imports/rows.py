"""From the cells of a table to facts: days, dimensions and values, each different cell read once.

Columns are read as a whole. Only the rows in which something cannot be read are looked at one by
one, in their order, to say what is wrong with them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal
from itertools import compress

from metrics.imports.cells import MISSING, Line, Lines
from metrics.imports.context import Context
from metrics.imports.dates import NotADate
from metrics.imports.days import DayReader
from metrics.imports.fact_columns import DIMENSIONS, NOWHERE, Codes, Dims, FactColumns
from metrics.imports.formats import Formats
from metrics.imports.layout import Column, Kind, Layout, Values
from metrics.imports.numbers import NotANumber, is_nothing, parse_number, parse_seconds
from metrics.imports.parsed import NOT_SET, Span
from metrics.imports.row_problems import not_a_number, unknown_metric, unknown_name
from metrics.imports.table import Table

__all__ = ["DIMENSIONS", "Dims", "RowReader"]

DERIVES_NOTHING = next(one.default for one in fields(Layout) if one.name == "derive")
UNREADABLE = 2**32 - 1
"""Stands for the span or place of a row that does not say it in a way that can be read."""


@dataclass(slots=True)
class NumberColumn:
    """One column of numbers: the number of each different cell, None where it holds none.

    `targets` names the metric by row where rows name it, else it is the same for all.
    """

    column: Column
    codes: array[int]
    values: dict[int, Decimal | None]
    bad: frozenset[int]
    targets: list[str | None] | None = None


@dataclass(slots=True)
class RowReader:
    """Reads the rows of one table."""

    layout: Layout
    table: Table
    formats: Formats
    days: DayReader
    context: Context
    _assigned: dict[tuple[int, str], dict[str, str] | None] = field(default_factory=dict)
    _dimensions: list[tuple[int, Column]] = field(default_factory=list)
    _choosy: list[tuple[int, Column]] = field(default_factory=list)
    _numbers: list[tuple[int, Column, str]] = field(default_factory=list)
    _named: int | None = None

    def __post_init__(self) -> None:
        table = self.table
        self._dimensions = table.places(Kind.DIMENSION)
        self._choosy = [(index, one) for index, one in self._dimensions if one.only or one.also]
        self._named = next((index for index, _c in table.places(Kind.METRIC_NAME)), None)
        self._numbers = [
            (index, column, self.formats.mark(table, index))
            for index, column in table.places(Kind.METRIC, Kind.MEASURE, Kind.VALUE)
        ]

    def facts(self) -> FactColumns:
        """What the rows that can be read say. Those that cannot are problems in the context."""
        lines, found = self.table.lines, FactColumns()
        spans, places = self._spans(lines, found), self._places(lines, found)
        columns = [self._number_column(lines, *one) for one in self._numbers]
        odd = self._odd_rows(spans, places, columns)
        for place in sorted(odd):
            self._say_what_is_wrong(lines[place])
        if self.layout.derive is not DERIVES_NOTHING or self._choosy:
            self._add_derived(found, lines, spans, places, columns, odd)
        else:
            self._add_columns(found, lines, spans, places, columns, odd)
        if self.layout.by_channel:
            found.rename(self.layout.by_channel)
        return found

    def values_of(self, line: Line) -> Values:
        """The numbers of a totals row, by metric; what is no number there is left out."""
        values: Values = {}
        for index, column, mark in self._numbers:
            cell = _cell(line, index)
            if column.kind is Kind.METRIC and not is_nothing(cell):
                try:
                    values[column.target] = parse_number(cell, mark) * column.scale
                except NotANumber:
                    continue
        return values

    # Days

    def _spans(self, lines: Lines, found: FactColumns) -> array[int]:
        """The code of each row's span."""
        memo: dict[tuple[int, ...], int] = {}
        indices = self.days.indices
        columns = [lines.codes(index) for index in indices]
        texts = [lines.texts(index) for index in indices]
        if not indices:
            period = self.days.period
            code = UNREADABLE if period is None else found.spans[period]
            return array("I", [code]) * len(lines)
        for cells in dict.fromkeys(zip(*columns, strict=True)):
            named = [text[code] for text, code in zip(texts, cells, strict=True)]
            memo[cells] = self._span_code(named, found.spans)
        return array("I", map(memo.__getitem__, zip(*columns, strict=True)))

    def _span_code(self, cells: list[str], spans: Codes[Span]) -> int:
        try:
            return spans[self.days.read(*cells)]
        except NotADate:
            return UNREADABLE

    # Dimensions

    def _places(self, lines: Lines, found: FactColumns) -> array[int]:
        """The code of each row's place."""
        if not self._dimensions:
            return array("I", [found.places[NOWHERE]]) * len(lines)
        indices = [index for index, _column in self._dimensions]
        columns = [lines.codes(index) for index in indices]
        texts = [lines.texts(index) for index in indices]
        memo: dict[tuple[int, ...], int] = {}
        for cells in dict.fromkeys(zip(*columns, strict=True)):
            dims = self._dims([text[code] for text, code in zip(texts, cells, strict=True)])
            memo[cells] = UNREADABLE if dims is None else found.places[dims]
        return array("I", map(memo.__getitem__, zip(*columns, strict=True)))

    def _dims(self, cells: list[str]) -> Dims | None:
        found: dict[str, str] = {}
        for (index, column), cell in zip(self._dimensions, cells, strict=True):
            assigned = self._assign(index, column, cell)
            if assigned is None:
                return None
            for name, value in assigned.items():
                found.setdefault(name, value)
        self._note_campaign(found)
        return (
            found.get("channel"),
            found.get("campaign"),
            found.get("device"),
            found.get("asset"),
            found.get("audience"),
        )

    def _assign(self, index: int, column: Column, cell: str) -> dict[str, str] | None:
        place = (index, cell)
        if place not in self._assigned:
            read = column.read(cell, self.context)
            self._assigned[place] = None if read is None else dict(read)
        return self._assigned[place]

    def _note_campaign(self, found: dict[str, str]) -> None:
        campaign, channel = found.get("campaign"), found.get("channel")
        if campaign and campaign != NOT_SET:
            known = self.context.result.campaigns
            known[campaign] = known.get(campaign) or (None if channel == NOT_SET else channel)

    # Numbers

    def _number_column(self, lines: Lines, index: int, column: Column, mark: str) -> NumberColumn:
        values: dict[int, Decimal | None] = {}
        bad: set[int] = set()
        for code, cell in lines.different(index).items():
            try:
                values[code] = None if is_nothing(cell) else _number(cell, column, mark)
            except NotANumber:
                bad.add(code)
        targets = self._targets(lines) if column.kind is Kind.VALUE else None
        return NumberColumn(column, lines.codes(index), values, frozenset(bad), targets)

    def _targets(self, lines: Lines) -> list[str | None]:
        """The metric that each row names, None where that is no metric of files."""
        if self._named is None:
            return [None] * len(lines)
        keys = {code: self._target(text) for code, text in lines.different(self._named).items()}
        return [keys[code] for code in lines.codes(self._named)]

    def _target(self, name: str) -> str | None:
        known = self.context.metric_named(name)
        return known.key if known is not None and not known.derived else None

    def _odd_rows(
        self, spans: array[int], places: array[int], columns: list[NumberColumn]
    ) -> set[int]:
        """The positions of rows in which a cell cannot be read."""
        odd = {row for codes in (spans, places) for row in _where(codes, {UNREADABLE})}
        for one in columns:
            odd |= set(_where(one.codes, one.bad))
            if one.targets is not None and self._named is not None and None in one.targets:
                values = one.values
                odd |= {
                    row
                    for row, target in enumerate(one.targets)
                    if target is None and values.get(one.codes[row]) is not None
                }
        return odd

    # Facts

    def _add_columns(
        self,
        found: FactColumns,
        lines: Lines,
        spans: array[int],
        places: array[int],
        columns: list[NumberColumn],
        odd: set[int],
    ) -> None:
        """Adds each column's numbers as they are, in the order of the rows."""
        numbers = lines.numbers()
        order: list[int] = []
        for one in columns:
            taken = self._taken(one, odd)
            metrics = self._metric_codes(one, found)
            if isinstance(taken, range) and len(columns) == 1:
                found.row, found.metric, found.span, found.place = numbers, metrics, spans, places
            else:
                for column, source in (
                    (found.row, numbers), (found.metric, metrics), (found.span, spans),
                    (found.place, places),
                ):  # fmt: skip
                    column.extend(map(source.__getitem__, taken))
            codes, values = one.codes, one.values
            found.value.extend(value for row in taken if (value := values[codes[row]]) is not None)
            if len(columns) > 1:
                order += taken
        if len(columns) > 1:
            _reorder(found, order)

    def _taken(self, one: NumberColumn, odd: set[int]) -> range | list[int]:
        """The rows that give a number of this column."""
        targets, values = one.targets, one.values
        named = targets is None or None not in targets
        if not odd and named and None not in values.values():
            return range(len(one.codes))
        return [
            row
            for row, code in enumerate(one.codes)
            if values.get(code) is not None and row not in odd and (targets is None or targets[row])
        ]

    def _metric_codes(self, one: NumberColumn, found: FactColumns) -> array[int]:
        if one.targets is None:
            return array("I", [found.metrics[one.column.target]]) * len(one.codes)
        codes = (found.metrics[target] if target else MISSING for target in one.targets)
        return array("I", codes)

    def _add_derived(
        self,
        found: FactColumns,
        lines: Lines,
        spans: array[int],
        places: array[int],
        columns: list[NumberColumn],
        odd: set[int],
    ) -> None:
        """Adds what follows from the numbers of each row."""
        for row, line in enumerate(lines):
            if row in odd:
                continue
            values: Values = {}
            for one in columns:
                value = one.values[one.codes[row]]
                target = one.column.target if one.targets is None else one.targets[row]
                if value is not None and target:
                    values[target] = value
            derived = self.layout.derive(values, self.context)
            for key, value in self._sensible(derived, line).items():
                found.row.append(line.number)
                found.metric.append(found.metrics[key])
                found.span.append(spans[row])
                found.place.append(places[row])
                found.value.append(value)

    def _sensible(self, values: Values, line: Line) -> Values:
        """The metrics that the row's breakdowns make sense for, under all their names."""
        for index, column in self._choosy:
            if column.only and index < len(line.cells):
                values = {key: value for key, value in values.items() if key in column.only}
            repeated = {new: values[old] for old, new in column.also.items() if old in values}
            values = values | repeated if repeated else values
        return values

    # What cannot be read

    def _say_what_is_wrong(self, line: Line) -> None:
        """The problems of one row, in the order of days, dimensions and numbers."""
        self.days.span(line)
        for index, column in self._dimensions:
            cell = _cell(line, index)
            if self._assign(index, column, cell) is None:
                unknown_name(line, self.table.name_of(index), column, cell, self.context)
                break
        for index, column, mark in self._numbers:
            cell = _cell(line, index)
            try:
                number = None if is_nothing(cell) else _number(cell, column, mark)
            except NotANumber:
                not_a_number(line, self.table.name_of(index), cell, mark, self.context)
                continue
            if number is not None and column.kind is Kind.VALUE:
                self._check_metric(line)

    def _check_metric(self, line: Line) -> None:
        index = self._named
        if index is not None and self._target(cell := _cell(line, index)) is None:
            known = self.context.metric_named(cell)
            derived = known is not None
            unknown_metric(line, self.table.name_of(index), cell, self.context, derived=derived)


def _cell(line: Line, index: int) -> str:
    return line.cells[index] if index < len(line.cells) else ""


def _number(cell: str, column: Column, mark: str) -> Decimal:
    """The number in a cell, in the metric's own unit. Raises NotANumber."""
    number = parse_seconds(cell, mark) if column.duration else parse_number(cell, mark)
    return number if column.scale == 1 else number * column.scale


def _where(codes: array[int], wanted: set[int] | frozenset[int]) -> Iterator[int]:
    """The positions of some codes in a column."""
    if not wanted or wanted.isdisjoint(codes):
        return iter(())
    return compress(range(len(codes)), map(wanted.__contains__, codes))


def _reorder(found: FactColumns, rows: list[int]) -> None:
    """Brings the facts into the order of their rows; those of one row stay as they came."""
    order = sorted(range(len(rows)), key=rows.__getitem__)
    for name in ("row", "metric", "span", "place"):
        setattr(found, name, array("I", map(getattr(found, name).__getitem__, order)))
    found.value = list(map(found.value.__getitem__, order))
