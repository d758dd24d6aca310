"""Columns as PostgreSQL's binary arrays: many rows a statement, no text for a value."""

from collections.abc import Iterable, Sequence
from struct import Struct
from typing import Any, ClassVar

import numpy as np
from django.db import connection
from psycopg import Cursor
from psycopg.adapt import Dumper
from psycopg.postgres import types
from psycopg.pq import Format

from metrics.engine.cubes import Ints

HEAD = Struct(">iiIii")
"""Dimensions, whether an element is NULL, the elements' type, how many there are, from where."""
LENGTH = Struct(">i")


class BinaryArray:
    """An array to be bound to a statement, as it is sent."""

    element: ClassVar[str]

    def __init__(self, content: bytes, count: int) -> None:
        dimensions = 1 if count else 0
        shape = (count, 1) if count else ()
        head = HEAD.pack(dimensions, 0, types[self.element].oid, *(shape or (0, 0)))
        self.content = (head if count else head[:12]) + content


class Numbers(BinaryArray):
    """Whole numbers."""

    width: ClassVar[int] = 4

    def __init__(self, values: Ints) -> None:
        table = np.zeros(len(values), [("length", ">i4"), ("value", f">i{self.width}")])
        table["length"], table["value"] = self.width, values
        super().__init__(table.tobytes(), len(values))


class SmallInts(Numbers):
    """smallint[]."""

    element = "int2"
    width = 2


class Integers(Numbers):
    """integer[]."""

    element = "int4"


class BigInts(Numbers):
    """bigint[]."""

    element = "int8"
    width = 8


def ids(values: Iterable[int]) -> BigInts:
    """Ids as bigint[]."""
    return BigInts(np.array(list(values), np.int64))


class Dates(Numbers):
    """date[], of days as whole numbers."""

    element = "date"


class Contents(BinaryArray):
    """bytea[]."""

    element = "bytea"

    def __init__(self, values: Sequence[bytes]) -> None:
        parts = [part for one in values for part in (LENGTH.pack(len(one)), one)]
        super().__init__(b"".join(parts), len(values))


class Texts(Contents):
    """text[]."""

    element = "text"


def _dumper(array: type[BinaryArray]) -> type[Dumper]:
    class ArrayDumper(Dumper):
        """Sends the array as it is."""

        format = Format.BINARY
        oid = types[array.element].array_oid

        def dump(self, obj: Any) -> bytes:
            content: bytes = obj.content
            return content

    return ArrayDumper


DUMPERS = {one: _dumper(one) for one in (SmallInts, Integers, BigInts, Dates, Contents, Texts)}


def array_cursor() -> Cursor[Any]:
    """A cursor that binds by the server and knows these arrays."""
    cursor = Cursor(connection.connection)
    for array, dumper in DUMPERS.items():
        cursor.adapters.register_dumper(array, dumper)
    return cursor
