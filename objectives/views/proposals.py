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
from objectives.forms import ObjectiveForm, as_typed, typed_over
from objectives.models import Kind, Objective
from objectives.outlook import assumed
from objectives.suggestions import Suggestion, proposed_target, segment_for, suggestions
from objectives.views.fields import day_of
from objectives.wording import Format, Text, lang

SPANS: Mapping[str, Text] = {
    "this_quarter": lazy("This quarter"),
    "next_quarter": lazy("Next quarter"),
    "this_year": lazy("This year"),
}
PRESETS = (*SPANS, "baseline", "target")
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
    found = _suggested(form, metric, today)

    def write(value: Decimal) -> str:
        return fmt.metric_value(value, unit, currency, lang())

    return {
        "metric": metric,
        "definition": metric.definition.definition(lang()),
        "unit_hint": _unit_hint(metric, currency),
        "suggestions": [(one.label, write(one.value)) for one in found],
        "target_question": _target_question(metric, found, write),
    }


def _target_question(metric: Metric, found: list[Suggestion], write: Format) -> str:
    """Whether so much more or less would do; empty where there is nothing to start from."""
    proposed = proposed_target(metric, found[0] if found else None)
    if proposed is None:
        return ""
    words = {
        "target": write(proposed.value),
        "change": fmt.signed_percent(proposed.change, lang()),
        "label": proposed.of.label,
    }
    return _("Would a target of %(target)s do? That is %(change)s on: %(label)s.") % words


def _suggested(form: ObjectiveForm, metric: Metric, today: date) -> list[Suggestion]:
    """Where the metric stands; a sum over as many days as the objective will probably run."""
    typed = Objective(
        workspace=form.workspace,
        start=day_of(form["start"].value()),
        end=day_of(form["end"].value()),
    )
    whole = assumed(typed, day=today)
    return suggestions(
        form.workspace,
        metric,
        segment_for(form.chosen_segment),
        today=today,
        start=whole.start,
        end=whole.end,
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
    request: WorkspaceRequest,
    preset: str,
    objective: Objective | None = None,
    *,
    known: Mapping[str, Any] | None = None,
) -> ObjectiveForm:
    """The form as it was typed so far, with the proposed dates, baseline or target in it.

    ``known`` is what a page that asks for some of it has of the rest.
    """
    today = local_today(timezone.now(), request.workspace.time_zone)
    names = [name for name in ObjectiveForm.base_fields if name in request.POST]
    names += [] if known else [name for name in ObjectiveForm.base_fields if name not in names]
    typed = typed_over(known or {}, request.POST, names)
    if preset in SPANS:
        period = period_of(preset, request.workspace, today)
        typed |= {"start": period.start.isoformat(), "end": period.end.isoformat()}
    else:
        typed |= _proposed(preset, request.workspace, typed, objective, today)
    return ObjectiveForm(workspace=request.workspace, objective=objective, initial=typed)


def _proposed(
    preset: str,
    workspace: Workspace,
    typed: Mapping[str, Any],
    objective: Objective | None,
    today: date,
) -> dict[str, str]:
    form = ObjectiveForm(workspace=workspace, objective=objective, initial=dict(typed))
    metric = form.chosen_metric
    found = _suggested(form, metric, today) if metric else []
    if metric is None or not found:
        return {}
    unit = str(metric.definition.unit)
    if preset == "baseline":
        return {"baseline": as_typed(found[0].value, unit)}
    proposed = proposed_target(metric, found[0])
    if proposed is None:
        return {}
    is_fall = proposed.change < 0 and typed.get("kind") == Kind.REACH
    return {"target": as_typed(proposed.value, unit)} | ({"kind": "reduce"} if is_fall else {})


def period_of(preset: str, workspace: Workspace, today: date) -> Period:
    """The span that a preset stands for, by the workspace's fiscal year."""
    calendar = calendar_of(workspace)
    if preset == "this_year":
        return calendar.period_of(today, Grain.YEAR)
    quarter = calendar.period_of(today, Grain.QUARTER)
    if preset == "next_quarter":
        return calendar.period_of(quarter.end + ONE_DAY, Grain.QUARTER)
    return quarter
