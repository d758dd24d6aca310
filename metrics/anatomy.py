"""What a metric is made of, over two spans: its formula down to what adds up over segments."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from metrics.effects import Moved, effects, linear
from metrics.formula import parse
from metrics.formula_nodes import Binary, Node, Operand, Value, operands_in_order
from metrics.models import Metric
from metrics.periods import PERIODS_PER_YEAR
from metrics.resolution import NOT_SET, Segment
from metrics.rules import STOCKS, SUMS
from metrics.spans import DAYS_IN_A_YEAR
from metrics.why_values import Reader, Span

ADD_UP = SUMS | STOCKS
NOUGHT = Fraction(0)
Ends = tuple[Fraction | None, Fraction | None]
"""A value then and now."""
Weights = Mapping[Operand, Fraction]
Split = dict[Segment, Fraction]


class Anatomy:
    """A workspace's formulas with the values of two spans, then and now.

    A *leaf* is an operand that is not taken apart any further: a metric without a formula, or
    one that is read from another period or segment.
    """

    def __init__(
        self,
        metrics: Mapping[str, Metric],
        reader: Reader,
        spans: tuple[Span, Span],
    ) -> None:
        self.metrics, self.reader, self.spans = metrics, reader, spans
        self._moved: dict[str, Moved | None] = {}
        self._hosts: dict[Operand, str] = {}

    def node(self, key: str) -> Node | None:
        """The formula of a metric; None where it has none."""
        metric = self.metrics.get(key)
        formula = metric.definition.formula if metric else None
        return parse(formula) if formula else None

    def keys_below(self, key: str) -> list[str]:
        """A metric and all that it is calculated from in its own period."""
        found, waiting = {key: None}, [key]
        while waiting:
            node = self.node(waiting.pop())
            for operand in operands_in_order(node) if node else ():
                if _is_here(operand) and operand.metric not in found:
                    found[operand.metric] = None
                    waiting.append(operand.metric)
        return list(found)

    # Effects

    def moved(self, key: str) -> Moved | None:
        """What a derived metric moved by, down to leaves; None where it has no value."""
        if key not in self._moved:
            direct = self.by_operands(key)
            self._moved[key] = None if direct is None else self._opened(direct)
        return self._moved[key]

    def by_operands(self, key: str) -> Moved | None:
        """The same by the operands that the formula itself names."""
        node = self.node(key)
        assert node is not None
        per_year = self._per_year(self.spans[0]), self._per_year(self.spans[1])
        return effects(node, lambda operand: self.ends(operand, key), per_year)

    def ends(self, operand: Operand, host: str) -> Ends:
        """An operand's value then and now, as the formula of `host` reads it."""
        if _is_here(operand) and self.node(operand.metric) is not None:
            moved = self.moved(operand.metric)
            if moved is not None:
                return moved.then, moved.now
        self._hosts.setdefault(operand, host)
        then, now = (self._read(operand, host, span) for span in self.spans)
        return then, now

    def leaf_ends(self, leaf: Operand) -> Ends:
        """A leaf's value then and now."""
        return self.ends(leaf, self._hosts.get(leaf, leaf.metric))

    def _read(self, operand: Operand, host: str, span: Span) -> Fraction | None:
        if _is_here(operand):
            value = self.reader.whole(operand.metric, span).value
        else:
            value = self.reader.whole(host, span).inputs.get(str(operand))
        return None if value is None else Fraction(value)

    def _opened(self, moved: Moved) -> Moved:
        """Operands with a formula replaced by theirs."""
        weights: dict[Operand, Fraction] = {}
        others = dict(moved.others)
        for operand, weight in moved.weights.items():
            inner = self._inner(operand)
            if inner is None:
                weights[operand] = weights.get(operand, NOUGHT) + weight
                continue
            for leaf, one in inner.weights.items():
                weights[leaf] = weights.get(leaf, NOUGHT) + weight * one
            for name, amount in inner.others.items():
                others[name] = others.get(name, NOUGHT) + weight * amount
        return Moved(moved.then, moved.now, weights, others)

    def _inner(self, operand: Operand) -> Moved | None:
        if not _is_here(operand) or self.node(operand.metric) is None:
            return None
        return self.moved(operand.metric)

    def _per_year(self, span: Span) -> Fraction:
        period = self.reader.period(span)
        if period is not None:
            return Fraction(PERIODS_PER_YEAR[period.grain])
        return Fraction(DAYS_IN_A_YEAR, (span[1] - span[0]).days + 1)

    # What adds up over segments

    def quotient(self, key: str) -> tuple[Weights, Weights] | None:
        """Numerator and denominator, where the metric is one sum over another."""
        node = self.node(key)
        if isinstance(node, Value) and _is_here(node.operand):
            return self.quotient(node.operand.metric)
        if not isinstance(node, Binary) or node.operator != "/":
            return None
        above, below = linear(node.left, self._sum_inside), linear(node.right, self._sum_inside)
        return (above, below) if above and below else None

    def _sum_inside(self, operand: Operand) -> Weights | None:
        if operand.where:
            return None
        if operand.metric in ADD_UP:
            return {operand: Fraction(1)}
        node = self.node(operand.metric)
        return linear(node, self._sum_inside) if node and _is_here(operand) else None

    def split_sum(self, weights: Weights, place: int) -> Split:
        """Σ weight × leaf by segment, then (0) or now (1)."""
        found: Split = {}
        for leaf, weight in weights.items():
            for segment, value in (self.split(leaf, place) or {}).items():
                found[segment] = found.get(segment, NOUGHT) + weight * value
        return found

    def split(self, leaf: Operand, place: int) -> Split | None:
        """A leaf's values by segment, "not set" being what they leave of the whole.

        None for what does not add up over segments.
        """
        if leaf.where or leaf.metric not in ADD_UP:
            return None
        span = self.reader.shifted(leaf, self.spans[place])
        if span is None:
            return None
        named = self.reader.split(leaf.metric, span)
        return with_rest(
            {segment: Fraction(value) for segment, value in named.items()},
            self.leaf_ends(leaf)[place] or NOUGHT,
            self.reader.dimension,
        )


def with_rest(named: Split, total: Fraction, dimension: int) -> Split:
    """The named segments and "not set", which holds what they leave of the total."""
    rest = total - sum(named.values(), NOUGHT)
    return {**named, Segment(dimension, NOT_SET): rest} if rest else named


def _is_here(operand: Operand) -> bool:
    """Whether an operand is read in the formula's own period and segment."""
    return operand.modifier is None and operand.where is None


def fraction(value: Decimal | None) -> Fraction | None:
    """A decimal as an exact fraction."""
    return None if value is None else Fraction(value)
