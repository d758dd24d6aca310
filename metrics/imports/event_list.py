"""Lists whose rows are people, deals or answers: they are counted, and nothing else of them stays.

A layout says under which headers a list gives its dates and states (`Column`s), who a row is
about, and which events follow from the rows of one person or deal. Here the rows become counts by
day, channel and campaign, and keyed hashes by which the same person in two files counts once.
"""

from __future__ import annotations

import hmac
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.imports.cells import Lines
from metrics.imports.context import Context
from metrics.imports.dates import NotADate, parse_day
from metrics.imports.dimensions import channel_of_medium, channel_of_source
from metrics.imports.encoding import Unreadable
from metrics.imports.fact_columns import FactColumns
from metrics.imports.folding import currency_in, fold
from metrics.imports.formats import Formats, decide_dates, decide_numbers
from metrics.imports.layout import Column, Kind, declared
from metrics.imports.numbers import NotANumber, is_nothing, parse_number
from metrics.imports.parsed import NOT_SET, Coverage, Limits, ParsedFact, Sighting, Span
from metrics.imports.reading import Document, Line
from metrics.imports.summing import sums_of
from metrics.imports.table import TOTAL, Table, text_of
from metrics.imports.vocabulary import LAST, SUM, WEIGHTED

if TYPE_CHECKING:
    from metrics.imports.layout import Layout

ONE = Decimal(1)
SEARCHED_LINES = 30
HASH_LENGTH = 32
NO_VALUE = frozenset({"(no value)", "no value", "(aucune valeur)", "aucune valeur", "(vide)"})
DAY_IN_NAME = re.compile(r"(?<!\d)(20\d{2})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")


@dataclass(slots=True)
class Entry:
    """One row of a list: its dates, amounts and words by what they are, and where it belongs."""

    row: int
    dates: dict[str, date] = field(default_factory=dict)
    numbers: dict[str, Decimal] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    channel: str | None = None
    campaign: str | None = None


class Event(NamedTuple):
    """Something that happened to a person or a deal on a day: one of `metric`, or an amount."""

    metric: str
    day: date
    value: Decimal = ONE


class Stock(NamedTuple):
    """What there was at the end of a day, in one place."""

    metric: str
    day: date
    value: Decimal
    channel: str | None = None
    campaign: str | None = None


@dataclass(slots=True)
class Listing:
    """All rows of a list that can be read. `targets`: the columns it has, by what they are."""

    entries: list[Entry]
    targets: frozenset[str]
    as_of: date | None = None
    """The last day that the list knows of: its export's day, as far as the file tells."""
    _words: dict[str, frozenset[str]] = field(default_factory=dict)

    def words(self, target: str) -> frozenset[str]:
        """Everything that stands in a column of words, folded."""
        if target not in self._words:
            found = (entry.words.get(target, "") for entry in self.entries)
            self._words[target] = frozenset(fold(word) for word in found if word)
        return self._words[target]

    def has(self, target: str) -> bool:
        """Whether the list has a column for this."""
        return target in self.targets


Group = Sequence[Entry]
"""The rows of one person or deal, in the file's order."""


def _no_stocks(groups: Sequence[Group], listing: Listing, context: Context) -> Iterable[Stock]:
    return ()


def _no_notes(listing: Listing, context: Context) -> None:
    return None


@dataclass(frozen=True, slots=True)
class EventList:
    """How the rows of a list are counted.

    columns: what it reads: `when` for what happened on a day, `text` and `measure` for the rest.
    needs: the columns without which it is not this list.
    entry_day: the date that every row has.
    identity: the columns that tell who or what a row is about, the best first; of several joined
        by "+" all must be there.
    scope: what the identities belong to, so that two tools' numbers are not mixed up.
    events: what happened to one person or deal, from all its rows.
    stocks: what there was on which days, from all groups.
    by_column: metrics that the list speaks for when it has this column, even with no event.
    speaks_for: metrics that it always speaks for.
    first_only: a person reaches each stage once, on the earliest day; else the newest file says
        how things are, and what it no longer says is undone.
    notes: looks at the whole list before it is counted: warns of what people should know.
    """

    columns: tuple[Column, ...]
    needs: frozenset[str]
    entry_day: str
    events: Callable[[Group, Listing, Context], Iterable[Event]]
    identity: tuple[str, ...] = ()
    scope: str = ""
    stocks: Callable[[Sequence[Group], Listing, Context], Iterable[Stock]] = _no_stocks
    by_column: Mapping[str, str] = field(default_factory=dict, hash=False)
    speaks_for: tuple[str, ...] = ()
    first_only: bool = False
    notes: Callable[[Listing, Context], None] = _no_notes

    def columns_of(self, header: Sequence[str]) -> list[Column | None]:
        """What each cell of a header row stands for."""
        return declared(self.columns, header)

    def targets_of(self, header: Sequence[str]) -> frozenset[str]:
        """What the columns of a header row are for."""
        return frozenset(column.target for column in self.columns_of(header) if column)

    def header_in(self, document: Document) -> Line | None:
        """The first row that has every column that the list needs."""
        for line in document.lines[:SEARCHED_LINES]:
            if line.filled >= len(self.needs) and self.needs <= self.targets_of(line.cells):
                return line
        return None


def recognises(events: EventList, score: float) -> Callable[[Document, Context], float]:
    """Recognition by the columns that only this list has: all that it needs, in one row."""

    def recognise(document: Document, context: Context) -> float:
        return score if events.header_in(document) else 0.0

    return recognise


def count_list(document: Document, layout: Layout, context: Context, limits: Limits) -> None:
    """Counts the rows of a list into the reading's facts. Raises Unreadable."""
    events = layout.events
    assert events is not None
    table = _table(document, events, context)
    context.result.rows = len(table.rows)
    if len(table.rows) > limits.rows:
        raise _too_long(limits)
    context.order = context.result.date_order = decide_dates([table], document.delimiter, context)
    formats = decide_numbers([table], layout, document.delimiter, context)
    reader = EntryReader(table, formats, events, context)
    listing = Listing(list(reader.entries()), events.targets_of(table.header.cells))
    _note_currency(reader.currencies, context)
    events.notes(listing, context)
    groups = _groups(listing.entries, events, context)
    _count(groups, listing, events, layout, context, document)
    _finish(listing, table, context)


def _table(document: Document, events: EventList, context: Context) -> Table:
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
    rows = []
    for line in document.lines:
        if line.number <= header.number or line.cells == header.cells:
            continue
        if _is_footer(line, header, first_day):
            context.result.totals_skipped += _says_total(line)
        else:
            rows.append(line)
    table.rows = Lines.of(rows)
    return table


def _is_footer(line: Line, header: Line, day: int) -> bool:
    """Totals, counts of records and copyright lines, which have no day."""
    if day < len(line.cells) and line.cells[day]:
        return False
    return _says_total(line) or (line.filled <= 1 < header.filled and header.filled > 3)


def _says_total(line: Line) -> bool:
    return any(TOTAL.match(fold(cell)) for cell in line.cells[:3] if cell)


def _too_long(limits: Limits) -> Unreadable:
    return Unreadable(
        _(
            "The file has more than %(limit)s rows. Cut it into shorter periods and import them "
            "one by one."
        )
        % {"limit": limits.rows}
    )


@dataclass(slots=True)
class EntryReader:
    """Reads the rows of a list. Problems name a cell's column and date, never a person."""

    table: Table
    formats: Formats
    events: EventList
    context: Context
    currencies: set[str] = field(default_factory=set)
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
        elif column.kind is Kind.CURRENCY and (code := currency_in(cell.upper())):
            self.currencies.add(code)

    def _assign(self, index: int, column: Column, cell: str) -> Mapping[str, str]:
        place = (index, cell)
        if place not in self._assigned:
            self._assigned[place] = column.read(cell, self.context) or {}
        return self._assigned[place]

    def _read_day(self, entry: Entry, line: Line, index: int, column: Column, cell: str) -> None:
        try:
            entry.dates[column.target] = parse_day(cell, self.context.order)
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
        if self.events.entry_day in entry.dates:
            return True
        missing = _("This row has no date. Enter one, or remove the row.")
        self.context.problem(line.number, self._day_name(), "", missing, "date")
        return False

    def _day_name(self) -> str:
        named = [i for i, c in self.table.places(Kind.DATE) if c.target == self.events.entry_day]
        return self.table.name_of(named[0]) if named else ""


@lru_cache(maxsize=16_384)
def _is_blank(cell: str) -> bool:
    return is_nothing(cell) or fold(cell) in NO_VALUE


def _note_currency(found: set[str], context: Context) -> None:
    """The list's currency, which the option overrides. Two currencies cannot be added."""
    if context.options.currency:
        context.result.currency = context.options.currency
    elif len(found) > 1:
        mixed = _("The file has amounts in %(currencies)s. Export one currency at a time.")
        listed = ", ".join(sorted(found))
        context.problem(0, "", listed, mixed % {"currencies": listed}, "currency")
    elif found:
        context.result.currency = found.pop()


@dataclass(slots=True)
class Known:
    """The rows of one person or deal; `who` is "" where a row cannot be told from others."""

    who: str
    rows: list[Entry]


def _groups(entries: Iterable[Entry], events: EventList, context: Context) -> list[Known]:
    """The rows of each person or deal together, in the order of their first rows."""
    groups: dict[str, Known] = {}
    for number, entry in enumerate(entries):
        who = _who(entry, events, context)
        group = groups.setdefault(who or f"row {number}", Known(who, []))
        group.rows.append(entry)
    if events.first_only:
        _say_repeated(sum(len(group.rows) - 1 for group in groups.values()), context)
    return list(groups.values())


def _who(entry: Entry, events: EventList, context: Context) -> str:
    """A keyed hash of who or what the row is about, "" where the list does not say."""
    for name in events.identity:
        parts = [_identifier(entry, one) for one in name.split("+")]
        if all(parts):
            scope = "person" if name == "email" else events.scope
            told = "\x1f".join((scope, name, *parts)).encode()
            return hmac.new(context.workspace.people_key, told, sha256).hexdigest()[:HASH_LENGTH]
    return ""


def _identifier(entry: Entry, name: str) -> str:
    if name in entry.dates:
        return entry.dates[name].isoformat()
    return fold(entry.words.get(name, ""))


def _say_repeated(rows: int, context: Context) -> None:
    if rows:
        message = ngettext(
            "%(rows)s row is for someone who is in the list already: each person counts once, on "
            "the earliest day.",
            "%(rows)s rows are for people who are in the list already: each person counts once, "
            "on the earliest day.",
            rows,
        )
        context.warn("rows_repeated", message % {"rows": rows})


def _count(
    groups: Sequence[Known],
    listing: Listing,
    events: EventList,
    layout: Layout,
    context: Context,
    document: Document,
) -> None:
    result = context.result
    found = list(chain.from_iterable(_sightings(one, listing, events, context) for one in groups))
    listing.as_of = _as_of(found, listing, document, context)
    facts = facts_of(found, context)
    rows = [group.rows for group in groups]
    facts += [
        ParsedFact(0, one.metric, one.day, one.day, one.value, one.channel, one.campaign)
        for one in events.stocks(rows, listing, context)
    ]
    result.facts = FactColumns.of(facts)
    result.sightings = found
    if not events.first_only:
        result.seen = frozenset(group.who for group in groups if group.who)
    _note_coverage(found, listing, events, context)


def _sightings(
    group: Known, listing: Listing, events: EventList, context: Context
) -> Iterator[Sighting]:
    place = _place_of(group.rows)
    happened: Iterable[Event] = events.events(group.rows, listing, context)
    if events.first_only:
        happened = _earliest(happened)
    for event in happened:
        yield Sighting(event.metric, group.who, event.day, event.value, *place, group.rows[0].row)


def _place_of(rows: Group) -> tuple[str | None, str | None]:
    """The channel and campaign of the first row that names them: where the person came from."""
    channel = next((one.channel for one in rows if one.channel not in {None, NOT_SET}), None)
    campaign = next((one.campaign for one in rows if one.campaign not in {None, NOT_SET}), None)
    return channel or rows[0].channel, campaign or rows[0].campaign


def _earliest(events: Iterable[Event]) -> Iterable[Event]:
    first: dict[str, Event] = {}
    for event in events:
        if event.metric not in first or event.day < first[event.metric].day:
            first[event.metric] = event
    return first.values()


def facts_of(sightings: Iterable[Sighting], context: Context) -> list[ParsedFact]:
    """Sums, and means where the metric is one, by metric, day and place."""
    gathered: dict[tuple[str, date, str | None, str | None], list[Sighting]] = defaultdict(list)
    for one in sightings:
        gathered[one.metric, one.day, one.channel, one.campaign].append(one)
    facts = []
    for (metric, day, channel, campaign), listed in gathered.items():
        value = sum((one.value for one in listed), Decimal(0))
        if context.vocabulary.get(metric).rollup == WEIGHTED:
            value /= len(listed)
        facts.append(ParsedFact(listed[0].row, metric, day, day, value, channel, campaign))
    return facts


def _as_of(
    found: Sequence[Sighting], listing: Listing, document: Document, context: Context
) -> date | None:
    """The day of the export: as asked, as its name says, or the last day that the file knows."""
    stated = context.options.covers or context.options.period
    if stated:
        return stated.end
    today = context.workspace.today
    days = {one.day for one in found}
    past = (entry.dates.get(name) for entry in listing.entries for name in ("changed", "lost"))
    days |= {day for day in past if day}
    last = max((day for day in days if day <= today), default=None)
    if named := DAY_IN_NAME.search(document.name):
        try:
            day = date(int(named[1]), int(named[2]), int(named[3]))
        except ValueError:
            return last
        return day if (last or day) <= day <= today else last
    return last


def _note_coverage(
    found: Sequence[Sighting], listing: Listing, events: EventList, context: Context
) -> None:
    """Between its first and its last day the list has every row: a day without one is zero."""
    days = [entry.dates[events.entry_day] for entry in listing.entries]
    if not days or listing.as_of is None:
        return
    span = context.options.covers or Span(min(days), max(listing.as_of, *days))
    told = {one.metric for one in found} | set(events.speaks_for)
    told |= {metric for column, metric in events.by_column.items() if listing.has(column)}
    context.result.coverage += [
        Coverage(key, span.start, span.end, context.vocabulary.get(key).rollup == SUM)
        for key in sorted(told)
    ]
    context.result.coverage += [
        Coverage(key, span.start, span.end, False)
        for key in sorted({fact.metric for fact in context.result.facts} - told)
    ]


def _finish(listing: Listing, table: Table, context: Context) -> None:
    result = context.result
    if not result.facts and not result.errors:
        raise Unreadable(
            _("The file has a header and no row to count. Export it again, with its data."),
            row=table.header.number,
            kind="empty",
        )
    result.sums = sums_of(result.facts, context.vocabulary)
    if not result.facts:
        return
    days = [fact.start for fact in result.facts]
    result.period = Span(min(days), max(days))
    later = sum(1 for day in days if day > context.workspace.today)
    if later:
        context.warn(
            "future_dates",
            _("%(number)s values are for days after %(today)s.")
            % {"number": later, "today": context.workspace.today.isoformat()},
        )
    stocks = [key for key in result.sums if context.vocabulary.get(key).rollup == LAST]
    if stocks and listing.as_of:
        context.warn(
            "as_of",
            _("What is open or active is counted for %(day)s, the last day that the file knows of.")
            % {"day": listing.as_of.isoformat()},
        )
