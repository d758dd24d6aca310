"""Everything that the page of one campaign shows, read with a bounded number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts import fmt, fmt_dates
from accounts.models import Workspace
from metrics import series
from metrics.campaign_bands import band_of
from metrics.campaign_effect import (
    COSTS,
    SUMS,
    Compared,
    Figures,
    Roi,
    UnitCost,
    campaign_funnel,
    campaign_funnel_chart,
    compared,
    costs_by_category,
    maturity_of,
    reach_of,
    roi_of,
    unit_costs,
)
from metrics.campaign_figures import (
    LONGEST,
    SPENT,
    Reach,
    Standing,
    counted_from,
    daily_figures,
    first_day,
    segment_of,
    standing,
)
from metrics.campaign_pace import Around, added, around
from metrics.charts import ChartSpec, Grain, Series
from metrics.funnel import Funnel
from metrics.models import Campaign, Dimension, Metric
from metrics.periods import ONE_DAY
from metrics.periods import Grain as PeriodGrain
from metrics.rules import calendar_of
from metrics.sales_cycle import STAGES, Maturity
from metrics.segment_names import segment_name
from objectives.wording import lang
from reports.campaign_share import Touched, keys_of, objectives_touched, touched

MAIN = ("leads", "new_customers", "ad_clicks", "sessions")
"""What the chart shows where nothing is planned: the first of these that is known."""
BY_DAY, BY_WEEK = 120, 800
"""Up to so many days a chart has a point for each day, or for each week."""
OF = ("campaign", "channel", "all")


@dataclass(frozen=True)
class CampaignPage:
    """A campaign on a day. `of` is what the table before, during and after is about."""

    campaign: Campaign
    standing: Standing
    maturity: Maturity | None
    spans: Around | None
    of: str
    of_choices: list[tuple[str, str]]
    rows: list[Compared]
    funnel: Funnel | None
    funnel_spec: ChartSpec | None
    costs: list[tuple[Metric, Decimal]]
    unit_costs: list[UnitCost]
    roi: Roi
    spec: ChartSpec | None
    touched: list[Touched]

    @property
    def is_in_cycle(self) -> bool:
        """Over, while its sales cycle is not."""
        over = self.standing.phase == "over"
        return over and self.maturity is not None and not self.maturity.is_mature


def campaign_page(
    workspace: Workspace, campaign: Campaign, *, today: date, of: str = ""
) -> CampaignPage:
    """Reads and puts together the page of a campaign."""
    reach = Reach(workspace, today=today)
    own = segment_of(campaign)
    maturity = maturity_of(workspace, campaign, reach.deliveries, today=today)
    spans = around(campaign.start, campaign.end, today)
    objectives = objectives_touched(workspace, campaign)
    places = _places(campaign)
    planned = [campaign.outcome.key] if campaign.outcome else []
    keys = [*planned, *SUMS, SPENT]
    wanted = {(key, place) for key in keys for place in places.values()}
    wanted |= {(key, own) for key in (*STAGES, *COSTS, *keys_of(objectives))}
    firsts = [first_day(workspace, [campaign], today=today), *keys_of(objectives).values()]
    firsts += [spans.before[0]] if spans else []
    start = max(min(firsts), today - LONGEST)
    figures = daily_figures(workspace, wanted, start, today - ONE_DAY, today=today)
    counted = (counted_from(campaign) or start, today - ONE_DAY)
    stands = standing(campaign, figures, reach, today=today)
    shown = of if of in places else _default_of(places, figures, keys, spans)
    funnel = None
    if campaign.start is not None and campaign.start < today:
        span = reach_of(campaign.start, campaign.end, maturity, today)
        funnel = campaign_funnel(figures, own=own, span=span, metrics=reach.metrics)
    return CampaignPage(
        campaign=campaign,
        standing=stands,
        maturity=maturity,
        spans=spans,
        of=shown,
        of_choices=_of_choices(campaign, places),
        rows=[]
        if spans is None
        else compared(
            keys,
            figures,
            metrics=reach.metrics,
            own=own,
            context=places[shown],
            spans=spans,
        ),
        funnel=funnel,
        funnel_spec=campaign_funnel_chart(funnel, campaign) if funnel else None,
        costs=costs_by_category(figures, own=own, span=counted, metrics=reach.metrics),
        unit_costs=unit_costs(
            figures,
            own=own,
            span=counted,
            spent=stands.spending.total,
            metrics=reach.metrics,
        ),
        roi=roi_of(workspace, campaign, maturity, today=today),
        spec=_chart(
            workspace, campaign, places[shown], shown, figures, reach, spans, planned, today=today
        ),
        touched=touched(workspace, campaign, objectives, figures, today=today),
    )


# --- What the table and the chart are about ------------------------------------------------------


def _places(campaign: Campaign) -> dict[str, series.Segment]:
    """What can be compared before and during: the campaign, its channel, everything."""
    found = {"campaign": segment_of(campaign)}
    if campaign.channel_id:
        found["channel"] = series.Segment(Dimension.CHANNEL, campaign.channel_id)
    return found | {"all": series.EVERYTHING}


def _default_of(
    places: dict[str, series.Segment], figures: Figures, keys: Sequence[str], spans: Around | None
) -> str:
    """The campaign where it has figures from before, else what it is a part of."""
    if spans is None:
        return "campaign"
    own = places["campaign"]
    had = any(added(figures.get((key, own), {}), spans.before) is not None for key in keys)
    if had:
        return "campaign"
    return "channel" if "channel" in places else "all"


def _of_choices(campaign: Campaign, places: dict[str, series.Segment]) -> list[tuple[str, str]]:
    words = {
        "campaign": _("This campaign"),
        "channel": segment_name(campaign.channel) if campaign.channel else "",
        "all": _("Everything"),
    }
    return [(key, words[key]) for key in places]


def _chart(
    workspace: Workspace,
    campaign: Campaign,
    place: series.Segment,
    of: str,
    figures: Figures,
    reach: Reach,
    spans: Around | None,
    planned: Sequence[str],
    *,
    today: date,
) -> ChartSpec | None:
    """The main metric around the campaign's days, with these drawn; None without any figure."""
    if spans is None:
        return None
    key = next((one for one in (*planned, *MAIN) if figures.get((one, place))), None)
    if key is None or key not in reach.metrics:
        return None
    metric, daily = reach.metrics[key], figures[key, place]
    first = max(spans.before[0], today - LONGEST)
    last = spans.after[1] if spans.after else spans.during[1]
    grain = _grain((last - first).days + 1)
    periods = calendar_of(workspace).periods(first, last, PeriodGrain(grain))
    values = [added(daily, (one.start, min(one.end, last))) for one in periods]
    before, during = added(daily, spans.before), added(daily, spans.during)
    unit, currency, language = str(metric.definition.unit), workspace.currency, lang()
    words = {
        "metric": metric.name,
        "during": fmt.metric_value(during, unit, currency, language),
        "before": fmt.metric_value(before, unit, currency, language),
        "what": dict(_of_choices(campaign, _places(campaign)))[of],
        "span": fmt_dates.date_range(first, last, language),
    }
    band = replace(band_of(campaign, workspace, last), url="")
    return ChartSpec(
        title=_("%(metric)s around the campaign") % words,
        subtitle=_("%(metric)s, %(what)s, %(span)s") % words,
        summary=_("%(during)s in the campaign's days, %(before)s in as many days before.") % words,
        kind="line",
        unit=unit,
        currency=currency,
        grain=grain,
        labels=[one.start for one in periods],
        series=[
            Series(
                name=metric.name,
                role="actual",
                values=values,
                partial=[one.start < first or one.end > last for one in periods],
            )
        ],
        bands=[band],
        week_start=workspace.week_start,
        fiscal_start=workspace.fiscal_year_start,
    )


def _grain(days: int) -> Grain:
    if days <= BY_DAY:
        return "day"
    return "week" if days <= BY_WEEK else "month"
