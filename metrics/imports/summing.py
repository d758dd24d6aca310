"""What the facts of a file come to, metric by metric, each view of a quantity counted once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from metrics.imports.fact_columns import Dims, FactColumns
from metrics.imports.parsed import ParsedFact, Span
from metrics.imports.vocabulary import LAST, SUM, UNIQUE, Vocabulary

Place = tuple[bool, ...]
NOWHERE: Place = (False,) * 5
"""The breakdown of a total: by no dimension."""
ZERO = Decimal(0)


def breakdown_of(dims: Dims) -> Place:
    """By which dimensions a fact of this place is broken down."""
    return tuple(name is not None for name in dims)


@dataclass(slots=True)
class Views:
    """One metric's facts: the positions of each view and span."""

    positions: dict[Place, dict[Span, list[int]]] = field(default_factory=dict)

    @property
    def counted(self) -> dict[Span, list[int]]:
        """The facts that make the total: for each day the view with the fewest dimensions."""
        if len(self.positions) == 1:
            return next(iter(self.positions.values()))
        counted: dict[Span, list[int]] = defaultdict(list)
        covered: set[int] = set()
        for view in sorted(self.positions, key=sum):
            spans = self.positions[view]
            fresh = [span for span in spans if covered.isdisjoint(_days(span))]
            for span in fresh:
                counted[span] += spans[span]
            for span in fresh:
                covered.update(_days(span))
        return counted


def views_of(facts: FactColumns) -> dict[str, Views]:
    """The views of each metric, in the order of their first facts."""
    breakdowns = [breakdown_of(dims) for dims in facts.places.listed]
    found: dict[tuple[int, Place, int], list[int]] = defaultdict(list)
    for position, (metric, span, place) in enumerate(
        zip(facts.metric, facts.span, facts.place, strict=True)
    ):
        found[metric, breakdowns[place], span].append(position)
    views: dict[str, Views] = {}
    for (metric, breakdown, span), positions in found.items():
        here = views.setdefault(facts.metrics.listed[metric], Views())
        here.positions.setdefault(breakdown, {})[facts.spans.listed[span]] = positions
    return views


def sums_of(facts: Iterable[ParsedFact], vocabulary: Vocabulary) -> dict[str, Decimal]:
    """By metric: the sum, the last value of a stock, the weighted mean; a unique only if given."""
    columns = FactColumns.of(facts)
    views = views_of(columns)
    sums: dict[str, Decimal] = {}
    for metric, view in views.items():
        value = _value(metric, view, views, columns, vocabulary)
        if value is not None:
            sums[metric] = value
    return sums


def _value(
    metric: str,
    view: Views,
    views: Mapping[str, Views],
    facts: FactColumns,
    vocabulary: Vocabulary,
) -> Decimal | None:
    known = vocabulary.get(metric)
    counted = view.counted
    if known.rollup == SUM:
        return _total(facts, (one for positions in counted.values() for one in positions))
    if known.rollup == LAST:
        last = max(span.end for span in counted)
        ends = (positions for span, positions in counted.items() if span.end == last)
        return _total(facts, (one for positions in ends for one in positions))
    if known.rollup == UNIQUE:
        return _of_everyone(view, facts)
    return _weighted(counted, views.get(known.weight or ""), facts)


def _of_everyone(view: Views, facts: FactColumns) -> Decimal | None:
    """The people of the span that holds all others, where the file counts them for it."""
    spans = view.positions.get(NOWHERE, {})
    if not spans:
        return None
    first, last = min(one.start for one in spans), max(one.end for one in spans)
    whole = spans.get(Span(first, last), [])
    return facts.value[whole[0]] if len(whole) == 1 else None


def _total(facts: FactColumns, positions: Iterable[int]) -> Decimal:
    return sum(map(facts.value.__getitem__, positions), ZERO)


def _weighted(
    counted: Mapping[Span, list[int]], weights: Views | None, facts: FactColumns
) -> Decimal | None:
    by_key = {
        (span, facts.place[one]): facts.value[one]
        for spans in (weights.positions.values() if weights else ())
        for span, positions in spans.items()
        for one in positions
    }
    pairs = [
        (facts.value[one], by_key.get((span, facts.place[one])))
        for span, positions in counted.items()
        for one in positions
    ]
    if len(pairs) == 1:
        return pairs[0][0]
    if any(weight is None for _value_of, weight in pairs):
        return None
    total = sum((weight for _one, weight in pairs if weight), ZERO)
    if not total:
        return None
    return sum((value * weight for value, weight in pairs if weight), ZERO) / total


def _days(span: Span) -> range:
    return range(span.start.toordinal(), span.end.toordinal() + 1)
