"""Reads facts and coverage into arrays: one binary COPY, no object for a fact.

Days are whole numbers since 2000-01-01, as PostgreSQL counts them; values are value × 10^8.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction
from psycopg.errors import NumericValueOutOfRange

from metrics.engine.cubes import Bools, Cells, Ints

EPOCH = date(2000, 1, 1)
DECIMALS = 8
COARSER = (0, 2)
"""Decimals that are tried first: counts have none, money two."""
HEADER, TRAILER = 19, 2
"""Bytes before the first row of a binary COPY and after its last."""
TYPES = ("i8", "i8", "i4", "i4", "i4", "i4", "i4", "i4", "i4", "i8")
LAYOUT = np.dtype(
    [("fields", ">i2")]
    + [
        (f"{part}{n}", f">{kind}")
        for n, one in enumerate(TYPES)
        for part, kind in (("length", "i4"), ("f", one))
    ]
)
COLUMNS = (
    'metric_id, feed_id, day, "end", channel_id, campaign_id, device_id, asset_id, audience_id'
)
FACTS = """
SELECT {columns}, {value} FROM metrics_fact
WHERE workspace_id = %(workspace)s AND metric_id = ANY(%(added)s) AND day {days}
UNION ALL
SELECT {columns}, {value} FROM metrics_fact
WHERE workspace_id = %(workspace)s AND metric_id = ANY(%(stocks)s) AND day {carried}
UNION ALL
SELECT {columns}, {value} FROM metrics_fact
WHERE workspace_id = %(workspace)s AND metric_id = ANY(%(uniques)s)
    AND day BETWEEN %(start)s - 366 AND %(end)s AND "end" >= %(start)s
"""
WHOLE = "(value * 100000000)::int8"
LARGE = "(value * 100000000)::numeric(40, 0)"


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


@dataclass(frozen=True, slots=True)
class Asked:
    """Which facts to read: summed metrics of these days, stocks some days longer, uniques of
    every span that holds one of the days between the first and the last."""

    workspace_id: int
    days: Ints
    added: list[int]
    stocks: list[int]
    uniques: list[int]
    stock_spans: tuple[tuple[int, int], ...]


def read_facts(query: str, names: dict[str, Any]) -> Facts:
    """The facts that a query finds; it says `{columns}, {value}` and names parameters."""
    try:
        with transaction.atomic():
            return _read_whole(query.format(columns=COLUMNS, value=WHOLE), names)
    except NumericValueOutOfRange:
        return _read_large(query.format(columns=COLUMNS, value=LARGE), names)


def _read_whole(query: str, names: dict[str, Any]) -> Facts:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)", names) as copy,
    ):
        content = b"".join(copy)
    rows = (len(content) - HEADER - TRAILER) // LAYOUT.itemsize
    table = np.frombuffer(content, LAYOUT, count=rows, offset=HEADER)
    columns = [table[f"f{place}"].astype(np.int64) for place in range(len(TYPES))]
    return Facts(*columns[:4], np.stack(columns[4:9]), columns[9])


def _read_large(query: str, names: dict[str, Any]) -> Facts:
    with connection.cursor() as cursor:
        cursor.execute(query, names)
        rows = cursor.fetchall()
    plain = [(*row[:2], number_of(row[2]), number_of(row[3]), *row[4:9]) for row in rows]
    columns = np.array(plain, np.int64).reshape(-1, 9).T
    value = np.array([int(row[9]) for row in rows], object)
    return Facts(*columns[:4], columns[4:9], value)
