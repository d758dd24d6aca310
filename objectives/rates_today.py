"""What a rate or a price is today: over the last 90 days, adjusted to the sales cycle."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Workspace
from metrics import feeds, series
from metrics.models import Metric
from metrics.sales_cycle import ADJUSTED, AdjustedValue, adjusted_by, adjusted_value
from metrics.sales_cycle import between as between_stages
from objectives.outlook import sides_of

BASIS = timedelta(days=89)
"""Long enough to count enough of the rarer stages, short enough to be today's."""


@dataclass(frozen=True, kw_only=True)
class RateToday:
    """A rate of ``start`` to ``end``: ``above`` over ``below``.

    ``days`` is the delay that it was adjusted by; None where nobody said one, and both sides are of
    the same days.
    """

    value: Decimal | None
    above: Decimal | None
    below: Decimal | None
    start: date
    end: date
    days: int | None
    is_incomplete: bool


def rate_today(
    workspace: Workspace, key: str, segment: series.Segment, *, today: date
) -> RateToday | None:
    """The rate of a metric that divides two others; None without figures, or for another metric."""
    metric = Metric.objects.filter(workspace=workspace, key=key).first()
    sides = sides_of(metric.definition.formula) if metric else None
    span = _span(workspace, key, today)
    if sides is None or span is None:
        return None
    if key in ADJUSTED:
        found = adjusted_value(workspace, key, segment, *span, today=today)
        if found is not None:
            return _of_adjusted(found)
    return _same_days(workspace, sides, segment, span, today)


def share_today(
    workspace: Workspace, earlier: str, later: str, segment: series.Segment, *, today: date
) -> RateToday | None:
    """The share of those at one stage of the funnel who come to a later one."""
    spans = [_span(workspace, key, today) for key in (earlier, later)]
    known = [span for span in spans if span is not None]
    if len(known) < len(spans):
        return None
    span, how = min(known, key=lambda one: one[1]), between_stages(earlier, later)
    if how is not None:
        found = adjusted_by(workspace, how, segment, *span, today=today)
        if found is not None:
            return _of_adjusted(found)
    return _same_days(workspace, (later, earlier), segment, span, today)


def _span(workspace: Workspace, key: str, today: date) -> tuple[date, date] | None:
    data_date = feeds.data_date(workspace, key, today=today)
    return None if data_date is None else (data_date - BASIS, data_date)


def _of_adjusted(found: AdjustedValue) -> RateToday:
    return RateToday(
        value=found.value,
        above=found.above,
        below=found.below,
        start=found.start,
        end=found.end,
        days=found.days,
        is_incomplete=found.incomplete,
    )


def _same_days(
    workspace: Workspace,
    sides: tuple[str, str],
    segment: series.Segment,
    span: tuple[date, date],
    today: date,
) -> RateToday:
    above, below = (series.span_value(workspace, key, segment, *span, today=today) for key in sides)
    is_known = above.value is not None and bool(below.value)
    return RateToday(
        value=above.value / below.value if is_known else None,  # type: ignore[operator]
        above=above.value,
        below=below.value,
        start=span[0],
        end=span[1],
        days=None,
        is_incomplete=above.incomplete or below.incomplete,
    )
