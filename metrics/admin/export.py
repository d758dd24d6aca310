"""Files that the administration hands out: chosen rows as CSV, CSV for Excel in French, or XLSX.

Typed values and costs are in the product's own long layout, which an import reads back; campaigns
are read back by their own import.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as lazy

from accounts.access import Right
from accounts.spreadsheets import Column, Format, Kind, Table
from accounts.workspace_admin import workspaces_with
from metrics.campaign_files import joined_names
from metrics.models import Campaign, Metric
from metrics.segment_names import segment_name

CAMPAIGN_COLUMNS = (
    Column("campaign"),
    Column("other_names"),
    Column("channel"),
    Column("first_day", Kind.DAY),
    Column("last_day", Kind.DAY),
    Column("budget", Kind.NUMBER),
    Column("planned_metric"),
    Column("planned_number", Kind.NUMBER),
    Column("owner"),
    Column("note"),
)
METRIC_COLUMNS = tuple(
    Column(header)
    for header in (
        "key", "name", "family", "unit", "direction", "rollup", "formula", "definition",
    )
)  # fmt: skip


class ExportedAdmin:
    """Rows that can be taken out as a file: those that are ticked, or all that are listed."""

    actions: Any = ("export_csv", "export_csv_fr", "export_xlsx")
    export_table: Callable[[QuerySet[Any]], Table]
    """A method of each administration: the chosen rows."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With whether the person may bring files in as well."""
        may_import = workspaces_with(request, Right.WRITE) != []
        shown = {"may_import": may_import, **(extra_context or {})}
        response: HttpResponse = super().changelist_view(request, shown)  # type: ignore[misc]
        return response

    @admin.action(description=lazy("Export as CSV"), permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Any]) -> FileResponse:
        """For programs."""
        return self.export_table(queryset).file(Format.CSV)

    @admin.action(description=lazy("Export as CSV for Excel in French"), permissions=["view"])
    def export_csv_fr(self, request: HttpRequest, queryset: QuerySet[Any]) -> FileResponse:
        """With semicolons and decimal commas."""
        return self.export_table(queryset).file(Format.CSV_FR)

    @admin.action(description=lazy("Export as Excel (XLSX)"), permissions=["view"])
    def export_xlsx(self, request: HttpRequest, queryset: QuerySet[Any]) -> FileResponse:
        """With numbers and dates as a spreadsheet has them."""
        return self.export_table(queryset).file(Format.XLSX)


def campaign_table(campaigns: QuerySet[Campaign]) -> Table:
    """Campaigns with their plan and the names by which files and links know them."""
    chosen = campaigns.select_related("channel", "owner", "outcome").prefetch_related("names")
    rows = (
        (
            one.name,
            joined_names(other.name for other in one.names.all() if other.key != one.key),
            segment_name(one.channel) if one.channel else "",
            one.start,
            one.end,
            one.budget,
            one.outcome.key if one.outcome else "",
            one.outcome_target,
            one.owner.email if one.owner else "",
            one.note,
        )
        for one in chosen.order_by("name", "pk")
    )
    return Table("campaigns", CAMPAIGN_COLUMNS, rows)


def metric_table(metrics: QuerySet[Metric], language: str) -> Table:
    """The catalogue as a workspace uses it: what each metric is, counts and is made of."""
    rows = (
        (
            one.key,
            one.definition.name(language),
            one.definition.family,
            str(one.definition.unit),
            str(one.definition.direction),
            str(one.definition.rollup),
            one.definition.formula or "",
            one.definition.definition(language),
        )
        for one in metrics
    )
    return Table("metrics", METRIC_COLUMNS, rows)
