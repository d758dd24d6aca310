"""The part of a page that follows what is typed: chart, letters, what contradicts it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.periods import local_today
from objectives.contradiction_wording import contradictions_shown
from objectives.forms import ObjectiveForm, empty_initial, initial_of, typed_over
from objectives.milestones import Milestones
from objectives.models import Objective
from objectives.readiness import pair_of
from objectives.trial import Foretold, Trial, try_out
from objectives.trial_chart import trial_chart
from objectives.trial_wording import assumed_sentence, foretold_sentence, marks
from objectives.views.finding import find_objective

WAITING = "waiting"


@workspace_view(Right.WRITE)
@require_GET
def objective_trial(request: WorkspaceRequest, public_id: str = "") -> HttpResponse:
    """What there is to say of an objective as it is typed; nothing is stored.

    While a page only waits for the forecast, there is no answer until it is there.
    """
    stored = find_objective(request, public_id) if public_id else None
    known = initial_of(stored) if stored else empty_initial(request.membership)
    names = [name for name in ObjectiveForm.base_fields if name in request.GET]
    if "kind" in request.GET:
        names.append("hold")
    form = ObjectiveForm(
        typed_over(known, request.GET, names), workspace=request.workspace, objective=stored
    )
    trial = trial_of(request, form.tried(), stored, form)
    if WAITING in request.GET and trial.foretold is Foretold.COMING:
        return HttpResponse(status=204)
    return render(request, "objectives/_trial.html", trial_context(trial))


def tried(form: ObjectiveForm) -> Objective:
    """The objective as a page's form shows it, sent or not."""
    if form.is_bound:
        return form.tried()
    shown = {name: form[name].value() for name in form.fields}
    values = {name: "" if value is None else value for name, value in shown.items()}
    if not values.get("hold"):
        values.pop("hold", None)
    return ObjectiveForm(values, workspace=form.workspace, objective=form.objective).tried()


def trial_of(
    request: WorkspaceRequest,
    objective: Objective,
    stored: Objective | None,
    form: ObjectiveForm | None = None,
) -> Trial:
    """The trial of an objective today. The forecast follows the metric, the segment and the end."""
    now = timezone.now()
    typed: Milestones | None = form.cleaned_data.get("milestones") if form else None
    return try_out(
        objective,
        today=local_today(now, request.workspace.time_zone),
        now=now,
        is_saved=stored is not None and _asks_for_the_same(objective, stored),
        milestones=typed,
    )


def _asks_for_the_same(objective: Objective, stored: Objective) -> bool:
    columns = ("metric_id", "channel_id", "device_id", "campaign_id", "start", "end")
    return all(getattr(objective, name) == getattr(stored, name) for name in columns)


def trial_context(trial: Trial) -> dict[str, Any]:
    """What the template of the part shows."""
    workspace = trial.objective.workspace
    found = marks(trial)
    definition = trial.objective.metric.definition if trial.objective.metric else None
    return {
        "trial": trial,
        "trial_chart": trial_chart(trial),
        "trial_marks": found,
        "reality": next(one for one in found if one.letter == "A"),
        "foretold_how": foretold_sentence(trial),
        "assumed_dates": assumed_sentence(trial),
        "is_coming": trial.foretold is Foretold.COMING,
        "contradictions": contradictions_shown(trial.contradictions, workspace),
        "misleads": bool(definition and (definition.vanity or definition.after_the_fact)),
        "pair": pair_of(trial.objective),
    }
