"""Words by which tables set what is planned apart from what happened: budgets, targets, forecasts.

Only what happened is a fact. "Budget Jan 2026" is a plan, "Jan 2026 (Actual)" a figure of January.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from metrics.imports.folding import fold
from metrics.imports.wording import listed

HAPPENED = (
    r"(?:actuals?|act\.?|realized|realised|achieved|reel(?:le)?s?|realise(?:e)?s?|constate(?:e)?s?"
    r"|ist|ist-werte?|istwerte?|real(?:es)?|realizado|realizados|consuntivo|effettivo)"
)
INTENDED = (
    r"(?:budget(?:s|ed|e|es)?|targets?|goals?|objectives?|objectifs?|obj\.?|cibles?|plan(?:ned)?"
    r"|forecasts?|forecasted|fcst|reforecast|previsions?|previsionnel(?:le)?s?|prevue?s?"
    r"|projections?|projected|bp|soll|sollwerte?|zielwerte?|ziele?|planwerte?|prognosen?|objetivos?"
    r"|previsto|previstos|presupuestos?|obiettivi|obiettivo|previsione|previsioni)"
)
APART = r"[\s:.,/|_-]+(?:(?:de|des|du|of|for|en|in|im|pour)\s+|d')?"
FIRST = re.compile(rf"[(\[]?(?P<word>{HAPPENED}|{INTENDED})[)\]]?(?:{APART}(?P<rest>.+))?")
LAST = re.compile(rf"(?P<rest>.+?)[\s:.,/|_-]*[\s:.,/|_(\[-](?P<word>{HAPPENED}|{INTENDED})[)\]]?")
OF_ANALYTICS = re.compile(r"goals? \w")
"""What an analytics tool calls a conversion: "goal completions" are no plan."""
IN_BRACKETS = re.compile(rf".+[(\[]\s*{INTENDED}\s*[)\]]\s*")
PLANNED = re.compile(INTENDED)


def without_plan(text: str) -> tuple[str, bool] | None:
    """The other words of a text that says "actual" or "budget", and whether it is a plan.

    None where no such word begins or ends the text.
    """
    plain = fold(text).strip(" :*")
    found = FIRST.fullmatch(plain) or LAST.fullmatch(plain)
    if found is None or OF_ANALYTICS.match(plain):
        return None
    return (found["rest"] or "").strip(" :-"), bool(PLANNED.fullmatch(found["word"]))


def is_scenario(text: str) -> bool | None:
    """Whether a text that is nothing but such a word says a plan; None for any other text."""
    said = without_plan(text)
    return said[1] if said is not None and not said[0] else None


def says_plan_in_brackets(text: str) -> bool:
    """Whether a header closes with such a word: "Cost (budget)" is no cost."""
    return bool(IN_BRACKETS.fullmatch(fold(text)))


def plans_left_out(names: Sequence[str]) -> str:
    """The sentence that says which plans are not imported."""
    return _(
        "What is planned is left out, for it is no figure of what happened: %(names)s. Enter it as"
        " an objective or as a campaign's budget."
    ) % {"names": listed(names)}
