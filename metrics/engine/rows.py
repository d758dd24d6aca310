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
from metrics.numbers import as_text
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
    """Numbers in plain digits, without zeros that say nothing."""
    return [as_text(one) for one in values.tolist()]


class _Pieces:
    """The members of each cell's JSON objects, collected metric by metric."""

    def __init__(self, cells: Ints, size: int) -> None:
        self._cells = cells
        self._size = size
        self._own = np.zeros(size, bool)
        self._own[cells] = True
        self._members: list[list[str]] = [[] for _one in range(size)]

    def add(self, name: str, known: Bools, values: Iterable[str] | str) -> None:
        """A member for the cells where it is known: one text for all, or one for each."""
        places = np.flatnonzero(known)
        head = f'"{name}":'
        members = self._members
        if isinstance(values, str):
            member = f"{head}{values}"
            for place in places.tolist():
                members[place].append(member)
        else:
            for place, value in zip(places.tolist(), values, strict=True):
                members[place].append(f'{head}"{value}"')

    def own(self, known: Bools) -> Bools:
        """Which cells are asked for."""
        return np.asarray(known & self._own)

    def objects(self) -> list[str]:
        """The JSON object of each cell."""
        return ["{" + ",".join(one) + "}" for one in self._members]


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
    size = table.size
    parts = (
        _values(listed, cells, size),
        _reasons(listed, cells, size),
        _incomplete(listed, cells, size),
        _weights(listed, cells, size),
        _inputs(table, cells, own=own),
    )
    said = [Said(*texts) for texts in zip(*parts, strict=True)]
    return [said[cell] for cell in cells.tolist()]


def _values(listed: Listed, cells: Ints, size: int) -> list[str]:
    pieces = _Pieces(cells, size)
    for key, shown in listed:
        known = pieces.own(shown.known)
        pieces.add(key, known, texts(shown.kept[known]))
    return pieces.objects()


def _reasons(listed: Listed, cells: Ints, size: int) -> list[str]:
    pieces = _Pieces(cells, size)
    for key, shown in listed:
        if shown.reason.any():
            for state, reason in REASONS.items():
                known = pieces.own(~shown.known & (shown.reason == state))
                pieces.add(key, known, f'"{reason}"')
    return pieces.objects()


def _incomplete(listed: Listed, cells: Ints, size: int) -> list[str]:
    marked = [(key, shown.unsure & shown.known) for key, shown in listed if shown.unsure.any()]
    if not marked:
        return ["[]"] * size
    keys = [json.dumps(key) for key, _unsure in marked]
    grid = np.stack([unsure for _key, unsure in marked], axis=1)
    found = ["[]"] * size
    known: dict[bytes, str] = {}
    for cell in cells.tolist():
        which = grid[cell]
        code = which.tobytes()
        if code not in known:
            known[code] = "[" + ",".join(keys[n] for n in np.flatnonzero(which).tolist()) + "]"
        found[cell] = known[code]
    return found


def _weights(listed: Listed, cells: Ints, size: int) -> list[str]:
    found = ["{}"] * size
    members: dict[int, list[str]] = {}
    for key, shown in listed:
        if shown.weights is None:
            continue
        over, under = shown.weights
        for cell in cells[[one is not None for one in under[cells].tolist()]].tolist():
            pair = f'"{key}":["{as_text(over[cell])}","{as_text(under[cell])}"]'
            members.setdefault(cell, []).append(pair)
    for cell, several in members.items():
        found[cell] = "{" + ",".join(several) + "}"
    return found


def _inputs(table: Table, cells: Ints, *, own: bool) -> list[str]:
    pieces = _Pieces(cells, table.size)
    for of_own, name in sorted(table.inputs):
        if of_own is not own:
            continue
        values, known = table.inputs[of_own, name]
        here = pieces.own(known)
        pieces.add(json.dumps(name)[1:-1], here, texts(values[here]))
    return pieces.objects()
