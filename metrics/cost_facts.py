"""The facts of the cost ledger: what its lines come to by day, category, channel and campaign.

A line is spread over its days to the cent, perhaps shared over channels before (`cost_sharing`);
a fact is the sum of the lines of its category, channel and campaign on its day. Facts always
carry a channel and a campaign (−1 where there is none), so that all of them add up to the total.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from accounts.models import User, Workspace
from metrics.cost_sharing import channel_of, days_of, parts_of
from metrics.coverage import CoveredSpan
from metrics.facts import delete_facts, write_facts
from metrics.models import Batch, Cost, Feed, Metric
from metrics.models.dimension import NONE, NOT_SET
from metrics.rules import LEDGER_PREFIX
from metrics.setup import ledger_feed
from metrics.staging import FactKey, FactRow
from metrics.typed import open_batch


class Stretch(NamedTuple):
    """Days of one series of the ledger: category, channel and campaign, −1 for none."""

    category: str
    channel_id: int
    campaign_id: int
    start: date
    end: date


def stretch_of(cost: Cost) -> Stretch:
    """The days, channel and campaign of a line. Without a channel it takes its campaign's."""
    channel_id = channel_of(cost)
    return Stretch(
        category=cost.category,
        channel_id=NOT_SET if channel_id is None else channel_id,
        campaign_id=NOT_SET if cost.campaign_id is None else cost.campaign_id,
        start=cost.start,
        end=cost.end,
    )


def stretches_of(cost: Cost) -> list[Stretch]:
    """The facts that a line is in, and those that it was in if its sharing has ended since."""
    whole = stretch_of(cost)
    channels = {whole.channel_id, *(one.channel_id for one in parts_of(cost))}
    channels |= {int(channel_id) for _start, _end, channel_id, _amount in cost.shares}
    return [whole._replace(channel_id=channel_id) for channel_id in sorted(channels)]


def rewrite(workspace: Workspace, user: User | None, touched: list[Stretch]) -> None:
    """Sets the facts of these stretches to what the ledger says now."""
    feed = ledger_feed(workspace)
    ids = dict(
        Metric.objects.filter(
            workspace=workspace, key__in={f"{LEDGER_PREFIX}{one.category}" for one in touched}
        ).values_list("key", "pk")
    )
    wanted: dict[FactKey, Decimal | None] = {}
    for stretch in touched:
        wanted |= _facts_of(workspace, stretch, ids[f"{LEDGER_PREFIX}{stretch.category}"], feed)
    batch = open_batch(workspace, feed, Batch.Kind.COST, user)
    gone = [key for key, value in wanted.items() if value is None]
    delete_facts(batch, keys=gone, uncovered=list(_uncovered(workspace, touched, ids, feed)))
    rows = [FactRow(*key, value=value) for key, value in wanted.items() if value is not None]
    written = write_facts(batch, rows=rows, coverage=_covered(workspace, touched, ids, feed))
    batch.created, batch.changed, batch.same = written
    batch.save(update_fields=["created", "changed", "same"])


def _facts_of(
    workspace: Workspace, stretch: Stretch, metric_id: int, feed: Feed
) -> dict[FactKey, Decimal | None]:
    """Each day of the stretch with the sum of its lines, None where there is none any more."""
    days = _sums_by_day(workspace, stretch)
    place = (stretch.channel_id, stretch.campaign_id, NONE, NONE, NONE)
    every_day = (date.fromordinal(n) for n in range(*_ordinals(stretch.start, stretch.end)))
    return {FactKey(metric_id, day, feed.pk, *place, day): days.get(day) for day in every_day}


def _sums_by_day(workspace: Workspace, stretch: Stretch) -> dict[date, Decimal]:
    sums: dict[date, Decimal] = {}
    for line in _lines(workspace, stretch):
        for day, channel_id, share in days_of(line):
            if channel_id == stretch.channel_id and stretch.start <= day <= stretch.end:
                sums[day] = sums.get(day, Decimal(0)) + share
    return sums


def _lines(workspace: Workspace, stretch: Stretch) -> Iterable[Cost]:
    """The lines that may bear something of a stretch: of its days, campaign and channel."""
    overlapping = Cost.objects.filter(
        workspace=workspace,
        category=stretch.category,
        start__lte=stretch.end,
        end__gte=stretch.start,
    )
    if stretch.campaign_id == NOT_SET:
        overlapping = overlapping.filter(campaign=None)
    else:
        overlapping = overlapping.filter(campaign_id=stretch.campaign_id)
    nowhere = Q(channel=None, campaign=None) | Q(channel=None, campaign__channel=None)
    if stretch.channel_id == NOT_SET:
        borne = nowhere
    else:
        borne = (
            Q(channel_id=stretch.channel_id)
            | Q(channel=None, campaign__channel_id=stretch.channel_id)
            | nowhere & ~Q(share_by="")
        )
    return overlapping.filter(borne).select_related("campaign")


def _covered(
    workspace: Workspace, touched: list[Stretch], ids: dict[str, int], feed: Feed
) -> list[CoveredSpan]:
    """The stretches that a line of their category still stands for."""
    return [span for span, stretch in _spans(touched, ids, feed) if _stands(workspace, stretch)]


def _uncovered(
    workspace: Workspace, touched: list[Stretch], ids: dict[str, int], feed: Feed
) -> list[CoveredSpan]:
    """The stretches that no line of their category stands for any more."""
    return [span for span, stretch in _spans(touched, ids, feed) if not _stands(workspace, stretch)]


def _spans(
    touched: list[Stretch], ids: dict[str, int], feed: Feed
) -> list[tuple[CoveredSpan, Stretch]]:
    spans = {
        CoveredSpan(feed.pk, ids[f"{LEDGER_PREFIX}{one.category}"], one.start, one.end): one
        for one in touched
    }
    return list(spans.items())


def _stands(workspace: Workspace, stretch: Stretch) -> bool:
    return Cost.objects.filter(
        workspace=workspace,
        category=stretch.category,
        start__lte=stretch.end,
        end__gte=stretch.end,
    ).exists()


def _ordinals(start: date, end: date) -> tuple[int, int]:
    return start.toordinal(), end.toordinal() + 1
