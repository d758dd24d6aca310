"""Typed values: the list, and the form of one value of any span and place."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.spreadsheets import wanted_format
from metrics.entries import Doubts, delete_entry, entry_doubts, save_entry
from metrics.entry_grid import metric_options
from metrics.forms.entries import EntryForm, initial_of_entry
from metrics.grid_saving import ADD, TOTAL
from metrics.models import Entry, Metric
from metrics.page_tables import entry_table
from metrics.periods import local_today
from metrics.typed import Conflict
from metrics.views.conflict import differences, keep_typed
from metrics.views.data_pages import data_page, recalculate, sent

A_PAGE = 50
RELATED = ("metric", "channel", "campaign", "device", "entered_by")


@require_safe
@workspace_view(Right.READ)
def entry_list(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """Every typed value, newest days first."""
    entries = Entry.objects.filter(workspace=request.workspace)
    wanted = request.GET.get("metric", "")
    shown = entries.filter(metric__key=wanted) if wanted else entries
    ordered = shown.select_related(*RELATED).order_by("-end", "-start", "metric__key", "pk")
    if how := wanted_format(request.GET.get("file")):
        return entry_table(ordered).file(how)
    page = Paginator(ordered, A_PAGE).get_page(request.GET.get("page"))
    with_values = Metric.objects.filter(workspace=request.workspace, entries__isnull=False)
    context = {
        "tab": "entries",
        "page_obj": page,
        "wanted": wanted,
        "options": metric_options(with_values.distinct()),
    }
    return data_page(request, "metrics/entry_list.html", context)


@workspace_view(Right.ENTER)
@require_http_methods(["GET", "POST"])
def entry_new(request: WorkspaceRequest) -> HttpResponse:
    """One value for a day or any span, perhaps of one channel, campaign or device."""
    initial = {"metric": request.GET.get("metric", ""), "start": _today(request)}
    form = EntryForm(sent(request), workspace=request.workspace, initial=initial)
    if request.method == "POST":
        return _save(request, form, None)
    return _page(request, form, None)


@workspace_view(Right.ENTER)
@require_http_methods(["GET", "POST"])
def entry_edit(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Changes a typed value."""
    entry = _entry(request, public_id)
    form = EntryForm(
        sent(request),
        workspace=request.workspace,
        entry=entry,
        initial=initial_of_entry(entry),
    )
    if request.method == "POST":
        return _save(request, form, entry)
    return _page(request, form, entry)


@require_POST
@workspace_view(Right.ENTER)
def entry_delete(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Deletes a typed value and its facts."""
    entry = _entry(request, public_id)
    version = request.POST.get("version", "")
    try:
        delete_entry(
            entry, user=request.user, version=int(version) if version.isdecimal() else None
        )
    except Conflict:
        messages.error(request, _("Somebody changed this value meanwhile. It was not deleted."))
        return redirect("entry_edit", request.workspace.slug, public_id)
    messages.success(request, _("The value was deleted."))
    recalculate(request, _days(entry))
    return redirect("entries", request.workspace.slug)


def _entry(request: WorkspaceRequest, public_id: str) -> Entry:
    return get_object_or_404(
        Entry.objects.select_related(*RELATED), workspace=request.workspace, public_id=public_id
    )


def _today(request: WorkspaceRequest) -> Any:
    return local_today(timezone.now(), request.workspace.time_zone)


def _days(entry: Entry) -> int:
    return (entry.end - entry.start).days + 1


def _save(request: WorkspaceRequest, form: EntryForm, entry: Entry | None) -> HttpResponse:
    if not form.is_valid():
        return _page(request, form, entry, status=422)
    doubts, meant = _doubts(request, form, entry), request.POST.get("meant", "")
    settled = meant in (TOTAL, ADD) if doubts.asks else "keep" in request.POST
    if doubts.messages and not settled:
        return _page(request, form, entry, doubts=doubts, status=422)
    addition = doubts.asks and meant == ADD
    entry = None if addition else entry
    days = _days(entry) if entry else 0
    try:
        saved = save_entry(
            request.workspace,
            user=request.user,
            today=_today(request),
            entry=entry,
            version=form.cleaned_data["version"] if entry else None,
            addition=addition,
            **form.given,
        )
    except ValidationError as refused:
        form.add_error(None, refused)
        return _page(request, form, entry, status=422)
    except Conflict as conflict:
        return _conflict(request, form, conflict)
    messages.success(request, _("The value was saved."))
    recalculate(request, days + _days(saved))
    return redirect("entries", request.workspace.slug)


def _doubts(request: WorkspaceRequest, form: EntryForm, entry: Entry | None) -> Doubts:
    given = {name: value for name, value in form.given.items() if name != "note"}
    try:
        return entry_doubts(request.workspace, entry=entry, **given)
    except ValidationError:
        return Doubts([], asks=False)  # saving says what is wrong with the days


def _conflict(request: WorkspaceRequest, form: EntryForm, conflict: Conflict) -> HttpResponse:
    """409: nothing was saved; saving again replaces what is stored now, or adds it anew."""
    current = conflict.current if isinstance(conflict.current, Entry) else None
    rows = differences(form, initial_of_entry(current), form.field_order[1:]) if current else []
    keep_typed(form, current.version if current else 0)
    form.fields["metric"].disabled = current is not None
    return _page(request, form, current, conflict=True, rows=rows, status=409)


def _page(
    request: WorkspaceRequest,
    form: EntryForm,
    entry: Entry | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {"form": form, "entry": entry, **more}
    return data_page(request, "metrics/entry_form.html", context, status=status)
