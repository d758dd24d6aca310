"""Campaigns: the list, and the names from files that are to be reviewed."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

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
from metrics.campaigns import keep_campaign
from metrics.models import Campaign
from metrics.page_tables import campaign_table
from metrics.periods import local_today
from metrics.unmerging import just_merged
from metrics.views.data_pages import data_page

A_PAGE = 50
TO_REVIEW = 20


@require_safe
@workspace_view(Right.READ)
def campaign_list(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """The campaigns with phase, dates, owner and pace; first the names to be reviewed."""
    workspace = request.workspace
    now = timezone.now()
    today = local_today(now, workspace.time_zone)
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
        "merged": just_merged(workspace, request.GET.get("merged", ""), now=now),
    }
    return data_page(request, "metrics/campaign_list.html", context)


@require_POST
@workspace_view(Right.WRITE)
def campaign_keep(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Says that a name from a file is a campaign of its own."""
    campaign = campaign_asked(request, public_id)
    keep_campaign(campaign)
    message = _("“%(name)s” is a campaign of its own.")
    messages.success(request, message % {"name": campaign.name})
    return redirect("campaigns", request.workspace.slug)


def campaign_asked(request: WorkspaceRequest, public_id: str) -> Campaign:
    """The campaign of an address, or 404."""
    return get_object_or_404(
        Campaign.objects.select_related("channel", "workspace"),
        workspace=request.workspace,
        public_id=public_id,
    )
