"""A campaign's page: its pace, what it changed, what it cost and what it brought to objectives."""

from dataclasses import replace

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from accounts.spreadsheets import wanted_file
from metrics.campaign_names import names_of
from metrics.campaign_words import days_words, pace_sentence, paused_sentence, why_no_pace
from metrics.campaign_words import result_sentence as result_of
from metrics.models import Campaign
from metrics.periods import local_today
from metrics.sales_cycle import cycle_of
from metrics.unmerging import merges_of
from reports.campaign_page import campaign_page
from reports.page_tables import campaign_tables


@require_safe
@workspace_view(Right.READ)
def campaign(request: WorkspaceRequest, public_id: str) -> HttpResponse | FileResponse:
    """The page of one campaign."""
    workspace = request.workspace
    found = get_object_or_404(
        Campaign.objects.select_related("channel", "owner", "outcome"),
        workspace=workspace,
        public_id=public_id,
    )
    now = timezone.now()
    today = local_today(now, workspace.time_zone)
    page = campaign_page(workspace, found, today=today, of=request.GET.get("of", ""))
    if file := wanted_file(request.GET, campaign_tables(found, page)):
        return file
    if page.spec is not None:
        address = f"{request.path}?{urlencode({'of': page.of, 'table': 'chart'})}"
        page = replace(page, spec=replace(page.spec, csv_url=address))
    stands = page.standing
    role = request.membership.role
    context = {
        "nav": "campaigns",
        "campaign": found,
        "page": page,
        "standing": stands,
        "left": days_words(stands, today),
        "pace": pace_sentence(stands),
        "paused": paused_sentence(stands),
        "result": result_of(stands),
        "why_no_pace": why_no_pace(stands),
        "names": names_of(found),
        "merges": merges_of(found, now=now),
        "cycle_known": cycle_of(workspace).is_known,
        "may_write": allows(role, Right.WRITE),
        "may_manage": allows(role, Right.MANAGE),
    }
    return render(request, "reports/campaign.html", context)
