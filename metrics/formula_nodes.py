"""What a formula is made of, what it reads, and what is wrong with one.

Standard library only. `metrics.formula` has the language and reads texts into these nodes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

DIMENSIONS = ("channel", "campaign", "device", "asset", "segment")


def gettext_noop(message: str) -> str:
    """Mark a message for translation; whoever shows it translates it."""
    return message


class Phrase(NamedTuple):
    """A few words in both languages, put together piece by piece, to stand inside a sentence."""

    en: str
    fr: str

    def said(self, language: str) -> str:
        """The words in "en" or "fr"."""
        return self.fr if language.startswith("fr") else self.en


class FormulaError(ValueError):
    """A text that is no formula, or a formula that cannot be meant.

    `message` is a whole English sentence with named placeholders, `params` fills them, so that a
    page can translate the first before it applies the second (`filling`); `str()` gives the
    English. `position` counts the characters before the place that is wrong, None where it is
    everywhere.
    """

    def __init__(self, message: str, position: int | None = None, **params: str | Phrase) -> None:
        self.message = message
        self.position = position
        self.params = params
        super().__init__(message % self.filling("en"))

    def filling(self, language: str) -> dict[str, str]:
        """What fills the sentence's placeholders, in "en" or "fr"."""
        return {
            name: one.said(language) if isinstance(one, Phrase) else one
            for name, one in self.params.items()
        }


class Modifier(StrEnum):
    """Which other period an operand is read from."""

    START = "start"
    PREV = "prev"
    YEAR_AGO = "year_ago"
    LAG = "lag"


class Filter(NamedTuple):
    """One value of one dimension, as in ``where channel = "organic"``."""

    dimension: str
    key: str


@dataclass(frozen=True, slots=True)
class Operand:
    """What a formula reads: a metric, maybe from another period, maybe of one segment only.

    `str()` is its text in the language, which is also its name among a result's inputs.
    """

    metric: str
    modifier: Modifier | None = None
    days: int = 0
    where: Filter | None = None

    def __str__(self) -> str:
        text = self.metric
        if self.where:
            text = f'{text} where {self.where.dimension} = "{self.where.key}"'
        if self.modifier is Modifier.LAG:
            return f"lag({text}, {self.days})"
        return f"{self.modifier}({text})" if self.modifier else text


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in the formula, zero or more."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Value:
    """The value of an operand. `at`: where the text names it; equal nodes may stand elsewhere."""

    operand: Operand
    at: int | None = field(default=None, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus something."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two things and what is done with them: ``+``, ``-``, ``*`` or ``/``, written `at`."""

    operator: str
    left: "Node"
    right: "Node"
    at: int | None = field(default=None, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Call:
    """One of `min`, `max`, `coalesce`, `per_year` and `parts`, written `at`, with its arguments."""

    function: str
    arguments: tuple["Node", ...]
    at: int | None = field(default=None, compare=False, repr=False, kw_only=True)


Node = Number | Value | Negative | Binary | Call

FUNCTIONS = ("min", "max", "coalesce", "per_year", "parts")
RESERVED = frozenset({*FUNCTIONS, *Modifier, "where"})
"""Words of the language, which no metric can have as its key."""

METRIC_KEY = re.compile(r"[a-z][a-z0-9_]{1,59}", re.ASCII)


def is_metric_key(text: str) -> bool:
    """Whether a formula can name a metric of this key: small letters, digits, underscores."""
    return METRIC_KEY.fullmatch(text) is not None and text not in RESERVED


def with_operands(node: Node, change: Callable[[Operand], Operand]) -> Node:
    """The same formula with each operand changed."""
    match node:
        case Number():
            return node
        case Value(operand, at=at):
            return Value(change(operand), at=at)
        case Negative(inner):
            return Negative(with_operands(inner, change))
        case Binary(operator, left, right, at=at):
            before, after = with_operands(left, change), with_operands(right, change)
            return Binary(operator, before, after, at=at)
        case Call(function, arguments, at=at):
            return Call(function, tuple(with_operands(one, change) for one in arguments), at=at)


def operands_in_order(node: Node) -> tuple[Operand, ...]:
    """What the formula reads, each once, in the order of the text."""
    found: dict[Operand, None] = {}

    def note(operand: Operand) -> Operand:
        found[operand] = None
        return operand

    with_operands(node, note)
    return tuple(found)


def places(node: Node) -> Iterator[Value]:
    """Every place of the formula that reads something, in the order of the text."""
    match node:
        case Value():
            yield node
        case Negative(inner):
            yield from places(inner)
        case Binary(_, left, right):
            yield from places(left)
            yield from places(right)
        case Call(_, arguments):
            for one in arguments:
                yield from places(one)


def operands(node: Node) -> frozenset[Operand]:
    """What the formula reads: metrics with the period and the segment they are read from."""
    return frozenset(operands_in_order(node))


def metrics_in(node: Node) -> frozenset[str]:
    """The keys of the metrics that the formula reads."""
    return frozenset(operand.metric for operand in operands_in_order(node))


def evaluation_order(formulas: Mapping[str, Node]) -> tuple[str, ...]:
    """The keys of `formulas`, each after those that its formula reads.

    Raises FormulaError naming the metrics that read each other in a circle.
    """
    graph = {key: sorted(metrics_in(node) & formulas.keys()) for key, node in formulas.items()}
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        message = gettext_noop("These metrics are calculated from each other: %(circle)s.")
        raise FormulaError(message, circle=" → ".join(reversed(error.args[1]))) from error
