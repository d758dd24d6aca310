"""From a table to rows as they are stored: JSON, with a fingerprint of all that a row says."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from metrics.engine.bases import Shown
from metrics.engine.cubes import REASONS, Bools, Ints
from metrics.engine.formula_columns import Objects
from metrics.engine.tables import Table
from metrics.periods import Period
from metrics.resolution import Segment


class Said(NamedTuple):
    """What a row says of some metrics, in JSON."""

    values: str
    reasons: str
    incomplete: str
    weights: str
    inputs: str

    @property
    def is_empty(self) -> bool:
        """Whether that is nothing."""
        return self.values == "{}" and self.reasons == "{}"

    def numbers(self) -> dict[str, str]:
        """The values by their metrics' keys."""
        found: dict[str, str] = json.loads(self.values)
        return found

    def fingerprint(self, end: date) -> int:
        """Of all of it; 0 of nothing."""
        if self == NOTHING:
            return 0
        text = "\n".join((end.isoformat(), *self))
        digest = blake2b(text.encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True)


class Written(NamedTuple):
    """A row as it is stored: of shipped metrics, and of those that the workspace defines."""

    period: Period
    segment: Segment
    shipped: Said
    own: Said

    @property
    def fingerprints(self) -> tuple[int, int]:
        """Of both parts."""
        end = self.period.end
        return self.shipped.fingerprint(end), self.own.fingerprint(end)


def texts(values: Objects) -> list[str]:
    """Numbers in plain digits, without zeros that say nothing: `as_text` of all of them."""
    numbers = values.tolist()
    found = list(map(str, numbers))
    if "E" in "".join(found):
        found = [f"{one:f}" for one in numbers]
    if "." in "".join(found):
        found = [one.rstrip("0").rstrip(".") if "." in one else one for one in found]
    return ["0" if one == "-0" else one for one in found] if "-0" in found else found


class _Objects:
    """JSON objects of some rows, put together metric by metric."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._columns: list[list[str]] = []

    def add(self, name: str, known: Bools, values: Iterable[str]) -> None:
        """A member for each of the rows in which it is known, with its JSON."""
        head = f"{json.dumps(name)}:"
        members = [head + value for value in values]
        if len(members) < self._count:
            column = np.full(self._count, "", object)
            column[known] = members
            members = column.tolist()
        self._columns.append(members)

    def texts(self) -> list[str]:
        """The objects."""
        if not self._columns:
            return ["{}"] * self._count
        rows = zip(*self._columns, strict=True)
        return ["{" + ",".join(filter(None, row)) + "}" for row in rows]


Listed = Sequence[tuple[str, Shown]]
NOTHING = Said("{}", "{}", "[]", "{}", "{}")


def written(table: Table, periods: Mapping[int, Period], rows: Sequence[int]) -> list[Written]:
    """The rows of some columns, with their periods, and of some segments, by their places."""
    cells = _cells(table, periods, rows)
    shipped = _said(table, cells, own=False)
    own = _said(table, cells, own=True) if table.own else [NOTHING] * len(cells)
    found = []
    for cell, one, other in zip(cells.tolist(), shipped, own, strict=True):
        row, column = divmod(cell, table.width)
        found.append(Written(periods[column], table.segments[row], one, other))
    return [one for one in found if not one.shipped.is_empty]


def own_said(
    table: Table, periods: Mapping[int, Period], rows: Sequence[int]
) -> Iterable[tuple[Period, Segment, Said]]:
    """What the same rows say of the metrics that the workspace defines itself."""
    cells = _cells(table, periods, rows)
    for cell, said in zip(cells.tolist(), _said(table, cells, own=True), strict=True):
        row, column = divmod(cell, table.width)
        yield periods[column], table.segments[row], said


def _cells(table: Table, periods: Mapping[int, Period], rows: Sequence[int]) -> Ints:
    """The cells of some columns and segments that have a row."""
    shown = np.zeros((len(table.segments), table.width), bool)
    shown[np.ix_(np.array(rows, np.int64), np.array(sorted(periods), np.int64))] = True
    return np.flatnonzero((shown & table.exists).reshape(-1))


def _said(table: Table, cells: Ints, *, own: bool) -> list[Said]:
    """What these cells say of the workspace's own metrics, or of the shipped ones."""
    listed = [(key, table.shown[key]) for key in sorted(table.shown) if (key in table.own) is own]
    parts = (
        _values(listed, cells),
        _reasons(listed, cells),
        _incomplete(listed, cells),
        _weights(listed, cells),
        _inputs(table, cells, own=own),
    )
    return list(map(Said, *parts))


def _quoted(values: Objects) -> list[str]:
    return [f'"{text}"' for text in texts(values)]


def _values(listed: Listed, cells: Ints) -> list[str]:
    found = _Objects(len(cells))
    for key, shown in listed:
        known = shown.known[cells]
        found.add(key, known, _quoted(shown.kept[cells[known]]))
    return found.texts()


def _reasons(listed: Listed, cells: Ints) -> list[str]:
    found = _Objects(len(cells))
    for key, shown in listed:
        if shown.reason.any():
            reason = np.where(shown.known[cells], np.uint8(0), shown.reason[cells])
            said = reason != 0
            found.add(key, said, [f'"{REASONS[one]}"' for one in reason[said].tolist()])
    return found.texts()


def _incomplete(listed: Listed, cells: Ints) -> list[str]:
    marked = [(key, shown) for key, shown in listed if shown.unsure.any()]
    if not marked:
        return ["[]"] * len(cells)
    keys = [json.dumps(key) for key, _shown in marked]
    grid = np.stack([(one.unsure & one.known)[cells] for _key, one in marked], axis=1)
    known: dict[bytes, str] = {}
    found = []
    for which in grid:
        code = which.tobytes()
        if code not in known:
            known[code] = "[" + ",".join(keys[n] for n in np.flatnonzero(which).tolist()) + "]"
        found.append(known[code])
    return found


def _weights(listed: Listed, cells: Ints) -> list[str]:
    found = _Objects(len(cells))
    for key, shown in listed:
        if shown.weights is not None:
            over, under = (one[cells] for one in shown.weights)
            known = np.array([one is not None for one in under.tolist()], bool)
            pairs = zip(_quoted(over[known]), _quoted(under[known]), strict=True)
            found.add(key, known, [f"[{one},{two}]" for one, two in pairs])
    return found.texts()


def _inputs(table: Table, cells: Ints, *, own: bool) -> list[str]:
    found = _Objects(len(cells))
    for of_own, name in sorted(table.inputs):
        if of_own is own:
            values, known = table.inputs[of_own, name]
            here = known[cells]
            found.add(name, here, _quoted(values[cells[here]]))
    return found.texts()
