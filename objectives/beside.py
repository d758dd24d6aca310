"""What is told beside an objective's status and never changes it.

How its milestones stand, and the progress towards the target that was agreed first.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from objectives.history import adds_from_the_start, daily_of
from objectives.judgement import Inputs
from objectives.measure import Asked, Method, Rollup, measure
from objectives.models import Objective, ObjectiveVersion
from objectives.presentation import plain

MILESTONE_STATES = ("reached", "late", "not_reached", "ahead")
"""By its day; after its day; its day has passed without it; its day is still to come."""


def milestone_states(objective: Objective, inputs: Inputs) -> list[dict[str, Any]]:
    """Each milestone with the value of its day, as far as it is known, and how it stands."""
    marks = list(objective.milestones.all())
    if not marks:
        return []
    judged = inputs.judged_on
    line = _line(objective, inputs.asked, judged) if judged else {}
    return [_state(inputs, line, one.day, one.value) for one in marks]


def _line(objective: Objective, asked: Asked, judged: date) -> dict[date, Decimal]:
    """The value that counts at the end of each day; empty for what has none by the day."""
    by_day = adds_from_the_start(asked) or asked.rollup is Rollup.STOCK
    if objective.start is None or not by_day or asked.method is Method.PERIODS:
        return {}
    known = daily_of(objective, objective.start, judged)
    if asked.rollup is Rollup.STOCK:
        return known
    total, line = Decimal(0), {}
    for day in sorted(known):
        total += known[day]
        line[day] = total
    return line


def _state(inputs: Inputs, line: dict[date, Decimal], day: date, value: Decimal) -> dict[str, Any]:
    judged = inputs.judged_on
    asked = replace(inputs.asked, target=value)
    on = next((one for one in sorted(line) if asked.met_by(line[one])), None)
    if inputs.asked.less_is_better and adds_from_the_start(inputs.asked):
        # A sum that must stay low is there as long as it is: what it was on the day counts.
        on = day if judged and judged >= day and asked.met_by(_at(line, day)) else None
    has_passed = judged is not None and judged >= day
    state = "not_reached" if has_passed else "ahead"
    if on is not None:
        state = "reached" if on <= day else "late"
    return {
        "day": day.isoformat(),
        "value": plain(value),
        "actual": plain(_at(line, day)) if has_passed and line else None,
        "reached_on": None if on is None else on.isoformat(),
        "state": state,
    }


def _at(line: dict[date, Decimal], day: date) -> Decimal:
    known = [one for one in line if one <= day]
    return line[max(known)] if known else Decimal(0)


def first_agreed(objective: Objective, inputs: Inputs) -> dict[str, Any]:
    """The target, baseline and dates of the first version, and the progress towards them.

    Empty while they are the present ones.
    """
    first = next(iter(objective.versions.all()), None)
    if first is None or first.target is None or not _differs(objective, first):
        return {}
    asked = replace(
        inputs.asked,
        target=first.target,
        baseline=first.baseline,
        target_high=first.target_high,
    )
    found = measure(asked, value=inputs.value, share=Decimal(1), periods=inputs.periods)
    numbers = {
        "first_target": first.target,
        "first_baseline": first.baseline,
        "first_progress": found.progress,
    }
    days = {"first_start": first.start, "first_end": first.end}
    texts = {name: plain(number) for name, number in numbers.items() if number is not None}
    return texts | {name: day.isoformat() for name, day in days.items() if day is not None}


def _differs(objective: Objective, first: ObjectiveVersion) -> bool:
    names = ("target", "target_high", "baseline", "start", "end")
    return any(getattr(objective, name) != getattr(first, name) for name in names)
