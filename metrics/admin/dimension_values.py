"""What figures are broken down by: channels, devices, pages and segments."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as lazy

from accounts.workspace_admin import WrittenAdmin, WrittenForm
from metrics.dimensions import save_value
from metrics.imports.folding import fold
from metrics.models import Dimension, DimensionValue
from metrics.segment_names import SHIPPED, segment_name


class DimensionValueForm(WrittenForm):
    """A channel, device, page or segment by its name."""

    dimension = forms.TypedChoiceField(
        label=lazy("What it is"),
        coerce=int,
        choices=[
            (one.value, one.label)
            for one in (Dimension.CHANNEL, Dimension.ASSET, Dimension.AUDIENCE)
        ],
    )
    label = forms.CharField(
        label=lazy("Name"),
        max_length=300,
        help_text=lazy("As files name it: case and accents do not matter."),
    )

    class Meta:
        model = DimensionValue
        fields = ("workspace", "dimension", "label")

    def write(self) -> DimensionValue:
        """Adds it, or changes its name."""
        stored = self.instance if self.instance.pk else None
        return save_value(
            self.workspace,
            dimension=self.cleaned_data.get("dimension") or self.instance.dimension,
            label=self.cleaned_data["label"],
            value=stored,
        )

    def _get_validation_exclusions(self) -> set[str]:
        """Whether a name is taken is the writer's to say."""
        return super()._get_validation_exclusions() | {"key"}


@admin.register(DimensionValue)
class DimensionValueAdmin(WrittenAdmin):
    """Channels, devices, pages and segments."""

    may_delete = False
    form = DimensionValueForm
    sets = ((None, {"fields": ("dimension", "label")}),)
    list_display = ("name", "dimension", "key")
    list_filter = ("dimension",)
    list_select_related = ("workspace",)
    search_fields = ("key", "label")
    ordering = ("dimension", "key")

    @admin.display(description=lazy("name"), ordering="label")
    def name(self, value: DimensionValue) -> str:
        """The name in the reader's language."""
        return segment_name(value)

    def name_of(self, obj: DimensionValue) -> str:
        """The name in the reader's language."""
        return segment_name(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What ships with the product keeps its names in both languages."""
        shipped = obj is not None and not obj.label
        return super().has_change_permission(request, obj) and not shipped

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A channel does not become a page."""
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, "dimension"] if obj is not None else fixed

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Shipped channels and devices also by their names."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if search_term:
            wanted = fold(search_term)
            named = Q()
            for dimension, names in SHIPPED.items():
                keys = [key for key, both in names.items() if any(wanted in fold(n) for n in both)]
                named |= Q(dimension=dimension, key__in=keys)
            found = queryset.filter(Q(pk__in=found.values("pk")) | named)
        return found, duplicates
