"""Why a metric moved: the page, and its file."""

import csv
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.addresses import segment_from, segment_text
from metrics.models import Dimension, Metric
from metrics.movement import Part
from metrics.numbers import as_text
from metrics.periods import Grain, local_today
from metrics.resolution import Segment
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
def why_csv(request: WorkspaceRequest, key: str) -> HttpResponse:
    """The contributions as a file: machine numbers that add up to the change exactly."""
    metric = get_object_or_404(Metric, workspace=request.workspace, key=key)
    _spans, page = _page(request, metric)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{metric.key}-why.csv"'
    writer = csv.writer(response)
    writer.writerow(["of", "key", "label", "then", "now", "contribution", "mix", "rate"])
    if page is None:
        return response
    found = page.movement
    names = {number: name for name, number in DIMENSION_NAMES.items()}
    for part in found.segments:
        name = names.get(Dimension(part.key.dimension), "") if part.key.dimension >= 0 else ""
        text = segment_text(request.workspace, part.key) if name else ""
        writer.writerow(["segment", text, part.label, *_numbers(part)])
    for one in found.operands:
        writer.writerow(["operand", one.key, one.label, *_numbers(one)])
    total = [found.then, found.now, found.change]
    writer.writerow(["total", metric.key, metric.name, *map(_number, total), "", ""])
    return response


def _numbers(part: Part[Segment] | Part[str]) -> list[str]:
    return [_number(one) for one in (part.then, part.now, part.amount, part.mix, part.rate)]


def _number(value: Any) -> str:
    return "" if value is None else as_text(value)


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
