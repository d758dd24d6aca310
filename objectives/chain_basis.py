"""Today's shares and price for a chain of targets, and the drafts that are made of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from metrics import series
from metrics.models import Metric
from metrics.sales_cycle import STAGES, cycle_of
from objectives.chain import Link, Price, Stage, budget, needed
from objectives.models import Objective
from objectives.objectives import Wanted, create_objective
from objectives.proposed_statement import proposed_statement
from objectives.rates_today import RateToday, rate_today, share_today

COST = "marketing_cost"
PRICE = "cpl"
PRICED = "leads"
OUTCOME = STAGES[-1]


@dataclass(frozen=True)
class Basis:
    """What is known today: a link per stage, the last one first, and what a lead costs."""

    links: list[Link]
    price: Price
    shares: Mapping[str, RateToday | None]
    """By the stage that a share leads to; of the price by its own key."""

    def rate(self, key: str) -> RateToday | None:
        """What a share or the price was read from."""
        return self.shares.get(key)


@dataclass(frozen=True)
class Chain:
    """The stages from the outcome back, and the money that goes with them."""

    stages: list[Stage]
    money: int | None
    basis: Basis

    @property
    def missing(self) -> list[str]:
        """Whose share or price has to be asked for, by key."""
        unknown = [link.later for link in self.basis.links if link.share is None]
        return unknown if self.basis.price.each is not None else [*unknown, PRICE]


def basis_of(workspace: Workspace, *, today: date, typed: Mapping[str, Decimal]) -> Basis:
    """``typed`` are shares and the price as somebody gave them, by the keys of `Chain.missing`."""
    cycle, links, shares = cycle_of(workspace), [], {}
    for earlier, later in zip(STAGES[-2::-1], STAGES[:0:-1], strict=True):
        found = share_today(workspace, earlier, later, series.EVERYTHING, today=today)
        shares[later] = found
        links.append(
            Link(
                earlier=earlier,
                later=later,
                went_on=found.above if found else None,
                came=found.below if found else None,
                typed=typed.get(later),
                days=cycle.days(earlier, later),
            )
        )
    price = rate_today(workspace, PRICE, series.EVERYTHING, today=today)
    shares[PRICE] = price
    return Basis(
        links,
        Price(
            cost=price.above if price else None,
            pieces=price.below if price else None,
            typed=typed.get(PRICE),
        ),
        shares,
    )


def chain_of(outcome: int, *, start: date, end: date, basis: Basis) -> Chain:
    """The whole chain for so many customers between two days."""
    stages = needed(outcome, start=start, end=end, links=basis.links)
    leads = next(one.target for one in stages if one.key == PRICED)
    return Chain(stages, budget(leads, basis.price), basis)


@transaction.atomic
def create_chain(
    workspace: Workspace,
    *,
    user: User | None,
    chain: Chain,
    chosen: Collection[str],
    goal: str = "",
) -> list[Objective]:
    """Drafts of the outcome and of the chosen stages below it; what is unknown is left out."""
    metrics = {
        one.key: one for one in Metric.objects.filter(workspace=workspace, key__in=[*STAGES, COST])
    }
    first, *others = chain.stages
    parent = _create(workspace, user, metrics[first.key], first, goal=goal)
    made = [parent]
    for stage in others:
        if stage.key in chosen and stage.target is not None:
            made.append(_create(workspace, user, metrics[stage.key], stage, parent=parent))
    if COST in chosen and chain.money is not None:
        spent = Stage(key=COST, start=others[-1].start, end=others[-1].end, target=chain.money)
        made.append(_create(workspace, user, metrics[COST], spent, parent=parent, kind="ceiling"))
    return made


def _create(
    workspace: Workspace,
    user: User | None,
    metric: Metric,
    stage: Stage,
    *,
    parent: Objective | None = None,
    kind: str = "reach",
    goal: str = "",
) -> Objective:
    assert stage.target is not None
    wanted = Wanted(
        statement=metric.name,
        metric=metric,
        kind=kind,
        target=Decimal(stage.target),
        start=stage.start,
        end=stage.end,
        owner=user,
        parent=parent,
        goal=goal,
    )
    shown = Objective(workspace=workspace, **wanted.values())
    wanted.statement = proposed_statement(shown) or _("A target of the funnel")
    return create_objective(workspace, user=user, wanted=wanted)
