"""One cell of the table of figures saved by itself, and the last save taken back."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import fmt
from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics import series
from metrics.entry_grid import Cell, language, one_cell
from metrics.grid_saving import MARK, MEANT, SEEN, TAKE, fill_cells, save_cells
from metrics.grid_undo import take_back
from metrics.grid_words import clock, exact, readings, who_of
from metrics.models import Metric
from metrics.periods import Grain
from metrics.typed import Conflict
from metrics.views.data_pages import recalculate, refresh_quietly
from metrics.views.entry_grid import grain_asked, today_of
from metrics.views.grid_session import forget, remember, undoable

MOST_DERIVED = 40


@require_POST
@workspace_view(Right.ENTER)
def grid_cell(request: WorkspaceRequest) -> HttpResponse:
    """Saves one cell and answers with what stands below it: saved, asked, refused or a conflict."""
    today, posted = today_of(request), request.POST
    grain, name = grain_asked(posted.get("grain", "")), posted.get("cell", "")
    cell = one_cell(request.workspace, name=name, grain=grain, today=today)
    if cell is None:
        text = _("This metric or period can no longer be typed here. Load the page again.")
        return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
    given = {
        cell.name: posted.get("value", ""),
        SEEN + cell.name: posted.get("seen", ""),
        MEANT + cell.name: posted.get("meant", ""),
        TAKE + cell.name: posted.get("take", ""),
    }
    changed = fill_cells([cell], given)
    saved = save_cells(
        request.workspace,
        changed,
        user=request.user,
        today=today,
        keep="keep" in posted,
        mark=posted.get(MARK, ""),
    )
    if not cell.is_well:
        return _answer(request, cell, status=409 if cell.conflict else 422)
    if saved:
        remember(request, saved)
        refresh_quietly(request)
    fresh = one_cell(request.workspace, name=name, grain=grain, today=today)
    derived = _derived(request, cell, grain, today)
    return _answer(request, fresh or cell, saved=bool(saved), derived=derived)


@require_POST
@workspace_view(Right.ENTER)
def grid_undo(request: WorkspaceRequest) -> HttpResponse:
    """Takes the last save back, all of it or nothing."""
    steps = undoable(request)
    forget(request)
    try:
        undone = take_back(request.workspace, steps, user=request.user, today=today_of(request))
    except (Conflict, ValidationError, Metric.DoesNotExist):
        messages.error(
            request, _("A value was changed since. Nothing was taken back: look at it first.")
        )
        return redirect(_back(request))
    if undone:
        text = ngettext(
            "%(n)s value is as it was before.", "%(n)s values are as they were before.", len(undone)
        )
        messages.success(request, text % {"n": len(undone)})
        recalculate(request, sum((one.end - one.start).days + 1 for one in undone))
    return redirect(_back(request))


def _back(request: WorkspaceRequest) -> str:
    """The table as it was shown; only an address of this workspace's table is followed."""
    table = reverse("data", args=[request.workspace.slug])
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if safe and asked.split("?")[0] == table else table


def _derived(
    request: WorkspaceRequest, cell: Cell, grain: Grain, today: date
) -> list[tuple[str, str]]:
    """The derived rows' values in the cell's period: (place in the page, text)."""
    asked = request.POST.get("derived", "").split(",")[:MOST_DERIVED]
    found = {
        one.key: one
        for one in Metric.objects.filter(workspace=request.workspace, key__in=asked)
        if one.definition.formula is not None
    }
    if not found:
        return []
    start = cell.period.start
    known = series.table(request.workspace, list(found), grain, start, start, today=today)
    return [
        (
            f"{key}.{start.isoformat()}",
            fmt.metric_value(
                known[key][-1].value,
                str(metric.definition.unit),
                request.workspace.currency,
                language(),
            ),
        )
        for key, metric in found.items()
    ]


def _answer(
    request: WorkspaceRequest, cell: Cell, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "cell": cell,
        "unit": str(cell.metric.definition.unit),
        "who": who_of(cell),
        "exact": exact(cell),
        "readings": readings(cell) if cell.asks_mark else [],
        "time": clock(timezone.now(), request.workspace),
        "workspace": request.workspace,
        **more,
    }
    return render(request, "metrics/_cell_below.html", context, status=status)
