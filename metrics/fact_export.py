"""Facts as a table in the product's own long layout: importing it again gives the same facts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Workspace
from accounts.spreadsheets import Cell, Column, Kind
from metrics.imports.parsed import NOT_SET as NOT_SET_NAME
from metrics.models import Campaign, Dimension, DimensionValue, Feed, Metric
from metrics.models.dimension import NONE, NOT_SET

COLUMNS = (
    Column("date", Kind.DAY),
    Column("end", Kind.DAY),
    Column("metric"),
    Column("channel"),
    Column("campaign"),
    Column("device"),
    Column("asset"),
    Column("segment"),
    Column("value", Kind.NUMBER),
)
MOST_FACTS = 1_000_000
ROWS_A_FETCH = 5_000
SELECT = """
SELECT day, "end", metric_id, channel_id, campaign_id, device_id, asset_id, audience_id,
    trim_scale(value)
FROM metrics_fact
WHERE workspace_id = %(workspace)s AND metric_id = ANY(%(metrics)s) AND feed_id = %(feed)s
    AND day BETWEEN %(start)s AND %(end)s
"""
COUNT = f"SELECT count(*) FROM ({SELECT} LIMIT %(most)s) AS facts"  # noqa: S608  our own text
IN_ORDER = (
    SELECT + "ORDER BY metric_id, day, channel_id, campaign_id, device_id, asset_id, audience_id"
)


class TooManyFacts(Exception):
    """More facts than are handed out at once; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which facts: of one feed, these metrics (none: all), the days from `start` to `end`."""

    workspace: Workspace
    feed: Feed
    start: date
    end: date
    metrics: tuple[Metric, ...] = ()


def fact_rows(asked: Asked) -> Iterator[tuple[Cell, ...]]:
    """A row for each fact, in the order of `COLUMNS`. Raises TooManyFacts before the first."""
    names = _Names(asked.workspace)
    given: dict[str, Any] = {
        "workspace": asked.workspace.pk,
        "feed": asked.feed.pk,
        "metrics": [one.pk for one in asked.metrics] or list(names.metrics),
        "start": asked.start,
        "end": asked.end,
        "most": MOST_FACTS + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, given)
        if cursor.fetchone()[0] > MOST_FACTS:
            message = _("These days hold more than %(limit)s values. Choose fewer days or metrics.")
            raise TooManyFacts(message % {"limit": MOST_FACTS})
        cursor.execute(IN_ORDER, given)
        while rows := cursor.fetchmany(ROWS_A_FETCH):
            for row in rows:
                yield names.row(row)


class _Names:
    """The keys behind a workspace's ids."""

    def __init__(self, workspace: Workspace) -> None:
        metrics = Metric.objects.filter(workspace=workspace)
        values = DimensionValue.objects.filter(workspace=workspace)
        campaigns = Campaign.objects.filter(workspace=workspace)
        self.metrics: Mapping[int, str] = dict(metrics.values_list("pk", "key"))
        self._values = {
            pk: (key, label) for pk, key, label in values.values_list("pk", "key", "label")
        }
        self._campaigns: Mapping[int, str] = dict(campaigns.values_list("pk", "name"))

    def row(
        self, fact: tuple[date, date, int, int, int, int, int, int, Decimal]
    ) -> tuple[Cell, ...]:
        """One fact as cells."""
        day, end, metric_id, channel, campaign, device, asset, audience, value = fact
        return (
            day,
            end,
            self.metrics[metric_id],
            self._key(channel),
            self._of(campaign, Dimension.CAMPAIGN),
            self._key(device),
            self._of(asset, Dimension.ASSET),
            self._of(audience, Dimension.AUDIENCE),
            value,
        )

    def _key(self, pk: int) -> str:
        """A channel or a device by its key."""
        if pk in (NONE, NOT_SET):
            return NOT_SET_NAME if pk else ""
        return self._values[pk][0]

    def _of(self, pk: int, dimension: int) -> str:
        """A campaign, page or segment by its name, which an import folds to the same key."""
        if pk in (NONE, NOT_SET):
            return NOT_SET_NAME if pk else ""
        if dimension == Dimension.CAMPAIGN:
            return self._campaigns[pk]
        key, label = self._values[pk]
        return label or key
