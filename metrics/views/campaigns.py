"""Campaigns: the list, the names from files that are to be reviewed, and merging two of them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.spreadsheets import wanted_format
from metrics.campaign_list import (
    campaigns_of,
    in_phase,
    rows_of,
    unmatched,
    with_standings,
    with_twins,
)
from metrics.campaign_pace import Phase
from metrics.campaign_words import PHASES
from metrics.campaigns import NotMergeable, keep_campaign, merge_campaigns, merge_counts
from metrics.models import Campaign
from metrics.page_tables import campaign_table
from metrics.periods import local_today
from metrics.views.data_pages import data_page, recalculate

A_PAGE = 50
TO_REVIEW = 20


@require_safe
@workspace_view(Right.READ)
def campaign_list(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """The campaigns with phase, dates, owner and pace; first the names to be reviewed."""
    workspace = request.workspace
    today = local_today(timezone.now(), workspace.time_zone)
    waiting = unmatched(workspace)
    review = rows_of(waiting[:TO_REVIEW], workspace=workspace)
    asked = request.GET.get("phase", "")
    phase = asked if asked in list(Phase) else ""
    chosen = in_phase(campaigns_of(workspace), phase, today=today)
    if how := wanted_format(request.GET.get("file")):
        every = with_standings(
            rows_of(chosen, workspace=workspace), workspace=workspace, today=today
        )
        return campaign_table(every).file(how)
    page = Paginator(chosen, A_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(page.object_list, workspace=workspace)
    context = {
        "nav": "campaigns",
        "page_obj": page,
        "rows": with_standings(rows, workspace=workspace, today=today),
        "phase": phase,
        "phases": [(one.value, word) for one, (_tone, _icon, word) in PHASES.items()],
        "waiting": waiting.count(),
        "review": with_twins(review, workspace=workspace),
        "today": today,
    }
    return data_page(request, "metrics/campaign_list.html", context)


@require_POST
@workspace_view(Right.WRITE)
def campaign_keep(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Says that a name from a file is a campaign of its own."""
    campaign = _campaign(request, public_id)
    keep_campaign(campaign)
    message = _("“%(name)s” is a campaign of its own.")
    messages.success(request, message % {"name": campaign.name})
    return redirect("campaigns", request.workspace.slug)


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def campaign_merge(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Asks into which campaign, says what moves, and merges when that is confirmed."""
    source = _campaign(request, public_id)
    others = campaigns_of(request.workspace).exclude(pk=source.pk).order_by("name", "pk")
    asked = request.POST if request.method == "POST" else request.GET
    target = others.filter(public_id=asked.get("into", "")).first()
    if request.method == "POST" and target is not None:
        return _merge(request, source, target)
    status = 422 if request.method == "POST" else 200
    return _merge_page(request, source, target, status=status)


def _merge(request: WorkspaceRequest, source: Campaign, target: Campaign) -> HttpResponse:
    name = source.name
    today = local_today(timezone.now(), request.workspace.time_zone)
    try:
        moved = merge_campaigns(source, target=target, user=request.user, today=today)
    except NotMergeable as refused:
        return _merge_page(
            request, _campaign(request, source.public_id), target, error=str(refused), status=422
        )
    message = _("“%(name)s” is “%(target)s” now, also in files that come later.")
    messages.success(request, message % {"name": name, "target": target.name})
    recalculate(request, moved.facts)
    return redirect("campaigns", request.workspace.slug)


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
        "error": error,
        "channel_changes": bool(
            target
            and target.channel_id
            and source.channel_id
            and target.channel_id != source.channel_id
        ),
    }
    return data_page(request, "metrics/campaign_merge.html", context, status=status)


def _campaign(request: WorkspaceRequest, public_id: str) -> Campaign:
    return get_object_or_404(
        Campaign.objects.select_related("channel", "workspace"),
        workspace=request.workspace,
        public_id=public_id,
    )
