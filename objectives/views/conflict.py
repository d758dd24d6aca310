"""Two people changed one objective: both versions side by side, to keep theirs or mine."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts import fmt
from accounts.access import WorkspaceRequest
from objectives.forms import ObjectiveForm, initial_of
from objectives.models import Objective
from objectives.parts import PARTS, seen
from objectives.views.fields import shown_value

NOT_COMPARED = ("version", "reason")


def conflict_page(
    request: WorkspaceRequest,
    form: ObjectiveForm,
    current: Objective,
    *,
    url: str,
    step: str = "",
) -> HttpResponse:
    """409. Keeping mine sends my values to ``url`` again, now as a change of the stored version.

    Of a ``step`` only its own fields are compared.
    """
    names = [name for name in PARTS.get(step, form.fields) if name != "version"]
    slug = request.workspace.slug
    context = {
        "nav": "objectives",
        "objective": current,
        "url": url,
        "keep_url": url if step else reverse("objective", args=[slug, current.public_id]),
        "seen": seen(current, step) if step else "",
        "rows": differences(form, current, names),
        "kept": [(name, value) for name in names for value in request.POST.getlist(name)],
        "action": request.POST.get("action", ""),
    }
    return render(request, "objectives/objective_conflict.html", context, status=409)


def differences(
    form: ObjectiveForm, current: Objective, names: Iterable[str]
) -> list[tuple[Any, str, str]]:
    """(label, what is stored, what was typed) of each of these fields in which they differ."""
    theirs = ObjectiveForm(workspace=form.workspace, objective=current, initial=initial_of(current))
    compared = [name for name in names if name not in NOT_COMPARED]
    rows = [
        (form.fields[name].label, shown_value(theirs, name), shown_value(form, name))
        for name in compared
    ]
    return [
        (label, stored or fmt.MISSING, typed or fmt.MISSING)
        for label, stored, typed in rows
        if stored != typed
    ]
