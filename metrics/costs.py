"""The cost ledger: the one writer of costs. Its lines become facts of the feed "Costs".

A line is spread over its days to the cent; a fact is the sum of the lines of its category,
channel and campaign on its day. Facts always carry a channel and a campaign (−1 where there is
none), so that all of them add up to the total.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from accounts.models import User, Workspace
from metrics.coverage import CoveredSpan
from metrics.facts import delete_facts, write_facts
from metrics.imports.spreading import CENT
from metrics.models import Batch, Campaign, Cost, DimensionValue, Feed, Metric
from metrics.models.dimension import NONE, NOT_SET
from metrics.periods import spread
from metrics.setup import ledger_feed
from metrics.staging import FactKey, FactRow
from metrics.typed import check_place, check_span, locked_cost, open_batch

LEDGER_PREFIX = "cost_"
"""The metric of a category is called by it."""


class Stretch(NamedTuple):
    """Days of one series of the ledger: category, channel and campaign, −1 for none."""

    category: str
    channel_id: int
    campaign_id: int
    start: date
    end: date


def save_cost(
    workspace: Workspace,
    *,
    user: User | None,
    category: str,
    amount: Decimal,
    start: date,
    end: date,
    supplier: str = "",
    channel: DimensionValue | None = None,
    campaign: Campaign | None = None,
    note: str = "",
    cost: Cost | None = None,
    version: int | None = None,
) -> Cost:
    """Adds a line to the ledger, or changes `cost`, and rewrites the facts that it touches.

    A cost may lie in the future: a subscription is known when it is paid. Raises ValidationError
    with a sentence per field, and Conflict where `version` is given and another one is stored.
    """
    with transaction.atomic():
        stored = locked_cost(cost, version) if cost else Cost(workspace=workspace)
        touched = [stretch_of(stored)] if cost else []
        for name, given in (
            ("category", category), ("amount", amount), ("start", start), ("end", end),
            ("supplier", supplier), ("channel", channel), ("campaign", campaign), ("note", note),
        ):  # fmt: skip
            setattr(stored, name, given)
        check_span(start, end)
        check_place(workspace, channel=channel, campaign=campaign)
        stored.entered_by = user
        stored.version += 1 if cost else 0
        stored.full_clean(exclude=["entered_by"])
        stored.save()
        _rewrite(workspace, user, [*touched, stretch_of(stored)])
    return stored


def delete_cost(cost: Cost, *, user: User | None, version: int | None = None) -> None:
    """Takes a line out of the ledger and rewrites its facts. Raises Conflict as `save_cost`."""
    with transaction.atomic():
        stored = locked_cost(cost, version)
        touched = stretch_of(stored)
        stored.delete()
        _rewrite(stored.workspace, user, [touched])


def follow_campaigns(
    workspace: Workspace, *, user: User | None, former: Mapping[int, int | None]
) -> int:
    """Moves the costs of campaigns that have another channel now, and returns how many lines.

    `former` is the channel that each had before. A line with a channel of its own stays there.
    """
    lines = Cost.objects.filter(workspace=workspace, campaign__in=former, channel=None)
    touched = []
    for line in lines.select_related("campaign"):
        now = stretch_of(line)
        before = former[now.campaign_id]
        touched += [now._replace(channel_id=NOT_SET if before is None else before), now]
    if touched:
        with transaction.atomic():
            _rewrite(workspace, user, touched)
    return len(touched) // 2


def move_costs(
    workspace: Workspace, *, user: User | None, source: Campaign, target: Campaign
) -> int:
    """Gives the costs of one campaign to another, and returns how many lines."""
    touched = []
    with transaction.atomic():
        for line in Cost.objects.select_for_update().filter(workspace=workspace, campaign=source):
            line.campaign = source
            touched.append(stretch_of(line))
            line.campaign, line.version = target, line.version + 1
            line.save(update_fields=["campaign", "version", "updated_at"])
            touched.append(stretch_of(line))
        if touched:
            _rewrite(workspace, user, touched)
    return len(touched) // 2


def stretch_of(cost: Cost) -> Stretch:
    """The facts that a line is in. A line without a channel takes its campaign's."""
    channel_id = cost.channel_id
    if channel_id is None and cost.campaign is not None:
        channel_id = cost.campaign.channel_id
    return Stretch(
        category=cost.category,
        channel_id=NOT_SET if channel_id is None else channel_id,
        campaign_id=NOT_SET if cost.campaign_id is None else cost.campaign_id,
        start=cost.start,
        end=cost.end,
    )


def _rewrite(workspace: Workspace, user: User | None, touched: list[Stretch]) -> None:
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
        for day, share in spread(line.amount, line.start, line.end, quantum=CENT):
            if stretch.start <= day <= stretch.end:
                sums[day] = sums.get(day, Decimal(0)) + share
    return sums


def _lines(workspace: Workspace, stretch: Stretch) -> Iterable[Cost]:
    """The lines of the ledger that share days with a stretch of their series."""
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
    if stretch.channel_id == NOT_SET:
        in_channel = Q(channel=None, campaign=None) | Q(channel=None, campaign__channel=None)
    else:
        in_channel = Q(channel_id=stretch.channel_id) | Q(
            channel=None, campaign__channel_id=stretch.channel_id
        )
    return overlapping.filter(in_channel)


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
    return [
        (CoveredSpan(feed.pk, ids[f"{LEDGER_PREFIX}{one.category}"], one.start, one.end), one)
        for one in touched
    ]


def _stands(workspace: Workspace, stretch: Stretch) -> bool:
    return Cost.objects.filter(
        workspace=workspace,
        category=stretch.category,
        start__lte=stretch.end,
        end__gte=stretch.end,
    ).exists()


def _ordinals(start: date, end: date) -> tuple[int, int]:
    return start.toordinal(), end.toordinal() + 1
