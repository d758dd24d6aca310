"""Every change of typed values and costs, deletions included, newest first."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from accounts import fmt, fmt_dates
from accounts.history import WORDS, actor_id, people_of
from accounts.workspace_admin import ReadOnlyAdmin
from metrics.admin.filters import SpannedColumns, language

EntryEvent: Any = apps.get_model("metrics", "EntryEvent")
CostEvent: Any = apps.get_model("metrics", "CostEvent")


class ChangeAdmin(SpannedColumns, ReadOnlyAdmin):
    """Rows of events as triggers wrote them."""

    date_hierarchy = "pgh_created_at"
    ordering = ("-pgh_id",)
    list_filter = ("pgh_label",)
    list_display_links = None
    title: str | Promise = ""

    @admin.display(description=lazy("when changed"), ordering="pgh_created_at")
    def at(self, event: Any) -> str:
        """When, in the workspace's time."""
        return fmt_dates.datetime_label(event.pgh_created_at, event.workspace.time_zone, language())

    @admin.display(description=lazy("what"), ordering="pgh_label")
    def what(self, event: Any) -> str:
        """Added, changed or deleted."""
        return str(WORDS.get(event.pgh_label, event.pgh_label))

    @admin.display(description=lazy("by"))
    def by(self, event: Any) -> str:
        """The person; nothing for work in the background."""
        return people_of([event]).get(actor_id(event), "–")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Under a name that people understand."""
        return super().changelist_view(request, {"title": self.title, **(extra_context or {})})

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The list is all there is to see of an event."""
        return obj is None and super().has_view_permission(request)


@admin.register(EntryEvent)
class EntryChangeAdmin(ChangeAdmin):
    """Changes of typed values."""

    title = lazy("Changes of values")
    list_display = ("at", "what", "metric_name", "days", "amount", "place", "note", "by")
    list_select_related = (
        "workspace", "metric", "channel", "campaign", "device", "pgh_context",
    )  # fmt: skip

    @admin.display(description=lazy("metric"))
    def metric_name(self, event: Any) -> str:
        """The metric in the reader's language."""
        return str(event.metric.name)

    @admin.display(description=lazy("value"))
    def amount(self, event: Any) -> str:
        """The value in its unit."""
        unit = str(event.metric.definition.unit)
        return fmt.metric_value(event.value, unit, event.workspace.currency, language())


@admin.register(CostEvent)
class CostChangeAdmin(ChangeAdmin):
    """Changes of the cost ledger."""

    title = lazy("Changes of costs")
    list_display = ("at", "what", "category", "days", "money", "supplier", "place", "by")
    list_select_related = ("workspace", "channel", "campaign", "pgh_context")

    @admin.display(description=lazy("amount"))
    def money(self, event: Any) -> str:
        """The amount in the workspace's currency."""
        return fmt.money(event.amount, event.workspace.currency, language())
