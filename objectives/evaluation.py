"""The night's part: one result per objective and day, and a row for each status that changed.

The one writer of DailyResult and StatusChange. An objective that cannot be calculated is marked
so with its cause, and the others go on.
"""

import hashlib
import json
import logging
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import Error as DatabaseError
from django.db import transaction

from accounts.models import Workspace
from objectives.history import asked_of, feed_state, observe
from objectives.judgement import Inputs, Judgement, Previous, State, Thresholds, judged_day
from objectives.judgement import Status as JudgedStatus
from objectives.measure import opening_of
from objectives.models import DailyResult, Objective, Status, StatusChange
from objectives.pace import Weights, bent_share
from objectives.pace import weights as even_weights
from objectives.status import judge

logger = logging.getLogger(__name__)
NUMBER_PLACES = Decimal("0.000000000001")


@dataclass
class Evaluated:
    """How many objectives were judged, what was written, which ones failed."""

    judged: int = 0
    written: int = 0
    changed: int = 0
    failed: list[str] = field(default_factory=list)


def evaluate(workspace: Workspace, *, day: date, now: datetime) -> Evaluated:
    """Judges every started objective of the workspace on ``day``. Running it again writes nothing."""
    done = Evaluated()
    for objective in Objective.objects.judged(workspace).select_related("workspace"):
        done.judged += 1
        previous = previous_result(objective, day)
        try:
            with transaction.atomic():
                fields = result_fields(objective, day=day, previous=previous)
        except (ArithmeticError, ValueError, KeyError, DatabaseError) as error:
            logger.exception("Objective %s could not be calculated", objective.public_id)
            done.failed.append(objective.public_id)
            fields = failed_fields(objective, previous, error)
        done.written += _store(objective, day, fields, now=now)
        done.changed += _note_change(objective, day, previous, fields)
    return done


def previous_result(objective: Objective, day: date) -> DailyResult | None:
    """The latest result before ``day``."""
    return (
        DailyResult.objects.filter(
            workspace_id=objective.workspace_id, objective=objective, day__lt=day
        )
        .order_by("-day")
        .first()
    )


def inputs_of(objective: Objective, *, day: date, previous: DailyResult | None) -> Inputs:
    """Everything a judgement depends on, read once. Raises ValueError for an unfinished draft."""
    asked = asked_of(objective)
    if asked is None or objective.start is None or objective.end is None:
        raise ValueError("The objective has no metric, target or dates.")
    feed = feed_state(objective, day=day)
    judged_on = judged_day(objective.start, objective.end, day, feed.data_date)
    observed = observe(objective, asked, judged_on=judged_on)
    plan = frozen_weights(objective)
    opening = opening_of(asked)
    share = bent_share(
        plan,
        objective.start,
        judged_on or day,
        opening=asked.target if opening is None else opening,
        target=asked.target,
    )
    return Inputs(
        asked=asked,
        start=objective.start,
        end=objective.end,
        day=day,
        data_date=feed.data_date,
        share=share,
        value=observed.value,
        state=State(objective.state),
        weights=plan.kind,
        first_reached=observed.first_reached,
        periods=observed.periods,
        counts=observed.counts,
        feed_rhythm_days=feed.rhythm_days,
        feed_days_late=feed.days_late,
        previous=_as_previous(objective, previous),
    )


def frozen_weights(objective: Objective) -> Weights:
    """The plan as it was frozen at the start; even for an objective that was never started."""
    if objective.weights:
        return Weights.stored(objective.weights_kind, objective.weights)
    if objective.start is None or objective.end is None:
        raise ValueError("The objective has no dates.")
    return even_weights(objective.start, objective.end, {}, mode="even")


def thresholds_of(workspace: Workspace) -> Thresholds:
    """The workspace's limits."""
    return Thresholds(on_pace=workspace.on_track_from, at_risk=workspace.at_risk_from)


def _as_previous(objective: Objective, previous: DailyResult | None) -> Previous | None:
    if previous is None or previous.objective_version != objective.version:
        return None
    if previous.shown_status == Status.FAILED:
        return None
    pace_status = previous.rule_params.get("pace_status")
    return Previous(
        JudgedStatus(previous.shown_status),
        JudgedStatus(pace_status) if pace_status else None,
        previous.data_date,
    )


def result_fields(
    objective: Objective, *, day: date, previous: DailyResult | None
) -> dict[str, Any]:
    """The columns of a result, as the numbers of ``day`` give them."""
    inputs = inputs_of(objective, day=day, previous=previous)
    judged = judge(inputs, thresholds_of(objective.workspace))
    return {
        **_numbers(inputs, judged),
        "objective_version": objective.version,
        "data_date": judged.data_date,
        "status": judged.status.value,
        "shown_status": judged.shown_status.value,
        "pace": inputs.weights,
        "achieved_on": judged.achieved_on,
        "rule": judged.rule.code,
        "rule_params": {
            **judged.rule.params,
            "pace_status": judged.pace_status.value if judged.pace_status else None,
        },
    }


def _numbers(inputs: Inputs, judged: Judgement) -> dict[str, Decimal | None]:
    return {
        "baseline": inputs.asked.baseline,
        "target": inputs.asked.target,
        "value": _short(inputs.value),
        "expected": _short(judged.numbers.expected),
        "pace_ratio": _short(judged.numbers.ratio),
        "progress": _short(judged.numbers.progress),
        "elapsed": _short(judged.elapsed),
        "chance": _short(inputs.chance),
    }


def _short(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(NUMBER_PLACES)


def failed_fields(
    objective: Objective, previous: DailyResult | None, error: Exception
) -> dict[str, Any]:
    """A result that says why there is none; the last status stays visible."""
    return {
        "objective_version": objective.version,
        "status": Status.FAILED.value,
        "shown_status": previous.shown_status if previous else Status.FAILED.value,
        "rule": "failed",
        "rule_params": {"error": f"{type(error).__name__}: {error}"[:300]},
    }


def _store(objective: Objective, day: date, fields: dict[str, Any], *, now: datetime) -> int:
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
        defaults={**_cleared(), **fields, "inputs_hash": digest, "computed_at": now},
    )
    return 1


def _cleared() -> dict[str, None]:
    names = ("data_date", "baseline", "target", "value", "expected", "pace_ratio", "progress")
    return dict.fromkeys((*names, "elapsed", "chance", "achieved_on"))


def _note_change(
    objective: Objective, day: date, previous: DailyResult | None, fields: dict[str, Any]
) -> int:
    """One row per day whose status differs from the day before's; none where it does not."""
    old = previous.status if previous else ""
    mine = StatusChange.objects.filter(
        workspace_id=objective.workspace_id, objective=objective, day=day
    )
    if old == fields["status"]:
        mine.filter(processed_at=None).delete()
        return 0
    change, made = StatusChange.objects.get_or_create(
        workspace_id=objective.workspace_id,
        objective=objective,
        day=day,
        defaults={"old": old, "new": fields["status"], "rule": fields["rule"]},
    )
    if not made and change.new != fields["status"]:
        mine.update(new=fields["status"], rule=fields["rule"], processed_at=None)
        return 1
    return int(made)


def recent_results(workspace: Workspace, *, day: date) -> dict[int, DailyResult]:
    """By objective, its latest result on or before ``day``: what lists and pages show."""
    found = (
        DailyResult.objects.filter(workspace=workspace, day__lte=day)
        .order_by("objective_id", "-day")
        .distinct("objective_id")
    )
    return {result.objective_id: result for result in found}
