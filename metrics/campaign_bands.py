"""Campaigns behind the lines of charts: those that a span and a segment have in common."""

from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import Workspace
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
    found = _touching(workspace, segment).filter(start__lte=end)
    overlapping = found.filter(Q(end=None) | Q(end__gte=start))
    latest = list(overlapping.order_by("-start", "name")[:MOST])
    return [band_of(one, workspace, end) for one in reversed(latest)]


def _touching(workspace: Workspace, segment: series.Segment) -> "QuerySet[Campaign]":
    campaigns = Campaign.objects.filter(workspace=workspace)
    if segment.dimension == Dimension.CAMPAIGN:
        return campaigns.filter(pk=segment.segment_id)
    if segment.dimension == Dimension.CHANNEL:
        return campaigns.filter(Q(channel=segment.segment_id) | Q(channel=None))
    return campaigns


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
