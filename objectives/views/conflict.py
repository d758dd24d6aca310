"""Two people changed one objective: both versions side by side, to keep theirs or mine."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts import fmt
from accounts.access import WorkspaceRequest
from objectives.forms import ObjectiveForm, initial_of
from objectives.models import Objective
from objectives.views.fields import shown_value

NOT_COMPARED = ("version", "reason")


def conflict_page(
    request: WorkspaceRequest, form: ObjectiveForm, current: Objective
) -> HttpResponse:
    """409. Keeping mine sends my values again, now as a change of the stored version."""
    names = [name for name in form.fields if name != "version"]
    context = {
        "nav": "objectives",
        "objective": current,
        "rows": _differences(form, current),
        "kept": [(name, value) for name in names for value in request.POST.getlist(name)],
        "action": request.POST.get("action", ""),
    }
    return render(request, "objectives/objective_conflict.html", context, status=409)


def _differences(form: ObjectiveForm, current: Objective) -> list[tuple[Any, str, str]]:
    """(label, what is stored, what was typed) of each field in which they differ."""
    theirs = ObjectiveForm(workspace=form.workspace, objective=current, initial=initial_of(current))
    compared = [name for name in form.fields if name not in NOT_COMPARED]
    rows = [
        (form.fields[name].label, shown_value(theirs, name), shown_value(form, name))
        for name in compared
    ]
    return [
        (label, stored or fmt.MISSING, typed or fmt.MISSING)
        for label, stored, typed in rows
        if stored != typed
    ]
