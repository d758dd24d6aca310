"""How a layout is declared: the columns it knows, under every header they are exported with.

A layout module builds one `Layout`; everything else (header search, totals rows, number and
date formats, adding rows up) is done once, for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from metrics.imports.folding import fold, header_key, spaced
from metrics.imports.parsed import Span
from metrics.imports.plan_words import says_plan_in_brackets

if TYPE_CHECKING:
    from metrics.imports.context import Context
    from metrics.imports.event_list import EventList
    from metrics.imports.reading import Document
    from metrics.imports.table import Table

Values = dict[str, Decimal]
"""What one row measures: by metric key, and by the names of measures that derivations use."""

Assigned = Mapping[str, str]
"""Values of a fact's dimensions that one cell decides: {"channel": "organic"}."""


class Kind(StrEnum):
    """What a column is for."""

    METRIC = "metric"
    """Values of a catalogue metric."""
    MEASURE = "measure"
    """Numbers that only derivations use: a rate, an average."""
    DATE = "date"
    DIMENSION = "dimension"
    CURRENCY = "currency"
    METRIC_NAME = "metric_name"
    VALUE = "value"
    FIELD = "field"
    """Text that a list of people or deals is counted by: a status, a stage, who it is."""
    NOTE = "note"
    """Known and not imported: a status, a budget's name."""


def _unread(cell: str, context: Context) -> Assigned | None:
    """A dimension that facts do not have: its rows are added up."""
    return {}


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that a layout reads. Built with `metric`, `dimension`, `when`, …

    `rank` settles which of two columns for the same target is taken (the lower). `only` names
    the metrics that a breakdown by this dimension makes sense for; empty for all. `also` repeats
    a metric under another name on rows of this dimension.
    """

    kind: Kind
    target: str
    names: tuple[str, ...] = ()
    like: str = ""
    rank: int = 0
    scale: Decimal = Decimal(1)
    duration: bool = False
    read: Callable[[str, Context], Assigned | None] = _unread
    only: frozenset[str] = frozenset()
    also: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def folded(self) -> bool:
        """Whether it is a dimension that facts do not have: its rows are added up."""
        return self.kind is Kind.DIMENSION and self.read is _unread

    @property
    def is_number(self) -> bool:
        """Whether the column's cells are numbers."""
        return self.kind in {Kind.METRIC, Kind.MEASURE, Kind.VALUE}


def metric(key: str, *names: str, like: str = "", rank: int = 0, scale: str = "1") -> Column:
    """A column of values of a catalogue metric."""
    return Column(Kind.METRIC, key, names, like, rank, Decimal(scale))


def measure(
    name: str, *names: str, like: str = "", duration: bool = False, rank: int = 0
) -> Column:
    """A column of numbers that a derivation uses under `name`."""
    return Column(Kind.MEASURE, name, names, like, rank, duration=duration)


def when(grain: str, *names: str, like: str = "", rank: int = 0) -> Column:
    """A column of dates: day, week, month, quarter, year, range, or nth_day, nth_week, …

    In a list of people or deals `grain` names what happened on the day: created, closed, …
    """
    return Column(Kind.DATE, grain, names, like, rank)


def dimension(
    role: str,
    *names: str,
    like: str = "",
    rank: int = 0,
    read: Callable[[str, Context], Assigned | None] = _unread,
    only: Sequence[str] = (),
    also: Mapping[str, str] = MappingProxyType({}),
) -> Column:
    """A column that breaks rows down; without `read`, the rows are added up over it."""
    return Column(
        Kind.DIMENSION, role, names, like, rank, read=read, only=frozenset(only), also=also
    )


def currency(*names: str, rank: int = 0) -> Column:
    """The column that names each row's currency."""
    return Column(Kind.CURRENCY, "currency", names, rank=rank)


def text(name: str, *names: str, like: str = "", rank: int = 0) -> Column:
    """A column of words that a list is counted by, under `name`."""
    return Column(Kind.FIELD, name, names, like, rank)


def note(*names: str, like: str = "") -> Column:
    """Columns that are known and not imported."""
    return Column(Kind.NOTE, "", names, like)


def _nothing_derived(values: Values, context: Context) -> Values:
    return values


def _no_period(table: Table, context: Context) -> Span | None:
    return None


def _whole(table: Table, context: Context) -> bool:
    return False


def _no_notice(table: Table, context: Context) -> None:
    return None


def _none_aside(document: Document) -> bool:
    return False


def _usual_feed(document: Document, tables: Sequence[Table]) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of file.

    key, feed, feed_kind: its name in reports, and the feed that its facts go to unless said
        otherwise.
    columns: what it reads, each under all its headers.
    recognise: how sure it is that the document is its own, 0 to 1, from content alone.
    resolve: the columns of one header row, for layouts whose columns are not fixed.
    derive: what else follows from one row's values; measures left in are dropped after it.
    period_of: the days that a table without a date column states for itself.
    is_part: whether a table's rows are only a part of what they measure.
    notice: looks at a table before its rows are read: warns of what people should know, sets a
        column right, or refuses with Unreadable.
    totals: whether the tool writes totals rows.
    uniques_from_totals: whether a totals row gives the true uniques of the whole span.
    zero_filled: whether the tool exports every row it has.
    comments: whether lines that start with "#" stand between tables.
    strict_rows: whether the same row twice is a mistake (files kept by hand) rather than detail.
    tables: the tables of a document that is not laid out as tables are.
    events: set where the rows are people, deals or answers, which are counted.
    by_channel: what a metric is on rows of a channel: clicks of organic search are no advertising.
    together: whether the sheets of a workbook, or the tables of an archive, are one report that is
        read as a whole; tables without dates are for the days of those with dates.
    is_aside: whether a sheet of such a report holds nothing that can be added up.
    feed_of: another feed than `feed` that the tables speak of, "" for none.
    """

    key: str
    feed: str
    recognise: Callable[[Document, Context], float]
    feed_kind: str = "file"
    columns: tuple[Column, ...] = ()
    resolve: Callable[[Sequence[str], Context], list[Column | None]] | None = None
    derive: Callable[[Values, Context], Values] = _nothing_derived
    period_of: Callable[[Table, Context], Span | None] = _no_period
    is_part: Callable[[Table, Context], bool] = _whole
    totals: bool = True
    uniques_from_totals: bool = False
    zero_filled: bool = True
    comments: bool = False
    strict_rows: bool = False
    notice: Callable[[Table, Context], None] = _no_notice
    tables: Callable[[Document, Context], list[Table]] | None = None
    events: EventList | None = None
    by_channel: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    together: bool = False
    is_aside: Callable[[Document], bool] = _none_aside
    feed_of: Callable[[Document, Sequence[Table]], str] = _usual_feed

    def columns_of(self, header: Sequence[str], context: Context) -> list[Column | None]:
        """What each cell of a header row stands for, None where it is not known."""
        if self.resolve:
            return self.resolve(header, context)
        return declared(self.columns, header)


def declared(columns: Sequence[Column], header: Sequence[str]) -> list[Column | None]:
    """The declared column of each header cell; of two for one target, the better stays.

    A name with its bracket ("clicks (all)") comes before the name without it ("clicks").
    """
    found = [_declared_one(columns, cell) for cell in header]
    taken: dict[tuple[Kind, str], int] = {}
    for index, column in enumerate(found):
        if column is None or column.kind is Kind.NOTE:
            continue
        place = (column.kind, column.target)
        before = taken.get(place)
        earlier = found[before] if before is not None else None
        if earlier is not None and before is not None:
            loser = before if column.rank < earlier.rank else index
            found[loser] = Column(Kind.NOTE, "")
            if loser == index:
                continue
        taken[place] = index
    return found


def _declared_one(columns: Sequence[Column], cell: str) -> Column | None:
    key = header_key(cell)
    if not key:
        return None
    whole = fold(cell).replace("_", " ")
    for name in (whole, key, header_key(spaced(cell))):
        if name != whole and says_plan_in_brackets(whole):
            return None
        exact = next((column for column in columns if name in column.names), None)
        if exact:
            return exact
    key = header_key(spaced(cell))
    return next((column for column in columns if column.like and re.search(column.like, key)), None)


def product(values: Values, rate: str, base: str) -> Decimal | None:
    """The amount behind an average: rate × base, None where either is missing."""
    if rate in values and base in values:
        return values[rate] * values[base]
    return None
