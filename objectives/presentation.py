"""A stored result as the contract prints it: ``objective_status`` and the API share one shape."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts import fmt
from accounts.models import Workspace
from metrics.units import Unit
from objectives.explanation import explanation
from objectives.history import asked_of
from objectives.models import CheckIn, DailyResult, Objective, State, Status, StatusChange
from objectives.smart import SmartReport
from objectives.smart_wording import letter_sentence
from objectives.wording import Format

NUMBERS = (
    "baseline",
    "target",
    "value",
    "expected",
    "pace_ratio",
    "progress",
    "elapsed",
    "chance",
)
AGREED_NUMBERS = ("baseline", "target", "target_high", "stretch", "floor", "required_share")


def value_format(objective: Objective, language: str) -> Format:
    """Writes a value of the objective's metric with its unit, in a language."""
    unit = str(objective.metric.definition.unit) if objective.metric else "count"
    currency = objective.workspace.currency

    def write(value: Decimal) -> str:
        return fmt.metric_value(value, unit, currency, language)

    return write


def is_in_points(objective: Objective) -> bool:
    """Whether differences of the objective's values are told in percentage points."""
    return objective.metric is not None and objective.metric.definition.unit is Unit.PERCENT


def objective_json(objective: Objective) -> dict[str, Any]:
    """What was agreed: the options of ``create_objective`` by their names, and the state."""
    numbers = {name: getattr(objective, name) for name in AGREED_NUMBERS}
    return {
        **_who(objective),
        "over": objective.over,
        "channel": objective.channel.key if objective.channel else None,
        "device": objective.device.key if objective.device else None,
        "campaign": objective.campaign.key if objective.campaign else None,
        **{name: None if value is None else plain(value) for name, value in numbers.items()},
        "start": _iso(objective.start),
        "end": _iso(objective.end),
        "milestones": [
            {"day": one.day.isoformat(), "value": plain(one.value)}
            for one in objective.milestones.all()
        ],
        "hold": objective.hold,
        "pace": objective.pace,
        "owner": objective.owner.get_full_name() if objective.owner else None,
        "parent": objective.parent.public_id if objective.parent else None,
        "goal": objective.goal,
        "state": objective.state,
        "archived_at": _instant(objective.archived_at),
        "created_at": _instant(objective.created_at),
        "updated_at": _instant(objective.updated_at),
        "version": objective.version,
    }


def check_in_json(check_in: CheckIn) -> dict[str, Any]:
    """What somebody said, and the status that was computed at the time."""
    return {
        "id": check_in.public_id,
        "day": check_in.day.isoformat(),
        "confidence": check_in.confidence,
        "value": None if check_in.value is None else plain(check_in.value),
        "changed": check_in.changed,
        "next_step": check_in.next_step,
        "next_by": _iso(check_in.next_by),
        "status": check_in.status or None,
        "user": check_in.user.get_full_name() if check_in.user else None,
        "created_at": _instant(check_in.created_at),
    }


def smart_json(report: SmartReport, write: Format) -> list[dict[str, str]]:
    """The five letters with their sentences in the active language."""
    return [
        {
            "letter": found.letter,
            "state": found.state.value,
            "code": found.code,
            "sentence": letter_sentence(found, write),
        }
        for found in report.letters
    ]


def changes_up_to(workspace: Workspace, day: date) -> dict[int, date]:
    """By objective's id, the day of its latest change of status up to ``day``."""
    changes = StatusChange.objects.filter(workspace=workspace, day__lte=day)
    return dict(
        changes.order_by("objective_id", "-day")
        .distinct("objective_id")
        .values_list("objective_id", "day")
    )


def status_json(
    objective: Objective, result: DailyResult, language: str, *, changed_on: date | None
) -> dict[str, Any]:
    """Every number on the objective's page that day, and the words of the rule that spoke.

    An objective that could not be calculated prints the status it was last known to have, and
    its rule says so.
    """
    numbers = {name: getattr(result, name) for name in NUMBERS}
    failed = result.status == Status.FAILED
    shown = Status.NO_DATA if result.shown_status == Status.FAILED else result.shown_status
    return {
        **_who(objective),
        "day": result.day.isoformat(),
        "data_date": _iso(result.data_date),
        **{name: None if value is None else plain(value) for name, value in numbers.items()},
        "pace": result.pace or None,
        "forecast": forecast_json(result),
        "status": str(shown) if failed else result.status,
        "rule": explanation(result.rule, result.rule_params, value_format(objective, language)),
        "changed_on": _iso(changed_on),
        "calculated": not failed,
        "last_status": str(shown),
        "achieved_on": _iso(result.achieved_on),
        "attainment": result.rule_params.get("attainment"),
        **beside_json(objective, result),
    }


def beside_json(objective: Objective, result: DailyResult | None) -> dict[str, Any]:
    """What is told beside the status: stretch target, floor, milestones, the first target."""
    params = result.rule_params if result else {}
    first = params.get("first_target")
    return {
        "stretch": ambition_json(objective, result, "stretch"),
        "floor": ambition_json(objective, result, "floor"),
        "milestones": result.milestones if result else [],
        "first": None
        if first is None
        else {
            "target": first,
            "baseline": params.get("first_baseline"),
            "start": params.get("first_start"),
            "end": params.get("first_end"),
            "progress": params.get("first_progress"),
        },
        "weights_days": objective.weights_days or None,
    }


def ambition_json(
    objective: Objective, result: DailyResult | None, name: str
) -> dict[str, Any] | None:
    """A stretch target or a floor, and whether the value is there; None where none was set."""
    amount, asked = getattr(objective, name), asked_of(objective)
    if amount is None:
        return None
    value = result.value if result else None
    reached = None
    if asked is not None and value is not None:
        reached = replace(asked, target=amount).met_by(value)
    return {"value": plain(amount), "reached": reached}


def forecast_json(result: DailyResult) -> dict[str, str] | None:
    """Where it will probably end: eight times in ten between low and high."""
    numbers = {name: getattr(result, f"forecast_{name}") for name in ("low", "median", "high")}
    if any(value is None for value in numbers.values()):
        return None
    return {name: plain(value) for name, value in numbers.items()}


def draft_json(objective: Objective, *, day: date, language: str) -> dict[str, Any]:
    """The same shape for a draft, which has no stored result."""
    agreed = {"baseline": objective.baseline, "target": objective.target}
    empty = dict.fromkeys((*NUMBERS, "data_date", "pace", "forecast", "changed_on"))
    params = {"status": State.DRAFT.value}
    return {
        **_who(objective),
        **empty,
        **{name: None if value is None else plain(value) for name, value in agreed.items()},
        "day": day.isoformat(),
        "status": Status.DRAFT.value,
        "rule": explanation("as_set", params, value_format(objective, language)),
        "calculated": True,
        "last_status": Status.DRAFT.value,
        "achieved_on": None,
        "attainment": None,
        **beside_json(objective, None),
    }


def statuses_json(
    workspace: Workspace,
    objectives: Iterable[Objective],
    results: dict[int, DailyResult],
    *,
    day: date,
    language: str,
) -> list[dict[str, Any]]:
    """The list of the contract; started objectives that no night has judged yet are left out."""
    changes = changes_up_to(workspace, day)
    found = []
    for objective in objectives:
        objective.workspace = workspace
        result = results.get(objective.pk)
        if objective.state == State.DRAFT:
            found.append(draft_json(objective, day=day, language=language))
        elif result is not None:
            changed_on = changes.get(objective.pk)
            found.append(status_json(objective, result, language, changed_on=changed_on))
    return found


def _who(objective: Objective) -> dict[str, Any]:
    return {
        "id": objective.public_id,
        "statement": objective.statement,
        "metric": objective.metric.key if objective.metric else None,
        "kind": objective.kind,
    }


def _instant(moment: datetime | None) -> str | None:
    """An instant as text, as the API writes every other one."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def plain(value: Decimal) -> str:
    """A decimal without exponent or trailing zeros: 45, 0.045."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
