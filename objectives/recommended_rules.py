"""The alert rules that are recommended for an objective or a metric, and which it has already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import User, Workspace
from accounts.prepared import Prepared
from metrics.feeds import Deliveries
from metrics.models import Campaign, DimensionValue, Metric
from objectives.alert_rules import WantedRule, create_rule
from objectives.causes import WORRYING
from objectives.models import AlertRule, Objective
from objectives.watching import segment_of, watched_by

Kind = AlertRule.Kind


@dataclass(frozen=True)
class Recommended:
    """A rule that nothing watches yet; ``key`` is how a form names it."""

    key: str
    wanted: WantedRule


@dataclass(frozen=True)
class Subject:
    """What is to be watched: a metric with its slice, and the objective on it if there is one."""

    workspace: Workspace
    metric: Metric | None
    segment: DimensionValue | None = None
    campaign: Campaign | None = None
    objective: Objective | None = None


def subject_of(objective: Objective) -> Subject:
    """An objective with the slice that it is about."""
    return Subject(
        objective.workspace,
        objective.metric,
        segment=objective.channel or objective.device,
        campaign=objective.campaign,
        objective=objective,
    )


_RULES = Prepared(
    lambda workspace: AlertRule.objects.filter(workspace=workspace, is_on=True).select_related(
        "segment"
    ),
    int,
)


def recommended(
    subject: Subject, *, today: date, deliveries: Deliveries | None = None
) -> list[Recommended]:
    """The rules that it lacks: a worse status, late figures, an unusual value."""
    rules = _RULES.objects(subject.workspace.pk)
    deliveries = deliveries or Deliveries(subject.workspace, today=today)
    found = [*_status(subject, rules), *_late(subject, rules, deliveries)]
    return [*found, *_unusual(subject, rules, deliveries)]


def _status(subject: Subject, rules: Iterable[AlertRule]) -> list[Recommended]:
    one = subject.objective
    if one is None or any(
        rule.kind == Kind.STATUS
        and rule.objective_id in (None, one.pk)
        and set(WORRYING) <= set(rule.statuses or WORRYING)
        for rule in rules
    ):
        return []
    return [Recommended("status", WantedRule(kind=Kind.STATUS, objective=one))]


def _late(
    subject: Subject, rules: Iterable[AlertRule], deliveries: Deliveries
) -> list[Recommended]:
    """One for each feed that brings the metric in a rhythm."""
    if subject.metric is None:
        return []
    watched = {rule.feed_id for rule in rules if rule.kind == Kind.FEED_LATE}
    if None in watched:
        return []
    feeds = [one.feed for one in deliveries.carrying(subject.metric.key)]
    return [
        Recommended(f"late-{feed.public_id}", WantedRule(kind=Kind.FEED_LATE, feed=feed))
        for feed in feeds
        if feed.pk not in watched
    ]


def _unusual(
    subject: Subject, rules: Iterable[AlertRule], deliveries: Deliveries
) -> list[Recommended]:
    if subject.metric is None:
        return []
    wanted = WantedRule(
        kind=Kind.EXPECTED,
        metric=subject.metric,
        segment=None if subject.campaign else subject.segment,
        campaign=subject.campaign,
    )
    slice_of = segment_of(AlertRule(workspace=subject.workspace, **wanted.values()))
    ranges = [rule for rule in rules if rule.kind == Kind.EXPECTED]
    watched = watched_by(ranges, deliveries.metrics)
    if any(one.metric.pk == subject.metric.pk and one.segment == slice_of for one in watched):
        return []
    return [Recommended("unusual", wanted)]


@transaction.atomic
def add_recommended(
    subject: Subject, *, user: User | None, today: date, keys: Iterable[str] | None = None
) -> list[AlertRule]:
    """Makes those of these keys, or all; what is watched by now is not made again."""
    Workspace.objects.select_for_update().get(pk=subject.workspace.pk)
    chosen = None if keys is None else set(keys)
    made: list[Any] = [
        create_rule(subject.workspace, user=user, wanted=one.wanted)
        for one in recommended(subject, today=today)
        if chosen is None or one.key in chosen
    ]
    return made
