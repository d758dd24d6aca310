"""What the pages of metrics share: their tabs, and the slice that the address asks for."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import WorkspaceRequest
from metrics import series
from metrics.models import Campaign, Dimension, DimensionValue
from metrics.segment_names import SegmentName
from metrics.vocabulary import Vocabulary


def metric_tabs(request: WorkspaceRequest, current: str) -> list[dict[str, Any]]:
    """The list of metrics, the funnel, the cohorts."""
    labels = {"metrics": _("All metrics"), "funnel": _("Funnel"), "cohorts": _("Cohorts")}
    return [
        {
            "label": label,
            "url": reverse(name, args=[request.workspace.slug]),
            "current": name == current,
        }
        for name, label in labels.items()
    ]


def asked_segment(request: WorkspaceRequest) -> series.Segment:
    """The channel or campaign that the address names; everything without. 404 for no such one."""
    channel, campaign = request.GET.get("channel", ""), request.GET.get("campaign", "")
    if channel:
        found = get_object_or_404(
            DimensionValue, workspace=request.workspace, dimension=Dimension.CHANNEL, key=channel
        )
        return series.Segment(Dimension.CHANNEL, found.pk)
    if campaign:
        chosen = get_object_or_404(Campaign, workspace=request.workspace, public_id=campaign)
        return series.Segment(Dimension.CAMPAIGN, chosen.pk)
    return series.EVERYTHING


def channel_choices(known: Vocabulary) -> list[SegmentName]:
    """The channels to choose from."""
    channels = known.segments(Dimension.CHANNEL)
    return [name for pk, name in channels.items() if pk > 0]
