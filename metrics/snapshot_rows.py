"""Snapshot rows as they are stored: read, compared, written where they differ."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import compress
from typing import Any, NamedTuple

from django.db import connection
from psycopg import Cursor

from metrics.engine.rows import Said, Written
from metrics.engine.tables import Given
from metrics.models.snapshot import SnapshotGrain
from metrics.periods import Grain
from metrics.resolution import Segment
from metrics.rollup import Row

GRAIN_NUMBERS: Mapping[Grain, SnapshotGrain] = {
    Grain.DAY: SnapshotGrain.DAY,
    Grain.WEEK: SnapshotGrain.WEEK,
    Grain.MONTH: SnapshotGrain.MONTH,
    Grain.QUARTER: SnapshotGrain.QUARTER,
    Grain.YEAR: SnapshotGrain.YEAR,
}
ROWS_A_STATEMENT = 2_000
SEPARATOR = "\x1e"
"""Between texts of JSON, in which control characters are never bare."""

LOAD = """
SELECT grain, start, dimension, segment_id, {columns}
FROM metrics_snapshot
WHERE workspace_id = %(workspace)s
    AND (grain, start) IN (SELECT * FROM unnest(%(grains)s::smallint[], %(starts)s::date[]))
"""
WHOLE = '"end", "values", reasons, incomplete, weights, inputs, own'
VALUE = """coalesce("values" ->> %(key{n})s, own -> 'values' ->> %(key{n})s)"""
REASON = """coalesce(reasons ->> %(key{n})s, own -> 'reasons' ->> %(key{n})s)"""
DOUBT = """incomplete ? %(key{n})s OR coalesce(own -> 'incomplete' ? %(key{n})s, false)"""
WEIGHTS = "nullif(weights, '{}')::text"
FINGERPRINTS = """
SELECT grain, start, dimension, segment_id, fingerprint, own_fingerprint FROM metrics_snapshot
WHERE workspace_id = %(workspace)s
    AND (grain, start) IN (SELECT * FROM unnest(%(grains)s::smallint[], %(starts)s::date[]))
"""
FORMER = """
SELECT grain, start, dimension, segment_id,
    ("values" || coalesce(own -> 'values', '{}'))::text
FROM metrics_snapshot
WHERE workspace_id = %(workspace)s AND (grain, start, dimension, segment_id) IN (
    SELECT * FROM
    unnest(%(grains)s::smallint[], %(starts)s::date[], %(dimensions)s::smallint[],
        %(segments)s::int[])
)
"""
BETWEEN = """
SELECT start, dimension, segment_id, "end", "values", reasons, incomplete, weights, inputs, own
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
FRESH = """
SELECT %(workspace)s, grain::smallint, dimension::smallint, segment_id::int, start::date,
    last::date, shown::jsonb, reasons::jsonb, incomplete::jsonb, weights::jsonb, inputs::jsonb,
    own::jsonb, late::jsonb, fingerprint::bigint, own_fingerprint::bigint, %(now)s::timestamptz,
    %(now)s::timestamptz
FROM unnest({texts}) AS fresh (grain, dimension, segment_id, start, last, shown, reasons,
    incomplete, weights, inputs, own, late, fingerprint, own_fingerprint)
"""
TEXTS = (
    "grain", "dimension", "segment", "start", "end", "values", "reasons", "incomplete", "weights",
    "inputs", "own", "late", "fingerprint", "own_fingerprint",
)  # fmt: skip
INSERT = """
INSERT INTO metrics_snapshot AS kept (workspace_id, grain, dimension, segment_id, start, "end",
    "values", reasons, incomplete, weights, inputs, own, late, fingerprint, own_fingerprint,
    appeared_at, computed_at)
""" + FRESH.format(texts=", ".join(f"string_to_array(%({one})s, chr(30))" for one in TEXTS))
REPLACE = """
ON CONFLICT (workspace_id, grain, dimension, segment_id, start) DO UPDATE
SET "end" = excluded."end", "values" = excluded."values", reasons = excluded.reasons,
    incomplete = excluded.incomplete, weights = excluded.weights, inputs = excluded.inputs,
    own = excluded.own, late = kept.late || excluded.late, fingerprint = excluded.fingerprint,
    own_fingerprint = excluded.own_fingerprint, computed_at = excluded.computed_at
"""
DROP = """
DELETE FROM metrics_snapshot kept
USING unnest(%(grains)s::smallint[], %(starts)s::date[], %(dimensions)s::smallint[],
    %(segments)s::int[]) AS gone (grain, start, dimension, segment_id)
WHERE kept.workspace_id = %(workspace)s AND kept.grain = gone.grain
    AND kept.dimension = gone.dimension AND kept.segment_id = gone.segment_id
    AND kept.start = gone.start
"""
STORED_STARTS = """
SELECT grain, start FROM metrics_snapshot
WHERE workspace_id = %s AND dimension = 0 AND segment_id = 0
"""
STORED_SEGMENTS = """
SELECT DISTINCT dimension, segment_id FROM metrics_snapshot WHERE workspace_id = %s ORDER BY 1, 2
"""
OWN = """
SELECT grain, start, dimension, segment_id, own_fingerprint, coalesce(own -> 'values', '{}')::text
FROM metrics_snapshot
WHERE workspace_id = %(workspace)s AND grain IN (2, 3, 4, 5)
    AND (dimension, segment_id) IN (
        SELECT * FROM unnest(%(dimensions)s::smallint[], %(segments)s::int[])
    )
"""
SAVE_OWN = """
UPDATE metrics_snapshot AS kept
SET own = fresh.own::jsonb, own_fingerprint = fresh.fingerprint::bigint,
    late = kept.late || fresh.late::jsonb, computed_at = %(now)s::timestamptz
FROM unnest(string_to_array(%(grain)s, chr(30)), string_to_array(%(start)s, chr(30)),
    string_to_array(%(dimension)s, chr(30)), string_to_array(%(segment)s, chr(30)),
    string_to_array(%(own)s, chr(30)), string_to_array(%(fingerprint)s, chr(30)),
    string_to_array(%(late)s, chr(30)))
    AS fresh (grain, start, dimension, segment_id, own, fingerprint, late)
WHERE kept.workspace_id = %(workspace)s AND kept.grain = fresh.grain::smallint
    AND kept.start = fresh.start::date AND kept.dimension = fresh.dimension::smallint
    AND kept.segment_id = fresh.segment_id::int
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

    @classmethod
    def of(cls, end: date, columns: Iterable[str]) -> "StoredRow":
        """From the columns' JSON: shipped metrics, and those of the workspace's own."""
        values, reasons, incomplete, weights, inputs, own = map(json.loads, columns)
        if own:
            values |= own["values"]
            reasons |= own["reasons"]
            incomplete += own["incomplete"]
            inputs |= own["inputs"]
        return cls(end, values, reasons, incomplete, weights, inputs)

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


class Place(NamedTuple):
    """Which row: the grain as stored, the period's first day, dimension and segment."""

    grain: int
    start: date
    dimension: int
    segment_id: int

    @property
    def segment(self) -> Segment:
        """The slice that the row is of."""
        return Segment(self.dimension, self.segment_id)


Starts = Mapping[Grain, Iterable[date]]


def _asked(sql: str, workspace_id: int, starts: Starts, **names: Any) -> list[Any]:
    """The rows of these periods, in one query."""
    pairs = [(GRAIN_NUMBERS[grain], one) for grain, several in starts.items() for one in several]
    if not pairs:
        return []
    names |= {"workspace": workspace_id}
    names["grains"], names["starts"] = map(list, zip(*pairs, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(sql, names)
        return list(cursor.fetchall())


def load_rows(workspace_id: int, starts: Starts) -> dict[Place, StoredRow]:
    """The stored rows of all segments of these periods."""
    rows = _asked(LOAD.format(columns=WHOLE), workspace_id, starts)
    return {Place(*row[:4]): StoredRow.of(row[4], row[5:]) for row in rows}


def load_given(
    workspace_id: int,
    starts: Starts,
    keys: Iterable[str],
    segments: Iterable[Segment] | None = None,
) -> dict[Place, Given]:
    """What the rows of these periods, of some segments where given, say of a few metrics."""
    wanted = sorted(keys)
    each = [one.format(n=n) for one in (VALUE, REASON, DOUBT) for n in range(len(wanted))]
    sql = LOAD.format(columns=", ".join([*each, WEIGHTS]))
    names: dict[str, Any] = {f"key{n}": key for n, key in enumerate(wanted)}
    if segments is not None:
        sql += OF_SEGMENTS
        names |= _segments(segments)
    count = len(wanted)
    found: dict[Place, Given] = {}
    for row in _asked(sql, workspace_id, starts, **names):
        values, reasons, doubts = (row[4 + n * count : 4 + (n + 1) * count] for n in range(3))
        found[Place(*row[:4])] = Given(
            _known(wanted, values),
            _known(wanted, reasons),
            list(compress(wanted, doubts)),
            _known(wanted, [*map(json.loads(row[-1]).get, wanted)]) if row[-1] else {},
        )
    return found


def _known(keys: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """Those of the keys that have a value."""
    missing = values.count(None)
    if not missing:
        return dict(zip(keys, values, strict=True))
    if missing == len(values):
        return {}
    return {key: one for key, one in zip(keys, values, strict=True) if one is not None}


def load_fingerprints(workspace_id: int, starts: Starts) -> dict[Place, tuple[int, int]]:
    """Both fingerprints of all rows of these periods."""
    return {Place(*row[:4]): (row[4], row[5]) for row in _asked(FINGERPRINTS, workspace_id, starts)}


def _columns(places: Sequence[Place]) -> dict[str, list[Any]]:
    return {
        "grains": [one.grain for one in places],
        "starts": [one.start for one in places],
        "dimensions": [one.dimension for one in places],
        "segments": [one.segment_id for one in places],
    }


def load_former(workspace_id: int, places: Sequence[Place]) -> dict[Place, dict[str, str]]:
    """The values of these rows before they are written over."""
    if not places:
        return {}
    with Cursor(connection.connection) as cursor:
        cursor.execute(FORMER, {"workspace": workspace_id, **_columns(places)})
        return {Place(*row[:4]): json.loads(row[4]) for row in cursor}


def _segments(segments: Iterable[Segment]) -> dict[str, Any]:
    wanted = list(segments)
    return {
        "dimensions": [one.dimension for one in wanted],
        "segments": [one.segment_id for one in wanted],
    }


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
        names |= _segments(segments)
        sql += OF_SEGMENTS
    if dimension is not None:
        names["dimension"] = dimension
        sql += OF_DIMENSION
    chosen = None if keys is None else frozenset(keys)
    found: dict[date, dict[Segment, Row]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, names)
        for first, number, segment_id, last, *texts in cursor.fetchall():
            stored = StoredRow.of(last, texts)
            found.setdefault(first, {})[Segment(number, segment_id)] = stored.row(chosen)
    return found


class Fresh(NamedTuple):
    """A row to write, with its JSON of what came late; `is_new`: none is stored in its place."""

    place: Place
    row: Written
    fingerprints: tuple[int, int]
    late: str
    is_new: bool


def save_rows(workspace_id: int, rows: Sequence[Fresh], *, now: datetime) -> int:
    """Writes the rows over what is there; returns how many."""
    for is_new in (True, False):
        chosen = [one for one in rows if one.is_new is is_new]
        for first in range(0, len(chosen), ROWS_A_STATEMENT):
            part = chosen[first : first + ROWS_A_STATEMENT]
            _save(INSERT if is_new else INSERT + REPLACE, workspace_id, part, now)
    return len(rows)


def _save(sql: str, workspace_id: int, rows: Sequence[Fresh], now: datetime) -> None:
    columns: dict[str, Iterable[object]] = {
        "grain": (one.place.grain for one in rows),
        "dimension": (one.place.dimension for one in rows),
        "segment": (one.place.segment_id for one in rows),
        "start": (one.place.start for one in rows),
        "end": (one.row.period.end for one in rows),
        "late": (one.late for one in rows),
        "own": (_own_json(one.row.own) for one in rows),
    }
    for place, name in enumerate(Said._fields):
        columns[name] = [one.row.shipped[place] for one in rows]
    columns["fingerprint"] = (one.fingerprints[0] for one in rows)
    columns["own_fingerprint"] = (one.fingerprints[1] for one in rows)
    names: dict[str, Any] = {
        name: SEPARATOR.join(map(str, several)) for name, several in columns.items()
    }
    # Bound by the server, a text for each column: arrays cost the driver more than all the rest.
    with Cursor(connection.connection) as cursor:
        cursor.execute(sql, {"workspace": workspace_id, "now": now, **names})


def _own_json(said: Said) -> str:
    if said.is_empty:
        return "{}"
    return "{" + ",".join(f'"{name}":{getattr(said, name)}' for name in Said._fields) + "}"


def stored_starts(workspace_id: int) -> list[tuple[int, date]]:
    """The grain and first day of all periods that are stored."""
    with connection.cursor() as cursor:
        cursor.execute(STORED_STARTS, [workspace_id])
        return list(cursor.fetchall())


def stored_segments(workspace_id: int) -> list[Segment]:
    """All segments that any period has, everything first."""
    with connection.cursor() as cursor:
        cursor.execute(STORED_SEGMENTS, [workspace_id])
        return [Segment(*row) for row in cursor.fetchall()]


class OwnStored(NamedTuple):
    """What a row says of own metrics, the values in JSON."""

    fingerprint: int
    values: str


def load_own(workspace_id: int, places: Iterable[Place]) -> dict[Place, OwnStored]:
    """What the rows of these segments say of own metrics."""
    segments = {place.segment for place in places}
    with Cursor(connection.connection) as cursor:
        cursor.execute(OWN, {"workspace": workspace_id, **_segments(segments)})
        return {Place(*row[:4]): OwnStored(row[4], row[5]) for row in cursor}


class OwnFresh(NamedTuple):
    """What a row is to say of own metrics, with its JSON of what came late."""

    place: Place
    said: Said
    fingerprint: int
    late: str


def save_own(workspace_id: int, rows: Sequence[OwnFresh], *, now: datetime) -> int:
    """Writes them into their rows; returns how many."""
    for first in range(0, len(rows), ROWS_A_STATEMENT):
        part = rows[first : first + ROWS_A_STATEMENT]
        columns: dict[str, Iterable[object]] = {
            "grain": (one.place.grain for one in part),
            "start": (one.place.start for one in part),
            "dimension": (one.place.dimension for one in part),
            "segment": (one.place.segment_id for one in part),
            "own": (_own_json(one.said) for one in part),
            "fingerprint": (one.fingerprint for one in part),
            "late": (one.late for one in part),
        }
        names: dict[str, Any] = {
            name: SEPARATOR.join(map(str, several)) for name, several in columns.items()
        }
        with Cursor(connection.connection) as cursor:
            cursor.execute(SAVE_OWN, {"workspace": workspace_id, "now": now, **names})
    return len(rows)


def drop_rows(workspace_id: int, gone: Sequence[Place]) -> int:
    """Deletes these rows; returns how many there were."""
    if not gone:
        return 0
    with Cursor(connection.connection) as cursor:
        cursor.execute(DROP, {"workspace": workspace_id, **_columns(gone)})
        return cursor.rowcount


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
