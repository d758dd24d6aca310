"""Splitting a target over the periods of its span. Standard library only; no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from objectives.pace import Weights

CENTS = Decimal("0.01")


class How(StrEnum):
    """What a proposed split follows."""

    PLAN = "plan"
    LAST_YEAR = "last_year"
    EVEN = "even"


@dataclass(frozen=True)
class Span:
    """A month or a quarter of a target, cut at the target's own first and last day."""

    key: str
    start: date
    end: date


def shares(spans: Sequence[Span], plan: Weights, start: date) -> tuple[Decimal, ...]:
    """By span, the share of the plan's weight that lies in it. They add up to 1."""
    found = []
    for span in spans:
        first, last = (span.start - start).days, (span.end - start).days + 1
        found.append(sum(plan.values[first:last], Decimal(0)) / plan.total)
    return tuple(found)


def even_shares(spans: Sequence[Span]) -> tuple[Decimal, ...]:
    """The same for each."""
    return (1 / Decimal(len(spans)),) * len(spans)


def amounts(
    target: Decimal, parts: Sequence[Decimal], *, step: Decimal = CENTS
) -> tuple[Decimal, ...]:
    """The target in parts that add up to it, each a multiple of ``step`` but for the last.

    What is rounded away from one part is in the next, so that none is off by more than a step.
    """
    found: list[Decimal] = []
    behind, given = Decimal(0), Decimal(0)
    for share in parts[:-1]:
        behind += share
        reached = (target * behind / step).quantize(Decimal(1), ROUND_HALF_UP) * step
        found.append(reached - given)
        given = reached
    return (*found, target - given)


def levels(
    opening: Decimal, target: Decimal, parts: Sequence[Decimal], *, step: Decimal
) -> tuple[Decimal, ...]:
    """Where a level stands at the end of each span on its way to the target."""
    found, reached = [], opening
    for one in amounts(target - opening, parts, step=step):
        reached += one
        found.append(reached)
    return tuple(found)
