"""The cost ledger: lines by category, supplier and month, with their total."""

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as lazy

from accounts import fmt
from accounts.access import Right
from accounts.spreadsheets import Table
from accounts.typed_numbers import typed_text
from accounts.workspace_admin import WrittenAdmin, person_of
from metrics.admin.export import ExportedAdmin
from metrics.admin.filters import ChannelFilter, SpannedColumns, SupplierFilter
from metrics.admin.when import WHEN_FIELDS, DatedForm, TypedForm, language
from metrics.catalogue import CATALOGUE
from metrics.catalogue.definition import Rollup
from metrics.cost_sharing import metrics_to_share_by
from metrics.cost_tables import cost_table
from metrics.costs import delete_cost, save_cost
from metrics.models import Cost
from metrics.rules import LEDGER_KEYS
from metrics.typed import Conflict


class LedgerForm(TypedForm):
    """What lines of the ledger and costs that come back have in common."""

    amount = forms.CharField(
        label=lazy("Amount"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=lazy("In the workspace's currency, without tax."),
    )
    share_by = forms.ChoiceField(
        label=lazy("Share over channels by"),
        required=False,
        help_text=lazy(
            "For a cost without a channel: each month goes to the channels as this metric does."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Shows the stored amount as its reader would type it."""
        super().__init__(*args, **kwargs)
        shared_by = self.fields["share_by"]
        assert isinstance(shared_by, forms.ChoiceField)
        shared_by.choices = [("", lazy("Not shared")), *self._metrics()]
        self.initial["share_by"] = self.instance.share_by
        if self.instance.pk:
            self.initial["amount"] = typed_text(self.instance.amount, "money", language())

    def _metrics(self) -> list[tuple[str, str]]:
        """What costs can be shared by; those of the catalogue while no workspace is chosen."""
        chosen = self.instance.workspace if self.instance.workspace_id else self.only_workspace
        if chosen:
            return [(one.key, one.name) for one in metrics_to_share_by(chosen)]
        return [
            (key, one.name(language()))
            for key, one in CATALOGUE.items()
            if one.rollup is Rollup.SUM and key not in LEDGER_KEYS
        ]

    def clean(self) -> dict[str, Any]:
        """The amount as a number."""
        super().clean()
        self.read_number("amount", "money")
        return self.cleaned_data


class CostForm(LedgerForm, DatedForm):
    """One line of the ledger."""

    class Meta:
        model = Cost
        fields = ("workspace", "category", "supplier", "channel", "campaign", "note")

    def write(self) -> Cost:
        """Adds the line, or changes it."""
        given = self.cleaned_data
        return save_cost(
            self.workspace,
            user=self.user,
            cost=self.instance if self.instance.pk else None,
            version=given.get("seen_version"),
            **{name: given[name] for name in self.written if name in given},
        )

    written = (
        "category", "amount", "start", "end", "supplier", "channel", "campaign", "share_by", "note",
    )  # fmt: skip


@admin.register(Cost)
class CostAdmin(SpannedColumns, ExportedAdmin, WrittenAdmin):
    """What marketing costs."""

    change_right = Right.ENTER
    form = CostForm
    change_list_template = "admin/metrics/cost/change_list.html"
    sets = (
        (None, {"fields": ("category", "amount", "supplier")}),
        (
            lazy("When"),
            {
                "fields": WHEN_FIELDS,
                "classes": ("when",),
                "description": lazy(
                    "A cost is spread evenly over its days, to the cent. It may lie ahead: a"
                    " subscription is known when it is paid."
                ),
            },
        ),
        (
            lazy("Where"),
            {
                "fields": ("channel", "campaign", "share_by", "note", "seen_version"),
                "description": lazy("Without a channel, a cost goes to its campaign's."),
            },
        ),
    )
    autocomplete_fields = ("channel", "campaign")
    list_display = ("category", "days", "money", "supplier", "place", "note", "who")
    list_filter = ("category", SupplierFilter, ChannelFilter)
    list_select_related = ("workspace", "channel", "campaign", "entered_by")
    search_fields = ("supplier", "note", "campaign__name")
    search_help_text = lazy("Supplier, campaign or note")
    date_hierarchy = "start"
    ordering = ("-start", "category")

    @admin.display(description=lazy("amount"), ordering="amount")
    def money(self, cost: Cost) -> str:
        """The amount in the workspace's currency."""
        return fmt.money(cost.amount, cost.workspace.currency, language())

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With the total of what is listed, by currency."""
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None) or {}
        if "cl" in shown:
            shown["totals"] = _totals(shown["cl"].queryset)
        return response

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what each line belongs to."""
        return super().get_queryset(request).select_related("recurring")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A line of a recurring cost changes only with that."""
        return super().has_change_permission(request, obj) and not _recurs(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A line of a recurring cost goes only with that."""
        return super().has_delete_permission(request, obj) and not _recurs(obj)

    def export_table(self, chosen: QuerySet[Any]) -> Table:
        """The ledger as a table."""
        return cost_table(chosen.order_by("start", "pk"))

    def delete_model(self, request: HttpRequest, obj: Cost) -> None:
        """Takes a line out of the ledger."""
        delete_cost(obj, user=person_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Takes the chosen lines out of the ledger."""
        for cost in queryset:
            with suppress(Conflict, ValidationError):
                delete_cost(cost, user=person_of(request))


def _recurs(cost: Any) -> bool:
    return cost is not None and cost.recurring_id is not None


def _totals(costs: QuerySet[Any]) -> list[str]:
    """The sum of these lines in each currency."""
    sums = costs.order_by().values_list("workspace__currency").annotate(total=Sum("amount"))
    return [fmt.money(total, currency, language()) for currency, total in sums]
