"""E-mail campaigns as sending tools report them: one row a send, on the day it went out.

People are counted, not acts: unique opens and clicks, never rates. What a tool leaves out follows
from the rest: sent = delivered + bounced, bounced = hard + soft.
"""

from __future__ import annotations

from decimal import Decimal

from metrics.imports.context import Context
from metrics.imports.dimensions import UNASSIGNED
from metrics.imports.folding import fold
from metrics.imports.layout import Assigned, Column, Kind, Values, declared
from metrics.imports.parsed import NOT_SET
from metrics.imports.reading import Document

SEARCHED_LINES = 30


def read_send(cell: str, context: Context) -> Assigned:
    """A send's name is its campaign, and its channel is e-mail."""
    name = NOT_SET if not cell or fold(cell) in UNASSIGNED else cell
    return {"channel": "email", "campaign": name}


def derive_sends(values: Values, context: Context) -> Values:
    """Bounces from their two kinds, and sent or delivered from the other."""
    found = {key: value for key, value in values.items() if key not in {"hard", "soft"}}
    kinds = [values[key] for key in ("hard", "soft") if key in values]
    if kinds:
        found.setdefault("email_bounces", sum(kinds, Decimal(0)))
    sent, delivered = found.get("emails_sent"), found.get("emails_delivered")
    bounces = found.get("email_bounces")
    if sent is None and delivered is not None and bounces is not None:
        found["emails_sent"] = delivered + bounces
    elif delivered is None and sent is not None and bounces is not None:
        found["emails_delivered"] = sent - bounces
    elif bounces is None and sent is not None and delivered is not None and sent >= delivered:
        found["email_bounces"] = sent - delivered
    return found


def certainty_of(
    document: Document, columns: tuple[Column, ...], needs: frozenset[str], score: float
) -> float:
    """`score` where one row has all the columns that a tool's report must have."""
    for line in document.lines[:SEARCHED_LINES]:
        found = declared(columns, line.cells) if line.filled > 3 else []
        targets = {column.target for column in found if column and column.kind is not Kind.NOTE}
        if needs <= targets:
            return score
    return 0.0
