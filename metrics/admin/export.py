"""Files that the administration hands out: chosen rows as CSV, CSV for Excel in French, or XLSX.

Typed values and costs are in the product's own long layout, which an import reads back.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from accounts.access import Right
from accounts.spreadsheets import Column, Format, Kind, Rows, table_response
from accounts.workspace_admin import workspaces_with
from metrics.models import Campaign, Cost, Entry, Metric, RecurringCost
from metrics.rules import LEDGER_PREFIX
from metrics.segment_names import segment_name

ENTRY_COLUMNS = (
    Column("date", Kind.DAY),
    Column("end", Kind.DAY),
    Column("metric"),
    Column("value", Kind.NUMBER),
    Column("channel"),
    Column("campaign"),
    Column("device"),
    Column("note"),
)
COST_COLUMNS = (
    Column("date", Kind.DAY),
    Column("end", Kind.DAY),
    Column("metric"),
    Column("value", Kind.NUMBER),
    Column("channel"),
    Column("campaign"),
    Column("supplier"),
    Column("rhythm"),
    Column("note"),
)
RECURRING_COLUMNS = (
    Column("category"),
    Column("supplier"),
    Column("amount", Kind.NUMBER),
    Column("rhythm"),
    Column("first_day", Kind.DAY),
    Column("last_day", Kind.DAY),
    Column("channel"),
    Column("campaign"),
    Column("share_by"),
    Column("note"),
)
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

    export_name: str | Promise = ""
    export_columns: Sequence[Column] = ()
    actions: Any = ("export_csv", "export_csv_fr", "export_xlsx")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With whether the person may bring files in as well."""
        may_import = workspaces_with(request, Right.WRITE) != []
        shown = {"may_import": may_import, **(extra_context or {})}
        response: HttpResponse = super().changelist_view(request, shown)  # type: ignore[misc]
        return response

    def export_rows(self, chosen: QuerySet[Any]) -> Rows:
        """The chosen rows, in the order of `export_columns`."""
        raise NotImplementedError

    @admin.action(description=lazy("Export as CSV"), permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Any]) -> FileResponse:
        """For programs."""
        return self._file(queryset, Format.CSV)

    @admin.action(description=lazy("Export as CSV for Excel in French"), permissions=["view"])
    def export_csv_fr(self, request: HttpRequest, queryset: QuerySet[Any]) -> FileResponse:
        """With semicolons and decimal commas."""
        return self._file(queryset, Format.CSV_FR)

    @admin.action(description=lazy("Export as Excel (XLSX)"), permissions=["view"])
    def export_xlsx(self, request: HttpRequest, queryset: QuerySet[Any]) -> FileResponse:
        """With numbers and dates as a spreadsheet has them."""
        return self._file(queryset, Format.XLSX)

    def _file(self, chosen: QuerySet[Any], how: Format) -> FileResponse:
        name = str(self.export_name)
        return table_response(self.export_columns, self.export_rows(chosen), how=how, name=name)


def entry_rows(entries: QuerySet[Entry]) -> Rows:
    """Typed values, a row each, with its first and last day."""
    chosen = entries.select_related("metric", "channel", "campaign", "device")
    return (
        (
            one.start,
            one.end,
            one.metric.key,
            one.value,
            one.channel.key if one.channel else "",
            one.campaign.name if one.campaign else "",
            one.device.key if one.device else "",
            one.note,
        )
        for one in chosen.order_by("start", "metric__key", "pk")
    )


def cost_rows(costs: QuerySet[Cost]) -> Rows:
    """The ledger, a line each: what was spent, with whom, for which days, on what."""
    chosen = costs.select_related("channel", "campaign", "recurring")
    return (
        (
            one.start,
            one.end,
            f"{LEDGER_PREFIX}{one.category}",
            one.amount,
            one.channel.key if one.channel else "",
            one.campaign.name if one.campaign else "",
            one.supplier,
            one.recurring.rhythm if one.recurring else "",
            one.note,
        )
        for one in chosen.order_by("start", "pk")
    )


def recurring_rows(costs: QuerySet[RecurringCost]) -> Rows:
    """What comes back, a row each; its turns are lines of the ledger."""
    chosen = costs.select_related("channel", "campaign")
    return (
        (
            one.category,
            one.supplier,
            one.amount,
            one.rhythm,
            one.start,
            one.last,
            one.channel.key if one.channel else "",
            one.campaign.name if one.campaign else "",
            one.share_by,
            one.note,
        )
        for one in chosen.order_by("start", "pk")
    )


def campaign_rows(campaigns: QuerySet[Campaign]) -> Rows:
    """Campaigns with their plan and the names by which files and links know them."""
    chosen = campaigns.select_related("channel", "owner", "outcome").prefetch_related("names")
    return (
        (
            one.name,
            ", ".join(other.name for other in one.names.all() if other.key != one.key),
            segment_name(one.channel) if one.channel else "",
            one.start,
            one.end,
            one.budget,
            one.outcome.key if one.outcome else "",
            one.outcome_target,
            one.owner.get_full_name() if one.owner else "",
            one.note,
        )
        for one in chosen.order_by("name", "pk")
    )


def metric_rows(metrics: QuerySet[Metric], language: str) -> Rows:
    """The catalogue as a workspace uses it: what each metric is, counts and is made of."""
    return (
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
