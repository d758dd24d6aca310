"""Whether a workspace can calculate a formula: its names, stocks, circles, reach and units.

Standard library only. Every refusal is a FormulaError with its place in the text.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from metrics.catalogue.definition import MetricDefinition, Rollup
from metrics.formula import parse
from metrics.formula_nodes import (
    Filter,
    FormulaError,
    Modifier,
    Node,
    Phrase,
    evaluation_order,
    gettext_noop,
    metrics_in,
    operands_in_order,
    places,
)
from metrics.quantities import Quantity, check_unit, unit_of
from metrics.units import Unit

MOST_ELSEWHERE = 12
"""So many operands of other periods or segments a formula may read: each is work every night."""
MOST_LEVELS = 4
"""So many own metrics may rest on one another."""
MOST_PERIODS_BACK = 3
"""Through so many other periods one value may reach: a growth of a growth has two."""
CLOSE = 0.6


@dataclass(frozen=True, slots=True)
class Known:
    """What a formula may speak of: the workspace's metrics by key, and the values of dimensions."""

    metrics: Mapping[str, MetricDefinition]
    segments: Set[Filter]

    def unit(self, key: str) -> Unit:
        """What a metric is counted in."""
        return self.metrics[key].unit


class Checked(NamedTuple):
    """A formula that can be calculated, and what it gives."""

    node: Node
    quantity: Quantity


def check_formula(text: str, known: Known, *, key: str = "", unit: Unit | None = None) -> Checked:
    """Reads a formula as that of the own metric `key`; without a `unit` any is right.

    Raises FormulaError with a sentence and the place of what is wrong.
    """
    node = parse(text)
    _check_names(node, known, key)
    _check_segments(node, known)
    _check_stocks(node, known)
    if not metrics_in(node):
        raise FormulaError(gettext_noop("The formula reads no metric: name at least one."), 0)
    _check_reach(node, known, key)
    if unit is None:
        return Checked(node, unit_of(node, known.unit))
    return Checked(node, check_unit(node, unit, known.unit))


def _check_names(node: Node, known: Known, key: str) -> None:
    for place in places(node):
        name = place.operand.metric
        if name == key:
            message = gettext_noop("A metric cannot be calculated from itself.")
            raise FormulaError(message, place.at)
        if name not in known.metrics:
            raise _unknown_metric(name, known, place.at)


def _unknown_metric(name: str, known: Known, at: int | None) -> FormulaError:
    near = _nearest(name, known.metrics)
    if not near:
        message = gettext_noop(
            "There is no metric “%(name)s”. The list beside the formula has those there are."
        )
        return FormulaError(message, at, name=name[:60])
    message = gettext_noop("There is no metric “%(name)s”. Did you mean %(near)s?")
    return FormulaError(message, at, name=name[:60], near=_either(near))


def _nearest(name: str, metrics: Mapping[str, MetricDefinition]) -> list[str]:
    """The keys that a name was most likely meant to be, by key or by name in either language."""
    spoken = {
        word: key
        for key, one in metrics.items()
        for word in (one.name_en.casefold(), one.name_fr.casefold(), key)
    }
    found = get_close_matches(name.replace("_", " "), spoken, n=3, cutoff=CLOSE)
    found += get_close_matches(name, spoken, n=3, cutoff=CLOSE)
    return list(dict.fromkeys(spoken[word] for word in found))[:3]


def _either(keys: Iterable[str]) -> Phrase:
    quoted = list(keys)
    en, fr = (
        ", ".join(f"“{key}”" for key in quoted),
        ", ".join(f"«\u00a0{k}\u00a0»" for k in quoted),
    )
    return Phrase(" or ".join(en.rsplit(", ", 1)), " ou ".join(fr.rsplit(", ", 1)))


def _check_segments(node: Node, known: Known) -> None:
    for place in places(node):
        where = place.operand.where
        if where is None or where in known.segments:
            continue
        keys = [one.key for one in known.segments if one.dimension == where.dimension]
        near = get_close_matches(where.key, keys, n=3, cutoff=CLOSE)
        shown = "".join(char for char in where.key if char.isprintable())[:60]
        if near:
            message = gettext_noop("Nothing is called “%(key)s” here. Did you mean %(near)s?")
            raise FormulaError(message, place.at, key=shown, near=_either(near))
        message = gettext_noop(
            "Nothing is called “%(key)s” here. Name a value that has figures, by its key."
        )
        raise FormulaError(message, place.at, key=shown)


def _check_stocks(node: Node, known: Known) -> None:
    for place in places(node):
        read = known.metrics[place.operand.metric]
        if place.operand.modifier is Modifier.START and read.rollup is not Rollup.LAST:
            message = gettext_noop(
                "“%(name)s” has no level at the start of a period: start(…) is for stocks such as "
                "customers. To read the period before, write prev(%(name)s)."
            )
            raise FormulaError(message, place.at, name=read.key)


def _check_reach(node: Node, known: Known, key: str) -> None:
    """No circles, and bounds on what one value may rest on."""
    elsewhere = [one for one in operands_in_order(node) if one.modifier or one.where]
    if len(elsewhere) > MOST_ELSEWHERE:
        message = gettext_noop(
            "The formula reads other periods or segments in %(count)s places: use at most "
            "%(limit)s."
        )
        raise FormulaError(message, count=str(len(elsewhere)), limit=str(MOST_ELSEWHERE))
    formulas = _formulas(known) | {key: node}
    order = evaluation_order(formulas)
    levels: dict[str, int] = {}
    back: dict[str, int] = {}
    for one in order:
        own = one == key or known.metrics[one].family == "own"
        read = operands_in_order(formulas[one])
        levels[one] = own + max((levels.get(each.metric, 0) for each in read), default=0)
        back[one] = max(
            (back.get(each.metric, 0) + (each.modifier is not None) for each in read), default=0
        )
    if max(levels.values()) > MOST_LEVELS:
        message = gettext_noop(
            "Too many metrics of your own rest on one another: use at most %(limit)s levels."
        )
        raise FormulaError(message, limit=str(MOST_LEVELS))
    if max(back.values()) > MOST_PERIODS_BACK:
        message = gettext_noop(
            "One value would reach back through too many periods: use at most %(limit)s, one from "
            "the other."
        )
        raise FormulaError(message, limit=str(MOST_PERIODS_BACK))


def _formulas(known: Known) -> dict[str, Node]:
    return {key: parse(one.formula) for key, one in known.metrics.items() if one.formula}
