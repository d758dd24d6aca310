"""The one writer of DailyResult and StatusChange, and their first reader."""

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Workspace
from objectives.models import DailyResult, Objective, StatusChange

Fields = dict[str, Any]
"""The columns of a result, by name."""


def store_result(objective: Objective, day: date, fields: Fields, *, now: datetime) -> int:
    """Writes the day's result unless it is stored already; returns how many rows it wrote."""
    digest = hashlib.sha256(json.dumps(fields, sort_keys=True, default=str).encode()).hexdigest()
    stored = DailyResult.objects.filter(
        workspace_id=objective.workspace_id, objective=objective, day=day
    )
    if stored.filter(inputs_hash=digest).exists():
        return 0
    DailyResult.objects.update_or_create(
        workspace_id=objective.workspace_id,
        objective=objective,
        day=day,
        defaults={**_EMPTY, **fields, "inputs_hash": digest, "computed_at": now},
    )
    return 1


_EMPTY: Fields = {
    "data_date": None,
    "baseline": None,
    "target": None,
    "value": None,
    "expected": None,
    "pace_ratio": None,
    "progress": None,
    "elapsed": None,
    "pace": "",
    "chance": None,
    "forecast_low": None,
    "forecast_median": None,
    "forecast_high": None,
    "achieved_on": None,
    "milestones": [],
}
"""What a result without these columns (a failed one) leaves in the row of an earlier run."""


def note_change(
    objective: Objective, day: date, previous: DailyResult | None, fields: Fields
) -> int:
    """Keeps one row for the day if its status differs from the one before, none if it does not.

    A past day that is judged again may change what the day after it changed from.
    """
    done = _set_change(
        objective, day, previous.status if previous else "", fields["status"], fields["rule"]
    )
    following = (
        DailyResult.objects.filter(
            workspace_id=objective.workspace_id, objective=objective, day__gt=day
        )
        .order_by("day")
        .first()
    )
    if following is not None:
        _set_change(objective, following.day, fields["status"], following.status, following.rule)
    return done


def _set_change(objective: Objective, day: date, old: str, new: str, rule: str) -> int:
    mine = StatusChange.objects.filter(
        workspace_id=objective.workspace_id, objective=objective, day=day
    )
    if old == new:
        mine.delete()
        return 0
    known = mine.first()
    if known is None:
        StatusChange.objects.create(
            workspace_id=objective.workspace_id,
            objective=objective,
            day=day,
            old=old,
            new=new,
            rule=rule,
        )
    elif (known.old, known.new) == (old, new):
        return 0
    else:
        mine.update(old=old, new=new, rule=rule, processed_at=None)
    return 1


def recent_results(workspace: Workspace, *, day: date) -> dict[int, DailyResult]:
    """By objective's id, its latest result on or before ``day``: what lists and pages show."""
    found = (
        DailyResult.objects.filter(workspace=workspace, day__lte=day)
        .order_by("objective_id", "-day")
        .distinct("objective_id")
    )
    return {result.objective_id: result for result in found}


def recent_result(objective: Objective, *, day: date) -> DailyResult | None:
    """The objective's latest result on or before ``day``."""
    found = DailyResult.objects.filter(
        workspace_id=objective.workspace_id, objective=objective, day__lte=day
    )
    return found.order_by("-day").first()


def results_before(workspace: Workspace, *, day: date) -> dict[int, DailyResult]:
    """By objective's id, its latest result before ``day``."""
    return recent_results(workspace, day=day - timedelta(days=1))
