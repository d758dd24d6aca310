"""Facts that programs send: all of a call or nothing, with what became of each row."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from metrics.coverage import CoveredSpan
from metrics.dimensions import DIMENSIONS, Directory, Names, add_unknown, load_directory
from metrics.entries import COUNTED_UNITS
from metrics.facts import write_staged, writing
from metrics.feeds import KEPT_BY_HAND, create_feed, find_feed
from metrics.imports.parsed import Span
from metrics.imports.proposal import metric_row
from metrics.imports.spreading import MetricRow, over_days
from metrics.models import Batch, Dimension, Feed, Metric
from metrics.staging import FactRow
from metrics.typed import check_span, open_batch

MOST_ROWS = 10_000
MOST_FACTS = 400_000
ONE_DAY = timedelta(days=1)
FIELDS = ("channel", "campaign", "device", "asset", "segment")
"""What a call names the dimensions, in the order of a fact's."""
NEW, CHANGED, SAME = "new", "changed", "same"
MARK_STORED = """
SELECT s.place, f.value IS DISTINCT FROM s.value
FROM unnest(%(places)s::int[], %(metrics)s::bigint[], %(days)s::date[], %(channels)s::int[],
    %(campaigns)s::int[], %(devices)s::int[], %(assets)s::int[], %(audiences)s::int[],
    %(ends)s::date[], %(values)s::numeric[])
    AS s (place, metric_id, day, channel_id, campaign_id, device_id, asset_id, audience_id,
        "end", value)
JOIN metrics_fact f ON f.workspace_id = %(workspace)s AND f.metric_id = s.metric_id
    AND f.day = s.day AND f.feed_id = %(feed)s AND f.channel_id = s.channel_id
    AND f.campaign_id = s.campaign_id AND f.device_id = s.device_id AND f.asset_id = s.asset_id
    AND f.audience_id = s.audience_id AND f."end" = s."end"
"""


class SentFact(NamedTuple):
    """One value as a program states it: for the days from `start` to `end`, both included.

    A dimension is None where the value is not broken down by it, ``not_set`` where it is and
    belongs to none.
    """

    metric: str
    start: date
    end: date
    value: Decimal
    channel: str | None = None
    campaign: str | None = None
    device: str | None = None
    asset: str | None = None
    segment: str | None = None

    @property
    def names(self) -> Names:
        """What it names in each dimension."""
        return (self.channel, self.campaign, self.device, self.asset, self.segment)


class RowError(NamedTuple):
    """What is wrong with a row, and how to mend it. `place` counts from 0."""

    place: int
    field: str
    message: str


class RowsRefused(Exception):
    """Rows that cannot be taken; nothing of the call was written."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        self.errors = errors
        super().__init__(f"{len(errors)} rows are refused")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a call did: facts that are new, changed and the same, and the same of each row."""

    batch: Batch
    feed: Feed
    created: int
    changed: int
    same: int
    rows: list[str]


def send_facts(
    workspace: Workspace,
    *,
    user: User | None,
    feed_name: str,
    rows: Sequence[SentFact],
    today: date,
    now: datetime,
    covers: Span | None = None,
) -> Sent:
    """Writes the rows under a feed, which is made where there is none of that name.

    A value replaces the one that the feed gave for the same metric, days and dimensions. Within
    `covers` the feed gives every row it has: a day without one is zero for a summed metric of
    this call. Campaigns, assets and segments are made where the workspace lacks them. Raises
    RowsRefused, and ValidationError for what concerns the whole call; then nothing is written.
    """
    with transaction.atomic():
        feed = _feed(workspace, feed_name)
        metrics = {one.key: one for one in Metric.objects.filter(workspace=workspace)}
        directory = load_directory(workspace, {row.names for row in rows})
        errors = [*_errors(rows, metrics, directory, today)]
        if errors:
            raise RowsRefused(errors)
        add_unknown(directory, {})
        facts, origins = _facts(rows, metrics, feed, directory)
        _refuse_duplicates(facts, origins)
        batch = open_batch(workspace, feed, Batch.Kind.API, user)
        with writing(workspace.pk) as staged:
            states = _states(workspace, feed, facts, origins, len(rows))
            staged.take(facts)
            written = write_staged(staged, batch, coverage=_coverage(feed, facts, covers))
        batch.created, batch.changed, batch.same = written
        batch.committed_at = now
        batch.save(update_fields=["created", "changed", "same", "committed_at"])
    return Sent(batch, feed, *written, rows=states)


def _feed(workspace: Workspace, name: str) -> Feed:
    feed = find_feed(workspace, name)
    if feed is None:
        return create_feed(workspace, name=name, kind=Feed.Kind.API, rhythm=Feed.Rhythm.DAY)
    if feed.kind in KEPT_BY_HAND:
        message = _("“%(feed)s” is kept for what is typed here. Choose another name for the feed.")
        raise ValidationError({"feed": message % {"feed": feed.name}})
    return feed


# What stands against a row


def _errors(
    rows: Sequence[SentFact], metrics: Mapping[str, Metric], directory: Directory, today: date
) -> Iterator[RowError]:
    for place, row in enumerate(rows):
        for field, message in (
            *_wrong_metric(row, metrics.get(row.metric)),
            *_wrong_days(row, today),
            *_wrong_places(row, directory),
        ):
            yield RowError(place, field, message)


def _wrong_metric(row: SentFact, metric: Metric | None) -> Iterator[tuple[str, str]]:
    if metric is None:
        yield "metric", _("The workspace has no metric “%(key)s”.") % {"key": row.metric}
        return
    if metric.definition.formula is not None:
        message = _("“%(metric)s” is calculated from other metrics. Enter those, and it follows.")
        yield "metric", message % {"metric": metric.name}
    if row.value < 0 and str(metric.definition.unit) in COUNTED_UNITS:
        yield "value", _("This is counted: enter zero or more.")


def _wrong_days(row: SentFact, today: date) -> Iterator[tuple[str, str]]:
    try:
        check_span(row.start, row.end)
    except ValidationError as problem:
        yield "to", problem.messages[0]
    if row.start == row.end and row.start > today:
        yield "date", _("This day is still to come. Enter its value once it is over.")


def _wrong_places(row: SentFact, directory: Directory) -> Iterator[tuple[str, str]]:
    """Channels and devices are the workspace's: a new one is made in its settings."""
    for dimension, field, name in zip(DIMENSIONS, FIELDS, row.names, strict=True):
        if name is None or dimension not in (Dimension.CHANNEL, Dimension.DEVICE):
            continue
        if directory.id_of(dimension, name) < -1:
            yield (
                field,
                _("“%(found)s” is not known. Use a key that the workspace has.")
                % {"found": name[:60]},
            )


# Rows as facts


def _facts(
    rows: Sequence[SentFact], metrics: Mapping[str, Metric], feed: Feed, directory: Directory
) -> tuple[list[FactRow], list[int]]:
    """The facts that the rows make, and for each the row that it comes from."""
    known: dict[str, MetricRow] = {
        key: metric_row(metrics[key]) for key in {r.metric for r in rows}
    }
    facts: list[FactRow] = []
    origins: list[int] = []
    for place, row in enumerate(rows):
        metric, where = known[row.metric], directory.place_of(row.names)
        for first, last, value in over_days(row.value, row.start, row.end, metric):
            facts.append(FactRow(metric.pk, first, feed.pk, *where, last, value))
            origins.append(place)
        if len(facts) > MOST_FACTS:
            message = _(
                "Cut into days, the call makes more than %(limit)s values. Send it in parts."
            )
            raise ValidationError({"facts": message % {"limit": MOST_FACTS}})
    return facts, origins


def _refuse_duplicates(facts: Sequence[FactRow], origins: Sequence[int]) -> None:
    """Raises RowsRefused where two rows speak of the same days and dimensions."""
    first: dict[Any, int] = {}
    wrong: dict[int, int] = {}
    for fact, origin in zip(facts, origins, strict=True):
        earlier = first.setdefault(fact[:-1], origin)
        if earlier != origin:
            wrong.setdefault(origin, earlier)
    if wrong:
        message = _("Row %(row)s gives a value for the same days and dimensions. Send one of them.")
        raise RowsRefused(
            [RowError(place, "", message % {"row": other}) for place, other in wrong.items()]
        )


def _states(
    workspace: Workspace,
    feed: Feed,
    facts: Sequence[FactRow],
    origins: Sequence[int],
    count: int,
) -> list[str]:
    """What becomes of each row: a row is the same only if all its days are."""
    with connection.cursor() as cursor:
        cursor.execute(
            MARK_STORED,
            {
                "workspace": workspace.pk,
                "feed": feed.pk,
                "places": list(origins),
                "metrics": [one.metric_id for one in facts],
                "days": [one.day for one in facts],
                "channels": [one.channel_id for one in facts],
                "campaigns": [one.campaign_id for one in facts],
                "devices": [one.device_id for one in facts],
                "assets": [one.asset_id for one in facts],
                "audiences": [one.audience_id for one in facts],
                "ends": [one.end for one in facts],
                "values": [one.value for one in facts],
            },
        )
        stored = cursor.fetchall()
    known = Counter(place for place, _differs in stored)
    differing = {place for place, differs in stored if differs}
    wanted = Counter(origins)
    return [
        CHANGED if place in differing else SAME if known[place] == wanted[place] else NEW
        for place in range(count)
    ]


def _coverage(feed: Feed, facts: Sequence[FactRow], covers: Span | None) -> list[CoveredSpan]:
    """What the call covers: the days it says, with every row it has; else what its rows cover."""
    if covers is None:
        return []
    metric_ids = sorted({one.metric_id for one in facts})
    return [CoveredSpan(feed.pk, pk, covers.start, covers.end, True) for pk in metric_ids]
