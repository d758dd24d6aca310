"""A stored result in words: badge, headline, gap, what is needed.

Every text is made from the rule's code and parameters as `objectives.status` wrote them, so that
badge, headline and explanation (`objectives.explanation`) cannot disagree and an old page can be
explained later. Texts are in the active language. `format_value` writes a value in the metric's
unit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts import fmt, fmt_dates
from objectives.judgement import Param, Status
from objectives.measure import Method

Format = Callable[[Decimal], str]
Params = Mapping[str, Param]
Text = str | Promise

STATUS_NAMES: Mapping[str, Text] = {
    "draft": lazy("Draft"),
    "not_started": lazy("Not started"),
    "too_early": lazy("Too early to tell"),
    "on_track": lazy("On track"),
    "at_risk": lazy("At risk"),
    "off_track": lazy("Off track"),
    "achieved": lazy("Achieved"),
    "missed": lazy("Missed"),
    "waiting": lazy("Waiting for the last figures"),
    "no_data": lazy("No recent data"),
    "paused": pgettext_lazy("objective", "Paused"),
    "cancelled": pgettext_lazy("objective", "Cancelled"),
    "failed": lazy("Could not be calculated"),
}
STATUS_ICONS: Mapping[str, str] = {
    "draft": "○",
    "not_started": "○",
    "too_early": "–",
    "on_track": "✓",
    "at_risk": "▲",
    "off_track": "✕",
    "achieved": "★",
    "missed": "✕",
    "waiting": "…",
    "no_data": "…",
    "paused": "‖",
    "cancelled": "×",
    "failed": "!",
}
STATUS_TONES: Mapping[str, str] = {
    "on_track": "on",
    "at_risk": "risk",
    "off_track": "off",
    "missed": "off",
    "achieved": "done",
}


@dataclass(frozen=True)
class Badge:
    """A status as icon, word and tone (on, risk, off, done or quiet)."""

    icon: str
    word: str
    tone: str


@dataclass(frozen=True)
class Facts:
    """The parameters of a rule, read back by type; what was left out is None."""

    params: Params

    def number(self, name: str) -> Decimal | None:
        """A decimal."""
        fact = self.params.get(name)
        return None if fact is None else Decimal(fact)

    def text(self, name: str) -> str:
        """A word; empty where left out."""
        return str(self.params.get(name, ""))

    def count(self, name: str) -> int:
        """A whole number; zero where left out."""
        return int(self.params.get(name) or 0)

    def day(self, name: str) -> str:
        """A date as the active language writes it; empty where left out."""
        text = self.text(name)
        return fmt_dates.date_long(date.fromisoformat(text), lang()) if text else ""


def lang() -> str:
    """The active language."""
    return get_language() or "en"


def status_name(status: str) -> str:
    """The status in one or a few words."""
    return str(STATUS_NAMES[status])


def badge(status: str, params: Params | None = None) -> Badge:
    """The badge of a status; a missed objective's says how much was reached."""
    word, reached = status_name(status), Facts(params or {}).number("attainment")
    is_overspent = (params or {}).get("method") in (Method.BUDGET, Method.LIMIT)
    is_own = not is_overspent and "weakest_child" not in (params or {})
    if status == Status.MISSED and reached is not None and is_own:
        word = _("Missed (%(share)s reached)") % {"share": _whole(reached)}
    return Badge(STATUS_ICONS[status], word, STATUS_TONES.get(status, "quiet"))


def _whole(fraction: Decimal) -> str:
    return fmt.percent(fraction, lang(), 0)


# --- Headline and gap -------------------------------------------------------------------------

_HEADLINES: Mapping[str, Text] = {
    "draft": lazy("%(metric)s: draft"),
    "not_started": lazy("%(metric)s: not started yet"),
    "too_early": lazy("%(metric)s: too early to tell"),
    "achieved": lazy("%(metric)s: target reached"),
    "missed": lazy("%(metric)s: target missed"),
    "waiting": lazy("%(metric)s: waiting for the last figures"),
    "no_data": lazy("%(metric)s: no recent data"),
    "paused": lazy("%(metric)s: objective paused"),
    "cancelled": lazy("%(metric)s: objective cancelled"),
    "failed": lazy("%(metric)s: could not be calculated"),
}
# By side of the plan and by whether the English name is plural.
_PACED: Mapping[tuple[str, bool], Text] = {
    ("behind", True): lazy("%(metric)s are %(gap)s behind plan"),
    ("behind", False): lazy("%(metric)s is %(gap)s behind plan"),
    ("ahead", True): lazy("%(metric)s are %(gap)s ahead of plan"),
    ("ahead", False): lazy("%(metric)s is %(gap)s ahead of plan"),
    ("above", True): lazy("%(metric)s are %(gap)s above plan"),
    ("above", False): lazy("%(metric)s is %(gap)s above plan"),
    ("below", True): lazy("%(metric)s are %(gap)s below plan"),
    ("below", False): lazy("%(metric)s is %(gap)s below plan"),
    ("on", True): lazy("%(metric)s are on plan"),
    ("on", False): lazy("%(metric)s is on plan"),
}
_GAPS: Mapping[str, Text] = {
    "behind": lazy("%(gap)s behind plan"),
    "ahead": lazy("%(gap)s ahead of plan"),
    "above": lazy("%(gap)s above plan"),
    "below": lazy("%(gap)s below plan"),
    "on": lazy("On plan"),
}
# By what is needed and by whether it is told by the week.
_NEEDS: Mapping[tuple[str, bool], Text] = {
    ("grow", True): lazy("Needs %(amount)s a week to get there"),
    ("grow", False): lazy("Needs %(amount)s a day to get there"),
    ("fall", True): lazy("Has to fall by %(amount)s a week to get there"),
    ("fall", False): lazy("Has to fall by %(amount)s a day to get there"),
    ("spend", True): lazy("%(amount)s a week left to spend"),
    ("spend", False): lazy("%(amount)s a day left to spend"),
}
WEEKLY_FROM_DAYS = 14


def headline(
    metric: str,
    status: str,
    params: Params,
    format_value: Format,
    *,
    in_points: bool = False,
    plural: bool | None = None,
) -> str:
    """A sentence of ten words at most for a chart's title: "MQLs are 30% behind plan".

    `in_points` says that the metric is a rate, whose gap is shown in percentage points. `plural`
    settles the verb where the metric's name is not told by its ending.
    """
    facts = Facts(params)
    if facts.text("weakest_child"):
        return _("%(metric)s: as its weakest child objective") % {"metric": metric}
    if status in _HEADLINES:
        return str(_HEADLINES[status]) % {"metric": metric}
    if facts.text("method") == Method.PERIODS:
        return _periods_headline(metric, facts)
    many = is_plural(metric) if plural is None else plural
    gap = _relative_gap(facts, format_value, in_points)
    side = _side(facts) if gap else "on"
    return str(_PACED[side, many]) % {"metric": metric, "gap": gap}


def _periods_headline(metric: str, facts: Facts) -> str:
    return ngettext(
        "%(metric)s: %(inside)s of %(count)s period inside the limits",
        "%(metric)s: %(inside)s of %(count)s periods inside the limits",
        facts.count("periods"),
    ) % {
        "metric": metric,
        "inside": facts.count("periods_inside"),
        "count": facts.count("periods"),
    }


def is_plural(metric: str) -> bool:
    """Whether an English name reads as a plural: "Leads from social" does, "Cost per lead" not."""
    head = metric
    for joint in (" per ", " from ", " of ", " by ", " on ", " at ", " (", ","):
        head = head.partition(joint)[0]
    return head.endswith("s") and not head.endswith(("ss", "us", "is"))


def _side(facts: Facts) -> str:
    """Which side of the plan; "on" within half a percent of it."""
    gap, gap_ratio = facts.number("gap"), facts.number("gap_ratio")
    if not gap:
        return "on"
    if gap_ratio is not None and abs(gap_ratio) < Decimal("0.005"):
        return "on"
    if facts.count("less_is_better"):
        return "above" if gap > 0 else "below"
    return "ahead" if gap > 0 else "behind"


def _relative_gap(facts: Facts, format_value: Format, in_points: bool) -> str:
    gap, gap_ratio = facts.number("gap"), facts.number("gap_ratio")
    if gap is None:
        return ""
    if in_points:
        return fmt.points(abs(gap), lang()).lstrip("+")
    return format_value(abs(gap)) if gap_ratio is None else _whole(abs(gap_ratio))


def gap_sentence(params: Params, format_value: Format, *, in_points: bool = False) -> str:
    """The gap in the metric's own unit: "269 behind plan"; empty where there is none."""
    facts = Facts(params)
    gap = facts.number("gap")
    if gap is None or facts.text("method") == Method.PERIODS:
        return ""
    text = fmt.points(abs(gap), lang()).lstrip("+") if in_points else format_value(abs(gap))
    return str(_GAPS[_side(facts)]) % {"gap": text}


def needed_sentence(params: Params, format_value: Format) -> str:
    """What is needed from now on, by the week from two weeks on; empty where it makes no sense."""
    facts = Facts(params)
    needed = facts.number("needed_per_day")
    if needed is None or facts.text("status") in ("achieved", "missed", "cancelled"):
        return ""
    is_budget = facts.text("method") == Method.BUDGET
    falls = bool(facts.count("less_is_better")) and not is_budget
    amount = -needed if falls else needed
    if amount <= 0:
        return ""
    by_week = _days_left(facts) >= WEEKLY_FROM_DAYS
    sentence = _NEEDS["spend" if is_budget else "fall" if falls else "grow", by_week]
    return str(sentence) % {"amount": format_value(amount * 7 if by_week else amount)}


def _days_left(facts: Facts) -> int:
    end, judged = facts.text("end"), facts.text("data_date")
    return (date.fromisoformat(end) - date.fromisoformat(judged)).days if judged else 0
