"""The writers of objectives: one named function per change of state, for pages, commands and API."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from metrics.models import Campaign, DimensionValue, Metric
from objectives.history import asked_of, feed_state, pace_history, past_spans
from objectives.models import Objective, ObjectiveVersion, State
from objectives.pace import weights
from objectives.smart import SmartInputs, SmartReport, can_start, check, has_cycle

VERSIONED = ("baseline", "target", "target_high", "start", "end")
"""What is agreed: changing any of it makes a new version with a reason."""


@dataclass(kw_only=True)
class Wanted:
    """What a form, a command or a request says of an objective; a draft may lack anything."""

    statement: str
    metric: Metric | None = None
    kind: str = "reach"
    over: str = "span"
    baseline: Decimal | None = None
    target: Decimal | None = None
    target_high: Decimal | None = None
    start: date | None = None
    end: date | None = None
    channel: DimensionValue | None = None
    campaign: Campaign | None = None
    owner: User | None = None
    parent: Objective | None = None
    goal: str = ""
    pace: str = "auto"
    hold: bool = False

    def values(self) -> dict[str, Any]:
        """The fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


class ChangedMeanwhileError(Exception):
    """Somebody else saved the objective first; ``current`` is what they saved."""

    def __init__(self, current: Objective) -> None:
        super().__init__(current.public_id)
        self.current = current


class NotReadyError(Exception):
    """The objective cannot start; ``report`` says which letters fail and why."""

    def __init__(self, report: SmartReport) -> None:
        super().__init__("S, M and T must hold.")
        self.report = report


@transaction.atomic
def create_objective(workspace: Workspace, *, user: User | None, wanted: Wanted) -> Objective:
    """A draft with its first version. Raises ValidationError with a sentence per field."""
    objective = Objective(workspace=workspace, created_by=user, **wanted.values())
    _validate(objective)
    objective.save(force_insert=True)
    _add_version(objective, user=user, reason="")
    return objective


@transaction.atomic
def update_objective(
    objective: Objective, *, user: User, wanted: Wanted, version: int, reason: str = ""
) -> Objective:
    """Saves the changes made to ``version``.

    Raises ChangedMeanwhileError when another version is stored by now, ValidationError when a
    started objective's target, baseline or dates change without a reason.
    """
    before = Objective.objects.select_for_update(of=("self",)).get(
        workspace_id=objective.workspace_id, pk=objective.pk
    )
    if before.version != version:
        raise ChangedMeanwhileError(before)
    agreed = {name: getattr(before, name) for name in VERSIONED}
    for name, value in wanted.values().items():
        setattr(before, name, value)
    _validate(before)
    moved = {name: getattr(before, name) for name in VERSIONED} != agreed
    if moved and before.state != State.DRAFT and not reason.strip():
        raise ValidationError(
            {"reason": _("Say why the target or the dates change: the reason stays visible.")}
        )
    before.version = version + 1
    if moved and before.weights is not None:
        _freeze(before)
    before.save()
    if moved:
        _add_version(before, user=user, reason=reason)
    return before


def smart_report(objective: Objective, *, today: date) -> SmartReport:
    """The five letters as they stand today, with the evidence."""
    asked = asked_of(objective)
    feed = feed_state(objective, day=today)
    past = past_spans(objective, asked, data_date=feed.data_date or today) if asked else ()
    metric = objective.metric
    definition = metric.definition if metric else None
    return check(
        SmartInputs(
            day=today,
            asked=asked,
            statement=objective.statement,
            has_metric=metric is not None,
            has_owner=objective.owner_id is not None,
            is_vanity=bool(definition and definition.vanity),
            pair_is_targeted=bool(definition and _is_targeted(objective, definition.pair)),
            unit=str(definition.unit) if definition else "",
            last_delivered=feed.data_date,
            feed_rhythm_days=feed.rhythm_days,
            feed_delay_days=feed.delay_days,
            past=past,
            has_parent=objective.parent_id is not None,
            has_cycle=_has_cycle(objective),
            goal=objective.goal,
            start=objective.start,
            end=objective.end,
        )
    )


def _is_targeted(objective: Objective, key: str | None) -> bool:
    return (
        Objective.objects.listed(objective.workspace)
        .filter(metric__key=key)
        .exclude(pk=objective.pk)
        .exists()
    )


def _has_cycle(objective: Objective) -> bool:
    parents = dict(
        Objective.objects.filter(workspace_id=objective.workspace_id).values_list("pk", "parent_id")
    )
    if objective.pk is None:
        return False
    parents[objective.pk] = objective.parent_id
    return has_cycle(parents, objective.pk)


@transaction.atomic
def start_objective(
    objective: Objective, *, user: User | None, today: date, now: datetime, reason: str = ""
) -> SmartReport:
    """Starts a draft: freezes the plan's weights and keeps the SMART report as it is now.

    Raises NotReadyError when S, M or T does not hold.
    """
    report = smart_report(objective, today=today)
    if not can_start(report):
        raise NotReadyError(report)
    objective.state = State.ACTIVE
    objective.smart = report.to_json()
    objective.override_reason = reason
    objective.started_at = now
    objective.version = objective.version + 1
    _freeze(objective)
    objective.save()
    return report


def _freeze(objective: Objective) -> None:
    asked = asked_of(objective)
    if asked is None or objective.start is None or objective.end is None:
        return
    plan = weights(
        objective.start,
        objective.end,
        pace_history(objective, asked),
        mode=objective.pace,
        working_days_only=objective.workspace.working_days_only,
    )
    objective.weights_kind, objective.weights = plan.kind, plan.texts()


MOVES = {
    "pause": (State.ACTIVE, State.PAUSED),
    "resume": (State.PAUSED, State.ACTIVE),
    "cancel": (None, State.CANCELLED),
}


def move_objective(objective: Objective, *, move: str) -> bool:
    """Pauses, resumes or cancels; False when the objective is not in a state that allows it."""
    allowed, new = MOVES[move]
    rows = Objective.objects.filter(workspace_id=objective.workspace_id, pk=objective.pk)
    rows = rows.filter(state=allowed) if allowed else rows.exclude(state=State.CANCELLED)
    moved = rows.update(state=new, version=F("version") + 1)
    objective.refresh_from_db()
    return bool(moved)


def archive_objective(objective: Objective, *, now: datetime, archived: bool = True) -> None:
    """Takes the objective out of the lists, or puts it back; nothing is deleted."""
    objective.archived_at = now if archived else None
    objective.save(update_fields=["archived_at", "updated_at"])


def delete_draft(objective: Objective) -> bool:
    """Deletes a draft for good; anything that was ever started is archived instead."""
    if objective.state != State.DRAFT or objective.started_at is not None:
        return False
    objective.delete()
    return True


def _validate(objective: Objective) -> None:
    objective.full_clean(exclude=["workspace", "created_by"])
    problems: dict[str, str] = {}
    if objective.kind == "between":
        if objective.target is not None and objective.target_high is None:
            problems["target_high"] = _("Give the upper limit too: the target is the lower one.")
        elif (
            objective.target is not None
            and objective.target_high is not None
            and objective.target_high <= objective.target
        ):
            problems["target_high"] = _("The upper limit must be above the lower one.")
    if objective.pk is not None and _has_cycle(objective):
        problems["parent"] = _("This parent is below the objective itself. Choose another one.")
    if problems:
        raise ValidationError(problems)


def _add_version(objective: Objective, *, user: User | None, reason: str) -> None:
    ObjectiveVersion.objects.create(
        workspace_id=objective.workspace_id,
        objective=objective,
        number=objective.version,
        user=user,
        reason=reason,
        **{name: getattr(objective, name) for name in VERSIONED},
    )
