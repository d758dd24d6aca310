"""Writing an objective in five short steps and a summary; the draft is kept after each."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.periods import local_today
from objectives.forms import ObjectiveForm, empty_initial, initial_of, typed_over
from objectives.history import rollup_of
from objectives.life import lessons_for
from objectives.measure import Rollup
from objectives.models import Objective, State
from objectives.objectives import ChangedMeanwhileError, create_objective, update_objective
from objectives.parts import (
    LETTERS,
    NAMES,
    PARTS,
    QUESTIONS,
    STEPS,
    SUMMARY,
    seen,
    step_after,
    step_before,
    step_of,
)
from objectives.proposed_statement import proposed_statement
from objectives.recommended_rules import recommended, subject_of
from objectives.smart import SmartReport, can_start, needs_reason
from objectives.views.conflict import conflict_page, differences
from objectives.views.editing import asked_for
from objectives.views.fields import shown_value
from objectives.views.finding import find_objective
from objectives.views.proposals import PRESETS, SPANS, hint, with_preset
from objectives.views.trying import trial_context, trial_of, tried

FIRST = "specific"


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def objective_new(request: WorkspaceRequest) -> HttpResponse:
    """The first step of a new objective: sending it makes the draft."""
    initial = empty_initial(request.membership)
    if request.method == "GET":
        form = ObjectiveForm(workspace=request.workspace, initial=initial | asked_for(request.GET))
        return _step_page(request, form, FIRST)
    form = ObjectiveForm(_typed(request, initial, FIRST), workspace=request.workspace)
    if not form.is_valid():
        return _step_page(request, form, FIRST)
    try:
        draft = create_objective(request.workspace, user=request.user, wanted=form.wanted())
    except ValidationError as error:
        form.add_problems(error)
        return _step_page(request, form, FIRST)
    audit.record(request, "objective.created", workspace=request.workspace, obj=draft)
    return _onward(request, draft, FIRST)


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def objective_step(request: WorkspaceRequest, public_id: str, step: str) -> HttpResponse:
    """One step of a draft. What has started is changed on one page, with a reason."""
    draft = find_objective(request, public_id)
    if step not in STEPS:
        raise Http404
    if draft.state != State.DRAFT:
        return redirect("objective_edit", request.workspace.slug, public_id)
    if step == SUMMARY:
        return _summary(request, draft)
    if request.method == "GET":
        return _step_page(request, _form_of(request, draft), step, draft)
    preset = request.POST.get("preset", "")
    if preset in PRESETS and not (preset in SPANS and step == "achievable"):
        form = with_preset(request, preset, draft, known=initial_of(draft))
        return _step_page(request, form, step, draft)
    typed = _typed(request, initial_of(draft), step)
    if preset in SPANS:
        chosen = with_preset(request, preset, draft, known=initial_of(draft))
        typed |= {name: chosen.initial[name] for name in ("start", "end")}
    form = ObjectiveForm(typed, workspace=request.workspace, objective=draft)
    if not form.is_valid():
        return _step_page(request, form, step, draft)
    return _save(request, draft, form, step)


def _form_of(request: WorkspaceRequest, draft: Objective) -> ObjectiveForm:
    return ObjectiveForm(workspace=request.workspace, objective=draft, initial=initial_of(draft))


def _typed(request: WorkspaceRequest, known: dict[str, Any], step: str) -> dict[str, Any]:
    """What was typed in a step over what is known; a draft may go by its metric's name."""
    typed = typed_over(known, request.POST, PARTS[step])
    if step == FIRST and not str(typed["statement"]).strip():
        form = ObjectiveForm(workspace=request.workspace, initial=typed)
        typed["statement"] = form.chosen_metric.name if form.chosen_metric else ""
    return typed


def _save(
    request: WorkspaceRequest, draft: Objective, form: ObjectiveForm, step: str
) -> HttpResponse:
    """Saves one step over what the other steps have become since the page was made."""
    slug = request.workspace.slug
    url = reverse("objective_step", args=[slug, draft.public_id, step])
    if request.POST.get("seen", "") != seen(draft, step):
        if differences(form, draft, PARTS[step]):
            return conflict_page(request, form, draft, url=url, step=step)
        return _onward(request, draft, step)
    wanted = form.wanted()
    if step != FIRST:
        wanted.owner, wanted.statement = draft.owner, draft.statement
    try:
        saved = update_objective(draft, user=request.user, wanted=wanted, version=draft.version)
    except ChangedMeanwhileError as conflict:
        return conflict_page(request, form, conflict.current, url=url, step=step)
    except ValidationError as error:
        form.add_problems(error)
        return _step_page(request, form, step, draft)
    audit.record(request, "objective.changed", workspace=request.workspace, obj=saved)
    return _onward(request, saved, step)


def _onward(request: WorkspaceRequest, draft: Objective, step: str) -> HttpResponse:
    """To the next step, or where the button says."""
    if request.POST.get("preset") in SPANS:
        following = step
    elif request.POST.get("go") == SUMMARY:
        following = SUMMARY
    else:
        following = step_after(step)
    return redirect("objective_step", request.workspace.slug, draft.public_id, following)


def _step_page(
    request: WorkspaceRequest, form: ObjectiveForm, step: str, draft: Objective | None = None
) -> HttpResponse:
    today = local_today(timezone.now(), request.workspace.time_zone)
    trial = trial_of(request, tried(form), draft)
    slug = request.workspace.slug
    back = step_before(step) if draft else ""
    context = {
        **trial_context(trial),
        **hint(form, today),
        "nav": "objectives",
        "form": form,
        "objective": draft,
        "step": step,
        "question": QUESTIONS[step],
        "part": f"objectives/_part_{step}.html",
        "seen": seen(draft, step) if draft else "",
        "lessons": lessons_for(draft) if draft and step == "achievable" else [],
        "presets": SPANS.items(),
        "steps": _steps(slug, draft, step, _states(trial.report)),
        "back_url": reverse("objective_step", args=[slug, draft.public_id, back])
        if draft and back
        else "",
        "trial_url": reverse("objective_trial", args=[slug, draft.public_id])
        if draft
        else reverse("objective_new_trial", args=[slug]),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "objectives/objective_step.html", context, status=status)


def _states(report: SmartReport) -> dict[str, str]:
    """How each letter stands."""
    return {one.letter: one.state.value for one in report.letters}


def _steps(
    slug: str, draft: Objective | None, current: str, states: dict[str, str]
) -> list[dict[str, Any]]:
    """The steps to go to, with how the draft stands at each."""
    return [
        {
            "label": NAMES[step],
            "letter": LETTERS.get(step, ""),
            "current": step == current,
            "state": states.get(LETTERS.get(step, ""), "") if draft else "",
            "url": reverse("objective_step", args=[slug, draft.public_id, step]) if draft else "",
        }
        for step in STEPS
    ]


# The summary


def _summary(request: WorkspaceRequest, draft: Objective) -> HttpResponse:
    """Everything once more: what it says, what was found, and what starting takes."""
    if request.method == "POST":
        return _take_wording(request, draft)
    trial = trial_of(request, draft, draft)
    form = _form_of(request, draft)
    slug = request.workspace.slug
    context = {
        **trial_context(trial),
        "nav": "objectives",
        "objective": draft,
        "step": SUMMARY,
        "question": QUESTIONS[SUMMARY],
        "steps": _steps(slug, draft, SUMMARY, _states(trial.report)),
        "rows": _rows(form, slug, draft),
        "wording": _wording(draft),
        "may_write": True,
        "may_start": can_start(trial.report),
        "recommended": recommended(
            subject_of(draft), today=local_today(timezone.now(), request.workspace.time_zone)
        ),
        "needs_reason": needs_reason(trial.report),
        "trial_url": reverse("objective_trial", args=[slug, draft.public_id]),
        "back_url": reverse("objective_step", args=[slug, draft.public_id, "time"]),
    }
    return render(request, "objectives/objective_summary.html", context)


def _rows(form: ObjectiveForm, slug: str, draft: Objective) -> list[dict[str, Any]]:
    """What was answered at each step, with the way back to it; without what plays no part."""
    idle = set() if draft.hold else {"hold"}
    if draft.kind not in ("above", "below", "between"):
        idle.add("required_share")
    if draft.metric is None or rollup_of(draft.metric) is not Rollup.RATE:
        idle.add("over")
    return [
        {
            "name": NAMES[step],
            "url": reverse("objective_step", args=[slug, draft.public_id, step]),
            "pairs": [
                (form.fields[name].label, value)
                for name in names
                if step_of(name) == step and name not in idle and (value := shown_value(form, name))
            ],
        }
        for step, names in PARTS.items()
        if step != "achievable"
    ]


def _wording(draft: Objective) -> str:
    """A sentence to ask about, for a draft that goes by its metric's name."""
    is_name = draft.metric is not None and draft.statement == draft.metric.name
    return proposed_statement(draft) if is_name else ""


def _take_wording(request: WorkspaceRequest, draft: Objective) -> HttpResponse:
    """Takes the proposed sentence, which has to be the one that was seen."""
    wording = _wording(draft)
    if request.POST.get("wording") == wording and wording:
        form = ObjectiveForm(
            initial_of(draft) | {"statement": wording},
            workspace=request.workspace,
            objective=draft,
        )
        if form.is_valid():
            wanted = form.wanted()
            wanted.owner = draft.owner
            update_objective(draft, user=request.user, wanted=wanted, version=draft.version)
            audit.record(request, "objective.changed", workspace=request.workspace, obj=draft)
    else:
        messages.info(request, _("The draft changed in the meantime. Look at it again."))
    return redirect("objective_step", request.workspace.slug, draft.public_id, SUMMARY)
