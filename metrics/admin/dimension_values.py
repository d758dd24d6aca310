"""What figures are broken down by: channels, devices, pages and segments."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as lazy

from accounts.workspace_admin import WorkspaceAdmin, WorkspaceForm
from metrics.dimensions import folded_key
from metrics.imports.folding import fold
from metrics.models import Dimension, DimensionValue
from metrics.segment_names import SHIPPED, segment_name


class DimensionValueForm(WorkspaceForm):
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

    def clean(self) -> dict[str, Any]:
        """The key of a new name; a stored one keeps its key, so that files still find it."""
        cleaned = super().clean()
        if self.instance.pk is None and cleaned.get("label"):
            dimension = cleaned.get("dimension") or Dimension.CHANNEL
            self.instance.key = folded_key(dimension, cleaned["label"])
        return cleaned


@admin.register(DimensionValue)
class DimensionValueAdmin(WorkspaceAdmin):
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
