"""Several workspaces in the same arrays: whose a segment is.

A night touches a day or two of each workspace: a hundred small steps on short arrays, which cost
the same for one workspace as for ten. So workspaces that are alike are worked out together. On
the axis of segments each has its own: a segment's *code* is its id, plus `OWNER` for each
workspace before its own. Ids of metrics, feeds and campaigns are never those of another
workspace, so nothing else has to tell them apart. With one workspace codes are ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.resolution import Segment

Ints = npt.NDArray[np.int64]

OWNER = 1 << 32
"""Ids of segments are below it; −1 is "not set", so that a code may be one less than its owner's."""
MOST = 64
"""Workspaces in the same arrays: with more of them codes would not stay below 2^40."""


def owner_of(codes: Ints) -> Ints:
    """The place of the workspace that each segment belongs to."""
    return (codes + 1) >> 32


def id_of(codes: Ints) -> Ints:
    """The segments' ids in their workspaces."""
    return ((codes + 1) & (OWNER - 1)) - 1


def owner_at(code: int) -> int:
    """The place of the workspace that a segment belongs to."""
    return (code + 1) // OWNER


def base_of(code: int) -> int:
    """The code of a segment's workspace as a whole: of segment 0 in it."""
    return owner_at(code) * OWNER


def plain(code: int) -> int:
    """A segment's id in its workspace."""
    return code - base_of(code)


def rest_beside(segment: Segment) -> Segment:
    """The stand-in for what has no facts (`resolution.rest_of`) in a segment's workspace and
    dimension."""
    return segment._replace(segment_id=base_of(segment.segment_id))


def bases(owners: int) -> Ints:
    """The codes of so many workspaces as a whole."""
    return np.arange(owners, dtype=np.int64) * OWNER


def by_owner(
    ufunc: np.ufunc, values: npt.NDArray[Any], owner: Ints, owners: int
) -> npt.NDArray[Any]:
    """The rows of each owner reduced to one; owners are in order, one without rows gets zeros."""
    if owners == 1:
        return np.asarray(ufunc.reduce(values, axis=0))[None]
    edges = np.searchsorted(owner, np.arange(owners + 1))
    some = np.flatnonzero(edges[1:] > edges[:-1])
    found = np.zeros((owners, *values.shape[1:]), values.dtype)
    if some.size:
        found[some] = ufunc.reduceat(values, edges[some], axis=0)
    return found


def for_each(values: npt.NDArray[Any], owner: Ints) -> npt.NDArray[Any]:
    """What is said of each owner, for rows that belong to these; of one owner, as it is."""
    return values if len(values) == 1 else values[owner]


@dataclass(frozen=True, slots=True)
class Owners:
    """The ids of the workspaces, in order."""

    ids: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def listed(self) -> list[int]:
        """The same, to be bound to a statement."""
        return list(self.ids)

    def codes(self, workspaces: Ints, segments: Ints) -> Ints:
        """The codes of segments of these workspaces."""
        if len(self.ids) == 1:
            return segments
        place = np.searchsorted(np.array(self.ids, np.int64), workspaces)
        return np.asarray(place * OWNER + segments)

    def workspaces(self, codes: Ints) -> Ints:
        """The workspace of each segment."""
        return np.array(self.ids, np.int64)[owner_of(codes)]

    def base(self, workspace_id: int) -> int:
        """The code of a workspace as a whole."""
        return self.ids.index(workspace_id) * OWNER


def of_one(workspace_id: int) -> Owners:
    """A workspace by itself."""
    return Owners((workspace_id,))


def ordered(ids: Sequence[int]) -> Owners:
    """These workspaces, in the order of their ids."""
    return Owners(tuple(sorted(ids)))
