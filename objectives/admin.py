"""Objectives and alerts in the administration: to look at; their own pages change them."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as lazy

from accounts import fmt, fmt_dates
from accounts.workspace_admin import ReadOnlyAdmin
from objectives.alert_wording import alert_text
from objectives.models import Alert, Objective


@admin.register(Objective)
class ObjectiveAdmin(ReadOnlyAdmin):
    """Targets, as agreed."""

    list_display = ("statement", "metric_name", "goal_value", "days", "owner", "state")
    list_filter = ("state", "kind", "owner")
    list_select_related = ("workspace", "metric", "owner")
    search_fields = ("statement", "goal")
    date_hierarchy = "end"
    fields = (
        "statement", "metric_name", "kind", "over", "baseline_value", "goal_value", "days",
        "pace", "owner", "parent", "goal", "state",
    )  # fmt: skip
    readonly_fields = ("metric_name", "baseline_value", "goal_value", "days")

    def view_on_site(self, obj: Objective) -> str:
        """Its own page, where members of the workspace change it."""
        return reverse("objective", args=[obj.workspace.slug, obj.public_id])

    @admin.display(description=lazy("metric"))
    def metric_name(self, objective: Objective) -> str:
        """The metric in the reader's language."""
        return objective.metric.name if objective.metric else "–"

    @admin.display(description=lazy("baseline"))
    def baseline_value(self, objective: Objective) -> str:
        """Where it started."""
        return _value(objective, objective.baseline)

    @admin.display(description=lazy("target"), ordering="target")
    def goal_value(self, objective: Objective) -> str:
        """Where it should end."""
        return _value(objective, objective.target)

    @admin.display(description=lazy("when"), ordering="end")
    def days(self, objective: Objective) -> str:
        """From the first day to the last."""
        if objective.start is None or objective.end is None:
            return "–"
        return fmt_dates.date_range(
            objective.start, objective.end, get_language() or "en", short=True
        )


def _value(objective: Objective, value: Any) -> str:
    unit = str(objective.metric.definition.unit) if objective.metric else "count"
    return fmt.metric_value(value, unit, objective.workspace.currency, get_language() or "en")


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    """What needs attention, and what did."""

    list_display = ("headline", "kind", "severity", "opened_on", "closed_on", "acknowledged_by")
    list_filter = ("kind", "severity", ("closed_on", admin.EmptyFieldListFilter))
    list_select_related = ("workspace", "objective", "objective__metric", "feed", "acknowledged_by")
    search_fields = ("objective__statement", "feed__name")
    date_hierarchy = "opened_on"
    fields = (
        "headline", "kind", "severity", "objective", "feed", "opened_on", "updated_on",
        "closed_on", "closed_by_itself", "acknowledged_at", "acknowledged_by", "snoozed_until",
        "mailed_at",
    )  # fmt: skip
    readonly_fields = ("headline",)

    def view_on_site(self, obj: Alert) -> str:
        """The page of alerts, where members act on it."""
        return reverse("alerts", args=[obj.workspace.slug])

    @admin.display(description=lazy("alert"), ordering="-opened_on")
    def headline(self, alert: Alert) -> str:
        """Its sentence in the reader's language."""
        return alert_text(alert).title
