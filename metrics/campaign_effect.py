"""What a campaign changed: its metrics before, during and after, its funnel, costs and ROI."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import fmt_dates
from accounts.models import Workspace
from metrics import series
from metrics.campaign_figures import Daily, segment_of
from metrics.campaign_pace import Around, Span, added
from metrics.charts import ChartSpec
from metrics.comparisons import SMALL_BASE
from metrics.feeds import Deliveries
from metrics.funnel import Funnel, funnel_chart, steps_of
from metrics.models import Campaign, Metric
from metrics.periods import ONE_DAY
from metrics.sales_cycle import STAGES, Maturity, divided, is_mature
from metrics.units import Unit

ROI = "roi"
COSTS = (
    "cost_media", "cost_creative", "cost_staff", "cost_tools", "cost_agency", "cost_other",
)  # fmt: skip
SUMS = ("sessions", "ad_clicks", "leads", "mqls", "sqls", "new_customers", "revenue")
PER_STAGE = {"leads": "cpl", "mqls": "cost_per_mql", "new_customers": "cac"}
"""What a campaign's cost is divided by, and the metric that the quotient is."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A metric over a campaign's days, the days before and the days after.

    `own` is what the campaign itself brought in its days. The small bases are the earlier numbers
    of events where they are fewer than 30.
    """

    metric: Metric
    own: Decimal | None
    before: Decimal | None
    during: Decimal | None
    after: Decimal | None
    small: int | None

    @property
    def is_known(self) -> bool:
        """Whether there is anything to show."""
        return any(one is not None for one in (self.own, self.before, self.during, self.after))


@dataclass(frozen=True, slots=True)
class UnitCost:
    """What a lead, an MQL or a customer of the campaign cost; None where nothing came of it."""

    metric: Metric
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Roi:
    """The return on investment once it may be read, over `span`; until then, why it may not."""

    value: Decimal | None
    span: Span | None
    maturity: Maturity | None
    sentence: str


Figures = Mapping[tuple[str, series.Segment], Daily]


def compared(
    keys: Sequence[str],
    figures: Figures,
    *,
    metrics: Mapping[str, Metric],
    own: series.Segment,
    context: series.Segment,
    spans: Around,
) -> list[Compared]:
    """A row for each metric of which anything is known, of sums that were read day by day."""
    rows = []
    for key in dict.fromkeys(key for key in keys if key in metrics):
        daily = figures.get((key, context), {})
        before = added(daily, spans.before)
        rows.append(
            Compared(
                metric=metrics[key],
                own=added(figures.get((key, own), {}), spans.during),
                before=before,
                during=added(daily, spans.during),
                after=added(daily, spans.after),
                small=_small(metrics[key], before),
            )
        )
    return [row for row in rows if row.is_known]


def _small(metric: Metric, before: Decimal | None) -> int | None:
    """The earlier number of events where a change from it says little."""
    counted = metric.definition.unit in {Unit.COUNT, Unit.PEOPLE}
    return int(before) if counted and before is not None and 0 < before < SMALL_BASE else None


def campaign_funnel(
    figures: Figures, *, own: series.Segment, span: Span, metrics: Mapping[str, Metric]
) -> Funnel | None:
    """From visits to customers of the campaign alone; None where nothing is known of it."""
    sums = {key: added(figures.get((key, own), {}), span) for key in STAGES}
    if all(value is None for value in sums.values()):
        return None
    counts = {key: series.SpanValue(value, None, {}, False) for key, value in sums.items()}
    names = {key: metrics[key].name for key in STAGES if key in metrics}
    steps = steps_of(STAGES, [counts, {}, {}], names)
    return Funnel(
        start=span[0],
        end=span[1],
        partial=False,
        previous=None,
        year_ago=None,
        steps=steps,
        through=divided(steps[-1].count.now, steps[0].count.now)[0],
    )


def campaign_funnel_chart(found: Funnel, campaign: Campaign) -> ChartSpec:
    """The campaign's steps as bars."""
    language = get_language() or "en"
    title = _("From %(first)s to %(last)s") % {
        "first": found.steps[0].name,
        "last": found.steps[-1].name,
    }
    subtitle = fmt_dates.date_range(found.start, found.end, language)
    return funnel_chart(found, title=title, subtitle=subtitle, name=campaign.name)


def unit_costs(
    figures: Figures,
    *,
    own: series.Segment,
    span: Span,
    spent: Decimal | None,
    metrics: Mapping[str, Metric],
) -> list[UnitCost]:
    """All that was spent over what came of it: a cost per lead, per MQL, per customer."""
    found = []
    for stage, key in PER_STAGE.items():
        if key in metrics:
            came = added(figures.get((stage, own), {}), span)
            found.append(UnitCost(metrics[key], divided(spent, came)[0]))
    return found


def costs_by_category(
    figures: Figures, *, own: series.Segment, span: Span, metrics: Mapping[str, Metric]
) -> list[tuple[Metric, Decimal]]:
    """What was spent on each category, where anything was."""
    sums = [(key, added(figures.get((key, own), {}), span)) for key in COSTS]
    return [(metrics[key], amount) for key, amount in sums if amount and key in metrics]


def reach_of(start: date, end: date | None, maturity: Maturity | None, today: date) -> Span:
    """The days in which something can come of a campaign: its own, and its sales cycle."""
    last = today - ONE_DAY
    if end is not None and maturity is not None:
        last = min(last, end + timedelta(maturity.days))
    return start, max(start, last)


def maturity_of(
    workspace: Workspace, campaign: Campaign, deliveries: Deliveries, *, today: date
) -> Maturity | None:
    """Whether all that can come of the campaign has come; None without both of its days."""
    if campaign.start is None or campaign.end is None:
        return None
    return is_mature(
        workspace, ROI, campaign.start, campaign.end, today=today, deliveries=deliveries
    )


def roi_of(
    workspace: Workspace, campaign: Campaign, maturity: Maturity | None, *, today: date
) -> Roi:
    """The campaign's ROI where its days and its sales cycle are over, else when it may be read."""
    language = get_language() or "en"
    if campaign.start is None or campaign.end is None or maturity is None:
        sentence = _(
            "It is too early to conclude: ROI is read once a campaign is over. Give it a last day."
        )
        return Roi(None, None, None, sentence)
    if not maturity.is_mature:
        words = {"day": fmt_dates.date_long(maturity.matures_on, language), "n": maturity.days}
        text = _("It is too early to conclude: ROI may be read from %(day)s on.")
        if maturity.days:
            text = _(
                "It is too early to conclude: ROI may be read from %(day)s on, when the sales "
                "cycle of %(n)s days after the last day is over."
            )
        return Roi(None, None, maturity, text % words)
    span = reach_of(campaign.start, campaign.end, maturity, today)
    found = series.span_value(workspace, ROI, segment_of(campaign), *span, today=today)
    sentence = ""
    if found.value is None:
        sentence = _("ROI cannot be worked out: the campaign has no revenue or no costs.")
    return Roi(found.value, span, maturity, sentence)
