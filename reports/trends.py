"""The last weeks of every objective in one query, for the small lines beside them."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db.models.functions import TruncWeek

from accounts.models import Workspace
from objectives.models import DailyResult

WEEKS = 12


def trends(workspace: Workspace, *, today: date) -> dict[int, list[Decimal | None]]:
    """By objective's id, its value at the end of each of the last 12 ISO weeks, oldest first.

    The current week ends with the latest result; a week without any is None.
    """
    mondays = _mondays(today)
    found = (
        DailyResult.objects.filter(workspace=workspace, day__range=(mondays[0], today))
        .annotate(week=TruncWeek("day"))
        .order_by("objective_id", "week", "-day")
        .distinct("objective_id", "week")
        .values_list("objective_id", "week", "value")
    )
    return _by_objective(found, mondays)


def _mondays(today: date) -> list[date]:
    last = today - timedelta(days=today.weekday())
    return [last - timedelta(weeks=WEEKS - 1 - number) for number in range(WEEKS)]


def _by_objective(
    found: Iterable[tuple[int, date, Decimal | None]], mondays: list[date]
) -> dict[int, list[Decimal | None]]:
    known: dict[int, dict[date, Decimal | None]] = {}
    for objective_id, week, value in found:
        known.setdefault(objective_id, {})[week] = value
    return {key: [weeks.get(monday) for monday in mondays] for key, weeks in known.items()}
