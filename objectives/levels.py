"""What the pace says: thresholds, hysteresis and small numbers. Standard library only; no clock."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from objectives.judgement import Counts, Inputs, Previous, Status, Thresholds
from objectives.measure import Measured, Rollup, Scale

# The two-sided 90 % quantile of the normal distribution.
Z_90 = Decimal("1.6448536269514722")

RANK: Mapping[Status, int] = MappingProxyType(
    {Status.OFF_TRACK: 0, Status.AT_RISK: 1, Status.ON_TRACK: 2}
)
"""The statuses that pace decides, worst first."""


def level(
    inputs: Inputs, numbers: Measured, limits: Thresholds, margin: Decimal = Decimal(0)
) -> Status:
    """What r says by the limits, each passed by the margin."""
    if numbers.ratio is None:
        met = inputs.value is not None and inputs.asked.met_by(inputs.value)
        return Status.ON_TRACK if met else Status.OFF_TRACK
    on_pace, at_risk = limits_of(numbers.scale, limits)
    reading = numbers.ratio
    if numbers.scale is Scale.TWO_SIDED:
        reading, on_pace, at_risk = -abs(reading - 1), -on_pace, -at_risk
    if reading >= on_pace + margin:
        return Status.ON_TRACK
    return Status.AT_RISK if reading >= at_risk + margin else Status.OFF_TRACK


def limits_of(scale: Scale, limits: Thresholds) -> tuple[Decimal, Decimal]:
    """The limits of on track and of at risk; for a two-sided scale, distances from 1."""
    if scale is Scale.GAP:
        return limits.gap_on_pace, limits.gap_at_risk
    if scale is Scale.TWO_SIDED:
        return limits.budget_on_pace, limits.budget_at_risk
    return limits.on_pace, limits.at_risk


def small_numbers(inputs: Inputs, numbers: Measured) -> int | None:
    """The number of trials where they are too few to tell the rate from the expected one."""
    counts, expected = inputs.counts, numbers.expected
    if counts is None or expected is None or inputs.asked.rollup is not Rollup.RATE:
        return None
    interval = wilson(counts)
    if interval is None or not interval[0] <= expected <= interval[1]:
        return None
    return counts.trials


def wilson(counts: Counts) -> tuple[Decimal, Decimal] | None:
    """The 90 % Wilson score interval of a proportion; None where the counts are not one's."""
    n, k = Decimal(counts.trials), Decimal(counts.successes)
    if n <= 0 or not 0 <= k <= n:
        return None
    p, z2 = k / n, Z_90 * Z_90
    middle = p + z2 / (2 * n)
    reach = Z_90 * (p * (1 - p) / n + z2 / (4 * n * n)).sqrt()
    return (middle - reach) / (1 + z2 / n), (middle + reach) / (1 + z2 / n)


def steadied(inputs: Inputs, numbers: Measured, limits: Thresholds, paced: Status) -> Status:
    """Hysteresis: worse at once; better where r clears the limit or has held for two data dates."""
    previous = inputs.previous
    if previous is None or previous.shown_status not in RANK:
        return paced
    before = previous.shown_status
    sure = level(inputs, numbers, limits, limits.improve_by)
    lasting = previous.pace_status if _is_newer(inputs, previous) else None
    allowed = max(sure, lasting or Status.OFF_TRACK, before, key=RANK.__getitem__)
    return min(paced, allowed, key=RANK.__getitem__)


def _is_newer(inputs: Inputs, previous: Previous) -> bool:
    judged = inputs.judged_on
    return judged is not None and previous.data_date is not None and judged > previous.data_date
