"""Where a number comes from: its formula with the values filled in, its facts, who brought them.

`lineage` explains one value of one metric, segment and span. A derived value is a tree of inputs,
each of which can be explained in turn; a value without a formula is made of facts, of which
`metrics.lineage_sql` gives the sums and a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from accounts.models import Workspace
from metrics import series
from metrics.calculation import CONTEXT
from metrics.catalogue.definition import Rollup
from metrics.fact_origins import Origins, SourceLine, origins_of
from metrics.lineage_inputs import Formulas, Input
from metrics.lineage_sql import Behind, FeedTotal, Gap
from metrics.models import Dimension, Feed, Metric
from metrics.periods import ONE_DAY, Grain, counted_to
from metrics.resolution import NOT_SET, Segment
from metrics.rules import CARRY, DIMENSION_NAMES, PARTS, WEIGHTS, calendar_of
from metrics.why_values import Reader, Span
from metrics.why_values import Value as Read

__all__ = ["A_PAGE", "FeedUse", "Input", "Lineage", "lineage"]

A_PAGE = 100


@dataclass(frozen=True, slots=True)
class FeedUse:
    """How the facts of one feed at one breakdown went into a value, or why they did not.

    `dimensions` are those that they are broken down by. `role`: ``counted``; ``view``, another
    view of the same quantity; ``other_feed``, left aside because another feed counts.
    """

    feed: Feed
    dimensions: tuple[Dimension, ...]
    role: str
    facts: int
    used: int
    days: int
    total: Decimal
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """All that is known of where a value comes from.

    `of_facts` is what the facts come to and `rest` what "not set" holds beyond them;
    `of_facts` + `rest` is `value`, or the stored value is behind (`agrees`). `reads` are the days
    whose facts were looked at. Weighted means have Σ value × weight and Σ weight.
    """

    metric: Metric
    segment: Segment
    span: Span
    grain: Grain | None
    value: Decimal | None
    reason: str | None
    is_incomplete: bool
    is_partial: bool
    unit: str
    rollup: str
    formula: str = ""
    filled: str = ""
    inputs: tuple[Input, ...] = ()
    feeds: tuple[FeedUse, ...] = ()
    reads: Span | None = None
    of_facts: Decimal | None = None
    rest: Decimal | None = None
    weight: Metric | None = None
    weighted_sum: Decimal = Decimal(0)
    weight_sum: Decimal = Decimal(0)
    newest: date | None = None
    fact_count: int = 0
    day_count: int = 0
    gaps: tuple[Gap, ...] = ()
    lines: tuple[SourceLine, ...] = ()
    page: int = 1
    agrees: bool = True

    @property
    def pages(self) -> int:
        """How many pages of facts there are."""
        return max(-(-self.fact_count // A_PAGE), 1)

    @property
    def is_carried(self) -> bool:
        """Whether a stock's newest value is older than the span's last day."""
        return self.newest is not None and self.newest < self.span[1]


def lineage(
    workspace: Workspace,
    metric: Metric,
    segment: Segment,
    span: Span,
    *,
    today: date,
    page: int = 1,
) -> Lineage:
    """Where the value of a metric and segment over a span, a period or any days, comes from."""
    reader = Reader(workspace, calendar_of(workspace), today, segment.dimension, segment)
    value = reader.whole(metric.key, span)
    period = reader.period(span)
    bare = Lineage(
        metric=metric,
        segment=segment,
        span=span,
        grain=period.grain if period else None,
        value=value.value,
        reason=value.reason,
        is_incomplete=value.incomplete,
        is_partial=span[1] >= today,
        unit=str(metric.definition.unit),
        rollup=str(metric.definition.rollup),
    )
    if metric.definition.formula is not None:
        words, values, inputs = Formulas(reader).explained(metric, span)
        return replace(bare, formula=words, filled=values, inputs=inputs)
    return _of_facts(bare, reader, value, page)


# Facts


def _of_facts(bare: Lineage, reader: Reader, value: Read, page: int) -> Lineage:
    behind = _behind(bare, reader)
    whole, *totals = behind.totals()
    if whole.weight and whole.feed_id == 0:
        behind = replace(behind, weighted_only=True)
        whole, *totals = behind.totals()
    count = whole.used
    page = min(max(page, 1), max(-(-count // A_PAGE), 1))
    feeds = Feed.objects.filter(workspace=reader.workspace).in_bulk()
    found = replace(
        bare,
        feeds=tuple(_use(one, feeds[one.feed_id]) for one in totals),
        reads=(behind.start, behind.end),
        fact_count=count,
        day_count=whole.days,
        newest=whole.last,
        gaps=_gaps(bare, behind, feeds, reader.today),
        weight=_weight_of(bare, reader),
        page=page,
    )
    origins = Origins(reader.workspace, bare.metric, feeds)
    lines = origins_of(origins, behind.page(A_PAGE, (page - 1) * A_PAGE) if count else [])
    return replace(_added(found, whole, value), lines=tuple(lines))


def _behind(bare: Lineage, reader: Reader) -> Behind:
    """Which facts to look for: of a stock those that a value may be carried from."""
    start, end = bare.span
    if bare.rollup == Rollup.LAST:
        start, end = _stood(bare, reader)
    elif bare.rollup != Rollup.UNIQUE:
        end = counted_to(start, end, reader.today)
    weight = _weight_of(bare, reader)
    return Behind(
        workspace_id=reader.workspace.pk,
        metric_id=bare.metric.pk,
        rollup=bare.rollup,
        segment=bare.segment,
        start=start,
        end=end,
        counting=bare.metric.counting_feed_id or 0,
        weight_id=weight.pk if weight else 0,
        part=PARTS.get(bare.metric.key, 0),
    )


def _stood(bare: Lineage, reader: Reader) -> Span:
    """The days that a stock's value may be of; of a span that is no period its last known day's.

    Where there is no value at the span's end, none of an earlier day in it stands for one.
    """
    start, end = bare.span
    if bare.grain is None and bare.value is not None:
        days = series.daily(reader.workspace, bare.metric.key, bare.segment, start, end)
        start = end = max(days, default=end)
    if start > reader.today:
        return start, end
    return min(end, reader.today) - CARRY, end


def _weight_of(bare: Lineage, reader: Reader) -> Metric | None:
    key = WEIGHTS.get(bare.metric.key)
    if key is None:
        return None
    return Metric.objects.filter(workspace=reader.workspace, key=key).first()


def _use(one: FeedTotal, feed: Feed) -> FeedUse:
    role = "counted" if one.used else "view" if one.counts else "other_feed"
    dimensions = [dimension for dimension in DIMENSION_NAMES.values() if _has(one.mask, dimension)]
    return FeedUse(
        feed,
        tuple(dimensions),
        role,
        one.facts,
        one.used,
        one.days,
        one.total,
        one.first,
        one.last,
    )


def _has(mask: int, dimension: Dimension) -> bool:
    return bool(mask & 1 << (dimension - 1))


def _added(found: Lineage, whole: FeedTotal, value: Read) -> Lineage:
    """What the facts come to, by the metric's own rule, and whether that is what is stored."""
    of_facts: Decimal | None = whole.total
    rest = None
    if found.rollup == Rollup.WEIGHTED_MEAN:
        of_facts = _mean(whole)
    elif found.rollup == Rollup.UNIQUE:
        of_facts = whole.total if whole.used == 1 else None
    elif found.segment.segment_id == NOT_SET and value.value is not None:
        rest = value.value - whole.total
    elif not whole.used:
        of_facts = Decimal(0) if value.value == 0 else None
    return replace(
        found,
        of_facts=of_facts,
        rest=rest,
        weighted_sum=whole.weighted,
        weight_sum=whole.weight,
        agrees=rest is not None or _same(of_facts, value.value),
    )


def _mean(whole: FeedTotal) -> Decimal | None:
    """Weighted; values without any weight count as long as they are all the same."""
    if whole.weight:
        return CONTEXT.divide(whole.weighted, whole.weight)
    return whole.least if whole.used and whole.least == whole.largest else None


def _same(own: Decimal | None, stored: Decimal | None) -> bool:
    if own is None or stored is None:
        return own is stored
    return abs(own - stored) <= abs(stored) * Decimal("1e-15")


def _gaps(bare: Lineage, behind: Behind, feeds: Mapping[int, Feed], today: date) -> tuple[Gap, ...]:
    """The unknown days before today of what adds up; costs are listed when they arise."""
    end = min(bare.span[1], today - ONE_DAY)
    if bare.rollup not in (Rollup.SUM, Rollup.WEIGHTED_MEAN) or end < bare.span[0]:
        return ()
    found = replace(behind, end=end).gaps()
    kinds = {pk: one.kind for pk, one in feeds.items()}
    if any(kind == Feed.Kind.LEDGER for kind in kinds.values()) and _is_cost(bare.metric):
        return ()
    kept_by_hand = (Feed.Kind.MANUAL, Feed.Kind.LEDGER)
    return tuple(
        gap for gap in found if gap.feed_id is None or kinds.get(gap.feed_id) not in kept_by_hand
    )


def _is_cost(metric: Metric) -> bool:
    return metric.key.startswith("cost_")
