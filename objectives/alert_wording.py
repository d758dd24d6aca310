"""An alert in words, in the active language: what page, bell and mail say of it alike.

Everything is made from the alert's evidence, so that an old alert reads as it did.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from accounts import fmt, fmt_dates
from objectives.explanation import explanation
from objectives.metric_wording import metric_words_of
from objectives.models import Alert, Objective
from objectives.presentation import is_in_points, value_format
from objectives.wording import Facts, Text, badge, gap_sentence, lang, needed_sentence

SEVERITY_ICONS: Mapping[str, str] = {"off": "✕", "risk": "▲", "info": "★"}
SEVERITY_TONES: Mapping[str, str] = {"off": "off", "risk": "risk", "info": "done"}
_FIGURES: Mapping[str, Text] = {
    "value": lazy("Value"),
    "expected": lazy("Plan"),
    "target": lazy("Target"),
}


@dataclass(frozen=True)
class Figure:
    """One number of an alert, written out."""

    name: str
    text: str


@dataclass(frozen=True)
class AlertText:
    """What an alert says: a title in one line, sentences, figures, and where to look (a path)."""

    title: str
    sentences: tuple[str, ...]
    figures: tuple[Figure, ...]
    path: str
    icon: str
    tone: str


def alert_text(alert: Alert) -> AlertText:
    """The words of an alert in the active language."""
    title, sentences, figures, path = _TEXTS[alert.kind](alert)
    return AlertText(
        title=title,
        sentences=tuple(sentence for sentence in sentences if sentence),
        figures=tuple(figures),
        path=f"/w/{alert.workspace.slug}/{path}",
        icon=SEVERITY_ICONS[alert.severity],
        tone=SEVERITY_TONES[alert.severity],
    )


Parts = tuple[str, list[str], list[Figure], str]


def _of_objective(alert: Alert) -> Parts:
    objective, evidence = alert.objective, alert.evidence
    if objective is None:
        return alert.get_kind_display(), [], [], "objectives/"
    params, write = evidence["params"], value_format(objective, lang())
    title = _("%(status)s: %(statement)s") % {
        "status": badge(evidence["status"], params).word,
        "statement": objective.statement,
    }
    sentences = [
        explanation(evidence["rule"], params, write),
        _sentence(gap_sentence(params, write, in_points=is_in_points(objective))),
        _sentence(needed_sentence(params, write)),
        _accepted(alert, objective),
    ]
    return title, sentences, _figures(params, objective), f"objectives/{objective.public_id}/"


def _accepted(alert: Alert, objective: Objective) -> str:
    """The weaker target that holds for now, and that even this is not met."""
    accepted = alert.evidence.get("accepted")
    if not accepted:
        return ""
    write = value_format(objective, lang())
    return _("Until %(day)s a target of %(target)s is accepted; this is worse.") % {
        "day": fmt_dates.date_long(date.fromisoformat(accepted["until"]), lang()),
        "target": write(Decimal(accepted["target"])),
    }


def _sentence(text: str) -> str:
    return f"{text}." if text else ""


def _figures(params: Mapping[str, str | int | None], objective: Objective) -> list[Figure]:
    facts, write = Facts(params), value_format(objective, lang())
    known = ((label, facts.number(name)) for name, label in _FIGURES.items())
    figures = [
        Figure(str(label), write(Decimal(value))) for label, value in known if value is not None
    ]
    if facts.text("data_date"):
        figures.append(Figure(_("Figures to"), facts.day("data_date")))
    return figures


def _of_feed(alert: Alert) -> Parts:
    name = alert.feed.name if alert.feed else ""
    title = _("Late figures: %(feed)s") % {"feed": name}
    days, last = alert.evidence["days_late"], alert.evidence["last_day"]
    late = ngettext(
        "New figures of %(feed)s are %(count)s day late.",
        "New figures of %(feed)s are %(count)s days late.",
        days,
    ) % {"feed": name, "count": days}
    known = ""
    if last:
        day = fmt_dates.date_long(date.fromisoformat(last), lang())
        known = _("The last ones are of %(day)s. Import or enter the days since.") % {"day": day}
    return title, [late, known], [], "data/"


def _of_files(alert: Alert) -> Parts:
    name, files = alert.feed.name if alert.feed else "", alert.evidence["files"]
    refused = ngettext(
        "%(count)s file in the folder of %(feed)s was not imported: %(file)s.",
        "%(count)s files in the folder of %(feed)s were not imported, the newest: %(file)s.",
        files,
    ) % {"count": files, "feed": name, "file": alert.evidence["newest"]}
    mend = _("Mend it on the page of imports, or say there that it needs nothing more.")
    return _("Refused file: %(feed)s") % {"feed": name}, [refused, mend], [], "imports/"


def _of_night(alert: Alert) -> Parts:
    sentences = [
        _("Last night's calculation has not finished. Earlier results stay shown."),
        _("The reason: %(error)s") % {"error": alert.evidence["error"]},
    ]
    return _("The calculation failed"), sentences, [], "settings/calculations/"


def _of_metric(alert: Alert) -> Parts:
    words = metric_words_of(alert)
    if words is None or alert.metric is None:
        return alert.get_kind_display(), [], [], "alerts/"
    figures = [Figure(name, text) for name, text in words.figures]
    return words.title, words.sentences, figures, f"metrics/{alert.metric.key}/"


def _of_budget(alert: Alert) -> Parts:
    evidence, currency = alert.evidence, alert.workspace.currency
    facts = {
        "campaign": evidence["campaign"],
        "spent": fmt.money(Decimal(evidence["spent"]), currency, lang()),
        "budget": fmt.money(Decimal(evidence["budget"]), currency, lang()),
        "share": fmt.percent(Decimal(evidence["spent"]) / Decimal(evidence["budget"]), lang(), 0),
        "time": fmt.percent(Decimal(evidence["time"]), lang(), 0),
    }
    if evidence["is_spent"]:
        title = _("%(campaign)s: the budget is spent") % facts
    else:
        title = _("%(campaign)s: the budget goes too fast") % facts
    sentence = (
        _("%(spent)s of %(budget)s are spent (%(share)s), with %(time)s of the time over.") % facts
    )
    day = fmt_dates.date_long(date.fromisoformat(evidence["data_date"]), lang())
    figures = [
        Figure(_("Spent"), facts["spent"]),
        Figure(_("Budget"), facts["budget"]),
        Figure(_("Figures to"), day),
    ]
    return title, [sentence], figures, "campaigns/"


_TEXTS: Mapping[str, Callable[[Alert], Parts]] = {
    Alert.Kind.LEVEL: _of_metric,
    Alert.Kind.CHANGE: _of_metric,
    Alert.Kind.EXPECTED: _of_metric,
    Alert.Kind.DRIFT: _of_metric,
    Alert.Kind.BUDGET: _of_budget,
    Alert.Kind.OBJECTIVE_STATUS: _of_objective,
    Alert.Kind.FEED_LATE: _of_feed,
    Alert.Kind.FILE_REFUSED: _of_files,
    Alert.Kind.NIGHT_FAILED: _of_night,
}
