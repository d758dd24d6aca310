"""What an objective on trial says to the person who writes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts import fmt_dates
from objectives.presentation import value_format
from objectives.smart import Letter
from objectives.smart_wording import letter_name, letter_sentence
from objectives.trial import Foretold, Trial
from objectives.wording import Text, lang

ICONS: Mapping[str, str] = {"ok": "check", "warn": "alert-triangle", "fail": "x"}
TONES: Mapping[str, str] = {"ok": "on", "warn": "risk", "fail": "off"}
_FORETOLD: Mapping[Foretold, Text] = {
    Foretold.READY: "",
    Foretold.COMING: lazy(
        "The forecast is being calculated; it takes a minute or two. Until then the target is "
        "compared with the past alone."
    ),
    Foretold.UNSAVED: lazy(
        "The forecast follows once this is saved. Until then the target is compared with the past "
        "alone."
    ),
    Foretold.LATE: lazy(
        "There is no forecast: the history is too short for one, or it comes with the night. The "
        "target is compared with the past alone."
    ),
    Foretold.NO_FIGURES: lazy(
        "No figures of this metric have arrived yet, so there is no history. A draft may wait for "
        "them: its baseline is to be confirmed."
    ),
    Foretold.OVER: lazy("All its days have figures already: there is nothing left to foretell."),
}


@dataclass(frozen=True)
class Mark:
    """A SMART letter as a pill and a sentence."""

    letter: str
    name: str
    state: str
    tone: str
    icon: str
    sentence: str


def marks(trial: Trial) -> list[Mark]:
    """The five letters."""
    return [_mark(one, trial) for one in trial.report.letters]


def _mark(letter: Letter, trial: Trial) -> Mark:
    return Mark(
        letter=letter.letter,
        name=letter_name(letter),
        state=letter.state.value,
        tone=TONES[letter.state],
        icon=ICONS[letter.state],
        sentence=letter_sentence(letter, value_format(trial.objective, lang())),
    )


def foretold_sentence(trial: Trial) -> str:
    """How the forecast stands; empty where it is there, or where there is no metric yet."""
    return str(_FORETOLD[trial.foretold]) if trial.objective.metric else ""


def assumed_sentence(trial: Trial) -> str:
    """Over which days the past is compared while nobody has chosen any."""
    whole = trial.whole
    is_needed = trial.has_assumed_dates and trial.objective.target is not None
    if not is_needed or whole.start is None or whole.end is None:
        return ""
    return _("No dates yet: compared as if it ran for %(span)s.") % {
        "span": fmt_dates.date_range(whole.start, whole.end, lang())
    }
