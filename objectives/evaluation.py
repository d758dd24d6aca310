"""The night's part: one result per objective and day, and a row for each status that changed.

An objective that cannot be calculated is marked so with its cause, and the others go on. The rows
are written by objectives/results.py.
"""

import logging
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Context, Decimal

from django.db import Error as DatabaseError
from django.db import connection, transaction

from accounts.models import Workspace
from metrics.feeds import Deliveries
from objectives.beside import first_agreed, milestone_states
from objectives.delivery import feed_state, matures_on
from objectives.history import asked_of, observe
from objectives.judgement import Inputs, Judgement, Previous, State, Thresholds, judged_day
from objectives.judgement import Status as JudgedStatus
from objectives.measure import Asked, opening_of
from objectives.milestones import marks_of
from objectives.models import DailyResult, Objective, Status
from objectives.models import State as ObjectiveState
from objectives.objectives import freeze_plan
from objectives.outlook import outlook
from objectives.pace import Weights, bent_share
from objectives.pace import weights as even_weights
from objectives.parents import follow_children
from objectives.results import Fields, StoredDay
from objectives.status import judge

logger = logging.getLogger(__name__)
LOCK = "SELECT pg_advisory_xact_lock(hashtext('objectives.judging'), %s)"
NUMBER_PLACES = Decimal("0.000000000001")
NUMBER_CONTEXT = Context(prec=40)
POISON = (ArithmeticError, ValueError, TypeError, LookupError, DatabaseError)
"""What bad data may raise; anything else is a stopped worker, or a mistake to be seen."""


@dataclass
class Evaluated:
    """How many objectives were judged, what was written, which ones failed."""

    judged: int = 0
    written: int = 0
    changed: int = 0
    failed: list[str] = field(default_factory=list)


@transaction.atomic
def evaluate(workspace: Workspace, *, day: date, now: datetime) -> Evaluated:
    """Judges every started objective of the workspace on ``day``. Running it again writes nothing.

    Call inside the workspace's scope. Two calls at once follow one another. Each objective has a
    savepoint of its own; parents are settled once their children are.
    """
    hold_judging(workspace)
    stored = StoredDay(workspace, day=day)
    objectives = list(
        Objective.objects.judged(workspace)
        .select_related("workspace", "campaign")
        .prefetch_related("milestones", "versions")
    )
    done = Evaluated(judged=len(objectives))
    deliveries = Deliveries(workspace, today=day)
    found = {
        objective.pk: _judged(
            objective,
            day=day,
            previous=stored.before.get(objective.pk),
            deliveries=deliveries,
            done=done,
        )
        for objective in objectives
    }
    follow_children(objectives, found)
    for objective in objectives:
        fields = _stored(objective, found[objective.pk], stored=stored, now=now, done=done)
        done.changed += stored.note_change(objective, fields)
    return done


def hold_judging(workspace: Workspace) -> None:
    """Keeps a second evaluation of the workspace waiting until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [workspace.pk])


def _judged(
    objective: Objective,
    *,
    day: date,
    previous: DailyResult | None,
    deliveries: Deliveries,
    done: Evaluated,
) -> Fields:
    try:
        with transaction.atomic():
            if objective.weights is None:
                freeze_plan(objective)
                objective.save(update_fields=["weights_kind", "weights", "weights_days"])
            return result_fields(objective, day=day, previous=previous, deliveries=deliveries)
    except POISON as error:
        return _failed(objective, previous, error, done)


def _stored(
    objective: Objective, fields: Fields, *, stored: StoredDay, now: datetime, done: Evaluated
) -> Fields:
    """Writes the result, or if the database does not take it, that it failed."""
    try:
        with transaction.atomic():
            done.written += stored.store(objective, fields, now=now)
    except DatabaseError as error:
        fields = _failed(objective, stored.before.get(objective.pk), error, done)
        done.written += stored.store(objective, fields, now=now)
    return fields


def _failed(
    objective: Objective, previous: DailyResult | None, error: Exception, done: Evaluated
) -> Fields:
    """A result that says why there is none; the last status stays visible."""
    logger.error("Objective %s could not be calculated", objective.public_id, exc_info=error)
    done.failed.append(objective.public_id)
    return {
        "objective_version": objective.version,
        "status": Status.FAILED.value,
        "shown_status": previous.shown_status if previous else Status.FAILED.value,
        "rule": "failed",
        "rule_params": {
            "status": Status.FAILED.value,
            "error": f"{type(error).__name__}: {error}"[:300],
        },
    }


# One objective


def result_fields(
    objective: Objective, *, day: date, previous: DailyResult | None, deliveries: Deliveries
) -> Fields:
    """The columns of a result, as the numbers of ``day`` give them."""
    inputs = inputs_of(objective, day=day, previous=previous, deliveries=deliveries)
    judged = judge(inputs, thresholds_of(objective.workspace))
    return {
        **_numbers(inputs, judged),
        "objective_version": objective.version,
        "data_date": judged.data_date,
        "status": judged.status.value,
        "shown_status": judged.shown_status.value,
        "pace": inputs.weights,
        "achieved_on": judged.achieved_on,
        "milestones": milestone_states(objective, inputs),
        "rule": judged.rule.code,
        "rule_params": judged.rule.params | first_agreed(objective, inputs),
    }


def inputs_of(
    objective: Objective, *, day: date, previous: DailyResult | None, deliveries: Deliveries
) -> Inputs:
    """Everything a judgement depends on, read once. Raises ValueError for an unfinished draft."""
    asked = asked_of(objective)
    if asked is None or objective.start is None or objective.end is None:
        raise ValueError("The objective has no metric, target or dates.")
    feed = feed_state(objective, day=day, deliveries=deliveries)
    judged_on = judged_day(objective.start, objective.end, day, feed.data_date)
    observed = observe(objective, asked, judged_on=judged_on)
    plan = frozen_weights(objective)
    told = None
    if objective.state == ObjectiveState.ACTIVE and objective.end >= day:
        told = outlook(objective, asked, data_date=feed.data_date, rhythm_days=feed.rhythm_days)
    return Inputs(
        asked=asked,
        start=objective.start,
        end=objective.end,
        day=day,
        data_date=feed.data_date,
        share=_share(objective, asked, plan, judged_on),
        value=observed.value,
        state=State(objective.state),
        weights=plan.kind,
        first_reached=observed.first_reached,
        periods=observed.periods,
        counts=observed.counts,
        feed_rhythm_days=feed.rhythm_days,
        feed_days_late=feed.days_late,
        previous=_as_previous(objective, previous),
        matures_on=matures_on(objective, day=day, deliveries=deliveries),
        chance=told.chance if told else None,
        outlook=told,
    )


def _share(objective: Objective, asked: Asked, plan: Weights, judged_on: date | None) -> Decimal:
    """E on the judged day, bent by the milestones; nothing is expected before there is one."""
    if judged_on is None or objective.start is None:
        return Decimal(0)
    opening = opening_of(asked)
    return bent_share(
        plan,
        objective.start,
        judged_on,
        opening=asked.target if opening is None else opening,
        target=asked.target,
        milestones=marks_of(objective),
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


def agreed_version(objective: Objective) -> int:
    """The version in which the present target, baseline and dates were agreed."""
    return max((version.number for version in objective.versions.all()), default=1)


def _as_previous(objective: Objective, previous: DailyResult | None) -> Previous | None:
    """The result before, as hysteresis reads it; none where another agreement was judged.

    A parent's result remembers the status that its own numbers gave, beside its children's.
    """
    if previous is None or previous.objective_version < agreed_version(objective):
        return None
    shown = previous.rule_params.get("own_shown") or previous.shown_status
    if shown == Status.FAILED:
        return None
    pace_status = previous.rule_params.get("pace_status")
    return Previous(
        JudgedStatus(shown),
        JudgedStatus(pace_status) if pace_status else None,
        previous.data_date,
    )


def _numbers(inputs: Inputs, judged: Judgement) -> dict[str, Decimal | None]:
    told = inputs.outlook
    numbers = {
        "forecast_low": told.low if told else None,
        "forecast_median": told.median if told else None,
        "forecast_high": told.high if told else None,
        "baseline": inputs.asked.baseline,
        "target": inputs.asked.target,
        "value": inputs.value,
        "expected": judged.numbers.expected,
        "pace_ratio": judged.numbers.ratio if inputs.asked.has_a_way else None,
        "progress": judged.numbers.progress,
        "elapsed": judged.elapsed,
        "chance": inputs.chance,
    }
    return {name: _short(number) for name, number in numbers.items()}


def _short(value: Decimal | None) -> Decimal | None:
    """As the column keeps it. Raises InvalidOperation for a number that is too large for it."""
    return None if value is None else value.quantize(NUMBER_PLACES, context=NUMBER_CONTEXT)
