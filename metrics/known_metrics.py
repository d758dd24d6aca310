"""All metrics of a workspace by their key: read at once, made into objects one by one."""

from collections.abc import Iterator, Mapping
from typing import Any

from accounts.models import Workspace
from accounts.prepared import Prepared
from metrics.models import Metric

_ALL = Prepared(
    lambda workspace: (
        Metric.objects.filter(workspace=workspace)
        .defer("created_at")
        .order_by("golden_rank", "key")
    ),
    int,
)


class KnownMetrics(Mapping[str, Metric]):
    """The metrics of a workspace, hidden ones too: golden ones first, the others by key."""

    def __init__(self, workspace: Workspace) -> None:
        (place,) = _ALL.places("key")
        self._rows: dict[str, Any] = {row[place]: row for row in _ALL.rows(workspace.pk)}
        self._made: dict[str, Metric] = {}

    def __getitem__(self, key: str) -> Metric:
        if key not in self._made:
            self._made[key] = _ALL.object(self._rows[key])
        return self._made[key]

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
