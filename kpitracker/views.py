"""The landing page, new workspaces, reports of the browser policy, and the error pages."""

import json
import logging
from datetime import date
from typing import cast

from django.contrib.auth.decorators import login_required
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template import loader
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import memberships_of
from accounts.forms import WorkspaceForm
from accounts.models import Membership, User
from accounts.scope import workspaces_scope
from kpitracker.onboarding import open_workspace
from kpitracker.problems import server_problem
from metrics.models import Feed

logger = logging.getLogger(__name__)
REPORT_BYTES = 10_000


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The workspace visited last; a choice when there is none or ``?all=1`` asks for it."""
    memberships = memberships_of(cast(User, request.user))
    visited = [member for member in memberships if member.last_seen_at is not None]
    if "all" not in request.GET:
        if len(memberships) == 1:
            return redirect("progress", memberships[0].workspace.slug)
        if visited:
            latest = max(visited, key=lambda member: str(member.last_seen_at))
            return redirect("progress", latest.workspace.slug)
    days = _data_days(memberships)
    rows = [(member, days.get(member.workspace_id)) for member in memberships]
    return render(request, "home.html", {"rows": rows})


def _data_days(memberships: list[Membership]) -> dict[int, date | None]:
    """The last day with figures, by workspace."""
    ids = [member.workspace_id for member in memberships]
    with workspaces_scope(ids):
        days = (
            Feed.objects.filter(workspace__in=ids)
            .values_list("workspace")
            .annotate(day=Max("last_data_day"))
            .values_list("workspace", "day")
        )
        return dict(days)


@login_required
@require_http_methods(["GET", "POST"])
def create_workspace(request: HttpRequest) -> HttpResponse:
    """A new workspace of one's own, with the catalogue in it."""
    user = cast(User, request.user)
    language = translation.get_language() or user.language
    form = WorkspaceForm(
        request.POST or None, initial={"language": language, "time_zone": user.time_zone}
    )
    if request.method == "POST" and form.is_valid():
        workspace = open_workspace(owner=user, by=request, **form.cleaned_data)
        return redirect("progress", workspace.slug)
    return render(request, "workspace_new.html", {"form": form})


@csrf_exempt  # browsers send these reports on their own, without a token
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Writes a report of the browser policy into the log; too long or unreadable is dropped."""
    if int(request.headers.get("Content-Length") or 0) > REPORT_BYTES:
        return HttpResponse(status=413)
    try:
        report = json.loads(request.body)
    except ValueError:
        return HttpResponse(status=400)
    body = report.get("csp-report", report) if isinstance(report, dict) else {}
    if isinstance(body, dict):
        logger.warning(
            "Browser policy: %s blocked on %s",
            str(body.get("blocked-uri"))[:200],
            str(body.get("document-uri"))[:200],
        )
    return HttpResponse(status=204)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open too long, or that another site sent."""
    return render(request, "403_csrf.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same for what is not there and for what is another workspace's."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: without the database, since that may be what is broken."""
    if request.path.startswith("/api/"):
        return server_problem()
    context = {"request_id": getattr(request, "request_id", "")}
    return HttpResponseServerError(loader.get_template("500.html").render(context))
