"""The API of the cost ledger."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from accounts.access import Right
from accounts.api import ChoiceField, PageQuery
from accounts.api_bodies import Strict
from metrics.api_rows import Collection, Deletable, Given, Kept, described_list, described_one
from metrics.cost_list import WantedCosts, cost_lines
from metrics.costs import delete_cost, save_cost
from metrics.models import Cost
from metrics.models.entry import CostCategory
from metrics.numbers import as_text
from metrics.serializers import DayField, NumberField

FIELDS = (
    "category", "amount", "start", "end", "supplier", "channel", "campaign", "note", "share_by",
)  # fmt: skip


class CostSerializer(serializers.Serializer[Any]):
    """A line of the ledger."""

    id = serializers.CharField()
    category = serializers.ChoiceField(CostCategory.values)
    amount = NumberField()
    start = serializers.DateField()
    end = serializers.DateField()
    supplier = serializers.CharField()
    channel = serializers.CharField(allow_null=True)
    campaign = serializers.CharField(allow_null=True)
    note = serializers.CharField()
    share_by = serializers.CharField()
    version = serializers.IntegerField()


class SpendingWrite(Strict):
    """What is given of any cost, spent once or coming back; what is left out stays."""

    category = ChoiceField(choices=CostCategory.values, required=False)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, required=False)
    supplier = serializers.CharField(max_length=120, required=False, allow_blank=True)
    channel = serializers.CharField(
        max_length=300, required=False, allow_null=True, help_text=gettext_lazy("Its key.")
    )
    campaign = serializers.CharField(
        max_length=24, required=False, allow_null=True, help_text=gettext_lazy("Its id.")
    )
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    share_by = serializers.CharField(
        max_length=64,
        required=False,
        allow_blank=True,
        help_text=gettext_lazy("The metric by which a cost without a channel is shared."),
    )


class CostWrite(SpendingWrite):
    """What is given of a line."""

    start = DayField(required=False)
    end = DayField(required=False)


class CostNew(CostWrite):
    """A line that is not there yet."""

    category = ChoiceField(choices=CostCategory.values)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0)
    start = DayField()
    end = DayField(required=False, help_text=gettext_lazy("The first day where it is left out."))


class CostsQuery(PageQuery):
    """Which lines."""

    category = ChoiceField(choices=CostCategory.values, required=False)
    year = serializers.IntegerField(min_value=1900, max_value=2999, required=False)


class Costs(Kept[Cost]):
    """The ledger."""

    write_right = Right.ENTER

    def rows(self) -> QuerySet[Cost]:
        """Its lines with what they belong to."""
        rows = Cost.objects.filter(workspace=self.workspace)
        return rows.select_related("channel", "campaign")

    def as_json(self, row: Cost) -> dict[str, Any]:
        """A line as the API shows it."""
        return cost_json(row)


@described_list(
    "cost",
    tag="costs",
    shape=CostSerializer,
    lists=gettext_lazy("The lines of the cost ledger, the newest first."),
    adds=gettext_lazy("Adds a line to the ledger."),
)
class CostsView(Costs, Collection[Cost]):
    """``costs/``."""

    query = CostsQuery
    new = CostNew

    def added(self, given: Given) -> Cost:
        """A line of one day where it says no last one, with its facts."""
        found = self.places({"end": given["start"], **given})
        return save_cost(self.workspace, user=self.user, **found)

    def listed(self, asked: Given) -> QuerySet[Cost]:
        """Those of a category, of a year."""
        wanted = WantedCosts(category=asked.get("category", ""), year=asked.get("year", 0))
        return cost_lines(self.workspace, wanted).select_related("channel", "campaign")


@described_one(
    "cost",
    tag="costs",
    shape=CostSerializer,
    reads=gettext_lazy("One line of the ledger."),
    changes=gettext_lazy("Changes a line of the ledger."),
    deletes=gettext_lazy("Takes a line out of the ledger."),
)
class CostView(Costs, Deletable[Cost]):
    """``costs/<id>/``."""

    change = CostWrite
    unknown = gettext_lazy("The workspace has no cost “%(id)s”.")

    def changed(self, row: Cost, given: Given) -> Cost:
        """Its facts follow."""
        kept = {name: getattr(row, name) for name in FIELDS}
        return save_cost(self.workspace, user=self.user, cost=row, **kept | self.places(given))

    def removed(self, row: Cost) -> None:
        """Its facts go with it."""
        delete_cost(row, user=self.user)


def cost_json(cost: Cost) -> dict[str, Any]:
    """A line of the ledger as the API shows it."""
    return {
        "id": cost.public_id,
        "category": cost.category,
        "amount": as_text(cost.amount),
        "start": cost.start.isoformat(),
        "end": cost.end.isoformat(),
        "supplier": cost.supplier,
        "channel": cost.channel.key if cost.channel else None,
        "campaign": cost.campaign.public_id if cost.campaign else None,
        "note": cost.note,
        "share_by": cost.share_by,
        "version": cost.version,
    }
