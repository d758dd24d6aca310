"""How a metric adds up, and why a period has no value, as sentences for pages."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from metrics.calculation import NO_DATA, TOO_LARGE, ZERO_DENOMINATOR
from metrics.catalogue.definition import Rollup
from metrics.periods import Grain
from metrics.rollup import NOT_ADDITIVE, STALE
from metrics.rules import CARRY

RULES: Mapping[Rollup, Promise] = MappingProxyType(
    {
        Rollup.SUM: lazy("A period is the sum of its days."),
        Rollup.LAST: lazy(
            "A period has the last value known on or before its last day, for at most %(days)s "
            "days. It is never added up."
        ),
        Rollup.UNIQUE: lazy(
            "A person who comes twice counts once, so a period has a value only where one was "
            "given for exactly this period. Days are never added up."
        ),
        Rollup.WEIGHTED_MEAN: lazy(
            "A period is the mean of its values, each weighted by how much it stands for."
        ),
        Rollup.FORMULA: lazy(
            "A period is calculated from its own values, never as a mean of its days."
        ),
    }
)
GRAINS: Mapping[Grain, Promise] = MappingProxyType(
    {
        Grain.DAY: lazy("by day"),
        Grain.WEEK: lazy("by week"),
        Grain.MONTH: lazy("by month"),
        Grain.QUARTER: lazy("by quarter"),
        Grain.YEAR: lazy("by year"),
    }
)


def rule_sentence(rollup: Rollup) -> str:
    """How the metric's periods come from its days."""
    return str(RULES[rollup]) % {"days": CARRY.days}


def reason_sentence(reason: str | None, grain: Grain) -> str:
    """Why a period has no value; empty where it has one."""
    if reason is None:
        return ""
    if reason == NOT_ADDITIVE:
        return _(
            "Not available %(grain)s: it counts people, who cannot be added up from shorter "
            "periods, and no value was given for exactly this one."
        ) % {"grain": GRAINS[grain]}
    sentences = {
        NO_DATA: _("No figures."),
        ZERO_DENOMINATOR: _("Nothing to divide by."),
        TOO_LARGE: _("The result is too large to be kept."),
        STALE: _("The last value is more than %(days)s days old, too old to stand for this period.")
        % {"days": CARRY.days},
    }
    return sentences.get(reason, "")
