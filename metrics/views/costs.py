"""The cost ledger: its lines by category and year, and the form of one line."""

from functools import partial
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
from accounts.history import history_of
from accounts.spreadsheets import wanted_file
from metrics.cost_list import choices_of, cost_lines, recurring_rows, totals_of, wanted_costs
from metrics.cost_sharing import shared_months
from metrics.cost_tables import (
    category_table,
    cost_table,
    month_table,
    recurring_table,
    share_table,
    supplier_table,
)
from metrics.costs import delete_cost, save_cost
from metrics.forms.costs import CostForm, initial_of_cost
from metrics.models import Cost, RecurringCost
from metrics.periods import local_today
from metrics.recurring_costs import save_recurring
from metrics.typed import Conflict
from metrics.views.conflict import differences, keep_typed
from metrics.views.cost_undo import keep_deleted, take_deleted, was_deleted
from metrics.views.data_pages import data_page, recalculate, sent

A_PAGE = 50


@require_safe
@workspace_view(Right.READ)
def cost_list(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """The ledger, with its totals, and what comes back."""
    workspace = request.workspace
    today = local_today(timezone.now(), workspace.time_zone)
    wanted = wanted_costs(workspace, request.GET.dict())
    lines = cost_lines(workspace, wanted)
    totals = totals_of(workspace, wanted, today=today)
    tables = {
        "": partial(cost_table, lines),
        "months": partial(month_table, totals),
        "suppliers": partial(supplier_table, totals),
        "categories": partial(category_table, totals),
        "recurring": partial(recurring_table, RecurringCost.objects.filter(workspace=workspace)),
    }
    if file := wanted_file(request.GET, tables):
        return file
    page = Paginator(lines.select_related("channel", "campaign", "recurring"), A_PAGE)
    context = {
        "tab": "costs",
        "page_obj": page.get_page(request.GET.get("page")),
        "wanted": wanted,
        "choices": choices_of(workspace),
        "totals": totals,
        "recurring": recurring_rows(workspace, today=today),
        "deleted": was_deleted(request),
        "today": today,
    }
    return data_page(request, "metrics/cost_list.html", context)


@workspace_view(Right.ENTER)
@require_http_methods(["GET", "POST"])
def cost_new(request: WorkspaceRequest) -> HttpResponse:
    """Adds a line to the ledger."""
    form = CostForm(sent(request), workspace=request.workspace)
    if request.method == "POST":
        return _save(request, form, None)
    return _page(request, form, None)


@workspace_view(Right.ENTER)
@require_http_methods(["GET", "POST"])
def cost_edit(request: WorkspaceRequest, public_id: str) -> HttpResponse | FileResponse:
    """Changes a line."""
    cost = _cost(request, public_id)
    shares = {"shares": lambda: share_table(cost, shared_months(request.workspace, cost))}
    if file := wanted_file(request.GET, shares):
        return file
    if cost.recurring is not None:
        return redirect("recurring_cost", request.workspace.slug, cost.recurring.public_id)
    form = CostForm(sent(request), workspace=request.workspace, initial=initial_of_cost(cost))
    del form.fields["rhythm"]
    if request.method == "POST":
        return _save(request, form, cost)
    return _page(request, form, cost)


@require_POST
@workspace_view(Right.ENTER)
def cost_delete(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Takes a line out of the ledger."""
    cost = _cost(request, public_id)
    version = request.POST.get("version", "")
    try:
        delete_cost(cost, user=request.user, version=int(version) if version.isdecimal() else None)
    except Conflict:
        messages.error(request, _("Somebody changed this cost meanwhile. It was not deleted."))
        return redirect("cost_edit", request.workspace.slug, public_id)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("costs", request.workspace.slug)
    keep_deleted(request, cost)
    messages.success(request, _("The cost was deleted."))
    recalculate(request, _days(cost))
    return redirect("costs", request.workspace.slug)


@require_POST
@workspace_view(Right.ENTER)
def cost_restore(request: WorkspaceRequest) -> HttpResponse:
    """Adds the cost again that was deleted last, as it was."""
    form = CostForm(take_deleted(request), workspace=request.workspace)
    try:
        days = write_new(request, form) if form.is_valid() else 0
    except ValidationError as refused:
        form.add_error(None, refused)
    if form.errors:
        messages.error(request, _("The deleted cost can no longer be brought back. Add it anew."))
    else:
        messages.success(request, _("The cost is there again."))
        recalculate(request, days)
    return redirect("costs", request.workspace.slug)


def _cost(request: WorkspaceRequest, public_id: str) -> Cost:
    return get_object_or_404(
        Cost.objects.select_related("channel", "campaign", "entered_by", "recurring"),
        workspace=request.workspace,
        public_id=public_id,
    )


def _days(cost: Cost) -> int:
    return (cost.end - cost.start).days + 1


def _save(request: WorkspaceRequest, form: CostForm, cost: Cost | None) -> HttpResponse:
    if not form.is_valid():
        return _page(request, form, cost, status=422)
    try:
        days = _change(request, form, cost) if cost else write_new(request, form)
    except ValidationError as refused:
        form.add_error(None, refused)
        return _page(request, form, cost, status=422)
    except Conflict as conflict:
        return _conflict(request, form, conflict)
    messages.success(request, _("The cost was saved."))
    recalculate(request, days)
    return redirect("costs", request.workspace.slug)


def _change(request: WorkspaceRequest, form: CostForm, cost: Cost) -> int:
    """Changes a line; how many days were touched."""
    days, version = _days(cost), form.cleaned_data["version"]
    saved = save_cost(
        request.workspace, user=request.user, cost=cost, version=version, **form.given
    )
    return days + _days(saved)


def write_new(request: WorkspaceRequest, form: CostForm) -> int:
    """Adds a cost, once or coming back; how many days it touches."""
    if not form.cleaned_data.get("rhythm"):
        return _days(save_cost(request.workspace, user=request.user, **form.given))
    recurring = save_recurring(
        request.workspace,
        form.terms,
        user=request.user,
        start=form.cleaned_data["start"],
        last=form.cleaned_data["end"],
        today=local_today(timezone.now(), request.workspace.time_zone),
    )
    return sum(_days(line) for line in recurring.lines.all())


def _conflict(request: WorkspaceRequest, form: CostForm, conflict: Conflict) -> HttpResponse:
    """409: nothing was saved; saving again replaces what is stored now, or adds it anew."""
    current = conflict.current if isinstance(conflict.current, Cost) else None
    names = [name for name in form.field_order if name in form.fields]
    rows = differences(form, initial_of_cost(current), names) if current else []
    keep_typed(form, current.version if current else 0)
    return _page(request, form, current, conflict=True, rows=rows, status=409)


def _page(
    request: WorkspaceRequest,
    form: CostForm,
    cost: Cost | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    shared = shared_months(request.workspace, cost) if cost else []
    history = history_of(cost) if cost else []
    context = {"form": form, "cost": cost, "shared": shared, "history": history, **more}
    return data_page(request, "metrics/cost_form.html", context, status=status)
