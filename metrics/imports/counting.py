"""Counting a list: rows become what happened to each person or deal, and that becomes facts."""

from __future__ import annotations

import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.imports.context import Context
from metrics.imports.encoding import Unreadable
from metrics.imports.entries import EntryReader, note_currency, stated_period, table_of
from metrics.imports.event_list import Entry, Event, EventList, Group, Listing
from metrics.imports.fact_columns import FactColumns
from metrics.imports.folding import fold
from metrics.imports.formats import decide_dates, decide_numbers
from metrics.imports.name_days import day_in_name
from metrics.imports.parsed import NOT_SET, Coverage, Limits, ParsedFact, Sighting, Span
from metrics.imports.reading import Document
from metrics.imports.summing import sums_of
from metrics.imports.table import Table
from metrics.imports.vocabulary import LAST, SUM, WEIGHTED

if TYPE_CHECKING:
    from metrics.imports.layout import Layout

HASH_LENGTH = 32


def count_list(document: Document, layout: Layout, context: Context, limits: Limits) -> None:
    """Counts the rows of a list into the reading's facts. Raises Unreadable."""
    events = layout.events
    assert events is not None
    table = table_of(document, events, context)
    context.result.rows = len(table.rows)
    if len(table.rows) > limits.rows:
        raise _too_long(limits)
    context.order = context.result.date_order = decide_dates([table], document.delimiter, context)
    formats = decide_numbers([table], layout, document.delimiter, context)
    period = stated_period(table, events, context)
    reader = EntryReader(table, formats, events, context, period=period)
    listing = Listing(list(reader.entries()), events.targets_of(table.header.cells))
    note_currency(reader.currencies, context)
    events.notes(listing, context)
    groups = _groups(listing, events.identity, events.scope, context)
    if events.first_only:
        _say_repeated(sum(len(group.rows) - 1 for group in groups), context)
    _count(groups, listing, events, context, document, period)
    _finish(listing, table, context)


def _too_long(limits: Limits) -> Unreadable:
    return Unreadable(
        _(
            "The file has more than %(limit)s rows. Cut it into shorter periods and import them "
            "one by one."
        )
        % {"limit": limits.rows}
    )


@dataclass(slots=True)
class Known:
    """The rows of one person or deal; `who` is "" where a row cannot be told from others."""

    who: str
    rows: list[Entry]


def _groups(listing: Listing, identity: Sequence[str], scope: str, context: Context) -> list[Known]:
    """The rows of each person or deal together, in the order of their first rows.

    Two rows with the same words and day and no number of their own are two deals, unless the list
    says when each row changed: then it holds a deal's history.
    """
    groups: dict[str, Known] = {}
    seen: Counter[str] = Counter()
    for number, entry in enumerate(listing.entries):
        who, is_sure = _who(entry, identity, scope, context)
        if who and not is_sure and not listing.has("changed"):
            seen[who] += 1
            who = who if seen[who] == 1 else f"{who[:-6]}{seen[who]:06}"
        group = groups.setdefault(who or f"row {number}", Known(who, []))
        group.rows.append(entry)
    return list(groups.values())


def _who(entry: Entry, identity: Sequence[str], scope: str, context: Context) -> tuple[str, bool]:
    """A keyed hash of who or what the row is about, "" where the list does not say.

    And whether it is a number or an address of its own, not words that two rows may share.
    """
    for name in identity:
        parts = [_identifier(entry, one) for one in name.split("+")]
        if all(parts):
            told = "\x1f".join(("person" if name == "email" else scope, name, *parts)).encode()
            hashed = hmac.new(context.workspace.people_key, told, sha256).hexdigest()
            return hashed[:HASH_LENGTH], "+" not in name
    return "", True


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
    context: Context,
    document: Document,
    period: Span | None,
) -> None:
    result = context.result
    found = list(chain.from_iterable(_sightings(one, listing, events, context) for one in groups))
    found += _of_people(listing, events, context)
    listing.as_of = _as_of(found, listing, document, context)
    facts = facts_of(found, context)
    if period:
        facts = [_over(period, fact, context) for fact in facts]
        found = []
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


def _over(period: Span, fact: ParsedFact, context: Context) -> ParsedFact:
    """What a list without days counts, for the whole of its period."""
    if context.vocabulary.get(fact.metric).rollup != SUM:
        return fact
    return replace(fact, start=period.start, end=period.end)


def _sightings(
    group: Known, listing: Listing, events: EventList, context: Context
) -> Iterator[Sighting]:
    place = _place_of(group.rows)
    happened: Iterable[Event] = events.events(group.rows, listing, context)
    if events.first_only:
        happened = _earliest(happened)
    for event in happened:
        yield Sighting(event.metric, group.who, event.day, event.value, *place, group.rows[0].row)


def _of_people(listing: Listing, events: EventList, context: Context) -> Iterator[Sighting]:
    """What happened to the people behind the rows; rows that name nobody say nothing of them."""
    if not events.people:
        return
    for group in _groups(listing, events.people, f"{events.scope} customer", context):
        if group.who:
            place = _place_of(group.rows)
            for one in _earliest(events.people_events(group.rows, listing, context)):
                row = group.rows[0].row
                yield Sighting(one.metric, group.who, one.day, one.value, *place, row)


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
    day = day_in_name(document.name)
    return day if day and (last or day) <= day <= today else last


def _note_coverage(
    found: Sequence[Sighting], listing: Listing, events: EventList, context: Context
) -> None:
    """Between its first and its last day the list has every row: a day without one is zero."""
    named = (events.entry_day, *events.other_days)
    dated = (entry.dates[day] for entry in listing.entries for day in named if day in entry.dates)
    days = [day for day in dated if day <= context.workspace.today]
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
    days = [fact.end for fact in result.facts]
    result.period = Span(min(fact.start for fact in result.facts), max(days))
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
