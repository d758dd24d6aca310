"""How good the chances have been: of the objectives that were given 60–80 %, so many were met.

Read from what was stored on the days themselves, never from what is known today.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import Workspace
from objectives.models import DailyResult, Objective, Status

BUCKETS = tuple(
    (Decimal(low), Decimal(high))
    for low, high in (("0", "0.2"), ("0.2", "0.4"), ("0.4", "0.6"), ("0.6", "0.8"), ("0.8", "1"))
)
"""A chance belongs to the first bucket that ends at it or above."""
HALF = Decimal("0.5")
FEWEST = 10
"""Fewer objectives than this say nothing about the chances of a bucket."""


@dataclass(frozen=True)
class Bucket:
    """The objectives whose chance lay between ``low`` and ``high``: how many, how many were met.

    ``expected`` is their mean chance, ``met_share`` the share that was met; None for none.
    """

    low: Decimal
    high: Decimal
    count: int
    met: int
    expected: Decimal | None

    @property
    def met_share(self) -> Decimal | None:
        """Met ones among all."""
        return Decimal(self.met) / self.count if self.count else None

    @property
    def is_small(self) -> bool:
        """Whether there are too few to conclude from."""
        return self.count < FEWEST


def calibration(workspace: Workspace, *, day: date) -> list[Bucket]:
    """The buckets of all objectives that had ended by ``day``, from the lowest chance on.

    Each objective counts once, with the chance it had when half of its time had passed, or at the
    first result after that: late enough to know something, early enough to be a forecast.
    """
    ended = _ended(workspace, day)
    given = _chances(workspace, ended)
    pairs = [(given[pk], met) for pk, met in ended.items() if pk in given]
    return [_bucket(low, high, pairs) for low, high in BUCKETS]


def _ended(workspace: Workspace, day: date) -> dict[int, bool]:
    """By objective's id, whether it was met; only of those that have their final result."""
    last = (
        DailyResult.objects.filter(workspace=workspace, day__lte=day, objective__end__lt=day)
        .order_by("objective_id", "-day")
        .distinct("objective_id")
        .values_list("objective_id", "status")
    )
    final = (Status.ACHIEVED, Status.MISSED)
    return {pk: status == Status.ACHIEVED for pk, status in last if status in final}


def _chances(workspace: Workspace, objectives: Iterable[int]) -> dict[int, Decimal]:
    """By objective's id, its first stored chance from the middle of its span on."""
    found = (
        DailyResult.objects.filter(
            workspace=workspace,
            objective_id__in=list(objectives),
            chance__isnull=False,
            elapsed__gte=HALF,
            achieved_on=None,
        )
        .order_by("objective_id", "day")
        .distinct("objective_id")
        .values_list("objective_id", "chance")
    )
    return {pk: chance for pk, chance in found if chance is not None}


def _bucket(low: Decimal, high: Decimal, pairs: list[tuple[Decimal, bool]]) -> Bucket:
    inside = [
        (chance, met) for chance, met in pairs if low < chance <= high or (chance == low == 0)
    ]
    total = sum((chance for chance, _met in inside), Decimal(0))
    return Bucket(
        low=low,
        high=high,
        count=len(inside),
        met=sum(met for _chance, met in inside),
        expected=total / len(inside) if inside else None,
    )


def count_running(workspace: Workspace, *, day: date) -> int:
    """How many objectives are still running on ``day``: what the page waits for."""
    return Objective.objects.judged(workspace).filter(end__gte=day).count()
