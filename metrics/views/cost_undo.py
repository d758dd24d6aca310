"""The cost that was deleted last, kept in the session so that it can be brought back."""

from datetime import date
from typing import Any

from accounts.access import WorkspaceRequest
from metrics.forms.costs import initial_of_cost
from metrics.models import Cost, RecurringCost


def keep_deleted(request: WorkspaceRequest, cost: Cost | RecurringCost) -> None:
    """Keeps a deleted cost as the form would send it."""
    request.session[_name(request)] = {
        name: value.isoformat() if isinstance(value, date) else str(value or "")
        for name, value in initial_of_cost(cost).items()
        if name != "version"
    }


def was_deleted(request: WorkspaceRequest) -> bool:
    """Whether there is one to bring back."""
    return _name(request) in request.session


def take_deleted(request: WorkspaceRequest) -> dict[str, Any]:
    """The deleted cost, which is then forgotten; empty where there is none."""
    found: dict[str, Any] = request.session.pop(_name(request), {})
    return found


def _name(request: WorkspaceRequest) -> str:
    return f"cost_deleted.{request.workspace.pk}"
