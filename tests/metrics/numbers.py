"""Facts for tests of the engine, by the names of their metrics and channels."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from accounts.models import Workspace
from metrics.coverage import CoveredSpan
from metrics.facts import FactRow, delete_facts, write_facts
from metrics.models import Batch, Dimension, DimensionValue, Feed, Metric
from metrics.resolution import Segment
from metrics.setup import manual_feed

NOW = datetime(2025, 8, 20, 9, tzinfo=UTC)
TODAY = date(2025, 8, 20)


def day(text: str) -> date:
    """A date from "2025-07-14"."""
    return date.fromisoformat(text)


class Book:
    """Writes facts of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.metrics = dict(Metric.objects.filter(workspace=workspace).values_list("key", "pk"))
        self.typed = manual_feed(workspace).pk

    def feed(self, name: str, kind: str = Feed.Kind.FILE) -> int:
        """A feed of this name."""
        found, _new = Feed.objects.get_or_create(
            workspace=self.workspace, name=name, defaults={"kind": kind}
        )
        return found.pk

    def value(self, key: str, dimension: Dimension = Dimension.CHANNEL) -> int:
        """The id of a channel, device, …"""
        found, _new = DimensionValue.objects.get_or_create(
            workspace=self.workspace, dimension=dimension, key=key
        )
        return found.pk

    def channel(self, key: str) -> Segment:
        """The segment of a channel."""
        return Segment(Dimension.CHANNEL, self.value(key))

    def row(
        self,
        key: str,
        when: str,
        value: object,
        *,
        to: str | None = None,
        feed: int | None = None,
        channel: int = 0,
        campaign: int = 0,
        device: int = 0,
        asset: int = 0,
        audience: int = 0,
    ) -> FactRow:
        """One fact; typed by hand and of everything unless said otherwise."""
        return FactRow(
            self.metrics[key],
            day(when),
            feed or self.typed,
            channel,
            campaign,
            device,
            asset,
            audience,
            day(to or when),
            Decimal(str(value)),
        )

    def covered(self, key: str, start: str, end: str, feed: int | None = None) -> CoveredSpan:
        """Days in which a day without a row is zero."""
        return CoveredSpan(
            feed or self.typed, self.metrics[key], day(start), day(end), zero_filled=True
        )

    def batch(self) -> Batch:
        """A batch that was carried out."""
        return Batch.objects.create(
            workspace=self.workspace,
            kind=Batch.Kind.FILE,
            state=Batch.State.COMMITTED,
            committed_at=NOW,
        )

    def write(self, *rows: FactRow, coverage: Iterable[CoveredSpan] = ()) -> Batch:
        """Writes facts in a batch of their own."""
        batch = self.batch()
        write_facts(batch, rows=rows, coverage=coverage)
        return batch

    def delete(self, *rows: FactRow) -> None:
        """Deletes facts."""
        delete_facts(self.batch(), keys=[row.key for row in rows])
