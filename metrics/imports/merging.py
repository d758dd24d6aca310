"""The tables of one file are views of the same quantities: none is counted twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from metrics.imports.parsed import ParsedFact, Span
from metrics.imports.summing import Place, place_of
from metrics.imports.vocabulary import UNIQUE, Vocabulary

View = tuple[str, Place]


@dataclass(frozen=True, slots=True)
class Part:
    """The facts of one table. `folded`: it was added up over a dimension that facts do not have."""

    facts: list[ParsedFact]
    folded: bool = False


def merged(parts: Sequence[Part], vocabulary: Vocabulary) -> list[ParsedFact]:
    """The facts of all tables, each metric and breakdown taken once for a day.

    Days come before spans and real breakdowns before folded ones; a later table that overlaps
    what is taken (a comparison's second audience, the same card twice) is left out.
    """
    if len(parts) == 1:
        return parts[0].facts
    taken: dict[View, list[Span]] = defaultdict(list)
    chosen: list[ParsedFact] = []
    for part in sorted(parts, key=lambda part: (part.folded, _longest(part.facts))):
        chosen += _fresh(part, taken, vocabulary)
    return chosen


def _longest(facts: Sequence[ParsedFact]) -> int:
    return max(((fact.end - fact.start).days for fact in facts), default=0)


def _fresh(part: Part, taken: dict[View, list[Span]], vocabulary: Vocabulary) -> list[ParsedFact]:
    views: dict[View, list[ParsedFact]] = defaultdict(list)
    for fact in part.facts:
        views[fact.metric, place_of(fact)].append(fact)
    fresh: list[ParsedFact] = []
    for view, facts in views.items():
        span = Span(min(fact.start for fact in facts), max(fact.end for fact in facts))
        if vocabulary.get(view[0]).rollup == UNIQUE:
            spans = {Span(fact.start, fact.end) for fact in facts}
            new = spans.isdisjoint(taken[view])
            taken[view] += spans
        else:
            new = not any(_overlap(span, one) for one in _rivals(view, part, taken))
            taken[view].append(span)
        fresh += facts if new else []
    return fresh


def _rivals(view: View, part: Part, taken: dict[View, list[Span]]) -> list[Span]:
    """The spans taken for a view; for a folded table, for the metric however broken down."""
    if not part.folded:
        return taken[view]
    return [span for (metric, _p), spans in taken.items() if metric == view[0] for span in spans]


def _overlap(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end
