"""A workspace with figures, objectives and nights: for tests of everything that is judged.

Objectives run from 1 January to 31 March 2026, 90 days, spread evenly: on the night of 15 February
the figures of 45 days are in and half of everything is expected.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User, Workspace
from metrics import snapshots
from metrics.facts import FactRow
from metrics.models import Feed, Metric
from objectives.alerts import Alerted, evaluate_alerts
from objectives.evaluation import Evaluated, evaluate, frozen_weights
from objectives.models import DailyResult, Objective, State
from objectives.objectives import Wanted, create_objective
from tests.metrics.numbers import Book

START, END = date(2026, 1, 1), date(2026, 3, 31)
HALF_WAY = date(2026, 2, 15)
Amount = Decimal | int | str


def at(day: date) -> datetime:
    """The instant of a workspace's night, in Paris."""
    return datetime(day.year, day.month, day.day, 2, 30, tzinfo=UTC)


def days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]


class Board:
    """One workspace; its figures come from a daily feed with a delay of one day."""

    def __init__(self, workspace: Workspace, owner: User) -> None:
        self.workspace, self.owner = workspace, owner
        self.book = Book(workspace)
        self.feed = Feed.objects.create(
            workspace=workspace, name="CRM", rhythm=Feed.Rhythm.DAY, delay_days=1
        )

    def figures(
        self,
        key: str,
        amount: Amount | Callable[[date], Amount],
        start: date = START,
        end: date = HALF_WAY - timedelta(days=1),
        *,
        channel: int = 0,
    ) -> None:
        """The same amount each day, or what the function gives for the day."""
        self.write(
            self.book.row(
                key,
                day.isoformat(),
                amount(day) if callable(amount) else amount,
                feed=self.feed.pk,
                channel=channel,
            )
            for day in days(start, end)
        )

    def write(self, rows: Iterable[FactRow]) -> None:
        self.book.write(*rows)
        self.feed.refresh_from_db()

    def metric(self, key: str) -> Metric:
        return Metric.objects.get(workspace=self.workspace, key=key)

    def wanted(self, key: str, target: Amount, **more: Any) -> Wanted:
        given: dict[str, Any] = {
            "statement": f"Move {key}",
            "metric": self.metric(key),
            "target": Decimal(str(target)),
            "start": START,
            "end": END,
            "owner": self.owner,
            "pace": "even",
        } | more
        for name in ("baseline", "target_high"):
            if name in given:
                given[name] = Decimal(str(given[name]))
        return Wanted(**given)

    def objective(self, key: str, target: Amount, **more: Any) -> Objective:
        """A started objective, whatever SMART says of it."""
        objective = create_objective(
            self.workspace, user=self.owner, wanted=self.wanted(key, target, **more)
        )
        plan = frozen_weights(objective)
        Objective.objects.filter(pk=objective.pk).update(
            state=State.ACTIVE, weights_kind=plan.kind, weights=plan.texts()
        )
        objective.refresh_from_db()
        return objective

    def compute(self, day: date) -> None:
        snapshots.refresh(self.workspace, today=day, now=at(day))

    def judge(self, day: date = HALF_WAY) -> Evaluated:
        """The night up to the objectives."""
        self.compute(day)
        return evaluate(self.workspace, day=day, now=at(day))

    def night(self, day: date, *, now: date | None = None, **more: Any) -> Alerted:
        """The night with its alerts, on its own morning or later."""
        self.judge(day)
        return evaluate_alerts(self.workspace, day=day, now=at(now or day), **more)

    def result(self, objective: Objective, day: date = HALF_WAY) -> DailyResult:
        return DailyResult.objects.get(objective=objective, day=day)

    def status(self, objective: Objective, day: date = HALF_WAY) -> str:
        return self.result(objective, day).status
