"""The daily figures of campaigns, and how each is getting on: read for many at once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Min

from accounts.models import Workspace
from metrics import series
from metrics.campaign_pace import (
    PREPARATION,
    Known,
    Phase,
    Plan,
    Progress,
    Trend,
    Verdict,
    phase_of,
    progress,
    time_gone,
    trend,
    verdict,
)
from metrics.feeds import Deliveries, base_keys
from metrics.models import Campaign, Coverage, Dimension, Fact, Metric
from metrics.periods import ONE_DAY, Grain

SPENT = "marketing_cost"
"""The metric that a budget is held against."""
LONGEST = timedelta(days=366 * 3)
"""Figures are read so far back at most."""
Daily = Mapping[date, Decimal]


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign as it stands on a day: its phase, its budget and its outcome.

    The trend is of the planned outcome, of the costs where none is planned.
    """

    campaign: Campaign
    phase: Phase
    time: Decimal | None
    spending: Progress
    outcome: Progress | None
    verdict: Verdict | None
    trend: Trend

    @property
    def ratio(self) -> Decimal | None:
        """The share of the budget that is spent over the share of the days that are gone."""
        if self.spending.share is None or not self.time:
            return None
        return self.spending.share / self.time


def segment_of(campaign: Campaign) -> series.Segment:
    """The campaign as a slice of a metric."""
    return series.Segment(Dimension.CAMPAIGN, campaign.pk)


def daily_figures(
    workspace: Workspace,
    wanted: Collection[tuple[str, series.Segment]],
    start: date,
    end: date,
    *,
    today: date,
) -> dict[tuple[str, series.Segment], dict[date, Decimal]]:
    """The known values of single days of many metrics and segments, read at once."""
    if not wanted or end < start:
        return {}
    found = series.grid(workspace, wanted, Grain.DAY, start, end, today=today)
    return {
        place: {one.period.start: one.value for one in values if one.value is not None}
        for place, values in found.items()
    }


class Reach:
    """From and to which day figures of metrics can be known at all in a workspace."""

    def __init__(self, workspace: Workspace, *, today: date) -> None:
        self.deliveries = Deliveries(workspace, today=today)
        covered = Coverage.objects.filter(workspace=workspace).values_list("metric__key")
        self._firsts = dict(covered.annotate(first=Min("start")))

    @property
    def metrics(self) -> Mapping[str, Metric]:
        """The workspace's metrics by key."""
        return self.deliveries.metrics

    def known(self, key: str, daily: Daily) -> Known:
        """The daily figures of a metric with the days that they can reach over."""
        firsts = [self._firsts[one] for one in base_keys(key, self.metrics) if one in self._firsts]
        return Known(daily, min(firsts, default=None), self.deliveries.data_date(key))


def standings(
    workspace: Workspace,
    campaigns: Iterable[Campaign],
    *,
    today: date,
    planned_only: bool = False,
) -> dict[int, Standing]:
    """How each campaign stands, by its id; a handful of queries whatever their number.

    `planned_only` reads no figures of campaigns without a budget and a planned outcome.
    """
    shown = list(campaigns)
    if not shown:
        return {}
    read = [one for one in shown if not planned_only or one.budget is not None or one.outcome]
    wanted = {(SPENT, segment_of(one)) for one in read}
    wanted |= {(one.outcome.key, segment_of(one)) for one in read if one.outcome}
    start = max(first_day(workspace, read, today=today), today - LONGEST)
    daily = daily_figures(workspace, wanted, start, today - ONE_DAY, today=today)
    reach = Reach(workspace, today=today)
    return {one.pk: standing(one, daily, reach, today=today) for one in shown}


def standing(
    campaign: Campaign,
    daily: Mapping[tuple[str, series.Segment], Daily],
    reach: Reach,
    *,
    today: date,
) -> Standing:
    """How one campaign stands, from figures that were read."""
    place = segment_of(campaign)
    start, end = campaign.start, campaign.end
    time = time_gone(start, end, today)
    drawn = costs = reach.known(SPENT, daily.get((SPENT, place), {}))
    spending = progress(
        Plan(start, end, campaign.budget),
        costs,
        today=today,
        pauses=True,
        since=counted_from(campaign),
    )
    outcome = None
    if campaign.outcome is not None:
        key = campaign.outcome.key
        drawn = reach.known(key, daily.get((key, place), {}))
        outcome = progress(
            Plan(start, end, campaign.outcome_target),
            drawn,
            today=today,
            since=start,
        )
    phase = phase_of(start, end, today)
    judged = phase is Phase.RUNNING and spending.paused_since is None
    return Standing(
        campaign=campaign,
        phase=phase,
        time=time,
        spending=spending,
        outcome=outcome,
        verdict=verdict(spending.share, time) if judged else None,
        trend=trend(Plan(start, end), drawn, today=today),
    )


def counted_from(campaign: Campaign) -> date | None:
    """The first day of which costs are held against the budget; None where all are."""
    return campaign.start - PREPARATION if campaign.start else None


def first_day(workspace: Workspace, campaigns: Iterable[Campaign], *, today: date) -> date:
    """The earliest day that counts for the campaigns; today where there is none.

    Of those without a first day it is the first of their figures.
    """
    shown = list(campaigns)
    days = [day for one in shown if (day := counted_from(one))]
    undated = [one.pk for one in shown if one.start is None]
    if undated:
        facts = Fact.objects.filter(workspace=workspace, campaign_id__in=undated)
        known = facts.aggregate(first=Min("day"))["first"]
        days += [known] if known else []
    return min(days, default=today)


def running(workspace: Workspace, *, today: date) -> list[Campaign]:
    """The campaigns that run on a day, the next to end first, those without a last day last."""
    found = Campaign.objects.filter(workspace=workspace, start__lte=today).exclude(end__lt=today)
    named = found.select_related("channel", "owner", "outcome")
    return sorted(named, key=lambda one: (one.end is None, one.end or today, one.name))
