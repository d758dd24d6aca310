"""Metrics as a workspace uses them; what they mean comes from the catalogue."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.audit import record
from accounts.spreadsheets import Table
from accounts.workspace_admin import WorkspaceAdmin, WorkspaceForm, person_of
from metrics.admin.export import ExportedAdmin, metric_table
from metrics.admin.filters import OwnFamilyFilter, language, metrics_named
from metrics.catalogue import CATALOGUE, FAMILIES
from metrics.definitions import change_rule_text
from metrics.models import Metric
from metrics.staleness import mark_metric_stale
from metrics.units import UNIT_NAMES

BASE = frozenset(one.key for one in CATALOGUE.values() if not one.is_derived)
WHERE_VALUES_ARE_TYPED = ("metrics", "entry", "metric")


class MetricForm(WorkspaceForm):
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

    def clean(self) -> dict[str, Any]:
        """Another rule than before needs its reason."""
        cleaned = super().clean()
        given = str(cleaned.get("reason") or "")
        changed = "rule_text" in self.changed_data
        if changed and self.initial.get("rule_text") and not given.strip():
            self.add_error("reason", _("Write why the rule changes: it stays beside the numbers."))
        return cleaned

    def clean_golden_rank(self) -> int | None:
        """Each place among the golden KPIs is for one metric."""
        rank: int | None = self.cleaned_data["golden_rank"]
        if rank is None or rank == self.instance.golden_rank:
            return rank
        holder = Metric.objects.filter(
            workspace=self.instance.workspace_id, golden_rank=rank
        ).first()
        if holder is not None:
            text = _("“%(metric)s” has this place. Free it first, or choose another.")
            self.add_error("golden_rank", text % {"metric": holder.name})
        return rank


@admin.register(Metric)
class MetricAdmin(ExportedAdmin, WorkspaceAdmin):
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

    def save_model(self, request: HttpRequest, obj: Metric, form: Any, change: bool) -> None:
        """What counts is dated by its writer; what another feed decides is calculated anew."""
        rule_text, obj.rule_text = obj.rule_text, form.initial.get("rule_text", "")
        super().save_model(request, obj, form, change)
        self._save_rule(request, obj, rule_text, str(form.cleaned_data.get("reason") or ""))
        if "counting_feed" in form.changed_data:
            mark_metric_stale(obj)

    @staticmethod
    def _save_rule(request: HttpRequest, metric: Metric, rule_text: str, reason: str) -> None:
        before = metric.rule_text
        version = change_rule_text(
            metric, rule_text=rule_text, user=person_of(request), now=timezone.now(), reason=reason
        )
        if version is not None:
            record(
                request,
                "metric.rule_changed",
                workspace=metric.workspace,
                obj=metric,
                before={"rule_text": before},
                after={"rule_text": version.rule_text},
            )

    def export_table(self, chosen: QuerySet[Any]) -> Table:
        """The list of metrics with their definitions."""
        return metric_table(chosen, language())
