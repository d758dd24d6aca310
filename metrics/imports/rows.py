"""From the rows of a table to records: days, dimensions and values, each cell judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.days import DayReader
from metrics.imports.folding import currency_in
from metrics.imports.formats import Formats
from metrics.imports.layout import Column, Kind, Layout, Values
from metrics.imports.numbers import NotANumber, is_nothing, parse_number, parse_seconds
from metrics.imports.parsed import NOT_SET, Span
from metrics.imports.reading import Line
from metrics.imports.table import Table

DIMENSIONS = ("channel", "campaign", "device", "asset", "audience")
Dims = tuple[str | None, str | None, str | None, str | None, str | None]
NOWHERE: Dims = (None, None, None, None, None)


@dataclass(slots=True)
class Record:
    """What one row says: its line, its days, where it belongs, and what it measures."""

    row: int
    span: Span
    dims: Dims
    values: Values


@dataclass(slots=True)
class RowReader:
    """Reads the rows of one table; what it remembers of cells makes the next row cheap."""

    layout: Layout
    table: Table
    formats: Formats
    days: DayReader
    context: Context
    currencies: set[str] = field(default_factory=set)
    _assigned: dict[tuple[int, str], dict[str, str] | None] = field(default_factory=dict)
    _dimensions: list[tuple[int, Column]] = field(default_factory=list)
    _choosy: list[tuple[int, Column]] = field(default_factory=list)
    _numbers: list[tuple[int, Column, str]] = field(default_factory=list)
    _named: int | None = None
    _currency: int | None = None

    def __post_init__(self) -> None:
        table = self.table
        self._dimensions = table.places(Kind.DIMENSION)
        self._choosy = [(index, one) for index, one in self._dimensions if one.only or one.also]
        self._named = next((index for index, _c in table.places(Kind.METRIC_NAME)), None)
        self._currency = next((index for index, _c in table.places(Kind.CURRENCY)), None)
        self._numbers = [
            (index, column, self.formats.mark(table, index))
            for index, column in table.places(Kind.METRIC, Kind.MEASURE, Kind.VALUE)
        ]

    def records(self) -> Iterator[Record]:
        """The rows that can be read. Those that cannot are problems in the context."""
        for line in self.table.rows:
            record = self._record(line)
            if record is not None:
                yield record

    def values_of(self, line: Line) -> Values:
        """The numbers of a totals row, by metric; what is no number there is left out."""
        values: Values = {}
        for index, column, mark in self._numbers:
            cell = line.cells[index] if index < len(line.cells) else ""
            if column.kind is Kind.METRIC and not is_nothing(cell):
                try:
                    values[column.target] = parse_number(cell, mark) * column.scale
                except NotANumber:
                    continue
        return values

    def _record(self, line: Line) -> Record | None:
        errors = len(self.context.result.errors)
        span = self.days.span(line)
        dims = self._dims(line)
        values = self._values(line)
        self._note_currency(line)
        if len(self.context.result.errors) > errors or span is None or dims is None:
            return None
        values = self.layout.derive(values, self.context)
        return Record(line.number, span, dims, self._sensible(values, line))

    # Dimensions

    def _dims(self, line: Line) -> Dims | None:
        if not self._dimensions:
            return NOWHERE
        found: dict[str, str] = {}
        for index, column in self._dimensions:
            cell = line.cells[index] if index < len(line.cells) else ""
            assigned = self._assign(index, column, cell)
            if assigned is None:
                self._unknown(line, index, column, cell)
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

    def _unknown(self, line: Line, index: int, column: Column, cell: str) -> None:
        messages = {
            "channel": _(
                "“%(found)s” is not a channel. Use a channel of the workspace, or add this one to "
                "its settings first."
            ),
            "device": _("“%(found)s” is not a device. Use desktop, smartphone, tablet or other."),
        }
        message = messages.get(column.target, _("“%(found)s” is not known here. Correct it."))
        name = self.table.name_of(index)
        self.context.problem(line.number, name, cell, message % {"found": cell}, column.target)

    # Numbers

    def _values(self, line: Line) -> Values:
        values: Values = {}
        for index, column, mark in self._numbers:
            cell = line.cells[index] if index < len(line.cells) else ""
            if is_nothing(cell):
                continue
            try:
                number = parse_seconds(cell, mark) if column.duration else parse_number(cell, mark)
            except NotANumber:
                self._not_a_number(line, index, cell, mark)
                continue
            target = self._target(line, column)
            if target:
                values[target] = number if column.scale == 1 else number * column.scale
        return values

    def _target(self, line: Line, column: Column) -> str | None:
        """The metric of a value: its column's, or in a long table the one its row names."""
        if column.kind is not Kind.VALUE:
            return column.target
        index = self._named
        cell = line.cells[index] if index is not None and index < len(line.cells) else ""
        known = self.context.vocabulary.find(cell)
        if known is not None and not known.derived:
            return known.key
        if index is not None:
            self._unknown_metric(line, index, cell, derived=known is not None)
        return None

    def _unknown_metric(self, line: Line, index: int, cell: str, *, derived: bool) -> None:
        near = None if derived else self.context.vocabulary.near(cell)
        if derived:
            message = _("“%(found)s” is worked out from other metrics. Import those instead.")
        elif near:
            message = _("“%(found)s” is not a metric. Did you mean “%(near)s”?")
        else:
            message = _("“%(found)s” is not a metric. Use the key or the name of one.")
        expected = message % {"found": cell, "near": near}
        self.context.problem(line.number, self.table.name_of(index), cell, expected, "metric")

    def _not_a_number(self, line: Line, index: int, cell: str, mark: str) -> None:
        example = "1 234,5" if mark == "," else "1,234.5"
        expected = _("Enter a number, like %(example)s.") % {"example": example}
        self.context.problem(line.number, self.table.name_of(index), cell, expected, "number")

    def _sensible(self, values: Values, line: Line) -> Values:
        """The metrics that the row's breakdowns make sense for, under all their names."""
        for index, column in self._choosy:
            if column.only and index < len(line.cells):
                values = {key: value for key, value in values.items() if key in column.only}
            repeated = {new: values[old] for old, new in column.also.items() if old in values}
            values = values | repeated if repeated else values
        return values

    def _note_currency(self, line: Line) -> None:
        index = self._currency
        if index is not None and index < len(line.cells):
            code = currency_in(line.cells[index].upper())
            if code:
                self.currencies.add(code)

    def money_seen(self) -> set[str]:
        """The currencies that rows, headers or cells of money name."""
        if self.currencies:
            return self.currencies
        found: set[str] = set()
        for index, column in self.table.places(Kind.METRIC):
            if self.context.vocabulary.get(column.target).is_money:
                cells = [self.table.name_of(index), *self.table.cells(index)[:200]]
                found |= {code for cell in cells if (code := currency_in(cell))}
        return found
