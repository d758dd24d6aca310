"""Writing an objective: new, changed, kept as a draft or started."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.periods import local_today
from objectives.forms import ObjectiveForm, empty_initial, initial_of
from objectives.models import Objective, State
from objectives.objectives import (
    ChangedMeanwhileError,
    NeedsReasonError,
    NotReadyError,
    create_objective,
    start_objective,
    update_objective,
)
from objectives.parts import SUMMARY
from objectives.views.conflict import conflict_page
from objectives.views.finding import find_objective
from objectives.views.proposals import PRESETS, SPANS, hint, with_preset
from objectives.views.trying import trial_context, trial_of, tried


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def objective_one_page(request: WorkspaceRequest) -> HttpResponse:
    """A new objective on one page: kept as a draft, or started at once if it is ready."""
    if request.method == "GET":
        initial = empty_initial(request.membership) | asked_for(request.GET)
        return _form_page(request, ObjectiveForm(workspace=request.workspace, initial=initial))
    if request.POST.get("preset") in PRESETS:
        return _form_page(request, with_preset(request, request.POST["preset"]))
    form = ObjectiveForm(request.POST, workspace=request.workspace)
    return _create(request, form) if form.is_valid() else _form_page(request, form)


def asked_for(query: QueryDict) -> dict[str, str]:
    """What a link to the form fills in: the metric, and what of it."""
    return {name: query.get(name, "")[:400] for name in ("metric", "segment") if name in query}


def _create(request: WorkspaceRequest, form: ObjectiveForm) -> HttpResponse:
    try:
        objective = create_objective(request.workspace, user=request.user, wanted=form.wanted())
    except ValidationError as error:
        form.add_problems(error)
        return _form_page(request, form)
    audit.record(request, "objective.created", workspace=request.workspace, obj=objective)
    return _saved(request, objective)


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def objective_edit(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Changes an objective; one that has started asks why."""
    objective = find_objective(request, public_id)
    if request.method == "GET":
        form = ObjectiveForm(
            workspace=request.workspace, objective=objective, initial=initial_of(objective)
        )
        return _form_page(request, form, objective)
    if request.POST.get("preset") in PRESETS:
        form = with_preset(request, request.POST["preset"], objective)
        return _form_page(request, form, objective)
    form = ObjectiveForm(request.POST, workspace=request.workspace, objective=objective)
    if not form.is_valid():
        return _form_page(request, form, objective)
    return _update(request, objective, form)


def _update(request: WorkspaceRequest, objective: Objective, form: ObjectiveForm) -> HttpResponse:
    try:
        saved = update_objective(
            objective,
            user=request.user,
            wanted=form.wanted(),
            version=form.cleaned_data["version"] or 0,
            reason=form.cleaned_data.get("reason", ""),
        )
    except ChangedMeanwhileError as conflict:
        url = reverse("objective_edit", args=[request.workspace.slug, objective.public_id])
        return conflict_page(request, form, conflict.current, url=url)
    except ValidationError as error:
        form.add_problems(error)
        return _form_page(request, form, objective)
    audit.record(request, "objective.changed", workspace=request.workspace, obj=saved)
    return _saved(request, saved)


def _saved(request: WorkspaceRequest, objective: Objective) -> HttpResponse:
    """To the objective's page, started if that was asked for."""
    if objective.state != State.DRAFT:
        messages.success(request, _("The objective is saved."))
    elif request.POST.get("action") == "start":
        if not start(request, objective):
            return redirect("objective_step", request.workspace.slug, objective.public_id, SUMMARY)
    else:
        messages.success(request, _("The draft is saved."))
    return redirect("objective", request.workspace.slug, objective.public_id)


def start(request: WorkspaceRequest, objective: Objective, *, reason: str = "") -> bool:
    """Starts a draft, or says that it stays one: its summary explains why, letter by letter."""
    now = timezone.now()
    today = local_today(now, request.workspace.time_zone)
    try:
        start_objective(
            objective, user=request.user, today=today, now=now, reason=reason, insist=True
        )
    except NotReadyError:
        messages.warning(
            request, _("It is kept as a draft. Mend what is marked below, then start it.")
        )
        return False
    except NeedsReasonError:
        messages.warning(
            request,
            _("It is kept as a draft. Say why to start in spite of what is marked, then start it."),
        )
        return False
    audit.record(request, "objective.started", workspace=request.workspace, obj=objective)
    messages.success(request, _("The objective has started. It is judged every night."))
    return True


def _form_page(
    request: WorkspaceRequest, form: ObjectiveForm, objective: Objective | None = None
) -> HttpResponse:
    today = local_today(timezone.now(), request.workspace.time_zone)
    slug = request.workspace.slug
    context = {
        "nav": "objectives",
        "form": form,
        "objective": objective,
        "is_draft": objective is None or objective.state == State.DRAFT,
        "presets": SPANS.items(),
        "trial_url": reverse("objective_trial", args=[slug, objective.public_id])
        if objective
        else reverse("objective_new_trial", args=[slug]),
        **hint(form, today),
        **trial_context(trial_of(request, tried(form), objective)),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "objectives/objective_form.html", context, status=status)
