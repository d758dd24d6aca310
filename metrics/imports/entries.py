"""The rows of a list of people, deals or orders: their days, amounts and words, read one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.imports.cells import Lines
from metrics.imports.context import Context
from metrics.imports.dates import NotADate, parse_day
from metrics.imports.dimensions import channel_of_medium, channel_of_source
from metrics.imports.encoding import Unreadable
from metrics.imports.event_list import Entry, EventList
from metrics.imports.folding import currency_in, currency_of, fold
from metrics.imports.formats import Formats
from metrics.imports.layout import Column, Kind
from metrics.imports.moments import moment_day
from metrics.imports.name_days import named_period
from metrics.imports.numbers import NotANumber, is_nothing, parse_number
from metrics.imports.parsed import NOT_SET, Span
from metrics.imports.reading import Document, Line
from metrics.imports.summed_rows import TOTAL
from metrics.imports.table import Table, text_of

NO_VALUE = frozenset({"(no value)", "no value", "(aucune valeur)", "aucune valeur", "(vide)"})


def table_of(document: Document, events: EventList, context: Context) -> Table:
    """The list's rows under its header, totals and footers left out. Raises Unreadable."""
    header = events.header_in(document)
    if header is None:
        raise Unreadable(
            _("The columns of this list are not known. Export it again with its own headers."),
            kind="columns",
        )
    columns = events.columns_of(header.cells)
    above = [line for line in document.lines if line.number < header.number]
    table = Table([text_of(line) for line in above], header, columns)
    first_day = next((i for i, c in table.places(Kind.DATE) if c.target == events.entry_day), 0)
    rows: list[Line] = []
    for line in document.lines:
        if line.number <= header.number or line.cells == header.cells:
            continue
        if not rows and _is_second_header(line, first_day):
            continue
        if _is_footer(line, header, first_day):
            context.result.totals_skipped += _says_total(line)
        else:
            rows.append(line)
    table.rows = Lines.of(rows)
    return table


def _is_second_header(line: Line, day: int) -> bool:
    """A row of words below the header that says what kind of answer each column holds."""
    dated = day < len(line.cells) and line.cells[day]
    return not dated and not any(map(str.isdigit, "".join(line.cells)))


def _is_footer(line: Line, header: Line, day: int) -> bool:
    """Totals, counts of records and copyright lines, which have no day."""
    if day < len(line.cells) and line.cells[day]:
        return False
    return _says_total(line) or (line.filled <= 1 < header.filled and header.filled > 3)


def _says_total(line: Line) -> bool:
    return any(TOTAL.match(fold(cell)) for cell in line.cells[:3] if cell)


def stated_period(table: Table, events: EventList, context: Context) -> Span | None:
    """The period that stands for the days of a list without any; asked where nobody said it."""
    days = (events.entry_day, *events.other_days)
    if any(column.target in days for _index, column in table.places(Kind.DATE)):
        return None
    today = context.workspace.today
    return context.options.period or named_period(context) or Span(today, today)


@dataclass(slots=True)
class EntryReader:
    """Reads the rows of a list. Problems name a cell's column and date, never a person."""

    table: Table
    formats: Formats
    events: EventList
    context: Context
    currencies: set[str] = field(default_factory=set)
    period: Span | None = None
    _without_day: int = 0
    _assigned: dict[tuple[int, str], Mapping[str, str]] = field(default_factory=dict)

    def entries(self) -> Iterator[Entry]:
        """The rows that can be read; those that cannot are problems in the context."""
        for line in self.table.rows:
            errors = len(self.context.result.errors)
            entry = Entry(line.number)
            for index, column in enumerate(self.table.columns):
                cell = line.cells[index] if index < len(line.cells) else ""
                if column is not None:
                    self._read(entry, line, index, column, cell)
            self._place(entry)
            if len(self.context.result.errors) == errors and self._has_day(entry, line):
                yield entry
        if self._without_day:
            self._say_without_day()

    def _read(self, entry: Entry, line: Line, index: int, column: Column, cell: str) -> None:
        if column.kind is Kind.DIMENSION:
            for name, value in self._assign(index, column, cell).items():
                if getattr(entry, name) in {None, NOT_SET}:
                    setattr(entry, name, value)
        elif _is_blank(cell):
            return
        elif column.kind is Kind.DATE:
            self._read_day(entry, line, index, column, cell)
        elif column.kind is Kind.MEASURE:
            self._read_number(entry, line, index, column, cell)
        elif column.kind is Kind.FIELD:
            entry.words.setdefault(column.target, cell)
        elif column.kind is Kind.CURRENCY and (code := currency_of(cell)):
            self.currencies.add(code)

    def _assign(self, index: int, column: Column, cell: str) -> Mapping[str, str]:
        place = (index, cell)
        if place not in self._assigned:
            self._assigned[place] = column.read(cell, self.context) or {}
        return self._assigned[place]

    def _read_day(self, entry: Entry, line: Line, index: int, column: Column, cell: str) -> None:
        try:
            moment = moment_day(cell, self.context.workspace.zone)
            entry.dates[column.target] = moment or parse_day(cell, self.context.order)
        except NotADate:
            expected = _("%(found)s is not a date. Use year-month-day.") % {"found": cell[:40]}
            name = self.table.name_of(index)
            self.context.problem(line.number, name, cell[:40], expected, "date")

    def _read_number(self, entry: Entry, line: Line, index: int, column: Column, cell: str) -> None:
        mark = self.formats.mark(self.table, index)
        try:
            entry.numbers[column.target] = parse_number(cell, mark)
        except NotANumber:
            example = "1 234,5" if mark == "," else "1,234.5"
            expected = _("Enter a number, like %(example)s.") % {"example": example}
            name = self.table.name_of(index)
            self.context.problem(line.number, name, cell[:40], expected, "number")
        else:
            if code := currency_in(cell) or currency_in(self.table.name_of(index)):
                self.currencies.add(code)

    def _place(self, entry: Entry) -> None:
        """The channel by the marks of links, where no column names it; and the campaigns found."""
        source, medium = entry.words.get("source", ""), entry.words.get("medium", "")
        if entry.channel in {None, NOT_SET} and (source or medium):
            entry.channel = (
                channel_of_medium(medium, source) if medium else channel_of_source(source)
            )
        campaign = entry.campaign
        if campaign and campaign != NOT_SET:
            known = self.context.result.campaigns
            known[campaign] = known.get(campaign) or (
                None if entry.channel == NOT_SET else entry.channel
            )

    def _has_day(self, entry: Entry, line: Line) -> bool:
        events = self.events
        if self.period:
            entry.dates |= {events.entry_day: self.period.start, "until": self.period.end}
        if any(day in entry.dates for day in (events.entry_day, *events.other_days)):
            return True
        if events.may_lack_days:
            self._without_day += 1
            return True
        missing = _("This row has no date. Enter one, or remove the row.")
        self.context.problem(line.number, self._day_name(), "", missing, "date")
        return False

    def _say_without_day(self) -> None:
        message = ngettext(
            "%(rows)s row has no date: it is counted only in what is open or active.",
            "%(rows)s rows have no date: they are counted only in what is open or active.",
            self._without_day,
        )
        self.context.warn("rows_without_day", message % {"rows": self._without_day})

    def _day_name(self) -> str:
        named = [i for i, c in self.table.places(Kind.DATE) if c.target == self.events.entry_day]
        return self.table.name_of(named[0]) if named else ""


@lru_cache(maxsize=16_384)
def _is_blank(cell: str) -> bool:
    return is_nothing(cell) or fold(cell) in NO_VALUE


def note_currency(found: set[str], context: Context) -> None:
    """The list's currency, which the option overrides. Two currencies cannot be added."""
    if context.options.currency:
        context.result.currency = context.options.currency
    elif len(found) > 1:
        mixed = _("The file has amounts in %(currencies)s. Export one currency at a time.")
        listed = ", ".join(sorted(found))
        context.problem(0, "", listed, mixed % {"currencies": listed}, "currency")
    elif found:
        context.result.currency = found.pop()
