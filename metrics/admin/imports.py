"""Files: read, checked, imported and undone on the same path as the workspace's own page."""

from decimal import Decimal
from typing import Any, Self

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from accounts import fmt, fmt_dates
from accounts.access import Right
from accounts.models import Workspace
from accounts.workspace_admin import (
    ReadOnlyAdmin,
    only_workspace,
    person_of,
    workspaces_to_choose,
)
from metrics.admin.facts import facts_view
from metrics.admin.filters import language
from metrics.facts import NotUndoable
from metrics.forms.answers import AnswersForm
from metrics.forms.imports import UploadForm
from metrics.imports.importing import ImportRefused, commit, preview, undo_import
from metrics.imports.instructions import Instructions
from metrics.imports.parsed import ImportOptions
from metrics.models import Batch, Metric
from metrics.periods import local_today

MOST_PROBLEMS = 50
UNDONE_HERE = (Batch.Kind.FILE, Batch.Kind.API)
"""Typed values and costs are changed in their own lists."""


class WorkspaceChoice(forms.Form):
    """The workspace that a file is for."""

    workspace = forms.ModelChoiceField(
        label=lazy("Workspace"), queryset=Workspace.objects.none(), empty_label=None
    )

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """The form with the workspaces in which the person may write."""
        form = cls(request.POST, request.FILES) if request.method == "POST" else cls()
        choices = workspaces_to_choose(request, Right.WRITE)
        field: Any = form.fields["workspace"]
        field.queryset = Workspace.objects.filter(pk__in=[one.pk for one in choices])
        if only := only_workspace(request, Right.WRITE):
            field.widget, field.initial = forms.HiddenInput(), only.pk
        return form


class FileForm(WorkspaceChoice, UploadForm):
    """A file, and the workspace that it is for."""

    field_order = ("workspace", "file", "pasted", "feed")


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    """What came in together."""

    list_display = (
        "file", "kind", "state", "feed", "created", "changed", "same", "user", "received",
    )  # fmt: skip
    list_filter = ("state", "kind", "feed")
    list_select_related = ("workspace", "feed", "user")
    search_fields = ("file_name", "feed__name")
    date_hierarchy = "created_at"

    @admin.display(description=lazy("file"), ordering="file_name")
    def file(self, batch: Batch) -> str:
        """Its name, or how it came."""
        return str(batch)

    @admin.display(description=lazy("received"), ordering="created_at")
    def received(self, batch: Batch) -> str:
        """When, in the workspace's time."""
        return fmt_dates.datetime_label(batch.created_at, batch.workspace.time_zone, language())

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the files' contents; files of campaigns have pages of their own."""
        rows = super().get_queryset(request).exclude(kind=Batch.Kind.PLAN)
        return rows.defer("content")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether the person may import files anywhere."""
        return self._may(request, Right.WRITE)

    def get_urls(self) -> list[URLPattern]:
        """With what can be done to a file."""
        act = self.admin_site.admin_view(self.act_view)
        facts = self.admin_site.admin_view(facts_view)
        return [
            path("facts/", facts, name="metrics_facts"),
            path("<int:pk>/act/", act, name="metrics_batch_act"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A file is chosen: it is read and shown, nothing is written."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = FileForm.of(request)
        if request.method == "POST" and form.is_valid():
            return self._preview(request, form)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import a file"),
            "opts": self.opts,
            "form": form,
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/metrics/batch/new.html", context, status=status)

    def _preview(self, request: HttpRequest, form: FileForm) -> HttpResponseRedirect:
        workspace: Workspace = form.cleaned_data["workspace"]
        name, data = form.content
        batch = preview(
            workspace,
            user=person_of(request),
            name=name,
            data=data,
            options=ImportOptions(),
            today=local_today(timezone.now(), workspace.time_zone),
            feed=form.cleaned_data["feed"],
        )
        return self._to(batch)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What a file would do, or did."""
        batch = self.get_object(request, object_id)
        if batch is None:
            raise Http404
        return self._page(request, batch)

    def _page(
        self, request: HttpRequest, batch: Batch, form: AnswersForm | None = None
    ) -> HttpResponse:
        questions = batch.report.get("questions", [])
        problems = batch.report.get("errors", [])
        waits = batch.state == Batch.State.PREVIEW
        context = {
            **self.admin_site.each_context(request),
            "title": str(batch),
            "subtitle": batch.get_state_display(),
            "opts": self.opts,
            "batch": batch,
            "report": batch.report,
            "sums": self._sums(batch),
            "problems": problems[:MOST_PROBLEMS],
            "more_problems": max(len(problems) - MOST_PROBLEMS, 0),
            "form": form or (AnswersForm(questions) if questions and waits else None),
            "waits": waits,
            "may_undo": batch.state == Batch.State.COMMITTED and batch.kind in UNDONE_HERE,
            "may_write": self._may(request, Right.WRITE, batch),
        }
        return TemplateResponse(
            request,
            "admin/metrics/batch/detail.html",
            context,
            status=422 if form is not None else 200,
        )

    def _sums(self, batch: Batch) -> list[dict[str, str]]:
        sums = batch.report.get("metrics", {})
        metrics = Metric.objects.filter(workspace=batch.workspace_id, key__in=sums)
        currency = batch.workspace.currency
        return [
            {
                "name": one.name,
                "value": fmt.metric_value(
                    Decimal(sums[one.key]), str(one.definition.unit), currency, language()
                ),
            }
            for one in metrics
        ]

    def act_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answers, imports, undoes or forgets a file."""
        batch: Batch | None = self.get_object(request, str(pk))
        if request.method != "POST" or batch is None:
            raise Http404
        if not self._may(request, Right.WRITE, batch):
            raise PermissionDenied
        action = request.POST.get("action", "")
        if action == "answer":
            return self._answer(request, batch)
        if action == "cancel" and batch.state == Batch.State.PREVIEW:
            batch.delete()
            messages.info(request, _("The file was not imported."))
            return redirect("admin:metrics_batch_changelist")
        if action == "undo":
            self._undo(request, batch)
        elif action in {"import", "partial"}:
            self._import(request, batch, partial=action == "partial")
        return self._to(batch)

    def _answer(self, request: HttpRequest, batch: Batch) -> HttpResponse:
        """Reads the file again with the answers to its questions."""
        if batch.state != Batch.State.PREVIEW or batch.content is None:
            return self._to(batch)
        form = AnswersForm(batch.report.get("questions", []), request.POST)
        if not form.is_valid():
            return self._page(request, batch, form)
        instructions = Instructions.from_json(batch.options)
        again = preview(
            batch.workspace,
            user=person_of(request),
            name=instructions.name,
            data=bytes(batch.content),
            options=form.applied_to(instructions.options),
            today=instructions.today,
            feed=instructions.feed,
        )
        batch.delete()
        return self._to(again)

    def _import(self, request: HttpRequest, batch: Batch, *, partial: bool) -> None:
        try:
            done = commit(batch, user=person_of(request), now=timezone.now(), partial=partial)
        except ImportRefused as refused:
            messages.error(request, str(refused))
            return
        written = done.created + done.changed
        text = ngettext("%(n)s value imported.", "%(n)s values imported.", written)
        messages.success(
            request,
            text % {"n": written}
            if written
            else _("Nothing was new: every value of this file is there already."),
        )

    def _undo(self, request: HttpRequest, batch: Batch) -> None:
        try:
            undone = undo_import(batch, user=person_of(request), now=timezone.now())
        except NotUndoable as refused:
            messages.error(request, str(refused))
            return
        text = _("Undone: %(deleted)s values removed, %(restored)s put back.")
        messages.success(request, text % {"deleted": undone.deleted, "restored": undone.restored})

    @staticmethod
    def _to(batch: Batch) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:metrics_batch_change", args=[batch.pk]))
