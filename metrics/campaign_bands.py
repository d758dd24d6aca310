"""Campaigns behind the lines of charts: those that a span and a segment have in common."""

from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import Workspace
from accounts.prepared import Prepared
from metrics import series
from metrics.charts import Band
from metrics.models import Campaign, Dimension

MOST = 6
"""More bands than these would hide the lines."""


def campaign_bands(
    workspace: Workspace, start: date, end: date, *, segment: series.Segment = series.EVERYTHING
) -> list[Band]:
    """The campaigns that run between two days and touch a segment, the earliest first.

    Everything is touched by all, a channel by its own campaigns and those without a channel, a
    campaign by itself. Of many, the latest to begin are drawn.
    """
    if segment.dimension == Dimension.CAMPAIGN:
        latest = _ITSELF.objects(workspace.pk, start, end, segment.segment_id)
    elif segment.dimension == Dimension.CHANNEL:
        latest = _OF_CHANNEL.objects(workspace.pk, start, end, segment.segment_id)
    else:
        latest = _ALL.objects(workspace.pk, start, end)
    return [band_of(one, workspace, end) for one in reversed(latest)]


def _running(workspace: int, start: date, end: date) -> "QuerySet[Campaign]":
    overlapping = Campaign.objects.filter(workspace=workspace, start__lte=end)
    return overlapping.filter(Q(end=None) | Q(end__gte=start)).order_by("-start", "name")


def _itself(workspace: int, start: date, end: date, campaign: int) -> "QuerySet[Campaign]":
    return _running(workspace, start, end).filter(pk=campaign)


def _of_channel(workspace: int, start: date, end: date, channel: int) -> "QuerySet[Campaign]":
    touching = Q(channel=channel) | Q(channel=None)
    return _running(workspace, start, end).filter(touching)[:MOST]


_ALL = Prepared(lambda *asked: _running(*asked)[:MOST], int, date, date)
_ITSELF = Prepared(_itself, int, date, date, int)
_OF_CHANNEL = Prepared(_of_channel, int, date, date, int)


def band_of(campaign: Campaign, workspace: Workspace, last: date) -> Band:
    """A campaign's days; one without a last day reaches to the end of what is drawn."""
    start = campaign.start or last
    return Band(
        start=start,
        end=campaign.end or max(last, start),
        text=campaign.name,
        url=reverse("campaign", args=[workspace.slug, campaign.public_id]),
        is_open=campaign.end is None,
    )
