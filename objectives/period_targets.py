"""Targets per month or quarter under a longer one: what they could be, and their one writer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import fmt_dates
from accounts.models import User
from metrics.periods import Grain, Period
from metrics.rules import calendar_of
from objectives.history import asked_of, pace_history
from objectives.measure import Method
from objectives.models import Objective
from objectives.objectives import (
    ChangedMeanwhileError,
    NotReadyError,
    Wanted,
    create_objective,
    start_objective,
)
from objectives.pace import Weights, weights
from objectives.period_split import CENTS, How, Span, amounts, even_shares, levels, shares
from objectives.presentation import value_format
from objectives.smart_wording import letter_sentence
from objectives.wording import lang
from objectives.working_days import working_days_of

GRAINS = (Grain.MONTH, Grain.QUARTER)
MOST_PERIODS = 24
ADDED = (Method.CUMULATIVE, Method.BUDGET, Method.LIMIT)
ONE = Decimal(1)


class AlreadySplit(Exception):
    """The objective has its targets by period already."""


class PeriodsRefused(ValidationError):
    """Some periods cannot be: ``by_period`` says why, by their number from 0."""

    def __init__(self, by_period: Mapping[int, Sequence[str]]) -> None:
        super().__init__([wrong for found in by_period.values() for wrong in found])
        self.by_period = by_period


@dataclass(frozen=True)
class Split:
    """How an objective can be split: the periods, and whether their targets add up to its own."""

    objective: Objective
    grain: Grain
    spans: tuple[Span, ...]
    adds_up: bool

    @property
    def unit(self) -> str:
        """The unit of the objective's metric."""
        return str(self.objective.metric.definition.unit) if self.objective.metric else "count"

    def label(self, span: Span) -> str:
        """``January 2026``, ``Q1 2026``."""
        fiscal = self.objective.workspace.fiscal_year_start
        return fmt_dates.period_label(span.start, self.grain.value, lang(), fiscal_start=fiscal)

    def sum_of(self, values: Sequence[Decimal]) -> Decimal | None:
        """What the targets come to; None where they are levels, which do not add up."""
        return sum(values, Decimal(0)) if self.adds_up else None


def periods_below(objective: Objective) -> list[Objective]:
    """The objective's targets by period that are not archived, first one first."""
    found = Objective.objects.listed(objective.workspace).filter(parent=objective, is_period=True)
    return list(found.order_by("start"))


def splits_of(objective: Objective) -> list[Split]:
    """The ways in which an objective can be split; none once it was."""
    if periods_below(objective):
        return []
    return [split for grain in GRAINS if (split := split_of(objective, grain))]


def split_of(objective: Objective, grain: Grain) -> Split | None:
    """How the objective can be split by this grain; None where it cannot.

    What is judged period by period has the same limit in each already, and a period is not split
    again.
    """
    asked = asked_of(objective)
    start, end = objective.start, objective.end
    if asked is None or start is None or end is None:
        return None
    if objective.is_period or objective.archived_at or asked.method is Method.PERIODS:
        return None
    found = calendar_of(objective.workspace).periods(start, end, grain)
    if not 2 <= len(found) <= MOST_PERIODS:
        return None
    spans = tuple(_cut(one, start, end) for one in found)
    return Split(objective, grain, spans, adds_up=asked.method in ADDED)


def _cut(period: Period, start: date, end: date) -> Span:
    return Span(period.key, max(period.start, start), min(period.end, end))


def proposed(split: Split, how: str) -> tuple[Decimal, ...] | None:
    """The target split as the plan goes, as last year went, or evenly; None for no such history.

    Amounts add up to the target, a stock goes from its baseline to it; a rate has the same target
    in each period.
    """
    objective = split.objective
    asked = asked_of(objective)
    assert asked is not None
    step = ONE if split.unit == "count" and asked.target % 1 == 0 else CENTS
    if not split.adds_up:
        if asked.method is not Method.LINE or asked.baseline is None:
            return (asked.target,) * len(split.spans)
        step = CENTS / 100 if split.unit != "count" else step
    parts = _shares(split, how)
    if parts is None:
        return None
    if split.adds_up:
        return amounts(asked.target, parts, step=step)
    assert asked.baseline is not None
    return levels(asked.baseline, asked.target, parts, step=step)


def _shares(split: Split, how: str) -> tuple[Decimal, ...] | None:
    objective, start = split.objective, split.objective.start
    assert start is not None
    if how == How.EVEN:
        return even_shares(split.spans)
    if how == How.PLAN and objective.weights:
        plan = Weights.stored(objective.weights_kind, objective.weights)
    else:
        plan = _plan(objective, mode=objective.pace if how == How.PLAN else "last_year")
        if how == How.LAST_YEAR and plan.kind != "last_year":
            return None
    return shares(split.spans, plan, start)


def _plan(objective: Objective, *, mode: str) -> Weights:
    asked, start, end = asked_of(objective), objective.start, objective.end
    assert asked is not None
    assert start is not None
    assert end is not None
    days = working_days_of(objective.workspace)
    return weights(
        start,
        end,
        pace_history(objective, asked),
        mode=mode,
        working_days=days.weekdays,
        holidays=days.holidays(start, end),
    )


@transaction.atomic
def create_periods(
    split: Split,
    values: Sequence[Decimal],
    *,
    user: User | None,
    today: date,
    now: datetime,
    start: bool = False,
    version: int | None = None,
) -> list[Objective]:
    """One objective for each period, all or none; started as well if asked for.

    The target was agreed above: what a letter warns of is overridden with that reason. Raises
    AlreadySplit the second time, ChangedMeanwhileError where the objective above is no longer of
    this version, PeriodsRefused where some of them cannot be.
    """
    stored = Objective.objects.select_for_update(of=("self",)).get(
        workspace_id=split.objective.workspace_id, pk=split.objective.pk
    )
    if periods_below(stored):
        raise AlreadySplit(stored.public_id)
    if version is not None and stored.version != version:
        raise ChangedMeanwhileError(stored)
    if len(values) != len(split.spans):
        raise ValidationError(_("Give one target for each period."))
    made: list[Objective] = []
    wrong: dict[int, list[str]] = {}
    for number, (span, value) in enumerate(zip(split.spans, values, strict=True)):
        before = values[number - 1] if number else split.objective.baseline
        try:
            one = _period(split, span, value, baseline=before, user=user)
            if start:
                _start(one, split, span, user=user, today=today, now=now)
        except ValidationError as refused:
            wrong[number] = refused.messages
        else:
            made.append(one)
    if wrong:
        raise PeriodsRefused(wrong)
    return made


def _period(
    split: Split, span: Span, value: Decimal, *, baseline: Decimal | None, user: User | None
) -> Objective:
    parent, label = split.objective, split.label(span)
    asked = asked_of(parent)
    assert asked is not None
    room = 200 - len(label) - 3
    has_line = asked.method is Method.LINE
    wanted = Wanted(
        statement=f"{parent.statement[:room]} – {label}",
        metric=parent.metric,
        kind=parent.kind,
        over=parent.over,
        baseline=baseline if has_line else None,
        target=value,
        start=span.start,
        end=span.end,
        channel=parent.channel,
        device=parent.device,
        campaign=parent.campaign,
        owner=parent.owner,
        parent=parent,
        goal=parent.goal,
        pace=parent.pace,
        hold=parent.hold,
    )
    return create_objective(parent.workspace, user=user, wanted=wanted, is_period=True)


def _start(
    one: Objective, split: Split, span: Span, *, user: User | None, today: date, now: datetime
) -> None:
    parent = split.objective
    agreed = _("Part of the target of “%(parent)s”.") % {"parent": parent.statement}
    try:
        start_objective(
            one, user=user, today=today, now=now, reason=(parent.override_reason or agreed)[:300]
        )
    except NotReadyError as error:
        write = value_format(one, lang())
        failed = [x for x in error.report.letters if x.state == "fail"]
        words = {
            "period": split.label(span),
            "why": " ".join(letter_sentence(letter, write) for letter in failed),
        }
        raise ValidationError(_("%(period)s cannot start: %(why)s") % words) from error
