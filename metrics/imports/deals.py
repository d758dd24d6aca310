"""Deals of any CRM: opportunities when they are created, customers and revenue when they are won.

Open deals are a stock: what they are worth on the day of the export. A deal that comes in several
rows (its history of stages) is read as its newest row says, with its first day of creation.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.event_list import Entry, Event, Group, Listing, Stock
from metrics.imports.folding import fold
from metrics.imports.stages import cycle

WON, LOST, OPEN = "won", "lost", "open"
STATES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        LOST,
        re.compile(
            r"closed_?lost|\b(lost|perdue?s?|verloren|perdid[oa]s?|pers[oa]|abandon\w*|annule\w*|cancel\w*"
            r"|disqualif\w*|rejected|refuse\w*|sans suite|omitted|deleted|supprimee?)\b"
        ),
    ),
    (
        WON,
        re.compile(
            r"closed_?won|\b(won|gagnee?s?|gewonnen|ganad[oa]s?|vint[oa]|conclue?s?|signee?s?|signed)\b"
        ),
    ),
)
STILL_OPEN = re.compile(
    r"(still )?open|ouverte?s?|en cours|offen|abiert[oa]s?|apert[oai]|in progress|en curso|in corso"
    r"|em aberto|laufend"
)
YES = frozenset({"true", "yes", "oui", "vrai", "1", "ja", "wahr", "si", "verdadero", "vero"})
EXISTING = re.compile(r"existing|existant|renewal|renouvellement|upgrade|upsell|bestand|existente")

DEAL_COLUMNS: Mapping[str, str] = {"created": "opportunities"}
"""What a list of deals speaks for with its columns, even without a deal."""


def deal_events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    """A deal is an opportunity when it is created; won, it is a customer, revenue and a cycle."""
    deal = newest(rows)
    created = deal.dates.get("created")
    if created:
        yield Event("opportunities", created)
    if state_of(deal) != WON:
        return
    day = deal.dates.get("won") or deal.dates.get("closed") or deal.dates.get("changed")
    if day is None:
        context.warn(
            "won_without_day",
            _("Deals that are won without a closing date are not counted as customers."),
        )
        return
    if "amount" in deal.numbers:
        yield Event("revenue", day, deal.numbers["amount"])
    if not is_existing(deal):
        yield Event("new_customers", day)
        if created:
            yield Event("sales_cycle_days", day, cycle(created, day))


def is_existing(deal: Entry) -> bool:
    """Whether a deal is with a customer of before: a renewal, an upgrade."""
    said = fold(deal.words.get("renewal", ""))
    return said in YES or bool(EXISTING.search(fold(deal.words.get("type", ""))))


def say_what_is_missing(listing: Listing, context: Context) -> None:
    """Says what a list without days of creation cannot tell."""
    if not listing.has("created"):
        context.warn(
            "no_creation",
            _(
                "The list does not say when its deals were created: it counts no opportunities "
                "and no days to the sale. Export it with the day of creation to have them."
            ),
        )


def newest(rows: Group) -> Entry:
    """A deal as its newest row has it; what that row leaves open comes from earlier ones."""
    if len(rows) == 1:
        return rows[0]
    ordered = sorted(rows, key=lambda one: one.dates.get("changed", date.min))
    joined = Entry(rows[0].row)
    for row in ordered:
        joined.dates |= row.dates
        joined.numbers |= row.numbers
        joined.words |= row.words
        joined.channel = joined.channel or row.channel
        joined.campaign = joined.campaign or row.campaign
    created = [row.dates["created"] for row in rows if "created" in row.dates]
    if created:
        joined.dates["created"] = min(created)
    return joined


def state_of(deal: Entry) -> str:
    """Whether a deal is won, lost or open: by its status, its marks, its stage, its days."""
    status = deal.words.get("status", "")
    if state := _named(status):
        return state
    if STILL_OPEN.fullmatch(fold(status)):
        return OPEN
    if "won" in deal.words and fold(deal.words["won"]) in YES:
        return WON
    if "is_closed" in deal.words and fold(deal.words["is_closed"]) in YES:
        return WON if _is_sure(deal) else LOST
    if state := _named(deal.words.get("stage", "")):
        return state
    if "lost" in deal.dates:
        return LOST
    return WON if "won" in deal.dates else OPEN


def _named(words: str) -> str | None:
    folded = fold(words)
    return next((state for state, known in STATES if known.search(folded)), None)


def _is_sure(deal: Entry) -> bool:
    """Whether a closed deal is won: its stage says so, or its probability is 100 %."""
    named = _named(deal.words.get("stage", ""))
    return named == WON or (named is None and deal.numbers.get("probability", 0) in {1, 100})


def open_deals(groups: Sequence[Group], listing: Listing, context: Context) -> Iterator[Stock]:
    """What the open deals are worth on the day of the export, zero where none is open."""
    if listing.as_of is None or not listing.has("amount"):
        return
    worth: dict[tuple[str | None, str | None], Decimal] = defaultdict(Decimal)
    for rows in groups:
        deal = newest(rows)
        is_open = state_of(deal) == OPEN
        worth[deal.channel, deal.campaign] += deal.numbers.get("amount", 0) if is_open else 0
    for (channel, campaign), value in worth.items():
        yield Stock("pipeline_value", listing.as_of, Decimal(value), channel, campaign)
