"""What an objective's page tells beside its status: the plan, milestones, stretch, floor, first."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts import fmt, fmt_dates
from objectives.milestones import milestones_of
from objectives.models import DailyResult, Objective
from objectives.presentation import ambition_json, value_format
from objectives.wording import Facts, Text, lang
from objectives.working_days import WorkingDays

PLANS: dict[str, Text] = {
    "even": lazy("The plan expects the same of every day."),
    "weekday": lazy("The plan follows the weekdays of the eight weeks before the start."),
    "last_year": lazy("The plan follows the same weeks and weekdays of last year."),
}
STATES: dict[str, tuple[Text, str]] = {
    "reached": (lazy("Reached"), "on"),
    "late": (lazy("Reached late"), "risk"),
    "not_reached": (lazy("Not reached"), "off"),
    "ahead": (lazy("Still to come"), ""),
}
AMBITIONS: dict[str, Text] = {"stretch": lazy("Stretch target"), "floor": lazy("Floor")}


@dataclass(frozen=True)
class MilestoneRow:
    """One milestone as a row: its day, what was asked and what was there."""

    day: str
    value: str
    actual: str
    state: str
    tone: str
    reached_on: str


def beside(objective: Objective, result: DailyResult | None) -> dict[str, Any]:
    """The context of `objectives/_beside.html`."""
    return {
        "plan_words": _plan(objective),
        "first_words": _first(objective, result),
        "ambitions": _ambitions(objective, result),
        "milestone_rows": _milestones(objective, result),
    }


def _plan(objective: Objective) -> str:
    """Which weights were frozen at the start; nothing before there are any."""
    if objective.weights_kind not in PLANS:
        return ""
    words = [str(PLANS[objective.weights_kind])]
    days = WorkingDays.read(objective.weights_days).sentence()
    return " ".join([*words, *([days] if days else [])])


def _first(objective: Objective, result: DailyResult | None) -> str:
    """What was agreed first, and how far that is; nothing where it has not changed."""
    facts = Facts(result.rule_params if result else {})
    target = facts.number("first_target")
    if target is None:
        return ""
    write = value_format(objective, lang())
    words = {"target": write(target), "end": facts.text("first_end")}
    if words["end"]:
        words["end"] = fmt_dates.date_long(date.fromisoformat(words["end"]), lang())
    progress = facts.number("first_progress")
    if progress is None:
        return _("First agreed: %(target)s by %(end)s.") % words
    words["share"] = fmt.percent(progress, lang(), 0)
    return _("First agreed: %(target)s by %(end)s. Against that it is at %(share)s.") % words


def _ambitions(objective: Objective, result: DailyResult | None) -> list[tuple[str, str, str]]:
    """(name, value, whether it is reached) of the stretch target and the floor."""
    write, found = value_format(objective, lang()), []
    for name, label in AMBITIONS.items():
        told = ambition_json(objective, result, name)
        if told is not None:
            words = {True: _("reached"), False: _("not reached yet"), None: ""}
            found.append((str(label), write(Decimal(told["value"])), words[told["reached"]]))
    return found


def _milestones(objective: Objective, result: DailyResult | None) -> list[MilestoneRow]:
    """As the last night found them; as they were set before there was one."""
    stored = result.milestones if result else []
    known = {(one["day"], Decimal(one["value"])): one for one in stored}
    write = value_format(objective, lang())
    rows = []
    for day, value in milestones_of(objective):
        told = known.get((day.isoformat(), value), {})
        word, tone = STATES[told.get("state", "ahead")]
        actual, on = told.get("actual"), told.get("reached_on")
        rows.append(
            MilestoneRow(
                day=fmt_dates.date_long(day, lang()),
                value=write(value),
                actual=fmt.MISSING if actual is None else write(Decimal(actual)),
                state=str(word),
                tone=tone,
                reached_on=fmt_dates.date_long(date.fromisoformat(on), lang()) if on else "",
            )
        )
    return rows
