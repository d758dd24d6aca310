"""What every workspace starts with: the catalogue's metrics, channels, devices and two feeds."""

from django.db import transaction

from accounts.models import Workspace
from metrics.catalogue import CATALOGUE, GOLDEN
from metrics.models import DimensionValue, Feed, Metric
from metrics.segment_names import SHIPPED

MANUAL_FEED = "Manual entry"
LEDGER_FEED = "Costs"
ADDED_FEED = "Manual entry, added"


def install_catalogue(workspace: Workspace) -> None:
    """Adds what the workspace lacks of the catalogue; what it has stays as it is.

    A workspace that has no metric yet also gets the golden KPIs of the catalogue.
    """
    with transaction.atomic():
        _add_metrics(workspace)
        _add_segments(workspace)
        _add_feeds(workspace)


def _add_metrics(workspace: Workspace) -> None:
    known = set(Metric.objects.filter(workspace=workspace).values_list("key", flat=True))
    ranks = {} if known else {key: rank for rank, key in enumerate(GOLDEN, start=1)}
    Metric.objects.bulk_create(
        [
            Metric(workspace=workspace, key=key, golden_rank=ranks.get(key))
            for key in CATALOGUE
            if key not in known
        ],
        ignore_conflicts=True,
    )


def _add_segments(workspace: Workspace) -> None:
    DimensionValue.objects.bulk_create(
        [
            DimensionValue(workspace=workspace, dimension=dimension, key=key)
            for dimension, names in SHIPPED.items()
            for key in names
        ],
        ignore_conflicts=True,
    )


def _add_feeds(workspace: Workspace) -> None:
    for name, kind in ((MANUAL_FEED, Feed.Kind.MANUAL), (LEDGER_FEED, Feed.Kind.LEDGER)):
        if not Feed.objects.filter(workspace=workspace, kind=kind).exists():
            Feed.objects.create(workspace=workspace, name=name, kind=kind, delay_days=0)


def manual_feed(workspace: Workspace) -> Feed:
    """The feed of what people type."""
    return Feed.objects.filter(workspace=workspace, kind=Feed.Kind.MANUAL).order_by("pk")[0]


def addition_feed(workspace: Workspace) -> Feed:
    """The feed of amounts that people add to what is there; made when the first one is.

    Feeds add up, so an amount of its own feed is on top of whatever else was typed.
    """
    found = Feed.objects.filter(workspace=workspace, kind=Feed.Kind.MANUAL).order_by("pk")[1:2]
    if found:
        return found[0]
    feed, _created = Feed.objects.get_or_create(
        workspace=workspace,
        name=ADDED_FEED,
        defaults={"kind": Feed.Kind.MANUAL, "delay_days": 0},
    )
    return feed


def ledger_feed(workspace: Workspace) -> Feed:
    """The feed of the cost ledger."""
    return Feed.objects.filter(workspace=workspace, kind=Feed.Kind.LEDGER).order_by("pk")[0]
