"""Alerts about a metric's values in words: value, expected, rule, last five points, what drove it.

Everything is made from the alert's evidence, so that an old alert reads as it did.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from accounts import fmt, fmt_dates
from metrics.models import Dimension, DimensionValue, Metric
from metrics.segment_names import segment_name
from metrics.units import Unit
from metrics.why_shown import shown_amount
from objectives.models import Alert
from objectives.rule_wording import AGAINST
from objectives.wording import Text, lang

WHOLE_FROM = 10
_TITLES: Mapping[tuple[str, str], Text] = {
    ("level", "below"): lazy("%(metric)s: %(value)s, under %(compared)s"),
    ("level", "above"): lazy("%(metric)s: %(value)s, over %(compared)s"),
    ("change", "below"): lazy("%(metric)s: a fall to %(value)s (%(change)s)"),
    ("change", "above"): lazy("%(metric)s: a rise to %(value)s (%(change)s)"),
    ("expected_range", "below"): lazy("%(metric)s: %(value)s, below the expected range"),
    ("expected_range", "above"): lazy("%(metric)s: %(value)s, above the expected range"),
    ("drift", "below"): lazy("%(metric)s: drifting down (%(change)s)"),
    ("drift", "above"): lazy("%(metric)s: drifting up (%(change)s)"),
}


@dataclass(frozen=True)
class MetricWords:
    """Title and sentences of an alert about a metric, its figures by name, its last values."""

    title: str
    sentences: list[str]
    figures: list[tuple[str, str]]
    points: list[tuple[str, str]]
    drivers: list[tuple[str, str, str]]


class _Writer:
    """Writes numbers of one metric as they were seen."""

    def __init__(self, alert: Alert, metric: Metric) -> None:
        self.evidence, self.metric = alert.evidence, metric
        self.unit, self.currency = str(metric.definition.unit), alert.workspace.currency

    def value(self, name: str) -> str:
        return self.number(self.evidence.get(name))

    def number(self, value: float | str | None) -> str:
        if value is None:
            return "–"
        number = Decimal(str(value))
        counts = self.metric.definition.unit in (Unit.COUNT, Unit.PEOPLE, Unit.PAGES, Unit.ANSWERS)
        if counts and abs(number) >= WHOLE_FROM:
            number = fmt.rounded(number, 0)
        return fmt.metric_value(number, self.unit, self.currency, lang())

    def change(self) -> str:
        change = self.evidence.get("change")
        if change is None:
            return ""
        number = Decimal(str(change))
        in_points = self.unit == Unit.PERCENT and self.evidence["asks"] == "change"
        return fmt.points(number, lang()) if in_points else fmt.signed_percent(number, lang())

    def amount(self, amount: str, places: int) -> str:
        return shown_amount(Decimal(amount), self.unit, self.currency, places, lang())

    def period(self, start: str | None = None) -> str:
        day = date.fromisoformat(start or self.evidence["start"])
        if self.evidence["grain"] == "day":
            return fmt_dates.date_weekday(day, lang(), year=True)
        return fmt_dates.period_label(day, self.evidence["grain"], lang())


def metric_words_of(alert: Alert) -> MetricWords | None:
    """The words of an alert about a metric; None where the metric is gone."""
    if alert.metric is None:
        return None
    write = _Writer(alert, alert.metric)
    name, evidence = _name(alert), alert.evidence
    facts = {
        "metric": name,
        "value": write.value("value"),
        "compared": write.value("compared"),
        "change": write.change(),
    }
    title = str(_TITLES[evidence["asks"], evidence["side"]]) % facts
    sentences = [
        _SAID[evidence["asks"]](write),
        _chance(evidence),
        drivers_sentence(evidence, write),
        _accepted(evidence, write),
    ]
    return MetricWords(
        title=title,
        sentences=[one for one in sentences if one],
        figures=_figures(write),
        points=[(write.period(start), write.number(value)) for start, value in evidence["points"]],
        drivers=_drivers(evidence, write),
    )


def _name(alert: Alert) -> str:
    name, part = alert.metric.name if alert.metric else "", alert.evidence.get("slice")
    if not part:
        return name
    return _("%(metric)s (%(slice)s)") % {"metric": name, "slice": slice_name(part)}


def slice_name(part: Mapping[str, Any]) -> str:
    """A slice by what was kept of it: shipped channels in the reader's language."""
    if part["dimension"] == Dimension.CAMPAIGN:
        return str(part["label"])
    value = DimensionValue(
        dimension=part["dimension"], key=part["key"], label=part.get("own_label", "")
    )
    found = segment_name(value)
    return str(part["label"]) if found == part["key"] else found


# What is said


def _level(write: _Writer) -> str:
    return _("%(period)s: %(value)s; the rule's level is %(compared)s.") % {
        "period": write.period(),
        "value": write.value("value"),
        "compared": write.value("compared"),
    }


def _change(write: _Writer) -> str:
    evidence = write.evidence
    return _("%(period)s: %(value)s against %(compared)s, %(base)s: %(change)s.") % {
        "period": write.period(),
        "value": write.value("value"),
        "compared": write.value("compared"),
        "base": AGAINST[evidence["grain"]][evidence["against"]],
        "change": write.change(),
    }


def _range(write: _Writer) -> str:
    return _(
        "%(period)s: %(value)s. About %(compared)s was expected; eight in ten such values lie "
        "between %(low)s and %(high)s."
    ) % {
        "period": write.period(),
        "value": write.value("value"),
        "compared": write.value("compared"),
        "low": write.value("low"),
        "high": write.value("high"),
    }


def _drift(write: _Writer) -> str:
    return _(
        "The four weeks to %(day)s: %(value)s a day. The year before, and the growth over it "
        "twelve weeks ago, let expect %(compared)s: %(change)s."
    ) % {
        "day": fmt_dates.date_long(date.fromisoformat(write.evidence["end"]), lang()),
        "value": write.value("value"),
        "compared": write.value("compared"),
        "change": write.change(),
    }


_SAID: Mapping[str, Callable[[_Writer], str]] = {
    "level": _level,
    "change": _change,
    "expected_range": _range,
    "drift": _drift,
}


def _chance(evidence: Mapping[str, Any]) -> str:
    """How rarely chance alone does this, by the errors of the past."""
    chance = evidence.get("chance")
    if not chance or evidence.get("watched") is None:
        return ""
    times = max(int(1 / max(chance, 1e-6)), 1)
    watched = evidence["watched"]
    return ngettext(
        "By chance alone that happens less than once in %(times)s values; %(count)s series is "
        "watched.",
        "By chance alone that happens less than once in %(times)s values; %(count)s series are "
        "watched.",
        watched,
    ) % {"times": fmt.number(_round_down(times), lang(), 0), "count": watched}


def _round_down(times: int) -> int:
    """One digit that counts: 1,237 is 1,000."""
    size = int(10 ** (len(str(times)) - 1))
    return times // size * size


def _accepted(evidence: Mapping[str, Any], write: _Writer) -> str:
    accepted = evidence.get("accepted")
    if not accepted:
        return ""
    return _("Until %(day)s, %(target)s is accepted; this is worse.") % {
        "day": fmt_dates.date_long(date.fromisoformat(accepted["until"]), lang()),
        "target": write.number(accepted["target"]),
    }


def drivers_sentence(evidence: Mapping[str, Any], write: _Writer) -> str:
    """What made up the change against the time it is compared with, adding up to it."""
    drivers = evidence.get("drivers")
    if not drivers:
        return ""
    parts = ", ".join(
        _("%(name)s %(amount)s") % {"name": name, "amount": amount}
        for name, amount, _detail in _drivers(evidence, write)
    )
    first, last = (date.fromisoformat(day) for day in drivers["then"])
    then = fmt_dates.date_range(first, last, lang())
    return _("Since %(then)s: %(change)s, of which %(parts)s.") % {
        "then": then,
        "change": write.amount(drivers["change"], drivers["places"]),
        "parts": parts,
    }


def _drivers(evidence: Mapping[str, Any], write: _Writer) -> list[tuple[str, str, str]]:
    """Each part with its amount, and for rates the effects of mix and of its own rate."""
    drivers = evidence.get("drivers")
    if not drivers:
        return []
    places = drivers["places"]
    rows = [
        (slice_name(part), write.amount(part["amount"], places), _effects(part, write, places))
        for part in drivers["parts"]
    ]
    if drivers.get("others") is not None:
        name = ngettext("%(count)s other", "%(count)s others", drivers["others_count"])
        amount = write.amount(drivers["others"], places)
        rows.append((name % {"count": drivers["others_count"]}, amount, ""))
    return rows


def _effects(part: Mapping[str, Any], write: _Writer, places: int) -> str:
    if part.get("mix") is None or part.get("rate") is None:
        return ""
    return _("mix %(mix)s, own rate %(rate)s") % {
        "mix": write.amount(part["mix"], places),
        "rate": write.amount(part["rate"], places),
    }


def _figures(write: _Writer) -> list[tuple[str, str]]:
    labels = {
        "level": _("Level"),
        "change": _("Compared with"),
        "expected_range": _("Expected"),
        "drift": _("Expected"),
    }
    data_date = date.fromisoformat(write.evidence["data_date"])
    return [
        (_("Value"), write.value("value")),
        (labels[write.evidence["asks"]], write.value("compared")),
        (_("Figures to"), fmt_dates.date_long(data_date, lang())),
    ]
