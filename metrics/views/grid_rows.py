"""The rows of one's own table of figures: which metrics, in which order."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.entry_grid import metric_options
from metrics.grid_choice import choose, chosen_keys, moved
from metrics.models import Metric
from metrics.rules import LEDGER_KEYS
from metrics.views.data_pages import data_page
from metrics.views.entry_grid import Owed, grid_asked, owes_nothing, today_of


@workspace_view(Right.ENTER)
@require_http_methods(["GET", "POST"])
def grid_rows(request: WorkspaceRequest, owed: Owed = owes_nothing) -> HttpResponse:
    """Shows the member's rows; each button stores them anew."""
    chosen = chosen_keys(request.membership)
    keys = chosen or _shown_keys(request, owed)
    if request.method == "POST":
        choose(request.membership, keys=_changed(request, keys))
        messages.success(request, _("Your rows were saved."))
        return redirect("grid_rows", request.workspace.slug)
    metrics = {
        one.key: one
        for one in Metric.objects.filter(workspace=request.workspace, is_hidden=False)
        if one.key not in LEDGER_KEYS
    }
    context = {
        "tab": "data",
        "rows": [metrics[key] for key in keys if key in metrics],
        "is_own": bool(chosen),
        "options": metric_options(one for key, one in metrics.items() if key not in keys),
    }
    return data_page(request, "metrics/grid_rows.html", context)


def _shown_keys(request: WorkspaceRequest, owed: Owed) -> list[str]:
    return [row.metric.key for row in grid_asked(request, today_of(request), owed).rows]


def _changed(request: WorkspaceRequest, keys: list[str]) -> list[str]:
    """The rows after the button that was pressed."""
    move, _colon, key = request.POST.get("move", "").partition(":")
    if move == "up":
        return moved(keys, key, -1)
    if move == "down":
        return moved(keys, key, 1)
    if move == "remove":
        return [one for one in keys if one != key]
    if move == "default":
        return []
    return [*keys, *request.POST.getlist("metric")]
