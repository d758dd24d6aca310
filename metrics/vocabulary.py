"""What one page calls things: a workspace's metrics and the names of its segments."""

from collections.abc import Mapping
from functools import cached_property

from accounts.models import Workspace
from metrics.known_metrics import KnownMetrics
from metrics.models import Metric
from metrics.segment_names import SegmentName, segments_of


class Vocabulary:
    """The metrics and segments of a workspace, each read when it is first asked for, and once.

    For the length of one page or answer: what changes in between is not seen.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._segments: dict[int, dict[int, SegmentName]] = {}

    @cached_property
    def metrics(self) -> Mapping[str, Metric]:
        """All metrics of the workspace, hidden ones too, by key."""
        return KnownMetrics(self.workspace)

    def segments(self, dimension: int) -> Mapping[int, SegmentName]:
        """The names of a dimension's segments by their id, as `segments_of` gives them."""
        if dimension not in self._segments:
            self._segments[dimension] = segments_of(self.workspace, dimension)
        return self._segments[dimension]
