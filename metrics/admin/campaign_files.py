"""Campaigns from a file in the administration: on the same path as the workspace's own page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Right
from accounts.workspace_admin import WorkspaceAdmin, person_of, workspaces_with
from metrics.admin.imports import WorkspaceChoice
from metrics.campaign_file_page import done_sentence, file_context, shown_rows
from metrics.campaign_import import commit_campaigns, preview_campaigns
from metrics.forms.imports import TableForm
from metrics.imports.importing import ImportRefused
from metrics.models import Batch


class CampaignFileForm(WorkspaceChoice, TableForm):
    """A file of campaigns, and the workspace that it is for."""

    field_order = ("workspace", "file", "pasted")


class CampaignFilesAdmin(WorkspaceAdmin):
    """A list of campaigns that files can be brought into."""

    def get_urls(self) -> list[URLPattern]:
        """With the pages of a file."""
        wrap = self.admin_site.admin_view
        return [
            path("import/", wrap(self.import_view), name="metrics_campaign_import"),
            path("import/<int:pk>/", wrap(self.file_view), name="metrics_campaign_file"),
            *super().get_urls(),
        ]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """A file is chosen: it is read and shown, nothing is written."""
        if not self._may(request, Right.WRITE):
            raise PermissionDenied
        form = CampaignFileForm.of(request)
        if request.method == "POST" and form.is_valid():
            name, data = form.content
            batch = preview_campaigns(
                form.cleaned_data["workspace"], user=person_of(request), name=name, data=data
            )
            return redirect("admin:metrics_campaign_file", batch.pk)
        return self._campaigns_page(request, "import", _("Import campaigns"), {"form": form})

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a file would do, or did; posting imports or forgets it."""
        batches = Batch.objects.filter(kind=Batch.Kind.PLAN).select_related("workspace", "user")
        ids = workspaces_with(request, Right.WRITE)
        if ids is not None:
            batches = batches.filter(workspace__in=ids)
        batch = batches.defer("content").filter(pk=pk).first()
        if batch is None:
            raise Http404
        if request.method == "POST":
            return self._act(request, batch)
        context = file_context(batch) | {"rows": shown_rows(batch)}
        return self._campaigns_page(request, "file", str(batch), context)

    def _act(self, request: HttpRequest, batch: Batch) -> HttpResponse:
        action = request.POST.get("action", "")
        if action == "cancel" and batch.state == Batch.State.PREVIEW:
            batch.delete()
            messages.info(request, _("The file was not imported."))
            return redirect("admin:metrics_campaign_changelist")
        if action in {"import", "partial"} and batch.state == Batch.State.PREVIEW:
            try:
                done = commit_campaigns(
                    batch, user=person_of(request), now=timezone.now(), partial=action == "partial"
                )
            except ImportRefused as refused:
                messages.error(request, str(refused))
            else:
                messages.success(request, done_sentence(done))
        return redirect("admin:metrics_campaign_file", batch.pk)

    def _campaigns_page(
        self, request: HttpRequest, page: str, title: str, context: dict[str, Any]
    ) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        form: forms.Form | None = context.get("form")
        return TemplateResponse(
            request,
            f"admin/metrics/campaign/{page}.html",
            shared | context,
            status=422 if form is not None and form.is_bound else 200,
        )
