"""Blocks as rows of their table: read for spans of days or months, written where they differ."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from django.db import connection
from psycopg import Cursor

from metrics.engine.block_reading import Block, cubes_of, decoded, says_of
from metrics.engine.blocks import code_bytes
from metrics.engine.cubes import Cubes
from metrics.engine.owners import Owners, id_of
from metrics.models.snapshot import IN_EVERY_DIMENSION, BlockSpan
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
WITH given (workspace_id, dimension, segment_id, start, cells) AS MATERIALIZED (
    SELECT workspace_id::bigint, dimension::smallint, segment_id::int, start::date,
        substr(%(cells)s::bytea, first::int, length::int)
    FROM unnest(string_to_array(%(workspace)s, ','), string_to_array(%(dimension)s, ','),
        string_to_array(%(segment)s, ','), string_to_array(%(start)s, ','),
        string_to_array(%(first)s, ','), string_to_array(%(length)s, ','))
        AS sent (workspace_id, dimension, segment_id, start, first, length)
), dropped AS (
    DELETE FROM metrics_block kept
    WHERE workspace_id = ANY(%(workspaces)s) AND span = %(span)s
        AND start = ANY(%(starts)s::date[])
        AND NOT EXISTS (
            SELECT 1 FROM given WHERE given.workspace_id = kept.workspace_id
                AND given.dimension = kept.dimension
                AND given.segment_id = kept.segment_id AND given.start = kept.start
        )
    RETURNING 1
), saved AS (
    INSERT INTO metrics_block AS kept (workspace_id, span, dimension, segment_id, start, cells)
    SELECT workspace_id, %(span)s, dimension, segment_id, start, cells FROM given
    ON CONFLICT (workspace_id, span, dimension, segment_id, start) DO UPDATE
    SET cells = excluded.cells WHERE kept.cells IS DISTINCT FROM excluded.cells
    RETURNING 1
)
SELECT (SELECT count(*) FROM dropped) + (SELECT count(*) FROM saved)
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
            if keys is None or says_of(cells, keys):
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
    placed = [
        (segment, start, cells)
        for start, several in blocks.items()
        for segment, cells in several.items()
    ]
    sizes = np.array([len(cells) for _segment, _start, cells in placed], np.int64)
    codes = np.array([segment.segment_id for segment, _start, _cells in placed], np.int64)
    names: dict[str, Any] = {
        "workspaces": owners.listed,
        "workspace": _text(owners.workspaces(codes).tolist()),
        "span": span,
        "starts": list(starts),
        "dimension": _text(segment.dimension for segment, _start, _cells in placed),
        "segment": _text(id_of(codes).tolist()),
        "start": _text(start for _segment, start, _cells in placed),
        "first": _text((np.cumsum(sizes) - sizes + 1).tolist()),
        "length": _text(sizes.tolist()),
        "cells": b"".join(cells for _segment, _start, cells in placed),
    }
    with Cursor(connection.connection) as cursor:
        cursor.execute(SAVE, names)
        (changed,) = cursor.fetchone() or (0,)
        return int(changed)


def _text(values: Iterable[object]) -> str:
    return ",".join(map(str, values))
