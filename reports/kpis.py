"""The golden KPIs with their change: for the digest and the home page."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from accounts import fmt
from accounts.models import Workspace
from metrics import series
from metrics.models import Metric
from metrics.periods import Grain
from metrics.rules import calendar_of
from objectives.wording import lang

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class GoldenKpi:
    """A KPI's value over one week against the week before, as numbers and as text."""

    metric: Metric
    now: Decimal | None
    before: Decimal | None
    unit: str
    direction: str
    text: str
    change: fmt.Change


def golden(workspace: Workspace, *, monday: date) -> list[GoldenKpi]:
    """The workspace's golden KPIs for the week of ``monday``, against the week before."""
    chosen = Metric.objects.filter(workspace=workspace, golden_rank__isnull=False)
    metrics = {metric.key: metric for metric in chosen.order_by("golden_rank")}
    week = calendar_of(workspace).period_of(monday, Grain.WEEK)
    found = series.table(
        workspace, metrics, Grain.WEEK, week.start - ONE_WEEK, week.end, today=week.end + ONE_DAY
    )
    return [
        _kpi(workspace, metric, before=found[key][-2].value, now=found[key][-1].value)
        for key, metric in metrics.items()
    ]


def _kpi(
    workspace: Workspace, metric: Metric, *, before: Decimal | None, now: Decimal | None
) -> GoldenKpi:
    unit, direction = str(metric.definition.unit), str(metric.definition.direction)
    return GoldenKpi(
        metric=metric,
        now=now,
        before=before,
        unit=unit,
        direction=direction,
        text=fmt.metric_value(now, unit, workspace.currency, lang()),
        change=fmt.change(now, before, unit, direction, lang()),
    )
