"""Metrics as a workspace uses them; what they mean comes from the catalogue."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from accounts.spreadsheets import Table
from accounts.workspace_admin import WrittenAdmin, WrittenForm
from metrics.admin.export import ExportedAdmin, metric_table
from metrics.admin.filters import OwnFamilyFilter, language, metrics_named
from metrics.catalogue import CATALOGUE, FAMILIES
from metrics.metric_settings import change_metric
from metrics.models import Metric
from metrics.units import UNIT_NAMES

BASE = frozenset(one.key for one in CATALOGUE.values() if not one.is_derived)
WHERE_VALUES_ARE_TYPED = ("metrics", "entry", "metric")


class MetricForm(WrittenForm):
    """What a workspace decides about a metric."""

    reason = forms.CharField(
        label=lazy("Why what counts changes"),
        required=False,
        max_length=300,
        help_text=lazy("Needed when there was a rule before: it stays in the history."),
    )

    class Meta:
        model = Metric
        fields = ("workspace", "golden_rank", "is_hidden", "rule_text", "counting_feed")

    def write(self) -> Metric:
        """Changes what differs; another rule than before needs its reason."""
        given = self.cleaned_data
        names = ("golden_rank", "is_hidden", "rule_text", "reason", "counting_feed")
        return change_metric(
            self.instance,
            user=self.user,
            by=self.request,
            now=timezone.now(),
            **{name: given[name] for name in names},
        )


@admin.register(Metric)
class MetricAdmin(ExportedAdmin, WrittenAdmin):
    """Golden KPIs, what counts, and which feed decides."""

    may_add = False
    may_delete = False
    form = MetricForm
    sets = (
        (None, {"fields": ("golden_rank", "is_hidden", "rule_text", "reason", "counting_feed")}),
        (
            lazy("From the catalogue"),
            {"fields": ("title", "key", "meaning", "family", "unit", "rolls_up", "formula")},
        ),
    )
    readonly_fields = ("title", "key", "meaning", "family", "unit", "rolls_up", "formula")
    autocomplete_fields = ("counting_feed",)
    list_display = ("title", "golden_rank", "family", "rolls_up", "is_hidden", "key")
    list_filter = (
        OwnFamilyFilter, ("golden_rank", admin.EmptyFieldListFilter), "is_hidden",
    )  # fmt: skip
    list_select_related = ("workspace",)
    search_fields = ("key",)
    search_help_text = lazy("Name or key, in English or French")
    list_per_page = 100

    @admin.display(description=lazy("name"), ordering="key")
    def title(self, metric: Metric) -> str:
        """The name in the reader's language."""
        return metric.name

    @admin.display(description=lazy("definition"))
    def meaning(self, metric: Metric) -> str:
        """What it measures."""
        return metric.definition.definition(language())

    @admin.display(description=lazy("family"))
    def family(self, metric: Metric) -> str:
        """Its shelf of the catalogue."""
        names = {one.key: one.name(language()) for one in FAMILIES}
        return names.get(metric.definition.family, "–")

    @admin.display(description=lazy("unit"))
    def unit(self, metric: Metric) -> str:
        """What it is counted in."""
        return UNIT_NAMES[metric.definition.unit].said(language())

    @admin.display(description=lazy("over time"))
    def rolls_up(self, metric: Metric) -> str:
        """How it adds up."""
        return metric.rollup_words

    @admin.display(description=lazy("formula"))
    def formula(self, metric: Metric) -> str:
        """What it is made of; nothing for a base metric."""
        return metric.definition.formula or "–"

    def name_of(self, obj: Metric) -> str:
        """The name in the reader's language."""
        return obj.name

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By name in either language; only base metrics where a value is typed."""
        asked = tuple(request.GET.get(name) for name in ("app_label", "model_name", "field_name"))
        if asked == WHERE_VALUES_ARE_TYPED:
            queryset = queryset.filter(key__in=BASE)
        return (queryset.filter(metrics_named(search_term)) if search_term else queryset), False

    def export_table(self, chosen: QuerySet[Any]) -> Table:
        """The list of metrics with their definitions."""
        return metric_table(chosen, language())
