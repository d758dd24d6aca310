"""What the page of an import says of its file: how it was read, and what would change."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from accounts import fmt
from metrics.entry_grid import language
from metrics.models import Batch, Metric


class ChangedValue(NamedTuple):
    """One value that the file has otherwise than the workspace, with its metric's unit."""

    days: str
    metric: str
    unit: str
    place: str
    old: Decimal
    new: Decimal


def how_it_was_read(batch: Batch) -> list[tuple[str, str]]:
    """(what, how) of the file, without what does not apply."""
    report: Mapping[str, Any] = batch.report
    feed = batch.feed.name if batch.feed else report.get("feed", "")
    if report.get("feed_is_new") and batch.state == Batch.State.PREVIEW:
        feed = _("%(feed)s (new)") % {"feed": feed}
    period = report.get("period")
    told = [
        (_("Recognised as"), _layout(report.get("layout", ""))),
        (_("Feed"), feed),
        (_("Period"), _days(period["start"], period["end"]) if period else ""),
        (_("Dates"), _order(report.get("date_order") or "")),
        (_("Numbers"), report.get("number_format") or ""),
        (_("Currency"), report.get("currency") or ""),
        (_("New campaigns"), ", ".join(report.get("new_campaigns", []))),
        (_("Encoding"), (report.get("encoding") or "").upper()),
        (_("Separator"), _separator(report.get("delimiter") or "")),
    ]
    return [(label, words) for label, words in told if words]


def changed_values(batch: Batch) -> list[ChangedValue]:
    """The values that change, the largest change first, as the report has them."""
    differences = batch.report.get("differences", [])
    keys = {one["metric"] for one in differences}
    found = Metric.objects.filter(workspace_id=batch.workspace_id, key__in=keys)
    metrics = {one.key: one for one in found}
    return [
        ChangedValue(
            days=_days(one["day"], one["end"]),
            metric=metrics[one["metric"]].name,
            unit=str(metrics[one["metric"]].definition.unit),
            place=", ".join(one["place"]),
            old=Decimal(one["old"]),
            new=Decimal(one["new"]),
        )
        for one in differences
        if one["metric"] in metrics
    ]


def _days(start: str, end: str) -> str:
    return fmt.date_range(date.fromisoformat(start), date.fromisoformat(end), language())


def _layout(key: str) -> str:
    names = {
        "own_long": _("Table with one value a row"),
        "own_wide": _("Table with one column a metric"),
        "ga4": _("Google Analytics 4 report"),
        "google_ads": _("Google Ads report"),
        "search_console": _("Search Console export"),
    }
    return names.get(key, key)


def _order(key: str) -> str:
    orders = {
        "dmy": _("day, month, year"),
        "mdy": _("month, day, year"),
        "ymd": _("year, month, day"),
    }
    return orders.get(key, key)


def _separator(mark: str) -> str:
    names = {"\t": _("tab"), ";": _("semicolon"), ",": _("comma")}
    return names.get(mark, mark)
