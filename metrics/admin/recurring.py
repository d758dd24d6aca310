"""Costs that come back: added, changed from a day on or as a whole, ended, deleted."""

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts import fmt
from accounts.access import Right
from accounts.spreadsheets import Table
from accounts.workspace_admin import WrittenAdmin, person_of
from metrics.admin.costs import LedgerForm
from metrics.admin.export import ExportedAdmin
from metrics.admin.filters import ChannelFilter, SpannedColumns, SupplierFilter
from metrics.admin.when import language
from metrics.cost_tables import recurring_table
from metrics.forms.answers import DATE_INPUT
from metrics.models import RecurringCost
from metrics.periods import local_today
from metrics.recurring_costs import (
    Terms,
    change_from,
    delete_recurring,
    next_due,
    save_recurring,
)
from metrics.typed import Conflict

FROM, WHOLE = "from", "whole"


class RecurringForm(LedgerForm):
    """What recurs, how often, and from when; a change says from which day on it holds."""

    scope = forms.ChoiceField(
        label=lazy("What changes"),
        required=False,
        choices=[
            (FROM, lazy("From a day on: what was spent before stays as it is")),
            (WHOLE, lazy("All of it, also what was spent already")),
        ],
        initial=FROM,
        widget=forms.RadioSelect,
    )
    from_day = forms.DateField(label=lazy("From this day on"), required=False, widget=DATE_INPUT)

    class Meta:
        model = RecurringCost
        fields = (
            "workspace", "category", "supplier", "rhythm", "start", "last", "channel", "campaign",
            "note",
        )  # fmt: skip
        widgets = {"start": DATE_INPUT, "last": DATE_INPUT}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A change begins with the next turn, unless somebody says otherwise."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            today = local_today(timezone.now(), self.instance.workspace.time_zone)
            self.initial["from_day"] = next_due(self.instance, today=today) or today
            self._stored = RecurringCost.objects.get(pk=self.instance.pk)

    def clean(self) -> dict[str, Any]:
        """A change from a day on says from which."""
        cleaned = super().clean()
        if self._is_from_a_day and "from_day" not in self.errors and not cleaned.get("from_day"):
            self.add_error("from_day", _("Say which day."))
        return cleaned

    @property
    def _is_from_a_day(self) -> bool:
        return bool(self.instance.pk) and self.cleaned_data.get("scope", FROM) != WHOLE

    def write(self) -> RecurringCost:
        """Adds it, changes the whole of it, or ends it and goes on from a day."""
        given = self.cleaned_data
        terms = Terms(**{name: given[name] for name in Terms.__slots__})
        today = local_today(timezone.now(), self.workspace.time_zone)
        version = given.get("seen_version")
        if self._is_from_a_day:
            return change_from(
                self._stored, terms, day=given["from_day"], last=given["last"],
                user=self.user, today=today, version=version,
            )  # fmt: skip
        return save_recurring(
            self.workspace, terms, user=self.user, start=given["start"], last=given["last"],
            today=today, recurring=self.instance if self.instance.pk else None, version=version,
        )  # fmt: skip

    def place_of(self, name: str) -> str:
        """The last day, which the writer calls the end."""
        return "last" if name == "end" else name


@admin.register(RecurringCost)
class RecurringCostAdmin(SpannedColumns, ExportedAdmin, WrittenAdmin):
    """What comes back; each turn is a line of the ledger from its first day on."""

    change_right = Right.ENTER
    form = RecurringForm
    autocomplete_fields = ("channel", "campaign")
    list_display = ("category", "supplier", "money", "rhythm", "start", "last", "place", "who")
    list_filter = ("category", "rhythm", SupplierFilter, ChannelFilter)
    list_select_related = ("workspace", "channel", "campaign", "entered_by")
    search_fields = ("supplier", "note", "campaign__name")
    search_help_text = lazy("Supplier, campaign or note")

    change_set = (
        lazy("From when"),
        {
            "fields": ("scope", "from_day"),
            "description": lazy(
                "To end it, change all of it and give its last day: a turn that this cuts short"
                " bears the share of its days."
            ),
        },
    )
    sets = (
        (None, {"fields": ("category", "amount", "rhythm", "supplier")}),
        (
            lazy("When"),
            {
                "fields": ("start", "last"),
                "description": lazy(
                    "A turn enters the ledger on its first day, never before. Without a last day"
                    " it goes on."
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

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A change says first from when it holds."""
        shown = super().get_fieldsets(request, obj)
        return shown if obj is None else [self.change_set, *shown]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what each belongs to."""
        return super().get_queryset(request).select_related("workspace")

    @admin.display(description=lazy("amount"), ordering="amount")
    def money(self, cost: RecurringCost) -> str:
        """The amount of a turn in the workspace's currency."""
        return fmt.money(cost.amount, cost.workspace.currency, language())

    def export_table(self, chosen: QuerySet[Any]) -> Table:
        """What comes back, a row each."""
        return recurring_table(chosen)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Its lines go with it, through their writer: nothing stands in the way."""
        names = [str(one) for one in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, set(), []

    def delete_model(self, request: HttpRequest, obj: RecurringCost) -> None:
        """Deletes it with all of its lines."""
        delete_recurring(obj, user=person_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Deletes the chosen ones with all of their lines."""
        for cost in queryset:
            with suppress(Conflict, ValidationError):
                delete_recurring(cost, user=person_of(request))
