"""The form of a campaign: a new one, and changing one that two people may have open."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.history import history_of
from metrics.campaign_saving import save_campaign
from metrics.forms.campaigns import CampaignForm, initial_of_campaign
from metrics.models import Campaign
from metrics.typed import Conflict
from metrics.views.conflict import differences, keep_typed
from metrics.views.data_pages import data_page, recalculate, sent


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def campaign_new(request: WorkspaceRequest) -> HttpResponse:
    """Makes a campaign."""
    form = CampaignForm(sent(request), workspace=request.workspace)
    if request.method == "POST":
        return _save(request, form, None)
    return _page(request, form, None)


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def campaign_edit(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Changes a campaign."""
    campaign = get_object_or_404(
        Campaign.objects.select_related("channel", "owner", "outcome"),
        workspace=request.workspace,
        public_id=public_id,
    )
    initial = initial_of_campaign(campaign)
    form = CampaignForm(sent(request), workspace=request.workspace, initial=initial)
    if request.method == "POST":
        return _save(request, form, campaign)
    return _page(request, form, campaign)


def _save(request: WorkspaceRequest, form: CampaignForm, campaign: Campaign | None) -> HttpResponse:
    if not form.is_valid():
        return _page(request, form, campaign, status=422)
    version = form.cleaned_data["version"] if campaign else None
    try:
        saved = save_campaign(
            request.workspace,
            user=request.user,
            campaign=campaign,
            version=version,
            **form.given,
        )
    except ValidationError as refused:
        form.add_error(None, refused)
        return _page(request, form, campaign, status=422)
    except Conflict as conflict:
        return _conflict(request, form, conflict)
    messages.success(request, _("“%(name)s” was saved.") % {"name": saved.name})
    if campaign and campaign.channel_id != saved.channel_id:
        recalculate(request, 1)
    return redirect("campaign", request.workspace.slug, saved.public_id)


def _conflict(request: WorkspaceRequest, form: CampaignForm, conflict: Conflict) -> HttpResponse:
    """409: nothing was saved; saving again replaces what is stored now, or makes it anew."""
    current = conflict.current if isinstance(conflict.current, Campaign) else None
    rows = differences(form, initial_of_campaign(current), form.field_order) if current else []
    keep_typed(form, current.version if current else 0)
    return _page(request, form, current, conflict=True, rows=rows, status=409)


def _page(
    request: WorkspaceRequest,
    form: CampaignForm,
    campaign: Campaign | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    history = history_of(campaign) if campaign else []
    context = {
        "nav": "campaigns",
        "form": form,
        "campaign": campaign,
        "history": history,
        "who": history[0].who if history else "",
        **more,
    }
    return data_page(request, "metrics/campaign_form.html", context, status=status)
