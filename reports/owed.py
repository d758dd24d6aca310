"""Which numbers people owe: of each duty the periods that are over and not typed or brought."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import Membership, Workspace
from metrics.models import Coverage, Metric
from metrics.periods import ONE_DAY, Calendar, Grain, Period, local_today
from metrics.rules import SUMS, calendar_of
from reports.models import Duty

PERIODS_BACK = 6
"""So many periods are asked for; what is older is no longer reminded of."""


@dataclass(frozen=True, slots=True)
class OwedNumber:
    """One period of a duty. `due` is the last day in time; `is_done`: the figures are there."""

    duty: Duty
    period: Period
    due: date
    is_done: bool
    today: date

    @property
    def is_late(self) -> bool:
        """Whether its day has gone by."""
        return not self.is_done and self.due < self.today

    @property
    def is_owed(self) -> bool:
        """Whether its period is over and the figures are not there."""
        return not self.is_done and self.period.end < self.today


def add_duty(
    workspace: Workspace, *, metric: Metric, membership: Membership, rhythm: str, due_days: int
) -> Duty | None:
    """A member owes a metric from now on; None where somebody owes it in this rhythm already."""
    try:
        with transaction.atomic():
            return Duty.objects.create(
                workspace=workspace,
                metric=metric,
                membership=membership,
                rhythm=rhythm,
                due_days=due_days,
            )
    except IntegrityError:
        return None


def owed_keys(membership: Membership) -> list[str]:
    """The keys of the metrics that a member owes, the longest known first."""
    duties = Duty.objects.filter(workspace=membership.workspace_id, membership=membership)
    found = duties.order_by("created_at", "pk").values_list("metric__key", flat=True)
    return list(dict.fromkeys(found))


def due_day(duty: Duty, period: Period) -> date:
    """The last day on which the figures of a period are in time."""
    return period.end + timedelta(days=duty.due_days)


def periods_of(duty: Duty, calendar: Calendar, *, today: date) -> list[Period]:
    """The running period of a duty and the last ones, newest first, since the duty is there."""
    since = local_today(duty.created_at, duty.workspace.time_zone)
    period = calendar.period_of(today, Grain(duty.rhythm))
    found: list[Period] = []
    while len(found) <= PERIODS_BACK and period.end >= since:
        found.append(period)
        period = calendar.previous(period)
    return found


def owed_numbers(
    workspace: Workspace, *, today: date, membership: Membership | None = None
) -> list[OwedNumber]:
    """Every duty's running and last periods, the earliest due first; of one member or of all."""
    duties = Duty.objects.filter(workspace=workspace).select_related(
        "workspace", "metric__workspace", "membership__user"
    )
    if membership is not None:
        duties = duties.filter(membership=membership)
    calendar = calendar_of(workspace)
    asked = [(duty, one) for duty in duties for one in periods_of(duty, calendar, today=today)]
    return numbers_of(workspace, asked, today=today)


def numbers_of(
    workspace: Workspace, asked: Collection[tuple[Duty, Period]], *, today: date
) -> list[OwedNumber]:
    """These periods of duties, the earliest due first, with whether their figures are there."""
    days = _covered(workspace, asked)
    found = [
        OwedNumber(
            duty=duty,
            period=period,
            due=due_day(duty, period),
            is_done=_is_there(duty, period, days[duty.metric_id]),
            today=today,
        )
        for duty, period in asked
    ]
    return sorted(found, key=lambda one: (one.due, one.duty.metric.name.casefold()))


def _covered(
    workspace: Workspace, asked: Collection[tuple[Duty, Period]]
) -> dict[int, list[tuple[date, date]]]:
    """By metric: the spans that any feed has spoken for, in the periods asked for."""
    spans: dict[int, list[tuple[date, date]]] = defaultdict(list)
    if not asked:
        return spans
    rows = Coverage.objects.filter(
        workspace=workspace,
        metric__in={duty.metric_id for duty, _period in asked},
        start__lte=max(period.end for _duty, period in asked),
        end__gte=min(period.start for _duty, period in asked),
    )
    for metric_id, start, end in rows.values_list("metric_id", "start", "end").order_by("start"):
        spans[metric_id].append((start, end))
    return spans


def _is_there(duty: Duty, period: Period, spans: Iterable[tuple[date, date]]) -> bool:
    """Whether a sum is known for every day of a period, or anything else for its last day."""
    wanted = period.start if duty.metric.key in SUMS or duty.metric.is_own else period.end
    for start, end in spans:
        if start <= wanted <= end:
            wanted = end + ONE_DAY
    return wanted > period.end


def entry_addresses(workspace: Workspace, numbers: Iterable[OwedNumber]) -> list[tuple[str, str]]:
    """(rhythm, path): one page of the entry table for each rhythm, with exactly these metrics."""
    by_rhythm: dict[str, list[OwedNumber]] = defaultdict(list)
    for one in numbers:
        by_rhythm[one.duty.rhythm].append(one)
    return [(rhythm, _address(workspace, owed)) for rhythm, owed in sorted(by_rhythm.items())]


def _address(workspace: Workspace, owed: list[OwedNumber]) -> str:
    first, last = (pick(owed, key=lambda one: one.period.start) for pick in (min, max))
    query: dict[str, Any] = {
        "grain": first.duty.rhythm,
        "until": last.period.end.isoformat(),
        "only": "1",
        "metric": list(dict.fromkeys(one.duty.metric.key for one in owed)),
    }
    cell = f"{first.duty.metric.key}.{first.period.start.isoformat()}"
    return f"{reverse('data', args=[workspace.slug])}?{urlencode(query, doseq=True)}#{cell}"
