"""From what a file states to facts: days, ids, and one value for each key.

Sums are shared over the days of their span so that they add up to it exactly, money to the cent
and counts to the unit; stocks belong to the span's last day; a weighted mean holds on each day;
people counted once keep the span over which they were counted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from metrics.catalogue.definition import Rollup
from metrics.dimensions import Place
from metrics.imports.parsed import ParsedFact
from metrics.periods import spread
from metrics.staging import FactRow

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
class Spread:
    """The facts of a file. `unweighted`: metrics whose weight is not given at the same places;
    `clashing`: metrics with values that fall on one key and cannot be added, which are left out.
    """

    rows: list[FactRow] = field(default_factory=list)
    unweighted: set[str] = field(default_factory=set)
    clashing: set[str] = field(default_factory=set)


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
    facts: list[ParsedFact],
    *,
    metrics: Mapping[str, MetricRow],
    feed_id: int,
    place_of: Callable[[ParsedFact], Place],
) -> Spread:
    """Every fact that the file makes, each key once.

    Two campaigns whose names differ only by case are one: their sums are added and their means
    weighted. Raises TooManyFacts.
    """
    _refuse_too_many(facts, metrics)
    result = Spread()
    weights = _weights(facts, metrics, result)
    sums: dict[Key, Decimal] = {}
    divisors: dict[Key, Decimal] = {}
    for fact in facts:
        metric, place = metrics[fact.metric], place_of(fact)
        weight = weights.get(_stated_place(metric.weight, fact), ONE) if metric.weight else ONE
        for first, last, value in over_days(fact.value, fact.start, fact.end, metric):
            key = (metric.pk, first, feed_id, *place, last)
            if metric.rollup == Rollup.WEIGHTED_MEAN:
                sums[key] = sums.get(key, ZERO) + value * weight
                divisors[key] = divisors.get(key, ZERO) + weight
            elif key not in sums:
                sums[key] = value
            elif metric.rollup == Rollup.SUM:
                sums[key] += value
            else:
                result.clashing.add(fact.metric)
    result.rows = list(_rows(sums, divisors))
    return result


def _refuse_too_many(facts: Iterable[ParsedFact], metrics: Mapping[str, MetricRow]) -> None:
    kept_whole = {Rollup.UNIQUE, Rollup.LAST}
    days = sum(
        1 if metrics[fact.metric].rollup in kept_whole else (fact.end - fact.start).days + 1
        for fact in facts
    )
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


StatedPlace = tuple[object, ...]


def _stated_place(metric: str, fact: ParsedFact) -> StatedPlace:
    return (
        metric,
        fact.start,
        fact.end,
        fact.channel,
        fact.campaign,
        fact.device,
        fact.asset,
        fact.audience,
    )


def _weights(
    facts: Iterable[ParsedFact], metrics: Mapping[str, MetricRow], result: Spread
) -> dict[StatedPlace, Decimal]:
    """The weights of the file's means, by metric and place; notes those that are not given."""
    wanted = {metric.weight for metric in metrics.values() if metric.weight}
    if not wanted:
        return {}
    weights = {_stated_place(one.metric, one): one.value for one in facts if one.metric in wanted}
    for fact in facts:
        weight = metrics[fact.metric].weight
        if weight and _stated_place(weight, fact) not in weights:
            result.unweighted.add(fact.metric)
    return weights
