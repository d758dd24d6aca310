"""An alert rule in words, in the active language: one sentence says when, others say what then."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from accounts import fmt
from metrics.models import Metric
from metrics.segment_names import segment_name
from metrics.units import Unit
from objectives.causes import OVER_PACE, WORRYING
from objectives.discoveries import WEEKLY_BOUND
from objectives.models import AlertRule
from objectives.watching import side_of
from objectives.wording import Text, lang, status_name

Kind, Side = AlertRule.Kind, AlertRule.Side
IN_PERIOD: Mapping[str, Text] = {
    "auto": "",
    "day": lazy("in a day"),
    "week": lazy("in a week"),
    "month": lazy("in a month"),
    "quarter": lazy("in a quarter"),
}
AGAINST: Mapping[str, Mapping[str, Text]] = {
    "day": {
        "previous": lazy("the same weekday a week before"),
        "year": lazy("the same weekday a year before"),
        "smoothed": lazy("the mean of 7 days"),
    },
    "week": {
        "previous": lazy("the week before"),
        "year": lazy("the same week a year before"),
        "smoothed": lazy("the mean of 4 weeks"),
    },
    "month": {
        "previous": lazy("the month before"),
        "year": lazy("the same month a year before"),
        "smoothed": lazy("the mean of 3 months"),
    },
    "quarter": {
        "previous": lazy("the quarter before"),
        "year": lazy("the same quarter a year before"),
        "smoothed": lazy("the mean of 3 quarters"),
    },
    "auto": {
        "previous": lazy("the period before"),
        "year": lazy("the same period a year before"),
        "smoothed": lazy("its smoothed mean"),
    },
}
_LEVELS: Mapping[str, Text] = {
    Side.BELOW: lazy("%(metric)s: less than %(level)s"),
    Side.ABOVE: lazy("%(metric)s: more than %(level)s"),
}
_CHANGES: Mapping[str, Text] = {
    Side.BELOW: lazy("%(metric)s: a fall of more than %(size)s against %(base)s"),
    Side.ABOVE: lazy("%(metric)s: a rise of more than %(size)s against %(base)s"),
    Side.EITHER: lazy("%(metric)s: a change of more than %(size)s against %(base)s"),
}
_RANGES: Mapping[str, Text] = {
    Side.BELOW: lazy("%(metric)s: far below what is expected"),
    Side.ABOVE: lazy("%(metric)s: far above what is expected"),
    Side.EITHER: lazy("%(metric)s: far from what is expected"),
}
_GOLDEN_RANGES: Mapping[str, Text] = {
    Side.BAD: lazy("A golden KPI, or a figure behind it: far worse than expected"),
    Side.BELOW: lazy("A golden KPI, or a figure behind it: far below what is expected"),
    Side.ABOVE: lazy("A golden KPI, or a figure behind it: far above what is expected"),
    Side.EITHER: lazy("A golden KPI, or a figure behind it: far from what is expected"),
}
_TOLD: Mapping[str, Text] = {
    "concerned": lazy("Tells whom it concerns."),
    "author": lazy("Tells who wrote the rule."),
    "everybody": lazy("Tells everybody who wants alerts."),
    "nobody": lazy("Tells nobody: only the page shows it."),
}
_LOUD: Mapping[str, Text] = {
    "off": lazy("Opens an urgent alert."),
    "risk": lazy("Opens a warning."),
    "info": lazy("Opens a note."),
}


def rule_sentence(rule: AlertRule) -> str:
    """When the rule opens an alert, in one sentence."""
    text = _SENTENCES[rule.kind](rule)
    period = str(IN_PERIOD[rule.grain]) if rule.kind in _BY_PERIOD else ""
    if period:
        return _("%(sentence)s, %(in_period)s.") % {"sentence": text, "in_period": period}
    return _("%(sentence)s.") % {"sentence": text}


def rule_notes(rule: AlertRule) -> list[str]:
    """What then, and what keeps it silent."""
    notes = [str(_LOUD[rule.severity]), str(_TOLD[rule.told])]
    if rule.kind in (Kind.CHANGE, Kind.EXPECTED):
        small = ngettext(
            "Silent on fewer than %(count)s event.",
            "Silent on fewer than %(count)s events.",
            rule.minimum_volume,
        )
        notes.append(small % {"count": fmt.number(rule.minimum_volume, lang(), 0)})
    if rule.kind in (Kind.EXPECTED, Kind.DRIFT):
        notes.append(bound_sentence())
    return notes


def bound_sentence() -> str:
    """How many false alerts of expected ranges a week may bring."""
    share = fmt.percent(Decimal(str(WEEKLY_BOUND)), lang())
    return _(
        "All ranges together: in a week in which nothing happened, the chance of any alert of "
        "theirs is at most %(share)s."
    ) % {"share": share}


def metric_words(rule: AlertRule, metric: Metric | None = None) -> str:
    """The metric and its slice."""
    metric = metric or rule.metric
    name = metric.name if metric else ""
    part = slice_words(rule)
    return _("%(metric)s (%(slice)s)") % {"metric": name, "slice": part} if part else name


def slice_words(rule: AlertRule) -> str:
    """The slice that the rule is about; nothing for everything."""
    if rule.campaign is not None:
        return rule.campaign.name
    return segment_name(rule.segment) if rule.segment is not None else ""


def size_words(size: Decimal, *, in_points: bool) -> str:
    """By how much: a share, or points for rates."""
    if in_points:
        return fmt.points(size, lang()).lstrip("+")
    return fmt.percent(size, lang())


def _of_status(rule: AlertRule) -> str:
    chosen = rule.statuses or list(WORRYING)
    names = ", ".join(status_name(status).lower() for status in chosen)
    if rule.objective is None:
        return _("The status of an objective becomes one of: %(statuses)s") % {"statuses": names}
    return _("The status of “%(objective)s” becomes one of: %(statuses)s") % {
        "objective": rule.objective.statement,
        "statuses": names,
    }


def _of_achieved(rule: AlertRule) -> str:
    if rule.objective is None:
        return _("An objective is achieved")
    return _("“%(objective)s” is achieved") % {"objective": rule.objective.statement}


def _of_feed(rule: AlertRule) -> str:
    days = int(rule.limit)
    if rule.feed is None and not days:
        return _("The figures of a feed are late")
    if rule.feed is None:
        return ngettext(
            "The figures of a feed are more than %(count)s day late",
            "The figures of a feed are more than %(count)s days late",
            days,
        ) % {"count": days}
    if not days:
        return _("The figures of %(feed)s are late") % {"feed": rule.feed.name}
    return ngettext(
        "The figures of %(feed)s are more than %(count)s day late",
        "The figures of %(feed)s are more than %(count)s days late",
        days,
    ) % {"feed": rule.feed.name, "count": days}


def _of_budget(rule: AlertRule) -> str:
    over = fmt.percent(OVER_PACE if rule.threshold is None else rule.threshold, lang())
    if rule.campaign is None:
        return _("A campaign's budget is spent, or more than %(share)s over its pace") % {
            "share": over
        }
    return _("The budget of %(campaign)s is spent, or more than %(share)s over its pace") % {
        "campaign": rule.campaign.name,
        "share": over,
    }


def _side(rule: AlertRule) -> str:
    return str(side_of(rule, rule.metric.definition)) if rule.metric else rule.side


def _of_level(rule: AlertRule) -> str:
    side = Side.ABOVE if _side(rule) == Side.ABOVE else Side.BELOW
    unit = str(rule.metric.definition.unit) if rule.metric else "count"
    level = fmt.metric_value(rule.limit, unit, rule.workspace.currency, lang())
    return str(_LEVELS[side]) % {"metric": metric_words(rule), "level": level}


def _of_change(rule: AlertRule) -> str:
    in_points = rule.metric is not None and rule.metric.definition.unit is Unit.PERCENT
    return str(_CHANGES[_side(rule)]) % {
        "metric": metric_words(rule),
        "size": size_words(rule.limit, in_points=in_points),
        "base": AGAINST[rule.grain][rule.comparison],
    }


def _of_range(rule: AlertRule) -> str:
    if rule.metric is None:
        return str(_GOLDEN_RANGES[rule.side])
    return str(_RANGES[_side(rule)]) % {"metric": metric_words(rule)}


def _of_drift(rule: AlertRule) -> str:
    if rule.metric is None:
        return _("A golden KPI, or a figure behind it, drifts away from the year before")
    return _("%(metric)s drifts away from the year before") % {"metric": metric_words(rule)}


_BY_PERIOD = (Kind.LEVEL, Kind.CHANGE, Kind.EXPECTED)
_SENTENCES: Mapping[str, Callable[[AlertRule], str]] = {
    Kind.STATUS: _of_status,
    Kind.ACHIEVED: _of_achieved,
    Kind.FEED_LATE: _of_feed,
    Kind.BUDGET: _of_budget,
    Kind.LEVEL: _of_level,
    Kind.CHANGE: _of_change,
    Kind.EXPECTED: _of_range,
    Kind.DRIFT: _of_drift,
}
