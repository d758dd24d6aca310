"""Cells from a spreadsheet: shown cell by cell before anything is written."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.grid_paste import lay_out
from metrics.grid_saving import MARK
from metrics.grid_words import readings
from metrics.views.data_pages import data_page
from metrics.views.entry_grid import Owed, grid_asked, owes_nothing, today_of


@workspace_view(Right.ENTER)
@require_http_methods(["GET", "POST"])
def grid_paste(request: WorkspaceRequest, owed: Owed = owes_nothing) -> HttpResponse:
    """The form to paste into, and what its text would change; saving is the table's own form."""
    grid = grid_asked(request, today_of(request), owed)
    text, at = request.POST.get("text", ""), request.POST.get("at", "")
    mark = request.POST.get(MARK, "")
    sent = request.method == "POST" and bool(text.strip())
    block = lay_out(request.workspace, grid, text=text, at=at, mark=mark) if sent else None
    context = {
        "tab": "data",
        "grid": grid,
        "pasted": block,
        "readings": readings(block.ambiguous) if block and block.ambiguous else [],
        "text": text,
        "at": at,
        "mark": mark,
        "query": request.GET.urlencode(),
        "in_dialog": request.headers.get("X-Part") == "dialog",
    }
    wanted = "metrics/_paste_preview.html" if context["in_dialog"] else "metrics/paste.html"
    return data_page(request, wanted, context)
