"""The five SMART letters in words, in the active language."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from accounts import fmt, fmt_dates
from objectives.outlook_words import share_text
from objectives.smart import Letter, Outcome
from objectives.wording import Format, Text, lang

LETTER_NAMES: Mapping[str, Text] = {
    "S": lazy("Specific"),
    "M": lazy("Measurable"),
    "A": lazy("Achievable"),
    "R": lazy("Relevant"),
    "T": lazy("Time-bound"),
}
OUTCOME_ICONS: Mapping[str, str] = {"ok": "✓", "warn": "!", "fail": "✕"}
OUTCOME_TONES: Mapping[str, str] = {"ok": "quiet", "warn": "risk", "fail": "off"}
MISSING_NAMES: Mapping[str, Text] = {
    "statement": lazy("Write what is to be achieved, in one sentence."),
    "metric": lazy("Choose the metric that measures it."),
    "owner": lazy("Name the person who answers for it."),
}
_SENTENCES: Mapping[tuple[str, str], Text] = {
    ("S", "specific"): lazy("One statement, one metric, one segment and one owner."),
    ("S", "vanity"): lazy(
        "A vanity metric: it can grow without any effect on the business. Add an objective on the "
        "metric that it is read with: %(pair)s."
    ),
    ("S", "after_the_fact"): lazy(
        "It is known only after the fact, too late to steer by. Add an objective on what leads to "
        "it: %(pair)s."
    ),
    ("M", "delivered"): lazy("Its figures arrive: the last ones are of %(last_delivered)s."),
    ("M", "no_target"): lazy("Set a target."),
    ("M", "no_unit"): lazy("The metric has no unit. Choose a metric that has one."),
    ("M", "limits_crossed"): lazy("Set an upper limit above the lower one."),
    ("M", "never_delivered"): lazy(
        "No figures of this metric have arrived yet. Enter or import some before the start."
    ),
    ("M", "late"): lazy(
        "The last figures are of %(last_delivered)s, later than their usual rhythm. Bring them up "
        "to date before the start."
    ),
    ("A", "no_target"): lazy("Without a target there is nothing to compare with the past."),
    ("A", "already_met"): lazy("The baseline of %(baseline)s meets the target already."),
    ("A", "no_history"): lazy("There is no past to compare with, so the target is a guess."),
    ("A", "chance_fair"): lazy("The chance of reaching it is %(chance)s by the forecast."),
    ("A", "chance_trivial"): lazy(
        "The chance of reaching it is %(chance)s by the forecast: the target asks for nothing new."
    ),
    ("A", "chance_reckless"): lazy(
        "The chance of reaching it is %(chance)s by the forecast: the target is out of reach."
    ),
    ("A", "within_history"): lazy(
        "It was done before: the best past span had %(best)s, the median one %(median)s."
    ),
    ("A", "trivial"): lazy(
        "Every past span met it (median %(median)s): the target asks for nothing new."
    ),
    ("A", "beyond_best"): lazy(
        "The best past span had %(best)s, the median one %(median)s. The target asks for a change "
        "of %(change)s against the best."
    ),
    ("A", "reckless"): lazy(
        "The best past span had %(best)s, the median one %(median)s. The target is far out of that "
        "reach."
    ),
    ("A", "inside_before"): lazy(
        "Past spans were inside these limits before; the median one had %(median)s."
    ),
    ("A", "never_inside"): lazy(
        "No past span was inside these limits; the median one had %(median)s."
    ),
    ("R", "parent"): lazy("It serves a parent objective."),
    ("R", "goal"): lazy("It serves a written business goal."),
    ("R", "no_goal"): lazy("Choose a parent objective or write the business goal that it serves."),
    ("R", "cycle"): lazy(
        "Its parents lead back to itself. Choose a parent that does not depend on it."
    ),
    ("T", "no_dates"): lazy("Set the first and the last day."),
    ("T", "end_before_start"): lazy("Set a last day after the first day."),
}


def letter_name(letter: Letter) -> str:
    """The word behind the letter."""
    return str(LETTER_NAMES[letter.letter])


def letter_icon(letter: Letter) -> str:
    """✓, ! or ✕."""
    return OUTCOME_ICONS[letter.state]


def letter_tone(letter: Letter) -> str:
    """The tone of its pill: quiet, risk or off."""
    return OUTCOME_TONES[letter.state]


def letter_sentence(letter: Letter, format_value: Format) -> str:
    """What was found, and where it does not hold what to do."""
    if letter.code == "incomplete":
        missing = letter.params["missing"]
        names = missing if isinstance(missing, list) else []
        return " ".join(str(MISSING_NAMES[name]) for name in names)
    if letter.code in ("time_bound", "too_short"):
        return _length_sentence(letter)
    text = str(_SENTENCES[letter.letter, letter.code]) % _words(letter, format_value)
    return " ".join([text, *_evidence(letter, format_value)])


def _evidence(letter: Letter, format_value: Format) -> list[str]:
    """What the past says of a target: the change that is asked for, the best one that there was."""
    words, said = _words(letter, format_value), []
    if "best_change" in letter.params:
        said.append(str(_GROWTH) % words)
    elif "asked_change" in letter.params:
        said.append(str(_GROWTH_ONCE) % words)
    if letter.code.startswith("chance_") and "best" in letter.params:
        said.append(str(_LEVELS) % words)
    if "asked_for" in letter.params:
        said.append(str(_CHANGE) % words)
    return said


_GROWTH = lazy(
    "Asked: %(asked_change)s against the span before (%(last)s); the best of the last %(spans)s "
    "spans of this length: %(best_change)s."
)
_GROWTH_ONCE = lazy("Asked: %(asked_change)s against the span before (%(last)s).")
_CHANGE = lazy("These are changes over a span: asked is %(asked_for)s.")
_LEVELS = lazy("The best past span had %(best)s, the median one %(median)s.")


def _words(letter: Letter, format_value: Format) -> dict[str, str]:
    words = {}
    for name, fact in letter.params.items():
        if name in ("best", "median", "baseline", "required", "last", "asked_for"):
            words[name] = format_value(Decimal(str(fact)))
        elif name in ("change", "asked_change", "best_change"):
            words[name] = fmt.signed_percent(Decimal(str(fact)), lang())
        elif name == "chance":
            words[name] = share_text(Decimal(str(fact)))
        elif name in ("spans", "pair"):
            words[name] = str(fact)
        elif name == "last_delivered":
            words[name] = fmt_dates.date_long(date.fromisoformat(str(fact)), lang())
    return {"change": fmt.MISSING, "pair": fmt.MISSING} | words


def _length_sentence(letter: Letter) -> str:
    days = letter.params["days"]
    count = days if isinstance(days, int) else 0
    if letter.state is Outcome.OK:
        sentence = ngettext("It runs for %(count)s day.", "It runs for %(count)s days.", count)
    else:
        sentence = ngettext(
            "It runs for %(count)s day. Its figures need %(least)s days to show a change: set a "
            "later last day.",
            "It runs for %(count)s days. Its figures need %(least)s days to show a change: set a "
            "later last day.",
            count,
        )
    return sentence % {"count": count, "least": letter.params.get("least_days", 0)}
