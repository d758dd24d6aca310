"""The same person in two lists counts once: what a list says is laid over what earlier ones said.

A list of people, deals or answers arrives as sightings: who (a keyed hash), which metric, when and
where. Those that an earlier list of the same feed counted are not counted again, and days on which
several lists have a share hold all of them. A person reaches a stage once, on the earliest day
known; a deal is as the newest list has it. What another feed counted is left to it.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Max, QuerySet

from accounts.models import Workspace
from accounts.sealing import seal, unseal
from metrics.catalogue import CATALOGUE
from metrics.dimensions import Directory, folded_key
from metrics.imports.parsed import NOT_SET as NOT_SET_NAME
from metrics.imports.parsed import ParsedFact, ParsedFile, Sighting
from metrics.models import (
    Batch,
    Campaign,
    CountedItem,
    Dimension,
    DimensionValue,
    Feed,
    HashingKey,
    Metric,
)
from metrics.models.dimension import NONE, NOT_SET

KEY_BYTES = 32
HASHES_A_QUERY = 5_000
WEIGHTED = "weighted_mean"


class Place(NamedTuple):
    """The day and the folded names under which one metric counts."""

    metric: str
    day: date
    channel: str | None
    campaign: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """The newest row of one metric and hash: `sighting` is None where it counts no longer."""

    feed_id: int | None
    sighting: Sighting | None


@dataclass(slots=True)
class Recount:
    """What a list changes: its facts with those of earlier lists, and the rows to remember.

    `gone` are (metric, hash) of what the list no longer says; `elsewhere` is how many sightings
    another feed counts, `known` how many an earlier list of this feed has already.
    """

    facts: Iterable[ParsedFact] = ()
    new: list[Sighting] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    elsewhere: int = 0
    known: int = 0


def hashing_key(workspace: Workspace) -> bytes:
    """The workspace's secret for hashing people, made on the first call."""
    kept, _created = HashingKey.objects.get_or_create(
        workspace=workspace, defaults={"sealed": seal(secrets.token_hex(KEY_BYTES))}
    )
    return bytes.fromhex(unseal(kept.sealed))


def recount(workspace: Workspace, *, feed: Feed | None, parsed: ParsedFile) -> Recount:
    """Lays a list's sightings over those of earlier lists. Reads only.

    A list without sightings keeps its facts as they are.
    """
    result = Recount()
    if not parsed.sightings:
        result.facts = parsed.facts
        return result
    stored = _stored(workspace, {one.who for one in parsed.sightings} | parsed.seen)
    feed_id = feed.pk if feed else None
    counted = [one for one in _laid_over(parsed, stored, feed_id, result) if one is not None]
    left = _left(parsed, stored, feed_id, counted, result)
    counted += _others(workspace, feed_id, parsed, counted + left)
    result.facts = [*_facts(counted, left), *_stocks(parsed)]
    return result


def _laid_over(
    parsed: ParsedFile,
    stored: Mapping[tuple[str, str], Stored],
    feed_id: int | None,
    result: Recount,
) -> Iterator[Sighting | None]:
    """Each sighting as it counts after the list, None where another feed counts it."""
    for one in parsed.sightings:
        before = stored.get((one.metric, one.who)) if one.who else None
        known = before.sighting if before else None
        if not one.who:
            yield one
        elif before is None or known is None:
            result.new.append(one)
            yield one
        elif before.feed_id != feed_id:
            result.elsewhere += 1
            yield None
        elif (one.who not in parsed.seen and known.day <= one.day) or _is_same(known, one):
            result.known += 1
            yield known
        else:
            result.new.append(one)
            yield one


def _is_same(known: Sighting, one: Sighting) -> bool:
    return _place(known) == _place(one) and known.value == one.value


def _left(
    parsed: ParsedFile,
    stored: Mapping[tuple[str, str], Stored],
    feed_id: int | None,
    counted: Iterable[Sighting],
    result: Recount,
) -> list[Sighting]:
    """Where people and deals of the list counted before and no longer do: moved, or undone."""
    now = {(one.metric, one.who): _place(one) for one in counted if one.who}
    left = []
    for key, before in stored.items():
        if before.sighting is None or before.feed_id != feed_id:
            continue
        if key in now and now[key] != _place(before.sighting):
            left.append(before.sighting)
        elif key not in now and key[1] in parsed.seen:
            result.gone.append(key)
            left.append(before.sighting)
    return left


def _others(
    workspace: Workspace, feed_id: int | None, parsed: ParsedFile, touched: Sequence[Sighting]
) -> list[Sighting]:
    """What earlier lists counted in the same places, of people who are not in this one."""
    if feed_id is None:
        return []
    places = {_place(one) for one in touched}
    mine = {(one.metric, one.who) for one in parsed.sightings if one.who}
    mine |= {(metric, who) for who in parsed.seen for metric in {one.metric for one in places}}
    days = [one.day for one in places]
    rows = CountedItem.objects.filter(
        workspace=workspace,
        batch__feed_id=feed_id,
        metric__key__in={one.metric for one in places},
        day__range=(min(days), max(days)),
    )
    hashes = set(rows.values_list("who", flat=True))
    found = _stored(workspace, hashes)
    return [
        one.sighting
        for key, one in found.items()
        if one.sighting
        and one.feed_id == feed_id
        and key not in mine
        and _place(one.sighting) in places
    ]


def _stored(workspace: Workspace, hashes: Iterable[str]) -> dict[tuple[str, str], Stored]:
    """The newest row of each metric and hash, whichever list brought it."""
    wanted = sorted(one for one in hashes if one)
    rows = [
        row
        for start in range(0, len(wanted), HASHES_A_QUERY)
        for row in CountedItem.objects.filter(
            workspace=workspace, who__in=wanted[start : start + HASHES_A_QUERY]
        )
        .order_by("who", "metric_id", "-pk")
        .distinct("who", "metric_id")
        .values_list(
            "metric__key", "who", "day", "value", "channel_id", "campaign_id", "batch__feed_id"
        )
    ]
    names = _names(workspace, {row[4] for row in rows}, {row[5] for row in rows})
    return {
        (metric, who): Stored(
            feed_id,
            Sighting(
                metric, who, day, value, names[Dimension.CHANNEL, channel],
                names[Dimension.CAMPAIGN, campaign], 0,
            )
            if day
            else None,
        )
        for metric, who, day, value, channel, campaign, feed_id in rows
    }  # fmt: skip


def _names(
    workspace: Workspace, channels: Iterable[int], campaigns: Iterable[int]
) -> Mapping[tuple[int, int], str | None]:
    """The names of channels and campaigns by their ids, as a file would call them."""
    names: dict[tuple[int, int], str | None] = defaultdict(lambda: NOT_SET_NAME)
    for pk, key in DimensionValue.objects.filter(workspace=workspace, pk__in=channels).values_list(
        "pk", "key"
    ):
        names[Dimension.CHANNEL, pk] = key
    for pk, name in Campaign.objects.filter(workspace=workspace, pk__in=campaigns).values_list(
        "pk", "name"
    ):
        names[Dimension.CAMPAIGN, pk] = name
    for dimension in (Dimension.CHANNEL, Dimension.CAMPAIGN):
        names[dimension, NONE], names[dimension, NOT_SET] = None, NOT_SET_NAME
    return names


def _place(one: Sighting) -> Place:
    channel = folded_key(Dimension.CHANNEL, one.channel) if one.channel else None
    campaign = folded_key(Dimension.CAMPAIGN, one.campaign) if one.campaign else None
    return Place(one.metric, one.day, channel, campaign)


def _facts(counted: Iterable[Sighting], left: Iterable[Sighting]) -> Iterator[ParsedFact]:
    """Sums, and means where the metric is one; zero in a place that everyone has left."""
    gathered: dict[Place, list[Sighting]] = defaultdict(list)
    for one in counted:
        gathered[_place(one)].append(one)
    for place, listed in gathered.items():
        value = sum((one.value for one in listed), Decimal(0))
        value = value / len(listed) if _is_mean(place.metric) else value
        yield _fact(listed[0], value)
    for one in left:
        if _place(one) not in gathered and not _is_mean(one.metric):
            gathered[_place(one)] = [one]
            yield _fact(one, Decimal(0))


def _fact(one: Sighting, value: Decimal) -> ParsedFact:
    return ParsedFact(one.row, one.metric, one.day, one.day, value, one.channel, one.campaign)


def _is_mean(metric: str) -> bool:
    return str(CATALOGUE[metric].rollup) == WEIGHTED


def _stocks(parsed: ParsedFile) -> Iterator[ParsedFact]:
    """The facts that no sighting stands behind: what was open or active on a day."""
    sighted = {one.metric for one in parsed.sightings}
    return (fact for fact in parsed.facts if fact.metric not in sighted)


def remember(batch: Batch, recounted: Recount, directory: Directory) -> None:
    """Keeps what a list counted, under its batch."""
    keys = {one.metric for one in recounted.new} | {metric for metric, _who in recounted.gone}
    found = Metric.objects.filter(workspace_id=batch.workspace_id, key__in=keys)
    metrics = dict(found.values_list("key", "pk"))
    items = [
        CountedItem(
            workspace_id=batch.workspace_id,
            batch=batch,
            metric_id=metrics[one.metric],
            who=one.who,
            day=one.day,
            value=one.value,
            channel_id=directory.id_of(Dimension.CHANNEL, one.channel),
            campaign_id=directory.id_of(Dimension.CAMPAIGN, one.campaign),
        )
        for one in recounted.new
    ]
    items += [
        CountedItem(
            workspace_id=batch.workspace_id,
            batch=batch,
            metric_id=metrics[metric],
            who=who,
            value=Decimal(0),
        )
        for metric, who in recounted.gone
    ]
    CountedItem.objects.bulk_create(items, batch_size=HASHES_A_QUERY)


def counted_since(batch: Batch) -> bool:
    """Whether a later list of the feed counts on days on which this one counted."""
    mine = CountedItem.objects.filter(batch=batch, day__isnull=False)
    later = CountedItem.objects.filter(
        workspace_id=batch.workspace_id, batch__feed=batch.feed, pk__gt=_last(mine)
    ).exclude(batch=batch)
    shared = set(mine.values_list("metric_id", "day")) & set(later.values_list("metric_id", "day"))
    return bool(shared) or later.filter(who__in=mine.values("who")).exists()


def _last(items: QuerySet[CountedItem]) -> int:
    return items.aggregate(last=Max("pk"))["last"] or 0


def forget(batch: Batch) -> None:
    """Drops what a list counted: what stood before it holds again."""
    CountedItem.objects.filter(batch=batch).delete()


def move_counted(workspace: Workspace, *, source_id: int, target_id: int) -> list[int]:
    """What was counted for one campaign counts for another; returns the rows' numbers."""
    rows = CountedItem.objects.filter(workspace=workspace, campaign_id=source_id)
    moved = list(rows.order_by("pk").values_list("pk", flat=True))
    rows.update(campaign_id=target_id)
    return moved


def return_counted(
    workspace: Workspace, *, rows: Sequence[int], source_id: int, target_id: int
) -> None:
    """Takes back `move_counted` for the rows that are still there."""
    for start in range(0, len(rows), HASHES_A_QUERY):
        CountedItem.objects.filter(
            workspace=workspace, campaign_id=target_id, pk__in=rows[start : start + HASHES_A_QUERY]
        ).update(campaign_id=source_id)
