"""The form of a line of the cost ledger, and the ledger's filters."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as lazy

from accounts.models import Workspace
from accounts.typed_numbers import NumberError, parse_number, typed_text
from metrics.cost_sharing import metrics_to_share_by
from metrics.entry_grid import language, metric_options
from metrics.forms.places import campaign_field, channel_field, day_field, number_field
from metrics.models import Cost, CostCategory, RecurringCost, Rhythm
from metrics.recurring_costs import Terms


class CostForm(forms.Form):
    """What was spent, on what, with whom and for which days."""

    category = forms.ChoiceField(
        label=lazy("Category"),
        choices=CostCategory,
        error_messages={"required": lazy("Choose a category.")},
    )
    supplier = forms.CharField(label=lazy("Supplier"), required=False, max_length=120)
    amount = number_field(
        lazy("Amount"), lazy("Without tax, in the workspace's currency. It is spread by day.")
    )
    rhythm = forms.ChoiceField(
        label=lazy("Comes back"),
        required=False,
        choices=[("", lazy("No, it is spent once")), *Rhythm.choices],
        help_text=lazy(
            "The amount is for each turn. A turn enters the ledger on its first day, never before."
        ),
    )
    start = day_field(lazy("First day"))
    end = day_field(lazy("Last day"), required=False)
    share_by = forms.ChoiceField(
        label=lazy("Share over channels by"),
        required=False,
        help_text=lazy(
            "For a cost without a channel: each month goes to the channels as this metric does."
        ),
        error_messages={"invalid_choice": lazy("Choose a metric from the list.")},
    )
    note = forms.CharField(label=lazy("Note"), required=False, max_length=300)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = (
        "category", "supplier", "amount", "rhythm", "start", "end", "channel", "campaign",
        "share_by", "note",
    )  # fmt: skip

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        """The form with the workspace's channels and campaigns."""
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        self.fields["channel"] = channel_field(workspace, lazy("No channel"))
        self.fields["campaign"] = campaign_field(workspace, lazy("No campaign"))
        shared_by = self.fields["share_by"]
        assert isinstance(shared_by, forms.ChoiceField)
        shared_by.choices = [
            ("", lazy("Not shared")),
            *metric_options(metrics_to_share_by(workspace)),
        ]
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """The amount as a number, and a last day."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("amount"):
            try:
                amount, currency = cleaned["amount"], self.workspace.currency
                cleaned["amount"] = parse_number(amount, language(), currency=currency)
            except NumberError as error:
                self.add_error("amount", ValidationError(str(error)))
        if not cleaned.get("rhythm"):
            cleaned["end"] = cleaned.get("end") or cleaned.get("start")
        return cleaned

    @property
    def given(self) -> dict[str, Any]:
        """The checked values, as `metrics.costs.save_cost` takes them."""
        return {name: self.cleaned_data[name] for name in self.field_order if name != "rhythm"}

    @property
    def terms(self) -> Terms:
        """The checked values of a cost that comes back."""
        names = [name for name in self.field_order if name not in {"start", "end"}]
        return Terms(**{name: self.cleaned_data[name] for name in names})


class RecurringForm(CostForm):
    """A cost that comes back, changed as a whole or from a day on."""

    scope = forms.ChoiceField(
        label=lazy("What changes"),
        choices=[
            ("from", lazy("From a day on\nwhat was spent before stays as it is")),
            ("whole", lazy("All of it\nalso what was spent already")),
        ],
        widget=forms.RadioSelect,
        initial="from",
    )
    from_day = day_field(lazy("From this day on"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As of a cost; it always comes back."""
        super().__init__(*args, **kwargs)
        rhythm = self.fields["rhythm"]
        assert isinstance(rhythm, forms.ChoiceField)
        rhythm.choices, rhythm.required = Rhythm.choices, True
        self.fields["end"].label = lazy("Last day, if it ends")

    def clean(self) -> dict[str, Any]:
        """A change from a day on says from which."""
        cleaned = super().clean()
        if cleaned.get("scope") == "from" and not cleaned.get("from_day"):
            self.add_error("from_day", ValidationError(lazy("Choose a day.")))
        return cleaned


def initial_of_cost(cost: Cost | RecurringCost) -> dict[str, Any]:
    """A stored line, or a cost that comes back, as the form shows it."""
    return {
        "category": cost.category,
        "supplier": cost.supplier,
        "amount": typed_text(cost.amount, "money", language()),
        "rhythm": cost.rhythm if isinstance(cost, RecurringCost) else "",
        "start": cost.start,
        "end": cost.last if isinstance(cost, RecurringCost) else cost.end,
        "channel": cost.channel.key if cost.channel else "",
        "campaign": cost.campaign.public_id if cost.campaign else "",
        "share_by": cost.share_by,
        "note": cost.note,
        "version": cost.version,
    }
