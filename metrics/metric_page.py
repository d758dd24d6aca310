"""A metric's page: its chart with the previous period and year, its segments, its table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import fmt, fmt_dates
from accounts.models import Workspace
from accounts.prepared import Prepared
from metrics import series
from metrics.campaign_bands import campaign_bands
from metrics.charts import ChartSpec, Series
from metrics.comparisons import Beside, beside, small_base, smoothed_name
from metrics.definition_history import definition_marks, rests_on, versions_behind
from metrics.feeds import Deliveries
from metrics.formula import parse
from metrics.formula_text import readable
from metrics.models import DefinitionVersion, Dimension, Metric, Restatement
from metrics.models.snapshot import SnapshotGrain
from metrics.periods import Calendar, Grain, Period
from metrics.read_rows import ReadRows, ahead
from metrics.value_words import reason_sentence, rule_sentence
from metrics.vocabulary import Vocabulary

SHOWN: Mapping[Grain, int] = MappingProxyType(
    {Grain.DAY: 42, Grain.WEEK: 26, Grain.MONTH: 24, Grain.QUARTER: 12, Grain.YEAR: 5}
)
"""How many periods a chart shows by default."""
COMPARISONS = ("none", "previous", "year")


@dataclass(frozen=True)
class Choice:
    """What the reader asked for."""

    grain: Grain
    compare: str
    segment: series.Segment
    dimension: int
    smooth: bool = False


@dataclass(frozen=True)
class SegmentLine:
    """One segment in the newest whole period, its share and its change."""

    label: str
    value: Decimal | None
    before: Decimal | None
    share: Decimal | None
    small: int | None = None


@dataclass(frozen=True)
class MetricPage:
    """Everything the page shows."""

    metric: Metric
    choice: Choice
    spec: ChartSpec
    now: series.SeriesValue | None
    comparison: series.Comparison | None
    beside: Beside
    lines: list[SegmentLine]
    lines_period: Period | None
    rows: list[series.SeriesValue]
    deliveries: Deliveries
    figures_to: date | None
    formula: str
    restated: list[Restatement]
    unit: str
    direction: str
    reason: str
    rule: str
    known: Vocabulary
    behind: list[DefinitionVersion]
    read: list[ReadRows]

    @property
    def drawn(self) -> list[Period]:
        """The periods that the chart draws, oldest first."""
        return [row.period for row in _begun(self.rows[::-1])]


def metric_page(
    workspace: Workspace,
    metric: Metric,
    choice: Choice,
    *,
    today: date,
    known: Vocabulary | None = None,
) -> MetricPage:
    """Reads and puts together the page of a metric. ``known`` is what has been read already."""
    known = known or Vocabulary(workspace)
    calendar = Calendar(
        week_start=workspace.week_start, fiscal_year_start=workspace.fiscal_year_start
    )
    periods = _shown(calendar, choice.grain, today)
    keys = rests_on(metric.key, known.metrics)
    read = ahead(
        workspace,
        keys,
        [*periods, *_earlier(calendar, choice, periods)],
        segment=choice.segment,
    )
    rows = series.values(
        workspace,
        metric.key,
        choice.grain,
        periods[0].start,
        periods[-1].end,
        today=today,
        segment=choice.segment,
        read=read,
    )
    newest = _newest(rows)
    whole = next((one for one in reversed(rows) if one.value is not None and not one.partial), None)
    if whole is not None:
        around = [calendar.previous(whole.period), whole.period, calendar.year_ago(whole.period)]
        split = [one for one in around if one is not None]
        read += ahead(workspace, keys, split, dimension=choice.dimension)
    definition = metric.definition
    compared = None
    if newest is not None:
        compared = series.comparison(
            workspace, metric.key, newest.period, today=today, segment=choice.segment, read=read
        )
    begun = _begun(rows)
    behind = versions_behind(workspace, metric.key, known.metrics)
    deliveries = Deliveries(workspace, today=today, metrics=known.metrics)
    stands = beside(
        workspace,
        metric,
        begun,
        compared,
        smooth=choice.smooth,
        compare=choice.compare,
        today=today,
    )
    return MetricPage(
        metric=metric,
        choice=choice,
        spec=_chart(known, metric, choice, begun, stands, calendar, today, behind, read),
        now=newest,
        comparison=compared,
        beside=stands,
        lines=_lines(known, metric, choice, whole.period, calendar, today, read) if whole else [],
        lines_period=whole.period if whole else None,
        rows=list(reversed(rows)),
        deliveries=deliveries,
        figures_to=deliveries.data_date(metric.key),
        formula=readable_formula(metric, known.metrics),
        restated=_restated(workspace, metric, choice.grain),
        unit=str(definition.unit),
        direction=str(definition.direction),
        reason=why_empty(rows),
        rule=rule_sentence(definition.rollup),
        known=known,
        behind=behind,
        read=read,
    )


def _shown(calendar: Calendar, grain: Grain, today: date) -> list[Period]:
    last = calendar.period_of(today, grain)
    shown = [last]
    while len(shown) < SHOWN[grain]:
        shown.append(calendar.previous(shown[-1]))
    return shown[::-1]


def _begun(rows: list[series.SeriesValue]) -> list[series.SeriesValue]:
    """The periods without the running one while nothing is known of it."""
    return rows[:-1] if rows[-1].partial and rows[-1].value is None else rows


def _newest(rows: list[series.SeriesValue]) -> series.SeriesValue | None:
    return next((row for row in reversed(rows) if row.value is not None), None)


def why_empty(rows: list[series.SeriesValue]) -> str:
    """Why nothing is shown, as a sentence; empty when there is a value."""
    if any(row.value is not None for row in rows):
        return ""
    reasons = {row.reason for row in rows}
    if "not_additive" in reasons:
        advice = _("Import a value for exactly these periods, or look at another length of period.")
        return f"{reason_sentence('not_additive', rows[0].period.grain)} {advice}"
    if "zero_denominator" in reasons:
        return _("Nothing to divide by in these periods: the value does not exist.")
    if "stale" in reasons:
        return reason_sentence("stale", rows[0].period.grain)
    return _("No values yet in these periods.")


def _chart(
    known: Vocabulary,
    metric: Metric,
    choice: Choice,
    rows: list[series.SeriesValue],
    stands: Beside,
    calendar: Calendar,
    today: date,
    behind: list[DefinitionVersion],
    read: list[ReadRows],
) -> ChartSpec:
    workspace, language = known.workspace, get_language() or "en"
    drawn = [
        Series(
            name=metric.name,
            role="actual",
            values=[row.value for row in rows],
            partial=[row.partial for row in rows],
        )
    ]
    if stands.smoothed:
        name = smoothed_name(choice.grain)
        drawn.append(Series(name=name, role="smoothed", values=stands.smoothed))
    if stands.adjusted:
        drawn.append(
            Series(
                name=stands.adjusted_name,
                role="other",
                values=stands.adjusted,
                end_label=_("Cycle-adjusted"),
            )
        )
    if choice.compare != "none":
        drawn.append(_compared(workspace, metric, choice, rows, calendar, today, read))
    first, last = rows[0].period, rows[-1].period
    unit = str(metric.definition.unit)
    newest = _newest(rows)
    summary = _("No values in these periods.")
    if newest is not None:
        summary = _("%(metric)s: %(value)s in %(period)s.") % {
            "metric": metric.name,
            "value": fmt.metric_value(newest.value, unit, workspace.currency, language),
            "period": fmt_dates.period_label(
                newest.period.start,
                str(choice.grain),
                language,
                week_start=workspace.week_start,
                fiscal_start=workspace.fiscal_year_start,
            ),
        }
    return ChartSpec(
        title=_title(workspace, metric, rows, unit, language),
        subtitle=fmt_dates.date_range(first.start, min(last.end, today), language),
        summary=summary,
        kind="line",
        unit=unit,
        currency=workspace.currency,
        grain=choice.grain.value,
        labels=[row.period.start for row in rows],
        series=drawn,
        week_start=workspace.week_start,
        fiscal_start=workspace.fiscal_year_start,
        annotations=definition_marks(workspace, metric, first.start, last.end, behind),
        bands=campaign_bands(workspace, first.start, last.end, segment=choice.segment),
    )


def _title(
    workspace: Workspace, metric: Metric, rows: list[series.SeriesValue], unit: str, language: str
) -> str:
    """The message in a few words: what the last whole period did against the one before."""
    whole = [row for row in rows if not row.partial and row.value is not None]
    if len(whole) < 2:
        return metric.name
    changed = fmt.change(
        whole[-1].value, whole[-2].value, unit, str(metric.definition.direction), language
    )
    words = {"metric": metric.name, "size": changed.size}
    if changed.arrow == "▲":
        return _("%(metric)s: up %(size)s") % words
    if changed.arrow == "▼":
        return _("%(metric)s: down %(size)s") % words
    return _("%(metric)s: unchanged") % words


def _compared(
    workspace: Workspace,
    metric: Metric,
    choice: Choice,
    rows: list[series.SeriesValue],
    calendar: Calendar,
    today: date,
    read: list[ReadRows],
) -> Series:
    year = choice.compare == "year"
    partners = [
        calendar.year_ago(row.period) if year else _shifted(calendar, row.period, len(rows))
        for row in rows
    ]
    known = [partner for partner in partners if partner is not None]
    found: dict[date, Decimal | None] = {}
    if known:
        earlier = series.values(
            workspace,
            metric.key,
            choice.grain,
            min(one.start for one in known),
            max(one.end for one in known),
            today=today,
            segment=choice.segment,
            read=read,
        )
        found = {value.period.start: value.value for value in earlier}
    return Series(
        name=_("A year before") if year else _("The periods before"),
        role="year_ago" if year else "previous",
        values=[found.get(partner.start) if partner else None for partner in partners],
    )


def _earlier(calendar: Calendar, choice: Choice, periods: list[Period]) -> list[Period]:
    """The periods among which those are that `_compared` draws."""
    if choice.compare == "year":
        found = (calendar.year_ago(one) for one in periods)
        return [one for one in found if one is not None]
    before = periods[:1] if choice.compare == "previous" else []
    while 0 < len(before) <= len(periods):
        before.append(calendar.previous(before[-1]))
    return before[1:]


def _shifted(calendar: Calendar, period: Period, count: int) -> Period:
    for _step in range(count):
        period = calendar.previous(period)
    return period


def _lines(
    known: Vocabulary,
    metric: Metric,
    choice: Choice,
    period: Period,
    calendar: Calendar,
    today: date,
    read: list[ReadRows],
) -> list[SegmentLine]:
    """The segments of the newest whole period, largest first, "not set" last."""
    before = calendar.previous(period)
    found = series.values(
        known.workspace,
        metric.key,
        choice.grain,
        before.start,
        period.end,
        today=today,
        dimension=choice.dimension,
        read=read,
    )
    now = {one.segment: one for one in found if one.period == period}
    then = {one.segment: one for one in found if one.period == before}
    names = known.segments(choice.dimension)
    adds_up = metric.definition.rollup == "sum"
    total = sum((one.value for one in now.values() if one.value is not None), Decimal(0))
    lines = [
        SegmentLine(
            label=names[segment.segment_id].label if segment.segment_id in names else "?",
            value=one.value,
            before=then[segment].value if segment in then else None,
            share=one.value / total if adds_up and total else None,
            small=small_base(metric.definition, one, then.get(segment)),
        )
        for segment, one in now.items()
        if one.value is not None
    ]
    return sorted(lines, key=lambda line: line.value or Decimal(0), reverse=True)


def readable_formula(metric: Metric, metrics: Mapping[str, Metric]) -> str:
    """The formula in words, in the active language; empty for a base metric.

    ``metrics`` are all of the workspace, by key.
    """
    if not metric.definition.formula:
        return ""
    names = {key: one.name for key, one in metrics.items()}
    return readable(parse(metric.definition.formula), names, get_language() or "en")


def _restated(workspace: Workspace, metric: Metric, grain: Grain) -> list[Restatement]:
    return _RESTATED.objects(workspace.pk, metric.key, int(SnapshotGrain[grain.name]))


_RESTATED = Prepared(
    lambda workspace, key, grain: Restatement.objects.filter(
        workspace=workspace, metric_key=key, grain=grain, dimension=Dimension.EVERYTHING
    ).order_by("-changed_at")[:10],
    int,
    str,
    int,
)
