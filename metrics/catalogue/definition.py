"""What an entry of the catalogue says about a metric.

Standard library only: the catalogue is data, read by pages, imports, formulas and checks.
"""

import sys
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from metrics.units import Unit

PROJECT = Path(__file__).resolve().parents[2]


class Rollup(StrEnum):
    """How a metric's values add up over time."""

    SUM = "sum"
    LAST = "last"
    UNIQUE = "unique"
    WEIGHTED_MEAN = "weighted_mean"
    FORMULA = "formula"


class Direction(StrEnum):
    """Whether a higher value is better (up), a lower one (down), or neither by itself."""

    UP = "up"
    DOWN = "down"
    CONTEXT = "context"


class Nature(StrEnum):
    """What kind of thing is measured: amounts, opinions, or what is to come."""

    QUANTITATIVE = "quantitative"
    QUALITATIVE = "qualitative"
    ADVANCED = "advanced"


class SourceKind(StrEnum):
    """What a day without a row means inside the span that a source covered.

    A source of events lists what happened, so the day is zero; a measured day that is missing
    is unknown.
    """

    EVENTS = "events"
    MEASURED = "measured"


def _place() -> tuple[str, int]:
    """File and line of the entry being declared: the first caller that is not this module."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_code.co_filename in {__file__, "<string>"}:
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyDefinition:
    """A shelf of the catalogue."""

    key: str
    name_en: str
    name_fr: str

    def name(self, language: str) -> str:
        """Its name in "en" or "fr"."""
        return self.name_fr if language.startswith("fr") else self.name_en


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A published figure to compare with, in the metric's unit, and who published it."""

    value: Decimal
    text_en: str
    text_fr: str
    source: str

    def text(self, language: str) -> str:
        """What it says, in "en" or "fr"."""
        return self.text_fr if language.startswith("fr") else self.text_en


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDefinition:
    """One metric of the catalogue, in English and French.

    A base metric states its `rollup`, and its `weight` where that is a weighted mean; a derived
    one states its `formula`. `pair` is the metric that a `vanity` one should be read with.
    `aliases` are other names that people give it at the head of a column. `after_the_fact` marks
    what cannot be judged while a campaign still runs. `listed_by` names dimensions: what sources
    break down by all of these is a list that leaves out the rest, and never stands for the total.
    """

    key: str
    name_en: str
    name_fr: str
    definition_en: str
    definition_fr: str
    unit: Unit
    direction: Direction
    family: str
    rollup: Rollup = Rollup.FORMULA
    weight: str | None = None
    formula: str | None = None
    nature: Nature = Nature.QUANTITATIVE
    source_kind: SourceKind = SourceKind.MEASURED
    vanity: bool = False
    pair: str | None = None
    after_the_fact: bool = False
    question_en: str = ""
    question_fr: str = ""
    note_en: str = ""
    note_fr: str = ""
    badge_en: str = ""
    badge_fr: str = ""
    benchmark: Benchmark | None = None
    aliases: tuple[str, ...] = ()
    listed_by: tuple[str, ...] = ()
    place: tuple[str, int] = field(default_factory=_place, compare=False, repr=False)

    @property
    def declared_at(self) -> str:
        """`file:line` of its entry, for checks that name it."""
        path, line = Path(self.place[0]), self.place[1]
        shown = path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path
        return f"{shown}:{line}"

    @property
    def is_derived(self) -> bool:
        """Whether it is calculated from other metrics."""
        return self.formula is not None

    def name(self, language: str) -> str:
        """Its name in "en" or "fr"."""
        return self._in(language, self.name_en, self.name_fr)

    def definition(self, language: str) -> str:
        """What it measures, one sentence."""
        return self._in(language, self.definition_en, self.definition_fr)

    def question(self, language: str) -> str:
        """The question that it answers, or ""."""
        return self._in(language, self.question_en, self.question_fr)

    def note(self, language: str) -> str:
        """What to know when reading it, or ""."""
        return self._in(language, self.note_en, self.note_fr)

    def badge(self, language: str) -> str:
        """The few words of warning to show beside it everywhere, or ""."""
        return self._in(language, self.badge_en, self.badge_fr)

    @staticmethod
    def _in(language: str, english: str, french: str) -> str:
        return french if language.startswith("fr") else english
