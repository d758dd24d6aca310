"""Why a metric moved: the page, and its file."""

from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.spreadsheets import asked_format
from metrics.addresses import segment_from
from metrics.models import Dimension, Metric
from metrics.page_tables import why_table
from metrics.periods import Grain, local_today
from metrics.rules import DIMENSION_NAMES
from metrics.why_page import (
    PREVIOUS,
    YEAR,
    Spans,
    WhyPage,
    chosen_spans,
    page_happenings,
    period_choices,
    why_page,
)


@require_safe
@workspace_view(Right.READ)
def why(request: WorkspaceRequest, key: str) -> HttpResponse:
    """What a change is made of, and what happened in those days."""
    metric = get_object_or_404(Metric, workspace=request.workspace, key=key)
    spans, page = _page(request, metric)
    context = {
        "nav": "metrics",
        "metric": metric,
        "spans": spans,
        "page": page,
        "happenings": page_happenings(request.workspace, page) if page else None,
        "query": request.GET.urlencode(),
        **_pickers(request, spans),
    }
    return render(request, "metrics/why.html", context)


@require_safe
@workspace_view(Right.READ)
def why_file(request: WorkspaceRequest, key: str) -> FileResponse:
    """The contributions as a file: machine numbers that add up to the change exactly."""
    metric = get_object_or_404(
        Metric.objects.select_related("workspace"), workspace=request.workspace, key=key
    )
    _spans, page = _page(request, metric)
    return why_table(metric, page).file(asked_format(request.GET.get("file")))


def _page(request: WorkspaceRequest, metric: Metric) -> tuple[Spans | None, WhyPage | None]:
    """The spans and the explanation that the address asks for. 404 for what there is not."""
    today = local_today(timezone.now(), request.workspace.time_zone)
    try:
        spans = chosen_spans(request.workspace, request.GET.dict(), today=today)
        segment = segment_from(request.workspace, request.GET.get("segment", ""))
    except (ValueError, LookupError) as error:
        raise Http404 from error
    if spans is None:
        return None, None
    dimension = _dimension(request)
    return spans, why_page(request.workspace, metric, segment, spans, dimension, today=today)


def _dimension(request: WorkspaceRequest) -> Dimension:
    return DIMENSION_NAMES.get(request.GET.get("by", ""), Dimension.CHANNEL)


def _pickers(request: WorkspaceRequest, spans: Spans | None) -> dict[str, Any]:
    """The options of the page's selects and what is chosen in them."""
    today = local_today(timezone.now(), request.workspace.time_zone)
    grain = spans.grain if spans else Grain.MONTH
    choices = period_choices(request.workspace, grain, today=today)
    start = spans.period.start.isoformat() if spans and spans.period else ""
    if start and start not in dict(choices) and spans and spans.period:
        choices.append((start, spans.period.key))
    against = [(PREVIOUS, _("The period before")), (YEAR, _("The same period a year before"))]
    return {
        "grains": [
            (Grain.DAY, _("Day")),
            (Grain.WEEK, _("Week")),
            (Grain.MONTH, _("Month")),
            (Grain.QUARTER, _("Quarter")),
            (Grain.YEAR, _("Year")),
        ],
        "grain": grain,
        "periods": choices,
        "start": start,
        "againsts": against + [one for one in choices if one[0] != start],
        "against": spans.against if spans else PREVIOUS,
        "dimensions": [(name, one.label) for name, one in DIMENSION_NAMES.items()],
        "by": next(name for name, one in DIMENSION_NAMES.items() if one == _dimension(request)),
        "segment": request.GET.get("segment", ""),
        "own_days": bool(spans and spans.period is None),
    }
