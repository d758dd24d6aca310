"""Lists whose rows are people, deals, orders or answers: what a layout says of them.

A layout says under which headers a list gives its dates and states (`Column`s), who a row is
about, and which events follow from the rows of one person or deal. `counting.py` turns the rows
into counts by day, channel and campaign, and keyed hashes by which the same person in two files
counts once; nothing else of them stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from metrics.imports.context import Context
from metrics.imports.folding import fold
from metrics.imports.layout import Column, declared
from metrics.imports.reading import Document, Line

ONE = Decimal(1)
SEARCHED_LINES = 30


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


def _no_events(rows: Group, listing: Listing, context: Context) -> Iterable[Event]:
    return ()


def _no_notes(listing: Listing, context: Context) -> None:
    return None


@dataclass(frozen=True, slots=True)
class EventList:
    """How the rows of a list are counted.

    columns: what it reads: `when` for what happened on a day, `text` and `measure` for the rest.
    needs: the columns without which it is not this list.
    or_needs: other sets of columns that are enough.
    entry_day: the date that every row has. Where the list has no column for it, the period is
        asked and stands for it ("created" is its first day, "until" its last).
    other_days: dates of which one is enough where a row lacks `entry_day`.
    may_lack_days: whether a row without any date is left uncounted, and said, rather than wrong.
    identity: the columns that tell who or what a row is about, the best first; of several joined
        by "+" all must be there.
    scope: what the identities belong to, so that two tools' numbers are not mixed up.
    events: what happened to one person or deal, from all its rows.
    stocks: what there was on which days, from all groups.
    by_column: metrics that the list speaks for when it has this column, even with no event.
    speaks_for: metrics that it always speaks for.
    people, people_events: who is behind the rows besides, like the customers of orders, and what
        happened to each of them; a person reaches each of those stages once.
    first_only: a person reaches each stage once, on the earliest day; else the newest file says
        how things are, and what it no longer says is undone.
    notes: looks at the whole list before it is counted: warns of what people should know.
    """

    columns: tuple[Column, ...]
    needs: frozenset[str]
    entry_day: str
    events: Callable[[Group, Listing, Context], Iterable[Event]]
    other_days: tuple[str, ...] = ()
    may_lack_days: bool = False
    or_needs: tuple[frozenset[str], ...] = ()
    identity: tuple[str, ...] = ()
    scope: str = ""
    people: tuple[str, ...] = ()
    people_events: Callable[[Group, Listing, Context], Iterable[Event]] = _no_events
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
        enough = (self.needs, *self.or_needs)
        fewest = min(map(len, enough))
        for line in document.lines[:SEARCHED_LINES]:
            if line.filled >= fewest:
                found = self.targets_of(line.cells)
                if any(needs <= found for needs in enough):
                    return line
        return None


def recognises(events: EventList, score: float) -> Callable[[Document, Context], float]:
    """Recognition by the columns that only this list has: all that it needs, in one row."""

    def recognise(document: Document, context: Context) -> float:
        return score if events.header_in(document) else 0.0

    return recognise
