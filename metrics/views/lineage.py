"""Where a number comes from."""

from collections.abc import Callable
from itertools import chain

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import fmt
from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from accounts.spreadsheets import Format, Table, wanted_format
from metrics.addresses import segment_from, span_from
from metrics.entry_grid import language
from metrics.lineage import A_PAGE, Lineage, lineage
from metrics.lineage_words import gap_texts, rule_text, use_texts
from metrics.models import Metric
from metrics.page_tables import fact_table, input_table
from metrics.periods import Grain, local_today
from metrics.resolution import EVERYTHING
from metrics.rules import calendar_of
from metrics.segment_names import segments_of
from metrics.why_values import Span

MOST_PAGES = 50
"""With more facts than these hold, a file is made on the page that takes values out."""


@require_safe
@workspace_view(Right.READ)
def metric_lineage(request: WorkspaceRequest, key: str) -> HttpResponse | FileResponse:
    """One value: its formula, its inputs, its facts, and who brought them."""
    metric = get_object_or_404(
        Metric.objects.select_related("workspace"), workspace=request.workspace, key=key
    )
    today = local_today(timezone.now(), request.workspace.time_zone)
    try:
        segment = segment_from(request.workspace, request.GET.get("segment", ""))
        calendar = calendar_of(request.workspace)
        span = span_from(request.GET.dict(), calendar)
    except (ValueError, LookupError) as error:
        raise Http404 from error
    if span is None:
        period = calendar.previous(calendar.period_of(today, Grain.MONTH))
        span = period.start, period.end

    def page_of(number: int) -> Lineage:
        return lineage(request.workspace, metric, segment, span, today=today, page=number)

    how = wanted_format(request.GET.get("file"))
    found = page_of(1 if how else _number(request))
    if how and found.pages > MOST_PAGES:
        return _taken_out_elsewhere(request, found, how)
    if how:
        return _table(found, page_of).file(how)
    return render(
        request,
        "metrics/lineage.html",
        {
            "nav": "metrics",
            "metric": metric,
            "found": found,
            "grain": _grain(request, found, span),
            "segment_label": _label(request, found),
            "segment": request.GET.get("segment", ""),
            "rule": rule_text(found),
            "uses": use_texts(found),
            "gaps": gap_texts(found),
            "page_obj": Paginator(range(found.fact_count), A_PAGE).get_page(found.page),
            "may_enter": allows(request.membership.role, Right.ENTER),
        },
    )


def _taken_out_elsewhere(
    request: WorkspaceRequest, found: Lineage, how: Format
) -> HttpResponseRedirect:
    """To the page that takes out any number of facts, filled in as far as this page knows it."""
    text = _("More than %(limit)s facts: choose the feed here, and the file holds all of its.")
    messages.info(request, text % {"limit": fmt.number(MOST_PAGES * A_PAGE, language(), 0)})
    start, end = (day.isoformat() for day in found.span)
    asked = {"start": start, "end": end, "metrics": found.metric.key, "how": how.value}
    address = reverse("fact_export", args=[request.workspace.slug])
    return redirect(f"{address}?{urlencode(asked)}")


def _table(found: Lineage, page_of: Callable[[int], Lineage]) -> Table:
    """What a formula is calculated from, or all facts behind the value."""
    if found.formula:
        return input_table(found.metric, found.inputs)
    further = (line for page in range(2, found.pages + 1) for line in page_of(page).lines)
    return fact_table(found.metric, chain(found.lines, further))


def _number(request: WorkspaceRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 7 else 1


def _grain(request: WorkspaceRequest, found: Lineage, span: Span) -> str:
    """The grain by which the span is named: the asked one, where it is such a period."""
    if span[0] == span[1] and found.grain is not None:
        return str(Grain.DAY)
    return str(found.grain or "")


def _label(request: WorkspaceRequest, found: Lineage) -> str:
    if found.segment == EVERYTHING:
        return ""
    names = segments_of(request.workspace, found.segment.dimension)
    one = names.get(found.segment.segment_id)
    return one.label if one else "?"
