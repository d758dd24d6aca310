"""Typed values: entered for a day, a month or a span, exported, and a month on one page."""

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from accounts import fmt
from accounts.access import Right
from accounts.spreadsheets import Table
from accounts.typed_numbers import typed_text
from accounts.workspace_admin import WrittenAdmin, person_of
from metrics.admin.export import ExportedAdmin
from metrics.admin.filters import (
    ChannelFilter,
    FamilyFilter,
    MetricFilter,
    SpannedColumns,
    metrics_named,
)
from metrics.admin.month import month_view
from metrics.admin.when import WHEN_FIELDS, DatedForm, language
from metrics.entries import delete_entry, save_entry
from metrics.models import Entry, Metric
from metrics.page_tables import entry_table
from metrics.periods import local_today
from metrics.typed import Conflict


class EntryForm(DatedForm):
    """One typed value."""

    value = forms.CharField(
        label=lazy("Value"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=lazy("As you write numbers. A rate in percent: 4.5 is 4.5%."),
    )

    class Meta:
        model = Entry
        fields = ("workspace", "metric", "channel", "campaign", "device", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Shows the stored value as its reader would type it."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            unit = str(self.instance.metric.definition.unit)
            self.initial["value"] = typed_text(self.instance.value, unit, language())

    def clean(self) -> dict[str, Any]:
        """The value in the metric's unit."""
        cleaned = super().clean()
        metric = cleaned.get("metric")
        if isinstance(metric, Metric):
            self.read_number("value", str(metric.definition.unit))
        return self.cleaned_data

    def write(self) -> Entry:
        """Enters the value, or changes it."""
        given = self.cleaned_data
        return save_entry(
            self.workspace,
            user=self.user,
            today=local_today(timezone.now(), self.workspace.time_zone),
            entry=self.instance if self.instance.pk else None,
            version=given.get("seen_version"),
            **{name: given[name] for name in self.written if name in given},
        )

    written = (
        "metric", "start", "end", "value", "channel", "campaign", "device", "note",
    )  # fmt: skip


@admin.register(Entry)
class EntryAdmin(SpannedColumns, ExportedAdmin, WrittenAdmin):
    """The values that people type."""

    change_right = Right.ENTER
    form = EntryForm
    sets = (
        (None, {"fields": ("metric",)}),
        (
            lazy("When"),
            {
                "fields": WHEN_FIELDS,
                "classes": ("when",),
                "description": lazy(
                    "The total of a month or span is spread over its days. A level, such as"
                    " followers, counts for the last day."
                ),
            },
        ),
        (lazy("Value"), {"fields": ("value", "note", "seen_version")}),
        (
            lazy("Where"),
            {
                "fields": ("channel", "campaign", "device"),
                "description": lazy("Left empty, the value is the total of everything."),
            },
        ),
    )
    autocomplete_fields = ("metric", "channel", "campaign", "device")
    list_display = ("metric_name", "days", "amount", "place", "note", "who")
    list_filter = (FamilyFilter, MetricFilter, ChannelFilter)
    list_select_related = (
        "metric", "workspace", "channel", "campaign", "device", "entered_by",
    )  # fmt: skip
    search_fields = ("note", "campaign__name")
    search_help_text = lazy("Metric, campaign or note")
    date_hierarchy = "start"
    ordering = ("-start", "metric__key")

    @admin.display(description=lazy("metric"), ordering="metric__key")
    def metric_name(self, entry: Entry) -> str:
        """The metric in the reader's language."""
        return entry.metric.name

    @admin.display(description=lazy("value"), ordering="value")
    def amount(self, entry: Entry) -> str:
        """The value in its unit."""
        unit = str(entry.metric.definition.unit)
        return fmt.metric_value(entry.value, unit, entry.workspace.currency, language())

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Also by the metric's name in either language."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if search_term:
            named = Metric.objects.filter(metrics_named(search_term))
            found = queryset.filter(pk__in=found.values("pk")) | queryset.filter(metric__in=named)
        return found, duplicates

    def get_urls(self) -> list[URLPattern]:
        """With the page of a month."""
        month = self.admin_site.admin_view(month_view)
        return [path("month/", month, name="metrics_entry_month"), *super().get_urls()]

    def delete_model(self, request: HttpRequest, obj: Entry) -> None:
        """Deletes a value and its facts."""
        delete_entry(obj, user=person_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Deletes the chosen values and their facts."""
        for entry in queryset:
            with suppress(Conflict):
                delete_entry(entry, user=person_of(request))

    def export_table(self, chosen: QuerySet[Any]) -> Table:
        """The product's own long layout, which an import reads back."""
        return entry_table(chosen.order_by("start", "metric__key", "pk"))
