"""Objectives that cannot all come true: the arithmetic between them.

A budget buys so many leads at a price, a number of leads becomes so many MQLs at a rate, the parts
of an objective add up to so much. Where that is less than what another objective asks of the same
days and the same segment, both contradict each other. Codes and numbers only: the sentences are
`objectives.contradiction_wording`'s. Standard library only; no clock.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

LEAST_GAP = Decimal("0.02")
"""A gap of less is rounding, or a rate that moved a little since yesterday."""
HALF = Decimal("0.5")
RATES: tuple[tuple[str, str, str], ...] = (
    ("sessions", "visit_to_lead_rate", "leads"),
    ("leads", "lead_to_mql_rate", "mqls"),
    ("mqls", "mql_to_sql_rate", "sqls"),
    ("sqls", "sql_to_customer_rate", "new_customers"),
    ("leads", "lead_to_customer_rate", "new_customers"),
    ("search_impressions", "search_ctr", "search_clicks"),
    ("ad_impressions", "ctr", "ad_clicks"),
)
"""What comes in, the rate, what comes out of it."""
PRICES: tuple[tuple[str, str, str], ...] = (
    ("marketing_cost", "cpl", "leads"),
    ("cost_media", "cpl_media", "leads"),
    ("marketing_cost", "cost_per_mql", "mqls"),
    ("marketing_cost", "cac", "new_customers"),
    ("cost_media", "cpc", "ad_clicks"),
)
"""What is spent, what one piece costs, what it buys."""
GROWS = frozenset({"reach", "above"})
LIMITS = frozenset({"ceiling", "reduce", "below"})


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What one objective asks. ``adds_up``: its amount is a sum over its days."""

    id: str
    metric: str
    kind: str
    target: Decimal
    start: date
    end: date
    segment: Hashable = None
    parent: str | None = None
    adds_up: bool = True

    @property
    def days(self) -> int:
        """How many days it runs."""
        return (self.end - self.start).days + 1


@dataclass(frozen=True, kw_only=True)
class Known:
    """A rate or a price: of an objective (its ``id``), or measured on so many (``basis``).

    ``days`` lie between what goes in and what comes out.
    """

    value: Decimal
    basis: Decimal | None = None
    id: str = ""
    days: int = 0


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """The code of a finding, the objectives it is about, its numbers and metrics by name."""

    code: str
    claims: tuple[str, ...]
    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    metrics: Mapping[str, str] = field(default_factory=dict)
    basis: Decimal | None = None


Measured = Callable[[str, Hashable], Known | None]
"""The rate or price of this metric and segment as it is today."""


def find(claims: Sequence[Claim], measured: Measured) -> list[Contradiction]:
    """Every contradiction, each pair once. ``measured`` is asked only where a pair needs it."""
    return [
        *_short_rates(claims, measured),
        *_short_budgets(claims, measured),
        *_crossed_limits(claims),
        *_unequal_parts(claims),
    ]


def _pairs(claims: Sequence[Claim], first: str, second: str) -> Iterator[tuple[Claim, Claim]]:
    for one in claims:
        if one.metric == first and one.adds_up:
            for other in claims:
                same = other.segment == one.segment
                if other.metric == second and other.adds_up and same and other.kind in GROWS:
                    yield one, other


def _short_rates(claims: Sequence[Claim], measured: Measured) -> Iterator[Contradiction]:
    """So many come, at this rate so many go on; more are asked for."""
    for before, rate, after in RATES:
        for one, other in _pairs(claims, before, after):
            known = _known(claims, rate, other, measured, one.kind in GROWS)
            amounts = _in_common(one, other, days=known.days) if known else None
            if known is None or amounts is None:
                continue
            given, asked = amounts
            possible = given * known.value
            if _is_short(possible, asked):
                yield Contradiction(
                    code="rate_short",
                    claims=(one.id, other.id, *([known.id] if known.id else [])),
                    numbers={
                        "given": given,
                        "rate": known.value,
                        "possible": possible,
                        "asked": asked,
                    },
                    metrics={"given": before, "rate": rate, "asked": after},
                    basis=known.basis,
                )


def _short_budgets(claims: Sequence[Claim], measured: Measured) -> Iterator[Contradiction]:
    """So much may be spent, at this price it buys so many; more are asked for."""
    for cost, price, piece in PRICES:
        for one, other in _pairs(claims, cost, piece):
            if one.kind not in LIMITS:
                continue
            known = _known(claims, price, other, measured, is_given=True)
            amounts = _in_common(one, other, days=known.days) if known else None
            if known is None or amounts is None or known.value <= 0:
                continue
            given, asked = amounts
            possible = given / known.value
            if _is_short(possible, asked):
                yield Contradiction(
                    code="budget_short",
                    claims=(one.id, other.id, *([known.id] if known.id else [])),
                    numbers={
                        "given": given,
                        "price": known.value,
                        "possible": possible,
                        "asked": asked,
                    },
                    metrics={"given": cost, "price": price, "asked": piece},
                    basis=known.basis,
                )


def _crossed_limits(claims: Sequence[Claim]) -> Iterator[Contradiction]:
    """At most so much here, at least more than that there, of the same metric and days."""
    for one in claims:
        if one.kind not in LIMITS:
            continue
        for other in claims:
            is_same = (other.metric, other.segment) == (one.metric, one.segment)
            if not is_same or other.kind not in GROWS:
                continue
            amounts = _in_common(one, other) if one.adds_up else _levels(one, other)
            if amounts is not None and _is_short(*amounts):
                yield Contradiction(
                    code="limits_crossed",
                    claims=(one.id, other.id),
                    numbers={"given": amounts[0], "asked": amounts[1]},
                    metrics={"given": one.metric, "asked": other.metric},
                )


def _unequal_parts(claims: Sequence[Claim]) -> Iterator[Contradiction]:
    """The objectives below one on the same metric add up to more or less than it."""
    for parent in claims:
        parts = [one for one in claims if _is_part(one, parent)]
        if not parent.adds_up or not parts or not _covers(parts, parent):
            continue
        total = sum((one.target for one in parts), Decimal(0))
        if abs(total - parent.target) <= LEAST_GAP * abs(parent.target):
            continue
        yield Contradiction(
            code="parts_below" if total < parent.target else "parts_above",
            claims=(parent.id, *(one.id for one in parts)),
            numbers={
                "total": total,
                "asked": parent.target,
                "gap": abs(parent.target - total),
                "count": Decimal(len(parts)),
            },
            metrics={"total": parent.metric, "asked": parent.metric, "gap": parent.metric},
        )


def _is_part(one: Claim, parent: Claim) -> bool:
    is_below = one.parent == parent.id and one.adds_up
    is_same = (one.metric, one.kind) == (parent.metric, parent.kind)
    is_inside = parent.start <= one.start and one.end <= parent.end
    is_smaller = one.segment != parent.segment or one.days < parent.days
    return is_below and is_same and is_inside and is_smaller


def _covers(parts: Iterable[Claim], parent: Claim) -> bool:
    """Whether every day of the parent is a day of some part: else some are still to be written."""
    reached = parent.start
    for one in sorted(parts, key=lambda part: part.start):
        if one.start > reached:
            return False
        reached = max(reached, one.end + timedelta(1))
    return reached > parent.end


def _known(
    claims: Sequence[Claim], key: str, beside: Claim, measured: Measured, is_given: bool
) -> Known | None:
    """The rate that an objective of the same segment and days promises, else the one of today."""
    if not is_given:
        return None
    today = measured(key, beside.segment)
    for one in claims:
        is_same = (one.metric, one.segment) == (key, beside.segment)
        if is_same and one.kind != "between" and _common_days(one, beside):
            return Known(value=one.target, id=one.id, days=today.days if today else 0)
    return today


def _in_common(one: Claim, other: Claim, *, days: int = 0) -> tuple[Decimal, Decimal] | None:
    """Both amounts over the days that they share, spread evenly; None where those are too few.

    What the first one brings comes out ``days`` later.
    """
    common = _common_days(one, other, days=days)
    if not common:
        return None
    return one.target * common / one.days, other.target * common / other.days


def _common_days(one: Claim, other: Claim, *, days: int = 0) -> int:
    """The days that both share; 0 where they are less than half of the shorter one's."""
    later = timedelta(days)
    first = max(one.start + later, other.start)
    last = min(one.end + later, other.end)
    common = (last - first).days + 1
    return common if common >= HALF * min(one.days, other.days) else 0


def _levels(one: Claim, other: Claim) -> tuple[Decimal, Decimal] | None:
    """Two levels, which the same days cannot both have."""
    return (one.target, other.target) if _common_days(one, other) else None


def _is_short(possible: Decimal, asked: Decimal) -> bool:
    return possible < asked * (1 - LEAST_GAP)
