"""What came of a campaign, one row a person: whether each one converted, with or without a day.

Those who said yes are conversions. Without any day the period is asked. Nothing else is read: a
column called "campaign" may be how often someone was called.
"""

from __future__ import annotations

from collections.abc import Iterator

from metrics.imports.context import Context
from metrics.imports.event_list import Event, EventList, Group, Listing
from metrics.imports.folding import fold
from metrics.imports.layout import Layout, text, when
from metrics.imports.reading import Document

YES = frozenset({"yes", "true", "1", "1.0", "oui", "vrai", "ja", "si", "y", "converted"})
NO = frozenset({"no", "false", "0", "0.0", "non", "faux", "nein", "n", "", "not converted"})
SEARCHED_LINES, FEWEST_ROWS = 2_000, 3


def _events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    if fold(rows[-1].words.get("outcome", "")) in YES:
        yield Event("conversions", rows[-1].dates["created"])


EVENTS = EventList(
    columns=(
        text(
            "outcome", "y", "converted", "conversion", "deposit", "response", "subscribed",
            "outcome", "converti", "convertie", "a souscrit", "souscription", "accepted",
            "is converted", "has converted", "reponse positive",
        ),
        text("id", "user id", "visitor id", "contact id", "id", "session id", "client id"),
        when(
            "created", "timestamp", "date", "created at", "visit date", "contact date",
            "date de contact", "event time", "datetime",
        ),
    ),
    needs=frozenset({"outcome"}),
    entry_day="created",
    identity=("id+created",),
    scope="outcome",
    events=_events,
    speaks_for=("conversions",),
)  # fmt: skip


def _recognise(document: Document, context: Context) -> float:
    """A column of yes and no under a name for an outcome, in a table of people."""
    header = EVENTS.header_in(document)
    if header is None or header.filled < FEWEST_ROWS:
        return 0.0
    columns = EVENTS.columns_of(header.cells)
    index = next(i for i, column in enumerate(columns) if column and column.target == "outcome")
    first = document.lines[:SEARCHED_LINES]
    below = [line.cells for line in first if line.number > header.number]
    answers = {fold(cells[index]) for cells in below if index < len(cells)}
    is_told = len(below) >= FEWEST_ROWS and answers <= YES | NO and bool(answers & YES)
    return 0.55 if is_told else 0.0


LAYOUT = Layout(
    key="outcome_list",
    feed="Campaign outcomes",
    recognise=_recognise,
    columns=EVENTS.columns,
    events=EVENTS,
    strict_rows=True,
)
