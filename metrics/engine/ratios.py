"""Formulas that divide one metric by another, all of them at once: most formulas do just that."""

from collections.abc import Mapping, Sequence

import numpy as np

from metrics.derive import Formula
from metrics.engine.bases import Shown
from metrics.engine.cubes import Bools, Ints, State, States
from metrics.engine.exact import Ratio, Whole
from metrics.engine.quotients import Digits, fits, quotients
from metrics.formula_nodes import Binary, Value


def is_ratio(formula: Formula, shown: Mapping[str, Shown]) -> bool:
    """Whether a formula divides one by another metric of the same row, both whole numbers."""
    if formula.key in shown or formula.whole_only or formula.shifted:
        return False
    match formula.node:
        case Binary("/", Value(over), Value(under)):
            over_most, under_most = (_most(shown.get(one.metric)) for one in (over, under))
            return fits(over_most, under_most)
    return False


UNKNOWN = 1 << 70
"""More than any number that can be divided here."""


def _most(shown: Shown | None) -> int:
    """No number of a metric is larger; that of another than whole numbers may be anything."""
    if shown is None:
        return 0
    if shown.exact is not None or shown.weights is not None or not isinstance(shown.kept, Whole):
        return UNKNOWN
    return shown.kept.most


def divided(
    formulas: Sequence[Formula], shown: Mapping[str, Shown], asked: Bools
) -> dict[str, Shown]:
    """What these formulas come to where each is asked: [formula, cell]."""
    nothing = Shown.empty(asked.shape[1])
    overs = [shown.get(one.plain[0], nothing) for one in formulas]
    unders = [shown.get(one.plain[-1], nothing) for one in formulas]
    over, under = _cells(overs), _cells(unders)
    scale = np.array([_scale(b) - _scale(a) for a, b in zip(overs, unders, strict=True)], np.int64)
    has_over = np.stack([one.known for one in overs])
    has_under = np.stack([one.known for one in unders])
    both = has_over & has_under & asked
    zero = both & (under == 0)
    known = both & ~zero
    reason = _reason(overs, has_over)
    reason = np.where(reason != 0, reason, _reason(unders, has_under))
    reason = np.where((reason == 0) & zero, np.uint8(State.ZERO_DENOMINATOR), reason)
    reason = np.where(asked & ~known & (reason != State.NO_DATA), reason, np.uint8(0))
    unsure = np.stack([one.unsure for one in overs]) | np.stack([one.unsure for one in unders])
    mantissa, exponent = np.zeros(known.shape, np.int64), np.zeros(known.shape, np.int16)
    which, cell = np.divmod(np.flatnonzero(known), known.shape[1])
    digits = quotients(over[which, cell], under[which, cell], scale[which])
    mantissa[which, cell], exponent[which, cell] = digits.mantissa, digits.exponent
    under = np.where(known, under, 1)
    return {
        one.key: Shown(
            Digits(mantissa[n], exponent[n]),
            known[n],
            reason[n],
            unsure[n] & known[n],
            Ratio(Whole(over[n], _scale(overs[n])), Whole(under[n], _scale(unders[n]))),
        )
        for n, one in enumerate(formulas)
    }


def _cells(several: Sequence[Shown]) -> Ints:
    return np.stack([one.kept.cells for one in several if isinstance(one.kept, Whole)])


def _scale(shown: Shown) -> int:
    return shown.kept.scale if isinstance(shown.kept, Whole) else 0


def _reason(several: Sequence[Shown], known: Bools) -> States:
    """Why each has no value; that nothing is known is a reason too."""
    reason = np.stack([one.reason for one in several])
    reason = np.where(reason == 0, np.uint8(State.NO_DATA), reason)
    return np.where(known, np.uint8(0), reason)
