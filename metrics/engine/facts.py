"""Reads facts into arrays: one string of numbers for all of them, no object for a fact.

Days are whole numbers since 2000-01-01, as PostgreSQL counts them; values are value × 10^8.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from psycopg.errors import NumericValueOutOfRange

from metrics.engine.arrays import array_cursor
from metrics.engine.cubes import Cells, Ints

EPOCH = date(2000, 1, 1)
DECIMALS = 8
COLUMNS = """
    metric_id, feed_id, day, "end", channel_id, campaign_id, device_id, asset_id, audience_id
"""
FINER = "(device_id | asset_id | audience_id)"
"""Few facts are broken down so far: the second string is of those alone, which are marked."""
MARK = 1 << 30
AS_BYTES = f"""
SELECT string_agg(int8send((metric_id << 32) + feed_id)
        || int8send(((day - DATE '2000-01-01')::int8 << 32) + ("end" - day)
            + CASE {FINER} WHEN 0 THEN 0 ELSE {MARK} END)
        || int8send((channel_id::int8 << 32) + campaign_id)
        || int8send((value * 100000000)::int8), ''::bytea),
    string_agg(int8send((device_id::int8 << 32) + asset_id) || int8send(audience_id::int8),
        ''::bytea) FILTER (WHERE {FINER} <> 0)
"""
AS_ROWS = f"SELECT {COLUMNS}, (value * 100000000)::numeric(40, 0)"
WIDTH, FINER_WIDTH = 4, 2
"""Numbers of eight bytes that a fact has in each string."""


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

    def where(self, chosen: Ints) -> "Facts":
        """Some of them."""
        return Facts(
            self.metric[chosen],
            self.feed[chosen],
            self.day[chosen],
            self.end[chosen],
            self.dims.take(chosen, axis=1),
            self.value[chosen],
        )


def one_after_the_other(several: Sequence[Facts]) -> Facts:
    """Facts that were read in several ways, at least one."""
    if len(several) == 1:
        return several[0]
    return Facts(
        np.concatenate([one.metric for one in several]),
        np.concatenate([one.feed for one in several]),
        np.concatenate([one.day for one in several]),
        np.concatenate([one.end for one in several]),
        np.concatenate([one.dims for one in several], axis=1),
        np.concatenate([one.value for one in several]),
    )


class TooManyFacts(Exception):
    """There are more facts than may be in memory at once."""


def read_facts(
    sources: Sequence[str], names: dict[str, Any], *, most: Sequence[int | None]
) -> Facts:
    """The facts of all sources, each of them the rest of a statement from its FROM on.

    `names` are the parameters that they name. Raises TooManyFacts where a source has more facts
    than the number that stands for it in `most`; it reads one more than that and no further,
    which costs nothing where they are few, while to count them first would cost a scan.
    """
    bounded = [_bounded(source, limit) for source, limit in zip(sources, most, strict=True)]
    try:
        with transaction.atomic():
            return _read_whole(bounded, names, most)
    except NumericValueOutOfRange:
        return _read_large(bounded, names, most)


def _bounded(source: str, most: int | None) -> str:
    return source if most is None else f"FROM (SELECT * {source} LIMIT {most + 1:d}) AS some_facts"


def _check(numbers: Sequence[int], most: Sequence[int | None]) -> None:
    if any(limit is not None and one > limit for one, limit in zip(numbers, most, strict=True)):
        raise TooManyFacts


def _read_whole(sources: Sequence[str], names: dict[str, Any], most: Sequence[int | None]) -> Facts:
    """One row for each source with all its facts in a string: a row each would cost far more."""
    with array_cursor() as cursor:
        cursor.execute(_all_of(AS_BYTES, sources), names, binary=True)
        sent = cursor.fetchall()
    _check([len(one or b"") // (8 * WIDTH) for one, _finer in sent], most)
    whose, when, first, value = _numbers([one for one, _finer in sent], WIDTH)
    second, audience = _numbers([finer for _one, finer in sent], FINER_WIDTH)
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


def _all_of(chosen: str, sources: Sequence[str]) -> str:
    return " UNION ALL ".join(chosen + source for source in sources)


def _numbers(contents: Sequence[bytes | None], width: int) -> Ints:
    """The columns of strings that hold so many numbers for each fact; None where there was none."""
    there = b"".join(one for one in contents if one is not None)
    return np.frombuffer(there, ">i8").reshape(-1, width).T.astype(np.int64, order="C")


def _halves(packed: Ints) -> tuple[Ints, Ints]:
    """Two numbers that were sent as one; the second may be −1."""
    low = packed.astype(np.int32).astype(np.int64)
    return (packed - low) >> 32, low


def _read_large(sources: Sequence[str], names: dict[str, Any], most: Sequence[int | None]) -> Facts:
    """The same where a value does not fit into 64 bits."""
    several: list[list[Any]] = []
    with array_cursor() as cursor:
        for source in sources:
            cursor.execute(AS_ROWS + source, names)
            several.append(cursor.fetchall())
    _check([len(one) for one in several], most)
    rows = [row for one in several for row in one]
    plain = [(*row[:2], number_of(row[2]), number_of(row[3]), *row[4:9]) for row in rows]
    columns = np.array(plain, np.int64).reshape(-1, 9).T
    value = np.array([int(row[9]) for row in rows], object)
    return Facts(columns[0], columns[1], columns[2], columns[3], columns[4:9], value)
