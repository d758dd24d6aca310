"""What the page of an import says of its file: how it was read, and what would change."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from accounts import fmt_dates
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


class ReadColumn(NamedTuple):
    """One column of the file: what it was read as ("" for left out), how sure, three cells."""

    header: str
    read_as: str
    confidence: int
    samples: str


def how_it_was_read(batch: Batch) -> list[tuple[str, str]]:
    """(what, how) of the file, without what does not apply."""
    report: Mapping[str, Any] = batch.report
    feed = batch.feed.name if batch.feed else report.get("feed", "")
    if report.get("feed_is_new") and batch.state == Batch.State.PREVIEW:
        feed = _("%(feed)s (new)") % {"feed": feed}
    period = report.get("period")
    told = [
        (_("Recognised as"), layout_name(report.get("layout", ""))),
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


def columns_read(batch: Batch) -> list[ReadColumn]:
    """The columns of a table kept by hand, in the file's order."""
    columns = batch.report.get("columns", [])
    keys = {one["target"] for one in columns}
    metrics = Metric.objects.filter(workspace_id=batch.workspace_id, key__in=keys)
    names = {one.key: one.name for one in metrics}
    return [
        ReadColumn(
            header=one["header"],
            read_as=names.get(one["target"]) or _role(one["target"]),
            confidence=one["confidence"],
            samples=", ".join(one["samples"]),
        )
        for one in columns
    ]


def _role(target: str) -> str:
    roles = {
        "channel": _("Channel"),
        "campaign": _("Campaign"),
        "device": _("Device"),
        "asset": _("Page or asset"),
        "audience": _("Audience segment"),
        "currency": _("Currency"),
        "metric": _("Metric"),
        "value": _("Value"),
    }
    dates = {"day", "serial", "end", "week", "month", "quarter", "year"}
    return _("Date") if target in dates else roles.get(target, "")


def changed_values(batch: Batch, differences: Sequence[dict[str, Any]]) -> list[ChangedValue]:
    """Some of the values that change, as the report has them: the largest change first."""
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
    return fmt_dates.date_range(date.fromisoformat(start), date.fromisoformat(end), language())


def layout_name(key: str) -> str:
    """What a layout is called on pages."""
    names = {
        "own_long": _("Table with one value a row"),
        "own_wide": _("Table with one column a metric"),
        "ga4": _("Google Analytics 4 report"),
        "google_ads": _("Google Ads report"),
        "search_console": _("Search Console export"),
        "own_blocks": _("Table kept by hand, by month"),
        "lead_list": _("List of leads"),
        "deal_list": _("List of deals"),
        "nps_answers": _("Answers with a score from 0 to 10"),
        "hubspot_contacts": _("HubSpot contacts"),
        "hubspot_deals": _("HubSpot deals"),
        "hubspot_email": _("HubSpot marketing e-mails"),
        "salesforce_leads": _("Salesforce leads"),
        "salesforce_opportunities": _("Salesforce opportunities"),
        "pipedrive_deals": _("Pipedrive deals"),
        "stripe_subscriptions": _("Stripe subscriptions"),
        "stripe_invoices": _("Stripe invoices"),
        "mailchimp": _("Mailchimp campaigns"),
        "brevo": _("Brevo campaigns"),
        "shopify_orders": _("Shopify orders"),
        "order_list": _("List of orders"),
        "stripe_payments": _("Stripe payments"),
        "subscription_list": _("List of subscribers"),
        "outcome_list": _("What came of a campaign"),
        "customer_list": _("List of customers"),
        "session_list": _("List of sessions"),
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
