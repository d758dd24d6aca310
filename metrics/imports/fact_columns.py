"""The facts of a file as columns: a few bytes for each, whatever its names are.

Reads like a sequence of `ParsedFact`, each made when it is asked for. What is asked of all facts
is answered from the columns: `metrics`, `spans` and `places` hold each different one once.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Generic, TypeVar, overload

from metrics.imports.parsed import ParsedFact, Span

DIMENSIONS = ("channel", "campaign", "device", "asset", "audience")
Dims = tuple[str | None, str | None, str | None, str | None, str | None]
"""The names of a fact's channel, campaign, device, asset and audience segment."""
NOWHERE: Dims = (None, None, None, None, None)
Item = TypeVar("Item")


class Codes(dict[Item, int], Generic[Item]):
    """Numbers for different things, given in the order in which they are first asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.listed: list[Item] = []

    def __missing__(self, item: Item) -> int:
        code = self[item] = len(self.listed)
        self.listed.append(item)
        return code


class FactColumns(Sequence[ParsedFact]):
    """Facts by column: the line of each, the codes of its metric, span and place, and its value."""

    def __init__(self) -> None:
        self.metrics: Codes[str] = Codes()
        self.spans: Codes[Span] = Codes()
        self.places: Codes[Dims] = Codes()
        self.row = array("I")
        self.metric = array("I")
        self.span = array("I")
        self.place = array("I")
        self.value: list[Decimal] = []

    @classmethod
    def of(cls, facts: Iterable[ParsedFact]) -> FactColumns:
        """The facts as columns."""
        if isinstance(facts, FactColumns):
            return facts
        found = cls()
        found.extend(facts)
        return found

    def __len__(self) -> int:
        return len(self.value)

    @overload
    def __getitem__(self, wanted: int) -> ParsedFact: ...
    @overload
    def __getitem__(self, wanted: slice) -> FactColumns: ...
    def __getitem__(self, wanted: int | slice) -> ParsedFact | FactColumns:
        if isinstance(wanted, slice):
            return self.picked(range(len(self))[wanted])
        span = self.spans.listed[self.span[wanted]]
        return ParsedFact(
            self.row[wanted],
            self.metrics.listed[self.metric[wanted]],
            span.start,
            span.end,
            self.value[wanted],
            *self.places.listed[self.place[wanted]],
        )

    def __iter__(self) -> Iterator[ParsedFact]:
        return map(self.__getitem__, range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __iadd__(self, facts: Iterable[ParsedFact]) -> FactColumns:
        self.extend(facts)
        return self

    def append(self, fact: ParsedFact) -> None:
        """Adds one fact."""
        self.row.append(fact.row)
        self.metric.append(self.metrics[fact.metric])
        self.span.append(self.spans[Span(fact.start, fact.end)])
        self.place.append(self.places[dims_of(fact)])
        self.value.append(fact.value)

    def extend(self, facts: Iterable[ParsedFact]) -> None:
        """Adds facts."""
        if not isinstance(facts, FactColumns):
            for fact in facts:
                self.append(fact)
            return
        metrics = [self.metrics[one] for one in facts.metrics.listed]
        spans = [self.spans[one] for one in facts.spans.listed]
        places = [self.places[one] for one in facts.places.listed]
        self.row += facts.row
        self.metric.extend(map(metrics.__getitem__, facts.metric))
        self.span.extend(map(spans.__getitem__, facts.span))
        self.place.extend(map(places.__getitem__, facts.place))
        self.value += facts.value

    def picked(self, wanted: Iterable[int]) -> FactColumns:
        """The facts at these positions, under the same codes."""
        positions = list(wanted)
        found = FactColumns()
        found.metrics, found.spans, found.places = self.metrics, self.spans, self.places
        for name in ("row", "metric", "span", "place"):
            column = getattr(self, name)
            setattr(found, name, array("I", map(column.__getitem__, positions)))
        found.value = list(map(self.value.__getitem__, positions))
        return found

    def only(self, metric: str) -> Iterator[ParsedFact]:
        """The facts of one metric."""
        code = self.metrics.get(metric)
        return (self[position] for position, one in enumerate(self.metric) if one == code)

    def compact(self) -> FactColumns:
        """The same facts, without metrics, spans and places that no fact has."""
        columns = ((self.metric, self.metrics), (self.span, self.spans), (self.place, self.places))
        if all(len(set(column)) == len(codes) for column, codes in columns):
            return self
        found = FactColumns()
        found.row, found.value = self.row, self.value
        found.metric, found.metrics = _recoded(self.metric, self.metrics)
        found.span, found.spans = _recoded(self.span, self.spans)
        found.place, found.places = _recoded(self.place, self.places)
        return found

    def rename(self, by_channel: Mapping[str, Mapping[str, str]]) -> None:
        """Gives facts of some channels the metric that theirs is there."""
        renamed = {
            (self.metrics[old], code): self.metrics[new]
            for code, dims in enumerate(self.places.listed)
            for old, new in by_channel.get(dims[0] or "", {}).items()
            if old in self.metrics
        }
        if renamed:
            pairs = zip(self.metric, self.place, strict=True)
            self.metric = array("I", (renamed.get(pair, pair[0]) for pair in pairs))

    @property
    def keys_told(self) -> list[str]:
        """The metrics that there are facts of, in the order of their first ones."""
        return [self.metrics.listed[code] for code in dict.fromkeys(self.metric)]

    @property
    def spans_told(self) -> list[Span]:
        """The different spans of the facts."""
        return [self.spans.listed[code] for code in dict.fromkeys(self.span)]

    @property
    def places_told(self) -> list[Dims]:
        """The different places of the facts."""
        return [self.places.listed[code] for code in dict.fromkeys(self.place)]

    @property
    def extent(self) -> Span:
        """From the first to the last day that any fact is for."""
        spans = self.spans_told
        return Span(min(span.start for span in spans), max(span.end for span in spans))

    def identities(self) -> array[int]:
        """A number for each fact that only facts of the same metric, span and place share."""
        spans, places = len(self.spans), len(self.places)
        columns = zip(self.metric, self.span, self.place, strict=True)
        return array("Q", ((m * spans + s) * places + p for m, s, p in columns))


def dims_of(fact: ParsedFact) -> Dims:
    """The names of a fact's dimensions."""
    return (fact.channel, fact.campaign, fact.device, fact.asset, fact.audience)


def _recoded(column: array[int], codes: Codes[Item]) -> tuple[array[int], Codes[Item]]:
    kept: Codes[Item] = Codes()
    numbers = {code: kept[codes.listed[code]] for code in dict.fromkeys(column)}
    return array("I", map(numbers.__getitem__, column)), kept
