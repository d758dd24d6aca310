"""The list of metrics, and one metric."""

from datetime import date
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from accounts.spreadsheets import Column, Kind, asked_format, table_response, wanted_format
from metrics.definition_page import definition_sections
from metrics.metric_list import shelves
from metrics.metric_page import COMPARISONS, Choice, MetricPage, metric_page
from metrics.models import Dimension, Metric
from metrics.page_tables import metric_list_table
from metrics.periods import Grain, local_today
from metrics.rules import LEDGER_KEYS, calendar_of
from metrics.units import Unit
from metrics.views.counting import feeds_context
from metrics.views.metric_tabs import asked_segment, channel_choices, metric_tabs
from metrics.vocabulary import Vocabulary
from metrics.why_page import why_section

BREAKDOWNS = (Dimension.CHANNEL, Dimension.CAMPAIGN, Dimension.DEVICE)


@require_safe
@workspace_view(Right.READ)
def metric_list(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """The catalogue, by family, with last values."""
    today = local_today(timezone.now(), request.workspace.time_zone)
    wanted = request.GET.get("q", "").strip()[:80]
    everything = request.GET.get("all") == "1" or bool(wanted)
    listed = shelves(request.workspace, today=today, wanted=wanted, empty=everything)
    if how := wanted_format(request.GET.get("file")):
        return metric_list_table(listed).file(how)
    return render(
        request,
        "metrics/metric_list.html",
        {
            "nav": "metrics",
            "tabs": metric_tabs(request, "metrics"),
            "shelves": listed,
            "wanted": wanted,
            "may_enter": allows(request.membership.role, Right.ENTER),
            "may_write": allows(request.membership.role, Right.WRITE),
            "everything": everything,
        },
    )


def asked_choice(request: WorkspaceRequest) -> Choice:
    """What the address asks for; anything unknown is the default."""
    asked = request.GET
    grain = asked.get("grain", "")
    compare = asked.get("compare", "")
    dimension = asked.get("by", "")
    known = {one.name.lower(): one for one in BREAKDOWNS}
    return Choice(
        grain=Grain(grain) if grain in Grain.__members__.values() else Grain.WEEK,
        compare=compare if compare in COMPARISONS else "year",
        segment=asked_segment(request),
        dimension=known.get(dimension, Dimension.CHANNEL),
        smooth=asked.get("smooth") == "on",
    )


def detail_context(request: WorkspaceRequest, page: MetricPage, *, today: date) -> dict[str, Any]:
    """What the page of one metric shows of its numbers; reports/views/metric.py adds to it."""
    metric, language = page.metric, get_language() or "en"
    definition = metric.definition
    return {
        "nav": "metrics",
        "page": page,
        "metric": metric,
        "definition": definition,
        "definition_text": definition.definition(language),
        "note": definition.note(language),
        "pair": page.known.metrics.get(definition.pair or ""),
        "channel": request.GET.get("channel", ""),
        "query": request.GET.urlencode(),
        "enter_url": _enter_url(request, metric),
        "may_enter": allows(request.membership.role, Right.ENTER),
        "may_write": allows(request.membership.role, Right.WRITE),
        **feeds_context(request, page),
        "calendar": calendar_of(request.workspace),
        "dimension_label": Dimension(page.choice.dimension).label,
        **_choices(page.known),
        **why_section(request.workspace, page, today=today),
        **definition_sections(
            request.workspace,
            metric,
            page.lines_period or (page.now.period if page.now else None),
            page.choice.segment,
            today=today,
            behind=page.behind,
            metrics=page.known.metrics,
        ),
    }


def _enter_url(request: WorkspaceRequest, metric: Metric) -> str:
    """Where the metric's values are typed: costs in their ledger, all others in the table."""
    slug = request.workspace.slug
    if metric.key in LEDGER_KEYS:
        return reverse("cost_new", args=[slug])
    return f"{reverse('data', args=[slug])}?{urlencode({'metric': metric.key})}"


def _choices(known: Vocabulary) -> dict[str, Any]:
    """The options of the page's selects."""
    return {
        "grain_choices": [
            {"value": Grain.DAY, "label": _("Day")},
            {"value": Grain.WEEK, "label": _("Week")},
            {"value": Grain.MONTH, "label": _("Month")},
            {"value": Grain.QUARTER, "label": _("Quarter")},
            {"value": Grain.YEAR, "label": _("Year")},
        ],
        "compare_choices": [
            {"value": "year", "label": _("A year before")},
            {"value": "previous", "label": _("The periods before")},
            {"value": "none", "label": _("Nothing")},
        ],
        "channel_choices": channel_choices(known),
        "dimension_choices": [
            {"key": one.name.lower(), "value": one.value, "label": one.label} for one in BREAKDOWNS
        ],
    }


@require_safe
@workspace_view(Right.READ)
def metric_export(request: WorkspaceRequest, key: str) -> FileResponse:
    """The series as a file, one row per period, the oldest first."""
    metric = get_object_or_404(Metric, workspace=request.workspace, key=key)
    today = local_today(timezone.now(), request.workspace.time_zone)
    page = metric_page(request.workspace, metric, asked_choice(request), today=today)
    is_share = metric.definition.unit is Unit.PERCENT
    columns = (
        Column("period"),
        Column("start", Kind.DAY),
        Column("end", Kind.DAY),
        Column(metric.key, Kind.SHARE if is_share else Kind.NUMBER),
        Column("partial", Kind.NUMBER),
        Column("incomplete", Kind.NUMBER),
    )
    rows = (
        (
            row.period.key,
            row.period.start,
            row.period.end,
            row.value,
            int(row.partial),
            int(row.incomplete),
        )
        for row in reversed(page.rows)
    )
    how = asked_format(request.GET.get("file"))
    return table_response(columns, rows, how=how, name=metric.key)
