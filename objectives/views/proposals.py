"""What the form of an objective proposes: spans, the unit to type in, where the metric stands."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from accounts import fmt
from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.models import Workspace
from metrics.models import Metric
from metrics.periods import ONE_DAY, Grain, Period, local_today
from metrics.rules import calendar_of
from objectives.forms import ObjectiveForm, as_typed
from objectives.models import Objective
from objectives.suggestions import Suggestion, segment_for, suggestions
from objectives.views.fields import day_of
from objectives.wording import Text, lang

SPANS: Mapping[str, Text] = {
    "this_quarter": lazy("This quarter"),
    "next_quarter": lazy("Next quarter"),
    "this_year": lazy("This year"),
}
PRESETS = (*SPANS, "baseline")
TYPED_IN: Mapping[str, Text] = {
    "seconds": lazy("Type seconds."),
    "milliseconds": lazy("Type milliseconds."),
    "hours": lazy("Type hours."),
    "days": lazy("Type days."),
    "months": lazy("Type months."),
    "years": lazy("Type years."),
}
AN_EXAMPLE = Decimal("0.045")


@workspace_view(Right.WRITE)
@require_GET
def objective_hint(request: WorkspaceRequest) -> HttpResponse:
    """The part of the form that follows the chosen metric."""
    names = ("metric", "segment", "start", "end")
    asked = {name: request.GET.get(name, "") for name in names}
    form = ObjectiveForm(workspace=request.workspace, initial=asked)
    today = local_today(timezone.now(), request.workspace.time_zone)
    return render(request, "objectives/_hint.html", hint(form, today))


def hint(form: ObjectiveForm, today: date) -> dict[str, Any]:
    """What there is to say of the chosen metric; nothing while none is chosen."""
    metric = form.chosen_metric
    if metric is None:
        return {"metric": None}
    unit, currency = str(metric.definition.unit), form.workspace.currency
    return {
        "metric": metric,
        "definition": metric.definition.definition(lang()),
        "unit_hint": _unit_hint(metric, currency),
        "suggestions": [
            (one.label, fmt.metric_value(one.value, unit, currency, lang()))
            for one in _suggested(form, metric, today)
        ],
    }


def _suggested(form: ObjectiveForm, metric: Metric, today: date) -> list[Suggestion]:
    return suggestions(
        form.workspace,
        metric,
        segment_for(form.chosen_segment),
        today=today,
        start=day_of(form["start"].value()),
        end=day_of(form["end"].value()),
    )


def _unit_hint(metric: Metric, currency: str) -> str:
    unit = str(metric.definition.unit)
    if unit == "percent":
        return _("Type percentages, like %(example)s.") % {
            "example": fmt.percent(AN_EXAMPLE, lang())
        }
    if unit in ("money", "money_per_month"):
        return _("Type amounts in %(currency)s.") % {"currency": currency}
    return str(TYPED_IN.get(unit, ""))


def with_preset(
    request: WorkspaceRequest, preset: str, objective: Objective | None = None
) -> ObjectiveForm:
    """The form as it was typed so far, with the proposed dates or baseline in it."""
    today = local_today(timezone.now(), request.workspace.time_zone)
    typed = {name: request.POST.get(name, "") for name in ObjectiveForm.base_fields}
    if preset == "baseline":
        typed |= _proposed_baseline(request.workspace, typed, objective, today)
    else:
        period = period_of(preset, request.workspace, today)
        typed |= {"start": period.start.isoformat(), "end": period.end.isoformat()}
    return ObjectiveForm(workspace=request.workspace, objective=objective, initial=typed)


def _proposed_baseline(
    workspace: Workspace, typed: dict[str, str], objective: Objective | None, today: date
) -> dict[str, str]:
    form = ObjectiveForm(workspace=workspace, objective=objective, initial=typed)
    metric = form.chosen_metric
    found = _suggested(form, metric, today) if metric else []
    if metric is None or not found:
        return {}
    return {"baseline": as_typed(found[0].value, str(metric.definition.unit))}


def period_of(preset: str, workspace: Workspace, today: date) -> Period:
    """The span that a preset stands for, by the workspace's fiscal year."""
    calendar = calendar_of(workspace)
    if preset == "this_year":
        return calendar.period_of(today, Grain.YEAR)
    quarter = calendar.period_of(today, Grain.QUARTER)
    if preset == "next_quarter":
        return calendar.period_of(quarter.end + ONE_DAY, Grain.QUARTER)
    return quarter
