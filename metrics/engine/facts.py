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
WHOLE = "(value * 100000000)::int8 AS value"
LARGE = "(value * 100000000)::numeric(40, 0) AS value"
AS_ARRAYS = """
SELECT array_agg((metric_id << 32) + feed_id),
    array_agg(((day - DATE '2000-01-01')::int8 << 32) + ("end" - day)
        + CASE {finer} WHEN 0 THEN 0 ELSE {mark} END),
    array_agg((channel_id::int8 << 32) + campaign_id),
    array_agg(value),
    array_agg((device_id::int8 << 32) + asset_id) FILTER (WHERE {finer} <> 0),
    array_agg(audience_id::int8) FILTER (WHERE {finer} <> 0)
FROM ({query} LIMIT %(most)s) AS found
"""
FINER = "(device_id | asset_id | audience_id)"
"""Few facts are broken down so far: the last two arrays are of those alone, which are marked."""
MARK = 1 << 30
ARRAYS = 6
ARRAY_HEADER = 20
"""Bytes before the first element of a binary array of one dimension."""
ELEMENT = np.dtype([("length", ">i4"), ("value", ">i8")])


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
    """The facts that a query finds, `most` of them at most; it says `{columns}, {value}` and names
    parameters.
    """
    try:
        with transaction.atomic():
            return _read_whole(query.format(columns=COLUMNS, value=WHOLE), names)
    except NumericValueOutOfRange:
        return _read_large(query.format(columns=COLUMNS, value=LARGE), names)


def _read_whole(query: str, names: dict[str, Any]) -> Facts:
    """One row with an array for each pair of columns: rows one by one would cost far more."""
    with Cursor(connection.connection) as cursor:
        cursor.execute(AS_ARRAYS.format(query=query, finer=FINER, mark=MARK), names, binary=True)
        result = cursor.pgresult
        sent = [result.get_value(0, place) if result else None for place in range(ARRAYS)]
    whose, when, first, value, second, audience = map(_numbers, sent)
    metric, feed = _halves(whose)
    day, length = _halves(when)
    finer = length >= MARK
    length[finer] -= MARK
    dims = np.zeros((5, len(day)), np.int64)
    dims[0], dims[1] = _halves(first)
    if finer.any():
        dims[2, finer], dims[3, finer] = _halves(second)
        dims[4, finer] = audience
    return Facts(metric, feed, day, day + length, dims, value)


def _numbers(content: bytes | None) -> Ints:
    """The elements of a binary array; NULL where there was no row."""
    if content is None:
        return np.zeros(0, np.int64)
    return np.frombuffer(content, ELEMENT, offset=ARRAY_HEADER)["value"].astype(np.int64)


def _halves(packed: Ints) -> tuple[Ints, Ints]:
    """Two numbers that were sent as one; the second may be −1."""
    low = packed.astype(np.int32).astype(np.int64)
    return (packed - low) >> 32, low


def _read_large(query: str, names: dict[str, Any]) -> Facts:
    with connection.cursor() as cursor:
        cursor.execute(f"{query} LIMIT %(most)s", names)
        rows = cursor.fetchall()
    plain = [(*row[:2], number_of(row[2]), number_of(row[3]), *row[4:9]) for row in rows]
    columns = np.array(plain, np.int64).reshape(-1, 9).T
    value = np.array([int(row[9]) for row in rows], object)
    return Facts(columns[0], columns[1], columns[2], columns[3], columns[4:9], value)
