"""Whether an objective is SMART today: the evidence for each letter, gathered from the workspace.

`objectives.smart` judges it.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from metrics.models import Metric
from objectives.delivery import FeedState, feed_state, last_delivered
from objectives.history import asked_of, past_values
from objectives.measure import Asked
from objectives.models import Objective
from objectives.outlook import outlook
from objectives.smart import SmartInputs, SmartReport, check, has_cycle


def smart_report(objective: Objective, *, today: date) -> SmartReport:
    """The five letters of a stored objective as they stand today, with their numbers."""
    asked, feed = asked_of(objective), feed_state(objective, day=today)
    definition = objective.metric.definition if objective.metric else None
    pair = pair_of(objective)
    past = (
        past_values(objective, asked, data_date=feed.data_date) if asked and feed.data_date else ()
    )
    return check(
        SmartInputs(
            day=_judged_on(objective, feed, today),
            asked=asked,
            statement=_own_statement(objective),
            has_metric=definition is not None,
            has_owner=objective.owner_id is not None,
            is_vanity=definition is not None and definition.vanity,
            is_after_the_fact=definition is not None and definition.after_the_fact,
            pair=pair.name if pair else "",
            pair_is_targeted=pair is not None and _is_targeted(objective, pair.key),
            unit=definition.unit.value if definition else "",
            last_delivered=last_delivered(objective, feed.data_date),
            feed_rhythm_days=feed.rhythm_days if feed.is_regular else 0,
            feed_delay_days=feed.delay_days,
            past=past,
            chance=_chance(objective, asked, feed),
            has_parent=objective.parent_id is not None,
            has_cycle=leads_back(objective),
            goal=objective.goal,
            start=objective.start,
            end=objective.end,
        )
    )


def _chance(objective: Objective, asked: Asked | None, feed: FeedState) -> Decimal | None:
    """By the stored forecast; None while there is none, and for what nobody has saved yet."""
    if asked is None or objective.metric is None or objective.start is None:
        return None
    told = outlook(objective, asked, data_date=feed.data_date, rhythm_days=feed.rhythm_days)
    return told.chance if told else None


def _judged_on(objective: Objective, feed: FeedState, today: date) -> date:
    """The day that the figures' arrival is judged on: today, where figures are still to come.

    The day of the last figures itself where nothing arrives regularly (typed numbers cannot be
    late). An objective that is over by now looks back: it is judged on its last figures, or where
    they end before it on its first day.
    """
    if feed.data_date is None:
        return today
    if objective.start and objective.end and objective.end < today:
        return max(feed.data_date, objective.start)
    return today if feed.is_regular else feed.data_date


def _own_statement(objective: Objective) -> str:
    """What somebody wrote; a draft that was left without a sentence has its metric's name."""
    is_name = objective.metric is not None and objective.statement == objective.metric.name
    return "" if is_name else objective.statement


LEADING: Mapping[str, str] = {
    "roi": "pipeline_value",
    "roi_growth": "pipeline_value",
}
"""What leads to a metric that is known only after the fact, by key."""


def pair_of(objective: Objective) -> Metric | None:
    """The metric to read a vanity metric with, or the one that leads to an outcome."""
    if objective.metric is None:
        return None
    definition = objective.metric.definition
    key = LEADING.get(definition.key) if definition.after_the_fact else None
    if definition.vanity:
        key = definition.pair
    found = Metric.objects.filter(workspace_id=objective.workspace_id, key=key or "")
    return found.first()


def _is_targeted(objective: Objective, key: str) -> bool:
    """Whether another objective of the workspace is on the metric of this key."""
    others = Objective.objects.listed(objective.workspace).exclude(pk=objective.pk)
    return others.filter(metric__key=key).exists()


def leads_back(objective: Objective) -> bool:
    """Whether the objective's parents lead back to itself."""
    if objective.pk is None or objective.parent_id is None:
        return False
    parents = dict(
        Objective.objects.filter(workspace_id=objective.workspace_id).values_list("pk", "parent_id")
    )
    parents[objective.pk] = objective.parent_id
    return has_cycle(parents, objective.pk)
