"""The page on which figures are typed: metrics by periods."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import Right, WorkspaceRequest, require, workspace_view
from accounts.models import Membership
from accounts.spreadsheets import wanted_format
from metrics.entry_grid import GRAINS, Cell, Grid, entry_grid, metric_options, typable
from metrics.grid_choice import chosen_keys
from metrics.grid_saving import MARK, fill, save_cells
from metrics.page_tables import grid_table
from metrics.periods import ONE_DAY, Grain, local_today
from metrics.views.data_pages import data_page, recalculate, until_asked
from metrics.views.grid_session import remember, undoable

MOST_ASKED = 20


Owed = Callable[[Membership], list[str]]
"""Which metrics a member owes: the app above knows it."""


def owes_nothing(membership: Membership) -> list[str]:
    """The metrics that a member owes, where nobody says which."""
    return []


@workspace_view(Right.READ)
@require_http_methods(["GET", "POST"])
def data(request: WorkspaceRequest, owed: Owed = owes_nothing) -> HttpResponse | FileResponse:
    """Shows the last periods; those who may enter values save them here."""
    today = today_of(request)
    grid = grid_asked(request, today, owed)
    if request.method == "GET" and (how := wanted_format(request.GET.get("file"))):
        return grid_table(grid).file(how)
    if request.method == "POST":
        require(request, Right.ENTER)
        return _save(request, grid, today)
    return _page(request, grid, today)


def today_of(request: WorkspaceRequest) -> date:
    """The workspace's day."""
    return local_today(timezone.now(), request.workspace.time_zone)


def grid_asked(request: WorkspaceRequest, today: date, owed: Owed) -> Grid:
    """The table that the address asks for, with the member's own rows."""
    return entry_grid(
        request.workspace,
        grain=grain_asked(request.GET.get("grain", "")),
        until=until_asked(request, today),
        asked=_asked(request),
        today=today,
        only=_only(request),
        chosen=chosen_keys(request.membership),
        owed=owed(request.membership),
    )


def grain_asked(text: str) -> Grain:
    """The length of a period by its name; a week by default."""
    return Grain(text) if text in GRAINS else Grain.WEEK


def _only(request: WorkspaceRequest) -> bool:
    """Whether the address asks for its own metrics and no others."""
    return request.GET.get("only") == "1" and bool(_asked(request))


def _asked(request: WorkspaceRequest) -> list[str]:
    return list(dict.fromkeys(request.GET.getlist("metric")))[:MOST_ASKED]


def _save(request: WorkspaceRequest, grid: Grid, today: date) -> HttpResponse:
    cells = fill(grid, request.POST.dict())
    saved = save_cells(
        request.workspace,
        cells,
        user=request.user,
        today=today,
        keep="keep" in request.POST,
        mark=request.POST.get(MARK, ""),
    )
    if not all(cell.is_well for cell in cells):
        status = 409 if any(cell.conflict for cell in cells) else 422
        return _page(request, grid, today, problems=cells, status=status)
    if saved:
        text = ngettext("%(n)s value saved.", "%(n)s values saved.", len(saved))
        messages.success(request, text % {"n": len(saved)})
        remember(request, saved)
        recalculate(request, sum(one.days for one in saved))
    else:
        messages.info(request, _("Nothing was changed, so nothing was saved."))
    return redirect(request.get_full_path())


def _page(
    request: WorkspaceRequest,
    grid: Grid,
    today: date,
    *,
    problems: list[Cell] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = {row.metric.key for row in grid.rows}
    asked = _asked(request)
    others = [one for one in typable(request.workspace) if one.key not in shown]
    context = {
        "tab": "data",
        "grid": grid,
        "problems": [cell for cell in problems or [] if not cell.is_well],
        "chosen": bool(chosen_keys(request.membership)),
        "to_confirm": any(cell.warnings and not cell.asks for cell in problems or []),
        "options": metric_options(others),
        "asked": asked,
        "until": request.GET.get("until", ""),
        "last_day": min(grid.columns[-1].period.end, today),
        "today": today,
        "query": request.GET.urlencode(),
        "ambiguous": next((cell for cell in problems or [] if cell.asks_mark), None),
        "mark": request.POST.get(MARK, ""),
        "undoable": undoable(request),
        "segments": _segments(request, grid, asked),
        "earlier": _link(request, grid, grid.columns[0].period.start - ONE_DAY, asked),
        "later": _later(request, grid, today, asked),
    }
    return data_page(request, "metrics/data.html", context, status=status)


def _segments(request: WorkspaceRequest, grid: Grid, asked: list[str]) -> list[dict[str, Any]]:
    labels = {Grain.DAY: _("Day"), Grain.WEEK: _("Week"), Grain.MONTH: _("Month")}
    return [
        {
            "label": label,
            "url": _address(request, grain, request.GET.get("until", ""), asked),
            "current": grain == grid.grain,
        }
        for grain, label in labels.items()
    ]


def _later(request: WorkspaceRequest, grid: Grid, today: date, asked: list[str]) -> str:
    """The address of the periods after those shown, the newest at most; empty at the newest."""
    last = grid.columns[-1].period
    if last.end >= today:
        return ""
    span = (last.end - grid.columns[0].period.start).days + 1
    return _link(request, grid, min(last.end + timedelta(days=span), today), asked)


def _link(request: WorkspaceRequest, grid: Grid, until: date, asked: list[str]) -> str:
    return _address(request, grid.grain, until.isoformat(), asked)


def _address(request: WorkspaceRequest, grain: Grain, until: str, asked: list[str]) -> str:
    only = "1" if _only(request) else ""
    chosen = {"grain": grain.value, "until": until, "only": only, "metric": asked}
    query = urlencode({name: value for name, value in chosen.items() if value}, doseq=True)
    return f"{reverse('data', args=[request.workspace.slug])}?{query}"
