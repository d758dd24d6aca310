"""Which row of its file each fact came from, kept small.

An import keeps what its file states as columns, compressed, apart from facts: a batch has one such
block, of a byte or two a fact, read only where somebody asks where a number comes from. A value
that was spread over days is stated once, whatever the number of its facts.
"""

import json
import zlib
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from accounts.models import Workspace
from metrics.catalogue.definition import Rollup
from metrics.dimensions import Place
from metrics.imports.fact_columns import FactColumns
from metrics.imports.parsed import ParsedFact
from metrics.lineage_sql import FactLine
from metrics.models import Batch, Metric
from metrics.models.fact import FileRows

QUICK = 1
"""zlib's level: columns of a file are alike enough for the quickest."""
COLUMNS = ("row", "metric", "span", "place")
SIZE = 4
"""Bytes that say how long the head is."""


class FileRow(NamedTuple):
    """A row of a file; `others` more rows of it went into the same value."""

    row: int
    others: int


class _HasKey(Protocol):
    """A metric's id here."""

    @property
    def pk(self) -> int: ...


def record_rows(
    batch: Batch,
    facts: Iterable[ParsedFact],
    *,
    metrics: Mapping[str, _HasKey],
    place_of: Callable[[ParsedFact], Place],
) -> FileRows:
    """Keeps the rows of a file that is being imported.

    Called in the import's own transaction, once the names that the file uses have ids.
    """
    said = FactColumns.of(facts)
    head = {
        "metrics": [metrics[key].pk if key in metrics else 0 for key in said.metrics.listed],
        "spans": [(span.start.toordinal(), span.end.toordinal()) for span in said.spans.listed],
        "places": _places(said, place_of),
    }
    text = json.dumps(head, separators=(",", ":")).encode()
    packer = zlib.compressobj(QUICK)
    packed = packer.compress(len(text).to_bytes(SIZE, "little") + text)
    packed += b"".join(packer.compress(getattr(said, name)) for name in COLUMNS) + packer.flush()
    return FileRows.objects.create(workspace_id=batch.workspace_id, batch=batch, packed=packed)


def _places(said: FactColumns, place_of: Callable[[ParsedFact], Place]) -> list[tuple[int, ...]]:
    """The ids of each place, by its code; a code that no fact has stands for the total."""
    somewhere = dict(zip(said.place, range(len(said)), strict=True))
    return [
        tuple(place_of(said[somewhere[code]])) if code in somewhere else tuple(Place())
        for code in range(len(said.places.listed))
    ]


class _Stated(NamedTuple):
    """One value of a file: its metric, its days, the ids of its place, its row."""

    metric_id: int
    start: int
    end: int
    dims: tuple[int, ...]
    row: int


def _stated(packed: bytes, metric_id: int) -> Iterator[_Stated]:
    """What a file states of a metric."""
    whole = zlib.decompress(packed)
    begin = SIZE + int.from_bytes(whole[:SIZE], "little")
    head = json.loads(whole[SIZE:begin])
    columns = array("I")
    columns.frombytes(whole[begin:])
    count = len(columns) // len(COLUMNS)
    rows, metrics, spans, places = (
        columns[place * count : (place + 1) * count] for place in range(len(COLUMNS))
    )
    dims = [tuple(one) for one in head["places"]]
    wanted = {code for code, pk in enumerate(head["metrics"]) if pk == metric_id}
    for position, code in enumerate(metrics):
        if code in wanted:
            start, end = head["spans"][spans[position]]
            yield _Stated(metric_id, start, end, dims[places[position]], rows[position])


def rows_in_files(
    workspace: Workspace, metric: Metric, facts: Iterable[FactLine]
) -> dict[FactLine, FileRow]:
    """The row of each of these facts of a metric, where its import kept rows. One query."""
    by_batch: dict[int, list[FactLine]] = defaultdict(list)
    for fact in facts:
        by_batch[fact.batch_id].append(fact)
    kept = FileRows.objects.filter(workspace=workspace, batch__in=by_batch)
    rollup = str(metric.definition.rollup)
    found: dict[FactLine, FileRow] = {}
    for batch_id, packed in kept.values_list("batch_id", "packed"):
        found |= _matched(by_batch[batch_id], _stated(bytes(packed), metric.pk), rollup)
    return found


def _matched(
    facts: Iterable[FactLine], stated: Iterable[_Stated], rollup: str
) -> dict[FactLine, FileRow]:
    """The facts of one file, each with the first of the rows that it was made from."""
    by_place: dict[tuple[int, ...], list[FactLine]] = defaultdict(list)
    for fact in facts:
        by_place[fact.dims].append(fact)
    found: dict[FactLine, FileRow] = {}
    for one in stated:
        for fact in by_place.get(one.dims, ()):
            if _is_of(fact, one, rollup):
                known = found.get(fact)
                found[fact] = FileRow(known.row, known.others + 1) if known else FileRow(one.row, 0)
    return found


def _is_of(fact: FactLine, stated: _Stated, rollup: str) -> bool:
    """Whether a fact is what a stated value made: a day of it, its last one, or its whole span."""
    day = fact.day.toordinal()
    if rollup == Rollup.LAST:
        return day == stated.end
    if rollup == Rollup.UNIQUE:
        return (day, fact.end.toordinal()) == (stated.start, stated.end)
    return stated.start <= day <= stated.end
