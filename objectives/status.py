"""An objective's status on a day: one order of questions, the first that answers decides.

Set by hand → not started → too early to conclude → achieved → missed, or waiting for the last
figures → no data → too early → the pace. Everything is judged at the data date, the last day
whose figures are complete. Standard library only; no clock: the day is an argument.

Choices where the rule leaves room:

* The data date's own figures count; the end has passed once its own figures are complete.
* A sum's target of zero or below is met before anything happened, so only the end tells.
* "Too early" lasts for 15 % of the span and never less than 7 days, counted in calendar days up to
  the data date: an objective of a week or a day goes straight to its result.
* A measure after the fact (a return) says nothing before the money spent has had a whole sales
  cycle to come back: until then it is too early, also past the objective's end.
* Where r has no denominator: if the plan expects the target itself (T = b, a target of 0), the
  value is at the target (on track) or not (off track); if it expects nothing yet (E = 0), it is too
  early. So it is for a stock without a baseline, and before the first closed period.
* A rate without a value (nothing to divide by) is no data, also at the end: not met, not missed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from objectives.judgement import (
    WORST_FIRST,
    Inputs,
    Judgement,
    Param,
    Rule,
    State,
    Status,
    Thresholds,
)
from objectives.levels import level, limits_of, small_numbers, steadied
from objectives.measure import Asked, Measured, Method, Rollup, Scale, divided, measure
from objectives.pace import rounded


@dataclass(frozen=True)
class _Verdict:
    status: Status
    code: str
    achieved_on: date | None = None
    pace_status: Status | None = None
    by_forecast: bool = False
    small_numbers: int | None = None
    is_held: bool = False


_Question = Callable[[Inputs, Measured, Thresholds], _Verdict | None]


def judge(inputs: Inputs, thresholds: Thresholds | None = None) -> Judgement:
    """The status of an objective on `inputs.day`, with its numbers and the rule that spoke."""
    limits = thresholds or Thresholds()
    numbers = measure(inputs.asked, value=inputs.value, share=inputs.share, periods=inputs.periods)
    answers = (question(inputs, numbers, limits) for question in _QUESTIONS)
    verdict = next((found for found in answers if found), None)
    verdict = verdict or _by_pace(inputs, numbers, limits)
    return _judgement(inputs, numbers, limits, verdict)


def _as_set(inputs: Inputs, _: Measured, __: Thresholds) -> _Verdict | None:
    if inputs.state is State.ACTIVE:
        return None
    return _Verdict(Status(inputs.state.value), "as_set")


def _not_started(inputs: Inputs, _: Measured, __: Thresholds) -> _Verdict | None:
    return _Verdict(Status.NOT_STARTED, "not_started") if inputs.day < inputs.start else None


def _immature(inputs: Inputs, _: Measured, __: Thresholds) -> _Verdict | None:
    is_early = inputs.matures_on is not None and inputs.day < inputs.matures_on
    return _Verdict(Status.TOO_EARLY, "immature") if is_early else None


def _achieved(inputs: Inputs, numbers: Measured, _: Thresholds) -> _Verdict | None:
    if _counts_at_once(inputs.asked):
        reached = _reached_on(inputs)
        return _Verdict(Status.ACHIEVED, "reached", achieved_on=reached) if reached else None
    if inputs.is_complete and _met_at_end(inputs, numbers):
        return _Verdict(Status.ACHIEVED, "met_at_end", achieved_on=inputs.end)
    return None


def _counts_at_once(asked: Asked) -> bool:
    """Whether the first day at the target is enough, whatever comes after."""
    if asked.method is Method.CUMULATIVE:
        return asked.target > 0
    return asked.method is Method.LINE and asked.rollup is Rollup.STOCK and not asked.hold


def _reached_on(inputs: Inputs) -> date | None:
    first, judged = inputs.first_reached, inputs.judged_on
    if first and inputs.start <= first <= min(inputs.end, inputs.day):
        return first
    is_there = inputs.value is not None and inputs.asked.met_by(inputs.value)
    return judged if is_there else None


def _met_at_end(inputs: Inputs, numbers: Measured) -> bool:
    if numbers.method is Method.PERIODS:
        return numbers.ratio is not None and numbers.ratio >= 1
    return inputs.value is not None and inputs.asked.met_by(inputs.value)


def _over(inputs: Inputs, numbers: Measured, _: Thresholds) -> _Verdict | None:
    """Missed, or waiting for the figures of the last days. A sum past its ceiling stays past it."""
    is_capped = numbers.method in (Method.BUDGET, Method.LIMIT)
    if is_capped and inputs.value is not None and inputs.value > inputs.asked.target:
        return _Verdict(Status.MISSED, "exceeded")
    if inputs.is_complete:
        has_result = inputs.periods if numbers.method is Method.PERIODS else inputs.value
        is_judged = has_result is not None and has_result != ()
        return _Verdict(Status.MISSED, "missed") if is_judged else _no_value()
    return _Verdict(Status.WAITING, "waiting") if inputs.day > inputs.end else None


def _no_value() -> _Verdict:
    return _Verdict(Status.NO_DATA, "no_value")


def _silent(inputs: Inputs, _: Measured, limits: Thresholds) -> _Verdict | None:
    if inputs.feed_days_late > limits.silent_rhythms * inputs.feed_rhythm_days:
        return _Verdict(Status.NO_DATA, "silent")
    return None


def _too_early(inputs: Inputs, _: Measured, limits: Thresholds) -> _Verdict | None:
    least = max(limits.early_share * inputs.days_long, Decimal(limits.early_days))
    if inputs.days_elapsed < least:
        return _Verdict(Status.TOO_EARLY, "too_early")
    return None


def _unmeasurable(inputs: Inputs, numbers: Measured, _: Thresholds) -> _Verdict | None:
    if numbers.method is Method.PERIODS:
        early = numbers.ratio is None
        return _Verdict(Status.TOO_EARLY, "no_period") if early else None
    if inputs.value is None:
        return _no_value()
    if numbers.expected is None:
        return _Verdict(Status.TOO_EARLY, "no_baseline")
    if numbers.ratio is None and numbers.expected != inputs.asked.target:
        return _Verdict(Status.TOO_EARLY, "nothing_expected")
    return None


_QUESTIONS: tuple[_Question, ...] = (
    _as_set,
    _not_started,
    _immature,
    _achieved,
    _over,
    _silent,
    _too_early,
    _unmeasurable,
)


def _by_pace(inputs: Inputs, numbers: Measured, limits: Thresholds) -> _Verdict:
    raw = level(inputs, numbers, limits)
    small = small_numbers(inputs, numbers) if raw is Status.OFF_TRACK else None
    paced = Status.AT_RISK if small else raw
    status = steadied(inputs, numbers, limits, paced)
    chance = inputs.chance
    falls = status is Status.ON_TRACK and chance is not None and chance < limits.least_chance
    return _Verdict(
        Status.AT_RISK if falls else status,
        _CODES[numbers.scale] if numbers.ratio is not None else "at_target",
        pace_status=paced,
        by_forecast=falls,
        small_numbers=small,
        is_held=status is not paced,
    )


_CODES = {Scale.RATIO: "ratio", Scale.TWO_SIDED: "two_sided", Scale.GAP: "gap"}


def _judgement(
    inputs: Inputs, numbers: Measured, limits: Thresholds, verdict: _Verdict
) -> Judgement:
    needed = _needed_per_day(inputs, numbers)
    return Judgement(
        status=verdict.status,
        shown_status=_shown(inputs, verdict.status),
        pace_status=verdict.pace_status,
        rule=Rule(verdict.code, _params(inputs, numbers, limits, verdict, needed)),
        numbers=numbers,
        elapsed=rounded(Decimal(inputs.days_elapsed) / inputs.days_long),
        data_date=inputs.judged_on,
        achieved_on=verdict.achieved_on,
        by_forecast=verdict.by_forecast,
        small_numbers=verdict.small_numbers,
        needed_per_day=needed,
    )


def _shown(inputs: Inputs, status: Status) -> Status:
    keeps = status in (Status.NO_DATA, Status.WAITING, Status.PAUSED)
    return inputs.previous.shown_status if keeps and inputs.previous else status


def _needed_per_day(inputs: Inputs, numbers: Measured) -> Decimal | None:
    judged = inputs.judged_on
    is_level = numbers.method is Method.LINE and inputs.asked.rollup is Rollup.STOCK
    adds_up = numbers.method in (Method.CUMULATIVE, Method.BUDGET) or is_level
    if judged is None or inputs.value is None or not adds_up:
        return None
    return divided(inputs.asked.target - inputs.value, Decimal((inputs.end - judged).days))


def _params(
    inputs: Inputs,
    numbers: Measured,
    limits: Thresholds,
    verdict: _Verdict,
    needed: Decimal | None,
) -> dict[str, Param]:
    """Everything that the sentences about a result are made from; what is unknown is left out."""
    asked = inputs.asked
    on_pace, at_risk = limits_of(numbers.scale, limits)
    facts: dict[str, object] = {
        "status": verdict.status,
        "pace_status": verdict.pace_status,
        "kind": asked.kind,
        "method": numbers.method,
        "scale": numbers.scale,
        "over": asked.over,
        "rollup": asked.rollup,
        "less_is_better": int(asked.less_is_better),
        "start": inputs.start,
        "end": inputs.end,
        "data_date": inputs.judged_on,
        "baseline": asked.baseline,
        "target": asked.target,
        "target_high": asked.target_high,
        "value": inputs.value,
        "expected": numbers.expected,
        "share": rounded(inputs.share),
        "weights": inputs.weights,
        "ratio": numbers.ratio,
        "gap": numbers.gap,
        "gap_ratio": numbers.gap_ratio,
        "attainment": numbers.attainment,
        "on_limit": on_pace,
        "risk_limit": at_risk,
        "needed_per_day": needed,
        "achieved_on": verdict.achieved_on,
        "chance": inputs.chance,
        "by_forecast": int(verdict.by_forecast),
        "small_numbers": verdict.small_numbers,
        "held": int(verdict.is_held),
        "periods": len(inputs.periods),
        "periods_inside": sum(period.inside for period in inputs.periods),
        "days_late": inputs.feed_days_late,
        "matures_on": inputs.matures_on,
        "early_share": limits.early_share,
        "early_days": limits.early_days,
        "least_chance": limits.least_chance,
        "improve_by": limits.improve_by,
    }
    return {name: _plain(fact) for name, fact in facts.items() if fact is not None}


def _plain(fact: object) -> Param:
    return fact if isinstance(fact, int) else str(fact)


def weakest(statuses: Iterable[Status]) -> Status | None:
    """A parent's status: that of its weakest child, leaving out what nobody works on."""
    idle = (Status.PAUSED, Status.DRAFT, Status.CANCELLED)
    at_work = [status for status in statuses if status not in idle]
    return min(at_work, key=WORST_FIRST.index, default=None)
