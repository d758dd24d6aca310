"""From an outcome back to what it takes: customers to SQLs, MQLs, leads, visits and money.

Each link of the chain is the share that went on, from whole numbers of people, with the days it
takes. Amounts are rounded up at each step, so that what is asked of a stage is enough for the next
one. Behind an unknown share nothing is known: it is asked for, never made up. Standard library
only; no clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil

from objectives.judgement import Counts
from objectives.levels import wilson


@dataclass(frozen=True, kw_only=True)
class Link:
    """The way from a stage to the next: of ``came``, ``went_on`` did, ``days`` later.

    ``typed`` is a share that a person gave, where the figures have none.
    """

    earlier: str
    later: str
    went_on: Decimal | None = None
    came: Decimal | None = None
    typed: Decimal | None = None
    days: int | None = None

    @property
    def share(self) -> Fraction | None:
        """The share that goes on; None where it is not known, or nobody ever did."""
        if self.typed is not None:
            return Fraction(self.typed) if self.typed > 0 else None
        if not self.went_on or not self.came or self.went_on < 0 or self.came < 0:
            return None
        return Fraction(self.went_on) / Fraction(self.came)

    @property
    def bounds(self) -> tuple[Fraction, Fraction] | None:
        """Between what the share may be, nine times in ten; None for what is no count."""
        if self.typed is not None or self.share is None or self.share > 1:
            return None
        assert self.went_on is not None
        assert self.came is not None
        if self.went_on % 1 or self.came % 1:
            return None
        found = wilson(Counts(int(self.went_on), int(self.came)))
        return found and (Fraction(found[0]), Fraction(found[1]))


@dataclass(frozen=True, kw_only=True)
class Price:
    """What one piece of a stage costs: ``cost`` over ``pieces``, or what a person typed."""

    cost: Decimal | None = None
    pieces: Decimal | None = None
    typed: Decimal | None = None

    @property
    def each(self) -> Fraction | None:
        """The price of one; None where it is not known."""
        if self.typed is not None:
            return Fraction(self.typed) if self.typed > 0 else None
        if not self.cost or not self.pieces or self.cost < 0 or self.pieces < 0:
            return None
        return Fraction(self.cost) / Fraction(self.pieces)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What one stage has to bring, and when; None while a share before it is unknown.

    ``low`` and ``high``: what it may take, with all shares at their better or worse bound.
    ``link`` leads from it to the stage that it was worked out from.
    """

    key: str
    start: date
    end: date
    target: int | None
    low: int | None = None
    high: int | None = None
    link: Link | None = None


def needed(outcome: int, *, start: date, end: date, links: Sequence[Link]) -> list[Stage]:
    """The stages of the chain, the outcome first, each earlier stage after it.

    ``links`` go from the last one back to the first. A stage's days lie as much earlier as its
    link takes; a link whose days nobody knows shifts nothing.
    """
    stage = Stage(
        key=links[0].later, start=start, end=end, target=outcome, low=outcome, high=outcome
    )
    found = [stage]
    for link in links:
        stage = _before(stage, link)
        found.append(stage)
    return found


def _before(stage: Stage, link: Link) -> Stage:
    back, bounds = timedelta(link.days or 0), link.bounds
    return Stage(
        key=link.earlier,
        start=stage.start - back,
        end=stage.end - back,
        target=_divided(stage.target, link.share),
        low=_divided(stage.low, bounds[1] if bounds else link.share),
        high=_divided(stage.high, bounds[0] if bounds else link.share),
        link=link,
    )


def _divided(amount: int | None, share: Fraction | None) -> int | None:
    return None if amount is None or not share else ceil(amount / share)


def budget(pieces: int | None, price: Price) -> int | None:
    """What so many pieces cost at today's price, in whole units of money, rounded up."""
    each = price.each
    return None if pieces is None or each is None else ceil(pieces * each)
