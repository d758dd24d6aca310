"""Stored values brought up to date, with the costs that follow them.

A shared cost follows the figures of the metric it is shared by. So the figures are calculated,
the costs are shared anew by them, and what that changed is calculated once more; no metric that
costs are shared by reads costs, so that is the end of it.
"""

from collections.abc import Callable
from datetime import date, datetime

from accounts.models import Workspace
from metrics import snapshots
from metrics.costs import share_anew
from metrics.snapshots import Refreshed


def refresh(workspace: Workspace, *, today: date, now: datetime) -> Refreshed:
    """Recomputes what facts changed and what days passed, shared costs included."""

    def changed() -> Refreshed:
        return snapshots.refresh(workspace, today=today, now=now)

    return _with_costs(workspace, changed(), changed)


def recompute(
    workspace: Workspace,
    *,
    today: date,
    now: datetime,
    since: date | None = None,
    full: bool = False,
) -> Refreshed:
    """Recomputes also the days from `since` on, or all of them; shared costs as `refresh`."""
    done = snapshots.recompute(workspace, today=today, now=now, since=since, full=full)
    return _with_costs(workspace, done, lambda: snapshots.refresh(workspace, today=today, now=now))


def _with_costs(
    workspace: Workspace, done: Refreshed, changed: Callable[[], Refreshed]
) -> Refreshed:
    """What was done, and what costs that were shared anew changed after it."""
    if not share_anew(workspace):
        return done
    return done + changed()
