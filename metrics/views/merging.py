"""Merging two campaigns, and taking a merge back; each says before what it does."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.campaign_list import campaigns_of, rows_of
from metrics.facts import UNDO_DAYS
from metrics.merging import NotMergeable, merge_campaigns, merge_counts
from metrics.models import Campaign, CampaignMerge
from metrics.unmerging import NotUnmergeable, Unmerged, undo_merge, undoing
from metrics.views.campaigns import campaign_asked
from metrics.views.data_pages import data_page, recalculate


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def campaign_merge(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Asks into which campaign, says what moves, and merges when that is confirmed."""
    source = campaign_asked(request, public_id)
    others = campaigns_of(request.workspace).exclude(pk=source.pk).order_by("name", "pk")
    asked = request.POST if request.method == "POST" else request.GET
    target = others.filter(public_id=asked.get("into", "")).first()
    if request.method == "POST" and target is not None:
        return _merge(request, source, target)
    status = 422 if request.method == "POST" else 200
    return _merge_page(request, source, target, status=status)


def _merge(request: WorkspaceRequest, source: Campaign, target: Campaign) -> HttpResponse:
    try:
        merge = merge_campaigns(source, target=target, user=request.user, now=timezone.now())
    except NotMergeable as refused:
        return _merge_page(request, source, target, error=str(refused), status=422)
    recalculate(request, merge.kept["counts"]["facts"])
    asked = urlencode({"merged": merge.public_id})
    return redirect(f"{reverse('campaigns', args=[request.workspace.slug])}?{asked}")


def _merge_page(
    request: WorkspaceRequest,
    source: Campaign,
    target: Campaign | None,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    others = campaigns_of(request.workspace).exclude(pk=source.pk).order_by("name", "pk")
    context = {
        "nav": "campaigns",
        "source": rows_of([source], workspace=request.workspace)[0],
        "target": rows_of([target], workspace=request.workspace)[0] if target else None,
        "others": others,
        "counts": merge_counts(source),
        "undo_days": UNDO_DAYS,
        "error": error,
        "channel_changes": bool(
            target
            and target.channel_id
            and source.channel_id
            and target.channel_id != source.channel_id
        ),
    }
    return data_page(request, "metrics/campaign_merge.html", context, status=status)


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def campaign_merge_undo(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Says what goes back and what stays, and takes the merge back when that is confirmed."""
    merge = get_object_or_404(CampaignMerge, workspace=request.workspace, public_id=public_id)
    if merge.undone_at is not None:
        return _undone_already(request, merge)
    if request.method == "POST":
        return _undo(request, merge)
    return _undo_page(request, merge)


def _undo(request: WorkspaceRequest, merge: CampaignMerge) -> HttpResponse:
    try:
        done = undo_merge(merge, user=request.user, now=timezone.now())
    except NotUnmergeable as refused:
        merge.refresh_from_db()
        if merge.undone_at is not None:
            return _undone_already(request, merge)
        return _undo_page(request, merge, error=str(refused), status=422)
    text = _("The merge is undone: “%(name)s” has again what it had.")
    messages.success(request, text % {"name": done.campaign.name})
    if stayed := _stayed(done):
        messages.warning(request, stayed)
    recalculate(request, max(done.facts, 1))
    return redirect("campaign", request.workspace.slug, done.campaign.public_id)


def _stayed(done: Unmerged) -> str:
    """What did not go back, in a sentence; empty where all did."""
    count = done.kept + done.changed
    if not count:
        return ""
    text = ngettext(
        "%(n)s value was changed since the merge: it stays as it is, for both campaigns.",
        "%(n)s values were changed since the merge: they stay as they are, for both campaigns.",
        count,
    )
    return text % {"n": count}


def _undone_already(request: WorkspaceRequest, merge: CampaignMerge) -> HttpResponse:
    """A second click, or another tab: nothing happens, and the way leads to the campaign."""
    messages.info(request, _("This merge has been undone already."))
    source = Campaign.objects.filter(workspace=request.workspace, pk=merge.source_id).first()
    if source is None:
        return redirect("campaigns", request.workspace.slug)
    return redirect("campaign", request.workspace.slug, source.public_id)


def _undo_page(
    request: WorkspaceRequest, merge: CampaignMerge, *, error: str = "", status: int = 200
) -> HttpResponse:
    target = Campaign.objects.filter(workspace=request.workspace, pk=merge.target_id).first()
    context = {
        "nav": "campaigns",
        "merge": merge,
        "target": target,
        "counts": undoing(merge),
        "error": error,
    }
    return data_page(request, "metrics/campaign_merge_undo.html", context, status=status)
