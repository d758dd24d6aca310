"""Cohorts by month of lead."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from accounts.spreadsheets import wanted_format
from metrics.cohorts import LEADS, OUTCOMES, Cohort, Outcome, cohorts, stages_known
from metrics.models import Metric
from metrics.page_tables import cohort_table
from metrics.periods import local_today
from metrics.sales_cycle import cycle_of, earlier_words
from metrics.views.metric_tabs import asked_segment, channel_choices, metric_tabs
from metrics.vocabulary import Vocabulary


@require_safe
@workspace_view(Right.READ)
def cohort_page(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """What became of the leads of each month, and of which months it is too early to say."""
    workspace = request.workspace
    today = local_today(timezone.now(), workspace.time_zone)
    keys = stages_known(workspace)
    found = cohorts(workspace, today=today, segment=asked_segment(request)) if keys else []
    names = _names(request)
    stage = request.GET.get("stage", "")
    chosen = stage if stage in keys else (keys[-1] if keys else "")
    if how := wanted_format(request.GET.get("file")):
        return cohort_table(found, keys).file(how)
    context = {
        "nav": "metrics",
        "tabs": metric_tabs(request, "cohorts"),
        "cohorts": found,
        "stages": [_stage(request, key, names) for key in keys],
        "unknown": [names[key] for key in OUTCOMES if key not in keys],
        "chosen": chosen,
        "chosen_name": names.get(chosen, ""),
        "ages": range(len(found)),
        "cost_name": _cost_name(request, keys),
        "growth": [_growth(one, chosen, len(found)) for one in found],
        "channel": request.GET.get("channel", ""),
        "channel_choices": channel_choices(Vocabulary(request.workspace)),
        "may_manage": allows(request.membership.role, Right.MANAGE),
    }
    return render(request, "metrics/cohorts.html", context)


def _names(request: WorkspaceRequest) -> dict[str, str]:
    found = Metric.objects.filter(workspace=request.workspace, key__in=[LEADS, *OUTCOMES])
    return {one.key: one.name for one in found}


def _stage(request: WorkspaceRequest, key: str, names: dict[str, str]) -> dict[str, Any]:
    days = cycle_of(request.workspace).known(LEADS, key)
    return {"key": key, "name": names[key], "days": days, "text": earlier_words(days)}


def _cost_name(request: WorkspaceRequest, keys: list[str]) -> str:
    """What the money spent per piece of the last stage is called."""
    names = {"mqls": "cost_per_mql", "sqls": "", "new_customers": "cac"}
    key = names[keys[-1]] if keys else ""
    found = Metric.objects.filter(workspace=request.workspace, key=key).first()
    return found.name if found else _("Cost per SQL")


def _growth(cohort: Cohort, key: str, columns: int) -> tuple[Cohort, Outcome, range]:
    """A cohort, its outcome at the stage that is shown by age, and the ages still to come."""
    outcome = next(one for one in cohort.outcomes if one.key == key)
    return cohort, outcome, range(columns - len(outcome.by_age))
