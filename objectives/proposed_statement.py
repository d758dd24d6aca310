"""A sentence for an objective that has everything but one."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as lazy

from accounts import fmt, fmt_dates
from metrics.catalogue.packs import PACKS
from objectives.models import Objective
from objectives.presentation import value_format
from objectives.wording import Text, lang

_SENTENCES: Mapping[str, Text] = {
    "reach": lazy("%(metric)s: reach %(target)s by %(end)s"),
    "reduce": lazy("%(metric)s: bring down to %(target)s by %(end)s"),
    "above": lazy("%(metric)s: stay at %(target)s or above until %(end)s"),
    "below": lazy("%(metric)s: stay at %(target)s or below until %(end)s"),
    "between": lazy("%(metric)s: stay between %(target)s and %(high)s until %(end)s"),
    "ceiling": lazy("%(metric)s: spend at most %(target)s until %(end)s"),
}


def proposed_statement(objective: Objective) -> str:
    """What the objective says in one sentence; empty while metric, target or end are missing."""
    if objective.metric is None or objective.target is None or objective.end is None:
        return ""
    write, high = value_format(objective, lang()), objective.target_high
    pattern = _pattern(objective)
    if pattern:
        return pattern.format(
            target=write(objective.target),
            baseline=write(objective.baseline) if objective.baseline is not None else "",
            start=fmt_dates.date_long(objective.start, lang()) if objective.start else "",
            end=fmt_dates.date_long(objective.end, lang()),
        )
    words = {
        "metric": objective.metric.name,
        "target": write(objective.target),
        "high": fmt.MISSING if high is None else write(high),
        "end": fmt_dates.date_long(objective.end, lang()),
    }
    return str(_SENTENCES[objective.kind]) % words


def _pattern(objective: Objective) -> str:
    """The sentence of a pack for this metric and kind, if all that it names is there."""
    assert objective.metric is not None
    is_everything = not (objective.channel or objective.device or objective.campaign)
    for pack in PACKS:
        for one in pack.objectives:
            if is_everything and (one.metric, one.kind) == (objective.metric.key, objective.kind):
                pattern = one.statement(lang())
                lacks_baseline = objective.baseline is None and "{baseline}" in pattern
                lacks_start = objective.start is None and "{start}" in pattern
                return "" if lacks_baseline or lacks_start else pattern
    return ""
