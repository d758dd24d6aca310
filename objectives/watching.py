"""What the rules about metrics watch, and its values: read at once, not rule by rule.

A rule may be about one metric's slice or about every golden KPI and what those are worked out
from; each of them is one `Watched`. Their values come as `Line`s, a handful of queries for however
many there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median

from accounts.models import Workspace
from metrics import series
from metrics.catalogue.definition import Direction, MetricDefinition
from metrics.comparisons import COUNTED, events_behind
from metrics.feeds import Deliveries, base_keys
from metrics.formula import parse
from metrics.formula_nodes import Binary
from metrics.models import Campaign, Dimension, Metric
from metrics.periods import ONE_DAY, Calendar, Grain
from metrics.resolution import Segment
from metrics.rules import UNIQUES, calendar_of
from metrics.sales_cycle import waited_for
from metrics.units import Unit
from objectives.expected import Noise
from objectives.history import rollup_of
from objectives.holidays import Quiet, quiet_in
from objectives.measure import Rollup
from objectives.models import AlertRule
from objectives.rule_checks import Against, Asked, Asks, Line, Side, Value

ABOUT_METRICS = (
    AlertRule.Kind.LEVEL,
    AlertRule.Kind.CHANGE,
    AlertRule.Kind.EXPECTED,
    AlertRule.Kind.DRIFT,
)
GRAINS = (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER)
LONG: Mapping[Grain, timedelta] = {
    Grain.DAY: timedelta(days=800),
    Grain.WEEK: timedelta(weeks=170),
    Grain.MONTH: timedelta(days=366 * 6),
    Grain.QUARTER: timedelta(days=366 * 8),
}
"""What a range is learnt from."""
A_YEAR = timedelta(days=400)
SHORT: Mapping[Grain, timedelta] = {
    Grain.DAY: timedelta(days=21),
    Grain.WEEK: timedelta(weeks=8),
    Grain.MONTH: timedelta(days=200),
    Grain.QUARTER: timedelta(days=600),
}
ROUGHLY = 56
MOST_ZEROS = 0.33
"""More zeros than this, and an amount is looked at over longer periods."""
WEEKLY, MONTHLY = 7, 28
Place = tuple[str, Segment, Grain]


@dataclass(frozen=True)
class Watched:
    """One metric's slice that one rule watches; `grain` None while the shortest is looked for."""

    rule: AlertRule
    metric: Metric
    segment: Segment
    asked: Asked
    grain: Grain | None
    campaign: Campaign | None = None

    @property
    def cause(self) -> str:
        """The cause of its alert: the rule and the slice."""
        slice_ = f"{self.segment.dimension}.{self.segment.segment_id}"
        return f"{self.rule.public_id}:{self.metric.key}:{slice_}"


@dataclass
class Readings:
    """The lines of what is watched on a day, and up to which day each metric is complete."""

    day: date
    lines: dict[Place, Line] = field(default_factory=dict)
    known_to: dict[str, date] = field(default_factory=dict)
    grains: dict[str, Grain] = field(default_factory=dict)

    def line(self, watched: Watched) -> Line | None:
        """The line that a rule looks at; None where nothing has come."""
        grain = self.grains.get(watched.cause)
        return (
            None if grain is None else self.lines.get((watched.metric.key, watched.segment, grain))
        )


# What is watched


def watched_by(rules: Iterable[AlertRule], metrics: Mapping[str, Metric]) -> Iterator[Watched]:
    """Every slice that the rules about metrics watch."""
    golden: list[Metric] | None = None
    for rule in rules:
        if rule.kind not in ABOUT_METRICS:
            continue
        if rule.metric_id is not None:
            chosen = [one for one in metrics.values() if one.pk == rule.metric_id]
        else:
            golden = _golden(metrics) if golden is None else golden
            chosen = golden
        for metric in chosen:
            if rule.kind == AlertRule.Kind.DRIFT and rollup_of(metric) is not Rollup.SUM:
                continue
            yield _watched(rule, metric)


def _golden(metrics: Mapping[str, Metric]) -> list[Metric]:
    """The golden KPIs, and what is counted below them, like the visits behind a rate."""
    chosen = {one.key for one in metrics.values() if one.golden_rank}
    below = {base for key in chosen for base in base_keys(key, metrics) if base in metrics}
    counted = {key for key in below if _is_counted_good(metrics[key])}
    return [metrics[key] for key in sorted(chosen | counted)]


def _is_counted_good(metric: Metric) -> bool:
    definition = metric.definition
    return noise_of(definition) is Noise.COUNT and definition.direction is Direction.UP


def _watched(rule: AlertRule, metric: Metric) -> Watched:
    return Watched(
        rule=rule,
        metric=metric,
        segment=segment_of(rule),
        asked=asked_of(rule, metric.definition),
        grain=None if rule.grain == AlertRule.Grain.AUTO else Grain(rule.grain),
        campaign=rule.campaign,
    )


def segment_of(rule: AlertRule) -> Segment:
    """The slice of the metric that a rule is about."""
    if rule.campaign_id:
        return Segment(Dimension.CAMPAIGN, rule.campaign_id)
    if rule.segment is not None:
        return Segment(rule.segment.dimension, rule.segment.pk)
    return series.EVERYTHING


def asked_of(rule: AlertRule, definition: MetricDefinition) -> Asked:
    """What a rule asks of a metric."""
    return Asked(
        asks=Asks(rule.kind),
        side=side_of(rule, definition),
        threshold=float(rule.limit),
        against=Against(rule.comparison),
        minimum_volume=rule.minimum_volume,
    )


def side_of(rule: AlertRule, definition: MetricDefinition) -> Side:
    """Which way a rule looks: "the bad way" is the metric's own."""
    if rule.side != AlertRule.Side.BAD:
        return Side(rule.side)
    bad = {Direction.UP: Side.BELOW, Direction.DOWN: Side.ABOVE}
    return bad.get(definition.direction, Side.EITHER)


def noise_of(definition: MetricDefinition) -> Noise:
    """What chance alone does to a metric, by what it counts."""
    if not definition.formula:
        return Noise.COUNT if definition.key in COUNTED else Noise.OTHER
    node = parse(definition.formula)
    if not isinstance(node, Binary) or node.operator != "/":
        return Noise.OTHER
    return Noise.SHARE if definition.unit is Unit.PERCENT else Noise.PER_EVENT


# Its values


def read(
    workspace: Workspace,
    watched: Sequence[Watched],
    *,
    day: date,
    deliveries: Deliveries,
    back: timedelta = timedelta(0),
) -> Readings:
    """The values of all that is watched, as they are complete on ``day``.

    ``back``: how much further into the past a replay looks.
    """
    reader = _Reader(workspace, day, deliveries, back)
    for one in watched:
        reader.note(one)
    reader.read([one for one in watched if one.grain is not None], {})
    undecided = [one for one in watched if one.grain is None]
    for grain in GRAINS:
        undecided = reader.settle(undecided, grain)
    return reader.found


class _Reader:
    def __init__(
        self, workspace: Workspace, day: date, deliveries: Deliveries, back: timedelta
    ) -> None:
        self.workspace, self.day, self.deliveries, self.back = workspace, day, deliveries, back
        self.calendar: Calendar = calendar_of(workspace)
        self.found = Readings(day)
        self.quiet: Quiet = quiet_in(workspace, day - LONG[Grain.DAY] - back, day)

    def note(self, one: Watched) -> None:
        """Up to which day the metric is complete, and whether it may be judged at all."""
        key = one.metric.key
        if key not in self.found.known_to:
            known = self.deliveries.data_date(key)
            if known is not None:
                self.found.known_to[key] = known - self._ripening(one)

    def _ripening(self, one: Watched) -> timedelta:
        """What is measured after the fact says nothing before a whole sales cycle is over."""
        if not one.metric.definition.after_the_fact:
            return timedelta(0)
        return timedelta(days=waited_for(self.workspace, one.metric.key))

    def _is_silent(self, one: Watched) -> bool:
        """A measure after the fact on a campaign that still runs: too early to conclude."""
        if one.campaign is None or not one.metric.definition.after_the_fact:
            return False
        end = one.campaign.end
        return end is None or end > self.found.known_to.get(one.metric.key, date.min)

    def settle(self, undecided: list[Watched], grain: Grain) -> list[Watched]:
        """Those for which this grain says enough are read; the others try a longer one."""
        mine = [one for one in undecided if self._may_be(one, grain)]
        self.read(mine, dict.fromkeys((one.cause for one in mine), grain))
        enough = {one.cause for one in mine if self._is_enough(one, grain)}
        for one in mine:
            if one.cause not in enough:
                self.found.grains.pop(one.cause, None)
        return [one for one in undecided if one.cause not in enough]

    def _may_be(self, one: Watched, grain: Grain) -> bool:
        """Whether the feeds bring the metric that often; uniques are known by weeks at best."""
        carrying = self.deliveries.carrying(one.metric.key)
        rhythm = max((feed.rhythm_days for feed in carrying), default=1)
        if one.asked.asks is Asks.DRIFT:
            return grain is Grain.DAY and rhythm < WEEKLY
        if grain is Grain.DAY:
            return rhythm < WEEKLY and one.metric.key not in UNIQUES
        return rhythm < MONTHLY if grain is Grain.WEEK else True

    def _is_enough(self, one: Watched, grain: Grain) -> bool:
        line = self.found.line(one)
        if line is None or one.asked.asks is Asks.DRIFT:
            return line is not None
        known = [value for value in line.values[-ROUGHLY:] if value.whole]
        if len(known) < min(len(line.values), ROUGHLY) / 2 and grain is not GRAINS[-1]:
            return False
        if line.noise is Noise.OTHER:
            return bool(known) and not _is_sparse(line)
        events = [value.events for value in known if value.events is not None]
        return bool(events) and median(events) >= one.asked.minimum_volume

    def read(self, watched: Iterable[Watched], grains: Mapping[str, Grain]) -> None:
        """Reads what is not there yet: one query for each grain and depth."""
        wanted: dict[tuple[Grain, timedelta], set[tuple[str, Segment]]] = defaultdict(set)
        metrics: dict[str, Metric] = {}
        for one in watched:
            key, grain = one.metric.key, grains.get(one.cause) or one.grain
            if grain is None or key not in self.found.known_to or self._is_silent(one):
                continue
            self.found.grains[one.cause] = grain
            metrics[key] = one.metric
            wanted[grain, self._depth(one.asked, grain)].add((key, one.segment))
        for (grain, depth), pairs in sorted(wanted.items(), key=lambda one: one[0][1]):
            self._read(grain, depth, pairs, metrics)

    def _depth(self, asked: Asked, grain: Grain) -> timedelta:
        if asked.asks in (Asks.EXPECTED, Asks.DRIFT):
            return LONG[grain]
        is_year = asked.asks is Asks.CHANGE and asked.against is Against.YEAR
        return SHORT[grain] + (A_YEAR if is_year else timedelta(0))

    def _read(
        self,
        grain: Grain,
        depth: timedelta,
        pairs: set[tuple[str, Segment]],
        metrics: Mapping[str, Metric],
    ) -> None:
        last = max(self.found.known_to[key] for key, _segment in pairs)
        start = self.calendar.period_of(last - depth - self.back, grain).start
        rows = series.grid(self.workspace, pairs, grain, start, last, today=self.day)
        for (key, segment), values in rows.items():
            line = self._line(metrics[key], values)
            if line is not None:
                self.found.lines[key, segment, grain] = line

    def _line(self, metric: Metric, found: Sequence[series.SeriesValue]) -> Line | None:
        known_to, definition = self.found.known_to[metric.key], metric.definition
        over = [one for one in found if one.period.start <= known_to]
        first = next((n for n, one in enumerate(over) if one.value is not None), None)
        if first is None:
            return None
        values: list[Value] = []
        for one in over[first:]:
            events = events_behind(definition, one)
            values.append(
                Value(
                    one.period,
                    None if one.value is None else float(one.value),
                    None if events is None else float(events),
                    one.value is not None
                    and one.period.end <= known_to
                    and (not one.incomplete or self._lacks_parts(over, one)),
                )
            )
        return Line(
            values,
            self.calendar,
            noise=noise_of(definition),
            in_points=definition.unit is Unit.PERCENT,
            quiet=self.quiet.days,
            has_calendar=self.quiet.is_known,
        )

    @staticmethod
    def _lacks_parts(found: Sequence[series.SeriesValue], one: series.SeriesValue) -> bool:
        """A day, or a period like all the others, is incomplete for want of parts, not of days."""
        if one.period.grain is Grain.DAY:
            return True
        known = [other for other in found if other.value is not None]
        return sum(other.incomplete for other in known) * 3 > len(known) * 2


def _is_sparse(line: Line) -> bool:
    """Whether an amount comes with few sales: more periods have none than weekends explain.

    All that was read counts, so that some weeks of nothing do not change how a series is seen.
    """
    known = [one.value for one in line.values if one.whole]
    return sum(not value for value in known) > len(known) * MOST_ZEROS


def first_day(readings: Readings) -> date:
    """The first day of all that was read; the day itself where nothing was."""
    starts = [line.values[0].period.start for line in readings.lines.values()]
    return min(starts, default=readings.day - ONE_DAY)
