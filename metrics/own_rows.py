"""The workspace's own metrics as they are stored: a block for each segment, grain and year.

A changed formula changes years of them and nothing else; beside the shipped metrics of each
period they would be a few bytes in each of thousands of large rows.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db import connection

from metrics.engine.arrays import BigInts, Contents, Integers, SmallInts, Texts, array_cursor
from metrics.engine.facts import day_of
from metrics.engine.own_cells import BlockKey, OwnBlocks, Place
from metrics.engine.owners import Owners, id_of
from metrics.resolution import Segment

LOAD = """
SELECT workspace_id, grain, dimension, segment_id, year, cells FROM metrics_ownblock
WHERE workspace_id = ANY(%(workspaces)s)
"""
OF_YEARS = " AND (grain, year) IN (SELECT * FROM unnest(%(grains)s, %(years)s))"
OF_SEGMENTS = """
    AND (workspace_id, dimension, segment_id) IN (
        SELECT * FROM unnest(%(of)s, %(dimensions)s, %(segments)s)
    )
"""
SAVE = """
INSERT INTO metrics_ownblock AS kept (workspace_id, grain, dimension, segment_id, year, cells, late)
SELECT workspace_id, grain, dimension, segment_id, year, cells, late::jsonb
FROM unnest(%(workspace)s, %(grain)s, %(dimension)s, %(segment)s, %(year)s, %(cells)s, %(late)s)
    AS fresh (workspace_id, grain, dimension, segment_id, year, cells, late)
ON CONFLICT (workspace_id, grain, dimension, segment_id, year) DO UPDATE
SET cells = excluded.cells, late = kept.late || excluded.late
"""
DROP = """
DELETE FROM metrics_ownblock kept
USING unnest(%(workspace)s, %(grain)s, %(dimension)s, %(segment)s, %(year)s)
    AS gone (workspace_id, grain, dimension, segment_id, year)
WHERE kept.workspace_id = gone.workspace_id AND kept.grain = gone.grain
    AND kept.dimension = gone.dimension AND kept.segment_id = gone.segment_id
    AND kept.year = gone.year
"""
DROP_ALL = "DELETE FROM metrics_ownblock WHERE workspace_id = ANY(%s)"


def load_own(
    owners: Owners,
    *,
    years: Collection[tuple[int, int]] | None = None,
    segments: Collection[Segment] | None = None,
) -> dict[BlockKey, bytes]:
    """All blocks, or those of these pairs of grain and year, or of these segments."""
    names: dict[str, Any] = {"workspaces": owners.listed}
    base = {one: owners.base(one) for one in owners.ids}
    sql = LOAD
    if years is not None:
        table = np.array(sorted(years), np.int64).reshape(-1, 2)
        names |= {"grains": SmallInts(table[:, 0]), "years": SmallInts(table[:, 1])}
        sql += OF_YEARS
    if segments is not None:
        names |= segment_columns(owners, segments)
        sql += OF_SEGMENTS
    with array_cursor() as cursor:
        cursor.execute(sql, names, binary=True)
        return {
            BlockKey(grain, dimension, base[workspace] + segment, year): cells
            for workspace, grain, dimension, segment, year, cells in cursor.fetchall()
        }


def segment_columns(owners: Owners, segments: Collection[Segment]) -> dict[str, Any]:
    """Segments as arrays that a statement names: their workspaces, dimensions and ids."""
    table = np.array([tuple(one) for one in segments], np.int64).reshape(-1, 2)
    return {
        "of": BigInts(owners.workspaces(table[:, 1])),
        "dimensions": SmallInts(table[:, 0]),
        "segments": Integers(id_of(table[:, 1])),
    }


def save_own(
    owners: Owners,
    before: OwnBlocks,
    after: OwnBlocks,
    *,
    late: Mapping[Place, Iterable[str]],
    now: datetime,
) -> int:
    """Writes the blocks that differ, and deletes those that are left out; returns how many.

    `late` are metrics that had no value in a closed period and have one now.
    """
    changed = sorted(key for key, cells in after.items() if cells and before.get(key) != cells)
    gone = sorted(key for key in before if not after.get(key))
    moments: dict[BlockKey, dict[str, str]] = defaultdict(dict)
    for place, keys in late.items():
        start = day_of(place.start)
        block = BlockKey(place.grain, place.dimension, place.segment_id, start.year)
        moments[block] |= {f"{start} {key}": now.isoformat() for key in keys}
    with array_cursor() as cursor:
        if changed:
            names = {
                **_columns(owners, changed),
                "cells": Contents([after[one] for one in changed]),
                "late": Texts([json.dumps(moments.get(one, {})).encode() for one in changed]),
            }
            cursor.execute(SAVE, names)
        if gone:
            cursor.execute(DROP, _columns(owners, gone))
    return len(changed) + len(gone)


def drop_own(owners: Owners) -> int:
    """Deletes all blocks: the workspaces define no metric any more; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(DROP_ALL, [owners.listed])
        return int(cursor.rowcount)


def late_moments(late: Mapping[str, str]) -> Iterator[tuple[tuple[date, str], datetime]]:
    """When values first appeared in closed periods, by the period's first day and the metric."""
    for name, moment in late.items():
        start, _space, key = name.partition(" ")
        yield (date.fromisoformat(start), key), datetime.fromisoformat(moment)


def _columns(owners: Owners, blocks: Collection[BlockKey]) -> dict[str, Any]:
    table = np.array(blocks, np.int64)
    return {
        "workspace": BigInts(owners.workspaces(table[:, 2])),
        "grain": SmallInts(table[:, 0]),
        "dimension": SmallInts(table[:, 1]),
        "segment": Integers(id_of(table[:, 2])),
        "year": SmallInts(table[:, 3]),
    }
