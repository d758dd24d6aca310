"""A stored result as the contract prints it: ``objective_status`` and the API share one shape."""

from datetime import date
from decimal import Decimal
from typing import Any

from accounts import fmt
from objectives.explanation import explanation
from objectives.models import DailyResult, Objective, StatusChange
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


def value_format(objective: Objective, language: str) -> Format:
    """Writes a value of the objective's metric with its unit, in a language."""
    unit = str(objective.metric.definition.unit) if objective.metric else "count"
    currency = objective.workspace.currency

    def write(value: Decimal) -> str:
        return fmt.metric_value(value, unit, currency, language)

    return write


def changed_on(objective: Objective, day: date) -> date | None:
    """The day of the latest change of status up to ``day``."""
    return (
        StatusChange.objects.filter(
            workspace_id=objective.workspace_id, objective=objective, day__lte=day
        )
        .order_by("-day")
        .values_list("day", flat=True)
        .first()
    )


def status_json(objective: Objective, result: DailyResult, language: str) -> dict[str, Any]:
    """Every number on the objective's page that day, and the words of the rule that spoke."""
    numbers = {name: getattr(result, name) for name in NUMBERS}
    changed = changed_on(objective, result.day)
    words = explanation(result.rule, result.rule_params, value_format(objective, language))
    return {
        "id": objective.public_id,
        "statement": objective.statement,
        "metric": objective.metric.key if objective.metric else None,
        "day": result.day.isoformat(),
        "data_date": result.data_date.isoformat() if result.data_date else None,
        "kind": objective.kind,
        **{name: None if value is None else plain(value) for name, value in numbers.items()},
        "pace": result.pace or None,
        "forecast": None,
        "status": result.status,
        "rule": words,
        "changed_on": changed.isoformat() if changed else None,
    }


def plain(value: Decimal) -> str:
    """A decimal without exponent or trailing zeros: 45, 0.045."""
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text
