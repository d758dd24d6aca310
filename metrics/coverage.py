"""Which days each feed has spoken for, and which stored values are behind the facts.

Called by the writer of facts (metrics/facts.py) inside its transaction, and where a campaign gets
another channel.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from django.db.models import Max, Min, Q

from accounts.models import Workspace
from metrics.models import Batch, Coverage, Fact, Feed, StaleSpan

ONE_DAY = timedelta(days=1)


class CoveredSpan(NamedTuple):
    """The days, both ends included, that a feed speaks for, for one metric.

    ``zero_filled``: the source gives every row it has, so a day inside without one is zero.
    """

    feed_id: int
    metric_id: int
    start: date
    end: date
    zero_filled: bool = False


class Days(NamedTuple):
    """A run of days of one metric, both ends included."""

    metric_id: int
    start: date
    end: date


def record_coverage(batch: Batch, spans: Iterable[CoveredSpan], *, wrote: bool) -> list[Days]:
    """Keeps what the batch covers, and returns the days that no batch had covered before.

    A batch that wrote no fact adds only what is new: a file sent twice leaves one trace.
    """
    joined = _joined(spans)
    known = _known_coverage(batch.workspace_id, joined)
    fresh = {span: _uncovered(span, known) for span in joined}
    Coverage.objects.bulk_create(
        [
            Coverage(workspace_id=batch.workspace_id, batch=batch, **span._asdict())
            for span in joined
            if wrote or fresh[span]
        ]
    )
    return [days for rest in fresh.values() for days in rest]


def forget_coverage(batch: Batch) -> list[Days]:
    """Takes away what the batch covered, and returns the days that nothing covers any more."""
    mine = Coverage.objects.filter(workspace_id=batch.workspace_id, batch=batch)
    spans = [_span_of(row) for row in mine]
    mine.delete()
    known = _known_coverage(batch.workspace_id, spans)
    return [days for span in spans for days in _uncovered(span, known)]


def release_coverage(batch: Batch, spans: Iterable[CoveredSpan]) -> None:
    """Takes away coverage of exactly these spans, whichever batch brought it."""
    for span in spans:
        Coverage.objects.filter(workspace_id=batch.workspace_id, **span._asdict()).delete()


def mark_stale(batch: Batch, spans: Iterable[Days]) -> None:
    """Leaves word for the next recompute: one row per metric and run of months without a gap."""
    StaleSpan.objects.bulk_create(
        [
            StaleSpan(
                workspace_id=batch.workspace_id,
                metric_id=days.metric_id,
                start=days.start,
                end=days.end,
                batch=batch,
            )
            for days in _by_months(spans)
        ]
    )


def feeds_received(batch: Batch, spans: Sequence[CoveredSpan], received_at: datetime) -> None:
    """Each feed that spoke now has figures up to its last covered day, if that is later."""
    last_days: dict[int, date] = {}
    for span in spans:
        last_days[span.feed_id] = max(span.end, last_days.get(span.feed_id, span.end))
    for feed_id, last_day in last_days.items():
        feed = Feed.objects.filter(workspace_id=batch.workspace_id, pk=feed_id)
        feed.update(last_received_at=received_at)
        feed.filter(Q(last_data_day=None) | Q(last_data_day__lt=last_day)).update(
            last_data_day=last_day
        )


def feeds_lost(batch: Batch, feed_ids: Iterable[int]) -> None:
    """Sets each feed's last day to what is still covered, after something was taken back."""
    for feed_id in feed_ids:
        found = Coverage.objects.filter(workspace_id=batch.workspace_id, feed_id=feed_id).aggregate(
            last=Max("end")
        )
        Feed.objects.filter(workspace_id=batch.workspace_id, pk=feed_id).update(
            last_data_day=found["last"]
        )


def _span_of(row: Coverage) -> CoveredSpan:
    return CoveredSpan(row.feed_id, row.metric_id, row.start, row.end, row.zero_filled)


def _series(span: CoveredSpan) -> tuple[int, int, bool]:
    return span.feed_id, span.metric_id, span.zero_filled


def _joined(spans: Iterable[CoveredSpan]) -> list[CoveredSpan]:
    """The same days with spans that touch or overlap made one."""
    found: list[CoveredSpan] = []
    for span in sorted(spans, key=lambda one: (_series(one), one.start)):
        last = found[-1] if found else None
        if last and _series(last) == _series(span) and span.start <= last.end + ONE_DAY:
            found[-1] = last._replace(end=max(last.end, span.end))
        else:
            found.append(span)
    return found


def _known_coverage(workspace_id: int, spans: Sequence[CoveredSpan]) -> list[CoveredSpan]:
    if not spans:
        return []
    rows = Coverage.objects.filter(
        workspace_id=workspace_id,
        metric_id__in={span.metric_id for span in spans},
        feed_id__in={span.feed_id for span in spans},
        start__lte=max(span.end for span in spans),
        end__gte=min(span.start for span in spans),
    )
    return [_span_of(row) for row in rows]


def _uncovered(span: CoveredSpan, known: Sequence[CoveredSpan]) -> list[Days]:
    """The days of the span that no known span of its feed and metric says as much about."""
    found: list[Days] = []
    day = span.start
    for other in sorted(known, key=lambda one: one.start):
        same = (other.feed_id, other.metric_id) == (span.feed_id, span.metric_id)
        if not same or other.zero_filled < span.zero_filled or other.end < day:
            continue
        if other.start > span.end:
            break
        if other.start > day:
            found.append(Days(span.metric_id, day, other.start - ONE_DAY))
        day = other.end + ONE_DAY
    if day <= span.end:
        found.append(Days(span.metric_id, day, span.end))
    return found


def mark_campaigns_stale(workspace: Workspace, campaign_ids: Iterable[int]) -> None:
    """Leaves word for the days of these campaigns' facts: their channel is another one now."""
    facts = Fact.objects.filter(workspace=workspace, campaign_id__in=list(campaign_ids))
    days = facts.aggregate(start=Min("day"), end=Max("end"))
    if days["start"] is not None:
        StaleSpan.objects.create(workspace=workspace, metric=None, **days)


def _by_months(spans: Iterable[Days]) -> list[Days]:
    """Joins runs that lie in the same month or in neighbouring ones, metric by metric."""
    found: list[Days] = []
    for _metric, runs in groupby(sorted(spans), key=lambda days: days.metric_id):
        first, *rest = runs
        current = first
        for days in rest:
            if _month(days.start) <= _month(current.end) + 1:
                current = current._replace(end=max(current.end, days.end))
            else:
                found.append(current)
                current = days
        found.append(current)
    return found


def _month(day: date) -> int:
    return day.year * 12 + day.month
