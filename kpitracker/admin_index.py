"""The administration's front page: what can be done, by task, each with a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Right
from accounts.workspace_admin import workspaces_with

Words = str | Promise


@dataclass(frozen=True)
class Item:
    """One line of a group: a model by its label, or a page by its name and the right it needs."""

    target: str
    sentence: Words
    name: Words = ""
    right: Right | None = None


@dataclass(frozen=True)
class Group:
    """A task, with what belongs to it."""

    key: str
    name: Words
    sentence: Words
    items: tuple[Item, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        "enter",
        _("Enter figures"),
        _("What no tool sends by itself: typed values, costs, files."),
        (
            Item(
                "admin:metrics_entry_month",
                _("All figures of one month on one page."),
                _("Enter a month"),
                Right.ENTER,
            ),
            Item("metrics.Entry", _("One value for a day, a month or any span.")),
            Item("metrics.Cost", _("The cost ledger, spread over its days to the cent.")),
            Item(
                "metrics.RecurringCost",
                _("What comes back every month, quarter or year, from a day on."),
            ),
            Item("metrics.Batch", _("Files that came in: check, import, undo.")),
            Item(
                "admin:metrics_facts",
                _("What is stored, fact by fact, and the import or typed value behind it."),
                _("Stored facts"),
                Right.ENTER,
            ),
        ),
    ),
    Group(
        "set_up",
        _("Set up"),
        _("What is measured, where it comes from, and what it is broken down by."),
        (
            Item("metrics.Metric", _("Golden KPIs, what counts, which feed decides.")),
            Item("metrics.Feed", _("How often figures come, and how late they usually are.")),
            Item(
                "metrics.Campaign",
                _("Names, dates, channels, budgets and plans; merge two of them."),
            ),
            Item("metrics.DimensionValue", _("What figures are broken down by.")),
            Item("accounts.Workspace", _("Currency, time zone, calendar and limits.")),
        ),
    ),
    Group(
        "objectives",
        _("Objectives"),
        _("To look at; they are changed on their own pages."),
        (
            Item("objectives.Objective", _("Targets, dates and owners.")),
            Item("objectives.Alert", _("What needs attention, open and closed.")),
        ),
    ),
    Group(
        "people",
        _("People"),
        _("Who may do what."),
        (
            Item("accounts.Membership", _("Roles in the workspaces.")),
            Item("accounts.Invitation", _("Invite by mail; good for 48 hours.")),
            Item("accounts.User", _("Accounts, and who may open this administration.")),
            Item("accounts.ApiToken", _("What scripts present.")),
        ),
    ),
    Group(
        "operations",
        _("Operations"),
        _("What the product did and who did what."),
        (
            Item(
                "metrics.EntryEvent",
                _("Every change of a typed value, deletions too."),
                _("Changes of values"),
            ),
            Item(
                "metrics.CostEvent",
                _("Every change of the cost ledger, deletions too."),
                _("Changes of costs"),
            ),
            Item("accounts.AuditEvent", _("Security-relevant acts. Nothing changes it.")),
            Item("kpitracker.Job", _("Work of the night and of the background.")),
            Item("accounts.OutgoingMail", _("What was sent to whom, and what failed.")),
        ),
    ),
)


def grouped(request: HttpRequest, apps: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The groups that hold something for this person, in the form that Django's lists have."""
    models = {
        f"{label}.{model['object_name']}": model
        for label, app in apps.items()
        for model in app["models"]
    }
    found = []
    for group in GROUPS:
        lines = [_line(request, item, models) for item in group.items]
        shown = [line for line in lines if line]
        if shown:
            found.append(
                {
                    "name": group.name,
                    "sentence": group.sentence,
                    "app_label": group.key,
                    "app_url": f"{reverse('admin:index')}#{group.key}",
                    "has_module_perms": True,
                    "models": shown,
                }
            )
    return found


def _line(
    request: HttpRequest, item: Item, models: Mapping[str, dict[str, Any]]
) -> dict[str, Any] | None:
    if item.right is None:
        model = models.get(item.target)
        if model is None:
            return None
        return {**model, "name": item.name or model["name"], "sentence": item.sentence}
    if workspaces_with(request, item.right) == []:
        return None
    return {
        "name": item.name,
        "object_name": item.target.partition(":")[2],
        "admin_url": reverse(item.target),
        "add_url": None,
        "view_only": False,
        "sentence": item.sentence,
    }
