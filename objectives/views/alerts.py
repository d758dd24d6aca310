"""The inbox: what needs attention, what is mine, what sleeps, what is over."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from accounts.models import Membership
from accounts.spreadsheets import wanted_format
from metrics.periods import local_today
from objectives.alert_life import read_by
from objectives.alert_wording import alert_text
from objectives.inbox import FOLDERS, in_folder, with_subjects
from objectives.models import Alert
from objectives.page_tables import alert_table

PER_PAGE = 30
ONE_WEEK = timedelta(weeks=1)


@workspace_view(Right.READ)
@require_GET
def alerts(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """Alerts by folder, newest first, each with its evidence in words."""
    folder = request.GET.get("show", "open")
    folder = folder if folder in FOLDERS else "open"
    today = local_today(timezone.now(), request.workspace.time_zone)
    found = with_subjects(in_folder(request.workspace, folder, today, user=request.user))
    if how := wanted_format(request.GET.get("file")):
        return alert_table(found).file(how)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    read = read_by(request.user, list(page))
    context = {
        "nav": "alerts",
        "folder": folder,
        "tabs": _tabs(request, folder, today),
        "page_obj": page,
        "rows": [
            {"alert": one, "text": alert_text(one), "is_unread": one.pk not in read} for one in page
        ],
        "may_act": allows(request.membership.role, Right.ENTER),
        "members": members_of(request),
        **days(today),
    }
    return render(request, "objectives/alerts.html", context)


def days(today: date) -> dict[str, date]:
    """What the fields for dates offer."""
    return {"tomorrow": today + timedelta(days=1), "next_week": today + ONE_WEEK}


def members_of(request: WorkspaceRequest) -> QuerySet[Membership]:
    """Who can take an alert over."""
    members = Membership.objects.filter(workspace=request.workspace, user__is_active=True)
    return members.select_related("user").order_by("user__name", "user__email")


def _tabs(request: WorkspaceRequest, folder: str, today: date) -> list[dict[str, Any]]:
    labels: Mapping[str, str] = {
        "open": pgettext("alerts", "Open"),
        "unread": _("Unread"),
        "mine": _("Assigned to me"),
        "snoozed": _("Snoozed"),
        "closed": _("Closed"),
    }
    address = reverse("alerts", args=[request.workspace.slug])

    def rows(name: str) -> QuerySet[Alert]:
        return in_folder(request.workspace, name, today, user=request.user)

    return [
        {
            "label": labels[name],
            "url": address if name == "open" else f"{address}?show={name}",
            "current": name == folder,
            "count": None if name == "closed" else rows(name).count(),
        }
        for name in FOLDERS
    ]
