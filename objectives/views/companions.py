"""One click from a metric that misleads to a draft on the one to read it with."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.access import Right, WorkspaceRequest, workspace_view
from objectives.companions import add_companion
from objectives.models import State
from objectives.readiness import pair_of
from objectives.views.finding import find_objective


@workspace_view(Right.WRITE)
@require_POST
def objective_companion(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Makes the draft; back to where one was."""
    objective = find_objective(request, public_id)
    pair = pair_of(objective)
    if pair is None:
        messages.info(request, _("This metric needs no other one beside it."))
    else:
        draft = add_companion(objective, user=request.user, metric=pair)
        audit.record(request, "objective.created", workspace=request.workspace, obj=draft)
        messages.success(
            request,
            _("A draft on “%(metric)s” is made: give it a target.") % {"metric": pair.name},
        )
    slug = request.workspace.slug
    if objective.state == State.DRAFT:
        return redirect("objective_step", slug, public_id, "summary")
    return redirect("objective", slug, public_id)
