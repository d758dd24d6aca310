"""The cost ledger as a page shows it: lines of a year and category, and what they add up to."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max, Min, QuerySet, Sum

from accounts.models import Workspace
from metrics.models import Cost
from metrics.models.entry import CostCategory
from metrics.periods import spread

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class CategoryTotal:
    """What one category comes to, and its share of everything."""

    category: str
    label: str
    amount: Decimal
    share: Decimal | None


def cost_lines(workspace: Workspace, *, category: str = "", year: int = 0) -> QuerySet[Cost]:
    """The lines of a category that have a day in a year, newest first; all where not given."""
    lines = Cost.objects.filter(workspace=workspace)
    if category:
        lines = lines.filter(category=category)
    if year:
        lines = lines.filter(start__lte=date(year, 12, 31), end__gte=date(year, 1, 1))
    return lines.order_by("-start", "-end", "category", "pk")


def years_of(workspace: Workspace) -> list[int]:
    """The years in which the ledger has a cost, newest first."""
    found = Cost.objects.filter(workspace=workspace).aggregate(Min("start"), Max("end"))
    first, last = found["start__min"], found["end__max"]
    return list(range(last.year, first.year - 1, -1)) if first else []


def category_totals(workspace: Workspace, *, year: int = 0) -> list[CategoryTotal]:
    """What each category comes to, in the catalogue's order; of a year only its days.

    A line that reaches over the year's end counts with the share of its days inside.
    """
    amounts = _amounts(workspace, year)
    total = sum(amounts.values(), Decimal(0))
    return [
        CategoryTotal(
            category.value,
            str(category.label),
            amounts[category.value],
            amounts[category.value] / total if total else None,
        )
        for category in CostCategory
        if category.value in amounts
    ]


def _amounts(workspace: Workspace, year: int) -> dict[str, Decimal]:
    lines = cost_lines(workspace, year=year)
    if not year:
        return _sums(lines)
    first, last = date(year, 1, 1), date(year, 12, 31)
    amounts = _sums(lines.filter(start__gte=first, end__lte=last))
    for line in lines.exclude(start__gte=first, end__lte=last):
        inside = sum(
            (
                share
                for day, share in spread(line.amount, line.start, line.end, quantum=CENT)
                if first <= day <= last
            ),
            Decimal(0),
        )
        amounts[line.category] = amounts.get(line.category, Decimal(0)) + inside
    return amounts


def _sums(lines: QuerySet[Cost]) -> dict[str, Decimal]:
    grouped = lines.order_by().values_list("category").annotate(amount=Sum("amount"))
    return dict(grouped)
