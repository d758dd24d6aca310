"""The tables of one file are views of the same quantities: none is counted twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from metrics.imports.fact_columns import FactColumns
from metrics.imports.parsed import Span
from metrics.imports.summing import Place, views_of
from metrics.imports.vocabulary import UNIQUE, Vocabulary

View = tuple[str, Place]


@dataclass(frozen=True, slots=True)
class Part:
    """The facts of one table. `folded`: it was added up over a dimension that facts do not have."""

    facts: FactColumns
    folded: bool = False


def merged(parts: Sequence[Part], vocabulary: Vocabulary) -> FactColumns:
    """The facts of all tables, each metric and breakdown taken once for a day.

    Days come before spans and real breakdowns before folded ones; a later table that overlaps
    what is taken (a comparison's second audience, the same card twice) is left out.
    """
    if len(parts) == 1:
        return parts[0].facts
    taken: dict[View, list[Span]] = defaultdict(list)
    chosen = FactColumns()
    for part in sorted(parts, key=lambda part: (part.folded, _longest(part.facts))):
        chosen += part.facts.picked(_fresh(part, taken, vocabulary))
    return chosen


def _longest(facts: FactColumns) -> int:
    return max(((span.end - span.start).days for span in facts.spans_told), default=0)


def _fresh(part: Part, taken: dict[View, list[Span]], vocabulary: Vocabulary) -> list[int]:
    """The positions of the facts of views that nothing taken overlaps."""
    fresh: list[int] = []
    for metric, views in views_of(part.facts).items():
        for place, spans in views.positions.items():
            new = _new_spans((metric, place), list(spans), part, taken, vocabulary)
            fresh += sorted(one for span in new for one in spans[span])
    return fresh


def _new_spans(
    view: View, spans: list[Span], part: Part, taken: dict[View, list[Span]], vocabulary: Vocabulary
) -> list[Span]:
    """The spans of a view that no view before is for; notes its days as taken.

    People are counted anew for every span: those of a day stand beside those of its month. Sums
    do not, so a view of sums is taken whole or not at all.
    """
    if vocabulary.get(view[0]).rollup == UNIQUE:
        known = set(taken[view])
        new = [span for span in spans if span not in known]
        taken[view] += new
        return new
    whole = Span(min(one.start for one in spans), max(one.end for one in spans))
    overlaps = any(_overlap(whole, one) for one in _rivals(view, part, taken))
    taken[view].append(whole)
    return [] if overlaps else spans


def _rivals(view: View, part: Part, taken: dict[View, list[Span]]) -> list[Span]:
    """The spans taken for a view; for a folded table, for the metric however broken down."""
    if not part.folded:
        return taken[view]
    return [span for (metric, _p), spans in taken.items() if metric == view[0] for span in spans]


def _overlap(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end
