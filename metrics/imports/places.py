"""Reading the cells that say where a row belongs: a campaign, a device, a country, a page.

Each function here is the `read` of a dimension column: from a cell to the values it decides.
"""

from __future__ import annotations

from collections.abc import Callable

from metrics.imports.context import Context
from metrics.imports.dimensions import UNASSIGNED, device_of
from metrics.imports.folding import fold
from metrics.imports.layout import Assigned
from metrics.imports.parsed import NOT_SET

Read = Callable[[str, Context], Assigned | None]


def or_not_set(cell: str) -> str:
    """The cell, or `NOT_SET` where the tool could not assign the row."""
    return NOT_SET if not cell or fold(cell) in UNASSIGNED else cell


def read_campaign(cell: str, context: Context) -> Assigned:
    """A campaign by its name."""
    return {"campaign": or_not_set(cell)}


def campaign_in(channel: str) -> Read:
    """Reads campaigns that all run on one channel."""

    def read(cell: str, context: Context) -> Assigned:
        return {"campaign": or_not_set(cell), "channel": channel}

    return read


def read_device(cell: str, context: Context) -> Assigned:
    """A device by any of its names; one that is not known is "other"."""
    return {"device": device_of(cell) or "other"}


def read_audience(cell: str, context: Context) -> Assigned:
    """A country, a region, a segment of people."""
    return {"audience": or_not_set(cell)}


def read_asset(cell: str, context: Context) -> Assigned:
    """A page or a piece of content."""
    return {"asset": or_not_set(cell)}
