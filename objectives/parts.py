"""The five short steps in which an objective is written, one for each letter of SMART."""

import hashlib
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as lazy

from objectives.milestones import milestones_of
from objectives.models import Objective
from objectives.wording import Text

SUMMARY = "summary"
PARTS: Mapping[str, tuple[str, ...]] = {
    "specific": ("metric", "segment", "owner", "statement"),
    "measurable": (
        "kind",
        "target",
        "target_high",
        "baseline",
        "over",
        "hold",
        "stretch",
        "floor",
        "required_share",
    ),
    "achievable": ("target", "target_high"),
    "relevant": ("parent", "goal"),
    "time": ("start", "end", "pace", "milestones"),
}
"""The fields of the form that each step asks for."""
STEPS = (*PARTS, SUMMARY)
LETTERS: Mapping[str, str] = {
    "specific": "S",
    "measurable": "M",
    "achievable": "A",
    "relevant": "R",
    "time": "T",
}
NAMES: Mapping[str, Text] = {
    "specific": lazy("Specific"),
    "measurable": lazy("Measurable"),
    "achievable": lazy("Achievable"),
    "relevant": lazy("Relevant"),
    "time": lazy("Time-bound"),
    SUMMARY: lazy("Summary"),
}
QUESTIONS: Mapping[str, Text] = {
    "specific": lazy("What do you want to move, and who answers for it?"),
    "measurable": lazy("How much, and from where?"),
    "achievable": lazy("Can it be done?"),
    "relevant": lazy("What is it good for?"),
    "time": lazy("From when to when?"),
    SUMMARY: lazy("Look at it once more, then start"),
}
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "segment": ("channel_id", "device_id", "campaign_id"),
    "metric": ("metric_id",),
    "owner": ("owner_id",),
    "parent": ("parent_id",),
}


def step_after(step: str) -> str:
    """The step that follows; the summary is the last one."""
    return STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]


def step_before(step: str) -> str:
    """The step before; empty for the first one."""
    place = STEPS.index(step)
    return STEPS[place - 1] if place else ""


def step_of(field: str) -> str:
    """The first step that asks for a field."""
    return next((step for step, names in PARTS.items() if field in names), SUMMARY)


def seen(objective: Objective, step: str) -> str:
    """What a page of this step was made from: two of them differ when its fields do.

    A step that another one was saved after in the meantime is still as it was: only what this page
    would overwrite is in it.
    """
    facts: list[object] = []
    for name in PARTS[step]:
        if name == "milestones":
            facts.append(milestones_of(objective))
        else:
            facts += [getattr(objective, column) for column in _COLUMNS.get(name, (name,))]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
