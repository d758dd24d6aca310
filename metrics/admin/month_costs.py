"""What a month cost, on the page of a month: one amount for each category of the ledger.

An amount is the ledger's line for just this month, of no supplier, channel or campaign; what other
lines come to in the month stands beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from accounts.typed_numbers import NumberError, parse_number, typed_text
from metrics.cost_sharing import days_of
from metrics.costs import delete_cost, save_cost
from metrics.entry_grid import language
from metrics.grid_saving import SEEN
from metrics.models import Cost, CostCategory
from metrics.periods import Period
from metrics.typed import Conflict


@dataclass(slots=True)
class MonthCost:
    """A category: its line of the month, if there is one, and what the other lines come to."""

    category: CostCategory
    cost: Cost | None
    others: Decimal
    text: str
    error: str = ""

    @property
    def name(self) -> str:
        """The name of its field."""
        return f"cost.{self.category.value}"

    @property
    def typed(self) -> str:
        """The stored amount as its reader would type it."""
        return typed_text(self.cost.amount, "money", language()) if self.cost else ""

    @property
    def seen(self) -> str:
        """What the form was shown with."""
        return f"{self.cost.version if self.cost else 0}:{self.typed}"


def month_costs(workspace: Workspace, period: Period) -> list[MonthCost]:
    """Every category, in the ledger's order."""
    lines = Cost.objects.filter(
        workspace=workspace, start__lte=period.end, end__gte=period.start
    ).select_related("campaign")
    own: dict[str, Cost] = {}
    others: dict[str, Decimal] = dict.fromkeys(CostCategory.values, Decimal(0))
    for line in lines.order_by("pk"):
        if _is_whole(line, period) and line.category not in own:
            own[line.category] = line
        else:
            shares = (
                share for day, _c, share in days_of(line) if period.start <= day <= period.end
            )
            others[line.category] += sum(shares, Decimal(0))
    found = [MonthCost(one, own.get(one), others[one], "") for one in CostCategory]
    for one in found:
        one.text = one.typed
    return found


def _is_whole(line: Cost, period: Period) -> bool:
    """Whether a line is the month's own: all of it, and nothing that would tell it apart."""
    return (line.start, line.end) == (period.start, period.end) and not (
        line.supplier or line.share_by or line.channel_id or line.campaign_id or line.recurring_id
    )


def fill_costs(costs: Iterable[MonthCost], posted: Mapping[str, str]) -> list[MonthCost]:
    """Puts what was typed into the fields, and returns those that were changed."""
    changed = []
    for one in costs:
        text = posted.get(one.name)
        version, _colon, shown = posted.get(SEEN + one.name, one.seen).partition(":")
        if text is None or text.strip() == shown.strip():
            continue
        one.text = text.strip()
        if version != one.seen.partition(":")[0]:
            one.error = _("Somebody changed this meanwhile: it is %(value)s now.") % {
                "value": one.typed or "–"
            }
        changed.append(one)
    return changed


def read_costs(costs: Iterable[MonthCost], currency: str) -> list[tuple[MonthCost, Decimal | None]]:
    """Each with its amount, None where it was emptied; the fields say what is wrong."""
    values: list[tuple[MonthCost, Decimal | None]] = []
    for one in costs:
        try:
            amount = parse_number(one.text, language(), currency=currency) if one.text else None
        except NumberError as error:
            one.error = str(error)
        else:
            values.append((one, amount))
    return values


def save_costs(
    workspace: Workspace,
    period: Period,
    values: Iterable[tuple[MonthCost, Decimal | None]],
    *,
    user: User,
) -> bool:
    """Saves every amount; False where the ledger refuses one, which then says why.

    To be called in a transaction that is given up where it is False.
    """
    fine = True
    for one, amount in values:
        version = one.cost.version if one.cost else None
        try:
            if amount is not None:
                save_cost(
                    workspace, user=user, category=one.category, amount=amount,
                    start=period.start, end=period.end, note=one.cost.note if one.cost else "",
                    cost=one.cost, version=version,
                )  # fmt: skip
            elif one.cost is not None:
                delete_cost(one.cost, user=user, version=version)
        except ValidationError as refused:
            one.error, fine = " ".join(refused.messages), False
        except Conflict:
            one.error, fine = _("Somebody changed this meanwhile. Open the month again."), False
    return fine
