"""Stored values brought up to date, with the costs that follow them.

A shared cost follows the figures of the metric it is shared by. So the figures are calculated,
the costs are shared anew by them, and what that changed is calculated once more; no metric that
costs are shared by reads costs, so that is the end of it.
"""

from datetime import date, datetime

from accounts.models import Workspace
from metrics import snapshots
from metrics.costs import share_anew
from metrics.snapshots import Refreshed


def refresh(workspace: Workspace, *, today: date, now: datetime) -> Refreshed:
    """Recomputes what facts changed and what days passed, shared costs included."""
    done = snapshots.refresh(workspace, today=today, now=now)
    if not share_anew(workspace):
        return done
    more = snapshots.refresh(workspace, today=today, now=now)
    return Refreshed(
        days=done.days + more.days,
        rows_written=done.rows_written + more.rows_written,
        restated=done.restated + more.restated,
    )
