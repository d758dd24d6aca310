"""Who brought a fact: the file and its row, the person who typed it, the line of the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import Workspace
from metrics.catalogue.definition import Rollup
from metrics.cost_facts import stretch_of
from metrics.cost_sharing import days_of
from metrics.file_rows import FileRow, rows_in_files
from metrics.lineage_sql import FactLine
from metrics.models import Batch, Campaign, Cost, Dimension, DimensionValue, Entry, Feed, Metric
from metrics.resolution import NONE, NOT_SET
from metrics.rules import LEDGER_PREFIX
from metrics.segment_names import not_set_name, segment_name
from metrics.setup import manual_feed


@dataclass(frozen=True, slots=True)
class CostShare:
    """A line of the cost ledger, and what of it falls on a day."""

    cost: Cost
    share: Decimal


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One fact with its names and its origin.

    `place` are the names of what it is broken down by, with their dimension. `row` is the row of
    the batch's file, `entry` the typed value, `costs` the lines of the ledger that it adds up.
    """

    fact: FactLine
    feed: Feed
    place: tuple[tuple[Dimension, str], ...]
    batch: Batch | None
    row: FileRow | None
    entry: Entry | None
    costs: tuple[CostShare, ...]


@dataclass(frozen=True, slots=True)
class Origins:
    """What the origins of one metric's facts are looked up in."""

    workspace: Workspace
    metric: Metric
    feeds: Mapping[int, Feed]


def origins_of(origins: Origins, facts: Sequence[FactLine]) -> list[SourceLine]:
    """Every fact of a page with its origin; a fixed number of queries."""
    if not facts:
        return []
    names = _names(origins.workspace, facts)
    batches = _batches(origins.workspace, facts)
    rows = rows_in_files(origins.workspace, origins.metric, facts)
    kinds = {origins.feeds[fact.feed_id].kind for fact in facts}
    entries = _entries(origins, facts) if Feed.Kind.MANUAL in kinds else []
    typed = manual_feed(origins.workspace).pk if entries else 0
    costs = _costs(origins, facts) if Feed.Kind.LEDGER in kinds else {}
    return [
        SourceLine(
            fact=fact,
            feed=origins.feeds[fact.feed_id],
            place=_place(fact, names),
            batch=batches.get(fact.batch_id),
            row=rows.get(fact),
            entry=_entry_of(
                fact,
                [one for one in entries if one.is_addition == (fact.feed_id != typed)],
                str(origins.metric.definition.rollup),
            )
            if origins.feeds[fact.feed_id].kind == Feed.Kind.MANUAL
            else None,
            costs=tuple(costs.get((fact.day, fact.channel_id, fact.campaign_id), ()))
            if origins.feeds[fact.feed_id].kind == Feed.Kind.LEDGER
            else (),
        )
        for fact in facts
    ]


Names = Mapping[tuple[int, int], str]


def _names(workspace: Workspace, facts: Iterable[FactLine]) -> Names:
    """What each value of a dimension is called."""
    values: set[int] = set()
    campaigns: set[int] = set()
    for fact in facts:
        values.update((fact.channel_id, fact.device_id, fact.asset_id, fact.audience_id))
        campaigns.add(fact.campaign_id)
    names = {
        (one.dimension, one.pk): segment_name(one)
        for one in DimensionValue.objects.filter(workspace=workspace, pk__in=values)
    }
    found = Campaign.objects.filter(workspace=workspace, pk__in=campaigns)
    return names | {(Dimension.CAMPAIGN, pk): name for pk, name in found.values_list("pk", "name")}


def _place(fact: FactLine, names: Names) -> tuple[tuple[Dimension, str], ...]:
    found = []
    for number, pk in enumerate(fact.dims, start=1):
        if pk != NONE:
            name = not_set_name() if pk == NOT_SET else names.get((number, pk), "?")
            found.append((Dimension(number), name))
    return tuple(found)


def _batches(workspace: Workspace, facts: Iterable[FactLine]) -> dict[int, Batch]:
    ids = {fact.batch_id for fact in facts}
    batches = Batch.objects.filter(workspace=workspace, pk__in=ids)
    return batches.select_related("user").defer("content", "report", "options").in_bulk()


def _entries(origins: Origins, facts: Sequence[FactLine]) -> list[Entry]:
    first, last = min(fact.day for fact in facts), max(fact.end for fact in facts)
    return list(
        Entry.objects.filter(
            workspace=origins.workspace, metric=origins.metric, start__lte=last, end__gte=first
        ).select_related("entered_by")
    )


def _entry_of(fact: FactLine, entries: Iterable[Entry], rollup: str) -> Entry | None:
    """The typed value that a fact was made from."""
    for one in entries:
        place = one.channel_id or NONE, one.campaign_id or NONE, one.device_id or NONE
        if place != fact.dims[:3]:
            continue
        if rollup == Rollup.LAST:
            fits = one.end == fact.day
        elif rollup == Rollup.UNIQUE:
            fits = (one.start, one.end) == (fact.day, fact.end)
        else:
            fits = one.start <= fact.day <= one.end
        if fits:
            return one
    return None


def _costs(
    origins: Origins, facts: Sequence[FactLine]
) -> dict[tuple[date, int, int], list[CostShare]]:
    """The lines of the ledger, by day, channel and campaign of the facts that they are in."""
    wanted = {fact.day for fact in facts}
    found: dict[tuple[date, int, int], list[CostShare]] = {}
    costs = Cost.objects.filter(
        workspace=origins.workspace,
        category=origins.metric.key.removeprefix(LEDGER_PREFIX),
        start__lte=max(wanted),
        end__gte=min(wanted),
    ).select_related("campaign", "entered_by")
    for cost in costs.order_by("start", "pk"):
        campaign_id = stretch_of(cost).campaign_id
        for day, channel_id, share in days_of(cost):
            if day in wanted:
                place = day, channel_id, campaign_id
                found.setdefault(place, []).append(CostShare(cost, share))
    return found
