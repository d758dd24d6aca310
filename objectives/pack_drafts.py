"""Starting from a pack: where each of its metrics stands, and the drafts that are made of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.models import User, Workspace
from metrics import feeds, series
from metrics.catalogue.packs import PACKS, Pack, PackObjective
from metrics.models import Metric
from objectives.companions import add_companion
from objectives.models import Objective
from objectives.objectives import Wanted, create_objective
from objectives.proposed_statement import proposed_statement
from objectives.suggestions import ProposedTarget, Suggestion, proposed_target, suggestions

BY_KEY: Mapping[str, Pack] = {pack.key: pack for pack in PACKS}
MOST_PACKS = 2


@dataclass(frozen=True)
class Offer:
    """An objective of a pack as this workspace could have it."""

    pack: Pack
    objective: PackObjective
    metric: Metric
    companions: tuple[Metric, ...]
    data_date: date | None
    baseline: Suggestion | None
    target: ProposedTarget | None

    @property
    def has_figures(self) -> bool:
        """Whether it has a value: of a formula some parts alone may be here."""
        return self.data_date is not None and self.baseline is not None

    @property
    def name(self) -> str:
        """How a form names it."""
        return f"{self.pack.key}-{self.metric.key}"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """An offer with what a person answered; None where that can wait."""

    offer: Offer
    baseline: Decimal | None = None
    target: Decimal | None = None
    with_companions: bool = False


def offers(
    workspace: Workspace, packs: Iterable[Pack], *, today: date, start: date, end: date
) -> list[Offer]:
    """The objectives of some packs, each metric once, with where it stands."""
    metrics = {one.key: one for one in Metric.objects.filter(workspace=workspace)}
    deliveries = feeds.Deliveries(workspace, today=today)
    found: dict[str, Offer] = {}
    for pack in packs:
        for one in pack.objectives:
            if one.metric in metrics and one.metric not in found:
                found[one.metric] = _offer(
                    workspace, pack, one, metrics, deliveries, (today, start, end)
                )
    return list(found.values())


def _offer(
    workspace: Workspace,
    pack: Pack,
    one: PackObjective,
    metrics: Mapping[str, Metric],
    deliveries: feeds.Deliveries,
    days: tuple[date, date, date],
) -> Offer:
    metric, (today, start, end) = metrics[one.metric], days
    known = suggestions(workspace, metric, series.EVERYTHING, today=today, start=start, end=end)
    baseline = known[0] if known else None
    return Offer(
        pack=pack,
        objective=one,
        metric=metric,
        companions=tuple(metrics[key] for key in one.companions if key in metrics),
        data_date=deliveries.data_date(metric.key),
        baseline=baseline,
        target=_target(one, metric, baseline),
    )


def _target(
    one: PackObjective, metric: Metric, baseline: Suggestion | None
) -> ProposedTarget | None:
    """What the pack would ask: a level that holds for anyone, or so much more or less than now."""
    if one.target is not None:
        return ProposedTarget(one.target, Decimal(0), baseline or Suggestion("", one.target))
    return proposed_target(metric, baseline, change=one.change)


@transaction.atomic
def create_drafts(
    workspace: Workspace,
    chosen: Sequence[Chosen],
    *,
    user: User | None,
    start: date,
    end: date,
) -> list[Objective]:
    """A draft for each chosen objective, then those of their companions, each metric once."""
    made = [_draft(workspace, one, user, start, end) for one in chosen]
    taken = set(Objective.objects.listed(workspace).values_list("metric__key", flat=True))
    for one, draft in zip(chosen, list(made), strict=True):
        for metric in one.offer.companions if one.with_companions else ():
            if metric.key not in taken:
                taken.add(metric.key)
                made.append(add_companion(draft, user=user, metric=metric))
    return made


def _draft(
    workspace: Workspace, one: Chosen, user: User | None, start: date, end: date
) -> Objective:
    asked, metric = one.offer.objective, one.offer.metric
    wanted = Wanted(
        statement=metric.name,
        metric=metric,
        kind=str(asked.kind),
        over=str(asked.over),
        baseline=one.baseline,
        target=one.target,
        start=start,
        end=end,
        owner=user,
    )
    sentence = proposed_statement(Objective(workspace=workspace, **wanted.values()))
    wanted.statement = (sentence or metric.name)[:200]
    return create_objective(workspace, user=user, wanted=wanted)
