"""The one writer of DailyResult and StatusChange, and their first reader."""

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Workspace
from objectives.models import DailyResult, Objective, StatusChange

Fields = dict[str, Any]
"""The columns of a result, by name."""


class StoredDay:
    """A workspace's results of one day: read once for all its objectives, then written one by one.

    Hold the judging (objectives/evaluation.py) while using it: what it has read stays true.
    """

    def __init__(self, workspace: Workspace, *, day: date) -> None:
        self.day = day
        self.before = results_before(workspace, day=day)
        results = DailyResult.objects.filter(workspace=workspace)
        self._digests = dict(results.filter(day=day).values_list("objective_id", "inputs_hash"))
        following = results.filter(day__gt=day).order_by("objective_id", "day")
        self._after = {one.objective_id: one for one in following.distinct("objective_id")}
        changes = StatusChange.objects.filter(workspace=workspace, day__gte=day)
        self._changes = {(one.objective_id, one.day): one for one in changes}

    def store(self, objective: Objective, fields: Fields, *, now: datetime) -> int:
        """Writes the objective's result unless it is stored already; returns the rows written."""
        digest = hashlib.sha256(
            json.dumps(fields, sort_keys=True, default=str).encode()
        ).hexdigest()
        known = self._digests.get(objective.pk)
        if known == digest:
            return 0
        place = {
            "workspace_id": objective.workspace_id,
            "objective_id": objective.pk,
            "day": self.day,
        }
        values = {**_EMPTY, **fields, "inputs_hash": digest, "computed_at": now}
        if known is None:
            DailyResult.objects.create(**place, **values)
        else:
            DailyResult.objects.filter(**place).update(**values)
        self._digests[objective.pk] = digest
        return 1

    def note_change(self, objective: Objective, fields: Fields) -> int:
        """Keeps one row for the day if its status differs from the one before, none if not.

        A past day that is judged again may change what the day after it changed from.
        """
        before, after = self.before.get(objective.pk), self._after.get(objective.pk)
        old, new = before.status if before else "", fields["status"]
        done = self._set_change(objective, self.day, old, new, fields["rule"])
        if after is not None:
            self._set_change(objective, after.day, new, after.status, after.rule)
        return done

    def _set_change(self, objective: Objective, day: date, old: str, new: str, rule: str) -> int:
        known = self._changes.get((objective.pk, day))
        if old == new:
            if known is not None:
                known.delete()
            return 0
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
            known.old, known.new, known.rule, known.processed_at = old, new, rule, None
            known.save(update_fields=["old", "new", "rule", "processed_at"])
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
