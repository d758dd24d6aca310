"""Reads facts into arrays: a binary array for each column, no object for a fact.

Days are whole numbers since 2000-01-01, as PostgreSQL counts them; values are value × 10^8.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction
from psycopg import Cursor
from psycopg.errors import NumericValueOutOfRange

from metrics.engine.cubes import Bools, Cells, Ints

EPOCH = date(2000, 1, 1)
DECIMALS = 8
COARSER = (0, 2)
"""Decimals that are tried first: counts have none, money two."""
COLUMNS = """
    metric_id, feed_id, day, "end", channel_id, campaign_id, device_id, asset_id, audience_id
"""
TYPES = ("i8", "i8", "i4", "i4", "i4", "i4", "i4", "i4", "i4", "i8")
"""Of the columns and the value, as they are sent."""
ARRAY_HEADER = 20
"""Bytes before the first element of a binary array of one dimension."""
WHOLE = "(value * 100000000)::int8 AS value"
LARGE = "(value * 100000000)::numeric(40, 0) AS value"
AS_ARRAYS = """
SELECT array_agg(metric_id), array_agg(feed_id), array_agg(day), array_agg("end"),
    array_agg(channel_id), array_agg(campaign_id), array_agg(device_id), array_agg(asset_id),
    array_agg(audience_id), array_agg(value)
FROM ({query}) AS found
"""


def number_of(day: date) -> int:
    """The day as a whole number."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """The day that a whole number stands for."""
    return EPOCH + timedelta(days=int(number))


@dataclass(slots=True)
class Facts:
    """Facts by column; `dims` has one row per dimension, `value` × 10^8, Python's own integers
    where 64 bits are not enough."""

    metric: Ints
    feed: Ints
    day: Ints
    end: Ints
    dims: Ints
    value: Cells

    def __len__(self) -> int:
        return len(self.day)

    def where(self, chosen: Bools | Ints) -> "Facts":
        """Some of them."""
        return Facts(
            self.metric[chosen],
            self.feed[chosen],
            self.day[chosen],
            self.end[chosen],
            self.dims[:, chosen],
            self.value[chosen],
        )


def read_facts(query: str, names: dict[str, Any]) -> Facts:
    """The facts that a query finds; it says `{columns}, {value}` and names parameters."""
    try:
        with transaction.atomic():
            return _read_whole(query.format(columns=COLUMNS, value=WHOLE), names)
    except NumericValueOutOfRange:
        return _read_large(query.format(columns=COLUMNS, value=LARGE), names)


def _read_whole(query: str, names: dict[str, Any]) -> Facts:
    """One row with an array for each column: rows one by one would cost more than all the rest."""
    with Cursor(connection.connection) as cursor:
        cursor.execute(AS_ARRAYS.format(query=query), names, binary=True)
        result = cursor.pgresult
        sent = [result.get_value(0, place) if result else None for place in range(len(TYPES))]
    columns = [_numbers(content, kind) for content, kind in zip(sent, TYPES, strict=True)]
    return Facts(*columns[:4], np.stack(columns[4:9]), columns[9])


def _numbers(content: bytes | None, kind: str) -> Ints:
    """The elements of a binary array; NULL where there was no row."""
    if content is None:
        return np.zeros(0, np.int64)
    layout = np.dtype([("length", ">i4"), ("value", f">{kind}")])
    return np.frombuffer(content, layout, offset=ARRAY_HEADER)["value"].astype(np.int64)


def _read_large(query: str, names: dict[str, Any]) -> Facts:
    with connection.cursor() as cursor:
        cursor.execute(query, names)
        rows = cursor.fetchall()
    plain = [(*row[:2], number_of(row[2]), number_of(row[3]), *row[4:9]) for row in rows]
    columns = np.array(plain, np.int64).reshape(-1, 9).T
    value = np.array([int(row[9]) for row in rows], object)
    return Facts(*columns[:4], columns[4:9], value)
