"""What the pages of the figures share: their tabs, what the member may do, and recalculating."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.access import Right, WorkspaceRequest, allows
from metrics import refreshing
from metrics.periods import local_today

AT_ONCE = 5_000
"""Up to so many written facts the figures are recalculated within the request."""
OLDEST = date(2000, 1, 1)
"""The earliest day that can be asked for."""
PATIENCE = "3s"
"""So long a request waits for another calculation of the workspace to end."""


def data_page(
    request: WorkspaceRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the figures; ``tab`` in the context names the current tab, if it has one."""
    shared = {
        "nav": "data",
        "tabs": _tabs(request, context.get("tab", "")),
        "may_enter": allows(request.membership.role, Right.ENTER),
        "may_write": allows(request.membership.role, Right.WRITE),
    }
    return render(request, template, shared | context, status=status)


def sent(request: WorkspaceRequest) -> QueryDict | None:
    """What a form was sent with; None while it is only shown."""
    return request.POST if request.method == "POST" else None


def until_asked(request: WorkspaceRequest, today: date) -> date:
    """The day up to which the address asks for periods; today by default, never later."""
    try:
        asked = parse_date(request.GET.get("until", ""))
    except ValueError:
        asked = None
    return min(max(asked, OLDEST), today) if asked else today


def _tabs(request: WorkspaceRequest, tab: str) -> list[dict[str, Any]]:
    entries = [
        ("data", _("Enter values")),
        ("entries", _("Typed values")),
        ("costs", _("Costs")),
        ("imports", _("Imports")),
        ("feeds", _("Feeds")),
        ("coverage", _("Coverage")),
        ("owed", _("Owed")),
    ]
    return [
        {
            "label": label,
            "url": reverse(name, args=[request.workspace.slug]),
            "current": name == tab,
        }
        for name, label in entries
    ]


def recalculate(request: WorkspaceRequest, facts: int) -> None:
    """After `facts` facts changed: a few show at once, many are left to the background.

    So is everything while the night, or somebody else's change, is being calculated.
    """
    if not facts:
        return
    if facts > AT_ONCE or not refresh_quietly(request):
        messages.info(request, _("The figures will be recalculated within a minute."))


def refresh_quietly(request: WorkspaceRequest) -> bool:
    """Recalculates what changed; False where another calculation took too long to wait for."""
    now = timezone.now()
    today = local_today(now, request.workspace.time_zone)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            refreshing.refresh(request.workspace, today=today, now=now)
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    except OperationalError as error:
        if "lock timeout" not in str(error):
            raise
        return False
    return True
