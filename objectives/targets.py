"""What objectives ask of a metric: the lines across its chart, and a row for each objective."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Workspace
from accounts.prepared import Prepared
from metrics.charts import Series
from metrics.models import Metric
from metrics.periods import Period
from metrics.resolution import Segment
from objectives.evaluation import frozen_weights
from objectives.history import adds_from_the_start, asked_of, segment_of
from objectives.measure import Asked, opening_of
from objectives.models import Objective, State
from objectives.pace import bent_share, expected_value
from objectives.results import recent_result
from objectives.rows import Row, rows_of

MOST_DRAWN = 2
"""More lines than these would be a tangle."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Targets:
    """The running objectives on a metric and segment, and what they draw across its chart."""

    rows: list[Row]
    lines: list[Series]


_RUNNING = Prepared(
    lambda workspace, metric, today: Objective.objects.filter(
        workspace=workspace,
        archived_at=None,
        metric=metric,
        state=State.ACTIVE,
        start__lte=today,
        end__gte=today,
    ).order_by(),
    int,
    int,
    date,
)
"""Without what a list shows beside them: most metrics have none."""


def targets_on(
    workspace: Workspace,
    metric: Metric,
    segment: Segment,
    periods: Sequence[Period],
    *,
    today: date,
) -> Targets:
    """The objectives that run on ``today`` on this metric and segment, the next to end first.

    A sum is drawn as what its plan asks of each period that lies wholly inside its dates, since a
    part of a period cannot be held against a whole one; all others as the level of their target.
    """
    running = _RUNNING.objects(workspace.pk, metric.pk, today)
    on_segment = [one.pk for one in running if segment_of(one) == segment]
    if not on_segment:
        return Targets([], [])
    found = list(Objective.objects.listed(workspace).filter(pk__in=on_segment))
    for one in found:
        one.workspace = workspace
    found.sort(key=lambda one: (one.end or today, one.pk))
    lines = [line for one in found[:MOST_DRAWN] for line in _lines(one, periods)]
    results = {
        one.pk: result for one in found if (result := recent_result(one, day=today)) is not None
    }
    return Targets(rows_of(found, results, workspace, today=today), lines)


def _lines(objective: Objective, periods: Sequence[Period]) -> list[Series]:
    asked = asked_of(objective)
    if asked is None or objective.start is None or objective.end is None:
        return []
    if adds_from_the_start(asked):
        values = [_planned(objective, asked, period) for period in periods]
        drawn = [Series(name=_("Plan"), role="plan", values=values)]
    else:
        levels = [level for level in (asked.target, asked.target_high) if level is not None]
        drawn = [
            Series(
                name=_("Target"),
                role="target",
                values=[
                    level if period.start <= objective.end and period.end >= objective.start
                    else None
                    for period in periods
                ],
            )
            for level in levels
        ]  # fmt: skip
    return [line for line in drawn if any(value is not None for value in line.values)]


def _planned(objective: Objective, asked: Asked, period: Period) -> Decimal | None:
    """What the plan asks of a whole period of a sum; None where it reaches out of the dates."""
    assert objective.start is not None
    assert objective.end is not None
    if period.start < objective.start or period.end > objective.end:
        return None
    opening, weights = opening_of(asked) or Decimal(0), frozen_weights(objective)
    by_then = [
        expected_value(
            opening,
            asked.target,
            bent_share(weights, objective.start, day, opening=opening, target=asked.target),
        )
        for day in (period.start - ONE_DAY, period.end)
    ]
    return by_then[1] - by_then[0]
