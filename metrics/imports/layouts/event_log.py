"""A log of events: one row each, with its name, its time and who did it.

As a tracker, a warehouse or a product's own database has them. Those whose names say what they are
(a page view, the start of a session, a sign-up, a purchase) are counted by day; the others are
named and left out. Logs with numbers of sessions are lists of sessions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.crm_columns import ORIGIN
from metrics.imports.event_list import Event, EventList, Group, Listing
from metrics.imports.folding import fold
from metrics.imports.layout import Layout, measure, text, when
from metrics.imports.reading import Document
from metrics.imports.wording import listed

MEANINGS = {
    "pageviews": (
        "page view", "pageview", "page viewed", "viewed page", "view page", "page vue",
        "visit page", "page visit",
    ),
    "sessions": ("session start", "session started", "start session", "visit", "visite"),
    "conversions": (
        "sign up", "signup", "signed up", "sign-up", "register", "registration", "registered",
        "account created", "create account", "user signup", "user signed up", "complete signup",
        "inscription", "conversion", "trial started", "start trial", "form submit",
        "form submitted", "form submission", "complete registration",
    ),
    "leads": ("generate lead", "lead", "lead created", "lead submitted"),
    "orders": (
        "purchase", "purchased", "transaction", "order", "ordered", "order completed",
        "order placed", "checkout completed", "complete purchase", "place order", "achat",
        "commande", "kauf", "compra", "acquisto",
    ),
}  # fmt: skip
BY_NAME = {name: metric for metric, names in MEANINGS.items() for name in names}
SEARCHED_LINES, MOST_NAMES, FEWEST_ROWS = 2_000, 60, 2


def metric_of(name: str) -> str:
    """The metric that an event of this name counts for, "" for none."""
    return BY_NAME.get(" ".join(fold(name).replace("_", " ").split()), "")


def _events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    for row in rows:
        metric = metric_of(row.words.get("event", ""))
        if metric:
            yield Event(metric, row.dates["created"])
        if metric == "orders" and (amount := row.numbers.get("amount")):
            yield Event("revenue", row.dates["created"], amount)


def _notes(listing: Listing, context: Context) -> None:
    names = Counter(entry.words.get("event", "") for entry in listing.entries)
    counted = [name for name in names if metric_of(name)]
    others = [name for name, _times in names.most_common() if name and not metric_of(name)]
    context.warn(
        "events_counted", _("Counted events: %(names)s.") % {"names": listed(sorted(counted))}
    )
    if others:
        message = _("Events that count for no metric are left out: %(names)s.")
        context.warn("events_left_out", message % {"names": listed(others)})


EVENTS = EventList(
    columns=(
        text(
            "event", "event", "event name", "event type", "eventname", "eventtype", "action",
            "action type", "activity", "activity type", "evenement", "nom de l'evenement",
            "type d'evenement", "ereignis", "ereignisname", "evento", "nombre del evento",
            "tipo de evento", "nome evento",
        ),
        text(
            "who", "user id", "userid", "user", "visitor id", "visitorid", "user pseudo id",
            "client id", "customer id", "customerid", "anonymous id", "device id", "distinct id",
            "id utilisateur", "id visiteur", "benutzer-id", "id usuario",
        ),
        when(
            "created", "timestamp", "event time", "event timestamp", "event date", "eventtime",
            "event at", "time", "date", "datetime", "date time", "created at", "occurred at",
            "ts", "horodatage", "date de l'evenement", "zeitstempel", "fecha", "data",
        ),
        measure(
            "amount", "amount", "revenue", "value", "event value", "purchase amount", "price",
            "montant", "total", "order value", "event value in usd",
        ),
        *ORIGIN,
    ),
    needs=frozenset({"event", "who", "created"}),
    entry_day="created",
    scope="event",
    events=_events,
    notes=_notes,
)  # fmt: skip
SESSIONS = frozenset(
    {"session id", "sessionid", "session", "session key", "visit id", "user session"}
)


def _recognise(document: Document, context: Context) -> float:
    """Names of events of which one at least is known, few different ones, and who did them."""
    header = EVENTS.header_in(document)
    if header is None or SESSIONS & {fold(cell).replace("_", " ") for cell in header.cells}:
        return 0.0
    columns = EVENTS.columns_of(header.cells)
    index = next(i for i, one in enumerate(columns) if one and one.target == "event")
    below = [line.cells for line in document.lines[:SEARCHED_LINES] if line.number > header.number]
    names = {cells[index] for cells in below if index < len(cells) and cells[index]}
    is_log = len(below) >= FEWEST_ROWS and 0 < len(names) <= MOST_NAMES
    return 0.7 if is_log and any(map(metric_of, names)) else 0.0


LAYOUT = Layout(
    key="event_log",
    feed="Events",
    recognise=_recognise,
    columns=EVENTS.columns,
    events=EVENTS,
    strict_rows=True,
)
