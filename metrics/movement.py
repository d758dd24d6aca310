"""How a change between two periods is made up: contributions that add up to it, exactly.

Standard library only, exact fractions inside, so that nothing is left over. Two decompositions:

- *Differences*: what each segment of a sum or stock gained or lost.
- *Mix and rate*: R = Σ w·r over segments, w being a segment's share of the denominator and r its
  own rate. ΔR = Σ Δw·(r̄ − R̄) + Σ w̄·Δr, a bar being the mean of both periods. The first term is
  the mix effect (the segment weighs more or less, and is better or worse than the whole), the
  second the rate effect. Symmetrical in the periods, without an interaction term: E. M. Kitagawa,
  "Components of a difference between two rates", JASA 50 (1955), p. 1168–1194.

`metrics.effects` splits a formula over its operands.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from typing import Generic, NamedTuple, TypeVar

from metrics.resolution import Segment

Span = tuple[date, date]
"""First and last day."""
UNSPLIT = Segment(-1, 0)
"""The line of what belongs to no segment: operands that cannot be split."""
SMALL_BASE = 30
"""Under so many events a rate is said to rest on a small base."""
DIGITS = 34
_WIDE = Context(prec=120)

K = TypeVar("K", bound=Hashable)


class Ratio(NamedTuple):
    """A segment's numerator and denominator in one period."""

    numerator: Fraction
    denominator: Fraction

    @property
    def rate(self) -> Fraction | None:
        """The quotient; None without a denominator."""
        return self.numerator / self.denominator if self.denominator else None


NOTHING = Ratio(Fraction(0), Fraction(0))


class Effect(NamedTuple):
    """What one segment did to a rate: its weight's part and its own rate's part."""

    mix: Fraction
    rate: Fraction

    @property
    def total(self) -> Fraction:
        """Both together."""
        return self.mix + self.rate


def differences(then: Mapping[K, Fraction], now: Mapping[K, Fraction]) -> dict[K, Fraction]:
    """What each segment of a sum or a stock gained; one that is missing was nothing."""
    keys = dict.fromkeys((*now, *then))
    return {key: now.get(key, Fraction(0)) - then.get(key, Fraction(0)) for key in keys}


def mix_and_rate(then: Mapping[K, Ratio], now: Mapping[K, Ratio]) -> dict[K, Effect]:
    """The mix and the rate effect of each segment on Σ numerators / Σ denominators.

    A segment of one period only has the same rate in both: all it did is mix. A numerator
    without a denominator (costs that brought no lead) has no rate of its own: what it adds to the
    whole is rate effect. Raises ZeroDivisionError where a period has no denominator at all.
    """
    before, after = _whole(then), _whole(now)
    middle = (before.numerator / before.denominator + after.numerator / after.denominator) / 2
    keys = dict.fromkeys((*now, *then))
    return {
        key: _effect(then.get(key, NOTHING), now.get(key, NOTHING), before, after, middle)
        for key in keys
    }


def _whole(parts: Mapping[K, Ratio]) -> Ratio:
    return Ratio(
        sum((one.numerator for one in parts.values()), Fraction(0)),
        sum((one.denominator for one in parts.values()), Fraction(0)),
    )


def _effect(then: Ratio, now: Ratio, before: Ratio, after: Ratio, middle: Fraction) -> Effect:
    weight_then = then.denominator / before.denominator
    weight_now = now.denominator / after.denominator
    alone_then = Fraction(0) if then.denominator else then.numerator / before.denominator
    alone_now = Fraction(0) if now.denominator else now.numerator / after.denominator
    known = [rate for rate in (then.rate, now.rate) if rate is not None]
    if not known:
        return Effect(Fraction(0), alone_now - alone_then)
    first, last = known[0], known[-1]
    mix = (weight_now - weight_then) * ((first + last) / 2 - middle)
    rate = (weight_now + weight_then) / 2 * (last - first)
    return Effect(mix, rate + alone_now - alone_then)


# Numbers for people


def rounded(value: Fraction | Decimal, places: int) -> Decimal:
    """To so many decimals, halves away from zero, as everything is shown."""
    exact = Fraction(value)
    size = abs(exact) * 10**places
    whole = int(size + Fraction(1, 2))
    return _decimal(whole if exact >= 0 else -whole, places)


def apportioned(parts: Sequence[Fraction], total: Decimal, places: int) -> list[Decimal]:
    """The parts to so many decimals, so that they add up to `total`: the largest remainders win.

    Parts of zero stay zero. What the parts and the total differ by goes to the largest part.
    """
    if not parts:
        return []
    unit = 10**places
    scaled = [part * unit for part in parts]
    wanted = int(Fraction(total) * unit)
    gap = wanted - sum(scaled)
    if abs(gap) > Fraction(1, 2):
        largest = max(range(len(scaled)), key=lambda place: abs(scaled[place]))
        scaled[largest] += gap
    floors = [one.numerator // one.denominator for one in scaled]
    left = wanted - sum(floors)
    if left > 0:
        order = sorted(range(len(scaled)), key=lambda place: floors[place] - scaled[place])
        for place in order[:left]:
            floors[place] += 1
    return [_decimal(one, places) for one in floors]


def _decimal(units: int, places: int) -> Decimal:
    """So many units of the last decimal, whatever the number of digits."""
    return Decimal(units).scaleb(-places, context=_WIDE) if units else Decimal(0)


def exactly(parts: Sequence[Fraction], total: Decimal) -> list[Decimal]:
    """The parts as decimals that add up to `total` to its last digit."""
    exponent = total.as_tuple().exponent
    own = -exponent if isinstance(exponent, int) else 0
    largest = max((abs(part) for part in (*parts, Fraction(total))), default=Fraction(0))
    before_point = len(str(int(largest)))
    return apportioned(parts, total, max(own, DIGITS - 10 - before_point, 0))


@dataclass(frozen=True, slots=True)
class Part(Generic[K]):
    """What one segment or operand contributed.

    `then` and `now` are its own values, `amount` its exact contribution in the metric's unit and
    `shown` the same rounded so that the column adds up; `mix` and `rate` (of `shown`) only where
    a rate was split. `share_then` and `share_now` are its shares of the denominator. `is_small`:
    one of its rates rests on fewer than 30 events. `is_split` is false for what no segment can be
    given.
    """

    key: K
    label: str
    then: Decimal | None
    now: Decimal | None
    amount: Decimal
    shown: Decimal
    mix: Decimal | None = None
    rate: Decimal | None = None
    share_then: Decimal | None = None
    share_now: Decimal | None = None
    is_small: bool = False
    is_split: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A change between two spans and all that it is made of.

    `change` = now − then. Σ amounts of `segments` and Σ amounts of `operands` are it, exactly,
    but where `method` is ``beside``. `shown_change` and what the parts show are the same to
    `places` decimals of the unit, and add up too. `note` says why there are no segments:
    ``no_value``, ``unique``, ``within_segment``, ``whole_only``, ``no_breakdown``,
    ``unexplained``; or that one line is for ``unsplit`` operands. `base_then` and `base_now` are
    the events that the values rest on, where they are counted.
    """

    key: str
    segment: Segment
    dimension: int
    now_span: Span
    then_span: Span
    now: Decimal | None
    then: Decimal | None
    reason: str | None
    is_incomplete: bool
    unit: str
    direction: str
    method: str = ""
    note: str = ""
    change: Decimal | None = None
    shown_change: Decimal | None = None
    places: int = 0
    segments: tuple[Part[Segment], ...] = ()
    operands: tuple[Part[str], ...] = ()
    base_then: Decimal | None = None
    base_now: Decimal | None = None
    is_small: bool = False
