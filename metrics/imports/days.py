"""The days of a row: one column of dates, or two, or a count from the report's first day."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from metrics.imports.cells import Line
from metrics.imports.context import Context
from metrics.imports.date_spans import first_of_months, month_of, quarter_of, week_of, year_of
from metrics.imports.dates import MDY, NotADate, in_year, lettered_half, parse_day, parse_span
from metrics.imports.layout import Column, Kind
from metrics.imports.moments import moment_day, serial_day
from metrics.imports.own_years import OwnYear, are_pairs, own_year, pair
from metrics.imports.parsed import Question, Span
from metrics.imports.table import Table
from metrics.periods import Calendar, Grain

YEAR = re.compile(r"(19|20)\d{2}")
NAMED_YEAR = re.compile(r"(?<!\d)(20\d{2})(?![\d-])")
PARTS_OF_YEARS = ("week", "month", "quarter")
LETTERS = {"week": "w", "quarter": "q"}
MONTHS_A_YEAR, LEAP_YEAR = 12, 2000
LONGEST_WEEKS = timedelta(days=60)
"""A file whose weeks are only the first and the second of years covers no more days than these."""
DATE_PREFERENCE = (
    "nth_day",
    "day",
    "serial",
    "range",
    "nth_week",
    "week",
    "nth_month",
    "month",
    "quarter",
    "year",
)
WIDEN = {"week": week_of, "month": month_of, "quarter": quarter_of, "year": year_of}


def ask_days(context: Context, message: str) -> None:
    """Asks which days a file covers; `message` says why it does not tell."""
    context.ask(Question(code="period", message=message, option="period"))


def ask_year(context: Context) -> None:
    """Asks which days a file covers whose months have no year."""
    ask_days(
        context,
        _(
            "The months of this file have no year. Which days does the file cover, from its first "
            "month to its last?"
        ),
    )


def ask_own_years(context: Context) -> None:
    """Asks for the first month of years that run over two calendar years."""
    ask_days(
        context,
        _(
            "The years of this file begin in one calendar year and end in the next. Which days "
            "does the file cover, from the first day of its first year to its last?"
        ),
    )


def ask_halves(context: Context) -> None:
    """Asks for the days of "S1" and "S2" where they may be half-years or weeks."""
    ask_days(
        context,
        _(
            "“S1” and “S2” may be half-years or weeks. Which days does the file cover, from its "
            "first to its last?"
        ),
    )


@dataclass(slots=True)
class DayReader:
    """Reads the days of a table's rows. `strict`: a file kept by hand, whose dates may be months.

    Days that are all the first of a month, or of a year, stand for all of it.

    `period` is the span that the file states: rows without dates have it, and weeks are cut by it.
    """

    table: Table
    period: Span | None
    context: Context
    strict: bool
    monthly: bool = False
    yearly: bool = False
    yearless: bool = False
    _paired: bool = False
    _halved: bool = False
    _dates: list[tuple[int, Column]] = field(default_factory=list)

    def __post_init__(self) -> None:
        dated = {column.target: (index, column) for index, column in self.table.places(Kind.DATE)}
        self._dates = [dated[grain] for grain in DATE_PREFERENCE if grain in dated][:1]
        self._dates += [dated[grain] for grain in ("end",) if grain in dated]
        if "year" in dated and not {"day", "end"} & dated.keys():
            part = next((one for one in PARTS_OF_YEARS if one in dated), None)
            if part and not self._say_years(dated[part][0]):
                self._dates = [dated[part], dated["year"]]
        if self.strict and self._dates:
            self._paired = are_pairs(self._different())
            self._halved = self._are_halves()
            self.yearless = self._lacks_years()
        self.monthly = self.strict and len(self._dates) == 1 and self._is_monthly()
        self.yearly = self.monthly and self._is_yearly()

    @property
    def dated(self) -> bool:
        """Whether the rows say their days themselves, and not only how far from the first."""
        return bool(self._dates) and not (self.period is None and self._counts_on())

    def _counts_on(self) -> bool:
        return self._dates[0][1].target.startswith("nth_")

    def _say_years(self, index: int) -> bool:
        """Whether most cells of a column are days, weeks or months with their year."""
        cells = [cell for cell in self.table.lines.different(index).values() if cell]
        return 2 * sum(self._start(cell) is not None for cell in cells) > len(cells)

    def _different(self) -> list[str]:
        return [cell for cell in self.table.lines.different(self._dates[0][0]).values() if cell]

    def _are_halves(self) -> bool:
        """Whether "S1" and "S2" are half-years: of several years, or over a period that long."""
        halves = [lettered_half(cell) for cell in self._different()]
        years = {half.start.year for half in halves if half}
        if not years or None in halves:
            return False
        if self.period is None and len(years) == 1:
            ask_halves(self.context)
        return len(years) > 1 or (
            self.period is not None and self.period.end - self.period.start > LONGEST_WEEKS
        )

    def _lacks_years(self) -> bool:
        """Whether most dates are months, weeks, quarters or days without a year.

        "Jan-26" may be a month of 2026 as well, and is one where all others may be.
        """
        cells = self._different()
        named = [cell for cell in cells if in_year(cell, LEAP_YEAR) is not None]
        return 2 * len(named) > len(cells) and any(self._start(cell) is None for cell in named)

    def _is_monthly(self) -> bool:
        index, column = self._dates[0]
        if column.target not in {"day", "serial"}:
            return False
        spans = []
        for cell in self.table.lines.different(index).values():
            try:
                spans.append(self._plain_span(cell, column))
            except NotADate:
                continue
        return len(spans) > 1 and all(s.start == s.end for s in spans) and first_of_months(spans)

    def _is_yearly(self) -> bool:
        """Whether every date is the first of a January: figures of years, three or more."""
        cells = self.table.lines.different(self._dates[0][0]).values()
        starts = {self._start(cell) for cell in cells} - {None}
        return len(starts) > 2 and all(day.month == 1 for day in starts if day)

    def _start(self, cell: str) -> date | None:
        try:
            return self._plain_span(cell, self._dates[0][1]).start
        except NotADate:
            return None

    @property
    def extent(self) -> Span | None:
        """From the first to the last day that the rows say, None where they say none."""
        spans: list[Span] = []
        columns = [self.table.cells(index) for index in self.indices]
        for cells in dict.fromkeys(zip(*columns, strict=True)):
            try:
                spans.append(self.read(*cells))
            except NotADate:
                continue
        if not spans:
            return None
        return Span(min(one.start for one in spans), max(one.end for one in spans))

    @property
    def indices(self) -> list[int]:
        """The columns that say the days: none, one, or those of a first and a last day."""
        return [index for index, _column in self._dates]

    def span(self, line: Line) -> Span | None:
        """The days of a row, None where its date cannot be read (a problem in the context)."""
        cells = [line.cells[index] if index < len(line.cells) else "" for index in self.indices]
        try:
            return self.read(*cells) if cells else self.period
        except NotADate:
            self._not_a_date(line, self.indices[0], cells[0])
            return None

    def read(self, cell: str, end: str = "") -> Span:
        """The days that the cells of a row name. Raises NotADate."""
        if [column.target for _index, column in self._dates[1:]] == ["year"]:
            return self._in_year(self._dates[0][1].target, cell, end)
        span = self._span_of(cell, self._dates[0][1])
        return Span(span.start, self._end_of(end, span)) if len(self._dates) > 1 else span

    def _in_year(self, part: str, cell: str, year: str) -> Span:
        """The month, week or quarter that two cells name together. Raises NotADate."""
        if not YEAR.fullmatch(year.removesuffix(".0")):
            raise NotADate(year)
        number = cell.removesuffix(".0")
        if part == "month" and number.isdecimal() and 1 <= int(number) <= MONTHS_A_YEAR:
            return month_of(date(int(year[:4]), int(number), 1))
        if part != "month" and number.isdecimal() and len(number) < len("100"):
            number = f"{LETTERS[part]}{number}"
        return in_year(number, int(year[:4])) or parse_span(cell)

    def _without_year(self, cell: str) -> Span | None:
        """Days that the file states no year for: that of the period, which is asked."""
        if not self.yearless or in_year(cell, LEAP_YEAR) is None:
            return None
        if self.period is None and (year := self._year_above()):
            message = _(
                "Days and months have no year here: %(year)s is taken, which the file names."
            )
            self.context.warn("year_named", message % {"year": year})
            return in_year(cell, year)
        if self.period is None:
            ask_year(self.context)
            return in_year(cell, self.context.workspace.today.year)
        first = self.period.start
        span = in_year(cell, first.year)
        return span if span and span.end >= first else in_year(cell, first.year + 1)

    def _year_above(self) -> int | None:
        """The one year that the lines above the table name, or the file's own name."""
        for texts in (self.table.titles, [self.context.name]):
            years = {found for text in texts for found in NAMED_YEAR.findall(text)}
            if years:
                return int(years.pop()) if len(years) == 1 else None
        return None

    def _own_year(self, year: OwnYear) -> Span:
        """The workspace's own year with this number; its first month is asked where it matters."""
        first = self.context.workspace.fiscal_year_start
        if year.two and first == 1 and self.period is not None:
            first = self.period.start.month
        elif year.two and first == 1:
            ask_own_years(self.context)
        if year.two and first == 1:
            return year_of(date(year.end - 1, 1, 1))
        period = Calendar(fiscal_year_start=first).parse(str(year.end), Grain.YEAR)
        return Span(period.start, period.end)

    def _end_of(self, cell: str, span: Span) -> date:
        if not cell:
            return span.end
        end = parse_day(cell, self.context.order)
        if end < span.start:
            raise NotADate(cell)
        return end

    def _span_of(self, cell: str, column: Column) -> Span:
        if column.target.startswith("nth_"):
            return self._nth(cell, column.target)
        if (days := self._without_year(cell)) is not None:
            return days
        if (year := pair(cell) if self._paired else own_year(cell)) is not None:
            return self._own_year(year)
        if self._halved and (half := lettered_half(cell)) is not None:
            return half
        span = self._plain_span(cell, column)
        if span.start == span.end and column.target in WIDEN:
            span = self._clipped(WIDEN[column.target](span.start))
        elif self.monthly:
            span = year_of(span.start) if self.yearly else month_of(span.start)
        elif span.start != span.end:
            span = self._clipped(span)
        return span

    def _plain_span(self, cell: str, column: Column) -> Span:
        day = serial_day(cell) if column.target == "serial" else None
        day = day or moment_day(cell, self.context.workspace.zone)
        return Span(day, day) if day else parse_span(cell, self.context.order)

    def _clipped(self, span: Span) -> Span:
        """A week or month at the edge of a stated period holds only the days inside it."""
        if self.period is None or self.strict:
            return span
        start, end = max(span.start, self.period.start), min(span.end, self.period.end)
        return Span(start, end) if start <= end else span

    def _nth(self, cell: str, grain: str) -> Span:
        """The n-th day, week or month of the stated period, counted from 0."""
        if self.period is None or not cell.isdecimal():
            raise NotADate(cell)
        number, start = int(cell), self.period.start
        if grain == "nth_day":
            day = start + timedelta(days=number)
            if day > self.period.end:
                raise NotADate(cell)
            return Span(day, day)
        if grain == "nth_week":
            sunday = start - timedelta(days=(start.weekday() + 1) % 7)
            return self._clipped(week_of(sunday + timedelta(days=7 * number)))
        month = start.year * 12 + start.month - 1 + number
        return self._clipped(month_of(date(month // 12, month % 12 + 1, 1)))

    def _not_a_date(self, line: Line, index: int, cell: str) -> None:
        orders = {MDY: _("month/day/year"), "ymd": _("year-month-day")}
        order = self.context.order
        if cell[:4].isdigit():
            order = "ymd"
        elif order == "ymd":
            order = "dmy"
        message = (
            _("%(found)s is not a date. Use %(order)s.")
            % {"found": cell, "order": orders.get(order, _("day/month/year"))}
            if cell
            else _("This row has no date. Enter one, or remove the row.")
        )
        self.context.problem(line.number, self.table.name_of(index), cell, message, "date")
