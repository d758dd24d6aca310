"""What the facts of a file come to, metric by metric, each view of a quantity counted once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from operator import and_

from metrics.imports.fact_columns import DIMENSIONS, Dims, FactColumns, dims_of
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


@dataclass(slots=True)
class Amount:
    """What the facts of one metric, view and span add up to, and how many they are."""

    total: Decimal = ZERO
    facts: int = 0


Amounts = dict[Place, dict[Span, Amount]]
"""By view and span."""


def sums_of(facts: Iterable[ParsedFact], vocabulary: Vocabulary) -> dict[str, Decimal]:
    """By metric: the sum, the last value of a stock, the weighted mean; a unique only if given."""
    columns = FactColumns.of(facts)
    sums: dict[str, Decimal] = {}
    for metric, amounts in _amounts(columns).items():
        value = _value(metric, amounts, columns, vocabulary)
        if value is not None:
            sums[metric] = value
    return sums


def _amounts(facts: FactColumns) -> dict[str, Amounts]:
    """The amounts of each metric, in the order of their first facts."""
    breakdowns = [breakdown_of(dims) for dims in facts.places.listed]
    found: dict[tuple[int, Place, int], Amount] = defaultdict(Amount)
    for metric, span, place, value in zip(
        facts.metric, facts.span, facts.place, facts.value, strict=True
    ):
        amount = found[metric, breakdowns[place], span]
        amount.total += value
        amount.facts += 1
    amounts: dict[str, Amounts] = {}
    for (metric, breakdown, span), amount in found.items():
        here = amounts.setdefault(facts.metrics.listed[metric], {})
        here.setdefault(breakdown, {})[facts.spans.listed[span]] = amount
    return amounts


def _value(
    metric: str, amounts: Amounts, facts: FactColumns, vocabulary: Vocabulary
) -> Decimal | None:
    known = vocabulary.get(metric)
    counted = _counted(amounts, known.listed_by)
    if known.rollup == SUM:
        return sum((amounts[view][span].total for view, span in counted), ZERO)
    if known.rollup == LAST:
        last = max(span.end for _view, span in counted)
        ends = (amounts[view][span].total for view, span in counted if span.end == last)
        return sum(ends, ZERO)
    if known.rollup == UNIQUE:
        return _of_everyone(amounts)
    return _weighted(metric, counted, known.weight or "", facts)


def _of_everyone(amounts: Amounts) -> Decimal | None:
    """The people of the span that holds all others, where the file counts them for it."""
    spans = amounts.get(NOWHERE, {})
    if not spans:
        return None
    whole = spans.get(Span(min(one.start for one in spans), max(one.end for one in spans)))
    return whole.total if whole is not None and whole.facts == 1 else None


def _counted(amounts: Amounts, listed_by: tuple[str, ...]) -> set[tuple[Place, Span]]:
    """What makes the total: for each day the view with the fewest dimensions.

    Views by what sources only list in part (pages, searches) come after all others.
    """
    if len(amounts) == 1:
        return {(view, span) for view, spans in amounts.items() for span in spans}
    counted: set[tuple[Place, Span]] = set()
    covered: set[int] = set()
    parts = [name in listed_by for name in DIMENSIONS]
    for view in sorted(amounts, key=lambda view: (any(map(and_, view, parts)), sum(view))):
        fresh = [span for span in amounts[view] if covered.isdisjoint(_days(span))]
        counted.update((view, span) for span in fresh)
        for span in fresh:
            covered.update(_days(span))
    return counted


def _weighted(
    metric: str, counted: set[tuple[Place, Span]], weight: str, facts: FactColumns
) -> Decimal | None:
    weights = {(fact.start, fact.end, dims_of(fact)): fact.value for fact in facts.only(weight)}
    pairs = [
        (fact.value, weights.get((fact.start, fact.end, dims_of(fact))))
        for fact in facts.only(metric)
        if (breakdown_of(dims_of(fact)), Span(fact.start, fact.end)) in counted
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
