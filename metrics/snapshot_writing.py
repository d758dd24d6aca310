"""Snapshot rows written: those that differ, and none that is not given.

They are read again in `metrics.snapshot_rows`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from metrics.engine.arrays import (
    BigInts,
    Contents,
    Dates,
    Integers,
    SmallInts,
    Texts,
    array_cursor,
)
from metrics.engine.cubes import Ints
from metrics.engine.facts import number_of
from metrics.engine.own_cells import Place, only
from metrics.engine.owners import Owners, id_of, owner_of
from metrics.engine.rows import Places
from metrics.models.snapshot import EVERY_DIMENSION, GRAIN_NUMBERS
from metrics.own_rows import load_own, save_own
from metrics.resolution import Segment
from metrics.snapshot_rows import PeriodStarts, columns_of_periods

INSERT = """
INSERT INTO metrics_snapshot (workspace_id, grain, dimension, segment_id, start, "end", cells,
    late, appeared_at, computed_at)
SELECT unnest(%(workspace)s), unnest(%(grain)s), unnest(%(dimension)s), unnest(%(segment)s),
    unnest(%(start)s), unnest(%(end)s), unnest(%(cells)s), '{}',
    %(now)s::timestamptz, %(now)s::timestamptz
"""
UPDATE = """
UPDATE metrics_snapshot kept
SET "end" = fresh."end", cells = fresh.cells, late = kept.late || fresh.late::jsonb,
    computed_at = %(now)s::timestamptz
FROM (
    SELECT unnest(%(workspace)s) AS workspace_id, unnest(%(grain)s) AS grain,
        unnest(%(dimension)s) AS dimension, unnest(%(segment)s) AS segment_id,
        unnest(%(start)s) AS start, unnest(%(end)s) AS "end", unnest(%(cells)s) AS cells,
        unnest(%(late)s) AS late
) fresh
WHERE kept.workspace_id = fresh.workspace_id AND kept.grain = fresh.grain
    AND kept.dimension = fresh.dimension AND kept.segment_id = fresh.segment_id
    AND kept.start = fresh.start
"""
MERGE = """
MERGE INTO metrics_snapshot kept USING (
    SELECT * FROM (
        SELECT unnest(%(workspace)s) AS workspace_id, unnest(%(grain)s) AS grain,
            unnest(%(dimension)s) AS dimension, unnest(%(segment)s) AS segment_id,
            unnest(%(start)s) AS start, unnest(%(end)s) AS "end", unnest(%(cells)s) AS cells
    ) fresh FULL JOIN (
        SELECT ctid AS place, workspace_id, grain, dimension, segment_id, start
        FROM metrics_snapshot
        WHERE workspace_id = ANY(%(workspaces)s)
            AND (grain, start) IN (SELECT * FROM unnest(%(grains)s, %(starts)s))
            AND (dimension, workspace_id, segment_id)
                > (%(after_dimension)s, %(after_workspace)s, %(after_segment)s)
            AND (dimension, workspace_id, segment_id)
                <= (%(last_dimension)s, %(last_workspace)s, %(last_segment)s)
            AND dimension = ANY(%(dimensions)s)
    ) stored USING (workspace_id, grain, dimension, segment_id, start)
) given
ON kept.workspace_id = given.workspace_id AND kept.ctid = given.place
WHEN MATCHED AND given.cells IS NULL THEN DELETE
WHEN MATCHED AND (kept.cells <> given.cells OR kept."end" <> given."end") THEN
    UPDATE SET "end" = given."end", cells = given.cells, computed_at = %(now)s::timestamptz
WHEN NOT MATCHED THEN
    INSERT (workspace_id, grain, dimension, segment_id, start, "end", cells, late, appeared_at,
        computed_at)
    VALUES (given.workspace_id, given.grain, given.dimension, given.segment_id, given.start,
        given."end", given.cells, '{}', %(now)s::timestamptz, %(now)s::timestamptz)
"""
"""Stored rows are looked up once, period by period, and taken by where they are after that: one by
one through the key it would take twice as long."""
DROP = """
DELETE FROM metrics_snapshot kept
USING unnest(%(workspace)s, %(grain)s, %(start)s, %(dimension)s, %(segment)s)
    AS gone (workspace_id, grain, start, dimension, segment_id)
WHERE kept.workspace_id = gone.workspace_id AND kept.grain = gone.grain
    AND kept.dimension = gone.dimension AND kept.segment_id = gone.segment_id
    AND kept.start = gone.start
"""
DROP_OTHERS = """
DELETE FROM metrics_snapshot
WHERE workspace_id = ANY(%(workspaces)s) AND (grain, start) NOT IN (
    SELECT * FROM unnest(%(grains)s, %(starts)s)
)
"""

NOTHING_LATE = b"{}"


def insert_rows(owners: Owners, places: Places, shipped: Sequence[bytes], *, now: datetime) -> None:
    """Writes rows that are not there yet, in the order of the key."""
    if not len(places):
        return
    order = np.lexsort(
        [
            places.segment,
            places.start,
            places.dimension,
            places.grain,
            owner_of(places.segment),
        ]
    )
    names = {
        "now": now,
        **_columns(owners, places.at(order)),
        "end": Dates(places.end[order]),
        "cells": Contents([shipped[n] for n in order.tolist()]),
    }
    with array_cursor() as cursor:
        cursor.execute(INSERT, names)


def update_rows(
    owners: Owners,
    places: Places,
    shipped: Sequence[bytes],
    late: Sequence[bytes],
    *,
    now: datetime,
) -> None:
    """Writes over rows that are there, with the JSON of what came late into each."""
    if not len(places):
        return
    names = {
        "now": now,
        **_columns(owners, places),
        "end": Dates(places.end),
        "cells": Contents(shipped),
        "late": Texts(late),
    }
    with array_cursor() as cursor:
        cursor.execute(UPDATE, names)


class Bound(NamedTuple):
    """A segment in the order of dimension, workspace and segment."""

    dimension: int
    workspace_id: int
    segment_id: int


BEFORE_ALL = Bound(-1, 0, 0)
AFTER_ALL = Bound(2**15 - 1, 2**63 - 1, 2**31 - 1)


def bound_at(owners: Owners, segment: Segment) -> Bound:
    """Where a segment, by its code, stands in that order."""
    code = np.array([segment.segment_id], np.int64)
    return Bound(segment.dimension, int(owners.workspaces(code)[0]), int(id_of(code)[0]))


def merge_rows(
    owners: Owners,
    starts: PeriodStarts,
    places: Places,
    shipped: Sequence[bytes],
    *,
    after: Bound,
    last: Bound,
    now: datetime,
) -> int:
    """Makes these all rows of the periods whose segments come after one and up to another one,
    whatever is there; returns how many differed.

    What is stored need not be read for it, so nothing is said of what came late.
    """
    names = {
        "now": now,
        "workspaces": owners.listed,
        "dimensions": EVERY_DIMENSION,
        **columns_of_periods(starts),
        **{f"after_{name}": value for name, value in _named(after)},
        **{f"last_{name}": value for name, value in _named(last)},
        **_columns(owners, places),
        "end": Dates(places.end),
        "cells": Contents(shipped),
    }
    with array_cursor() as cursor:
        return cursor.execute(MERGE, names).rowcount


def _named(bound: Bound) -> Iterable[tuple[str, int]]:
    return zip(("dimension", "workspace", "segment"), bound, strict=True)


def _columns(owners: Owners, places: Places) -> dict[str, Any]:
    return {
        "workspace": BigInts(owners.workspaces(places.segment)),
        "grain": SmallInts(places.grain),
        "start": Dates(places.start),
        "dimension": SmallInts(places.dimension),
        "segment": Integers(id_of(places.segment)),
    }


def places_of(gone: Sequence[tuple[int, int, int, int]]) -> Places:
    """Rows by columns; their last days are not known."""
    table: Ints = np.array(gone, np.int64).reshape(-1, len(Place._fields))
    grain, start, dimension, segment = table.T
    return Places(grain, start, start, dimension, segment)


def drop_rows(owners: Owners, gone: Sequence[tuple[int, int, int, int]]) -> int:
    """Deletes these rows; returns how many there were."""
    if not gone:
        return 0
    with array_cursor() as cursor:
        cursor.execute(DROP, _columns(owners, places_of(gone)))
        return cursor.rowcount


def drop_other_periods(owners: Owners, starts: PeriodStarts, *, now: datetime) -> int:
    """Deletes the rows of all periods but these, and what is said of own metrics there; returns
    how many."""
    with array_cursor() as cursor:
        cursor.execute(DROP_OTHERS, {"workspaces": owners.listed, **columns_of_periods(starts)})
        dropped = cursor.rowcount
    if not dropped:
        return 0
    own = load_own(owners)
    kept = dict.fromkeys(own, b"")
    for grain, several in starts.items():
        numbers = np.array([number_of(one) for one in several], np.int64)
        kept |= {
            key: only(cells, numbers, key.year)
            for key, cells in own.items()
            if key.grain == GRAIN_NUMBERS[grain]
        }
    return dropped + save_own(owners, own, kept, late={}, now=now)
