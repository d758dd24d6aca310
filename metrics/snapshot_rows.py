"""Snapshot rows as they are stored: read, compared, written where they differ."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from psycopg import Cursor

from metrics.models.snapshot import SnapshotGrain
from metrics.periods import Grain, Period
from metrics.resolution import Segment
from metrics.rollup import Row

GRAIN_NUMBERS: Mapping[Grain, SnapshotGrain] = {
    Grain.DAY: SnapshotGrain.DAY,
    Grain.WEEK: SnapshotGrain.WEEK,
    Grain.MONTH: SnapshotGrain.MONTH,
    Grain.QUARTER: SnapshotGrain.QUARTER,
    Grain.YEAR: SnapshotGrain.YEAR,
}
ROWS_A_STATEMENT = 1_000

LOAD = """
SELECT start, dimension, segment_id, "end", "values", reasons, incomplete, weights, inputs
FROM metrics_snapshot
WHERE workspace_id = %(workspace)s AND grain = %(grain)s AND start = ANY(%(starts)s)
"""
BETWEEN = """
SELECT start, dimension, segment_id, "end", "values", reasons, incomplete, weights, inputs
FROM metrics_snapshot
WHERE workspace_id = %(workspace)s AND grain = %(grain)s
    AND start BETWEEN %(start)s AND %(end)s
"""
OF_SEGMENTS = """
    AND (dimension, segment_id) IN (
        SELECT * FROM unnest(%(dimensions)s::smallint[], %(segments)s::int[])
    )
"""
OF_DIMENSION = " AND dimension = %(dimension)s"
SAVE = """
INSERT INTO metrics_snapshot AS kept (workspace_id, grain, dimension, segment_id, start, "end",
    "values", reasons, incomplete, weights, inputs, computed_at)
SELECT %(workspace)s, %(grain)s, dimension, segment_id, start, last, shown::jsonb, reasons::jsonb,
    incomplete::jsonb, weights::jsonb, inputs::jsonb, %(now)s
FROM unnest(%(dimension)s::smallint[], %(segment)s::int[], %(start)s::date[], %(end)s::date[],
    %(values)s::text[], %(reasons)s::text[], %(incomplete)s::text[], %(weights)s::text[],
    %(inputs)s::text[])
    AS fresh (dimension, segment_id, start, last, shown, reasons, incomplete, weights, inputs)
ON CONFLICT (workspace_id, grain, dimension, segment_id, start) DO UPDATE
SET "end" = excluded."end", "values" = excluded."values", reasons = excluded.reasons,
    incomplete = excluded.incomplete, weights = excluded.weights, inputs = excluded.inputs,
    computed_at = excluded.computed_at
"""
DROP = """
DELETE FROM metrics_snapshot kept
USING unnest(%(dimension)s::smallint[], %(segment)s::int[], %(start)s::date[])
    AS gone (dimension, segment_id, start)
WHERE kept.workspace_id = %(workspace)s AND kept.grain = %(grain)s
    AND kept.dimension = gone.dimension AND kept.segment_id = gone.segment_id
    AND kept.start = gone.start
"""


DROP_OTHERS = """
DELETE FROM metrics_snapshot
WHERE workspace_id = %(workspace)s AND grain = %(grain)s AND start <> ALL(%(starts)s::date[])
"""


class StoredRow(NamedTuple):
    """A row in the form of its columns: numbers are decimal strings."""

    end: date
    values: dict[str, str]
    reasons: dict[str, str]
    incomplete: list[str]
    weights: dict[str, list[str]]
    inputs: dict[str, str]

    def row(self, keys: frozenset[str] | None = None) -> Row:
        """The row as it is calculated with, with these metrics only if they are given."""
        values = self.values
        if keys is not None:
            values = {key: values[key] for key in keys if key in values}
        return Row(
            {key: Decimal(text) for key, text in values.items()},
            {key: one for key, one in self.reasons.items() if keys is None or key in keys},
            {key for key in self.incomplete if keys is None or key in keys},
            {key: (Decimal(one), Decimal(two)) for key, (one, two) in self.weights.items()},
            {name: Decimal(text) for name, text in self.inputs.items()},
        )


StoredRows = dict[Segment, StoredRow]


def as_text(number: Decimal) -> str:
    """A number in plain digits, without zeros that say nothing."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def stored_form(row: Row, end: date) -> StoredRow:
    """The row as its columns hold it."""
    return StoredRow(
        end,
        {key: as_text(value) for key, value in row.values.items()},
        row.reasons,
        sorted(row.incomplete),
        {key: [as_text(one), as_text(two)] for key, (one, two) in row.weights.items()},
        {name: as_text(value) for name, value in row.inputs.items()},
    )


def load_rows(workspace_id: int, grain: Grain, starts: Iterable[date]) -> dict[date, StoredRows]:
    """The stored rows of all segments of the periods that start on these days, in one query."""
    found: dict[date, StoredRows] = {}
    wanted = list(starts)
    if not wanted:
        return found
    names: dict[str, Any] = {
        "workspace": workspace_id,
        "grain": GRAIN_NUMBERS[grain],
        "starts": wanted,
    }
    with connection.cursor() as cursor:
        cursor.execute(LOAD, names)
        for start, dimension, segment_id, end, *texts in cursor.fetchall():
            segment = Segment(dimension, segment_id)
            found.setdefault(start, {})[segment] = StoredRow(end, *map(json.loads, texts))
    return found


def load_between(
    workspace_id: int,
    grain: Grain,
    start: date,
    end: date,
    *,
    segments: Iterable[Segment] | None = None,
    dimension: int | None = None,
    keys: Iterable[str] | None = None,
) -> dict[date, dict[Segment, Row]]:
    """The rows of the periods that start on these days, as they are calculated with, in one query.

    Of these segments or of this dimension only, and with these metrics only, where given.
    """
    names: dict[str, Any] = {
        "workspace": workspace_id,
        "grain": GRAIN_NUMBERS[grain],
        "start": start,
        "end": end,
    }
    sql = BETWEEN
    if segments is not None:
        wanted = list(segments)
        names["dimensions"] = [one.dimension for one in wanted]
        names["segments"] = [one.segment_id for one in wanted]
        sql += OF_SEGMENTS
    if dimension is not None:
        names["dimension"] = dimension
        sql += OF_DIMENSION
    chosen = None if keys is None else frozenset(keys)
    found: dict[date, dict[Segment, Row]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, names)
        for first, number, segment_id, last, *texts in cursor.fetchall():
            stored = StoredRow(last, *map(json.loads, texts))
            found.setdefault(first, {})[Segment(number, segment_id)] = stored.row(chosen)
    return found


class Placed(NamedTuple):
    """A row with its place: the period it is for and its segment."""

    period: Period
    segment: Segment
    row: StoredRow


def save_rows(workspace_id: int, grain: Grain, rows: Sequence[Placed], *, now: datetime) -> int:
    """Writes the rows over what is there; returns how many."""
    for first in range(0, len(rows), ROWS_A_STATEMENT):
        _save(workspace_id, grain, rows[first : first + ROWS_A_STATEMENT], now)
    return len(rows)


def _save(workspace_id: int, grain: Grain, rows: Sequence[Placed], now: datetime) -> None:
    names: dict[str, Any] = {
        "workspace": workspace_id,
        "grain": GRAIN_NUMBERS[grain],
        "now": now,
        "dimension": [one.segment.dimension for one in rows],
        "segment": [one.segment.segment_id for one in rows],
        "start": [one.period.start for one in rows],
        "end": [one.row.end for one in rows],
        "values": [json.dumps(one.row.values) for one in rows],
        "reasons": [json.dumps(one.row.reasons) for one in rows],
        "incomplete": [json.dumps(one.row.incomplete) for one in rows],
        "weights": [json.dumps(one.row.weights) for one in rows],
        "inputs": [json.dumps(one.row.inputs) for one in rows],
    }
    # Bound by the server: quoting arrays of JSON here would cost more than all the rest.
    with Cursor(connection.connection) as cursor:
        cursor.execute(SAVE, names)


def drop_rows(workspace_id: int, grain: Grain, gone: Sequence[tuple[date, Segment]]) -> int:
    """Deletes the rows of these segments and periods; returns how many there were."""
    if not gone:
        return 0
    names: dict[str, Any] = {
        "workspace": workspace_id,
        "grain": GRAIN_NUMBERS[grain],
        "dimension": [segment.dimension for _start, segment in gone],
        "segment": [segment.segment_id for _start, segment in gone],
        "start": [start for start, _segment in gone],
    }
    with connection.cursor() as cursor:
        cursor.execute(DROP, names)
        return int(cursor.rowcount)


def drop_other_periods(workspace_id: int, grain: Grain, starts: Iterable[date]) -> int:
    """Deletes the rows of all periods but those that start on these days; returns how many."""
    names: dict[str, Any] = {
        "workspace": workspace_id,
        "grain": GRAIN_NUMBERS[grain],
        "starts": list(starts),
    }
    with connection.cursor() as cursor:
        cursor.execute(DROP_OTHERS, names)
        return int(cursor.rowcount)
