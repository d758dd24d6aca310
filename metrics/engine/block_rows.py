"""Blocks as rows of their table: read for spans of days or months, written where they differ."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from django.db import connection
from psycopg import Cursor

from metrics.engine.arrays import (
    BigInts,
    Contents,
    Dates,
    Integers,
    SmallInts,
    array_cursor,
)
from metrics.engine.block_reading import Block, cubes_of, decoded, says_of
from metrics.engine.blocks import code_bytes
from metrics.engine.cubes import Cubes
from metrics.engine.facts import number_of
from metrics.engine.owners import Owners, id_of
from metrics.models.snapshot import EVERY_DIMENSION, IN_EVERY_DIMENSION, BlockSpan
from metrics.resolution import Segment

LOAD = """
SELECT start, dimension, segment_id, cells FROM metrics_block
WHERE workspace_id = %(workspace)s AND span = %(span)s AND start = ANY(%(starts)s)
"""
LOAD_OF_SEVERAL = (
    """
SELECT workspace_id, start, dimension, segment_id, cells FROM metrics_block
WHERE workspace_id = ANY(%(workspaces)s) AND span = %(span)s AND start = ANY(%(starts)s)
"""
    + IN_EVERY_DIMENSION
)
SAYING = "position(%({})s::bytea in cells) > 0"
"""Whether a block may say anything of a metric: its head has the metric's code."""
OF_SEGMENTS = """
    AND (dimension, segment_id) IN (
        SELECT * FROM unnest(%(dimensions)s::smallint[], %(segments)s::int[])
    )
"""
OF_DIMENSION = " AND dimension = %(dimension)s"
SAVE = """
MERGE INTO metrics_block kept USING (
    SELECT * FROM (
        SELECT unnest(%(workspace)s) AS workspace_id, unnest(%(dimension)s) AS dimension,
            unnest(%(start)s) AS start, unnest(%(segment)s) AS segment_id,
            unnest(%(cells)s) AS cells
    ) fresh FULL JOIN (
        SELECT ctid AS place, workspace_id, dimension, start, segment_id FROM metrics_block
        WHERE workspace_id = ANY(%(workspaces)s) AND span = %(span)s
            AND start = ANY(%(starts)s::date[])
            AND dimension = ANY(%(dimensions)s)
    ) stored USING (workspace_id, dimension, start, segment_id)
) given
ON kept.workspace_id = given.workspace_id AND kept.ctid = given.place
WHEN MATCHED AND given.cells IS NULL THEN DELETE
WHEN MATCHED AND kept.cells <> given.cells THEN UPDATE SET cells = given.cells
WHEN NOT MATCHED THEN INSERT (workspace_id, span, dimension, start, segment_id, cells)
    VALUES (given.workspace_id, %(span)s, given.dimension, given.start, given.segment_id,
        given.cells)
"""
Blocks = dict[date, dict[Segment, Block]]


def load_blocks(
    workspace_id: int,
    span: BlockSpan,
    starts: Iterable[date],
    segments: Iterable[Segment] | None = None,
    dimension: int | None = None,
    keys: frozenset[str] | None = None,
) -> Blocks:
    """The blocks that start on these days, of all segments, of some or of a dimension's.

    Where `keys` are given, only those that say anything of these metrics.
    """
    names: dict[str, Any] = {"workspace": workspace_id, "span": span, "starts": list(starts)}
    sql = LOAD
    if segments is not None:
        wanted = list(segments)
        names["dimensions"] = [one.dimension for one in wanted]
        names["segments"] = [one.segment_id for one in wanted]
        sql += OF_SEGMENTS
    if dimension is not None:
        names["dimension"] = dimension
        sql += OF_DIMENSION
    found: Blocks = defaultdict(dict)
    if not names["starts"]:
        return found
    with Cursor(connection.connection) as cursor:
        cursor.execute(sql, names, binary=True)
        for start, dimension, segment_id, cells in cursor:
            if keys is None or says_of(cells, keys):
                found[start][Segment(dimension, segment_id)] = decoded(cells)
    return found


def load_cubes(
    owners: Owners,
    span: BlockSpan,
    starts: Iterable[date],
    keys: frozenset[str] | None = None,
) -> dict[date, Cubes]:
    """The blocks of some workspaces that start on these days, as cubes; where `keys` are given,
    with these metrics."""
    found: dict[date, Cubes] = {start: {} for start in starts}
    contents: dict[tuple[date, int], dict[int, bytes]] = defaultdict(dict)
    if not found:
        return found
    names: dict[str, Any] = {"workspaces": owners.listed, "span": span, "starts": list(found)}
    sql = LOAD_OF_SEVERAL
    if keys is not None:
        codes = {f"code_{n}": code_bytes(key) for n, key in enumerate(sorted(keys))}
        names |= codes
        sql += f" AND ({' OR '.join(map(SAYING.format, codes)) or 'false'})"
    base = {one: owners.base(one) for one in owners.ids}
    with Cursor(connection.connection) as cursor:
        cursor.execute(sql, names, binary=True)
        for workspace_id, start, dimension, segment_id, cells in cursor.fetchall():
            contents[start, dimension][base[workspace_id] + segment_id] = cells
    for (start, dimension), cube in cubes_of(contents, keys, owners=owners).items():
        found[start][dimension] = cube
    return found


def save_blocks(
    owners: Owners,
    span: BlockSpan,
    starts: Sequence[date],
    blocks: Mapping[date, Mapping[Segment, bytes]],
) -> int:
    """Makes the blocks of these starts what is given, by the segments' codes; returns how many rows
    changed."""
    first_days = zip(map(number_of, blocks), blocks.values(), strict=True)
    placed = [
        ((segment.dimension, start, segment.segment_id), cells)
        for start, several in first_days
        for segment, cells in several.items()
    ]
    table = np.array([place for place, _cells in placed], np.int64).reshape(-1, 3)
    dimension, start, segment = table.T
    names: dict[str, Any] = {
        "workspaces": owners.listed,
        "span": span,
        "dimensions": EVERY_DIMENSION,
        "starts": list(starts),
        "workspace": BigInts(owners.workspaces(segment)),
        "dimension": SmallInts(dimension),
        "start": Dates(start),
        "segment": Integers(id_of(segment)),
        "cells": Contents([cells for _place, cells in placed]),
    }
    with array_cursor() as cursor:
        return cursor.execute(SAVE, names).rowcount
