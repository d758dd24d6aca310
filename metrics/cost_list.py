"""The cost ledger as a page shows it: its lines, narrowed, and what they add up to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max, Min, Q, QuerySet

from accounts.models import Workspace
from metrics.cost_sharing import days_of
from metrics.models import Campaign, Cost, CostCategory, Dimension, DimensionValue, RecurringCost
from metrics.recurring_costs import next_due
from metrics.segment_names import segment_name

MOST_SUPPLIERS = 200


@dataclass(frozen=True, slots=True)
class WantedCosts:
    """What the ledger is narrowed to; empty for everything. `channel` is a key."""

    category: str = ""
    supplier: str = ""
    channel: str = ""
    campaign: str = ""
    year: int = 0

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.category or self.supplier or self.channel or self.campaign or self.year)

    def holds(self, day: date) -> bool:
        """Whether a day is of the year asked for."""
        return not self.year or day.year == self.year


@dataclass(frozen=True, slots=True)
class Choices:
    """What the ledger can be narrowed to."""

    years: list[int]
    categories: list[tuple[str, str]]
    suppliers: list[str]
    channels: list[tuple[str, str]]
    campaigns: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Total:
    """What one category, supplier or month comes to, and its share of everything."""

    label: str
    amount: Decimal
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Totals:
    """What the shown lines come to. `ahead`: of it, the days from today on, not spent yet."""

    amount: Decimal
    ahead: Decimal
    categories: list[Total]
    suppliers: list[Total]
    months: list[tuple[date, Decimal]]

    @property
    def spent(self) -> Decimal:
        """What the days before today come to."""
        return self.amount - self.ahead


@dataclass(frozen=True, slots=True)
class RecurringRow:
    """A cost that comes back, and when its next turn is due."""

    cost: RecurringCost
    next: date | None


def wanted_costs(workspace: Workspace, asked: Mapping[str, str]) -> WantedCosts:
    """What an address asks for; what is unknown is not asked for."""
    year = asked.get("year", "")
    category = asked.get("category", "")
    years = {str(one) for one in years_of(workspace)}
    return WantedCosts(
        category=category if category in CostCategory.values else "",
        supplier=asked.get("supplier", "")[:120],
        channel=asked.get("channel", "")[:300],
        campaign=asked.get("campaign", "")[:24],
        year=int(year) if year in years else 0,
    )


def cost_lines(workspace: Workspace, wanted: WantedCosts) -> QuerySet[Cost]:
    """The lines asked for, newest first; a line without a channel is its campaign's."""
    lines = Cost.objects.filter(workspace=workspace)
    if wanted.category:
        lines = lines.filter(category=wanted.category)
    if wanted.supplier:
        lines = lines.filter(supplier=wanted.supplier)
    if wanted.campaign:
        lines = lines.filter(campaign__public_id=wanted.campaign)
    if wanted.channel:
        of_campaign = Q(channel=None, campaign__channel__key=wanted.channel)
        lines = lines.filter(Q(channel__key=wanted.channel) | of_campaign)
    if wanted.year:
        first, last = date(wanted.year, 1, 1), date(wanted.year, 12, 31)
        lines = lines.filter(start__lte=last, end__gte=first)
    return lines.order_by("-start", "-end", "category", "pk")


def years_of(workspace: Workspace) -> list[int]:
    """The years in which the ledger has a cost, newest first."""
    found = Cost.objects.filter(workspace=workspace).aggregate(Min("start"), Max("end"))
    first, last = found["start__min"], found["end__max"]
    return list(range(last.year, first.year - 1, -1)) if first else []


def choices_of(workspace: Workspace) -> Choices:
    """What the ledger's lines have, for its filters."""
    lines = Cost.objects.filter(workspace=workspace)
    suppliers = lines.exclude(supplier="").order_by("supplier").values_list("supplier", flat=True)
    channels = DimensionValue.objects.filter(
        Q(pk__in=lines.values("channel")) | Q(pk__in=lines.values("campaign__channel")),
        workspace=workspace,
        dimension=Dimension.CHANNEL,
    )
    campaigns = Campaign.objects.filter(workspace=workspace, pk__in=lines.values("campaign"))
    return Choices(
        years_of(workspace),
        [(one.value, str(one.label)) for one in CostCategory],
        list(suppliers.distinct()[:MOST_SUPPLIERS]),
        [(one.key, segment_name(one)) for one in channels],
        list(campaigns.order_by("name").values_list("public_id", "name")),
    )


def totals_of(workspace: Workspace, wanted: WantedCosts, *, today: date) -> Totals:
    """What the lines asked for come to; of a year only its days, to the cent."""
    categories: dict[str, Decimal] = defaultdict(Decimal)
    suppliers: dict[str, Decimal] = defaultdict(Decimal)
    months: dict[date, Decimal] = defaultdict(Decimal)
    ahead = Decimal(0)
    for line in cost_lines(workspace, wanted).select_related("campaign"):
        for day, _channel, share in days_of(line):
            if not wanted.holds(day):
                continue
            categories[line.category] += share
            suppliers[line.supplier] += share
            months[day.replace(day=1)] += share
            ahead += share if day >= today else 0
    labels = {one.value: str(one.label) for one in CostCategory}
    return Totals(
        amount=sum(categories.values(), Decimal(0)),
        ahead=ahead,
        categories=_shares((labels[key], categories[key]) for key in labels if key in categories),
        suppliers=_shares(sorted(suppliers.items(), key=lambda one: -one[1])),
        months=sorted(months.items(), reverse=True),
    )


def recurring_rows(workspace: Workspace, *, today: date) -> list[RecurringRow]:
    """What comes back, with what is due next; what has ended last."""
    found = RecurringCost.objects.filter(workspace=workspace).select_related("channel", "campaign")
    rows = [RecurringRow(one, next_due(one, today=today)) for one in found]
    return sorted(rows, key=lambda row: (row.next is None, row.next or today))


def _shares(amounts: Iterable[tuple[str, Decimal]]) -> list[Total]:
    known = list(amounts)
    total = sum((amount for _label, amount in known), Decimal(0))
    return [Total(label, amount, amount / total if total else None) for label, amount in known]
