"""Where a metric stands now: what the form of an objective proposes as a baseline."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from django.utils.translation import gettext as _

from accounts import fmt_dates
from accounts.models import Workspace
from metrics import feeds, series
from metrics.catalogue.packs import PACKS
from metrics.models import Campaign, Dimension, DimensionValue, Metric
from metrics.periods import Grain
from metrics.rules import calendar_of
from objectives.history import rollup_of
from objectives.measure import Rollup
from objectives.wording import lang

LAST_DAYS = timedelta(days=27)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Suggestion:
    """A value that the metric had, and when: "28 days to 8 March 2026"."""

    label: str
    value: Decimal


@dataclass(frozen=True)
class ProposedTarget:
    """A target to ask about: so much more or less than a value that the metric had."""

    value: Decimal
    change: Decimal
    of: Suggestion


USUAL_CHANGE = Decimal("0.10")
CHANGES = {
    one.metric: one.change for pack in PACKS for one in pack.objectives if one.change is not None
}
"""What the packs ask of a metric, against where it stands."""


def proposed_target(
    metric: Metric, found: Suggestion | None, *, change: Decimal | None = None
) -> ProposedTarget | None:
    """A question, never an answer; None without figures, or where no direction is the better.

    ``change`` is what a pack asks of the metric; by default what its packs do, or a tenth.
    """
    direction = str(metric.definition.direction)
    if found is None or not found.value:
        return None
    if change is None and direction not in ("up", "down"):
        return None
    if change is None:
        usual = USUAL_CHANGE if direction == "up" else -USUAL_CHANGE
        change = CHANGES.get(metric.key) or usual
    exact = found.value * (1 + change)
    if str(metric.definition.unit) == "count":
        value = exact.to_integral_value(ROUND_CEILING if change > 0 else ROUND_FLOOR)
    else:
        value = Context(prec=3).plus(exact)
    return ProposedTarget(Decimal(format(value, "f")), change, found)


def segment_for(chosen: DimensionValue | Campaign | None) -> series.Segment:
    """The slice of the numbers that a channel or a campaign stands for."""
    if isinstance(chosen, Campaign):
        return series.Segment(Dimension.CAMPAIGN, chosen.pk)
    if isinstance(chosen, DimensionValue):
        return series.Segment(Dimension(chosen.dimension), chosen.pk)
    return series.EVERYTHING


def suggestions(
    workspace: Workspace,
    metric: Metric,
    segment: series.Segment,
    *,
    today: date,
    start: date | None = None,
    end: date | None = None,
) -> list[Suggestion]:
    """The values to start from, the most fitting first; none while there are no figures.

    A stock has its last value, people counted once their last whole month, a rate its last 28
    days. A sum has the days before the objective, as many as it runs for, then its last 28 days.
    """
    data_date = feeds.data_date(workspace, metric.key, today=today)
    if data_date is None:
        return []
    spans = _spans(workspace, metric, data_date, start, end)
    found = []
    for label, first, last in spans:
        value = series.span_value(workspace, metric.key, segment, first, last, today=today).value
        if value is not None:
            found.append(Suggestion(label, value))
    return found


def _spans(
    workspace: Workspace, metric: Metric, data_date: date, start: date | None, end: date | None
) -> list[tuple[str, date, date]]:
    rollup = rollup_of(metric)
    day = fmt_dates.date_long(data_date, lang())
    if rollup is Rollup.STOCK:
        return [(_("On %(day)s") % {"day": day}, data_date, data_date)]
    if rollup is Rollup.UNIQUE:
        return [_last_month(workspace, data_date)]
    recent = (_("28 days to %(day)s") % {"day": day}, data_date - LAST_DAYS, data_date)
    if rollup is Rollup.SUM and start and end and end >= start:
        return [_before(start, end, data_date), recent]
    return [recent]


def _before(start: date, end: date, data_date: date) -> tuple[str, date, date]:
    """As many days as the objective runs for, right before it or up to the last figures."""
    last = min(start - ONE_DAY, data_date)
    first = last - (end - start)
    return fmt_dates.date_range(first, last, lang()), first, last


def _last_month(workspace: Workspace, data_date: date) -> tuple[str, date, date]:
    calendar = calendar_of(workspace)
    month = calendar.period_of(data_date, Grain.MONTH)
    if month.end > data_date:
        month = calendar.period_of(month.start - ONE_DAY, Grain.MONTH)
    return fmt_dates.period_label(month.start, "month", lang()), month.start, month.end
