"""What the shell around every page needs: workspaces to switch to, the alert count."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import memberships_of
from accounts.models import User
from objectives.models import Alert


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for templates/app.html; empty for people who are not signed in."""
    workspace = getattr(request, "workspace", None)
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    context: dict[str, Any] = {"memberships": SimpleLazyObject(lambda: memberships_of(user))}
    if workspace is not None:
        context |= {
            "workspace": workspace,
            "membership": request.membership,  # type: ignore[attr-defined]
            "alert_count": SimpleLazyObject(
                lambda: Alert.objects.filter(workspace=workspace, closed_on=None).count()
            ),
        }
    return context
