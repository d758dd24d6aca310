"""What holds on a day and deserves an alert: of objectives, feeds and budgets.

Causes of metrics' values are in objectives/metric_causes.py. Nothing is written here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import TruncDate

from accounts.models import Workspace
from metrics import feeds, series
from metrics.feeds import Deliveries
from metrics.folder_imports import unsettled
from metrics.models import Batch, Campaign, Dimension, Feed, Metric
from metrics.periods import Grain
from metrics.resolution import Segment
from objectives.deviations import status_under
from objectives.models import AcceptedDeviation, Alert, AlertRule, DailyResult, Objective, Status

WORRYING = {
    Status.OFF_TRACK: Alert.Severity.OFF,
    Status.MISSED: Alert.Severity.OFF,
    Status.AT_RISK: Alert.Severity.RISK,
    Status.FAILED: Alert.Severity.RISK,
}
"""The statuses that open an alert by default, and how loud it is."""
UNKNOWN = (Status.NO_DATA, Status.WAITING)
"""The statuses that neither confirm a cause nor clear it."""
SPENT_ON = "marketing_cost"
EARLY_SHARE = Decimal("0.15")
EARLY_DAYS = 7
OVER_PACE = Decimal("0.20")
"""A budget is over its pace from so much more than its share of the time on."""


@dataclass(frozen=True)
class Cause:
    """Something that holds today and deserves an alert.

    `opens`: whether it is enough to open one; otherwise it keeps one open. `judged_to`: the last
    day of figures it rests on. `explain` works out what drove it, where that is asked.
    """

    kind: str
    key: str
    severity: str
    evidence: dict[str, Any]
    objective: Objective | None = None
    feed: Feed | None = None
    metric: Metric | None = None
    campaign: Campaign | None = None
    rule: AlertRule | None = None
    weight: float = 0.0
    judged_to: date | None = None
    opens: bool = True
    explain: Callable[[], dict[str, Any] | None] | None = None


@dataclass
class Situation:
    """What an evaluation reads once: the rules that are on, and what people have accepted."""

    workspace: Workspace
    day: date
    rules: Sequence[AlertRule]
    deviations: Mapping[str, AcceptedDeviation]
    deliveries: Deliveries

    @classmethod
    def read(cls, workspace: Workspace, *, day: date) -> "Situation":
        """The workspace's, on a day."""
        rules = AlertRule.objects.filter(workspace=workspace, is_on=True)
        accepted = AcceptedDeviation.objects.filter(
            workspace=workspace, until__gte=day, withdrawn_on=None
        )
        return cls(
            workspace,
            day,
            list(rules.select_related("metric", "segment", "campaign", "objective").order_by("pk")),
            {one.cause: one for one in accepted},
            Deliveries(workspace, today=day),
        )

    def of_kind(self, kind: str) -> list[AlertRule]:
        """The rules of one kind."""
        return [rule for rule in self.rules if rule.kind == kind]


@dataclass
class Found:
    """The causes that hold, by their key, and those of which nobody can say."""

    holding: dict[str, Cause] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)

    def add(self, causes: Iterable[Cause]) -> None:
        """More that hold."""
        self.holding |= {cause.key: cause for cause in causes}


def results_of(workspace: Workspace, day: date) -> QuerySet[DailyResult]:
    """What the night judged of the objectives that are not archived.

    A month of a longer target that was over before the target was split asks nobody to act.
    """
    judged = DailyResult.objects.filter(workspace=workspace, day=day, objective__archived_at=None)
    started_on = TruncDate("objective__started_at", tzinfo=workspace.zone)
    return (
        judged.alias(started_on=started_on)
        .exclude(objective__is_period=True, started_on__gt=F("objective__end"))
        .select_related("objective", "objective__metric")
    )


def evidence_of(result: DailyResult) -> dict[str, Any]:
    """The numbers that an objective's alert is made from."""
    return {"status": result.status, "rule": result.rule, "params": result.rule_params}


# Objectives


def objective_causes(situation: Situation, found: Found) -> None:
    """Objectives whose status is one of those that a rule names."""
    results = list(results_of(situation.workspace, situation.day))
    for rule in situation.of_kind(AlertRule.Kind.STATUS):
        for result in results:
            if rule.objective_id in (None, result.objective_id):
                _of_result(situation, rule, result, found)


def status_cause(rule: AlertRule, objective: Objective) -> str:
    """The key of a rule's cause for an objective."""
    if rule.shipped:
        return f"objective:{objective.public_id}"
    return f"{rule.public_id}:{objective.public_id}"


def _of_result(situation: Situation, rule: AlertRule, result: DailyResult, found: Found) -> None:
    key, chosen = status_cause(rule, result.objective), rule.statuses or list(WORRYING)
    if result.status in UNKNOWN and result.status not in chosen:
        found.unknown.add(key)
        return
    accepted = situation.deviations.get(key)
    status = Status(result.status)
    evidence = evidence_of(result)
    if accepted is not None and status in chosen:
        status = status_under(accepted, result, deliveries=situation.deliveries)
        evidence["accepted"] = accepted_evidence(accepted)
    if status not in chosen:
        return
    ratio = result.pace_ratio
    found.add(
        [
            Cause(
                kind=Alert.Kind.OBJECTIVE_STATUS,
                key=key,
                severity=WORRYING.get(status, Alert.Severity(rule.severity)),
                evidence=evidence,
                objective=result.objective,
                rule=rule,
                weight=abs(1 - float(ratio)) if ratio is not None else 0.0,
                judged_to=result.data_date,
            )
        ]
    )


def accepted_evidence(accepted: AcceptedDeviation) -> dict[str, str]:
    """What an alert says of the weaker target that holds for now."""
    return {"target": str(accepted.target.normalize()), "until": accepted.until.isoformat()}


# Feeds


def feed_causes(situation: Situation, found: Found) -> None:
    """Feeds whose figures are late by more days than a rule allows."""
    rules = situation.of_kind(AlertRule.Kind.FEED_LATE)
    if not rules:
        return
    for state in feeds.freshness(situation.workspace, today=situation.day):
        for rule in rules:
            if rule.feed_id not in (None, state.feed.pk) or state.days_late <= int(rule.limit):
                continue
            is_urgent = state.is_silent or rule.severity == AlertRule.Severity.OFF
            found.add(
                [
                    Cause(
                        kind=Alert.Kind.FEED_LATE,
                        key=_feed_key(rule, state.feed),
                        severity=Alert.Severity.OFF if is_urgent else Alert.Severity(rule.severity),
                        evidence={
                            "last_day": state.last_day.isoformat() if state.last_day else None,
                            "days_late": state.days_late,
                        },
                        feed=state.feed,
                        rule=rule,
                        weight=float(state.days_late),
                    )
                ]
            )


def _feed_key(rule: AlertRule, feed: Feed) -> str:
    prefix = "feed" if rule.shipped else rule.public_id
    return f"{prefix}:{feed.public_id}"


def file_causes(situation: Situation, found: Found) -> None:
    """Feeds whose folder has files that were refused and that nobody has settled: one each."""
    waiting: dict[int, list[Batch]] = {}
    for batch in unsettled(situation.workspace):
        if batch.feed_id is not None:
            waiting.setdefault(batch.feed_id, []).append(batch)
    for batches in waiting.values():
        newest = batches[0]
        if newest.feed is None:
            continue
        found.add(
            [
                Cause(
                    kind=Alert.Kind.FILE_REFUSED,
                    key=f"files:{newest.feed.public_id}",
                    severity=Alert.Severity.RISK,
                    evidence={"files": len(batches), "newest": newest.file_name},
                    feed=newest.feed,
                    weight=float(len(batches)),
                )
            ]
        )


# Budgets


@dataclass(frozen=True)
class Spending:
    """A campaign's budget on the last day with costs: what is spent, what share of time is over."""

    budget: Decimal
    spent: Decimal
    time: Decimal
    days: int

    @property
    def pace(self) -> Decimal | None:
        """What is spent over what the time so far allows."""
        allowed = self.budget * self.time
        return self.spent / allowed if allowed else None

    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self.spent >= self.budget > 0

    def is_over_pace(self, over: Decimal) -> bool:
        """Whether it goes too fast; never judged in its first days."""
        if self.time < EARLY_SHARE or self.days < EARLY_DAYS or self.pace is None:
            return False
        return self.pace > 1 + over


def budget_causes(situation: Situation, found: Found) -> None:
    """Campaigns that run and spend too fast, or have spent their budget."""
    rules = situation.of_kind(AlertRule.Kind.BUDGET)
    known_to = situation.deliveries.data_date(SPENT_ON) if rules else None
    if known_to is None:
        return
    campaigns = running_campaigns(situation.workspace, day=situation.day)
    spent = spending(situation.workspace, campaigns, known_to=known_to)
    for rule in rules:
        for campaign, one in spent:
            if rule.campaign_id in (None, campaign.pk):
                found.add(_of_budget(rule, campaign, one, known_to))


def running_campaigns(workspace: Workspace, *, day: date) -> list[Campaign]:
    """Those with a budget and both dates, from their first day to a week after their last."""
    found = Campaign.objects.filter(workspace=workspace, budget__gt=0, start__lt=day)
    return list(found.filter(end__gte=day - timedelta(days=EARLY_DAYS)).select_related("owner"))


def spending(
    workspace: Workspace, campaigns: Sequence[Campaign], *, known_to: date
) -> list[tuple[Campaign, Spending]]:
    """What each campaign has spent by a day: one query for all of them."""
    begun = [one for one in campaigns if one.start and one.start <= known_to]
    if not begun:
        return []
    segments = {one.pk: Segment(Dimension.CAMPAIGN, one.pk) for one in begun}
    first = min(one.start for one in begun if one.start)
    wanted = {(SPENT_ON, segment) for segment in segments.values()}
    rows = series.grid(workspace, wanted, Grain.DAY, first, known_to, today=known_to)
    return [
        (one, spent_by(one, rows[SPENT_ON, segments[one.pk]], known_to=known_to)) for one in begun
    ]


def spent_by(campaign: Campaign, rows: Iterable[series.SeriesValue], *, known_to: date) -> Spending:
    """A campaign's spending by a day, from the costs of its days."""
    start, end = campaign.start or known_to, campaign.end or known_to
    spent = sum(
        (one.value for one in rows if one.value and start <= one.period.start <= known_to),
        Decimal(0),
    )
    days = (min(known_to, end) - start).days + 1
    time = Decimal(days) / ((end - start).days + 1)
    return Spending(campaign.budget or Decimal(0), spent, min(time, Decimal(1)), days)


def _of_budget(
    rule: AlertRule, campaign: Campaign, one: Spending, known_to: date
) -> Iterator[Cause]:
    over = OVER_PACE if rule.threshold is None else rule.threshold
    if not (one.is_spent() or one.is_over_pace(over)):
        return
    yield Cause(
        kind=Alert.Kind.BUDGET,
        key=f"{rule.public_id}:{campaign.public_id}",
        severity=Alert.Severity.OFF if one.is_spent() else Alert.Severity(rule.severity),
        evidence={
            "campaign": campaign.name,
            "budget": str(one.budget),
            "spent": str(one.spent),
            "time": str(round(one.time, 6)),
            "pace": str(round(one.pace, 6)) if one.pace is not None else None,
            "is_spent": one.is_spent(),
            "over": str(over.normalize()),
            "data_date": known_to.isoformat(),
        },
        campaign=campaign,
        rule=rule,
        weight=float(one.spent / one.budget),
        judged_to=known_to,
    )
