"""The funnel: from visit to customer, over one period."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from accounts import fmt, fmt_dates
from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from accounts.spreadsheets import wanted_format
from metrics.funnel import CANDIDATES, Funnel, check_steps, funnel, funnel_chart
from metrics.models import Metric
from metrics.page_tables import funnel_table
from metrics.periods import FIRST_YEAR, LAST_YEAR, Grain, Period, local_today
from metrics.rules import calendar_of
from metrics.sales_cycle import STAGES, cycle_of
from metrics.views.metric_tabs import asked_segment, channel_choices, metric_tabs
from metrics.vocabulary import Vocabulary

GRAINS = MappingProxyType(
    {
        Grain.WEEK: lazy("Week"),
        Grain.MONTH: lazy("Month"),
        Grain.QUARTER: lazy("Quarter"),
        Grain.YEAR: lazy("Year"),
    }
)


@require_safe
@workspace_view(Right.READ)
def funnel_page(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """The steps of a period with their rates, same-period and cycle-adjusted."""
    today = local_today(timezone.now(), request.workspace.time_zone)
    period, keys, wrong = _period(request, today), _steps(request.GET), ""
    try:
        check_steps(keys)
    except ValueError as error:
        keys, wrong = list(STAGES), str(error)
    found = funnel(
        request.workspace, period, today=today, segment=asked_segment(request), keys=keys
    )
    how = wanted_format(request.GET.get("file"))
    if how and found:
        return funnel_table(found).file(how)
    context = {
        "nav": "metrics",
        "tabs": metric_tabs(request, "funnel"),
        "funnel": found,
        "period": period,
        "grain": str(period.grain),
        "grain_choices": [(grain.value, label) for grain, label in GRAINS.items()],
        "spec": funnel_chart(found, **_titles(found)) if found else None,
        "channel": request.GET.get("channel", ""),
        "channel_choices": channel_choices(Vocabulary(request.workspace)),
        "step_choices": _step_choices(request, keys),
        "wrong": wrong,
        "cycle_known": cycle_of(request.workspace).is_known,
        "may_manage": allows(request.membership.role, Right.MANAGE),
        **_neighbours(request, period, today),
    }
    return render(request, "metrics/funnel.html", context)


def _steps(asked: QueryDict) -> list[str]:
    """The steps that are asked for, in the order of a funnel; those of the sales cycle without."""
    wanted = dict.fromkeys(asked.getlist("step"))
    known = [key for key in CANDIDATES if key in wanted]
    return [*known, *(key for key in wanted if key not in CANDIDATES)] or list(STAGES)


def _period(request: WorkspaceRequest, today: date) -> Period:
    """The period that holds the day asked for; the last whole one without."""
    calendar, asked = calendar_of(request.workspace), request.GET
    grain = Grain(asked["grain"]) if asked.get("grain") in list(GRAINS) else Grain.MONTH
    try:
        day = parse_date(asked.get("on", ""))
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR < day.year < LAST_YEAR or day > today:
        return calendar.previous(calendar.period_of(today, grain))
    return calendar.period_of(day, grain)


def _titles(found: Funnel) -> Mapping[str, str]:
    language = get_language() or "en"
    words = {
        "share": fmt.metric_value(found.through, "percent", "", language),
        "first": found.steps[0].name,
        "last": found.steps[-1].name,
    }
    title = _("%(share)s from %(first)s to %(last)s") % words
    if found.through is None:
        title = _("From %(first)s to %(last)s") % words
    return {"title": title, "subtitle": fmt_dates.date_range(found.start, found.end, language)}


def _step_choices(request: WorkspaceRequest, keys: list[str]) -> list[dict[str, Any]]:
    found = Metric.objects.filter(workspace=request.workspace, key__in=CANDIDATES)
    names = {one.key: one.name for one in found}
    return [
        {"key": key, "label": names[key], "chosen": key in keys}
        for key in CANDIDATES
        if key in names
    ]


def _neighbours(request: WorkspaceRequest, period: Period, today: date) -> dict[str, str]:
    """The addresses of the periods before and after; none after the running one."""
    calendar = calendar_of(request.workspace)
    before, after = calendar.previous(period), calendar.following(period)
    return {
        "earlier": _address(request, before),
        "later": _address(request, after) if after.start < today else "",
    }


def _address(request: WorkspaceRequest, period: Period) -> str:
    query = request.GET.copy()
    query["on"] = period.start.isoformat()
    return f"?{query.urlencode()}"
