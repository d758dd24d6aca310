"""How a status was computed, as sentences: what was compared, with what, and the limit passed.

"Sum, to 8 March 2026. Expected 74.4% of 1,200, spread by weekday. 624 ÷ 893 = 0.70, under 0.75:
off track." Made from a rule's code and parameters alone, in the active language.
"""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from accounts import fmt
from objectives.judgement import Status
from objectives.measure import Method, Scale
from objectives.wording import Facts, Format, Params, Text, lang, status_name

DAYS = ("start", "end", "data_date", "achieved_on", "matures_on")
PACED = ("ratio", "two_sided", "gap", "at_target")

_AS_SET: Mapping[str, Text] = {
    "draft": lazy("This objective is a draft. Start it to have it judged."),
    "paused": lazy("This objective is paused. It is judged again once it goes on."),
    "cancelled": lazy("This objective is cancelled and no longer judged."),
}
_SPOKEN: Mapping[str, Text] = {
    "not_started": lazy("It starts on %(start)s."),
    "reached": lazy("The target of %(target)s was reached on %(achieved_on)s."),
    "met_at_end": lazy("At the end, on %(end)s, %(value)s met the target of %(target)s."),
    "exceeded": lazy("%(value)s is over the limit of %(target)s: missed."),
    "missed": lazy("At the end, on %(end)s, %(value)s did not meet the target of %(target)s."),
    "missed_by": lazy(
        "At the end, on %(end)s, %(value)s did not meet the target of %(target)s: %(attainment)s "
        "reached."
    ),
    "waiting": lazy("The span ended on %(end)s. The figures of its last days are still to come."),
    "no_value": lazy(
        "There is no value to judge: figures are missing, or there is nothing to divide by."
    ),
    "too_early": lazy(
        "Less than %(early_share)s of the span or fewer than %(early_days)s days are known: "
        "too early to tell."
    ),
    "immature": lazy(
        "What was spent needs a whole sales cycle to come back: it is too early to conclude "
        "before %(matures_on)s."
    ),
    "nothing_expected": lazy("The plan expects nothing yet by %(data_date)s: too early to tell."),
    "no_baseline": lazy(
        "The baseline is not known yet, so there is no plan to compare with. Enter it to have "
        "the objective judged."
    ),
    "no_period": lazy("No period of the span is complete yet: too early to tell."),
    "failed": lazy("The status could not be calculated. The last result stays shown until it can."),
}
_BASES: Mapping[str, Text] = {
    "sum": lazy("Sum, to %(data_date)s."),
    "last": lazy("Last value known, to %(data_date)s."),
    "span": lazy("Value of the whole span, to %(data_date)s."),
    "last28": lazy("Value of the last 28 days, to %(data_date)s."),
    "period": lazy("Value of the last whole period, to %(data_date)s."),
}
# By whether the plan starts from a baseline, and by the weights that were used.
_PLANS: Mapping[tuple[bool, str], Text] = {
    (False, "even"): lazy("Expected %(share)s of %(target)s, spread evenly over the days."),
    (False, "weekday"): lazy("Expected %(share)s of %(target)s, spread by weekday."),
    (False, "last_year"): lazy("Expected %(share)s of %(target)s, spread like last year."),
    (True, "even"): lazy(
        "Expected %(share)s of the way from %(baseline)s to %(target)s, spread evenly over the "
        "days: %(expected)s."
    ),
    (True, "weekday"): lazy(
        "Expected %(share)s of the way from %(baseline)s to %(target)s, spread by weekday: "
        "%(expected)s."
    ),
    (True, "last_year"): lazy(
        "Expected %(share)s of the way from %(baseline)s to %(target)s, spread like last year: "
        "%(expected)s."
    ),
}
_ONE_SIDED: Mapping[str, Text] = {
    "on_track": lazy("%(sum)s, at least %(on_limit)s: on track."),
    "at_risk": lazy("%(sum)s, under %(on_limit)s but at least %(risk_limit)s: at risk."),
    "off_track": lazy("%(sum)s, under %(risk_limit)s: off track."),
}
_TWO_SIDED: Mapping[str, Text] = {
    "on_track": lazy("%(sum)s, at most %(on_limit)s away from 1: on track."),
    "at_risk": lazy(
        "%(sum)s, more than %(on_limit)s but at most %(risk_limit)s away from 1: at risk."
    ),
    "off_track": lazy("%(sum)s, more than %(risk_limit)s away from 1: off track."),
}
_GAP: Mapping[str, Text] = {
    "on_track": lazy("%(sum)s, where a gap of %(on_limit)s or better is on track."),
    "at_risk": lazy("%(sum)s, where a gap down to %(risk_limit)s is at risk."),
    "off_track": lazy("%(sum)s, where a gap under %(risk_limit)s is off track."),
}
_VERDICTS = {"ratio": _ONE_SIDED, "two_sided": _TWO_SIDED, "gap": _GAP}


def explanation(code: str, params: Params, format_value: Format) -> str:
    """The sentences that say how the status came about."""
    facts = Facts(params)
    if code == "as_set":
        return str(_AS_SET[facts.text("status")])
    if code == "silent":
        return _silent(facts)
    if code == "weakest_child":
        return _child(facts)
    if code in PACED:
        return " ".join([*_compared(facts, format_value), _verdict(code, facts, format_value)]) + (
            _corrections(facts)
        )
    if facts.text("method") == Method.PERIODS and code in ("met_at_end", "missed"):
        return _periods(facts)
    if code == "missed" and facts.number("attainment") is not None:
        code = "missed_by"
    return str(_SPOKEN[code]) % _words(facts, format_value)


def _words(facts: Facts, format_value: Format) -> dict[str, str]:
    """The placeholders of every sentence."""
    names = ("value", "target", "expected", "baseline")
    values = {name: _value(facts, name, format_value) for name in names}
    days = {name: facts.day(name) for name in DAYS}
    shares = {name: _percent(facts, name) for name in ("share", "early_share", "attainment")}
    return values | days | shares | {"early_days": str(facts.count("early_days"))}


def _value(facts: Facts, name: str, format_value: Format) -> str:
    number = facts.number(name)
    return fmt.MISSING if number is None else format_value(number)


def _percent(facts: Facts, name: str) -> str:
    number = facts.number(name)
    return fmt.MISSING if number is None else fmt.percent(number, lang())


def _silent(facts: Facts) -> str:
    days = facts.count("days_late")
    return ngettext(
        "The figures are %(count)s day late, more than twice their usual rhythm. The last known "
        "status stays shown.",
        "The figures are %(count)s days late, more than twice their usual rhythm. The last known "
        "status stays shown.",
        days,
    ) % {"count": days}


def _child(facts: Facts) -> str:
    return _(
        "The status is that of its weakest child objective, “%(child)s”: %(status)s. Its own "
        "numbers are shown beside it."
    ) % {"child": facts.text("weakest_child"), "status": status_name(facts.text("status"))}


def _periods(facts: Facts) -> str:
    return ngettext(
        "%(inside)s of %(count)s period was inside the limits.",
        "%(inside)s of %(count)s periods were inside the limits.",
        facts.count("periods"),
    ) % {"inside": facts.count("periods_inside"), "count": facts.count("periods")}


def _compared(facts: Facts, format_value: Format) -> list[str]:
    """What was measured, and what the plan expected of it."""
    words, method = _words(facts, format_value), facts.text("method")
    if method == Method.PERIODS:
        return [_periods(facts)]
    basis = str(_BASES[_basis(facts, method)]) % words
    if method == Method.WHOLE or facts.number("expected") == facts.number("target"):
        return [basis, _("Expected: the target, %(target)s.") % words]
    plan = _PLANS[method == Method.LINE, facts.text("weights") or "even"]
    return [basis, str(plan) % words]


def _basis(facts: Facts, method: str) -> str:
    if method in (Method.CUMULATIVE, Method.BUDGET, Method.LIMIT):
        return "sum"
    return "last" if facts.text("rollup") == "stock" else facts.text("over")


def _verdict(code: str, facts: Facts, format_value: Format) -> str:
    """The sum that gives r, against the limits; what r alone says, corrections come after."""
    level = facts.text("pace_status")
    if code == "at_target":
        words = _words(facts, format_value)
        if level == Status.ON_TRACK:
            return _("%(value)s is at the target: on track.") % words
        return _("%(value)s is not at the target: off track.") % words
    if facts.count("small_numbers"):
        level = Status.OFF_TRACK
    ratio, limits = _apart(facts)
    sum_text = f"{_sum(facts, format_value)} = {ratio}"
    return str(_VERDICTS[code][level]) % {"sum": sum_text, **limits}


def _sum(facts: Facts, format_value: Format) -> str:
    """The division in signs: "624 ÷ 893"."""
    words, method = _words(facts, format_value), facts.text("method")
    value, expected, baseline = words["value"], words["expected"], words["baseline"]
    if method == Method.PERIODS:
        return f"{facts.count('periods_inside')} ÷ {facts.count('periods')}"
    is_negative = (facts.number("expected") or 0) < 0
    size = f"|{expected}|" if is_negative else expected
    if facts.text("scale") == Scale.GAP:
        pair = (expected, value) if facts.count("less_is_better") else (value, expected)
        return f"({pair[0]} − {pair[1]}) ÷ {size}"
    if method == Method.LINE:
        return f"({value} − {baseline}) ÷ ({expected} − {baseline})"
    return f"1 + ({value} − {expected}) ÷ {size}" if is_negative else f"{value} ÷ {expected}"


def _apart(facts: Facts) -> tuple[str, dict[str, str]]:
    """r and its limits, with as many decimals as it takes to tell r from a limit it is not at."""
    ratio = facts.number("ratio") or Decimal(0)
    limits = {name: facts.number(name) or Decimal(0) for name in ("on_limit", "risk_limit")}
    as_gap = facts.text("scale") == Scale.GAP
    distance = abs(ratio - 1) if facts.text("scale") == Scale.TWO_SIDED else ratio
    decimals = 3 if as_gap else 2
    while decimals < 8 and any(
        distance != limit and fmt.rounded(distance, decimals) == fmt.rounded(limit, decimals)
        for limit in limits.values()
    ):
        decimals += 1
    written = {name: _written(limit, as_gap, 3 if as_gap else 2) for name, limit in limits.items()}
    return _written(ratio, as_gap, decimals), written


def _written(number: Decimal, as_gap: bool, decimals: int) -> str:
    if as_gap:
        return fmt.percent(number, lang(), decimals - 2)
    text = str(fmt.rounded(number, decimals))
    return text.replace(".", ",") if fmt.language(lang()) == "fr" else text


def _corrections(facts: Facts) -> str:
    """What changed the pace's own answer: small numbers, hysteresis, the forecast."""
    sentences = []
    if facts.count("small_numbers"):
        sentences.append(_small_numbers(facts))
    if facts.count("held"):
        sentences.append(_held(facts))
    if facts.count("by_forecast"):
        sentences.append(
            _(
                "The chance of reaching the target is %(chance)s, under %(least_chance)s: at risk, "
                "by forecast."
            )
            % {name: _percent(facts, name) for name in ("chance", "least_chance")}
        )
    return "".join(f" {sentence}" for sentence in sentences)


def _small_numbers(facts: Facts) -> str:
    return _(
        "Small numbers (n = %(count)s): the difference may be chance, so it counts as at risk."
    ) % {"count": fmt.number(facts.count("small_numbers"), lang())}


def _held(facts: Facts) -> str:
    improve_by = facts.number("improve_by") or Decimal(0)
    as_gap = facts.text("scale") == Scale.GAP
    return _(
        "The status stays “%(status)s” until the limit is passed by %(improve_by)s or the better "
        "result holds for two data dates."
    ) % {
        "status": status_name(facts.text("status")),
        "improve_by": _written(improve_by, as_gap, 2),
    }
