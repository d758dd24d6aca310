"""A list of sessions: one row each, with its start, as a warehouse or one's own tracker has it.

Counted into sessions by day, channel and campaign, and page views where a column counts each
session's pages. A session on several rows, one an event, counts once and without its pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from metrics.imports.context import Context
from metrics.imports.crm_columns import ORIGIN
from metrics.imports.event_list import Event, EventList, Group, Listing
from metrics.imports.folding import fold
from metrics.imports.layout import Layout, measure, text, when
from metrics.imports.reading import Document

YES = frozenset({"yes", "true", "oui", "vrai", "y", "ja", "si", "sim"})


def _events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    day = min(row.dates["created"] for row in rows)
    yield Event("sessions", day)
    if len(rows) == 1 and (pages := rows[0].numbers.get("pages")):
        yield Event("pageviews", day, pages)
    if converted := _conversions(rows):
        yield Event("conversions", day, converted)


def _conversions(rows: Group) -> Decimal:
    """How often a session converted: a number, or a word for yes."""
    told = [row.words.get("converted", "") for row in rows]
    numbers = [Decimal(text) for text in told if text.isdecimal()]
    return sum(numbers, Decimal(0)) + sum(fold(text) in YES for text in told)


EVENTS = EventList(
    columns=(
        text(
            "session", "session id", "sessionid", "visit id", "visitid", "id session",
            "id de session", "session key", "id visite", "id de visite", "sitzungs-id",
            "id de sesion", "id sessione",
        ),
        when(
            "created", "session start", "session start time", "session start at", "start time",
            "started at", "session date", "visit date", "visit start", "visit start time",
            "session timestamp", "timestamp", "event time", "event timestamp", "event date",
            "date", "datetime", "date time", "created at", "date de session", "date de visite",
            "debut de session", "date de la visite", "debut", "hora de inicio", "fecha",
        ),
        measure(
            "pages", "pageviews", "page views", "pages viewed", "pages vues", "n pages",
            "pages per session", "page count", "num pages", "nb pages", "nombre de pages",
            "pages visited", "pages",
        ),
        text(
            "converted", "converted", "conversions", "conversion", "is converted", "converti",
            "goal completions", "goals completed", "has converted",
        ),
        *ORIGIN,
    ),
    needs=frozenset({"session", "created"}),
    entry_day="created",
    identity=("session",),
    scope="session",
    events=_events,
    by_column={"pages": "pageviews", "converted": "conversions"},
    speaks_for=("sessions",),
)  # fmt: skip


def _recognise(document: Document, context: Context) -> float:
    """Numbers of sessions and the time of each."""
    return 0.71 if EVENTS.header_in(document) is not None else 0.0


LAYOUT = Layout(
    key="session_list",
    feed="Web sessions",
    recognise=_recognise,
    columns=EVENTS.columns,
    events=EVENTS,
    strict_rows=True,
)
