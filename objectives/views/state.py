"""The buttons of an objective: start, pause, resume, cancel, archive, restore, delete."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.periods import local_today
from objectives.models import Objective
from objectives.objectives import MOVES, archive_objective, delete_draft, move_objective
from objectives.parts import SUMMARY
from objectives.recommended_rules import add_recommended, subject_of
from objectives.views.editing import start
from objectives.views.finding import find_objective
from objectives.wording import Text

MOVED: Mapping[str, Text] = {
    "pause": lazy("The objective is paused. It is not judged until it goes on."),
    "resume": lazy("The objective goes on. It is judged again tonight."),
    "cancel": lazy("The objective is cancelled. Its history stays."),
}
PAST: Mapping[str, str] = {"pause": "paused", "resume": "resumed", "cancel": "cancelled"}


@workspace_view(Right.WRITE)
@require_POST
def objective_state(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Does what the button says; ``move`` names it."""
    objective = find_objective(request, public_id)
    act = ACTS.get(request.POST.get("move", ""))
    if act is None:
        messages.error(request, _("Choose one of the actions of this page."))
    elif not act(request, objective):
        if request.POST["move"] == "start":
            return redirect("objective_step", request.workspace.slug, public_id, SUMMARY)
        return redirect("objectives", request.workspace.slug)
    return redirect("objective", request.workspace.slug, objective.public_id)


def _start(request: WorkspaceRequest, objective: Objective) -> bool:
    started = start(request, objective, reason=request.POST.get("reason", "")[:300])
    if started and request.POST.get("watch"):
        _watch(request, objective)
    return started


def _watch(request: WorkspaceRequest, objective: Objective) -> None:
    """Adds the alert rules that are recommended for it, and says where they are taken away."""
    today = local_today(timezone.now(), request.workspace.time_zone)
    made = add_recommended(subject_of(objective), user=request.user, today=today)
    for rule in made:
        audit.record(request, "alert_rule.created", workspace=request.workspace, obj=rule)
    if made:
        text = ngettext(
            "%(count)s alert rule is added. It stands among your own rules.",
            "%(count)s alert rules are added. They stand among your own rules.",
            len(made),
        )
        messages.success(request, text % {"count": len(made)})


def _move(request: WorkspaceRequest, objective: Objective) -> bool:
    move = request.POST["move"]
    if move_objective(objective, move=move):
        _note(request, PAST[move], objective)
        messages.success(request, str(MOVED[move]))
    else:
        messages.info(
            request,
            _("Nothing changed: it is %(state)s already.")
            % {"state": objective.get_state_display().lower()},
        )
    return True


def _archive(request: WorkspaceRequest, objective: Objective) -> bool:
    archive_objective(objective, now=timezone.now())
    _note(request, "archived", objective)
    messages.success(
        request, _("“%(name)s” is in the archive now.") % {"name": objective.statement}
    )
    return False


def _restore(request: WorkspaceRequest, objective: Objective) -> bool:
    archive_objective(objective, now=timezone.now(), archived=False)
    _note(request, "restored", objective)
    messages.success(request, _("The objective is back in the lists."))
    return True


def _delete(request: WorkspaceRequest, objective: Objective) -> bool:
    name = objective.statement
    if not delete_draft(objective):
        messages.error(request, _("It was started, so its history stays. Archive it instead."))
        return True
    _note(request, "deleted", objective)
    messages.success(request, _("The draft “%(name)s” is deleted.") % {"name": name})
    return False


def _note(request: WorkspaceRequest, verb: str, objective: Objective) -> None:
    audit.record(request, f"objective.{verb}", workspace=request.workspace, obj=objective)


ACTS: Mapping[str, Callable[[WorkspaceRequest, Objective], bool]] = {
    "start": _start,
    **dict.fromkeys(MOVES, _move),
    "archive": _archive,
    "restore": _restore,
    "delete": _delete,
}
"""By name: what it does, and whether the objective's page is still the place to be."""
