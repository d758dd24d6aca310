"""Snapshot rows as they are stored, read again; with them what is said of own metrics.

They are written in `metrics.snapshot_writing`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from metrics.engine.arrays import (
    Dates,
    SmallInts,
    array_cursor,
)
from metrics.engine.cubes import REASONS
from metrics.engine.facts import number_of
from metrics.engine.own_cells import (
    BlockKey,
    OwnEntries,
    Starts,
    own_entries,
    read_blocks,
)
from metrics.engine.owners import Owners
from metrics.engine.row_reading import Entries, Said, read_shipped, said_of
from metrics.models.snapshot import GRAIN_NUMBERS, IN_EVERY_DIMENSION
from metrics.own_rows import load_own, segment_columns
from metrics.periods import Grain
from metrics.resolution import Segment
from metrics.rollup import Row
from metrics.rules import BASE, SHIPPED_FORMULAS

SHIPPED = BASE | SHIPPED_FORMULAS.keys()

STORED = """
SELECT workspace_id, grain, start - DATE '2000-01-01', dimension, segment_id,
    "end" - DATE '2000-01-01', cells
FROM metrics_snapshot
WHERE workspace_id = ANY(%(workspaces)s)
"""
PACKED = """
SELECT string_agg(int8send(workspace_id) || int2send(grain)
        || int4send(start - DATE '2000-01-01') || int2send(dimension) || int4send(segment_id)
        || int4send(length(cells)), ''),
    string_agg(cells, '')
FROM metrics_snapshot
WHERE workspace_id = ANY(%(workspaces)s)
"""
IN_STRINGS = " GROUP BY workspace_id, grain, dimension"
"""Strings of some hundred kilobytes: for one of thirty megabytes the server would ask the system
for memory again and again, and take twice as long."""
PACKED_HEAD = np.dtype(
    [
        ("workspace", ">i8"),
        ("grain", ">i2"),
        ("start", ">i4"),
        ("dimension", ">i2"),
        ("segment", ">i4"),
        ("length", ">i4"),
    ]
)
OF_ALL_PERIODS = " AND grain IN (2, 3, 4, 5)"
OF_PERIODS = " AND (grain, start) IN (SELECT * FROM unnest(%(grains)s, %(starts)s))"
BETWEEN = """
SELECT start, NULL, dimension, segment_id, cells
FROM metrics_snapshot
WHERE workspace_id = %(workspace)s AND grain = %(grain)s
    AND start BETWEEN %(start)s AND %(end)s
"""
OWN_BETWEEN = """
UNION ALL
SELECT NULL, year, dimension, segment_id, cells
FROM metrics_ownblock
WHERE workspace_id = %(workspace)s AND grain = %(grain)s
    AND year BETWEEN %(first_year)s AND %(last_year)s
"""
OF_STARTS = " AND start = ANY(%(starts)s)"
OF_SEGMENTS = """
    AND (workspace_id, dimension, segment_id) IN (
        SELECT * FROM unnest(%(of)s, %(dimensions)s, %(segments)s)
    )
"""
OF_THESE = """
    AND (dimension, segment_id) IN (
        SELECT * FROM unnest(%(dimensions)s::smallint[], %(segments)s::int[])
    )
"""
OF_DIMENSION = " AND dimension = %(dimension)s"
STORED_SEGMENTS = """
SELECT DISTINCT dimension, segment_id, workspace_id FROM metrics_snapshot
WHERE workspace_id = ANY(%s)
"""
PeriodStarts = Mapping[Grain, Iterable[date]]
Stored = tuple[int, bytes]
"""A stored row: the number of its last day, what it says of shipped metrics."""
StoredRows = dict[tuple[int, int, int, int], Stored]
"""By what a `Place` has; plain tuples, as there are many and each is looked up once."""


def columns_of_periods(starts: PeriodStarts) -> dict[str, Any]:
    """Periods as arrays that a statement names: their grains and first days."""
    pairs = [
        (int(GRAIN_NUMBERS[grain]), number_of(one))
        for grain, several in starts.items()
        for one in several
    ]
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return {"grains": SmallInts(table[:, 0]), "starts": Dates(table[:, 1])}


def load_stored(owners: Owners, starts: PeriodStarts) -> StoredRows:
    """The rows of these periods, of all segments, by their codes."""
    base = {one: owners.base(one) for one in owners.ids}
    with array_cursor() as cursor:
        cursor.execute(
            STORED + OF_PERIODS + IN_EVERY_DIMENSION,
            {"workspaces": owners.listed, **columns_of_periods(starts)},
            binary=True,
        )
        return {
            (grain, start, dimension, base[workspace] + segment): (end, cells)
            for workspace, grain, start, dimension, segment, end, cells in cursor.fetchall()
        }


def load_own_years(owners: Owners, starts: PeriodStarts) -> dict[BlockKey, bytes]:
    """What is said of own metrics in these periods, and in all others of the same years."""
    years = {
        (int(GRAIN_NUMBERS[grain]), one.year)
        for grain, several in starts.items()
        for one in several
    }
    return load_own(owners, years=years)


class Given(NamedTuple):
    """What is known of some rows beforehand: of these metrics only, where `keys` are given."""

    at: Starts
    said: Entries
    keys: Collection[str] | None = None


def load_given(owners: Owners, starts: PeriodStarts, keys: Collection[str]) -> list[Given]:
    """What the rows of these periods say of a few metrics."""
    if not any(starts.values()):
        return []
    names = {"workspaces": owners.listed, **columns_of_periods(starts)}
    given = [_packed(owners, PACKED + OF_PERIODS + IN_EVERY_DIMENSION, names, keys)]
    if not SHIPPED.issuperset(keys):
        blocks = load_own_years(owners, starts)
        given.append(Given(*read_blocks(blocks.items()), keys))
    return given


def load_segments(
    owners: Owners, segments: Collection[Segment] | None, keys: Collection[str]
) -> Given:
    """What all rows of these segments, or of all, say of a few shipped metrics."""
    names: dict[str, Any] = {"workspaces": owners.listed}
    if segments is None:
        return _packed(owners, PACKED + OF_ALL_PERIODS, names, keys)
    names |= segment_columns(owners, segments)
    return _packed(owners, PACKED + OF_ALL_PERIODS + OF_SEGMENTS, names, keys)


def _packed(owners: Owners, sql: str, names: dict[str, Any], keys: Collection[str]) -> Given:
    """Read as long strings: thousands of rows as objects would take longer than the rest."""
    with array_cursor() as cursor:
        cursor.execute(sql + IN_STRINGS, names, binary=True)
        found = cursor.fetchall()
    head = np.frombuffer(b"".join([heads for heads, _cells in found]), PACKED_HEAD)
    cells = b"".join([cells for _heads, cells in found])
    grain, start, dimension, segment, workspace = (
        head[name].astype(np.int64)
        for name in ("grain", "start", "dimension", "segment", "workspace")
    )
    at = Starts(grain, start, dimension, owners.codes(workspace, segment))
    return Given(at, read_shipped(cells, head["length"].astype(np.int64), keys), keys)


def load_between(
    workspace_id: int,
    grain: Grain,
    start: date,
    end: date,
    *,
    starts: Collection[date] | None = None,
    segments: Collection[Segment] | None = None,
    dimension: int | None = None,
    keys: frozenset[str] | None = None,
) -> dict[date, dict[Segment, Row]]:
    """The rows of the periods that start between two days, as they are calculated with, in one
    query.

    Of these starts, segments, metrics or of this dimension only, where given.
    """
    names: dict[str, Any] = {
        "workspace": workspace_id,
        "grain": GRAIN_NUMBERS[grain],
        "start": start,
        "end": end,
    }
    chosen = ""
    if segments is not None:
        names["dimensions"] = [one.dimension for one in segments]
        names["segments"] = [one.segment_id for one in segments]
        chosen += OF_THESE
    if dimension is not None:
        names["dimension"] = dimension
        chosen += OF_DIMENSION
    sql = BETWEEN + chosen
    if starts is not None:
        names["starts"] = list(starts)
        sql += OF_STARTS
    if keys is None or not SHIPPED.issuperset(keys):
        sql += OWN_BETWEEN + chosen
        names |= {"first_year": start.year, "last_year": end.year}
    rows: list[tuple[date, Segment, bytes]] = []
    own: dict[Segment, dict[int, OwnEntries]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(sql, names)
        for first, year, number, segment_id, cells in cursor.fetchall():
            segment = Segment(number, segment_id)
            if first is not None:
                rows.append((first, segment, cells))
            else:
                own[segment] |= own_entries(cells, year)
    found: dict[date, dict[Segment, Row]] = {}
    for first, segment, cells in rows:
        said = own[segment].get(number_of(first), ()) if segment in own else ()
        found.setdefault(first, {})[segment] = _row(said_of(cells, said, keys))
    return found


def _row(said: Said) -> Row:
    reasons = {key: REASONS[one] for key, one in said.reasons.items()}
    return Row(said.values, reasons, said.unsure, said.weights, said.inputs)


def stored_segments(owners: Owners) -> list[Segment]:
    """All segments that any period has, everything first."""
    with connection.cursor() as cursor:
        cursor.execute(STORED_SEGMENTS, [owners.listed])
        return sorted(
            Segment(dimension, owners.base(workspace) + segment)
            for dimension, segment, workspace in cursor.fetchall()
        )
