"""Why a metric moved between two spans: contributions of segments and of operands, exactly.

`drivers` reads stored values and writes nothing. How a change is split: `metrics.movement` for
segments, `metrics.effects` for the operands of a formula. Which way is taken follows from what the
metric is made of, and the result says it:

- ``difference``: sums and stocks, each segment's own gain;
- ``mix_rate``: a quotient of two things that add up, and weighted means;
- ``effects``: any other formula; each segment has its share of the effects of those operands that
  add up over segments, and one line has what cannot be split;
- ``beside``: people counted once, who cannot be added: the segments' values alone.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Workspace
from metrics.anatomy import NOUGHT, Anatomy, Ends, Split, Weights, with_rest
from metrics.calculation import CONTEXT
from metrics.effects import CHOICE, LENGTH, Moved
from metrics.formula_nodes import Binary, Operand, Value
from metrics.formula_text import readable
from metrics.models import Metric
from metrics.movement import (
    SMALL_BASE,
    UNSPLIT,
    Movement,
    Part,
    Ratio,
    Span,
    apportioned,
    differences,
    exactly,
    mix_and_rate,
    rounded,
)
from metrics.read_rows import ReadRows
from metrics.resolution import EVERYTHING, NOT_SET, Segment
from metrics.rules import MEANS, UNIQUES, WEIGHTS, calendar_of
from metrics.segment_names import not_set_name
from metrics.vocabulary import Vocabulary
from metrics.why_shown import places_for
from metrics.why_values import Reader
from metrics.why_values import Value as Read

__all__ = ["UNSPLIT", "Movement", "Span", "drivers"]

COUNTED = frozenset({"count", "people", "answers", "pages"})
"""Units of things that happen: fewer than 30 of them are a small base."""
TOLERANCE = Fraction(1, 10**9)
"""So far may what is calculated here be from what is stored, of its size."""
K = TypeVar("K", bound=Hashable)


def drivers(
    workspace: Workspace,
    key: str,
    segment: Segment,
    now_span: Span,
    then_span: Span,
    *,
    dimension: int,
    today: date,
    known: Vocabulary | None = None,
    read: Sequence[ReadRows] = (),
) -> Movement:
    """What drove a metric's change from one span to another, by a dimension.

    The spans are periods or any days, both ends included; they need not be of one length. Raises
    KeyError for a metric that the workspace does not have. ``known`` and ``read`` are what the page
    has read.
    """
    known = known or Vocabulary(workspace)
    reader = Reader(workspace, calendar_of(workspace), today, dimension, segment, read)
    return _Inquiry(reader, known, known.metrics[key], (then_span, now_span)).movement()


class _Inquiry:
    """One question: a metric of a workspace, and the values of two spans."""

    def __init__(
        self,
        reader: Reader,
        known: Vocabulary,
        metric: Metric,
        spans: tuple[Span, Span],
    ) -> None:
        self.reader, self.known, self.spans = reader, known, spans
        self.metrics = metrics = known.metrics
        self.key, self.definition = metric.key, metric.definition
        self.anatomy = Anatomy(metrics, reader, spans)
        self.currency = reader.workspace.currency

    def movement(self) -> Movement:
        """Reads both values, then takes the way that fits the metric."""
        for span in self.spans:
            self.reader.read(self.anatomy.keys_below(self.key), span)
        found = self._values()
        if found.change is None:
            return found
        found = self._with_base(found)
        if self.key in UNIQUES:
            return self._beside(found, "unique")
        return self._of_base(found) if self.definition.formula is None else self._derived(found)

    def _values(self) -> Movement:
        then, now = (self.reader.whole(self.key, span) for span in self.spans)
        unit = str(self.definition.unit)
        places = places_for(unit, self.currency, then.value, now.value)
        change = None
        if then.value is not None and now.value is not None:
            change = CONTEXT.subtract(now.value, then.value)
        return Movement(
            key=self.key,
            segment=self.reader.segment,
            dimension=self.reader.dimension,
            now_span=self.spans[1],
            then_span=self.spans[0],
            now=now.value,
            then=then.value,
            reason=now.reason or then.reason,
            is_incomplete=now.incomplete or then.incomplete,
            unit=unit,
            direction=str(self.definition.direction),
            note="no_value" if change is None else "",
            change=change,
            shown_change=None if change is None else rounded(change, places),
            places=places,
        )

    def _with_base(self, found: Movement) -> Movement:
        """Adds the events that the values rest on: a count itself, else the denominator."""
        base = self._base_key()
        if base is None:
            return found
        then, now = (self.reader.whole(base, span).value for span in self.spans)
        small = any(value is not None and value < SMALL_BASE for value in (then, now))
        return replace(found, base_then=then, base_now=now, is_small=small)

    def _base_key(self) -> str | None:
        counted = WEIGHTS.get(self.key, self.key)
        node = self.anatomy.node(self.key)
        if node is not None:
            below = node.right if isinstance(node, Binary) and node.operator == "/" else None
            if not isinstance(below, Value) or below.operand.modifier or below.operand.where:
                return None
            counted = below.operand.metric
        metric = self.metrics.get(counted)
        return counted if metric and str(metric.definition.unit) in COUNTED else None

    # Metrics without a formula

    def _of_base(self, found: Movement) -> Movement:
        if self.reader.segment != EVERYTHING:
            return replace(found, note="within_segment")
        if self.key in MEANS:
            return self._of_mean(found)
        operand = Operand(self.key)
        then, now = (self.anatomy.split(operand, place) or {} for place in (0, 1))
        if not _names_segments(then, now):
            return replace(found, note="no_breakdown")
        amounts = differences(then, now)
        values: dict[Segment, Ends] = {
            key: (then.get(key, NOUGHT), now.get(key, NOUGHT)) for key in amounts
        }
        kept = {key: one for key, one in amounts.items() if any(values[key])}
        parts = self._parts(found, kept, values, self._segment_labels())
        return replace(found, method="difference", segments=tuple(parts))

    def _of_mean(self, found: Movement) -> Movement:
        sides = [self._weighed(self.reader.whole(self.key, span), span) for span in self.spans]
        if sides[0] is None or sides[1] is None:
            return self._beside(found, "unexplained")
        return self._rates(found, sides[0], sides[1])

    def _weighed(self, whole: Read, span: Span) -> dict[Segment, Ratio] | None:
        """Σ value × weight and Σ weight of each segment, the rest being "not set"."""
        weight = whole.inputs.get(WEIGHTS[self.key])
        if whole.value is None or not weight:
            return None
        named = self.reader.weighted(self.key, span)
        above = {one: Fraction(total) for one, (total, by) in named.items() if by}
        below = {one: Fraction(by) for one, (_total, by) in named.items() if by}
        total = Fraction(whole.value) * Fraction(weight)
        above = with_rest(above, total, self.reader.dimension)
        below = with_rest(below, Fraction(weight), self.reader.dimension)
        if below.keys() != above.keys():  # the weights agree: what is left is rounding
            above = _without_rest(above, total)
            below = _without_rest(below, Fraction(weight))
        return _ratios(above, below)

    # Metrics with a formula

    def _derived(self, found: Movement) -> Movement:
        moved = self.anatomy.moved(self.key)
        direct = self.anatomy.by_operands(self.key)
        if moved is None or direct is None or not _agrees(moved, found):
            return self._beside(found, "unexplained")
        found = replace(found, method="effects", operands=self._operand_parts(found, direct))
        if self.reader.segment != EVERYTHING:
            return replace(found, note="within_segment")
        quotient = self.anatomy.quotient(self.key)
        return self._of_quotient(found, *quotient) if quotient else self._shared(found, moved)

    def _operand_parts(self, found: Movement, direct: Moved) -> tuple[Part[str], ...]:
        """The effect of each operand that the formula names."""
        ends = {str(one): self.anatomy.ends(one, self.key) for one in direct.weights}
        amounts = {
            str(one): weight * _difference(*ends[str(one)])
            for one, weight in direct.weights.items()
        }
        names = {one.key: one.name for one in self.metrics.values()}
        language = get_language() or "en"
        labels = {str(one): readable(Value(one), names, language) for one in direct.weights}
        labels |= {LENGTH: _("Length of the period"), CHOICE: _("Another value counts")}
        return tuple(self._parts(found, amounts | dict(direct.others), ends, labels))

    def _of_quotient(self, found: Movement, above: Weights, below: Weights) -> Movement:
        """Mix and rate, where numerator and denominator add up over segments."""
        sides = [
            _ratios(self.anatomy.split_sum(above, place), self.anatomy.split_sum(below, place))
            for place in (0, 1)
        ]
        if not _names_segments(*sides):
            return replace(found, note="no_breakdown")
        return self._rates(found, sides[0], sides[1])

    def _rates(
        self, found: Movement, then: Mapping[Segment, Ratio], now: Mapping[Segment, Ratio]
    ) -> Movement:
        split = mix_and_rate(then, now)
        values = {key: (_rate(then.get(key)), _rate(now.get(key))) for key in split}
        amounts = {key: effect.total for key, effect in split.items()}
        wholes = [sum((one.denominator for one in side.values()), NOUGHT) for side in (then, now)]
        counted = self._base_key() is not None
        parts = []
        for part in self._parts(found, amounts, values, self._segment_labels()):
            effect, sides = split[part.key], (then.get(part.key), now.get(part.key))
            mix, rate = apportioned([effect.mix, effect.rate], part.shown, found.places)
            shares = [_share(side, whole) for side, whole in zip(sides, wholes, strict=True)]
            small = counted and any(one and 0 < one.denominator < SMALL_BASE for one in sides)
            parts.append(
                replace(
                    part,
                    mix=mix,
                    rate=rate,
                    share_then=shares[0],
                    share_now=shares[1],
                    is_small=small,
                )
            )
        return replace(found, method="mix_rate", segments=tuple(parts))

    def _shared(self, found: Movement, moved: Moved) -> Movement:
        """Each segment's share of the effects of what adds up; one line for all that does not."""
        amounts: dict[Segment, Fraction] = {}
        unsplit = sum(moved.others.values(), NOUGHT)
        for leaf, weight in moved.weights.items():
            then, now = self.anatomy.split(leaf, 0), self.anatomy.split(leaf, 1)
            if then is None or now is None:
                unsplit += weight * _difference(*self.anatomy.leaf_ends(leaf))
                continue
            for segment, amount in differences(then, now).items():
                amounts[segment] = amounts.get(segment, NOUGHT) + weight * amount
        if not _names_segments(amounts):
            where = any(leaf.where for leaf in moved.weights)
            return replace(found, note="whole_only" if where else "no_breakdown")
        if unsplit:
            amounts[UNSPLIT] = unsplit
        parts = self._parts(found, amounts, {}, self._segment_labels())
        return replace(found, note="unsplit" if unsplit else "", segments=tuple(parts))

    # Parts

    def _parts(
        self,
        found: Movement,
        amounts: Mapping[K, Fraction],
        values: Mapping[K, Ends],
        labels: Mapping[K, str],
    ) -> list[Part[K]]:
        """One part for each amount, the largest first, whose columns add up."""
        assert found.change is not None
        assert found.shown_change is not None
        keys = sorted(amounts, key=lambda key: -abs(amounts[key]))
        given = [amounts[key] for key in keys]
        exact, shown = (
            exactly(given, found.change),
            apportioned(given, found.shown_change, found.places),
        )
        parts = [
            Part(
                key=key,
                label=labels.get(key, "?"),
                then=_decimal(values.get(key, (None, None))[0]),
                now=_decimal(values.get(key, (None, None))[1]),
                amount=exact[place],
                shown=shown[place],
                is_split=key != UNSPLIT,
            )
            for place, key in enumerate(keys)
        ]
        return sorted(parts, key=lambda part: -abs(part.shown))

    def _beside(self, found: Movement, note: str) -> Movement:
        """The segments' own values of two periods, which do not add up to the change."""
        whole_periods = all(self.reader.period(span) for span in self.spans)
        if self.reader.segment != EVERYTHING or self.key in MEANS or not whole_periods:
            return replace(found, method="beside", note=note)
        then, now = (self.reader.split(self.key, span) for span in self.spans)
        labels = self._segment_labels()
        parts = []
        for key in dict.fromkeys((*now, *then)):
            gained = CONTEXT.subtract(now.get(key, Decimal(0)), then.get(key, Decimal(0)))
            shown = rounded(gained, found.places)
            part = Part(key, labels.get(key, "?"), then.get(key), now.get(key), gained, shown)
            parts.append(replace(part, is_split=False))
        parts.sort(key=lambda part: -abs(part.amount))
        return replace(found, method="beside", note=note, segments=tuple(parts))

    def _segment_labels(self) -> dict[Segment, str]:
        dimension = self.reader.dimension
        names = self.known.segments(dimension)
        labels = {Segment(dimension, pk): one.label for pk, one in names.items()}
        return labels | {
            Segment(dimension, NOT_SET): not_set_name(),
            UNSPLIT: _("What cannot be split"),
        }


def _names_segments(*sides: Mapping[Segment, object]) -> bool:
    return any(segment.segment_id > 0 for side in sides for segment in side)


def _ratios(above: Split, below: Split) -> dict[Segment, Ratio]:
    return {
        segment: Ratio(above.get(segment, NOUGHT), below.get(segment, NOUGHT))
        for segment in dict.fromkeys((*below, *above))
        if above.get(segment) or below.get(segment)
    }


def _without_rest(named: Split, total: Fraction) -> Split:
    """The named segments alone; a rounding of the last digit stays with the largest."""
    kept = {key: value for key, value in named.items() if key.segment_id != NOT_SET}
    if kept:
        largest = max(kept, key=lambda key: abs(kept[key]))
        kept[largest] += total - sum(kept.values(), NOUGHT)
    return kept


def _agrees(moved: Moved, found: Movement) -> bool:
    """Whether what was calculated here is what is stored."""
    pairs = ((moved.then, found.then), (moved.now, found.now))
    return all(
        stored is not None and abs(own - Fraction(stored)) <= TOLERANCE * max(abs(own), TOLERANCE)
        for own, stored in pairs
    )


def _difference(then: Fraction | None, now: Fraction | None) -> Fraction:
    return (now or NOUGHT) - (then or NOUGHT)


def _rate(one: Ratio | None) -> Fraction | None:
    return one.rate if one else None


def _share(one: Ratio | None, whole: Fraction) -> Decimal | None:
    return _decimal(one.denominator / whole) if one and whole else None


def _decimal(value: Fraction | None) -> Decimal | None:
    if value is None:
        return None
    return CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))
