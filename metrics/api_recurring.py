"""The API of costs that come back."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.access import Right
from accounts.api import ChoiceField
from metrics.api_costs import SpendingWrite
from metrics.api_rows import Collection, Deletable, Given, Kept, described_list, described_one
from metrics.models import RecurringCost, Rhythm
from metrics.models.entry import CostCategory
from metrics.numbers import as_text
from metrics.recurring_costs import (
    Terms,
    change_from,
    delete_recurring,
    next_due,
    save_recurring,
)
from metrics.serializers import DayField, NumberField


class RecurringSerializer(serializers.Serializer[Any]):
    """A cost that comes back."""

    id = serializers.CharField()
    category = serializers.ChoiceField(CostCategory.values)
    amount = NumberField(help_text=gettext_lazy("Of each turn."))
    rhythm = serializers.ChoiceField(Rhythm.values)
    start = serializers.DateField()
    last = serializers.DateField(allow_null=True)
    next = serializers.DateField(
        allow_null=True, help_text=gettext_lazy("The first day of the next turn.")
    )
    supplier = serializers.CharField()
    channel = serializers.CharField(allow_null=True)
    campaign = serializers.CharField(allow_null=True)
    note = serializers.CharField()
    share_by = serializers.CharField()
    version = serializers.IntegerField()


class RecurringWrite(SpendingWrite):
    """What is given of it."""

    passed_over = SpendingWrite.passed_over | {"next"}

    rhythm = ChoiceField(choices=Rhythm.values, required=False)
    start = DayField(required=False)
    last = DayField(
        required=False,
        allow_null=True,
        help_text=gettext_lazy("The last day; null where it goes on."),
    )


class RecurringChange(RecurringWrite):
    """What changes, and from when."""

    from_day = DayField(
        required=False,
        help_text=gettext_lazy(
            "The change holds from this day on: the cost ends the day before, and the answer is "
            "the one that goes on. Left out, all of its lines change."
        ),
    )


class RecurringNew(RecurringWrite):
    """A cost that does not come back yet."""

    category = ChoiceField(choices=CostCategory.values)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0)
    rhythm = ChoiceField(choices=Rhythm.values)
    start = DayField()


class Recurring(Kept[RecurringCost]):
    """The costs that come back."""

    write_right = Right.ENTER

    def rows(self) -> QuerySet[RecurringCost]:
        """With what they belong to."""
        rows = RecurringCost.objects.filter(workspace=self.workspace)
        return rows.select_related("workspace", "channel", "campaign")

    def as_json(self, row: RecurringCost) -> dict[str, Any]:
        """A cost that comes back, as it stands today."""
        return recurring_json(row, today=self.today)


@described_list(
    "recurring_cost",
    tag="costs",
    shape=RecurringSerializer,
    lists=gettext_lazy("The costs that come back, the newest first."),
    adds=gettext_lazy("Adds a cost that comes back, with the turns that began already."),
)
class RecurringCostsView(Recurring, Collection[RecurringCost]):
    """``recurring-costs/``."""

    new = RecurringNew

    def added(self, given: Given) -> RecurringCost:
        """Each turn enters the ledger on its first day."""
        return save_recurring(
            self.workspace, _terms(self.places(given)), user=self.user, start=given["start"],
            last=given.get("last"), today=self.today,
        )  # fmt: skip


@described_one(
    "recurring_cost",
    tag="costs",
    shape=RecurringSerializer,
    reads=gettext_lazy("One cost that comes back."),
    changes=gettext_lazy("Changes it from a day on, or the whole of it; `last` ends it."),
    deletes=gettext_lazy("Deletes it with all of its lines; to stop it, give its last day."),
)
class RecurringCostView(Recurring, Deletable[RecurringCost]):
    """``recurring-costs/<id>/``."""

    change = RecurringChange
    unknown = gettext_lazy("The workspace has no recurring cost “%(id)s”.")

    def changed(self, row: RecurringCost, given: Given) -> RecurringCost:
        """The whole of it; from a day on it ends, and the answer is the one that goes on."""
        kept = {name: getattr(row, name) for name in Terms.__slots__}
        terms, last = _terms(kept | self.places(given)), given.get("last", row.last)
        if "from_day" not in given:
            return save_recurring(
                self.workspace, terms, user=self.user, start=given.get("start", row.start),
                last=last, today=self.today, recurring=row,
            )  # fmt: skip
        if "start" in given:
            message = _("A change from a day on keeps the first day. Leave it out.")
            raise ValidationError({"start": [message]})
        return change_from(
            row, terms, day=given["from_day"], last=last, user=self.user, today=self.today
        )

    def removed(self, row: RecurringCost) -> None:
        """What was spent already goes too."""
        delete_recurring(row, user=self.user)


def recurring_json(cost: RecurringCost, *, today: date) -> dict[str, Any]:
    """A cost that comes back as the API shows it on this day."""
    following = next_due(cost, today=today)
    return {
        "id": cost.public_id,
        "category": cost.category,
        "amount": as_text(cost.amount),
        "rhythm": cost.rhythm,
        "start": cost.start.isoformat(),
        "last": cost.last.isoformat() if cost.last else None,
        "next": following.isoformat() if following else None,
        "supplier": cost.supplier,
        "channel": cost.channel.key if cost.channel else None,
        "campaign": cost.campaign.public_id if cost.campaign else None,
        "note": cost.note,
        "share_by": cost.share_by,
        "version": cost.version,
    }


def _terms(given: Given) -> Terms:
    return Terms(**{name: given[name] for name in Terms.__slots__ if name in given})
