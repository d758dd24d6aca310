"""From days to periods: what the base metrics of every segment come to.

Standard library only. Sums add; weighted means keep Σ value × weight and Σ weight; stocks and
uniques are not added at all but given for the period. Whoever calls sets a decimal context with
enough digits (`metrics.calculation.CONTEXT`).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from metrics.resolution import (
    CAMPAIGN,
    CHANNEL,
    DEVICE,
    DIMENSIONS,
    EVERYTHING,
    NONE,
    NOT_SET,
    Mean,
    Segment,
    rest_of,
)

NOT_ADDITIVE = "not_additive"
STALE = "stale"
ZERO_DENOMINATOR = "zero_denominator"

ALWAYS_SPLIT = frozenset({CHANNEL, CAMPAIGN, DEVICE})
"""Dimensions whose "not set" is kept even where no fact is broken down by them."""
ZERO = Decimal(0)

ByKey = dict[Segment, dict[str, Decimal]]


@dataclass(slots=True)
class Row:
    """The values of one segment over one period, by metric key.

    `reasons` says why there is no value (nothing said: no data), `incomplete` which values have
    unknown days or parts inside, `weights` holds Σ value × weight and Σ weight of weighted
    means, `inputs` what formulas read from elsewhere than this row, by the operand's text.
    """

    values: dict[str, Decimal] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)
    weights: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    inputs: dict[str, Decimal] = field(default_factory=dict)

    def base(self, keys: frozenset[str]) -> "Row":
        """The same row with the base metrics `keys` only."""
        return Row(
            {key: value for key, value in self.values.items() if key in keys},
            {key: reason for key, reason in self.reasons.items() if key in keys},
            self.incomplete & keys,
            dict(self.weights),
        )


Rows = dict[Segment, Row]


@dataclass(slots=True)
class Tally:
    """What can be added up of a day or period: sums, and the two sums of weighted means."""

    sums: ByKey = field(default_factory=dict)
    means: dict[Segment, dict[str, Mean]] = field(default_factory=dict)

    def add(self, segment: Segment, key: str, amount: Decimal) -> None:
        """One more amount of a summed metric."""
        sums = self.sums.get(segment)
        if sums is None:
            sums = self.sums[segment] = {}
        before = sums.get(key)
        sums[key] = amount if before is None else before + amount

    def add_mean(self, segment: Segment, key: str, mean: Mean) -> None:
        """One more part of a weighted mean."""
        means = self.means.setdefault(segment, {})
        means[key] = means[key].joined(mean) if key in means else mean

    def add_all(self, other: "Tally") -> None:
        """Everything in another tally."""
        for segment, sums in other.sums.items():
            mine = self.sums.get(segment)
            if mine is None:
                self.sums[segment] = dict(sums)
                continue
            for key, amount in sums.items():
                before = mine.get(key)
                mine[key] = amount if before is None else before + amount
        for segment, means in other.means.items():
            for key, mean in means.items():
                self.add_mean(segment, key, mean)


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them added up."""
    found = Tally()
    for tally in tallies:
        found.add_all(tally)
    return found


def tally_of(rows: Mapping[Segment, Row], sums: frozenset[str], means: frozenset[str]) -> Tally:
    """The additive part of a shorter period's rows, to build a longer period from."""
    tally = Tally()
    for segment, row in rows.items():
        kept = {key: value for key, value in row.values.items() if key in sums}
        if kept:
            tally.sums[segment] = kept
        for key in means:
            mean = _mean_in(row, key)
            if mean is not None:
                tally.add_mean(segment, key, mean)
    return tally


def _mean_in(row: Row, key: str) -> Mean | None:
    """The parts of a stored weighted mean; one without weights is its plain value.

    Different values without weights were no value: two stand-ins keep them different.
    """
    if key in row.weights:
        return Mean(*row.weights[key])
    if key in row.values:
        return Mean(ZERO, ZERO, frozenset({row.values[key]}))
    if row.reasons.get(key) == NOT_ADDITIVE:
        return Mean(ZERO, ZERO, frozenset({Decimal("-Infinity"), Decimal("Infinity")}))
    return None


@dataclass(slots=True)
class Given:
    """What is not added up but given for a period: stocks and uniques.

    `reasons` holds, by segment, why a metric that is known of has no value here.
    """

    values: ByKey = field(default_factory=dict)
    reasons: dict[Segment, dict[str, str]] = field(default_factory=dict)

    def value(self, segment: Segment, key: str, amount: Decimal) -> None:
        """Sets or, for another feed's, adds to a value."""
        values = self.values.setdefault(segment, {})
        values[key] = values.get(key, ZERO) + amount

    def reason(self, segment: Segment, key: str, reason: str) -> None:
        """Says why there is no value."""
        self.reasons.setdefault(segment, {})[key] = reason


def given_of(rows: Mapping[Segment, Row], keys: frozenset[str]) -> Given:
    """The stocks `keys` in the rows of the period whose last day is this period's too."""
    given = Given()
    for segment, row in rows.items():
        for key in keys & row.values.keys():
            given.value(segment, key, row.values[key])
        for key in keys & row.reasons.keys():
            given.reason(segment, key, row.reasons[key])
    return given


def rows_of(
    tally: Tally,
    stocks: Given,
    uniques: Given,
    *,
    gaps: frozenset[str] = frozenset(),
    weights: Mapping[str, str] | None = None,
    all_segments: bool = True,
) -> Rows:
    """The rows of one period, base metrics only.

    `gaps` are the summed metrics with unknown days inside, `weights` the weight of each weighted
    mean. With `all_segments` "not set" is what the others leave of the total; without, it is as
    it was added up. A segment without a value and without a reason has no row.
    """
    additive = _added(tally.sums, stocks.values)
    others = {*stocks.values, *tally.means, *uniques.values, *uniques.reasons}
    _drop_silent(additive, kept=others)
    _fill_known_zeros(additive, shown=others | additive.keys())
    if all_segments:
        _set_remainders(additive)
    rows: Rows = {segment: Row(values) for segment, values in additive.items()}
    for segment, values in uniques.values.items():
        rows.setdefault(segment, Row()).values.update(values)
    for reasons in (stocks.reasons, uniques.reasons):
        for segment, found in reasons.items():
            rows.setdefault(segment, Row()).reasons.update(found)
    for segment, means in tally.means.items():
        _set_means(rows.setdefault(segment, Row()), means)
    _mark_gaps(rows, gaps, weights or {})
    return {segment: row for segment, row in rows.items() if row.values or row.reasons}


def _added(*parts: ByKey) -> ByKey:
    """Values by segment, put together: a metric is in one of the parts only."""
    found: ByKey = {}
    for part in parts:
        for segment, values in part.items():
            found.setdefault(segment, {}).update(values)
    return found


def _drop_silent(additive: ByKey, *, kept: Collection[Segment]) -> None:
    """A segment of which nothing but known zeros is said is like any other without facts."""
    for segment, values in list(additive.items()):
        known = additive.get(rest_of(segment.dimension), {}).keys()
        silent = values.keys() <= known and not any(values.values())
        if silent and segment.segment_id > 0 and segment not in kept:
            del additive[segment]


def _fill_known_zeros(additive: ByKey, *, shown: Collection[Segment]) -> None:
    """A segment with a row is zero where the sources say so of every segment without facts."""
    for segment in shown:
        known = additive.get(rest_of(segment.dimension))
        if segment.dimension and known:
            values = additive.setdefault(segment, {})
            for key in known:
                values.setdefault(key, ZERO)


def _set_remainders(additive: ByKey) -> None:
    """ "Not set" is what the total holds beyond the named segments, also where that is negative."""
    totals = additive.get(EVERYTHING, {})
    for dimension in DIMENSIONS:
        named: dict[str, Decimal] = {}
        for segment, values in additive.items():
            if segment.dimension == dimension:
                counted = segment.segment_id not in (NONE, NOT_SET)
                for key, value in values.items():
                    named[key] = named.get(key, ZERO) + (value if counted else ZERO)
        keys = totals if dimension in ALWAYS_SPLIT else named
        remainder = {key: totals[key] - named.get(key, ZERO) for key in keys if key in totals}
        if remainder:
            additive[Segment(dimension, NOT_SET)] = remainder


def _set_means(row: Row, means: Mapping[str, Mean]) -> None:
    for key, mean in means.items():
        if mean.weight:
            row.values[key] = mean.total / mean.weight
            row.weights[key] = mean.total, mean.weight
        elif len(mean.plain) == 1:
            (row.values[key],) = mean.plain
        else:
            row.reasons[key] = NOT_ADDITIVE if mean.plain else ZERO_DENOMINATOR


def _mark_gaps(rows: Rows, gaps: frozenset[str], weights: Mapping[str, str]) -> None:
    if not gaps:
        return
    of_means = {key for key, weight in weights.items() if weight in gaps}
    marked = gaps | of_means
    for row in rows.values():
        row.incomplete = {key for key in marked if key in row.values}
