"""Finding the objective that an address names."""

from django.shortcuts import get_object_or_404

from accounts.access import WorkspaceRequest
from objectives.models import Objective


def find_objective(request: WorkspaceRequest, public_id: str) -> Objective:
    """The workspace's objective with what its pages show. Raises Http404."""
    found = Objective.objects.select_related(
        "workspace", "metric", "owner", "channel", "device", "campaign", "parent"
    )
    return get_object_or_404(found, workspace=request.workspace, public_id=public_id)
