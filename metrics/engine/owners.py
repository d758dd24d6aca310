"""Several workspaces in the same arrays: whose a segment is.

A night touches a day or two of each workspace: a hundred small steps on short arrays, which cost
the same for one workspace as for ten. So workspaces that are alike are worked out together. On
the axis of segments each has its own: a segment's *code* is its id, plus `OWNER` for each
workspace before its own. Ids of metrics, feeds and campaigns are never those of another
workspace, so nothing else has to tell them apart. With one workspace codes are ids.
"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.resolution import Segment

Ints = npt.NDArray[np.int64]

OWNER = 1 << 32
"""Ids of segments are below it; with −1, "not set", a code is one less than its workspace's."""
GONE = 1 << 31
"""Feeds' numbers and ids are below it."""


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


class Owners:
    """Workspaces that are worked out together, in the order of their ids, and their feeds.

    Lines of cubes name a feed by its *number* in its workspace, from 1 on: the third feed of each
    workspace has the same line.
    """

    def __init__(self, ids: Sequence[int], feeds: Sequence[Sequence[int]]) -> None:
        self.ids = tuple(ids)
        self.listed = list(ids)
        """The same, to be bound to a statement."""
        self._ids = np.array(self.listed, np.int64)
        self._bases = {one: place * OWNER for place, one in enumerate(ids)}
        each = [sorted(several) for several in feeds]
        placed = sorted(
            (feed, place, number)
            for place, several in enumerate(each)
            for number, feed in enumerate(several, 1)
        )
        table = np.array(placed, np.int64).reshape(-1, 3)
        self._feeds, self._owner_of_feed, self._numbers = table.T
        self._feed_at = np.zeros((len(each), max(map(len, each), default=0) + 1), np.int64)
        self._feed_at[self._owner_of_feed, self._numbers] = self._feeds

    def __len__(self) -> int:
        return len(self.ids)

    def codes(self, workspaces: Ints, segments: Ints) -> Ints:
        """The codes of segments of these workspaces."""
        if len(self.ids) == 1:
            return segments
        return np.asarray(np.searchsorted(self._ids, workspaces) * OWNER + segments)

    def workspaces(self, codes: Ints) -> Ints:
        """The workspace of each segment."""
        return np.asarray(self._ids[owner_of(codes)])

    def base(self, workspace_id: int) -> int:
        """The code of a workspace as a whole."""
        return self._bases[workspace_id]

    def bases_of_feeds(self, feeds: Ints) -> Ints:
        """The code of the whole of each feed's workspace."""
        if len(self.ids) == 1:
            return np.zeros(len(feeds), np.int64)
        return np.asarray(self._owner_of_feed[np.searchsorted(self._feeds, feeds)] * OWNER)

    def numbers_of(self, feeds: Ints) -> Ints:
        """The feeds' numbers; one that is not there any more keeps its id, above all numbers."""
        if not len(self._feeds):
            return np.where(feeds > 0, feeds + GONE, 0)
        place = np.minimum(np.searchsorted(self._feeds, feeds), len(self._feeds) - 1)
        known = np.where(self._feeds[place] == feeds, self._numbers[place], feeds + GONE)
        return np.where(feeds > 0, known, 0)

    def feeds_at(self, owner: Ints, numbers: Ints) -> Ints:
        """The ids of feeds with these numbers in these workspaces; of 0, anybody's, 0."""
        gone = numbers >= GONE
        here = np.where(gone, 0, numbers)
        return np.where(gone, numbers - GONE, self._feed_at[owner, here])

    def have(self, feeds: Collection[int], numbers: Ints) -> npt.NDArray[np.bool_]:
        """In which workspaces the feeds with these numbers are among some: [workspace, number]."""
        known = numbers < self._feed_at.shape[1]
        ids = self._feed_at[:, np.where(known, numbers, 0)]
        return np.isin(ids, np.array(sorted(feeds), np.int64)) & known & (numbers > 0)
