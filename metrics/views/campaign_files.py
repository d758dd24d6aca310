"""Campaigns from a file: read, looked at as a difference, then written."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.campaign_file_page import done_sentence, file_context, shown_rows
from metrics.campaign_import import commit_campaigns, preview_campaigns
from metrics.forms.imports import TableForm
from metrics.imports.importing import ImportRefused
from metrics.models import Batch
from metrics.views.data_pages import data_page, recalculate

A_PAGE = 100


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def campaign_import(request: WorkspaceRequest) -> HttpResponse:
    """A file is chosen: it is read and shown, nothing is written."""
    posted = request.method == "POST"
    form = TableForm(request.POST, request.FILES) if posted else TableForm()
    if posted and form.is_valid():
        name, data = form.content
        batch = preview_campaigns(request.workspace, user=request.user, name=name, data=data)
        return redirect("campaign_file", request.workspace.slug, batch.public_id)
    context = {"nav": "campaigns", "form": form}
    status = 422 if posted else 200
    return data_page(request, "metrics/campaign_import.html", context, status=status)


@require_safe
@workspace_view(Right.WRITE)
def campaign_file(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """One file: what it would do, or what it did."""
    batch = _batch(request, public_id)
    page = Paginator(shown_rows(batch), A_PAGE).get_page(request.GET.get("page"))
    context = {"nav": "campaigns", "page_obj": page, "rows": page.object_list}
    return data_page(request, "metrics/campaign_file.html", context | file_context(batch))


@require_POST
@workspace_view(Right.WRITE)
def campaign_file_commit(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Writes the file's campaigns; a second click finds them written."""
    batch = _batch(request, public_id)
    if batch.state == Batch.State.PREVIEW:
        try:
            done = commit_campaigns(
                batch, user=request.user, now=timezone.now(), partial="partial" in request.POST
            )
        except ImportRefused as refused:
            batch.refresh_from_db(fields=["state"])
            if batch.state == Batch.State.PREVIEW:
                messages.error(request, str(refused))
        else:
            messages.success(request, done_sentence(done))
            recalculate(request, done.changed)
    return redirect("campaign_file", request.workspace.slug, batch.public_id)


@require_POST
@workspace_view(Right.WRITE)
def campaign_file_cancel(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """A file that was only shown is forgotten."""
    batch = _batch(request, public_id)
    if batch.state == Batch.State.PREVIEW:
        batch.delete()
        messages.info(request, _("The file was not imported."))
    return redirect("campaigns", request.workspace.slug)


def _batch(request: WorkspaceRequest, public_id: str) -> Batch:
    return get_object_or_404(
        Batch.objects.select_related("user", "workspace").defer("content"),
        workspace=request.workspace,
        kind=Batch.Kind.PLAN,
        public_id=public_id,
    )
