"""The cost ledger: its lines by category and year, and the form of one line."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.cost_list import category_totals, cost_lines, years_of
from metrics.cost_sharing import shared_months
from metrics.costs import delete_cost, save_cost
from metrics.forms.costs import CostForm, initial_of_cost
from metrics.models import Cost
from metrics.models.entry import CostCategory
from metrics.typed import Conflict
from metrics.views.conflict import differences, keep_typed
from metrics.views.data_pages import data_page, recalculate, sent

A_PAGE = 50


@require_safe
@workspace_view(Right.READ)
def cost_list(request: WorkspaceRequest) -> HttpResponse:
    """The ledger, with totals by category."""
    years = years_of(request.workspace)
    asked = request.GET.get("year", "")
    year = int(asked) if asked in {str(one) for one in years} else 0
    category = request.GET.get("category", "")
    category = category if category in CostCategory.values else ""
    lines = cost_lines(request.workspace, category=category, year=year)
    totals = category_totals(request.workspace, year=year)
    page = Paginator(lines.select_related("channel", "campaign"), A_PAGE)
    context = {
        "tab": "costs",
        "page_obj": page.get_page(request.GET.get("page")),
        "totals": totals,
        "total": sum(one.amount for one in totals),
        "years": years,
        "year": year,
        "categories": CostCategory.choices,
        "category": category,
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
def cost_edit(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Changes a line."""
    cost = _cost(request, public_id)
    form = CostForm(sent(request), workspace=request.workspace, initial=initial_of_cost(cost))
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
    messages.success(request, _("The cost was deleted."))
    recalculate(request, _days(cost))
    return redirect("costs", request.workspace.slug)


def _cost(request: WorkspaceRequest, public_id: str) -> Cost:
    return get_object_or_404(
        Cost.objects.select_related("channel", "campaign", "entered_by"),
        workspace=request.workspace,
        public_id=public_id,
    )


def _days(cost: Cost) -> int:
    return (cost.end - cost.start).days + 1


def _save(request: WorkspaceRequest, form: CostForm, cost: Cost | None) -> HttpResponse:
    if not form.is_valid():
        return _page(request, form, cost, status=422)
    days = _days(cost) if cost else 0
    try:
        saved = save_cost(
            request.workspace,
            user=request.user,
            cost=cost,
            version=form.cleaned_data["version"] if cost else None,
            **form.given,
        )
    except ValidationError as refused:
        form.add_error(None, refused)
        return _page(request, form, cost, status=422)
    except Conflict as conflict:
        return _conflict(request, form, conflict)
    messages.success(request, _("The cost was saved."))
    recalculate(request, days + _days(saved))
    return redirect("costs", request.workspace.slug)


def _conflict(request: WorkspaceRequest, form: CostForm, conflict: Conflict) -> HttpResponse:
    """409: nothing was saved; saving again replaces what is stored now, or adds it anew."""
    current = conflict.current if isinstance(conflict.current, Cost) else None
    rows = differences(form, initial_of_cost(current), form.field_order) if current else []
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
    context = {"form": form, "cost": cost, "shared": shared, **more}
    return data_page(request, "metrics/cost_form.html", context, status=status)
