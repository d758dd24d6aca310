"""What blocks said of the workspace's own metrics and say now, compared at once."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from metrics.engine.cubes import Ints, State
from metrics.engine.own_cells import DAYS, numbered
from metrics.engine.parts import in_parts
from metrics.engine.quotients import Digits
from metrics.engine.row_cells import EntryKind
from metrics.engine.row_reading import Entries


class Restated(NamedTuple):
    """A value that is another one now, or none: of which place in the year, in parts
    (`metrics.engine.parts`)."""

    place: int
    before: int
    after: int | None


class Changes(NamedTuple):
    """Values that changed, by block and metric; by block and place the metrics that had none."""

    restated: dict[tuple[int, str], list[Restated]]
    late: dict[tuple[int, int], list[str]]


def own_changes(before: Sequence[bytes], after: Sequence[bytes]) -> Changes:
    """What differs between blocks; each of the one goes with one of the other.

    Values that are the same to the last part are no change.
    """
    old, new = _values(before), _values(after)
    names = sorted({*old.names, *new.names})
    was, now = _codes(old, names), _codes(new, names)
    _both, then, there = np.intersect1d(was, now, assume_unique=True, return_indices=True)
    differs = (old.mantissa[then] != new.mantissa[there]) | (
        old.exponent[then] != new.exponent[there]
    )
    then, there = then[differs], there[differs]
    gone = np.flatnonzero(~np.isin(was, now, assume_unique=True))
    which = np.concatenate([then, gone])
    restated: dict[tuple[int, str], list[Restated]] = defaultdict(list)
    for row, name, former, value in zip(
        old.row[which].tolist(),
        old.name[which].tolist(),
        _parts(old, which),
        [*_parts(new, there), *[None] * len(gone)],
        strict=True,
    ):
        if former != value:
            restated[row // DAYS, old.names[name]].append(Restated(row % DAYS, former, value))
    late: dict[tuple[int, int], list[str]] = defaultdict(list)
    for place in np.flatnonzero(~np.isin(now, was, assume_unique=True)).tolist():
        late[divmod(int(new.row[place]), DAYS)].append(new.names[int(new.name[place])])
    return Changes(restated, late)


def _values(contents: Sequence[bytes]) -> Entries:
    """The values alone."""
    found = numbered(contents)
    return found.at((found.kind == EntryKind.VALUE) & (found.state == State.VALUE))


def _codes(entries: Entries, names: Sequence[str]) -> Ints:
    """One number for each row and metric."""
    at = {name: place for place, name in enumerate(names)}
    place = np.array([at[name] for name in entries.names], np.int64)
    return entries.row * len(names) + (place[entries.name] if len(place) else entries.name)


def _parts(entries: Entries, where: Ints) -> list[int]:
    return in_parts(Digits(entries.mantissa[where], entries.exponent[where]))
