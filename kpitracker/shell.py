"""What the shell around pages needs: workspaces to switch to, open alerts, the data date."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.access import last_visited
from accounts.models import Membership, User, Workspace
from kpitracker.ledger import night_failed
from metrics.feeds import latest_day
from metrics.periods import local_today
from objectives.alert_life import count_open


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for templates/app.html; empty for people who are not signed in."""
    workspace = getattr(request, "workspace", None)
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    read = getattr(request, "last_visited", None)
    context: dict[str, Any] = {
        "places": cache(lambda: _places(last_visited(user) if read is None else read))
    }
    if workspace is not None:
        context |= {
            "workspace": workspace,
            "membership": request.membership,  # type: ignore[attr-defined]
            "alert_count": cache(lambda: _alert_count(workspace)),
            "data_day": cache(lambda: _data_day(workspace)),
            "night_failed": cache(lambda: night_failed(workspace)),
        }
    return context


def _places(memberships: Iterable[Membership]) -> tuple[tuple[str, str], ...]:
    """(slug, name) of the workspaces to switch to."""
    return tuple((one.workspace.slug, one.workspace.name) for one in memberships)


def _alert_count(workspace: Workspace) -> int:
    """Alerts that are open and not snoozed today."""
    today = local_today(timezone.now(), workspace.time_zone)
    return count_open(workspace, day=today)


def _data_day(workspace: Workspace) -> date | None:
    """The day that figures reach, for pages that say nothing more exact."""
    return latest_day(workspace, today=local_today(timezone.now(), workspace.time_zone))
