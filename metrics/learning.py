"""Learns from what each feed delivered how often and how late it comes; the nights call it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max

from accounts.models import Workspace
from metrics.feeds import KEPT_BY_HAND, follow, learn_again
from metrics.models import Batch, Coverage, Feed, LearnedRhythm
from metrics.periods import local_today
from metrics.rhythm import LATEST, Delivery, Learned, advances, learn

DELIVERED = (Batch.Kind.FILE, Batch.Kind.API)
"""The kinds of batches that are deliveries; typed values, costs and merges are none."""


@dataclass
class LearnedNow:
    """How many feeds say something of their rhythm, and of how many something else is expected."""

    learned: int = 0
    changed: int = 0


def learn_rhythms(workspace: Workspace, *, day: date) -> LearnedNow:
    """Learns every feed's rhythm and delay from what came up to a day. Again: nothing changes."""
    feeds = Feed.objects.filter(workspace=workspace, is_active=True).exclude(kind__in=KEPT_BY_HAND)
    came = deliveries(workspace, feeds, until=day)
    done = LearnedNow()
    for feed in feeds:
        learned = learn(came[feed.pk])
        if learned is not None:
            done.learned += 1
            done.changed += _keep(feed, learned, day=day)
    return done


def learn_anew(feed: Feed, *, day: date) -> Learned | None:
    """Takes back what a person set, and follows what the deliveries say; None while too few."""
    with transaction.atomic():
        learn_again(feed)
        learned = learn(deliveries(feed.workspace, [feed], until=day)[feed.pk])
        if learned is not None:
            _keep(feed, learned, day=day)
    return learned


def deliveries(
    workspace: Workspace, feeds: Iterable[Feed], *, until: date
) -> dict[int, list[Delivery]]:
    """By feed: the days on which its figures came, with the last day they reached."""
    rows = Coverage.objects.filter(
        workspace=workspace,
        feed__in=[feed.pk for feed in feeds],
        batch__kind__in=DELIVERED,
        batch__state=Batch.State.COMMITTED,
        batch__committed_at__isnull=False,
    )
    found: dict[int, list[Delivery]] = defaultdict(list)
    by_batch = rows.values("feed_id", "batch__committed_at").annotate(last=Max("end")).order_by()
    for row in by_batch:
        at = row["batch__committed_at"]
        received = local_today(at, workspace.time_zone) if at else None
        if received and received <= until:
            found[row["feed_id"]].append(Delivery(received, row["last"]))
    return found


def delivery_count(feed: Feed, *, until: date) -> int:
    """How many deliveries that brought later days than before are known, at most `LATEST`."""
    return min(len(advances(deliveries(feed.workspace, [feed], until=until)[feed.pk])), LATEST)


def _keep(feed: Feed, learned: Learned, *, day: date) -> bool:
    LearnedRhythm.objects.update_or_create(
        feed=feed,
        defaults={
            "workspace_id": feed.workspace_id,
            "rhythm": learned.rhythm.value,
            "delay_days": learned.delay_days,
            "skips_weekends": learned.skips_weekends,
            "kept": learned.kept,
            "seen": learned.seen,
            "learned_on": day,
        },
    )
    return follow(feed, learned)
