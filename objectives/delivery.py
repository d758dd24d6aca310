"""How the figures behind an objective arrive: up to which day, how regularly, how late."""

from dataclasses import dataclass
from datetime import date

from metrics import feeds, series
from metrics.sales_cycle import is_mature
from objectives.history import segment_of
from objectives.models import Objective


@dataclass(frozen=True)
class FeedState:
    """How the feeds behind an objective stand on a day.

    ``is_regular``: at least one of them is expected to bring figures in a rhythm.
    """

    data_date: date | None
    rhythm_days: int = 1
    days_late: int = 0
    delay_days: int = 0
    is_regular: bool = False


def feed_state(
    objective: Objective, *, day: date, deliveries: feeds.Deliveries | None = None
) -> FeedState:
    """The data date of the objective's metric, and how late the slowest of its feeds is.

    Where no feed has brought any of the metric, its figures are late from the first day on.
    Who asks for many objectives gives the ``deliveries`` of the day, read once.
    """
    if objective.metric is None:
        return FeedState(None)
    key = objective.metric.key
    deliveries = deliveries or feeds.Deliveries(objective.workspace, today=day)
    data_date = deliveries.data_date(key)
    if data_date is None:
        first = objective.start or day
        return FeedState(None, days_late=max((day - first).days, 0))
    regular = deliveries.carrying(key)
    return FeedState(
        data_date=data_date,
        rhythm_days=max((one.rhythm_days for one in regular), default=1),
        days_late=max((one.days_late for one in regular), default=0),
        delay_days=max((one.feed.delay_days for one in regular), default=0),
        is_regular=bool(regular),
    )


def last_delivered(objective: Objective, data_date: date | None) -> date | None:
    """The last day that was delivered for the objective's metric *and* segment; None for never."""
    segment = segment_of(objective)
    if data_date is None or objective.metric is None or segment == series.EVERYTHING:
        return data_date
    came = feeds.delivers(objective.workspace, objective.metric.key, segment)
    return data_date if came else None


def matures_on(objective: Objective, *, day: date, deliveries: feeds.Deliveries) -> date | None:
    """Before which day the objective's metric says nothing; None for what is not after the fact.

    Of a campaign: once the campaign is over and the sales cycle with it. Else: once what was spent
    on the first day has had the time to come back.
    """
    metric, start, end = objective.metric, objective.start, objective.end
    if metric is None or start is None or end is None or not metric.definition.after_the_fact:
        return None
    campaign = objective.campaign
    last = start if campaign is None else campaign.end or end
    first = min(start, last)
    workspace, key = objective.workspace, metric.key
    return is_mature(workspace, key, first, last, today=day, deliveries=deliveries).matures_on
