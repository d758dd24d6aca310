"""The page that shows what is known of each metric, period by period, and what is missing."""

from datetime import date
from typing import Any

from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from accounts.spreadsheets import wanted_format
from metrics.coverage_page import (
    GRAINS,
    CoverageCell,
    CoverageRow,
    CoverageTable,
    Known,
    Remedy,
    coverage_table,
)
from metrics.models import Feed
from metrics.page_tables import coverage_rows
from metrics.periods import ONE_DAY, Grain, local_today
from metrics.views.data_pages import data_page, until_asked

WORDS: dict[Known, tuple[str, Promise, str]] = {
    Known.VALUE: ("check", gettext_lazy("Value"), ""),
    Known.ZERO: ("circle-check", gettext_lazy("Zero"), ""),
    Known.PROVISIONAL: ("hourglass", gettext_lazy("Provisional"), "provisional"),
    Known.LATE: ("alert-triangle", gettext_lazy("Late"), "late"),
    Known.MISSING: ("circle-dashed", gettext_lazy("Missing"), "missing"),
    Known.DUE: ("clock", gettext_lazy("Not due yet"), "quiet"),
    Known.UNDEFINED: ("ban", gettext_lazy("Not calculable"), "quiet"),
}
"""The icon, the word and the tone of what is known."""
MEANINGS: dict[Known, Promise] = {
    Known.VALUE: gettext_lazy("every day of the period is known."),
    Known.ZERO: gettext_lazy("every day is known, and they add up to zero."),
    Known.PROVISIONAL: gettext_lazy("there is a value, but days are open or unknown."),
    Known.LATE: gettext_lazy("a feed should have brought these figures by now."),
    Known.MISSING: gettext_lazy("nobody has brought or typed a value."),
    Known.DUE: gettext_lazy("the value is not expected yet."),
    Known.UNDEFINED: gettext_lazy(
        "its parts are known but give no value, such as a rate of nothing."
    ),
}
RIGHTS = {
    Remedy.TYPE: Right.ENTER,
    Remedy.COST: Right.ENTER,
    Remedy.IMPORT: Right.WRITE,
    Remedy.LOOK: Right.READ,
}


@require_safe
@workspace_view(Right.READ)
def coverage(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """Metrics by their last periods: value, zero, provisional, late, missing."""
    today = local_today(timezone.now(), request.workspace.time_zone)
    asked = request.GET.get("grain", "")
    grain = Grain(asked) if asked in GRAINS else Grain.MONTH
    feed = Feed.objects.filter(
        workspace=request.workspace, public_id=request.GET.get("feed", "")[:24]
    ).first()
    table = coverage_table(
        request.workspace,
        grain=grain,
        until=until_asked(request, today),
        today=today,
        feed=feed,
        everything=request.GET.get("all") == "1",
    )
    if how := wanted_format(request.GET.get("file")):
        return coverage_rows(table).file(how)
    context = {
        "tab": "coverage",
        "table": table,
        "feed": feed,
        "everything": request.GET.get("all") == "1",
        "until": request.GET.get("until", ""),
        "columns": list(zip(table.periods, table.ticks, strict=True))[::-1],
        "rows": [(row, _cells(request, row, table.ticks)) for row in table.rows],
        "legend": [(*WORDS[known], MEANINGS[known]) for known in Known],
        "segments": _segments(request, table),
        "earlier": _address(request, until=(table.periods[0].start - ONE_DAY).isoformat()),
        "later": _later(request, table, today),
    }
    return data_page(request, "metrics/coverage.html", context)


def _cells(request: WorkspaceRequest, row: CoverageRow, ticks: list[str]) -> list[dict[str, Any]]:
    """A row's cells, newest first: icon, word and tone, and where to bring what is wanting."""
    found = []
    for cell, tick in zip(row.cells[::-1], ticks[::-1], strict=True):
        icon, word, tone = WORDS[cell.known]
        url = _remedy(request, row, cell) if cell.is_wanting else ""
        found.append(
            {"cell": cell, "tick": tick, "icon": icon, "word": word, "tone": tone, "url": url}
        )
    return found


def _remedy(request: WorkspaceRequest, row: CoverageRow, cell: CoverageCell) -> str:
    """Where the value of a cell is brought in; empty for those who may not."""
    slug, remedy = request.workspace.slug, row.remedy
    if not allows(request.membership.role, RIGHTS[remedy]):
        return ""
    if remedy is Remedy.LOOK:
        return reverse("metric_lineage", args=[slug, row.metric.key])
    if remedy is not Remedy.TYPE:
        return reverse(remedy.value, args=[slug])
    period = cell.period
    query = {"grain": period.grain.value, "until": period.end.isoformat(), "metric": row.metric.key}
    field = f"{row.metric.key}.{period.start.isoformat()}"
    return f"{reverse('data', args=[slug])}?{urlencode(query)}#{field}"


def _segments(request: WorkspaceRequest, table: CoverageTable) -> list[dict[str, Any]]:
    labels = {Grain.WEEK: _("Week"), Grain.MONTH: _("Month")}
    return [
        {
            "label": label,
            "url": _address(request, grain=grain.value),
            "current": grain == table.grain,
        }
        for grain, label in labels.items()
    ]


def _later(request: WorkspaceRequest, table: CoverageTable, today: date) -> str:
    """The address of the periods after those shown; empty at the newest."""
    first, last = table.periods[0], table.periods[-1]
    if last.end >= today:
        return ""
    return _address(request, until=min(last.end + (last.end - first.start), today).isoformat())


def _address(request: WorkspaceRequest, **changed: str) -> str:
    """This page with another period or length, the filters kept."""
    kept = {name: request.GET.get(name, "") for name in ("grain", "until", "feed", "all")}
    query = {name: value for name, value in (kept | changed).items() if value}
    return f"{reverse('coverage', args=[request.workspace.slug])}?{urlencode(query)}"
