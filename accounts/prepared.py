"""Queries that are asked on every page, put together once, and planned once a connection.

Django puts the SQL of a query together each time it is asked, and PostgreSQL plans it each time,
which both take a page longer than the answer does. A prepared query keeps the SQL and the way
from rows to objects, and PostgreSQL keeps its plan; only its values are new each time. Its shape
therefore must not depend on them: None is not a value.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from threading import Lock
from typing import Any, Generic, NamedTuple, Self, TypeVar, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)
One = int | str | date
Value = One | Collection[int] | Collection[str]
Kind = type[One] | list[type[int]] | list[type[str]]
Sizes = tuple[int, ...]
_SAMPLES: dict[type, Callable[[int], One]] = {
    int: lambda place: 31_001 + place,  # within the range of every column
    str: lambda place: f"a sample {place}",
    date: lambda place: date(1901, 1, 1) + timedelta(days=place),
}


class NotPrepared(ValueError):
    """A query whose values cannot be told from its shape."""


class _Shape(NamedTuple):
    """The SQL, its values with the places of those that change, and the way to objects."""

    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]
    model: type[Model] | None
    columns: slice
    names: Sequence[str]
    related: Sequence[Any]
    converted: Sequence[tuple[int, Any]]


class _PreparingCursor(psycopg.Cursor[Any]):
    """A cursor that has PostgreSQL keep the plan of what it sends."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Self:
        """Sends a statement, with its values beside it instead of in it."""
        return super().execute(query, params, **{"prepare": True, **how})


class _ListingWrapper(CursorDebugWrapper):
    """Where queries are listed: with their values in them, as all others are."""

    def execute(self, sql: Any, params: Any = None) -> Any:
        """Sends a statement and lists it."""
        with self.debug_sql(self.db.ops.compose_sql(sql, params)):
            return CursorWrapper.execute(self, sql, params)


def prepared_cursor() -> CursorWrapper:
    """A cursor for statements of a fixed text, of which only the values are new each time.

    Where `PREPARED_STATEMENTS` is off it sends them in the same way, and nothing is kept.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    wrapper = _ListingWrapper if connection.queries_logged else CursorWrapper
    return wrapper(_PreparingCursor(connection.connection), connection)


class Prepared(Generic[M]):
    """A query made by `build` from values of these kinds: `int`, `str`, `date`, or a list of one.

    ``Prepared(lambda user: Membership.objects.filter(user=user), int)``; several values of a kind
    are looked for with ``__in``: ``Prepared(lambda keys: Metric.objects.filter(key__in=keys),
    [str])``.
    """

    def __init__(self, build: "Callable[..., QuerySet[M, Any]]", *kinds: Kind) -> None:
        self._build, self._kinds = build, kinds
        self._shapes: dict[Sizes, _Shape] = {}
        self._lock = Lock()

    def objects(self, *values: Value) -> list[M]:
        """The objects, with those that the query selects beside them."""
        shape, rows = self._asked(values)
        return [self._object(shape, row) for row in rows]

    def rows(self, *values: Value) -> list[Any]:
        """The rows as they are: for who looks at a few columns of many rows."""
        return self._asked(values)[1]

    def object(self, row: Sequence[Any]) -> M:
        """The object of one row of a query without lists."""
        return self._object(self._shape(()), row)

    def places(self, *names: str) -> tuple[int, ...]:
        """Where in such a row the object's own columns of these names are."""
        shape = self._shape(())
        return tuple(shape.columns.start + shape.names.index(name) for name in names)

    def _object(self, shape: _Shape, row: Sequence[Any]) -> M:
        assert shape.model is not None
        found: Any = shape.model.from_db(DEFAULT_DB_ALIAS, shape.names, row[shape.columns])
        for populator in shape.related:
            populator.populate(row, found)
        return cast(M, found)

    def _asked(self, values: Sequence[Value]) -> tuple[_Shape, list[Any]]:
        given: list[Any] = []
        sizes: list[int] = []
        for kind, value in zip(self._kinds, values, strict=True):
            if isinstance(kind, list):
                several = _filled_up(value)
                given += several
                sizes.append(len(several))
            else:
                given.append(value)
        shape = self._shape(tuple(sizes))
        if 0 in sizes:
            return shape, []
        params = list(shape.params)
        for place, which in shape.places:
            params[place] = given[which]
        with prepared_cursor() as cursor:
            cursor.execute(shape.sql, params)
            rows: list[Any] = cursor.fetchall()
        return shape, _converted(rows, shape.converted) if shape.converted else rows

    def _shape(self, sizes: Sizes) -> _Shape:
        found = self._shapes.get(sizes)
        if found is None:
            with self._lock:
                found = _shape_of(self._build, self._kinds, sizes)
                self._shapes[sizes] = found
        return found


def _filled_up(value: Any) -> list[Any]:
    """The values, the last repeated up to a power of two: there are few shapes then."""
    several = list(value)
    if not several:
        return []
    return several + several[-1:] * ((1 << (len(several) - 1).bit_length()) - len(several))


def _shape_of(
    build: "Callable[..., QuerySet[Any, Any]]", kinds: Sequence[Kind], sizes: Sizes
) -> _Shape:
    samples: list[One] = []
    given: list[One | list[One]] = []
    left = list(sizes)
    for kind in kinds:
        if isinstance(kind, list):
            several = [_SAMPLES[kind[0]](len(samples) + n) for n in range(left.pop(0) or 1)]
            samples += several
            given.append(several)
        else:
            samples.append(_SAMPLES[kind](len(samples)))
            given.append(samples[-1])
    queryset = build(*given)
    compiler = queryset.query.get_compiler(queryset.db)
    sql, params = compiler.as_sql()
    places = tuple(
        (place, samples.index(param))
        for place, param in enumerate(params)
        if isinstance(param, int | str | date) and param in samples
    )
    if {which for _place, which in places} != set(range(len(samples))):
        raise NotPrepared(f"Not every value of this query is in its SQL as it is: {sql}")
    klass = compiler.klass_info
    names: list[str] = []
    columns, related = slice(0, 0), []
    if klass is not None:
        fields = klass["select_fields"]
        columns = slice(fields[0], fields[-1] + 1)
        names = [one[0].target.attname for one in compiler.select[columns]]
        related = get_related_populators(  # type: ignore[call-arg]  # another one in the stubs
            klass, compiler.select, queryset.db
        )
    selected = [one[0] for one in compiler.select[: compiler.col_count]]
    converted = tuple(compiler.get_converters(selected).items())
    model = klass["model"] if klass else None
    return _Shape(sql, tuple(params), places, model, columns, names, related, converted)


def _converted(rows: Sequence[Any], converters: Sequence[tuple[int, Any]]) -> list[Any]:
    found = [list(row) for row in rows]
    connection = connections[DEFAULT_DB_ALIAS]
    for place, (several, expression) in converters:
        for row in found:
            for one in several:
                row[place] = one(row[place], expression, connection)
    return found
