"""One cost that comes back: changed from a day on or as a whole, ended, deleted."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.history import history_of
from accounts.spreadsheets import wanted_file
from metrics.cost_tables import cost_table
from metrics.forms.costs import RecurringForm, initial_of_cost
from metrics.models import RecurringCost
from metrics.periods import local_today
from metrics.recurring_costs import change_from, delete_recurring, next_due, save_recurring
from metrics.typed import Conflict
from metrics.views.conflict import differences, keep_typed
from metrics.views.cost_undo import keep_deleted
from metrics.views.data_pages import data_page, recalculate, sent


@workspace_view(Right.ENTER)
@require_http_methods(["GET", "POST"])
def recurring_cost(request: WorkspaceRequest, public_id: str) -> HttpResponse | FileResponse:
    """Changes it: from a day on, where what was spent stays, or the whole of it."""
    recurring = _recurring(request, public_id)
    if file := wanted_file(request.GET, {"turns": lambda: cost_table(recurring.lines.all())}):
        return file
    today = local_today(timezone.now(), request.workspace.time_zone)
    initial = initial_of_cost(recurring) | {
        "scope": "from",
        "from_day": next_due(recurring, today=today) or today,
    }
    form = RecurringForm(sent(request), workspace=request.workspace, initial=initial)
    if request.method != "POST":
        return _page(request, form, recurring)
    if not form.is_valid():
        return _page(request, form, recurring, status=422)
    try:
        changed = _change(request, form, recurring)
    except ValidationError as refused:
        form.add_error(None, refused)
        return _page(request, form, recurring, status=422)
    except Conflict as conflict:
        return _conflict(request, form, conflict)
    messages.success(request, _("The cost was saved."))
    recalculate(request, _days(recurring) + _days(changed))
    return redirect("costs", request.workspace.slug)


@require_POST
@workspace_view(Right.ENTER)
def recurring_delete(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Deletes it with all of its lines."""
    recurring = _recurring(request, public_id)
    version = request.POST.get("version", "")
    days = _days(recurring)
    try:
        delete_recurring(
            recurring, user=request.user, version=int(version) if version.isdecimal() else None
        )
    except Conflict:
        messages.error(request, _("Somebody changed this cost meanwhile. It was not deleted."))
        return redirect("recurring_cost", request.workspace.slug, public_id)
    keep_deleted(request, recurring)
    messages.success(request, _("The cost was deleted."))
    recalculate(request, days)
    return redirect("costs", request.workspace.slug)


def _recurring(request: WorkspaceRequest, public_id: str) -> RecurringCost:
    found = RecurringCost.objects.select_related("workspace", "channel", "campaign", "entered_by")
    return get_object_or_404(found, workspace=request.workspace, public_id=public_id)


def _days(recurring: RecurringCost) -> int:
    """How many days its lines have."""
    return sum((line.end - line.start).days + 1 for line in recurring.lines.all())


def _change(
    request: WorkspaceRequest, form: RecurringForm, recurring: RecurringCost
) -> RecurringCost:
    given = form.cleaned_data
    today = local_today(timezone.now(), request.workspace.time_zone)
    if given["scope"] == "from":
        return change_from(
            recurring, form.terms, day=given["from_day"], last=given["end"],
            user=request.user, today=today, version=given["version"],
        )  # fmt: skip
    return save_recurring(
        request.workspace, form.terms, user=request.user, start=given["start"],
        last=given["end"], today=today, recurring=recurring, version=given["version"],
    )  # fmt: skip


def _conflict(request: WorkspaceRequest, form: RecurringForm, conflict: Conflict) -> HttpResponse:
    """409: nothing was saved; saving again replaces what is stored now."""
    current = conflict.current
    if not isinstance(current, RecurringCost):
        messages.error(request, _("Somebody deleted this meanwhile. Nothing of yours was saved."))
        return redirect("costs", request.workspace.slug)
    rows = differences(form, initial_of_cost(current), form.field_order)
    keep_typed(form, current.version)
    return _page(request, form, current, conflict=True, rows=rows, status=409)


def _page(
    request: WorkspaceRequest,
    form: RecurringForm,
    recurring: RecurringCost,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    today = local_today(timezone.now(), request.workspace.time_zone)
    context = {
        "form": form,
        "cost": recurring,
        "next": next_due(recurring, today=today),
        "lines": recurring.lines.order_by("-start"),
        "history": history_of(recurring),
        **more,
    }
    return data_page(request, "metrics/recurring_cost.html", context, status=status)
