"""SMART: what each letter asks of an objective, checked against what the workspace knows.

S, M and T have to hold for an objective to start; A and R warn. Codes and numbers only: the
sentences are `objectives.wording`'s. Standard library only; no clock: the day is an argument.

Achievable, while there is no forecast, is judged from past spans of the same length: a target that
every one of them (of three or more) met is trivial, one that is out of the best one's reach is a
stretch, and reckless where it asks for more than half as much again. With a forecast, its
probability decides: over 95 % is trivial, under 5 % reckless.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Any, TypeVar

from objectives.measure import Asked, Kind, Rollup, divided

Param = str | int | list[str]
Key = TypeVar("Key", bound=Hashable)
TRIVIAL = Decimal("0.95")
RECKLESS = Decimal("0.05")
# Fewer past spans than this say nothing about a target being too easy.
TRIVIAL_LEAST = 3
# A required change of this much beyond the best past span is reckless without a forecast.
RECKLESS_STRETCH = Decimal("0.5")
LEAST_PERIODS = 2


class Outcome(StrEnum):
    """How a letter stands; a failed S, M or T keeps the objective from starting."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True)
class SmartInputs:
    """What is known of an objective on the day it is checked.

    `last_delivered` is the last day the feed delivered for this metric and segment, which it
    does every `feed_rhythm_days` with a usual delay of `feed_delay_days`. `past` holds the values
    of past spans of the same length, each compared with the target as the objective's own value
    will be; for a stock it holds the changes over such spans. `pair` is the name of the metric that
    a vanity metric has to be read with, or that leads to one which is known only after the fact;
    `pair_is_targeted` says that it has an objective of its own.
    """

    day: date
    asked: Asked | None
    statement: str = ""
    has_metric: bool = False
    has_owner: bool = False
    is_vanity: bool = False
    is_after_the_fact: bool = False
    pair: str = ""
    pair_is_targeted: bool = False
    unit: str = ""
    last_delivered: date | None = None
    feed_rhythm_days: int = 1
    feed_delay_days: int = 0
    past: tuple[Decimal, ...] = ()
    chance: Decimal | None = None
    has_parent: bool = False
    has_cycle: bool = False
    goal: str = ""
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class Letter:
    """One letter: its state, the code of its finding, and the finding's numbers for JSON."""

    letter: str
    state: Outcome
    code: str
    params: Mapping[str, Param]


@dataclass(frozen=True)
class SmartReport:
    """The five letters, in order."""

    letters: tuple[Letter, ...]

    def to_json(self) -> list[dict[str, Any]]:
        """What is stored with an objective when it starts."""
        return [
            {
                "letter": found.letter,
                "state": found.state.value,
                "code": found.code,
                "params": dict(found.params),
            }
            for found in self.letters
        ]

    @classmethod
    def from_json(cls, document: list[dict[str, Any]]) -> "SmartReport":
        """The report that `to_json` wrote."""
        return cls(
            tuple(
                Letter(row["letter"], Outcome(row["state"]), row["code"], row["params"])
                for row in document
            )
        )


def check(inputs: SmartInputs) -> SmartReport:
    """The five letters of an objective, which may lack anything."""
    return SmartReport(
        (
            _specific(inputs),
            _measurable(inputs),
            _achievable(inputs),
            _relevant(inputs),
            _time_bound(inputs),
        )
    )


NOTHING_KNOWN = frozenset({"no_history", "no_target"})
"""What A says where there is nothing to judge a target by: no evidence that one could override."""


def needs_reason(report: SmartReport) -> bool:
    """Whether starting overrides a warning of A or R, which takes a reason."""
    return any(
        found.state is not Outcome.OK and found.code not in NOTHING_KNOWN
        for found in report.letters
        if found.letter in "AR"
    )


def can_start(report: SmartReport) -> bool:
    """Whether S, M and T hold."""
    return all(found.state is not Outcome.FAIL for found in report.letters if found.letter in "SMT")


def _letter(letter: str, state: Outcome, code: str, **params: object) -> Letter:
    plain = {
        name: fact if isinstance(fact, int | list) else str(fact)
        for name, fact in params.items()
        if fact is not None
    }
    return Letter(letter, state, code, plain)


def _specific(inputs: SmartInputs) -> Letter:
    present = {
        "statement": bool(inputs.statement.strip()),
        "metric": inputs.has_metric,
        "owner": inputs.has_owner,
    }
    missing = [name for name, is_there in present.items() if not is_there]
    if missing:
        return _letter("S", Outcome.FAIL, "incomplete", missing=missing)
    if inputs.is_vanity and not inputs.pair_is_targeted:
        return _letter("S", Outcome.WARN, "vanity", pair=inputs.pair or None)
    if inputs.is_after_the_fact and not inputs.pair_is_targeted:
        return _letter("S", Outcome.WARN, "after_the_fact", pair=inputs.pair or None)
    return _letter("S", Outcome.OK, "specific")


def _measurable(inputs: SmartInputs) -> Letter:
    asked, last = inputs.asked, inputs.last_delivered
    if asked is None or not inputs.unit:
        return _letter("M", Outcome.FAIL, "no_target" if asked is None else "no_unit")
    if asked.kind is Kind.BETWEEN and (
        asked.target_high is None or asked.target_high <= asked.target
    ):
        return _letter("M", Outcome.FAIL, "limits_crossed")
    if last is None:
        return _letter("M", Outcome.FAIL, "never_delivered")
    within = inputs.feed_rhythm_days + inputs.feed_delay_days
    state, code = Outcome.OK, "delivered"
    if (inputs.day - last).days > within:
        state, code = Outcome.FAIL, "late"
    return _letter("M", state, code, last_delivered=last, within_days=within)


def _achievable(inputs: SmartInputs) -> Letter:
    asked = inputs.asked
    if asked is None:
        return _letter("A", Outcome.WARN, "no_target")
    if _is_met_already(asked):
        return _letter("A", Outcome.WARN, "already_met", baseline=asked.baseline)
    required = _required(asked)
    numbers = _history(inputs.past, asked, required)
    if inputs.chance is not None:
        return _by_chance(inputs.chance, numbers)
    if required is None or not inputs.past:
        return _letter("A", Outcome.WARN, "no_history")
    state, code = _by_history(inputs.past, asked, required)
    return _letter("A", state, code, **numbers)


def _is_met_already(asked: Asked) -> bool:
    """Whether a level starts where it is meant to go."""
    is_level = asked.kind in (Kind.REACH, Kind.REDUCE) and asked.rollup is not Rollup.SUM
    return is_level and asked.baseline is not None and asked.met_by(asked.baseline)


def _required(asked: Asked) -> Decimal | None:
    """What has to be compared with the past: a stock's change, the target of the rest."""
    if asked.rollup is not Rollup.STOCK or asked.kind not in (Kind.REACH, Kind.REDUCE):
        return asked.target
    return None if asked.baseline is None else asked.target - asked.baseline


def _best(past: tuple[Decimal, ...], asked: Asked) -> Decimal:
    return min(past) if asked.less_is_better else max(past)


def _history(
    past: tuple[Decimal, ...], asked: Asked, required: Decimal | None
) -> dict[str, object]:
    """The best and the median past span, and the required change against the best."""
    if not past or required is None:
        return {}
    best = _best(past, asked)
    numbers: dict[str, object] = {
        "required": required,
        "median": median(past),
        "spans": len(past),
    }
    if asked.kind is Kind.BETWEEN:
        return numbers
    change = divided(required - best, abs(best))
    if asked.rollup is Rollup.STOCK and asked.kind in (Kind.REACH, Kind.REDUCE):
        numbers["asked_for"] = required
    return numbers | {"best": best, "change": change} | _growth(past, asked, required)


def _growth(past: tuple[Decimal, ...], asked: Asked, required: Decimal) -> dict[str, object]:
    """Of a sum: the change asked for against the last span, and the best one that there was."""
    if asked.rollup is not Rollup.SUM or any(value <= 0 for value in past):
        return {}
    asked_change = divided(required - past[0], past[0])
    changes = [divided(now - before, before) for now, before in pairwise(past)]
    known = [change for change in changes if change is not None]
    best = _best(tuple(known), asked) if known else None
    return {"last": past[0], "asked_change": asked_change, "best_change": best}


def _by_chance(chance: Decimal, numbers: Mapping[str, object]) -> Letter:
    if chance > TRIVIAL:
        return _letter("A", Outcome.WARN, "chance_trivial", chance=chance, **numbers)
    if chance < RECKLESS:
        return _letter("A", Outcome.WARN, "chance_reckless", chance=chance, **numbers)
    return _letter("A", Outcome.OK, "chance_fair", chance=chance, **numbers)


def _by_history(past: tuple[Decimal, ...], asked: Asked, required: Decimal) -> tuple[Outcome, str]:
    met = sum(_meets(value, asked, required) for value in past)
    if asked.kind is Kind.BETWEEN:
        return _by_limits(met, len(past))
    if met == len(past) and met >= TRIVIAL_LEAST:
        return Outcome.WARN, "trivial"
    if met:
        return Outcome.OK, "within_history"
    best = _best(past, asked)
    is_reckless = abs(required - best) > RECKLESS_STRETCH * abs(best)
    return Outcome.WARN, "reckless" if is_reckless else "beyond_best"


def _by_limits(met: int, spans: int) -> tuple[Outcome, str]:
    """Two limits have no best past span: how often it was inside says it."""
    if met == spans and met >= TRIVIAL_LEAST:
        return Outcome.WARN, "trivial"
    return (Outcome.OK, "inside_before") if met else (Outcome.WARN, "never_inside")


def _meets(value: Decimal, asked: Asked, required: Decimal) -> bool:
    if asked.kind is Kind.BETWEEN:
        return asked.met_by(value)
    return value <= required if asked.less_is_better else value >= required


def _relevant(inputs: SmartInputs) -> Letter:
    if inputs.has_cycle:
        return _letter("R", Outcome.FAIL, "cycle")
    if inputs.has_parent:
        return _letter("R", Outcome.OK, "parent")
    if inputs.goal.strip():
        return _letter("R", Outcome.OK, "goal")
    return _letter("R", Outcome.WARN, "no_goal")


def _time_bound(inputs: SmartInputs) -> Letter:
    if inputs.start is None or inputs.end is None:
        return _letter("T", Outcome.FAIL, "no_dates")
    if inputs.end < inputs.start:
        return _letter("T", Outcome.FAIL, "end_before_start", start=inputs.start, end=inputs.end)
    days = (inputs.end - inputs.start).days + 1
    least = LEAST_PERIODS * _shortest(inputs.feed_rhythm_days)
    if days < least:
        return _letter("T", Outcome.FAIL, "too_short", days=days, least_days=least)
    return _letter("T", Outcome.OK, "time_bound", days=days, start=inputs.start, end=inputs.end)


def _shortest(rhythm_days: int) -> int:
    """February and March hold two months: months and quarters count with their shortest length."""
    if 28 <= rhythm_days <= 31:
        return 28
    return 90 if 90 <= rhythm_days <= 92 else rhythm_days


def has_cycle(parent_of: Mapping[Key, Key | None], start: Key) -> bool:
    """Whether following the parents from `start` comes back to an objective already passed."""
    passed: set[Key] = set()
    here: Key | None = start
    while here is not None:
        if here in passed:
            return True
        passed.add(here)
        here = parent_of.get(here)
    return False
