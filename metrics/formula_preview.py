"""What a formula that is not kept yet would give on a workspace's figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Workspace
from metrics import series
from metrics.calculation import NO_DATA, Given, Result, evaluate
from metrics.formula_nodes import Filter, Modifier, Node, Operand, operands_in_order
from metrics.models import Campaign, Dimension, DimensionValue
from metrics.periods import ONE_DAY, PERIODS_PER_YEAR, Calendar, Grain, Period
from metrics.rules import DIMENSION_NAMES, calendar_of

SHOWN = 13
"""So many periods: a year and the one to compare it with."""


@dataclass(frozen=True)
class PreviewRow:
    """One period: the value, what it was calculated from, and what was wanting.

    `inputs` are in the order of the formula; `missing` are the operands without a value.
    """

    period: Period
    value: Decimal | None
    inputs: tuple[tuple[Operand, Decimal | None], ...]
    reason: str | None
    missing: tuple[str, ...]
    partial: bool
    incomplete: bool


Found = series.SeriesValue | series.SpanValue


def preview_rows(
    workspace: Workspace, node: Node, grain: Grain, *, today: date
) -> list[PreviewRow]:
    """The last periods up to the running one, newest first, as they would be stored."""
    calendar = calendar_of(workspace)
    periods = [calendar.period_of(today, grain)]
    while len(periods) < SHOWN:
        periods.append(calendar.previous(periods[-1]))
    columns = {
        operand: _Column(workspace, operand, grain, today).read(periods, calendar)
        for operand in operands_in_order(node)
    }
    return [_row(node, period, columns, today) for period in periods]


def _row(
    node: Node, period: Period, columns: Mapping[Operand, Mapping[date, Found | None]], today: date
) -> PreviewRow:
    found = {operand: column.get(period.start) for operand, column in columns.items()}

    def given(operand: Operand) -> Given:
        one = found[operand]
        if one is None or (one.value is None and one.reason in (None, NO_DATA)):
            return None
        return one.value if one.value is not None else Result(None, one.reason)

    result = evaluate(node, given, periods_per_year=PERIODS_PER_YEAR[period.grain])
    unsure = any(one is not None and one.incomplete for one in found.values())
    return PreviewRow(
        period=period,
        value=result.value,
        inputs=result.inputs,
        reason=result.reason,
        missing=result.missing,
        partial=period.end >= today,
        incomplete=result.value is not None and (unsure or bool(result.missing)),
    )


@dataclass(frozen=True)
class _Column:
    """One operand over some periods."""

    workspace: Workspace
    operand: Operand
    grain: Grain
    today: date

    def read(self, periods: list[Period], calendar: Calendar) -> dict[date, Found | None]:
        """By the first day of each period, what the operand is then; None where nobody can know."""
        segment = segment_named(self.workspace, self.operand.where)
        if segment is None:
            return {}
        modifier = self.operand.modifier
        if modifier is Modifier.START:
            days = ((one.start, one.start - ONE_DAY) for one in periods)
            return {start: self._span(segment, day, day) for start, day in days}
        if modifier is Modifier.LAG:
            back = timedelta(self.operand.days)
            return {
                one.start: self._span(segment, one.start - back, one.end - back) for one in periods
            }
        partners: dict[date, Period | None] = {one.start: one for one in periods}
        if modifier is Modifier.PREV:
            partners = {one.start: calendar.previous(one) for one in periods}
        elif modifier is Modifier.YEAR_AGO:
            partners = {one.start: calendar.year_ago(one) for one in periods}
        return self._periods(segment, partners)

    def _span(self, segment: series.Segment, start: date, end: date) -> Found:
        return series.span_value(
            self.workspace, self.operand.metric, segment, start, end, today=self.today
        )

    def _periods(
        self, segment: series.Segment, partners: Mapping[date, Period | None]
    ) -> dict[date, Found | None]:
        known = [one for one in partners.values() if one is not None]
        if not known:
            return {}
        first, last = min(one.start for one in known), max(one.end for one in known)
        rows = series.values(
            self.workspace, self.operand.metric, self.grain, first, last, today=self.today,
            segment=segment,
        )  # fmt: skip
        by_start = {row.period.start: row for row in rows}
        return {
            start: by_start.get(partner.start) if partner else None
            for start, partner in partners.items()
        }


def segment_named(workspace: Workspace, where: Filter | None) -> series.Segment | None:
    """The segment that a ``where`` means; None where the workspace has no such value."""
    if where is None:
        return series.EVERYTHING
    dimension = DIMENSION_NAMES[where.dimension]
    if dimension == Dimension.CAMPAIGN:
        campaigns = Campaign.objects.filter(workspace=workspace, key=where.key)
        pk = campaigns.values_list("pk", flat=True).first()
    else:
        found = DimensionValue.objects.filter(
            workspace=workspace, dimension=dimension, key=where.key
        )
        pk = found.values_list("pk", flat=True).first()
    return None if pk is None else series.Segment(dimension, pk)
