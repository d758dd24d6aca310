"""An objective's numbers against its plan: expected value, pace ratio, progress, attainment.

b = baseline, T = target, v = value at the data date, E = share of the plan that lies behind it,
x = value expected by then, r = pace ratio. One row a `Method`:

==========  ==========================================  ===============  ======================
method      what                                        x                r
==========  ==========================================  ===============  ======================
CUMULATIVE  a sum to reach over the span                T × E            v / x
BUDGET      a sum not to exceed, judged on both sides   T × E            v / x
LIMIT       a sum to bring down to T over the span      T × E            gap, less is better
LINE        a level to bring from b to T by the end     b + (T − b) × E  (v − b) / (x − b)
WHOLE       one value of the whole span                 T                gap
PERIODS     every period above, below or between        T                share of periods inside
==========  ==========================================  ===============  ======================

gap = (v − x) / |x|, its sign turned where less is better. v / x is computed as 1 + (v − x) / |x|:
the same number above zero, and the right way round for a negative target. Where a denominator is
zero r is None and `objectives.status` says what follows. Standard library only; no clock.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from objectives.pace import expected_value, rounded

ZERO, ONE = Decimal(0), Decimal(1)


class Kind(StrEnum):
    """What is asked of the metric."""

    REACH = "reach"
    REDUCE = "reduce"
    ABOVE = "above"
    BELOW = "below"
    BETWEEN = "between"
    CEILING = "ceiling"


class Rollup(StrEnum):
    """How the metric adds up over time; costs per piece and scores count as rates."""

    SUM = "sum"
    STOCK = "stock"
    RATE = "rate"
    UNIQUE = "unique"


class Over(StrEnum):
    """Which value is compared: the whole span's, the last 28 days', the last whole period's."""

    SPAN = "span"
    LAST28 = "last28"
    PERIOD = "period"


class Method(StrEnum):
    """The row of the table above that an objective is measured by."""

    CUMULATIVE = "cumulative"
    BUDGET = "budget"
    LIMIT = "limit"
    LINE = "line"
    WHOLE = "whole"
    PERIODS = "periods"


class Scale(StrEnum):
    """How r reads: 1 is on plan, 1 is on plan and more is no better, or 0 is on plan."""

    RATIO = "ratio"
    TWO_SIDED = "two_sided"
    GAP = "gap"


@dataclass(frozen=True)
class JudgedPeriod:
    """One closed period of an objective to stay above, below or between."""

    key: str
    value: Decimal
    inside: bool


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the objective asks. `direction` is the metric's: "up", "down" or "context".

    Rates are fractions, money is in the workspace's currency. `required_share` is the share of
    periods that must lie inside the limits.
    """

    kind: Kind
    rollup: Rollup
    target: Decimal
    over: Over = Over.SPAN
    target_high: Decimal | None = None
    baseline: Decimal | None = None
    direction: str = "up"
    hold: bool = False
    required_share: Decimal = ONE

    @property
    def method(self) -> Method:
        """The row of the table that applies."""
        if self.kind in (Kind.ABOVE, Kind.BELOW, Kind.BETWEEN):
            return Method.PERIODS
        if self.rollup is Rollup.SUM and (self.over is Over.SPAN or self.kind is Kind.CEILING):
            return _SUM_METHODS[self.kind]
        return Method.LINE if self._has_line else Method.WHOLE

    @property
    def _has_line(self) -> bool:
        """A stock runs from its baseline; so does a rate of the last days that has one."""
        if self.kind is Kind.CEILING:
            return False
        if self.rollup is Rollup.STOCK:
            return True
        return self.over is not Over.SPAN and self.baseline is not None

    @property
    def has_a_way(self) -> bool:
        """Whether the plan leads anywhere: not where a level's target is its baseline, which
        leaves (v − b) / (x − b) without a denominator."""
        return self.method is not Method.LINE or self.target != self.baseline

    @property
    def less_is_better(self) -> bool:
        """Whether the target is to be met from above."""
        if self.kind is not Kind.REACH:
            return self.kind in (Kind.REDUCE, Kind.CEILING, Kind.BELOW)
        if self.method is Method.CUMULATIVE or self.direction == "up":
            return False
        if self.direction == "down":
            return True
        return self.baseline is not None and self.target < self.baseline

    @property
    def runs_to_target(self) -> bool:
        """Whether the way from the baseline to the target is an improvement at all."""
        if self.baseline is None or self.target == self.baseline:
            return False
        return (self.target < self.baseline) == self.less_is_better

    def met_by(self, value: Decimal) -> bool:
        """Whether the value is at the target or better; inside the limits for a band."""
        if self.kind is Kind.BETWEEN:
            high = self.target if self.target_high is None else self.target_high
            return self.target <= value <= high
        return value <= self.target if self.less_is_better else value >= self.target


_SUM_METHODS = {
    Kind.REACH: Method.CUMULATIVE,
    Kind.CEILING: Method.BUDGET,
    Kind.REDUCE: Method.LIMIT,
}
_FROM_ZERO = (Method.CUMULATIVE, Method.BUDGET, Method.LIMIT)


@dataclass(frozen=True)
class Measured:
    """The numbers of one day, unrounded for reading; None where there is no value.

    `ratio` reads by `scale`. `gap` is v − x as it stands, `gap_ratio` is (v − x) / |x|. `progress`
    is not clamped. `attainment` is how much of the target was reached, for a final result.
    """

    method: Method
    scale: Scale
    expected: Decimal | None
    ratio: Decimal | None
    progress: Decimal | None
    attainment: Decimal | None
    gap: Decimal | None
    gap_ratio: Decimal | None


def opening_of(asked: Asked) -> Decimal | None:
    """Where the plan's line begins: zero for a sum of the span, the baseline of a level.

    The target itself where there is no way to go: the value of a whole span, limits to stay in, a
    baseline that meets the target already. None for a stock whose baseline is not known yet.
    """
    if asked.method in _FROM_ZERO:
        return ZERO
    if asked.method is not Method.LINE or asked.baseline is None:
        return None if asked.method is Method.LINE else asked.target
    return asked.baseline if asked.runs_to_target else asked.target


def measure(
    asked: Asked,
    *,
    value: Decimal | None,
    share: Decimal,
    periods: tuple[JudgedPeriod, ...] = (),
) -> Measured:
    """The numbers of a value against the plan. `share` is E at the judged day."""
    method, opening = asked.method, opening_of(asked)
    expected = None if opening is None else expected_value(opening, asked.target, share)
    scale, ratio = Scale.RATIO, None
    if method is Method.PERIODS:
        ratio = _share_inside(periods, asked.required_share)
    elif value is not None and expected is not None:
        scale, ratio = _ratio(asked, value, expected)
    return Measured(
        method=method,
        scale=scale,
        expected=expected,
        ratio=ratio,
        progress=ratio if method is Method.PERIODS else _progress(asked, value),
        attainment=ratio if method is Method.PERIODS else _attainment(asked, value),
        gap=None if value is None or expected is None else value - expected,
        gap_ratio=None if value is None or expected is None else _gap(value, expected),
    )


def _ratio(asked: Asked, value: Decimal, expected: Decimal) -> tuple[Scale, Decimal | None]:
    if asked.method in (Method.CUMULATIVE, Method.BUDGET):
        gap = _gap(value, expected)
        scale = Scale.TWO_SIDED if asked.method is Method.BUDGET else Scale.RATIO
        return scale, None if gap is None else rounded(ONE + gap)
    if asked.method is Method.LINE and asked.runs_to_target and asked.baseline is not None:
        return Scale.RATIO, divided(value - asked.baseline, expected - asked.baseline)
    gap = _gap(value, expected)
    return Scale.GAP, -gap if gap is not None and asked.less_is_better else gap


def divided(numerator: Decimal, denominator: Decimal) -> Decimal | None:
    """The quotient to 20 significant digits; None where the denominator is zero."""
    return rounded(numerator / denominator) if denominator else None


def _gap(value: Decimal, expected: Decimal) -> Decimal | None:
    return divided(value - expected, abs(expected))


def _share_inside(periods: tuple[JudgedPeriod, ...], required_share: Decimal) -> Decimal | None:
    if not periods or not required_share:
        return None
    inside = sum(period.inside for period in periods)
    return rounded(Decimal(inside) / (len(periods) * required_share))


def _progress(asked: Asked, value: Decimal | None) -> Decimal | None:
    """v / T for a sum of the span, (v − b) / (T − b) for the rest; None without a way to go."""
    if value is None:
        return None
    if asked.method in _FROM_ZERO:
        return divided(value, asked.target)
    if asked.baseline is None:
        return None if asked.less_is_better else divided(value, asked.target)
    return divided(value - asked.baseline, asked.target - asked.baseline)


def _attainment(asked: Asked, value: Decimal | None) -> Decimal | None:
    """Progress where there is a way to go; for the value of a whole span 1 + its gap."""
    if value is None or asked.method is not Method.WHOLE:
        return _progress(asked, value)
    gap = _gap(value, asked.target)
    if gap is None:
        return None
    return ONE - gap if asked.less_is_better else ONE + gap
