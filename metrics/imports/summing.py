"""What the facts of a file come to, metric by metric, each view of a quantity counted once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from metrics.imports.parsed import ParsedFact, Span
from metrics.imports.rows import DIMENSIONS
from metrics.imports.vocabulary import LAST, SUM, UNIQUE, Vocabulary

Place = tuple[bool, ...]


def place_of(fact: ParsedFact) -> Place:
    """By which dimensions a fact is broken down."""
    return (
        fact.channel is not None,
        fact.campaign is not None,
        fact.device is not None,
        fact.asset is not None,
        fact.audience is not None,
    )


def sums_of(facts: Iterable[ParsedFact], vocabulary: Vocabulary) -> dict[str, Decimal]:
    """By metric: the sum, the last value of a stock, the weighted mean; a unique only if given."""
    by_metric: dict[str, list[ParsedFact]] = defaultdict(list)
    for fact in facts:
        by_metric[fact.metric].append(fact)
    sums: dict[str, Decimal] = {}
    for metric, listed in by_metric.items():
        value = _value(metric, listed, by_metric, vocabulary)
        if value is not None:
            sums[metric] = value
    return sums


def _value(
    metric: str,
    facts: list[ParsedFact],
    by_metric: dict[str, list[ParsedFact]],
    vocabulary: Vocabulary,
) -> Decimal | None:
    known = vocabulary.get(metric)
    counted = coarsest(facts)
    if known.rollup == SUM:
        return sum((fact.value for fact in counted), Decimal(0))
    if known.rollup == LAST:
        last = max(fact.end for fact in counted)
        return sum((fact.value for fact in counted if fact.end == last), Decimal(0))
    if known.rollup == UNIQUE:
        whole = [fact for fact in facts if not any(place_of(fact))]
        return whole[0].value if len(whole) == 1 else None
    return _weighted(counted, by_metric.get(known.weight or "", []))


def _weighted(facts: Sequence[ParsedFact], weights: Iterable[ParsedFact]) -> Decimal | None:
    by_key = {_key(fact): fact.value for fact in weights}
    pairs = [(fact.value, by_key.get(_key(fact))) for fact in facts]
    if len(pairs) == 1:
        return pairs[0][0]
    if any(weight is None for _value_of, weight in pairs):
        return None
    total = sum((weight for _one, weight in pairs if weight), Decimal(0))
    if not total:
        return None
    return sum((value * weight for value, weight in pairs if weight), Decimal(0)) / total


def _key(fact: ParsedFact) -> tuple[object, ...]:
    return (fact.start, fact.end, *(getattr(fact, name) for name in DIMENSIONS))


def coarsest(facts: Sequence[ParsedFact]) -> list[ParsedFact]:
    """The facts that make the total: for each day the view with the fewest dimensions."""
    views: dict[Place, list[ParsedFact]] = defaultdict(list)
    for fact in facts:
        views[place_of(fact)].append(fact)
    if len(views) == 1:
        return list(facts)
    counted: list[ParsedFact] = []
    covered: set[int] = set()
    for place in sorted(views, key=sum):
        spans = {Span(fact.start, fact.end) for fact in views[place]}
        fresh = {span for span in spans if covered.isdisjoint(_days(span))}
        counted += [fact for fact in views[place] if Span(fact.start, fact.end) in fresh]
        for span in fresh:
            covered.update(_days(span))
    return counted


def _days(span: Span) -> range:
    return range(span.start.toordinal(), span.end.toordinal() + 1)
