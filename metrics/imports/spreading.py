"""From what a file states to facts: days, ids, and one value for each key.

Sums are shared over the days of their span so that they add up to it exactly, money to the cent
and counts to the unit; stocks belong to the span's last day; a weighted mean holds on each day;
people counted once keep the span over which they were counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from metrics.catalogue.definition import Rollup
from metrics.dimensions import Place
from metrics.imports.fact_columns import Dims, FactColumns
from metrics.periods import spread
from metrics.staging import FactRow, copy_line

CENT, ONE, ZERO = Decimal("0.01"), Decimal(1), Decimal(0)
MONEY_UNITS = frozenset({"money", "money_per_month"})
MOST_FACTS = 3_000_000
ONE_DAY = timedelta(days=1)


class MetricRow(NamedTuple):
    """What spreading needs of a metric: its id here, its unit, and how it adds up."""

    pk: int
    unit: str
    rollup: str
    weight: str | None = None


Key = tuple[int, date, int, int, int, int, int, int, date]
"""A fact's key as a plain tuple, which is quicker to look up than a named one."""


class TooManyFacts(Exception):
    """Cut into days, the file makes more facts than are written at once; the message says so."""


@dataclass(slots=True)
class PlainFacts:
    """Facts that are written as they are stated, one for each: their parts as COPY reads them."""

    facts: FactColumns
    metrics: list[str]
    places: list[str]

    def lines(self) -> Iterator[str]:
        """The facts, in the columns of a `FactRow`."""
        facts = self.facts
        starts = [f"{span.start}\t" for span in facts.spans.listed]
        ends = [f"{span.end}\t" for span in facts.spans.listed]
        if not all(map(Decimal.is_finite, facts.value)):
            raise ValueError("The value of a fact is a finite number.")
        parts = zip(
            map(self.metrics.__getitem__, facts.metric),
            map(starts.__getitem__, facts.span),
            map(self.places.__getitem__, facts.place),
            map(ends.__getitem__, facts.span),
            map("%s\n".__mod__, facts.value),
            strict=True,
        )
        return map("".join, parts)


@dataclass(slots=True)
class Spread:
    """The facts of a file. `unweighted`: metrics whose weight is not given at the same places;
    `clashing`: metrics with values that fall on one key and cannot be added, which are left out.

    What a file states day by day is taken as it stands; `rows` are the facts that were cut into
    days or brought together.
    """

    rows: list[FactRow] = field(default_factory=list)
    unweighted: set[str] = field(default_factory=set)
    clashing: set[str] = field(default_factory=set)
    plain: PlainFacts | None = None

    def lines(self) -> Iterator[str]:
        """All facts, as lines of COPY's text."""
        if self.plain is not None:
            yield from self.plain.lines()
        yield from map(copy_line, self.rows)


def quantum(unit: str) -> Decimal:
    """The smallest share of a sum that is spread over days: a cent, or one."""
    return CENT if unit in MONEY_UNITS else ONE


def over_days(
    value: Decimal, start: date, end: date, metric: MetricRow
) -> Iterable[tuple[date, date, Decimal]]:
    """(first day, last day, value) for each fact that one stated value makes."""
    if metric.rollup == Rollup.UNIQUE:
        return [(start, end, value)]
    if metric.rollup == Rollup.LAST:
        return [(end, end, value)]
    if start == end:
        return [(start, start, value)]
    if metric.rollup == Rollup.WEIGHTED_MEAN:
        days = (end - start).days + 1
        return [(day, day, value) for day in (start + ONE_DAY * n for n in range(days))]
    shares = spread(value, start, end, quantum=quantum(metric.unit))
    return [(day, day, share) for day, share in shares]


def spread_facts(
    facts: FactColumns,
    *,
    metrics: Mapping[str, MetricRow],
    feed_id: int,
    place_of: Callable[[Dims], Place],
) -> Spread:
    """Every fact that the file makes, each key once.

    Two campaigns whose names differ only by case are one: their sums are added and their means
    weighted. Raises TooManyFacts.
    """
    _refuse_too_many(facts, metrics)
    result = Spread()
    used = dict.fromkeys(facts.place)
    places = {code: place_of(facts.places.listed[code]) for code in used}
    joined = len(set(places.values())) < len(places)
    cut = set(facts.metric) if joined else _cut(facts, metrics)
    _spread(facts, cut, metrics, feed_id, places, result)
    if len(cut) < len(facts.metrics.listed):
        kept = facts if not cut else facts.picked(
            position for position, code in enumerate(facts.metric) if code not in cut
        )  # fmt: skip
        result.plain = _plain(kept, metrics, feed_id, places)
    return result


def _cut(facts: FactColumns, metrics: Mapping[str, MetricRow]) -> set[int]:
    """The metrics whose facts are not simply one for each that is stated."""
    long = {code for code, span in enumerate(facts.spans.listed) if span.start != span.end}
    found: set[int] = set()
    for metric, span in set(zip(facts.metric, facts.span, strict=True)):
        rollup = metrics[facts.metrics.listed[metric]].rollup
        if rollup == Rollup.WEIGHTED_MEAN or (span in long and rollup != Rollup.UNIQUE):
            found.add(metric)
    return found


def _plain(
    facts: FactColumns,
    metrics: Mapping[str, MetricRow],
    feed_id: int,
    places: Mapping[int, Place],
) -> PlainFacts:
    listed = [metrics.get(key) for key in facts.metrics.listed]
    named = [places.get(code, ()) for code in range(len(facts.places.listed))]
    return PlainFacts(
        facts,
        [f"{metric.pk}\t" if metric else "" for metric in listed],
        ["".join(f"{one}\t" for one in (feed_id, *place)) for place in named],
    )


def _spread(
    facts: FactColumns,
    cut: set[int],
    metrics: Mapping[str, MetricRow],
    feed_id: int,
    places: Mapping[int, Place],
    result: Spread,
) -> None:
    """Cuts the facts of some metrics into days, and adds up what falls on one key."""
    if not cut:
        return
    weights = _weights(facts, metrics, result)
    rows = {code: metrics[facts.metrics.listed[code]] for code in cut}
    sums: dict[Key, Decimal] = {}
    divisors: dict[Key, Decimal] = {}
    for code, at, place, stated in zip(
        facts.metric, facts.span, facts.place, facts.value, strict=True
    ):
        metric = rows.get(code)
        if metric is None:
            continue
        span = facts.spans.listed[at]
        weight = weights.get((metric.weight, at, place), ONE) if metric.weight else ONE
        for first, last, value in over_days(stated, span.start, span.end, metric):
            key = (metric.pk, first, feed_id, *places[place], last)
            if metric.rollup == Rollup.WEIGHTED_MEAN:
                sums[key] = sums.get(key, ZERO) + value * weight
                divisors[key] = divisors.get(key, ZERO) + weight
            elif key not in sums:
                sums[key] = value
            elif metric.rollup == Rollup.SUM:
                sums[key] += value
            else:
                result.clashing.add(facts.metrics.listed[code])
    result.rows = list(_rows(sums, divisors))


def _refuse_too_many(facts: FactColumns, metrics: Mapping[str, MetricRow]) -> None:
    kept_whole = {Rollup.UNIQUE, Rollup.LAST}
    days = 0
    for (code, at), times in Counter(zip(facts.metric, facts.span, strict=True)).items():
        span = facts.spans.listed[at]
        whole = metrics[facts.metrics.listed[code]].rollup in kept_whole
        days += times * (1 if whole else (span.end - span.start).days + 1)
    if days > MOST_FACTS:
        raise TooManyFacts(
            _(
                "Cut into days, the file makes %(number)s values, and at most %(limit)s are"
                " imported at once. Export a shorter period, or fewer rows."
            )
            % {"number": days, "limit": MOST_FACTS}
        )


def _rows(sums: Mapping[Key, Decimal], divisors: Mapping[Key, Decimal]) -> Iterator[FactRow]:
    for key, total in sums.items():
        divisor = divisors.get(key) if divisors else None
        if divisor is None:
            yield FactRow._make((*key, total))
        elif divisor:
            yield FactRow._make((*key, total / divisor))


StatedPlace = tuple[str | None, int, int]
"""A metric's key, and the codes of a span and a place."""


def _weights(
    facts: FactColumns, metrics: Mapping[str, MetricRow], result: Spread
) -> dict[StatedPlace, Decimal]:
    """The weights of the file's means, by metric and place; notes those that are not given."""
    keys = facts.metrics.listed
    means = {code: metrics[keys[code]].weight for code in dict.fromkeys(facts.metric)}
    means = {code: weight for code, weight in means.items() if weight}
    wanted = {code for code, key in enumerate(keys) if key in means.values()}
    stated = list(zip(facts.metric, facts.span, facts.place, facts.value, strict=True))
    weights: dict[StatedPlace, Decimal] = {
        (keys[code], span, place): value for code, span, place, value in stated if code in wanted
    }
    for code, span, place, _value in stated:
        if code in means and (means[code], span, place) not in weights:
            result.unweighted.add(keys[code])
    return weights
