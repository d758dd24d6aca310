"""Snapshot rows as they are stored: read and written; with them what is said of own metrics."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from metrics.engine.arrays import Contents, Dates, Integers, SmallInts, Texts, array_cursor
from metrics.engine.cubes import REASONS, Ints
from metrics.engine.facts import number_of
from metrics.engine.own_cells import (
    BlockKey,
    OwnEntries,
    Place,
    Starts,
    only,
    own_entries,
    read_blocks,
)
from metrics.engine.row_reading import Entries, Said, read_shipped, said_of
from metrics.engine.rows import Places
from metrics.models.snapshot import GRAIN_NUMBERS
from metrics.own_rows import load_own, save_own, segment_columns
from metrics.periods import Grain
from metrics.resolution import Segment
from metrics.rollup import Row
from metrics.rules import BASE, SHIPPED_FORMULAS

SHIPPED = BASE | SHIPPED_FORMULAS.keys()

STORED = """
SELECT grain, start - DATE '2000-01-01', dimension, segment_id, "end" - DATE '2000-01-01',
    cells
FROM metrics_snapshot
WHERE workspace_id = %(workspace)s
    AND (grain, start) IN (SELECT * FROM unnest(%(grains)s, %(starts)s))
"""
PACKED = """
SELECT coalesce(string_agg(int2send(grain) || int4send(start - DATE '2000-01-01')
        || int2send(dimension) || int4send(segment_id) || int4send(length(cells)), ''), ''),
    coalesce(string_agg(cells, ''), '')
FROM metrics_snapshot
WHERE workspace_id = %(workspace)s
"""
PACKED_HEAD = np.dtype(
    [
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
    AND (dimension, segment_id) IN (SELECT * FROM unnest(%(dimensions)s, %(segments)s))
"""
OF_THESE = """
    AND (dimension, segment_id) IN (
        SELECT * FROM unnest(%(dimensions)s::smallint[], %(segments)s::int[])
    )
"""
OF_DIMENSION = " AND dimension = %(dimension)s"
INSERT = """
INSERT INTO metrics_snapshot AS kept (workspace_id, grain, dimension, segment_id, start, "end",
    cells, late, appeared_at, computed_at)
SELECT %(workspace)s, grain, dimension, segment_id, start, last, cells, {late},
    %(now)s::timestamptz, %(now)s::timestamptz
FROM unnest(%(grain)s, %(dimension)s, %(segment)s, %(start)s, %(end)s, %(cells)s{arrays})
    AS fresh (grain, dimension, segment_id, start, last, cells{columns})
"""
REPLACE = """
ON CONFLICT (workspace_id, grain, dimension, segment_id, start) DO UPDATE
SET "end" = excluded."end", cells = excluded.cells,
    late = kept.late || excluded.late, computed_at = excluded.computed_at
"""
DROP = """
DELETE FROM metrics_snapshot kept
USING unnest(%(grain)s, %(start)s, %(dimension)s, %(segment)s)
    AS gone (grain, start, dimension, segment_id)
WHERE kept.workspace_id = %(workspace)s AND kept.grain = gone.grain
    AND kept.dimension = gone.dimension AND kept.segment_id = gone.segment_id
    AND kept.start = gone.start
"""
STORED_SEGMENTS = """
SELECT DISTINCT dimension, segment_id FROM metrics_snapshot WHERE workspace_id = %s ORDER BY 1, 2
"""
DROP_OTHERS = """
DELETE FROM metrics_snapshot
WHERE workspace_id = %(workspace)s AND (grain, start) NOT IN (
    SELECT * FROM unnest(%(grains)s, %(starts)s)
)
"""

NOTHING_LATE = b"{}"


class Stored(NamedTuple):
    """A stored row: the number of its last day, what it says of shipped metrics."""

    end: int
    shipped: bytes


PeriodStarts = Mapping[Grain, Iterable[date]]
StoredRows = dict[Place, Stored]


def _periods(starts: PeriodStarts) -> dict[str, Any]:
    pairs = [
        (int(GRAIN_NUMBERS[grain]), number_of(one))
        for grain, several in starts.items()
        for one in several
    ]
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return {"grains": SmallInts(table[:, 0]), "starts": Dates(table[:, 1])}


def load_stored(workspace_id: int, starts: PeriodStarts) -> StoredRows:
    """The rows of these periods, of all segments."""
    with array_cursor() as cursor:
        cursor.execute(STORED, {"workspace": workspace_id, **_periods(starts)}, binary=True)
        return {Place(*row[:4]): Stored(*row[4:]) for row in cursor.fetchall()}


def load_own_years(workspace_id: int, starts: PeriodStarts) -> dict[BlockKey, bytes]:
    """What is said of own metrics in these periods, and in all others of the same years."""
    years = {
        (int(GRAIN_NUMBERS[grain]), one.year)
        for grain, several in starts.items()
        for one in several
    }
    return load_own(workspace_id, years=years)


class Given(NamedTuple):
    """What is known of some rows beforehand: of these metrics only, where `keys` are given."""

    at: Starts
    said: Entries
    keys: Collection[str] | None = None


def load_given(workspace_id: int, starts: PeriodStarts, keys: Collection[str]) -> list[Given]:
    """What the rows of these periods say of a few metrics."""
    if not any(starts.values()):
        return []
    names = {"workspace": workspace_id, **_periods(starts)}
    given = [_packed(PACKED + OF_PERIODS, names, keys)]
    if not SHIPPED.issuperset(keys):
        blocks = load_own_years(workspace_id, starts)
        given.append(Given(*read_blocks(blocks.items()), keys))
    return given


def load_segments(workspace_id: int, segments: Collection[Segment], keys: Collection[str]) -> Given:
    """What all rows of these segments say of a few shipped metrics."""
    names = {"workspace": workspace_id, **segment_columns(segments)}
    return _packed(PACKED + OF_ALL_PERIODS + OF_SEGMENTS, names, keys)


def _packed(sql: str, names: dict[str, Any], keys: Collection[str]) -> Given:
    """Read as two strings: thousands of rows as objects would take longer than the rest."""
    with array_cursor() as cursor:
        cursor.execute(sql, names, binary=True)
        heads, cells = cursor.fetchone() or (b"", b"")
    head = np.frombuffer(heads, PACKED_HEAD)
    at = Starts(
        *(head[name].astype(np.int64) for name in ("grain", "start", "dimension", "segment"))
    )
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


def save_rows(
    workspace_id: int,
    places: Places,
    shipped: Sequence[bytes],
    *,
    now: datetime,
    late: Sequence[bytes] | None = None,
) -> None:
    """Writes rows, in the order of the key; over what is there, with the JSON of what came late."""
    if not len(places):
        return
    order = np.lexsort([places.start, places.segment, places.dimension, places.grain])
    listed = order.tolist()
    names = {
        "workspace": workspace_id,
        "now": now,
        **_columns(places.at(order)),
        "end": Dates(places.end[order]),
        "cells": Contents([shipped[n] for n in listed]),
    }
    given = {"late": "'{}'", "arrays": "", "columns": ""}
    if late is not None:
        names["late"] = Texts([late[n] for n in listed])
        given = {"late": "late::jsonb", "arrays": ", %(late)s", "columns": ", late"}
    with array_cursor() as cursor:
        cursor.execute(INSERT.format_map(given) + ("" if late is None else REPLACE), names)


def _columns(places: Places) -> dict[str, Any]:
    return {
        "grain": SmallInts(places.grain),
        "start": Dates(places.start),
        "dimension": SmallInts(places.dimension),
        "segment": Integers(places.segment),
    }


def stored_segments(workspace_id: int) -> list[Segment]:
    """All segments that any period has, everything first."""
    with connection.cursor() as cursor:
        cursor.execute(STORED_SEGMENTS, [workspace_id])
        return [Segment(*row) for row in cursor.fetchall()]


def places_of(gone: Sequence[Place]) -> Places:
    """Rows by columns; their last days are not known."""
    table: Ints = np.array(gone, np.int64).reshape(-1, len(Place._fields))
    grain, start, dimension, segment = table.T
    return Places(grain, start, start, dimension, segment)


def drop_rows(workspace_id: int, gone: Sequence[Place]) -> int:
    """Deletes these rows; returns how many there were."""
    if not gone:
        return 0
    with array_cursor() as cursor:
        cursor.execute(DROP, {"workspace": workspace_id, **_columns(places_of(gone))})
        return cursor.rowcount


def drop_other_periods(workspace_id: int, starts: PeriodStarts, *, now: datetime) -> int:
    """Deletes the rows of all periods but these, and what is said of own metrics there; returns
    how many."""
    with array_cursor() as cursor:
        cursor.execute(DROP_OTHERS, {"workspace": workspace_id, **_periods(starts)})
        dropped = cursor.rowcount
    if not dropped:
        return 0
    own = load_own(workspace_id)
    kept = dict.fromkeys(own, b"")
    for grain, several in starts.items():
        numbers = np.array([number_of(one) for one in several], np.int64)
        kept |= {
            key: only(cells, numbers, key.year)
            for key, cells in own.items()
            if key.grain == GRAIN_NUMBERS[grain]
        }
    return dropped + save_own(workspace_id, own, kept, late={}, now=now)
