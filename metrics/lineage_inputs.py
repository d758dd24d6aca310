"""A formula with its values filled in, and its operands, each of which can be opened in turn."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import get_language

from accounts import fmt
from metrics.formula import parse
from metrics.formula_nodes import Operand, Value, operands_in_order
from metrics.formula_text import filled, readable
from metrics.models import Metric
from metrics.movement import Span
from metrics.resolution import EVERYTHING, Segment
from metrics.why_values import Reader

DEEPEST = 6
"""So many formulas inside of each other are shown at once; further ones have their own page."""


@dataclass(frozen=True, slots=True)
class Input:
    """One operand: what it is called, its value, and where to read it in turn.

    `segment` is its own where the formula names one. `formula` and `filled` are empty for a
    metric without a formula.
    """

    metric: Metric
    label: str
    value: Decimal | None
    reason: str | None
    span: Span | None
    segment: Segment
    segment_key: str
    is_incomplete: bool = False
    formula: str = ""
    filled: str = ""
    inputs: tuple["Input", ...] = ()


@dataclass(slots=True)
class Formulas:
    """Reads the operands of formulas, each metric once."""

    reader: Reader
    metrics: dict[str, Metric] = field(init=False)
    language: str = field(init=False)

    def __post_init__(self) -> None:
        stored = Metric.objects.filter(workspace=self.reader.workspace)
        self.metrics = {one.key: one for one in stored}
        self.language = get_language() or "en"

    def explained(self, metric: Metric, span: Span) -> tuple[str, str, tuple[Input, ...]]:
        """The formula of a value, in words and with its values, and its inputs."""
        self.reader.read(self._here(metric.key), span)
        return self._opened(metric, span, 0)

    def _here(self, key: str) -> list[str]:
        """A metric and all that its formulas read of the same span."""
        found, waiting = {key: None}, [key]
        while waiting:
            metric = self.metrics.get(waiting.pop())
            formula = metric.definition.formula if metric else None
            for operand in operands_in_order(parse(formula)) if formula else ():
                if not operand.modifier and not operand.where and operand.metric not in found:
                    found[operand.metric] = None
                    waiting.append(operand.metric)
        return list(found)

    def _opened(self, metric: Metric, span: Span, depth: int) -> tuple[str, str, tuple[Input, ...]]:
        formula = metric.definition.formula
        if formula is None:
            return "", "", ()
        node = parse(formula)
        names = {one.key: one.name for one in self.metrics.values()}
        inputs = {
            str(operand): self._input(metric, operand, span, depth, names)
            for operand in operands_in_order(node)
        }
        texts = {
            name: fmt.metric_value(
                one.value,
                str(one.metric.definition.unit),
                self.reader.workspace.currency,
                self.language,
            )
            for name, one in inputs.items()
            if one is not None
        }
        known = tuple(one for one in inputs.values() if one is not None)
        return readable(node, names, self.language), filled(node, texts, self.language), known

    def _input(
        self, host: Metric, operand: Operand, span: Span, depth: int, names: Mapping[str, str]
    ) -> Input | None:
        metric = self.metrics.get(operand.metric)
        if metric is None:
            return None
        here = operand.modifier is None and operand.where is None
        read = self._read(host, operand, span)
        segment = EVERYTHING if operand.where else self.reader.segment
        opened = self._opened(metric, span, depth + 1) if here and depth < DEEPEST else ("", "", ())
        return Input(
            metric,
            readable(Value(operand), names, self.language),
            read[0],
            read[1],
            self.reader.shifted(operand, span),
            segment,
            f"{operand.where.dimension}:{operand.where.key}" if operand.where else "",
            here and self.reader.whole(operand.metric, span).incomplete,
            *opened,
        )

    def _read(
        self, host: Metric, operand: Operand, span: Span
    ) -> tuple[Decimal | None, str | None]:
        if operand.modifier is None and operand.where is None:
            found = self.reader.whole(operand.metric, span)
            return found.value, found.reason
        return self.reader.whole(host.key, span).inputs.get(str(operand)), None


def leaves(inputs: Iterable[Input]) -> Iterator[Input]:
    """What a formula rests on in the end: the operands that have no formula of their own."""
    for one in inputs:
        if one.inputs:
            yield from leaves(one.inputs)
        else:
            yield one
