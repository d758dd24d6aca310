"""A month's facts in ten bytes or so each, instead of two hundred: columns, as narrow as may be.

A column is its least number and how much more each fact has, in 0, 1, 2 or 4 bytes, or whole
numbers of 8; values are without the zeros that all of them end with, as text where 64 bits are too
few. Written by `metrics.fact_months`, read by `metrics.engine.fact_reading`.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from metrics.engine.cubes import Cells
from metrics.engine.facts import DECIMALS, Facts

PREFIX = np.dtype([("facts", "<u4"), ("zeros", "u1")])
HEAD = np.dtype([("least", "<i8"), ("width", "u1")])
WIDTHS = (1, 2, 4)
WHOLE, TEXT = 8, 255
COLUMNS = 10
KEYS = COLUMNS - 1
"""All columns but the last, which is the value."""


def packed(facts: Facts) -> bytes:
    """Facts as bytes; the same facts in the same order are the same bytes."""
    zeros = _zeros(facts.value)
    keys = (facts.metric, facts.feed, facts.day, facts.end - facts.day, *facts.dims)
    heads = np.zeros(COLUMNS, HEAD)
    columns = [
        _narrow(column, heads[place : place + 1])
        for place, column in enumerate((*keys, facts.value // 10**zeros))
    ]
    prefix = np.array([(len(facts), zeros)], PREFIX)
    return b"".join([prefix.tobytes(), heads.tobytes(), *columns])


def unpacked(contents: Sequence[bytes]) -> Facts:
    """The facts of several months, one after the other."""
    prefixes = [np.frombuffer(one, PREFIX, 1)[0] for one in contents]
    keys = np.empty((KEYS, sum(int(one["facts"]) for one in prefixes)), np.int64)
    values: list[Cells] = [np.zeros(0, np.int64)]
    start = 0
    for content, prefix in zip(contents, prefixes, strict=True):
        end = start + int(prefix["facts"])
        *of_key, value = _columns(content, end - start)
        for place, column in enumerate(of_key):
            keys[place, start:end] = column
        values.append(value * 10 ** int(prefix["zeros"]))
        start = end
    metric, feed, day, length, *_dims = keys
    return Facts(metric, feed, day, day + length, keys[4:], np.concatenate(values))


def _zeros(value: Cells) -> int:
    """How many zeros all values end with, as far as they are decimals."""
    return next(
        (zeros for zeros in range(DECIMALS, 0, -2) if not (value % 10**zeros != 0).any()), 0
    )


def _narrow(column: Cells, head: npt.NDArray[np.void]) -> bytes:
    """A column's bytes; what is needed to read them again is put into its head."""
    if not len(column):
        return b""
    if column.dtype == object:
        head["width"] = TEXT
        return ",".join(map(str, column.tolist())).encode()
    least, most = int(column.min()), int(column.max())
    if least == most:
        head["least"] = least
        return b""
    width = next((one for one in WIDTHS if most - least < 1 << 8 * one), WHOLE)
    head["width"] = width
    if width == WHOLE:
        return column.astype("<i8").tobytes()
    head["least"] = least
    return (column - least).astype(f"<u{width}").tobytes()


def _columns(content: bytes, facts: int) -> Iterator[Cells]:
    """The columns of a month, as they were."""
    at = PREFIX.itemsize + COLUMNS * HEAD.itemsize
    for least, width in np.frombuffer(content, HEAD, COLUMNS, PREFIX.itemsize).tolist():
        if width == TEXT:
            yield np.array([int(one) for one in content[at:].split(b",")], object)
        elif width == WHOLE:
            yield np.frombuffer(content, "<i8", facts, at)
        elif width:
            told = np.frombuffer(content, f"<u{width}", facts, at)
            yield np.add(told, least, dtype=np.int64)
        else:
            yield np.full(facts, least, np.int64)
        at += width * facts
