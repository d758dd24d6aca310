"""The inbox: what needs attention, what sleeps, what is over."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from accounts import fmt
from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from metrics.periods import local_today
from objectives.alert_wording import alert_text
from objectives.alerts import acknowledge, close, snooze
from objectives.forms import SnoozeForm
from objectives.inbox import FOLDERS, in_folder, with_subjects
from objectives.models import Alert
from objectives.wording import lang

PER_PAGE = 30
ONE_WEEK = timedelta(weeks=1)


@workspace_view(Right.READ)
@require_GET
def alerts(request: WorkspaceRequest) -> HttpResponse:
    """Open, snoozed or closed alerts, newest first, each with its evidence in words."""
    folder = request.GET.get("show", "open")
    folder = folder if folder in FOLDERS else "open"
    today = local_today(timezone.now(), request.workspace.time_zone)
    found = with_subjects(in_folder(request.workspace, folder, today))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "nav": "alerts",
        "folder": folder,
        "tabs": _tabs(request, folder, today),
        "page_obj": page,
        "rows": [{"alert": one, "text": alert_text(one)} for one in page],
        "may_act": allows(request.membership.role, Right.ENTER),
        "tomorrow": today + timedelta(days=1),
        "next_week": today + ONE_WEEK,
    }
    return render(request, "objectives/alerts.html", context)


def _tabs(request: WorkspaceRequest, folder: str, today: date) -> list[dict[str, Any]]:
    labels = {
        "open": pgettext("alerts", "Open"),
        "snoozed": _("Snoozed"),
        "closed": _("Closed"),
    }
    address = reverse("alerts", args=[request.workspace.slug])
    return [
        {
            "label": labels[name],
            "url": address if name == "open" else f"{address}?show={name}",
            "current": name == folder,
            "count": None
            if name == "closed"
            else in_folder(request.workspace, name, today).count(),
        }
        for name in FOLDERS
    ]


@workspace_view(Right.ENTER)
@require_POST
def alert_act(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Acknowledges, snoozes, wakes or closes an alert; ``act`` names it."""
    alert = get_object_or_404(Alert, workspace=request.workspace, public_id=public_id)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        messages.error(request, _("Choose one of the actions of this page."))
    elif alert.closed_on is not None:
        messages.info(request, _("This alert is closed already."))
    else:
        act(request, alert)
    return redirect("alerts", request.workspace.slug)


def _acknowledge(request: WorkspaceRequest, alert: Alert) -> None:
    acknowledge(alert, user=request.user, now=timezone.now())
    messages.success(request, _("The others see that you take care of it."))


def _snooze(request: WorkspaceRequest, alert: Alert) -> None:
    today = local_today(timezone.now(), request.workspace.time_zone)
    form = SnoozeForm(request.POST, today=today)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for error in form.errors["until"]))
        return
    until = form.cleaned_data["until"]
    snooze(alert, until=until)
    day = fmt.date_long(until, lang())
    messages.success(request, _("The alert comes back on %(day)s.") % {"day": day})


def _wake(request: WorkspaceRequest, alert: Alert) -> None:
    snooze(alert, until=None)
    messages.success(request, _("The alert is open again."))


def _close(request: WorkspaceRequest, alert: Alert) -> None:
    close(alert, day=local_today(timezone.now(), request.workspace.time_zone))
    messages.success(request, _("The alert is closed."))


ACTS: Mapping[str, Callable[[WorkspaceRequest, Alert], None]] = {
    "acknowledge": _acknowledge,
    "snooze": _snooze,
    "wake": _wake,
    "close": _close,
}
