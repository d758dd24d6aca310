"""The writers of objectives: one named function per change of state, for page, command and API."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from metrics import feeds
from metrics.models import Campaign, DimensionValue, Metric
from objectives.history import asked_of, pace_history
from objectives.milestones import Milestones, keep_milestones, milestones_of, problem_with
from objectives.models import Objective, ObjectiveVersion, State
from objectives.pace import weights
from objectives.presentation import plain
from objectives.readiness import leads_back, smart_report
from objectives.smart import SmartReport, can_start, needs_reason
from objectives.working_days import working_days_of

VERSIONED = ("baseline", "target", "target_high", "start", "end")
"""What a version keeps."""
MEASURED = ("metric_id", "channel_id", "device_id", "campaign_id", "kind", "over")
AGREED = (*VERSIONED, *MEASURED, "hold", "required_share")
"""What is agreed, with the milestones: changing any of it after the start takes a reason and makes
a new version. The stretch target and the floor judge nothing and may change at will."""
PLANNED = ("start", "end", *MEASURED, "pace")
"""What the plan's weights depend on: they stay frozen while none of it changes."""


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
    stretch: Decimal | None = None
    floor: Decimal | None = None
    required_share: Decimal = Decimal(1)
    start: date | None = None
    end: date | None = None
    milestones: Milestones = ()
    channel: DimensionValue | None = None
    device: DimensionValue | None = None
    campaign: Campaign | None = None
    owner: User | None = None
    parent: Objective | None = None
    goal: str = ""
    pace: str = "auto"
    hold: bool = False

    def values(self) -> dict[str, Any]:
        """The objective's own fields by name."""
        names = [field.name for field in fields(self) if field.name != "milestones"]
        return {name: getattr(self, name) for name in names}


class ChangedMeanwhileError(Exception):
    """Somebody else saved the objective first; ``current`` is what they saved."""

    def __init__(self, current: Objective) -> None:
        super().__init__(current.public_id)
        self.current = current


class NeedsReasonError(Exception):
    """A warning of A or R is overridden without a reason; ``report`` says which."""

    def __init__(self, report: SmartReport) -> None:
        super().__init__("Overriding A or R takes a reason.")
        self.report = report


class NotReadyError(Exception):
    """The objective cannot start; ``report`` says which letters fail and why."""

    def __init__(self, report: SmartReport) -> None:
        super().__init__("S, M and T must hold.")
        self.report = report


@transaction.atomic
def create_objective(
    workspace: Workspace, *, user: User | None, wanted: Wanted, is_period: bool = False
) -> Objective:
    """A draft with its first version; ``is_period`` for a month or a quarter of its parent.

    Raises ValidationError with a sentence per field.
    """
    objective = Objective(
        workspace=workspace, created_by=user, is_period=is_period, **wanted.values()
    )
    _validate(objective, wanted.milestones)
    objective.save(force_insert=True)
    keep_milestones(objective, wanted.milestones)
    _keep_version(objective, number=objective.version, user=user)
    return objective


@transaction.atomic
def update_objective(
    objective: Objective, *, user: User | None, wanted: Wanted, version: int, reason: str = ""
) -> Objective:
    """Saves the changes made to ``version``, and returns what is stored now.

    A draft keeps one version, rewritten at will; from the start on, each change of what was agreed
    takes a reason and adds a version. Raises ChangedMeanwhileError when another version is stored
    by now, ValidationError with a sentence per field.
    """
    stored = _locked(objective)
    if stored.version != version:
        raise ChangedMeanwhileError(stored)
    agreed, planned = _named(stored, AGREED), _named(stored, PLANNED)
    for name, value in wanted.values().items():
        setattr(stored, name, value)
    _validate(stored, wanted.milestones)
    was_started = stored.state != State.DRAFT
    bent = keep_milestones(stored, wanted.milestones)
    moved = bent or _named(stored, AGREED) != agreed
    if moved and was_started:
        _require_reason(reason)
    if _named(stored, PLANNED) != planned and was_started:
        freeze_plan(stored)
    stored.version = version + 1
    stored.save()
    if moved:
        _keep_version(
            stored, number=stored.version if was_started else 1, user=user, reason=reason.strip()
        )
    return stored


def _locked(objective: Objective) -> Objective:
    return Objective.objects.select_for_update(of=("self",)).get(
        workspace_id=objective.workspace_id, pk=objective.pk
    )


def _named(objective: Objective, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(objective, name) for name in names}


@transaction.atomic
def start_objective(
    objective: Objective,
    *,
    user: User | None,
    today: date,
    now: datetime,
    reason: str = "",
    insist: bool = False,
) -> SmartReport:
    """Starts a draft: freezes the plan's weights and keeps the SMART report as it is now.

    What was started before stays as it is, with the report of that time. ``reason`` says why it
    starts in spite of a warning. Raises NotReadyError when S, M or T does not hold; with ``insist``
    NeedsReasonError where A or R warns and nobody says why it starts all the same.
    """
    stored = _locked(objective)
    if stored.state != State.DRAFT:
        objective.refresh_from_db()
        return SmartReport.from_json(stored.smart or [])
    report = smart_report(stored, today=today)
    if not can_start(report):
        raise NotReadyError(report)
    if insist and needs_reason(report) and not reason.strip():
        raise NeedsReasonError(report)
    stored.state = State.ACTIVE
    stored.smart = report.to_json()
    stored.override_reason = reason.strip()
    stored.started_at = now
    stored.version += 1
    freeze_plan(stored)
    stored.save()
    _keep_version(stored, number=1, user=user)
    objective.refresh_from_db()
    return report


def freeze_plan(objective: Objective) -> None:
    """Sets the plan's weights from the past, for the caller to save.

    While facts of the metric wait to be calculated there is no past to take them from: they stay
    empty, and the next evaluation, which comes after the calculation, freezes them.
    """
    asked = asked_of(objective)
    if asked is None or objective.start is None or objective.end is None:
        return
    objective.weights_kind, objective.weights, objective.weights_days = "", None, ""
    if objective.metric and feeds.is_behind(objective.workspace, objective.metric.key):
        return
    days = working_days_of(objective.workspace)
    plan = weights(
        objective.start,
        objective.end,
        pace_history(objective, asked),
        mode=objective.pace,
        working_days=days.weekdays,
        holidays=days.holidays(objective.start, objective.end),
    )
    objective.weights_kind, objective.weights = plan.kind, plan.texts()
    objective.weights_days = days.stored


MOVES = {
    "pause": ((State.ACTIVE,), State.PAUSED),
    "resume": ((State.PAUSED,), State.ACTIVE),
    "cancel": ((State.ACTIVE, State.PAUSED), State.CANCELLED),
}


def move_objective(objective: Objective, *, move: str) -> bool:
    """Pauses, resumes or cancels; False when the objective is not in a state that allows it."""
    allowed, new = MOVES[move]
    moved = Objective.objects.filter(
        workspace_id=objective.workspace_id, pk=objective.pk, state__in=allowed
    ).update(state=new, version=F("version") + 1)
    objective.refresh_from_db()
    return bool(moved)


def archive_objective(objective: Objective, *, now: datetime, archived: bool = True) -> None:
    """Takes the objective out of the lists, or puts it back; nothing is deleted."""
    Objective.objects.filter(workspace_id=objective.workspace_id, pk=objective.pk).update(
        archived_at=now if archived else None, version=F("version") + 1
    )
    objective.refresh_from_db()


def delete_draft(objective: Objective) -> bool:
    """Deletes a draft for good; anything that was ever started is archived instead."""
    if objective.state != State.DRAFT or objective.started_at is not None:
        return False
    objective.delete()
    return True


def _validate(objective: Objective, milestones: Milestones) -> None:
    objective.full_clean(exclude=["workspace", "created_by"])
    problems = ambition_problems(objective)
    wrong = problem_with(milestones, start=objective.start, end=objective.end)
    if wrong:
        problems["milestones"] = wrong
    if objective.kind == "between" and objective.target is not None:
        if objective.target_high is None:
            problems["target_high"] = _("Give the upper limit too: the target is the lower one.")
        elif objective.target_high <= objective.target:
            problems["target_high"] = _("The upper limit must be above the lower one.")
    if leads_back(objective):
        problems["parent"] = _("This parent is below the objective itself. Choose another one.")
    if problems:
        raise ValidationError(problems)


def ambition_problems(objective: Objective) -> dict[str, str]:
    """What is wrong with the stretch target and the floor, by field."""
    asked = asked_of(objective)
    given = {name: getattr(objective, name) for name in ("stretch", "floor")}
    if asked is None or not any(value is not None for value in given.values()):
        return {}
    if asked.kind == "between":
        wrong = _("Two limits leave no place for it: leave it empty.")
        return {name: wrong for name, value in given.items() if value is not None}
    problems: dict[str, str] = {}
    stretch, floor = given["stretch"], given["floor"]
    if stretch is not None and (stretch == asked.target or not asked.met_by(stretch)):
        problems["stretch"] = _("The stretch target must ask for more than the target.")
    if floor is not None and asked.met_by(floor):
        problems["floor"] = _("The floor must ask for less than the target.")
    return problems


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError(
            {"reason": _("Say why the target or the dates change: the reason stays visible.")}
        )


def _keep_version(
    objective: Objective, *, number: int, user: User | None, reason: str = ""
) -> None:
    marks = milestones_of(objective)
    ObjectiveVersion.objects.update_or_create(
        workspace_id=objective.workspace_id,
        objective=objective,
        number=number,
        defaults={
            "user": user,
            "reason": reason[:300],
            "milestones": [[day.isoformat(), plain(value)] for day, value in marks],
            **_named(objective, VERSIONED),
        },
    )
